"""Seconds per iteration against NetKet: the same model, ansatz, samples, chains, sweeps, SR, step and shift.

One core, interleaved: a few iterations of ours, a few of NetKet's, and so on; the ratio is taken within each pair, so
that other work on the machine strikes both, and once more in processor seconds. A busy machine still shifts it, since
the two codes use memory differently: quote figures of a quiet one. Compilation is not counted on either side. Ours is
the whole iteration of a run (momentum, trust region, error analysis and waypoints included), NetKet's a step of its
driver ``VMC_SR``.
The step 0.01 of H = sum sigma.sigma there is 0.08 of sum S.S here (see tests/fixtures/nqs/README.md).

    python -m evals.benchmarks.nqs_vs_netket --netket-python ~/netket-env/bin/python

On a GPU, where many chains pay (and NetKet's environment has a jax for it): ``--device cuda --case 10x10-1024-chains``.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from physics_engines.nqs.ansatze import Parameters
    from physics_engines.nqs.backend import Backend
    from physics_engines.nqs.derivatives import LogDerivatives

    Numbers = NDArray[np.float64] | NDArray[np.complex128]

_NETKET_RATE = 0.01
_OUR_RATE = 8 * _NETKET_RATE
_DIAG_SHIFT = 0.01
_WORKER = Path(__file__).with_name("netket_worker.py")


@dataclass(frozen=True)
class Case:
    """A Heisenberg antiferromagnet and its real network, as both sides are told of it; 0 where a size means nothing."""

    lattice: str
    side: int
    ansatz: str
    alpha: int = 0
    n_features: int = 0
    n_layers: int = 0
    kernel: int = 0
    patch: int = 0
    n_heads: int = 0
    n_samples: int = 1024
    n_chains: int = 16
    n_discard: int = 5


def _cnn(side: int) -> Case:
    sizes = {"n_features": 8, "n_layers": 3, "kernel": 3}
    return Case("square", side, "cnn", **sizes, n_samples=512, n_chains=128, n_discard=1)


def _vit(side: int) -> Case:
    sizes = {"n_features": 16, "n_layers": 2, "patch": 2, "n_heads": 4}
    return Case("square", side, "vit", **sizes, n_samples=512, n_chains=128, n_discard=1)


_CASES = {
    "chain32": Case("chain", 32, "rbm", 1),
    "6x6": Case("square", 6, "rbm", 1),
    "10x10": Case("square", 10, "rbm", 1),
    "10x10-alpha2": Case("square", 10, "rbm", 2),
    "10x10-tied": Case("square", 10, "rbm_symmetric", 1),
    "10x10-1024-chains": Case("square", 10, "rbm", 1, n_samples=4096, n_chains=1024),
    "6x6-cnn": _cnn(6),
    "6x6-vit": _vit(6),
    "10x10-cnn": _cnn(10),
    "10x10-vit": _vit(10),
}


@dataclass(frozen=True)
class Seconds:
    """Median seconds of an iteration, on the clock and of the processor, and of two of its parts."""

    iteration: float
    processor: float
    sample: float
    local_energy: float


def main(
    netket_python: Annotated[
        Path | None, typer.Option(help="Python of an environment in which `pip install netket` was run.")
    ] = None,
    case: Annotated[list[str] | None, typer.Option(help=f"Some of: {', '.join(_CASES)}.")] = None,
    pairs: Annotated[int, typer.Option(min=1, help="Interleaved pairs for each case.")] = 5,
    iterations: Annotated[int, typer.Option(min=1, help="Iterations in each half of a pair.")] = 5,
    device: Annotated[str, typer.Option(help="Torch device of our side; NetKet takes the one its jax finds.")] = "cpu",
) -> None:
    if netket_python is None or not os.access(netket_python, os.X_OK):
        given = "was not given" if netket_python is None else f"is {netket_python}, which is no program"
        raise _failure(
            f"there is no NetKet to compare with: --netket-python {given}; make an environment of its own, run "
            "`pip install netket` in it and give the path of its python"
        )
    unknown = set(case or ()) - set(_CASES)
    if unknown:
        raise _failure(f"there is no case {', '.join(sorted(unknown))}; the cases are {', '.join(_CASES)}")
    where = take_one_core()
    load_before = os.getloadavg()[0]
    table = Table(title=f"Seconds per iteration, {where}, float64")
    table.add_column("case")
    table.add_column("code")
    for name in ("parameters", "iteration", "sample", "local energy", "update", "ratio", "CPU ratio"):
        table.add_column(name, justify="right")
    versions = ""
    for name in case or _CASES:
        versions = _compare(table, name, netket_python, pairs, iterations, device)
    console = Console(width=140)
    console.print(table)
    console.print(
        f"{pairs} pairs of {iterations} iterations each; ratio: median over pairs (smallest to largest). {versions}. "
        f"Load of the machine {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores."
    )


def _failure(sentence: str) -> typer.Exit:
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def take_one_core() -> str:
    """Keep this process, and the one it starts, on one core and to one thread."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    if not hasattr(os, "sched_setaffinity"):
        return "one thread asked for (this system pins no cores)"
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    return "one core"


