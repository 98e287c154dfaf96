"""The optimisation loop: sample, check, step; every state it passes through can be saved and gone on from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.ansatze.base import Phased
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.classical import classical_angles
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.reconfiguration import Direction, natural_gradient
from physics_engines.nqs.samplers import Sampler
from physics_engines.nqs.sampling import Sample
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.statistics import gamma_method

MOMENTUM = 0.9
MAX_DISTANCE = 0.15
"""Trust region: longest Fubini-Study distance of one step."""
MAX_LENGTH = 0.3
"""Longest parameter step: directions the sample says nothing about have distance 0, so they need their own bound."""
_LAST_RATE = 0.05
"""Share of the learning rate at the end of a run, to which it falls linearly."""
MAX_REJECTED = 20
"""Steps rejected in a row before the run gives up."""
SHIFT_FLOOR = 0.02
"""Smallest diagonal shift with more parameters than samples, see ``natural_gradient``."""
_RUNAWAY = 0.1
"""Rise above the lowest energy so far, relative to the scale of the energies, at which a step is rejected."""
TRACE_NAMES = ("energy", "error", "variance", "acceptance", "step", "rejected")


@dataclass(frozen=True)
class Waypoint:
    """Where a run can go back to.

    Attributes:
        iteration: When it was reached.
        parameters: Variational parameters.
        direction: Step direction that led there.
        configurations: Where the chains stood, int8 (n_chains, n_sites).
    """

    iteration: int
    parameters: Parameters
    direction: Parameters
    configurations: NDArray[np.int8]


@dataclass(frozen=True)
class FinalSample:
    """What of the final sample is drawn already.

    Attributes:
        attempt: Which of the candidate parameters is measured: the last, the last accepted, the anchor.
        configurations: Where the walkers stand, int8 (n_walkers, n_sites).
        energies: Local energies, shape (n_chains, n_drawn).
        acceptances: Of each block drawn.
        records: Samples per chain of each block.
        weights: Of the energies, with mean 1 in each block; None where all count alike.
    """

    attempt: int
    configurations: NDArray[np.int8]
    energies: NDArray[np.float64] | NDArray[np.complex128]
    acceptances: tuple[float, ...]
    records: tuple[int, ...]
    weights: NDArray[np.float64] | None = None


@dataclass
class RunState:
    """Everything the next iteration depends on.

    Attributes:
        iteration: Number of iterations done.
        parameters: Variational parameters the next iteration samples.
        direction: Last step direction (momentum).
        configurations: Where the chains stand, int8 (n_chains, n_sites).
        last: The last accepted point.
        anchor: An older accepted point close to the lowest energy. Chains that were caught by a spurious peak of
            |psi|^2 do so over several steps, so going back one step would not free them.
        bound: An energy per site that no state is below.
        lowest: Lowest accepted energy per site so far; only a yardstick for runaways, never a result.
        lowest_error: Its error.
        step_scale: Halved by each rejected step, recovering slowly.
        n_rejected: Steps rejected in a row.
        rng: The one random stream of the run.
        trace: Named columns of shape (n_iterations,), NaN where not yet reached.
        final: The final sample so far, where the optimisation is done.
    """

    iteration: int
    parameters: Parameters
    direction: Parameters
    configurations: NDArray[np.int8]
    last: Waypoint
    anchor: Waypoint
    bound: float
    lowest: float
    lowest_error: float
    step_scale: float
    n_rejected: int
    rng: np.random.Generator
    trace: dict[str, NDArray[np.float64]]
    final: FinalSample | None = None


def initial_state(
    spec: GroundStateSpec,
    ansatz: Ansatz,
    hamiltonian: Hamiltonian,
    sampler: Sampler,
) -> RunState:
    """Random small parameters and equilibrated chains, from the seed of the Spec.

    Where no rule gives the signs of a frustrated magnet and the ansatz can carry phases, it begins with those of the
    classical order: from a state without them the first steps would only climb off the top of the spectrum.

    Args:
        spec: The calculation.
        ansatz: Its wave function.
        hamiltonian: Its tables.
        sampler: Moves the chains.
    """
    rng = np.random.Generator(np.random.PCG64(spec.seed))
    parameters = ansatz.initial_parameters(rng)
    if isinstance(ansatz, Phased) and hamiltonian.conserves_magnetisation and hamiltonian.rotation is None:
        parameters = ansatz.with_phases(parameters, classical_angles(hamiltonian))
    configurations = sampler.start(rng)
    sampler.set_parameters(parameters)
    sampler.draw(configurations, 1, 20, rng)
    direction = np.zeros_like(parameters)
    start = Waypoint(0, parameters, direction, configurations.copy())
    return RunState(
        iteration=0,
        parameters=parameters,
        direction=direction,
        configurations=configurations,
        last=start,
        anchor=start,
        bound=hamiltonian.lower_bound / spec.n_sites,
        lowest=float("inf"),
        lowest_error=0.0,
        step_scale=1.0,
        n_rejected=0,
        rng=rng,
        trace={name: np.full(spec.n_iterations, np.nan) for name in TRACE_NAMES},
    )


def iterate(state: RunState, spec: GroundStateSpec, backend: Backend, sampler: Sampler) -> None:
    """One iteration, in place: sample the current parameters, judge them, and step on or go back.

    Args:
        state: Of the run.
        spec: The calculation.
        backend: Evaluates the wave function.
        sampler: Moves the chains.

    Raises:
        EngineError: Too many steps in a row led to an energy or acceptance that is not finite or ran away.
    """
    backend.set_parameters(state.parameters)
    n_per_chain = -(-spec.n_samples // spec.n_chains)
    sampler.set_parameters(state.parameters)
    sample = sampler.draw(state.configurations, n_per_chain, spec.n_discard, state.rng)
    # In this order a backend whose derivatives cost the energies too evaluates the samples once.
    derivatives = backend.derivatives(sample.flat)
    energies = backend.local_energies(sample.flat)
    row = _measure(energies, spec.n_sites, sample)
    if not is_acceptable(row, state):
        _go_back(state, row)
        return
    _accept(state, row)

    progress = state.iteration / spec.n_iterations
    direction = _direction(state, spec, derivatives, energies, sample.weights, progress)
    step = spec.learning_rate * state.step_scale * max(_LAST_RATE, 1 - progress)
    if step * direction.speed > MAX_DISTANCE:
        step = MAX_DISTANCE / direction.speed
    length = float(np.linalg.norm(direction.vector))
    if step * length > MAX_LENGTH:
        step = MAX_LENGTH / length
    state.direction = direction.vector
    state.parameters = state.parameters - step * direction.vector
    _record(state, {**row, "step": step * direction.speed, "rejected": 0.0})


def _measure(energies: NDArray[np.float64] | NDArray[np.complex128], n_sites: int, sample: Sample) -> dict[str, float]:
    """Energy per site, its error, variance per site and acceptance; NaN where the energies are not finite."""
    acceptance = sample.acceptance
    with np.errstate(over="ignore", invalid="ignore"):
        variance = float(sample.average(np.abs(energies - sample.average(energies)) ** 2).real) / n_sites
    if not np.isfinite(variance):
        return {"energy": np.nan, "error": np.nan, "variance": np.nan, "acceptance": acceptance}
    series = energies.real
    if sample.weights is not None:
        energy = float(sample.average(energies).real) / n_sites
        if not sample.is_random:
            return {"energy": energy, "error": 0.0, "variance": variance, "acceptance": acceptance}
        series = weighted_series(series, sample.weights)
    analysis = gamma_method(series.reshape(sample.shape) / n_sites)
    return {"energy": analysis.mean, "error": analysis.error, "variance": variance, "acceptance": acceptance}


def weighted_series(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers whose plain mean is the weighted mean of real values, and whose scatter gives its error to first order.

    Args:
        values: Shape (n_samples,).
        weights: Shape (n_samples,), adding up to 1.
    """
    mean = weights @ values
    return np.asarray(mean + len(values) * weights * (values - mean), dtype=np.float64)


