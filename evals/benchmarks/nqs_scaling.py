"""Cost of an iteration against the size of the lattice, with the fitted exponent and a figure.

Each iteration is a whole one of a run of the default size of its ansatz (samples, chains, sweeps): sampling, local
energies, derivatives, step. Seconds are those of the processor, on one core. A sweep has as many proposals as there
are sites, so sampling alone grows as N times the cost of one proposal.

    python -m evals.benchmarks.nqs_scaling --ansatz rbm_symmetric --ansatz cnn --ansatz vit

``evals/results/nqs_scaling.png`` is the figure of the Jastrow factor and the real RBMs, made with ``--iterations 5``.
"""

import time
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

_SIDES = (6, 8, 10, 12, 16)
_ANSAETZE = ("jastrow", "rbm_symmetric", "rbm", "cnn", "resnet", "vit", "feed_forward")


def main(
    ansatz: Annotated[list[str] | None, typer.Option(help="Some of the ansätze.")] = None,
    side: Annotated[list[int] | None, typer.Option(help="Sides of square lattices.")] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Iterations; the median counts.")] = 3,
    figure: Annotated[Path | None, typer.Option(help="Where to write the figure, as PNG.")] = None,
) -> None:
    from evals.benchmarks.nqs_vs_netket import take_one_core

    sides = sorted(side or _SIDES)
    where = take_one_core()
    table = Table(title=f"Processor seconds per iteration, Heisenberg L x L, {where}, float64")
    table.add_column("ansatz")
    for length in sides:
        table.add_column(f"{length}x{length}", justify="right")
    table.add_column("exponent of N", justify="right")
    found: dict[str, list[float]] = {}
    for name in ansatz or _ANSAETZE:
        found[name] = [_seconds(name, length, iterations) for length in sides]
        shown = (f"{seconds:.3g}" for seconds in found[name])
        table.add_row(name, *shown, f"{_exponent(sides, found[name]):.2f}" if len(sides) > 1 else "")
        print(name, *(f"{seconds:.3g}" for seconds in found[name]), flush=True)
    Console().print(table)
    if figure is not None:
        _draw(sides, found, figure)


def _exponent(sides: list[int], seconds: list[float]) -> float:
    """Slope of log seconds against log N."""
    return float(np.polyfit(2 * np.log(sides), np.log(seconds), 1)[0])


def _seconds(name: str, side: int, iterations: int) -> float:
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    from physics_engines.nqs import GroundStateSpec
    from physics_engines.nqs.ansatze import build_ansatz
    from physics_engines.nqs.hamiltonian import build_hamiltonian
    from physics_engines.nqs.optimisation import initial_state, iterate
    from physics_engines.nqs.run import build_stage

    spec = GroundStateSpec.model_validate({"lattice": "square", "shape": (side, side), "ansatz": name})
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    stage = build_stage(spec, ansatz, hamiltonian)
    taken = []
    with threadpool_limits(1):
        state = initial_state(spec, ansatz, hamiltonian, stage.sampler)
        iterate(state, spec, stage.backend, stage.sampler)
        for _ in range(iterations):
            begin = time.process_time()
            iterate(state, spec, stage.backend, stage.sampler)
            taken.append(time.process_time() - begin)
    return median(taken)


def _draw(sides: list[int], found: dict[str, list[float]], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 3.8), layout="constrained")
    axes = figure.subplots()
    sites = [side**2 for side in sides]
    for name, seconds in found.items():
        label = name.replace("_", " ")
        label += f", $N^{{{_exponent(sides, seconds):.1f}}}$" if len(sides) > 1 else ""
        axes.loglog(sites, seconds, "o-", label=label)
    axes.set_xticks(sites, [str(number) for number in sites])
    axes.minorticks_off()
    axes.set_xlabel("sites N")
    axes.set_ylabel("processor seconds per iteration")
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=160)


if __name__ == "__main__":
    typer.run(main)
