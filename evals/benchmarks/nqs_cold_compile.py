"""Processor seconds that the first use of compiled kernels costs where nothing is compiled yet.

Each ansatz runs in a process of its own with an empty cache of machine code: once for the first sweep, local energies
and derivatives, then again in the same process, which is what they cost compiled.

    python -m evals.benchmarks.nqs_cold_compile --ansatz pair_product
"""

import os
import subprocess
import sys
import tempfile
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

_ANSAETZE = ("jastrow", "rbm", "rbm_complex", "pair_product")


def main(
    ansatz: Annotated[list[str] | None, typer.Option(help="Some of the compiled ansätze.")] = None,
    inner: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    names = ansatz or list(_ANSAETZE)
    if inner:
        print(*_seconds(names[0]))
        return
    table = Table(title="Processor seconds of the first and second use, empty cache")
    for column in ("ansatz", "first", "second"):
        table.add_column(column)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            found = subprocess.run(
                [sys.executable, "-m", "evals.benchmarks.nqs_cold_compile", "--inner", "--ansatz", name],
                env={**os.environ, "NUMBA_CACHE_DIR": folder},
                capture_output=True,
                text=True,
                check=True,
            )
        table.add_row(name, *(f"{float(seconds):.2f}" for seconds in found.stdout.split()))
    Console().print(table)


def _seconds(name: str) -> tuple[float, float]:
    import numpy as np

    from physics_engines.nqs import GroundStateSpec
    from physics_engines.nqs.ansatze import build_ansatz
    from physics_engines.nqs.backend import build_backend
    from physics_engines.nqs.hamiltonian import build_hamiltonian
    from physics_engines.nqs.sampling import draw, random_configurations

    spec = GroundStateSpec.model_validate({"lattice": "chain", "shape": 8, "ansatz": name})
    ansatz, hamiltonian, rng = build_ansatz(spec), build_hamiltonian(spec), np.random.default_rng(0)
    backend = build_backend(ansatz, hamiltonian, "numba")
    backend.set_parameters(ansatz.initial_parameters(rng))
    chains = random_configurations(hamiltonian, 4, rng)
    taken = []
    for _ in range(2):
        begin = time.process_time()
        sample = draw(backend, chains, 2, 0, rng).flat
        backend.local_energies(sample)
        backend.derivatives(sample)
        taken.append(time.process_time() - begin)
    return taken[0], taken[1]


if __name__ == "__main__":
    typer.run(main)