def is_acceptable(row: dict[str, float], state: RunState) -> bool:
    """False when anything is not finite, the energy is below any there can be, or rose far above the lowest so far.

    The error of the row itself is no excuse: it is large exactly when chains are caught by a spurious peak, or where
    the amplitude is nearly zero and the local energy as low as one likes.
    """
    if not all(np.isfinite(value) for value in row.values()):
        return False
    if row["energy"] < state.bound - _RUNAWAY * abs(state.bound):
        return False
    if not np.isfinite(state.lowest):
        return True
    return row["energy"] <= state.lowest + 10 * state.lowest_error + _RUNAWAY * _scale(state)


def _scale(state: RunState) -> float:
    """The lowest energy, or the fall from the first one where that is larger: an energy may well be zero."""
    first = float(state.trace["energy"][0])
    return max(abs(state.lowest), first - state.lowest if np.isfinite(first) else 0.0)


def _accept(state: RunState, row: dict[str, float]) -> None:
    state.last = Waypoint(state.iteration, state.parameters, state.direction, state.configurations.copy())
    if row["energy"] < state.lowest:
        state.lowest, state.lowest_error = row["energy"], row["error"]
    is_low = row["energy"] <= state.lowest + 5 * state.lowest_error + 0.05 * _RUNAWAY * _scale(state)
    if is_low and state.iteration >= state.anchor.iteration + 10:
        state.anchor = state.last
    state.n_rejected = 0
    state.step_scale = min(1.0, state.step_scale * 1.05)


def _go_back(state: RunState, row: dict[str, float]) -> None:
    _record(state, {**row, "step": 0.0, "rejected": 1.0})
    state.n_rejected += 1
    if state.n_rejected > MAX_REJECTED:
        raise EngineError(
            f"{MAX_REJECTED} steps in a row led to an energy that is not finite or ran away (iteration "
            f"{state.iteration}, lowest energy before {state.lowest:.6f} J per site); lower learning_rate or raise "
            "diag_shift"
        )
    point = state.last if state.n_rejected <= 2 else state.anchor
    state.parameters, state.direction = point.parameters, point.direction
    state.configurations = point.configurations.copy()
    state.step_scale *= 0.5


def _direction(
    state: RunState,
    spec: GroundStateSpec,
    derivatives: LogDerivatives,
    energies: NDArray[np.float64] | NDArray[np.complex128],
    weights: NDArray[np.float64] | None,
    progress: float,
) -> Direction:
    """The natural gradient; a metric that is not positive definite gets a larger shift."""
    first = spec.first_shift(np.iscomplexobj(energies))
    shift = spec.diag_shift * max(1.0, first / spec.diag_shift) ** (1 - progress)
    for attempt in range(6):
        try:
            return natural_gradient(
                derivatives, energies, shift * 10**attempt, state.direction, MOMENTUM, weights, SHIFT_FLOOR
            )
        except np.linalg.LinAlgError:
            continue
    raise EngineError(
        f"no finite step direction at iteration {state.iteration}, even with a diagonal shift of {shift * 1e5:.1g}; "
        "lower learning_rate or raise diag_shift"
    )


def _record(state: RunState, row: dict[str, float]) -> None:
    for name in TRACE_NAMES:
        state.trace[name][state.iteration] = row[name]
    state.iteration += 1
