"""The restart file of a time evolution: everything the next step depends on, in one ``.npz``."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import restart

_FORMAT = 2
TRACE_NAMES = ("time", "step", "energy", "variance", "residual", "relative_residual", "distance", "integration_error",
               "distance_error")  # fmt: skip


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
        distance_variance: Upper bound of the variance of that sum, where the rates are sampled.
        integration_error: Summed error estimates of the integrator, in the same measure.
        last_rate: Residual rate at the last step, its standard error and the size of the step.
        values: Recorded observables, shape (n_times, n_columns).
        errors: Their errors.
        energies: Energy and its error at the output times, shape (n_times, 2), in units of J.
        trace: One row of ``TRACE_NAMES`` for each step.
        flags: What is doubtful of a recorded value: output time, column of ``values``, warning.
    """

    time: float
    n_recorded: int
    step: float
    parameters: NDArray[np.complex128]
    start: NDArray[np.complex128]
    configurations: NDArray[np.int8]
    rng: np.random.Generator
    distance: float
    distance_variance: float
    integration_error: float
    last_rate: tuple[float, float, float]
    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    energies: NDArray[np.float64]
    trace: list[tuple[float, ...]]
    flags: list[tuple[int, int, str]]

    def add_rate(self, rate: float, error: float) -> None:
        """Carry the trapezoidal sum of the residual rates on to the present time.

        Each rate enters two neighbouring terms, so the variance of the sum is at most twice that of its terms.
        """
        previous, previous_error, size = self.last_rate
        self.distance += size * (previous + rate) / 2
        self.distance_variance += size**2 * (previous_error**2 + error**2) / 2


def save(path: Path, state: EvolutionState, identity: str) -> None:
    """Write the state atomically."""
    meta = {
        "time": state.time,
        "n_recorded": state.n_recorded,
        "step": state.step,
        "distance": state.distance,
        "distance_variance": state.distance_variance,
        "integration_error": state.integration_error,
        "last_rate": state.last_rate,
        "rng": state.rng.bit_generator.state,
        "flags": state.flags,
    }
    arrays = {name: getattr(state, name) for name in _ARRAYS}
    trace = np.array(state.trace, dtype=np.float64).reshape(-1, len(TRACE_NAMES))
    restart.write(path, identity, _FORMAT, meta, {"trace": trace, **arrays})


_ARRAYS = ("parameters", "start", "configurations", "values", "errors", "energies")


def load(path: Path, identity: str) -> EvolutionState | None:
    """Read a state back; None when there is no file, or one that cannot be read (the run then starts afresh).

    Raises:
        InvalidInput: The file is sound but belongs to another calculation; it is left untouched.
    """
    found = restart.read(path, identity, _FORMAT)
    if found is None:
        return None
    meta, arrays = found
    try:
        return EvolutionState(
            time=meta["time"],
            n_recorded=meta["n_recorded"],
            step=meta["step"],
            rng=restart.generator(meta["rng"]),
            distance=meta["distance"],
            distance_variance=meta["distance_variance"],
            integration_error=meta["integration_error"],
            last_rate=(meta["last_rate"][0], meta["last_rate"][1], meta["last_rate"][2]),
            trace=[tuple(row) for row in arrays["trace"].tolist()],
            flags=[(time, column, flag) for time, column, flag in meta["flags"]],
            **{name: arrays[name] for name in _ARRAYS},
        )
    except (KeyError, ValueError, TypeError, IndexError):
        return None
