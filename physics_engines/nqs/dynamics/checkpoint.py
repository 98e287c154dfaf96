"""The restart file of a time evolution: everything the next step depends on, in one ``.npz``."""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.files import write_arrays

_FORMAT = 1
TRACE_NAMES = ("time", "step", "energy", "variance", "residual", "relative_residual", "distance", "integration_error")


@dataclass
class EvolutionState:
    """A time evolution after any step.

    Attributes:
        time: In units of 1/J.
        n_recorded: Output times done.
        step: Size to try next.
        parameters: Of the RBM.
        start: Parameters at time zero.
        configurations: Where the chains stand, int8 (n_chains, n_sites); empty where all states are summed over.
        rng: The one random stream.
        distance: Integrated residual so far, an upper bound of the angle to the exactly evolved state.
        integration_error: Summed error estimates of the integrator, in the same measure.
        last_rate: Residual rate at the last step and its size, for the trapezoidal sum.
        values: Recorded observables, shape (n_times, n_columns).
        errors: Their errors.
        energies: Energy and its error at the output times, shape (n_times, 2), in units of J.
        trace: One row of ``TRACE_NAMES`` for each step.
    """

    time: float
    n_recorded: int
    step: float
    parameters: NDArray[np.complex128]
    start: NDArray[np.complex128]
    configurations: NDArray[np.int8]
    rng: np.random.Generator
    distance: float
    integration_error: float
    last_rate: tuple[float, float]
    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    energies: NDArray[np.float64]
    trace: list[tuple[float, ...]]


def save(path: Path, state: EvolutionState, identity: str) -> None:
    """Write the state atomically."""
    meta = {
        "format": _FORMAT,
        "identity": identity,
        "time": state.time,
        "n_recorded": state.n_recorded,
        "step": state.step,
        "distance": state.distance,
        "integration_error": state.integration_error,
        "last_rate": state.last_rate,
        "rng": state.rng.bit_generator.state,
    }
    arrays = {name: getattr(state, name) for name in _ARRAYS}
    trace = np.array(state.trace, dtype=np.float64).reshape(-1, len(TRACE_NAMES))
    write_arrays(path, {"meta": np.array(json.dumps(meta)), "trace": trace, **arrays})


_ARRAYS = ("parameters", "start", "configurations", "values", "errors", "energies")


def load(path: Path, identity: str) -> EvolutionState | None:
    """Read a state back; None when there is no file, or one that cannot be read (the run then starts afresh).

    Raises:
        InvalidInput: The file is sound but belongs to another calculation; it is left untouched.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays["meta"]))
        owner = str(meta["identity"])
        rng = np.random.Generator(np.random.PCG64())
        rng.bit_generator.state = meta["rng"]
        state = EvolutionState(
            time=meta["time"],
            n_recorded=meta["n_recorded"],
            step=meta["step"],
            rng=rng,
            distance=meta["distance"],
            integration_error=meta["integration_error"],
            last_rate=(meta["last_rate"][0], meta["last_rate"][1]),
            trace=[tuple(row) for row in arrays["trace"].tolist()],
            **{name: arrays[name] for name in _ARRAYS},
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    if owner != identity:
        raise InvalidInput(
            f"the restart file {path} belongs to another calculation ({owner}, not {identity}); remove it or use "
            "another folder"
        )
    return state
