"""Real-time evolution: steps of the equation of motion, observables on the way, and a measure of its own error.

The residual rate |(d/dt + i (H - E)) psi| of the variational motion, integrated over time, bounds the angle between
the state and the exactly evolved one; added to the error of the integrator it says how far the run can be trusted.
With sampling the rate is taken on samples that did not enter the equation of motion, or it would be too small, and
samples are drawn so that they reach the zeros of the wave function as well (``blur``).
"""

import math
import time
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError, Interrupted
from physics_engines.estimate import Estimate
from physics_engines.nqs.backend import Tempered
from physics_engines.nqs.dynamics import blur, checkpoint
from physics_engines.nqs.dynamics.checkpoint import TRACE_NAMES, EvolutionState
from physics_engines.nqs.dynamics.equation import Cutoffs, Equation, Motion, Points
from physics_engines.nqs.dynamics.estimates import final_estimates
from physics_engines.nqs.dynamics.initial import initial_parameters, rbm_of
from physics_engines.nqs.dynamics.integrators import adaptive_step, fixed_step
from physics_engines.nqs.dynamics.measure import Recorder
from physics_engines.nqs.dynamics.reference import ExactEvolution, exact_evolution
from physics_engines.nqs.exact import as_configurations, sector_states
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState, amplitudes_of
from physics_engines.nqs.sampling import draw, random_configurations
from physics_engines.nqs.spec import DynamicsSpec
from physics_engines.nqs.spec.limits import MEMORY_LIMIT
from physics_engines.progress import Monitor
from physics_engines.statistics import gamma_method
from physics_engines.text import Text

_SAVE_INTERVAL = 5.0
"""Seconds between restart files."""
_N_BURN_IN = 200
_N_DISCARD = 5
_N_EQUILIBRATION = 30
"""Sweeps from the distribution of the equation of motion to that of the observables."""
_VALIDATION_SHARE = 2
_LEAST_SHARE = 0.5
_LARGEST_CUTOFF = 1e-2


@dataclass(frozen=True)
class DynamicsResult:
    """What a time evolution found.

    Attributes:
        times: Output times in units of 1/J, shape (n_times,).
        names: Observables; the columns of ``values`` are these, then <zz> at each displacement.
        values: Shape (n_times, n_names + n_displacements).
        errors: Standard errors; zero where all states were summed over.
        energies: Energy per site and its error at the output times, in units of the coupling, shape (n_times, 2).
        trace: Columns over the steps: ``time``, ``step``, ``energy`` and ``variance`` (total, units of J),
            ``residual`` (rate), ``relative_residual`` (its square over the variance), ``distance`` (integrated rate),
            ``integration_error`` and ``distance_error`` (statistical error of the integrated rate).
        exact: Exact evolution of the same initial state on a small lattice.
        estimates: The numbers at the last time, by name; exact counterparts have the prefix ``exact_``.
        parameters: At the last time.
        displacements: Vectors of the correlations, shape (n_displacements, dimension).
    """

    times: NDArray[np.float64]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    errors: NDArray[np.float64]
    energies: NDArray[np.float64]
    trace: dict[str, NDArray[np.float64]]
    exact: ExactEvolution | None
    estimates: dict[str, Estimate]
    parameters: NDArray[np.complex128]
    displacements: NDArray[np.float64]


def real_time_evolution(spec: DynamicsSpec, monitor: Monitor | None = None) -> DynamicsResult:
    """Evolve a state in real time.

    Goes on from ``monitor.checkpoint`` where that file holds the same calculation, with the same bits as a run that
    was never interrupted.

    Args:
        spec: The calculation.
        monitor: Progress, interruption and restart file.

    Raises:
        Interrupted: The monitor asked to stop; the restart file is written.
        InvalidInput: The restart file belongs to another calculation.
        EngineError: The equation of motion cannot be integrated further.
    """
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return _Evolution(spec, monitor or Monitor()).run()