def _compare(table: Table, name: str, python: Path, pairs: int, iterations: int, device: str) -> str:
    """Add the two rows of a case; return the versions of the peer."""
    case = _CASES[name]
    ask = json.dumps({**asdict(case), "learning_rate": _NETKET_RATE, "diag_shift": _DIAG_SHIFT})
    with subprocess.Popen(
        [python, _WORKER, ask],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    ) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        begun = _read(worker.stdout.readline(), python)
        n_parameters, ours = _our_side(case, device)
        rows: list[tuple[Seconds, Seconds]] = []
        for _ in range(pairs):
            mine = ours(iterations)
            worker.stdin.write(f"{iterations}\n")
            worker.stdin.flush()
            reply = _read(worker.stdout.readline(), python)
            rows.append((mine, Seconds(**{key: float(str(value)) for key, value in reply.items()})))
        worker.stdin.close()
    ratios = (
        _spread([theirs.iteration / mine.iteration for mine, theirs in rows]),
        _spread([theirs.processor / mine.processor for mine, theirs in rows]),
    )
    _add_row(table, name, "ours", n_parameters, [mine for mine, _ in rows])
    _add_row(table, "", "NetKet", int(str(begun["n_parameters"])), [theirs for _, theirs in rows], *ratios)
    print(f"{name}: ratio {ratios[0]}, of processor seconds {ratios[1]}", flush=True)  # kept if a later case is cut off
    return f"NetKet {begun['version']}, jax {begun['jax']}"


def _spread(ratios: list[float]) -> str:
    return f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def _read(line: str, python: Path) -> dict[str, object]:
    reply: dict[str, object] = json.loads(line) if line else {"error": f"NetKet's process ({python}) ended early"}
    if "error" in reply:
        raise _failure(str(reply["error"]))
    return reply


def _add_row(table: Table, name: str, code: str, n_parameters: int, rows: list[Seconds], *ratios: str) -> None:
    whole, sample, local = (
        median(getattr(row, field) for row in rows) for field in ("iteration", "sample", "local_energy")
    )
    seconds = (f"{value:.4f}" for value in (whole, sample, local, max(0.0, whole - sample - local)))
    table.add_row(name, code, str(n_parameters), *seconds, *ratios)


def _our_side(case: Case, device: str) -> tuple[int, Callable[[int], Seconds]]:
    """The number of parameters, and a function that runs iterations on a torch device; everything is compiled."""
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    from physics_engines.nqs import GroundStateSpec
    from physics_engines.nqs.ansatze import build_ansatz
    from physics_engines.nqs.backend import build_backend
    from physics_engines.nqs.hamiltonian import build_hamiltonian
    from physics_engines.nqs.optimisation import initial_state, iterate
    from physics_engines.nqs.samplers import build_sampler

    fields = asdict(case)
    side = fields.pop("side")
    # So long a run stays in its warm-up, where the shift is ten times the one of the Spec and the step is whole.
    spec = GroundStateSpec.model_validate(
        {
            **fields,
            "shape": (side,) if case.lattice == "chain" else (side, side),
            "n_iterations": 100_000,
            "learning_rate": _OUR_RATE,
            "diag_shift": _DIAG_SHIFT / 10,
        }
    )
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    backend = _Clock(build_backend(ansatz, hamiltonian, "auto", device))
    sampler = build_sampler(spec, ansatz, hamiltonian, backend)
    with threadpool_limits(1):
        state = initial_state(spec, ansatz, hamiltonian, sampler)
        iterate(state, spec, backend, sampler)
        iterate(state, spec, backend, sampler)

    def run(count: int) -> Seconds:
        whole: list[float] = []
        processor: list[float] = []
        backend.sample.clear()
        backend.local.clear()
        with threadpool_limits(1):
            for _ in range(count):
                begin, begin_processor = time.perf_counter(), time.process_time()
                iterate(state, spec, backend, sampler)
                whole.append(time.perf_counter() - begin)
                processor.append(time.process_time() - begin_processor)
        return Seconds(median(whole), median(processor), median(backend.sample), median(backend.local))

    return ansatz.n_parameters, run


class _Clock:
    """A backend that notes the seconds of its sampling and of its local energies."""

    def __init__(self, backend: "Backend") -> None:
        self._backend = backend
        self.sample: list[float] = []
        self.local: list[float] = []

    def set_parameters(self, parameters: "Parameters") -> None:
        self._backend.set_parameters(parameters)

    def sweep(
        self, configurations: "NDArray[np.int8]", uniforms: "NDArray[np.float64]"
    ) -> tuple["NDArray[np.int8]", "NDArray[np.int64]", "NDArray[np.int64]"]:
        begin = time.perf_counter()
        moved = self._backend.sweep(configurations, uniforms)
        self.sample.append(time.perf_counter() - begin)
        return moved

    def log_psi(self, configurations: "NDArray[np.int8]") -> "Numbers":
        return self._backend.log_psi(configurations)

    def local_energies(self, configurations: "NDArray[np.int8]") -> "Numbers":
        begin = time.perf_counter()
        energies = self._backend.local_energies(configurations)
        self.local.append(time.perf_counter() - begin)
        return energies

    def derivatives(self, configurations: "NDArray[np.int8]") -> "LogDerivatives":
        return self._backend.derivatives(configurations)


if __name__ == "__main__":
    typer.run(main)
