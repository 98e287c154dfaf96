"""Energies and processor seconds of default runs of every ansatz, beside the exact energy.

"above" is (E - E_exact) / |E_exact|, which no correct upper bound makes significantly negative.
"""

import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_SYSTEMS: dict[str, dict[str, object]] = {
    "chain16": {"lattice": "chain", "shape": 16},
    "4x4": {"lattice": "square", "shape": "4x4"},
    "j1j2-4x4": {"model": "j1j2", "lattice": "square", "shape": "4x4"},
    "tfim16": {"model": "tfim", "lattice": "chain", "shape": 16},
    "kagome2x2": {"lattice": "kagome", "shape": "2x2"},
    "6x6": {"lattice": "square", "shape": "6x6"},
    "j1j2-6x6": {"model": "j1j2", "lattice": "square", "shape": "6x6"},
}


def main(
    system: Annotated[list[str] | None, typer.Option(help=f"Some of: {', '.join(_SYSTEMS)}.")] = None,
    ansatz: Annotated[list[str] | None, typer.Option(help="Some of the ansätze; all where not given.")] = None,
    seed: Annotated[list[int] | None, typer.Option(help="Seeds; each is a row.")] = None,
    setting: Annotated[list[str] | None, typer.Option(help="Other fields of the Spec, as NAME=VALUE.")] = None,
) -> None:
    from evals.benchmarks.nqs_energy import reference
    from physics_engines.nqs import GroundStateSpec, ground_state
    from physics_engines.nqs.ansatze import ansatz_names, build_ansatz

    console = Console(width=120)
    table = Table(title="Default runs of nqs.ground_state")
    for name in ("system", "ansatz"):
        table.add_column(name)
    for name in ("parameters", "E/N", "error", "above", "V-score", "CPU s", "estimated", "flags"):
        table.add_column(name, justify="right")
    fields = dict(item.split("=", 1) for item in setting or ())
    for where in system or ("chain16", "4x4"):
        for name in ansatz or [one for one in ansatz_names() if one != "neural_backflow"]:
            for number in seed or [7]:
                spec = GroundStateSpec.model_validate({**_SYSTEMS[where], "ansatz": name, "seed": number, **fields})
                built = build_ansatz(spec)
                begin = time.process_time()
                found = ground_state(spec)
                seconds = time.process_time() - begin
                energy, exact = found.energy_per_site, reference(spec)
                work = built.work(spec)
                estimate = spec.n_iterations * work.per_iteration + spec.n_final_samples * work.per_final_sample
                row = (
                    where,
                    name,
                    str(built.n_parameters),
                    f"{energy.value:.6f}",
                    f"{energy.error or 0:.1e}",
                    f"{(energy.value - exact) / abs(exact):+.1e}" if exact is not None else "",
                    f"{found.v_score.value:.1e}",
                    f"{seconds:.1f}",
                    f"{estimate:.1f}",
                    str(len(energy.flags)),
                )
                print(*row, flush=True)
                table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