class _Evolution:
    """One run: the parts that stay the same while the state moves."""

    def __init__(self, spec: DynamicsSpec, monitor: Monitor) -> None:
        self._spec = spec
        self._monitor = monitor
        self._ansatz = rbm_of(spec)
        self._hamiltonian: Hamiltonian = build_hamiltonian(spec)
        self._equation = Equation(self._ansatz, self._hamiltonian)
        self._walker = cast(Tempered, self._equation.backend)  # an RBM's, which samples powers of |psi|^2
        self._candidates = _candidates(spec)
        self._recorder = Recorder.of(self._hamiltonian)
        self._times = np.linspace(0.0, spec.total_time, spec.n_times)
        self._identity = spec.digest()
        self._states: NDArray[np.int8] | None = None
        if spec.full_sum:
            self._states = as_configurations(sector_states(self._hamiltonian), spec.n_sites)

    def run(self) -> DynamicsResult:
        file = self._monitor.checkpoint
        state = checkpoint.load(file, self._identity) if file else None
        if state is None:
            state = self._begin()
        self._evolve(state)
        return self._finish(state)

    def _begin(self) -> EvolutionState:
        spec = self._spec
        parameters, _ = initial_parameters(spec, self._monitor.part(0.0, 0.3, name="initial"))
        rng = np.random.default_rng((spec.seed, 3))
        configurations = np.empty((0, spec.n_sites), dtype=np.int8)
        if not spec.full_sum:
            configurations = random_configurations(self._hamiltonian, spec.n_chains, rng)
            self._equation.backend.set_parameters(parameters)
            blur.draw(self._walker, configurations, 1, _N_BURN_IN, rng)
        n_columns = len(self._recorder.names) + len(self._recorder.where.vectors)
        nothing = np.full((spec.n_times, n_columns), np.nan)
        return EvolutionState(
            time=0.0,
            n_recorded=0,
            step=spec.time_step,
            parameters=parameters,
            start=parameters,
            configurations=configurations,
            rng=rng,
            distance=0.0,
            distance_variance=0.0,
            integration_error=0.0,
            last_rate=(0.0, 0.0, 0.0),
            values=nothing,
            errors=nothing.copy(),
            energies=np.full((spec.n_times, 2), np.nan),
            trace=[],
            flags=[],
        )

    def _evolve(self, state: EvolutionState) -> None:
        saved = time.monotonic()
        while state.n_recorded < self._spec.n_times:
            if self._monitor.should_stop():
                self._save(state)
                raise Interrupted(f"stopped at t = {state.time:.4g} of {self._spec.total_time:g}")
            self._advance(state)
            if time.monotonic() - saved > _SAVE_INTERVAL:
                self._save(state)
                saved = time.monotonic()
        self._save(state)

    def _save(self, state: EvolutionState) -> None:
        if self._monitor.checkpoint is not None:
            checkpoint.save(self._monitor.checkpoint, state, self._identity)

    def _advance(self, state: EvolutionState) -> None:
        """Samples at the present time, a record where one is due, and one step on."""
        spec = self._spec
        points = self._points(state, spec.n_samples)
        cutoffs, rate_error = self._candidates[0], 0.0
        if spec.full_sum:
            motion = self._equation.motion(state.parameters, points, cutoffs)
            rate = math.sqrt(motion.residual)
        else:
            fresh = self._points(state, max(spec.n_samples // _VALIDATION_SHARE, 8 * spec.n_chains))
            motion, cutoffs, spread = self._equation.validated_motion(state.parameters, points, fresh, self._candidates)
            square_error = gamma_method(spread.reshape(spec.n_chains, -1)).error
            rate = math.sqrt(motion.residual)
            rate_error = math.sqrt(motion.residual + square_error) - rate
        state.add_rate(rate, rate_error)
        row = (state.time, 0.0, motion.energy, motion.variance, rate,
               motion.residual / max(motion.variance, 1e-300), state.distance, state.integration_error,
               math.sqrt(state.distance_variance))  # fmt: skip
        due = self._times[state.n_recorded]
        if state.time >= due - 1e-12:
            self._record(state, motion, points)
            if state.n_recorded == spec.n_times:
                state.trace.append(row)
                return
            due = self._times[state.n_recorded]
        left = float(due - state.time)

        def rhs(parameters: NDArray[np.complex128]) -> Motion | None:
            try:
                there = self._equation.motion(parameters, points, cutoffs)
            except EngineError:
                return None
            # Too far for the samples of this step: few of them would carry all the weight.
            is_near = points.is_complete or there.n_effective > _LEAST_SHARE * motion.n_effective
            return there if is_near else None

        start = state.parameters
        if spec.tolerance > 0:
            step = adaptive_step(spec.integrator, rhs, start, motion, state.step, spec.tolerance, left)
        else:
            step = fixed_step(spec.integrator, rhs, start, motion, min(spec.time_step, left))
        state.parameters = step.parameters
        # Land on the record exactly, whatever the sum of the steps.
        state.time = float(due) if step.size >= left * (1 - 1e-12) else state.time + step.size
        state.step = step.proposal
        state.integration_error += step.error
        state.last_rate = (rate, rate_error, step.size)
        state.trace.append((row[0], step.size, *row[2:]))
        self._report(state, motion)

    def _points(self, state: EvolutionState, n_samples: int) -> Points:
        if self._states is not None:
            return Points(self._states, np.zeros(len(self._states)), True)
        self._equation.backend.set_parameters(state.parameters)
        n_per_chain = -(-n_samples // self._spec.n_chains)
        drawn = blur.draw(self._walker, state.configurations, n_per_chain, _N_DISCARD, state.rng)
        moves = self._hamiltonian.moves
        spread = blur.blur(drawn.flat, moves, state.rng)
        log_probability = partial(self._equation.log_probability, state.parameters)
        return Points(spread, blur.log_density(log_probability, spread, moves), False)

    def _record(self, state: EvolutionState, motion: Motion, points: Points) -> None:
        spec = self._spec
        variational = VariationalState(self._ansatz, state.parameters, self._hamiltonian)
        index = state.n_recorded
        if self._states is not None:
            log = self._equation.log_probability(state.parameters, points.configurations)
            weights = np.exp(log - log.max())
            ensemble = Ensemble(points.configurations[None], (weights / weights.sum())[None])
        else:
            # Those of the equation of motion follow another distribution; the walkers go on from there to |psi|^2.
            self._equation.backend.set_parameters(state.parameters)
            walkers = state.configurations.copy()
            n_per_chain = -(-spec.n_samples // spec.n_chains)
            sample = draw(self._equation.backend, walkers, n_per_chain, _N_EQUILIBRATION, state.rng)
            ensemble = Ensemble(sample.configurations, acceptance=sample.acceptance)
        values, errors, flags = self._recorder.record(variational, ensemble)
        energy, energy_error = motion.energy, 0.0
        if self._states is None:
            energies = self._equation.backend.local_energies(ensemble.flat).real
            average = ensemble.average(np.ascontiguousarray(energies))
            energy, energy_error = average.value, average.error
        state.values[index], state.errors[index] = values, errors
        state.energies[index] = energy, energy_error
        state.flags += [(index, column, flag) for column, found in enumerate(flags) for flag in found]
        state.n_recorded += 1

    def _report(self, state: EvolutionState, motion: Motion) -> None:
        share = state.time / self._spec.total_time
        start = 0.3 if self._spec.initial == "ground_state" else 0.0
        at = f"t = {state.time:.3f} / {self._spec.total_time:g}"
        self._monitor.report(
            start + (0.97 - start) * share,
            Text(
                en=f"{at}: error bound {state.distance:.1e}, step {state.step:.1e}",
                ja=f"{at}: 誤差の上限 {state.distance:.1e}、刻み {state.step:.1e}",
            ),
            energy=motion.energy / self._spec.n_sites * self._spec.coupling,
            residual=state.distance,
        )

    def _finish(self, state: EvolutionState) -> DynamicsResult:
        spec = self._spec
        exact = None
        if spec.is_comparable and 16 * spec.n_times * spec.n_states <= MEMORY_LIMIT // 4:
            self._monitor.report(0.97, Text(en="exact evolution", ja="厳密な時間発展"))
            _, vector = amplitudes_of(VariationalState(self._ansatz, state.start, self._hamiltonian))
            exact = exact_evolution(self._hamiltonian, vector.astype(np.complex128), self._times)
        trace = np.array(state.trace, dtype=np.float64).reshape(-1, len(TRACE_NAMES))
        columns = {name: trace[:, index] for index, name in enumerate(TRACE_NAMES)}
        fidelity = None
        if exact is not None:
            _, psi = amplitudes_of(VariationalState(self._ansatz, state.parameters, self._hamiltonian))
            fidelity = float(np.abs(np.vdot(exact.vectors[-1], psi)) ** 2)
        estimates = final_estimates(spec, self._recorder, state, columns, exact, fidelity)
        self._monitor.report(1.0, Text(en="done", ja="完了"))
        return DynamicsResult(
            self._times, self._recorder.names, state.values, state.errors,
            state.energies / spec.n_sites * spec.coupling, columns, exact, estimates,
            state.parameters, self._recorder.where.vectors,
        )  # fmt: skip


def _candidates(spec: DynamicsSpec) -> tuple[Cutoffs, ...]:
    """One regularisation for a full sum; for samples a ladder of them, with and without the cut-off of the noise."""
    if spec.full_sum:
        return (Cutoffs(spec.cutoff),)
    count = max(2, 1 + round(float(np.log10(_LARGEST_CUTOFF / spec.cutoff))))
    ladder = np.geomspace(spec.cutoff, _LARGEST_CUTOFF, count).tolist()
    ratios = (0.0, spec.snr_cutoff) if spec.snr_cutoff > 0 else (0.0,)
    return tuple(Cutoffs(value, snr) for value in ladder for snr in ratios)
