"""Seconds and energies of default variational runs, beside the reference energies.

The error column is the standard error of the final energy; "above" is (E - E_reference) / |E_reference|, which no
correct upper bound makes significantly negative.
"""

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from physics_engines.nqs.spec import GroundStateSpec

_SMALL: tuple[dict[str, object], ...] = (
    {"model": "heisenberg", "lattice": "chain", "shape": 16},
    {"model": "heisenberg", "lattice": "square", "shape": "4x4"},
    {"model": "j1j2", "lattice": "square", "shape": "4x4"},
    {"model": "tfim", "lattice": "chain", "shape": 16},
)
_LARGE: tuple[dict[str, object], ...] = (
    {"model": "heisenberg", "lattice": "chain", "shape": 64},
    {"model": "heisenberg", "lattice": "square", "shape": "6x6"},
    {"model": "j1j2", "lattice": "square", "shape": "6x6"},
    {"model": "tfim", "lattice": "chain", "shape": 64},
)


def main(
    large: Annotated[bool, typer.Option("--large", help="Also 64-site chains and 6x6 lattices.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all runs.")] = 7,
) -> None:
    from physics_engines.nqs import ground_state
    from physics_engines.nqs.spec import GroundStateSpec

    table = Table(title="Default runs of nqs.ground_state")
    table.add_column("System")
    for name in ("E/N", "error", "reference", "above", "V-score", "seconds"):
        table.add_column(name, justify="right")
    # The kernels are compiled once for each machine; that is not the time of a run.
    ground_state(GroundStateSpec.model_validate({"lattice": "chain", "shape": 4, "n_iterations": 2}))
    for fields in (*_SMALL, *(_LARGE if large else ())):
        spec = GroundStateSpec.model_validate({**fields, "seed": seed})
        begin = time.perf_counter()
        found = ground_state(spec)
        seconds = time.perf_counter() - begin
        energy, exact = found.energy_per_site, reference(spec)
        table.add_row(
            f"{spec.model} {spec.lattice} {'x'.join(map(str, spec.shape))}, {spec.ansatz}",
            f"{energy.value:.7f}",
            f"{energy.error or 0:.1e}",
            f"{exact:.10f}" if exact is not None else "",
            f"{(energy.value - exact) / abs(exact):+.1e}" if exact is not None else "",
            f"{found.v_score.value:.1e}",
            f"{seconds:.1f}",
        )
    Console().print(table)


def reference(spec: "GroundStateSpec") -> float | None:
    """A closed form or published value, else exact diagonalisation where it fits."""
    from pydantic import ValidationError

    from physics_engines.nqs import ExactSpec, exact_ground_state, reference_energy

    known = reference_energy(spec)
    if known is not None:
        return known.value
    try:
        small = ExactSpec.model_validate(spec.model_dump(include=set(ExactSpec.model_fields)))
    except ValidationError:
        return None
    return exact_ground_state(small).energy_per_site.value


if __name__ == "__main__":
    typer.run(main)
