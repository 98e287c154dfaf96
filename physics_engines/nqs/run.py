"""Variational ground state: optimise, then measure the finished wave function with fresh samples.

The same Spec, seed and backend on the same machine give the same bits: one random stream drives the whole run, what is
shared out over the cores does not depend on their number, and each of them holds BLAS to one thread.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError, Interrupted, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs import checkpoint
from physics_engines.nqs.ansatze import Ansatz, Parameters, build_ansatz
from physics_engines.nqs.ansatze.base import Invariant
from physics_engines.nqs.ansatze.pair_product import PairState
from physics_engines.nqs.ansatze.projected import Projected
from physics_engines.nqs.backend import Backend, BackendName, build_backend
from physics_engines.nqs.evaluation import Measurement, estimates, measure
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.nodes import missed_variance
from physics_engines.nqs.optimisation import FinalSample, RunState, initial_state, is_acceptable, iterate
from physics_engines.nqs.samplers import Sampler, build_sampler
from physics_engines.nqs.samplers.blurred import Blurred
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.nqs.symmetry import Projection, Sector, build_projection
from physics_engines.progress import Monitor
from physics_engines.text import Text

_SAVE_INTERVAL = 5.0
"""Seconds between restart files."""


@dataclass(frozen=True)
class GroundStateResult:
    """What a variational run found.

    Attributes:
        energy_per_site: Upper bound of the ground-state energy per site.
        variance_per_site: Variance of the total energy divided by the number of sites.
        v_score: N Var(E) / E^2.
        acceptance: Accepted share of the proposals of the final sample that change the configuration.
        trace: Columns of shape (n_iterations,) in units of J per site: ``energy``, ``error``, ``variance``, and
            ``acceptance``, ``step`` (Fubini-Study length), ``rejected`` (1 where the step before was undone).
        parameters: Final variational parameters, shape (n_parameters,).
        configurations: Where the chains ended, int8 (n_chains, n_sites).
    """

    energy_per_site: Estimate
    variance_per_site: Estimate
    v_score: Estimate
    acceptance: float
    trace: dict[str, NDArray[np.float64]]
    parameters: Parameters
    configurations: NDArray[np.int8]


def ground_state(
    spec: GroundStateSpec,
    monitor: Monitor | None = None,
    *,
    backend: BackendName = "auto",
    device: str = "cpu",
) -> GroundStateResult:
    """Optimise an RBM by stochastic reconfiguration and measure its energy.

    Goes on from ``monitor.checkpoint`` where that file holds the same calculation, with the same bits as a run that
    was never interrupted.

    Args:
        spec: The calculation.
        monitor: Progress, interruption and restart file.
        backend: "auto" takes compiled kernels on the CPU and plain torch elsewhere.
        device: Torch device of the plain backend.

    Raises:
        Interrupted: The monitor asked to stop; the restart file is written.
        InvalidInput: The restart file belongs to another calculation, or there is no such device.
        EngineError: The optimisation cannot go on (too many rejected steps in a row).
    """
    ansatz = build_ansatz(spec)
    hamiltonian = build_hamiltonian(spec)
    plain = build_stage(spec, ansatz, hamiltonian, backend, device)
    projected = project(ansatz, spec, hamiltonian)
    final = plain if projected is ansatz else build_stage(spec, projected, hamiltonian, backend, device)
    identity = f"{spec.digest()}:{type(plain.backend).__name__}:{device}"
    return optimise_and_measure(spec, hamiltonian, Stages(ansatz, plain, final, final), identity, monitor)


@dataclass(frozen=True)
class Stage:
    """What evaluates and what samples a wave function.

    Attributes:
        backend: Local energies and derivatives.
        sampler: Configurations.
    """

    backend: Backend
    sampler: Sampler


def build_stage(
    spec: GroundStateSpec, ansatz: Ansatz, hamiltonian: Hamiltonian, name: BackendName = "auto", device: str = "cpu"
) -> Stage:
    """Backend and sampler of an ansatz as a Spec names them."""
    backend = build_backend(ansatz, hamiltonian, name, device)
    sampler = build_sampler(spec, ansatz, hamiltonian, backend, name, device)
    return Stage(backend, Blurred(sampler, backend, hamiltonian, spec.blur) if spec.blur else sampler)


@dataclass(frozen=True)
class Stages:
    """What evaluates the wave function in the stages of a run.

    Attributes:
        ansatz: Where the initial parameters come from.
        early: Before ``spec.projected_from``.
        late: After it.
        final: For the final measurement.
    """

    ansatz: Ansatz
    early: Stage
    late: Stage
    final: Stage


def optimise_and_measure(
    spec: GroundStateSpec, hamiltonian: Hamiltonian, stages: Stages, identity: str, monitor: Monitor | None = None
) -> GroundStateResult:
    """Optimise from the seed or the restart file, then measure; raises what ``ground_state`` raises.

    Args:
        spec: Sampling and optimisation.
        hamiltonian: Its model.
        stages: Evaluators; those of the optimisation may add to the local energies what is to be minimised with them.
        identity: Names the calculation in the restart file.
        monitor: Progress, interruption and restart file.
    """
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    monitor = monitor or Monitor()
    with threadpool_limits(1):
        state = checkpoint.load(monitor.checkpoint, identity) if monitor.checkpoint else None
        if state is None:
            first = stages.late if spec.projected_from == 0 else stages.early
            state = initial_state(spec, stages.ansatz, hamiltonian, first.sampler)
        _optimise(state, spec, stages, monitor, identity)
        parameters, final = _final_measurement(state, spec, stages.final, monitor, identity)
        flags = (
            *_symmetry_flags(spec, stages.ansatz),
            *_optimisation_flags(state),
            *_node_flags(final, spec, hamiltonian, stages.final.backend),
        )
        energy, variance, v_score = estimates(final, spec, flags)
    monitor.report(1.0, Text(en="done", ja="完了"), energy=energy.value)
    return GroundStateResult(
        energy_per_site=energy,
        variance_per_site=variance,
        v_score=v_score,
        acceptance=final.acceptance,
        trace=state.trace,
        parameters=parameters,
        configurations=stages.final.sampler.targets(state.configurations),
    )


def has_tied_weights(spec: GroundStateSpec) -> bool:
    """True when the ansatz is invariant under all translations in the basis of the Hamiltonian."""
    return spec.ansatz.startswith(("rbm_symmetric", "rbm_space_group"))


def projection_of(spec: GroundStateSpec, hamiltonian: Hamiltonian) -> Projection | None:
    """The projection onto the sector of a Spec, or None where there is nothing to project.

    Raises:
        InvalidInput: There is no such sector, or the ansatz cannot carry it.
    """
    sector = Sector(spec.momentum or None, None if spec.irrep == "none" else spec.irrep, spec.spin_flip)
    projection = build_projection(hamiltonian, sector, tied=has_tied_weights(spec))
    if projection is not None and spec.ansatz.startswith("rbm_space_group"):
        # All images of an invariant wave function are itself or its flip, so the sum over them may vanish.
        shares = [abs(projection.coefficients[projection.flips == flip].sum()) for flip in (1, -1)]
        if max(shares) < 1e-9:
            raise InvalidInput(
                f"{spec.ansatz} is invariant under the whole point group and has no part in irrep {spec.irrep}; take "
                "rbm_symmetric or rbm_symmetric_complex"
            )
    return projection


def project(ansatz: Ansatz, spec: GroundStateSpec, hamiltonian: Hamiltonian) -> Ansatz:
    """The ansatz projected onto the sector of a Spec; the ansatz itself where none is given.

    Raises:
        InvalidInput: There is no such sector, or the ansatz cannot carry it.
    """
    projection = projection_of(spec, hamiltonian)
    return ansatz if projection is None else Projected(ansatz, projection)


def _optimise(state: RunState, spec: GroundStateSpec, stages: Stages, monitor: Monitor, identity: str) -> None:
    """Iterate to the end, saving now and then and when asked to stop."""
    saved = time.monotonic()
    while state.iteration < spec.n_iterations:
        if monitor.should_stop():
            _save(state, monitor, identity)
            raise Interrupted(f"stopped after {state.iteration} of {spec.n_iterations} iterations{_kept(monitor)}")
        is_projected = state.iteration >= spec.projected_from * spec.n_iterations
        stage = stages.late if is_projected else stages.early
        iterate(state, spec, stage.backend, stage.sampler)
        _report(state, spec, monitor)
        if time.monotonic() - saved > _SAVE_INTERVAL:
            _save(state, monitor, identity)
            saved = time.monotonic()
    _save(state, monitor, identity)


def _save(state: RunState, monitor: Monitor, identity: str) -> None:
    if monitor.checkpoint is not None:
        checkpoint.save(monitor.checkpoint, state, identity)


def _report(state: RunState, spec: GroundStateSpec, monitor: Monitor) -> None:
    row = {name: float(column[state.iteration - 1]) * spec.coupling for name, column in state.trace.items()}
    energy, error = row["energy"], row["error"]
    if not np.isfinite(energy):
        message = Text(en="step rejected: energy not finite", ja="ステップ棄却: エネルギーが有限でない")
        monitor.report(0.95 * state.iteration / spec.n_iterations, message)
        return
    at = f"{state.iteration}/{spec.n_iterations}"
    monitor.report(
        0.95 * state.iteration / spec.n_iterations,
        Text(
            en=f"iteration {at}: energy per site {energy:.5f} ± {error:.5f}",
            ja=f"反復 {at}: 1サイトあたりのエネルギー {energy:.5f} ± {error:.5f}",
        ),
        energy=energy,
        error=error,
    )


def _final_measurement(
    state: RunState, spec: GroundStateSpec, stage: Stage, monitor: Monitor, identity: str
) -> tuple[Parameters, Measurement]:
    """Measure the last parameters; the last step was never judged, so a bad one is undone first.

    What is drawn is kept in the restart file now and then and when asked to stop.
    """
    saved = time.monotonic()

    def keep(drawn: FinalSample) -> None:
        nonlocal saved
        state.final = drawn
        done, total = sum(drawn.records) * spec.n_chains, -(-spec.n_final_samples // spec.n_chains) * spec.n_chains
        if monitor.should_stop():
            _save(state, monitor, identity)
            raise Interrupted(f"stopped after {done} of {total} final samples{_kept(monitor)}")
        if time.monotonic() - saved > _SAVE_INTERVAL:
            _save(state, monitor, identity)
            saved = time.monotonic()
        words = Text(en=f"final sample {done}/{total}", ja=f"最終サンプル {done}/{total}")
        monitor.report(0.95 + 0.05 * done / total, words)

    candidates = (
        (state.parameters, state.configurations),
        (state.last.parameters, state.last.configurations),
        (state.anchor.parameters, state.anchor.configurations),
    )
    begun = state.final or FinalSample(0, state.configurations.copy(), np.zeros((spec.n_chains, 0)), (), ())
    for attempt in range(begun.attempt, len(candidates)):
        parameters, configurations = candidates[attempt]
        if attempt != begun.attempt:
            begun = FinalSample(attempt, configurations.copy(), np.zeros((spec.n_chains, 0)), (), ())
        stage.backend.set_parameters(parameters)
        stage.sampler.set_parameters(parameters)
        final = measure(stage.backend, spec, state.rng, stage.sampler, begun, keep)
        if np.isfinite(final.energies).all():
            energy = float(np.average(final.energies.real, weights=final.weights)) / spec.n_sites
            if is_acceptable({"energy": energy, "acceptance": final.acceptance}, state):
                state.configurations = begun.configurations
                return parameters, final
    raise EngineError("the optimised wave function has no finite energy; lower learning_rate or raise diag_shift")


def _kept(monitor: Monitor) -> str:
    return f"; restart file {monitor.checkpoint}" if monitor.checkpoint else "; no restart file was asked for"


def _node_flags(
    final: Measurement, spec: GroundStateSpec, hamiltonian: Hamiltonian, backend: Backend
) -> tuple[str, ...]:
    """A warning where the neighbours of the samples hold much more variance than the samples."""
    if final.recent is None or not spec.may_have_nodes:
        return ()
    energy, variance = float(final.energies.real.mean()), float(np.var(final.energies))
    rng = np.random.default_rng([spec.seed, 3])  # the random stream of the run stays as it is
    ratio = missed_variance(backend, hamiltonian, final.recent, energy, variance, rng)
    if ratio is None:
        return ()
    return (
        f"variance and V-score are too small by a factor of {ratio:.2g} or more: it sits on configurations of small "
        "amplitude that are not sampled, and the energy may lie above the lowest one by more than its error",
    )


def _symmetry_flags(spec: GroundStateSpec, ansatz: Ansatz) -> tuple[str, ...]:
    """A warning where translations leave the wave function as it is, and nobody knows that of the lowest state."""
    is_guessed = spec.is_bipartite and spec.exchange == "antiferromagnetic"
    if spec.has_sector or spec.is_sign_free or spec.is_fermionic or is_guessed:
        return ()
    translations = ansatz.translations if isinstance(ansatz, PairState) else ()
    if isinstance(ansatz, Invariant):
        translations = ansatz.invariances
    if len(translations) < 2:
        return ()
    return ("the wave function has zero momentum, and whether the lowest state has is not known for this model",)


def _optimisation_flags(state: RunState) -> tuple[str, ...]:
    """Warnings from the trace: steps that were undone, an energy that was still falling."""
    flags = []
    rejected = int(np.nansum(state.trace["rejected"]))
    if rejected:
        flags.append(f"{rejected} optimisation steps were undone")
    energy = state.trace["energy"][np.isfinite(state.trace["energy"]) & (state.trace["rejected"] == 0)]
    fifth = len(energy) // 5
    if fifth >= 2:
        before, after = energy[-2 * fifth : -fifth], energy[-fifth:]
        fall = float(before.mean() - after.mean())
        noise = float(np.hypot(before.std(), after.std())) / np.sqrt(fifth)
        # An energy may well be zero: then the fall of the whole run is the scale.
        scale = max(abs(float(after.mean())), float(energy[0] - after.mean()))
        if fall > 3 * noise and fall > 1e-3 * scale:
            flags.append("not converged: the energy was still falling; raise n_iterations")
    return tuple(flags)
