"""Observables of a variational ground state, with exact values beside them on small lattices."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.ansatze import Parameters, build_ansatz
from physics_engines.nqs.evaluation import Measurement, estimates
from physics_engines.nqs.exact import sector_states
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.observables.correlation import Correlations, correlations
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState, enumerated, sampled
from physics_engines.nqs.observables.entanglement import renyi_entropy
from physics_engines.nqs.observables.exact import exact_correlations, exact_magnetisations, exact_renyi_entropy
from physics_engines.nqs.observables.extrapolation import (
    as_point,
    extrapolate,
    ground_state_spec,
    lanczos_energy,
    stages_of,
)
from physics_engines.nqs.observables.lanczos import Point, lanczos_step
from physics_engines.nqs.observables.magnetisation import magnetisations
from physics_engines.nqs.observables.overlap import fidelity, ground_space
from physics_engines.nqs.observables.stored import load_state
from physics_engines.nqs.observables.structure import StructureFactor, staggered_magnetisation, structure_factor
from physics_engines.nqs.run import ground_state, project
from physics_engines.nqs.samplers.build import build_sampler
from physics_engines.nqs.spec import GroundStateSpec, ObservablesSpec
from physics_engines.nqs.spec.limits import MAX_COMPARED
from physics_engines.nqs.spec.observables import ObservableName
from physics_engines.progress import Monitor
from physics_engines.text import Text

_FROM_CORRELATIONS = {"correlations", "structure_factor", "staggered_magnetisation"}


@dataclass(frozen=True)
class ObservablesResult:
    """What was measured.

    Attributes:
        estimates: Energy per site, variance and V-score, and the single numbers asked for, by name; exact
            counterparts have the prefix ``exact_``.
        correlations: Where asked for, directly or by what is made of them.
        exact_correlations: The same of the exact ground state on a small lattice.
        structure_factor: Where asked for.
        exact_structure_factor: The same of the exact ground state.
        parameters: Of the measured state.
        ensemble: The samples all but the off-diagonal observables were measured on.
    """

    estimates: dict[str, Estimate]
    correlations: Correlations | None
    exact_correlations: Correlations | None
    structure_factor: StructureFactor | None
    exact_structure_factor: StructureFactor | None
    parameters: Parameters
    ensemble: Ensemble
    notes: tuple[Text, ...] = field(default=())


def has_exact(spec: GroundStateSpec) -> bool:
    """True where the exact ground state is computed beside the variational one."""
    return spec.is_comparable and not spec.has_sector


def ground_state_observables(spec: ObservablesSpec, monitor: Monitor | None = None) -> ObservablesResult:
    """Optimise a ground state, or take one from a file, and measure it with fresh samples.

    Args:
        spec: The calculation.
        monitor: Progress, interruption and restart file of the optimisation.

    Raises:
        Interrupted: The monitor asked to stop.
        InvalidInput: The state file does not fit, or an observable does not exist on this lattice.
        EngineError: The optimisation cannot go on.
    """
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    monitor = monitor or Monitor()
    if "fidelity" in spec.asked and not has_exact(spec):
        raise InvalidInput(
            "a fidelity needs the exact ground state, which is found for at most "
            f"{MAX_COMPARED} states and without further quantum numbers"
        )
    with threadpool_limits(1):
        return _measure(spec, monitor)


def _measure(spec: ObservablesSpec, monitor: Monitor) -> ObservablesResult:
    asked = spec.asked
    hamiltonian = build_hamiltonian(spec)
    base = ground_state_spec(spec)
    parameters, points = _find_state(spec, base, monitor)
    state = VariationalState(project(build_ansatz(spec), base, hamiltonian), parameters, hamiltonian)
    _go_on(monitor, 0.8, "sampling", "サンプリング中")
    ensemble = _ensemble(spec, base, state)
    small = ensemble.thinned(spec.n_observable_samples)
    result = _energies(base, state, ensemble)
    exact = _ExactState()
    if has_exact(spec):
        _go_on(monitor, 0.84, "exact state for comparison", "比較用の厳密な状態")
        exact = _ExactState.of(hamiltonian)

    pairs = _Pairs()
    if _FROM_CORRELATIONS & set(asked):
        _go_on(monitor, 0.86, "correlations", "相関関数")
        # Exchanges of all pairs are dear; the Ising model has only the diagonal part.
        pairs = _measure_pairs(asked, state, small if spec.conserves_magnetisation else ensemble, exact)
        result |= pairs.estimates
    if "magnetisation" in asked:
        result |= magnetisations(state, ensemble)
        if exact.vector is not None:
            values = exact_magnetisations(hamiltonian, exact.states, exact.vector)
            result |= {f"exact_{name}": value for name, value in values.items()}
    if "entanglement" in asked:
        _go_on(monitor, 0.93, "entanglement", "エンタングルメント")
        block = range(spec.block_size)
        result["renyi_entropy"] = renyi_entropy(state, ensemble, block)
        if exact.vector is not None:
            result["exact_renyi_entropy"] = exact_renyi_entropy(hamiltonian, exact.states, exact.vector, block)
    if "fidelity" in asked and exact.space is not None:
        result["fidelity"] = fidelity(state, exact.space)
    if {"lanczos", "extrapolation"} & set(asked):
        # Samples of its own: their errors add up with that of the energy they lower.
        own = spec.model_copy(update={"n_final_samples": spec.n_observable_samples})
        step = lanczos_step(state, _ensemble(own, base, state, stream=2), partial(_report_step, monitor))
        result |= lanczos_energy(spec, result["energy_per_site"], step)
        if "extrapolation" in asked:
            result |= extrapolate(spec, step, points)
    monitor.report(1.0, Text(en="done", ja="完了"))
    return ObservablesResult(
        result, pairs.correlations, pairs.exact_correlations, pairs.factor, pairs.exact_factor, parameters, ensemble,
        exact.notes,
    )  # fmt: skip


def _find_state(spec: ObservablesSpec, base: GroundStateSpec, monitor: Monitor) -> tuple[Parameters, list[Point]]:
    """The parameters, optimised or from a file, and energy and variance of every state optimised on the way."""
    if spec.state:
        return load_state(Path(spec.state), base)[0], []
    stages = stages_of(spec) if "extrapolation" in spec.asked else (base,)
    share = 0.8 / len(stages)
    points = []
    for number, stage in enumerate(stages):
        name = str(number) if len(stages) > 1 else ""
        found = ground_state(stage, monitor.part(share * number, share * (number + 1), name=name))
        points.append(as_point(found.energy_per_site, found.variance_per_site, spec))
    return found.parameters, points


def _report_step(monitor: Monitor, share: float) -> None:
    _go_on(monitor, 0.94 + 0.06 * share, f"Lanczos step: {share:.0%}", f"ランチョス・ステップ: {share:.0%}")


def _ensemble(spec: ObservablesSpec, base: GroundStateSpec, state: VariationalState, stream: int = 1) -> Ensemble:
    if spec.sampler == "exact":
        return enumerated(state)
    sampler = build_sampler(base, state.ansatz, state.hamiltonian, state.evaluator())
    return sampled(state, spec.n_final_samples, spec.n_chains, np.random.default_rng((spec.seed, stream)), sampler)


def _energies(base: GroundStateSpec, state: VariationalState, ensemble: Ensemble) -> dict[str, Estimate]:
    energies = ensemble.in_chains(state.evaluator().local_energies(ensemble.flat))
    measured = Measurement(energies, ensemble.acceptance, ensemble.weights, is_random=not ensemble.is_complete)
    found = estimates(measured, base)
    return dict(zip(("energy_per_site", "variance", "v_score"), found, strict=True))


@dataclass(frozen=True)
class _ExactState:
    """The exact ground state of a small lattice.

    Attributes:
        space: Its degenerate vectors, shape (n_states, degeneracy); None on a large lattice.
        vector: The one vector where it is not degenerate.
        states: Basis states of the vector.
        notes: What to say where there is no single vector.
    """

    space: NDArray[np.float64] | None = None
    vector: NDArray[np.float64] | None = None
    states: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    notes: tuple[Text, ...] = ()

    @classmethod
    def of(cls, hamiltonian: Hamiltonian) -> "_ExactState":
        space = ground_space(hamiltonian)
        count = space.shape[1]
        if count == 1:
            return cls(space, space[:, 0], sector_states(hamiltonian))
        note = Text(
            en=f"The exact ground state is {count}-fold degenerate here, so no single exact state stands beside the "
            "correlations.",
            ja=f"厳密な基底状態が {count} 重に縮退しているため、相関の厳密値は一意でなく、示しません。",
        )
        return cls(space, notes=(note,))


@dataclass(frozen=True)
class _Pairs:
    """Correlations, what is made of them, and their exact counterparts, where asked for."""

    estimates: dict[str, Estimate] = field(default_factory=dict)
    correlations: Correlations | None = None
    exact_correlations: Correlations | None = None
    factor: StructureFactor | None = None
    exact_factor: StructureFactor | None = None


def _measure_pairs(
    asked: tuple[ObservableName, ...], state: VariationalState, ensemble: Ensemble, exact: _ExactState
) -> _Pairs:
    lattice = state.hamiltonian.lattice
    measured, known = correlations(state, ensemble), None
    if exact.vector is not None:
        known = exact_correlations(state.hamiltonian, exact.states, exact.vector)
    found: dict[str, Estimate] = {}
    factor = exact_factor = None
    if "correlations" in asked:
        for index in _named_displacements(measured):
            at = measured.displacements.name(index).removeprefix("r = ").removeprefix("sites ")
            name = f"correlation_{at.replace(' ', '')}"
            found[name] = measured.main.estimate(index)
            if known is not None:
                found[f"exact_{name}"] = known.main.estimate(index)
    if "structure_factor" in asked:
        factor = structure_factor(measured, lattice, ensemble)
        found["structure_factor_peak"] = factor.profile.estimate(factor.peak)
        if known is not None:
            exact_factor = structure_factor(known, lattice, None)
            found["exact_structure_factor_peak"] = exact_factor.profile.estimate(factor.peak)
    if "staggered_magnetisation" in asked:
        found["staggered_magnetisation"] = staggered_magnetisation(measured, lattice, ensemble)
        if known is not None:
            found["exact_staggered_magnetisation"] = staggered_magnetisation(known, lattice, None)
    return _Pairs(found, measured, known, factor, exact_factor)


def _go_on(monitor: Monitor, fraction: float, en: str, ja: str) -> None:
    if monitor.should_stop():
        raise Interrupted("stopped while measuring observables; the optimised state is in the restart file")
    monitor.report(fraction, Text(en=en, ja=ja))


def _named_displacements(measured: Correlations) -> list[int]:
    """Along the first axis on every lattice, and the farthest of all."""
    vectors = measured.displacements.vectors
    if vectors.shape[1] == 0:
        return list(range(1, len(vectors)))
    along = np.flatnonzero(np.abs(vectors[:, 1:]).sum(axis=1) < 1e-9)
    along = along[along > 0]
    return sorted({*along.tolist(), len(vectors) - 1})
