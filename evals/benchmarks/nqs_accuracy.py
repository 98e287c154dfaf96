"""Processor seconds and relative errors of the accuracy targets, each over several seeds.

The relative error is (E - E_reference) / |E_reference|, with the standard error of the final energy behind it.
Processor seconds count all threads, so they compare between a quiet and a busy machine better than the clock does.

    python -m evals.benchmarks.nqs_accuracy --seeds 3          default runs, and 10x10 Heisenberg in two minutes
    python -m evals.benchmarks.nqs_accuracy --long             also the ten-minute runs
    python -m evals.benchmarks.nqs_accuracy --fermions         Hubbard and t-V models against exact diagonalisation

The ten-minute run of the 10x10 Heisenberg antiferromagnet on two cores, as a command of its own:

    ansatz run nqs.observables --lattice square --shape 10x10 --ansatz rbm_symmetric --alpha 16 --n-iterations 400 \\
        --n-samples 4096 --n-final-samples 32768 --observables lanczos
"""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from physics_engines.estimate import Estimate
    from physics_engines.nqs.spec import GroundStateSpec

_QUICK: tuple[tuple[str, float, dict[str, object]], ...] = (
    ("Heisenberg chain of 16, default", 1e-3, {"lattice": "chain", "shape": 16}),
    ("Heisenberg chain of 32, default", 1e-3, {"lattice": "chain", "shape": 32}),
    ("Heisenberg 4x4, default", 1e-3, {"lattice": "square", "shape": "4x4"}),
    ("Heisenberg 6x6, default", 1e-3, {"lattice": "square", "shape": "6x6"}),
    ("TFIM chain of 16, h = 1, default", 1e-3, {"model": "tfim", "lattice": "chain", "shape": 16}),
    ("J1-J2 4x4, J2 = 0.5, default", 1e-3, {"model": "j1j2", "lattice": "square", "shape": "4x4"}),
    ("Heisenberg 10x10, default", 1.7e-3, {"lattice": "square", "shape": "10x10"}),
    ("Heisenberg 10x10, two minutes", 1.7e-3, {"lattice": "square", "shape": "10x10", "n_iterations": 340}),
)
_LONG: tuple[tuple[str, float, dict[str, object]], ...] = (
    (
        "Heisenberg 10x10, ten minutes on two cores",
        8e-4,
        {
            "lattice": "square", "shape": "10x10", "ansatz": "rbm_symmetric", "alpha": 16, "n_iterations": 400,
            "n_samples": 4096, "n_final_samples": 32768, "observables": "lanczos",
        },
    ),
    (
        "J1-J2 6x6, J2 = 0.5, pair product",
        1e-3,
        {
            "model": "j1j2", "lattice": "square", "shape": "6x6", "ansatz": "pair_product_symmetric",
            "n_iterations": 300,
        },
    ),
    (
        "J1-J2 6x6, J2 = 0.5, default and Lanczos step",
        1e-3,
        {"model": "j1j2", "lattice": "square", "shape": "6x6", "observables": "lanczos"},
    ),
)  # fmt: skip


def _run(fields: dict[str, object]) -> "tuple[GroundStateSpec, list[tuple[str, Estimate, float]]]":
    """The Spec of a run, and name, energy and V-score of the states it ends with."""
    from physics_engines.nqs import ground_state
    from physics_engines.nqs.observables import ground_state_observables
    from physics_engines.nqs.spec import GroundStateSpec, ObservablesSpec

    if "observables" not in fields:
        spec = GroundStateSpec.model_validate(fields)
        result = ground_state(spec)
        return spec, [("", result.energy_per_site, result.v_score.value)]
    measured = ObservablesSpec.model_validate(fields)
    found = ground_state_observables(measured).estimates
    after = found["lanczos_energy_per_site"]
    # N Var(E) / E^2 of energy and variance per site.
    score = found["lanczos_variance"].value / after.value**2
    return measured, [
        (" (without the step)", found["energy_per_site"], found["v_score"].value),
        ("", after, score),
    ]


def _fermions() -> Iterator[tuple[str, float, dict[str, object]]]:
    """Default runs of Hubbard and t-V models small enough to be diagonalised."""
    chain: dict[str, object] = {"lattice": "chain"}
    square: dict[str, object] = {"model": "hubbard", "lattice": "square", "shape": "4x2"}
    doped = {**square, "particles_up": 3, "particles_down": 3}
    yield "Hubbard dimer, U = 4", 1e-3, {**chain, "model": "hubbard", "shape": 2, "boundary": "open"}
    yield "Hubbard ring of 4, U = 4", 1e-3, {**chain, "model": "hubbard", "shape": 4}
    for u in (4, 8):
        yield f"Hubbard 4x2, U = {u}", 1e-3, {**square, "interaction": u}
        yield f"Hubbard 4x2, 6 electrons, U = {u}", 1e-3, {**doped, "interaction": u}
    yield "Hubbard 4x2, 6 electrons, U = 4, backflow", 1e-3, {**doped, "ansatz": "neural_backflow"}
    for v in (1, 4):
        for n in (8, 10, 12, 16):
            yield f"t-V chain of {n}, V = {v}", 1e-3, {**chain, "model": "tv", "shape": n, "interaction": v}
        yield f"t-V 4x4, V = {v}", 1e-3, {"model": "tv", "lattice": "square", "shape": "4x4", "interaction": v}


def main(
    long: Annotated[bool, typer.Option("--long", help="Also the runs of about ten minutes.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each target.")] = 1,
    fermions: Annotated[bool, typer.Option("--fermions", help="Default runs of fermions instead.")] = False,
    only: Annotated[str, typer.Option(help="Only targets whose name holds this.")] = "",
) -> None:
    from physics_engines.nqs import ExactSpec, exact_ground_state, ground_state, reference_energy
    from physics_engines.nqs.spec import GroundStateSpec

    table = Table(title="Accuracy of variational ground states")
    for name in ("Target", "seed", "E/N", "relative error", "wanted", "V-score", "processor s", "clock s"):
        table.add_column(name, justify="left" if name == "Target" else "right")
    # The kernels are compiled once for each machine; that is not the time of a run.
    ground_state(GroundStateSpec.model_validate({"lattice": "chain", "shape": 4, "n_iterations": 2}))
    for name, wanted, fields in _fermions() if fermions else (*_QUICK, *(_LONG if long else ())):
        if only not in name:
            continue
        for seed in range(7, 7 + seeds):
            clock, processor = time.perf_counter(), time.process_time()
            spec, states = _run({**fields, "seed": seed})
            clock, processor = time.perf_counter() - clock, time.process_time() - processor
            known = reference_energy(spec)
            if known is None:
                small = ExactSpec.model_validate(spec.model_dump(include=set(ExactSpec.model_fields)))
                known = exact_ground_state(small).energy_per_site
            scale = abs(known.value)
            for suffix, energy, score in states:
                table.add_row(
                    name + suffix,
                    str(seed),
                    f"{energy.value:.6f}",
                    f"{(energy.value - known.value) / scale:.2e} ± {(energy.error or 0) / scale:.0e}",
                    f"{wanted:.1e}",
                    f"{score:.1e}",
                    f"{processor:.0f}",
                    f"{clock:.0f}",
                )
    Console(width=160).print(table)


if __name__ == "__main__":
    typer.run(main)
