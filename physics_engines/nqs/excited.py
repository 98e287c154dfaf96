"""Variational excited states and gaps: by a symmetry sector, by total S^z, or by a penalty for the ground state."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import Backend, BackendName, Numbers, build_backend
from physics_engines.nqs.exact_sector import exact_sector
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.labels import convention
from physics_engines.nqs.penalty import MixedSampler, Overlap, PenalisedBackend
from physics_engines.nqs.run import (
    GroundStateResult,
    Stage,
    Stages,
    build_stage,
    ground_state,
    has_tied_weights,
    optimise_and_measure,
    project,
    projection_of,
)
from physics_engines.nqs.samplers import Sampler, build_sampler
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.nqs.spec.excited_state import ExcitedStateSpec
from physics_engines.nqs.spectrum import gap_convention
from physics_engines.progress import Monitor
from physics_engines.text import Text

_N_OVERLAP = 8192
"""Samples of each state for their overlap."""
_OVERLAP_LIMIT = 0.01
"""Squared overlap above which the two states do not count as orthogonal."""

_LABELS = {
    "spin": Text(
        en="energy per site of the lowest state with S^z larger by one",
        ja="S^z が 1 大きい最低状態の1サイトあたりのエネルギー",
    ),
    "sector": Text(
        en="energy per site of the lowest state of the sector", ja="セクターの最低状態の1サイトあたりのエネルギー"
    ),
    "penalty": Text(en="energy per site of the first excited state", ja="第一励起状態の1サイトあたりのエネルギー"),
}


@dataclass(frozen=True)
class ExcitedStateResult:
    """The two states and their gap.

    Attributes:
        ground: Run of the ground state.
        excited: Run of the excited state.
        energy_per_site: Energy of the excited state; an upper bound where a sector holds it, not with a penalty.
        gap: Difference of the total energies.
        overlap: Squared overlap with the ground state; of the penalty method only, zero by symmetry else.
        evaluator: Evaluates the excited state, with its parameters set.
    """

    ground: GroundStateResult
    excited: GroundStateResult
    energy_per_site: Estimate
    gap: Estimate
    overlap: Estimate | None
    evaluator: Backend


def excited_state(
    spec: ExcitedStateSpec, monitor: Monitor | None = None, *, backend: BackendName = "auto"
) -> ExcitedStateResult:
    """Optimise the ground state and the excited state, and measure both.

    Each of the two runs has its own restart file beside ``monitor.checkpoint`` and is resumed like a ground-state run.

    Raises:
        Interrupted: The monitor asked to stop; the restart files are written.
        InvalidInput: The sector does not exist, or the ansatz cannot carry it.
        EngineError: An optimisation cannot go on.
    """
    monitor = monitor or Monitor()
    excited_spec = spec.excited
    hamiltonian = build_hamiltonian(excited_spec)
    ansatz = build_ansatz(excited_spec)
    projected = project(ansatz, excited_spec, hamiltonian)  # a sector that does not exist is said at once
    ground = ground_state(spec.ground, monitor.part(0.0, 0.45, name="ground"), backend=backend)
    upper_part = monitor.part(0.45, 1.0, name="excited")
    evaluator = build_backend(projected, hamiltonian, backend)
    overlap = None
    if spec.method == "penalty":
        ground_backend, sample = _sample_ground(spec.ground, ground, backend)
        beside = Overlap(evaluator, ground_backend, sample)
        penalised = PenalisedBackend(evaluator, beside, spec.penalty)
        identity = f"{spec.digest()}:penalty:{type(evaluator).__name__}"
        stage = build_stage(excited_spec, projected, hamiltonian, backend)
        kept_away = Stage(penalised, MixedSampler(stage.sampler, penalised, beside))
        stages = Stages(projected, kept_away, kept_away, stage)
        excited = optimise_and_measure(excited_spec, hamiltonian, stages, identity, upper_part)
        evaluator.set_parameters(excited.parameters)
        overlap = _overlap(beside, stage.sampler, excited, spec)
    else:
        excited = ground_state(excited_spec, upper_part, backend=backend)
    evaluator.set_parameters(excited.parameters)
    energy = _excited_energy(spec, ground, excited, overlap)
    return ExcitedStateResult(ground, excited, energy, _gap(spec, ground.energy_per_site, energy), overlap, evaluator)


def _sample_ground(
    spec: GroundStateSpec, ground: GroundStateResult, backend: BackendName
) -> tuple[Backend, NDArray[np.int8]]:
    """The ground state's evaluator and a fixed sample of it: the same one after a restart."""
    hamiltonian = build_hamiltonian(spec)
    evaluator = build_backend(project(build_ansatz(spec), spec, hamiltonian), hamiltonian, backend)
    evaluator.set_parameters(ground.parameters)
    mixing = spec.model_copy(update={"sampler": "composite"})
    sampler = build_sampler(mixing, project(build_ansatz(spec), spec, hamiltonian), hamiltonian, evaluator, backend)
    sampler.set_parameters(ground.parameters)
    return evaluator, _draw(sampler, ground.configurations.copy(), np.random.default_rng([spec.seed, 1]))


def _draw(sampler: Sampler, chains: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.int8]:
    """``_N_OVERLAP`` configurations in the order of the records, so that a stretch of them holds all chains."""
    sample = sampler.draw(chains, -(-_N_OVERLAP // len(chains)), 50, rng)
    ordered = sample.configurations.swapaxes(0, 1).reshape(-1, chains.shape[1])
    return np.ascontiguousarray(ordered)


def _overlap(beside: Overlap, sampler: Sampler, excited: GroundStateResult, spec: ExcitedStateSpec) -> Estimate:
    """The squared overlap from fresh samples of both states."""
    sampler.set_parameters(excited.parameters)
    drawn = _draw(sampler, excited.configurations.copy(), np.random.default_rng([spec.seed, 2]))
    value, error = beside.squared(drawn)
    return Estimate(
        label=Text(en="squared overlap with the ground state", ja="基底状態との重なりの二乗"),
        value=value,
        error=error,
        exactness="stochastic",
        method=Text(
            en=f"mixture of both states, {_N_OVERLAP} samples of each",
            ja=f"二つの状態の混合からのサンプリング、各 {_N_OVERLAP} サンプル",
        ),
    )


def _excited_energy(
    spec: ExcitedStateSpec, ground: GroundStateResult, excited: GroundStateResult, overlap: Estimate | None
) -> Estimate:
    energy = excited.energy_per_site
    flags = energy.flags
    if overlap is not None:
        assert overlap.error is not None and energy.error is not None
        gap = (energy.value - ground.energy_per_site.value) * spec.n_sites
        if overlap.value + 2 * overlap.error > _OVERLAP_LIMIT:
            flags = (*flags, f"not orthogonal to the ground state: squared overlap {overlap.value:.3f}")
        if gap >= spec.penalty * spec.coupling:
            flags = (*flags, f"the gap found exceeds the penalty: raise penalty above {gap / spec.coupling:.2g} J")
        # E - E_1 is about the variance over the distance to the next level, for which the gap stands here.
        rest = excited.variance_per_site.value / max(gap, 1e-300)
        if gap > 0 and rest > 2 * energy.error:
            flags = (*flags, f"variational rest of about {rest:.1e} per site (variance over gap) is not in the error")
    return energy.model_copy(
        update={
            "label": _LABELS[spec.method],
            # Below the sector's own lowest state no energy can lie; a penalty leaves a rest of the ground state.
            "exactness": "stochastic" if spec.method == "penalty" else "upper_bound",
            "flags": flags,
        }
    )


def _gap(spec: ExcitedStateSpec, ground: Estimate, excited: Estimate) -> Estimate:
    assert ground.error is not None and excited.error is not None
    value = (excited.value - ground.value) * spec.n_sites
    error = math.hypot(ground.error, excited.error) * spec.n_sites
    flags = tuple(f"ground state: {flag}" for flag in ground.flags)
    flags += tuple(f"excited state: {flag}" for flag in excited.flags)
    if value < 2 * error:
        flags = (*flags, "gap not resolved: it does not exceed its error")
    is_spin = spec.method == "spin"
    return Estimate(
        label=Text(en="spin gap", ja="スピンギャップ") if is_spin else Text(en="energy gap", ja="エネルギーギャップ"),
        value=value,
        error=error,
        unit=ground.unit,
        exactness="stochastic",
        method=Text(
            en="difference of two variational energies, no bound on either side",
            ja="二つの変分エネルギーの差、上界でも下界でもない",
        ),
        convention=gap_convention(spec),
        flags=flags,
    )


def compare_with_exact(spec: ExcitedStateSpec, result: ExcitedStateResult) -> dict[str, Estimate]:
    """Exact energies and gap of the same sectors, and the fidelity; for lattices small enough to be diagonalised.

    The exact counterpart of the penalty method is the second lowest level of the states the ansatz can carry.

    Raises:
        EngineError: Lanczos did not converge, or the sector holds no state.
    """
    excited, ground = spec.excited, spec.ground
    hamiltonian = build_hamiltonian(excited)
    tied = has_tied_weights(excited)
    number = 1 if spec.method == "penalty" else 0
    sector = exact_sector(hamiltonian, projection_of(excited, hamiltonian), number + 1, tied=tied)
    upper, vectors = sector.level(number)
    lower = exact_sector(build_hamiltonian(ground), None, 1).level(0)[0]
    overlaps = vectors.conj().T @ amplitudes(result.evaluator, sector.configurations)
    method = Text(
        en=f"Lanczos, {len(sector.configurations)} states", ja=f"ランチョス法、{len(sector.configurations)} 状態"
    )

    def exact(label: Text, value: float, convention: Text) -> Estimate:
        return Estimate(
            label=Text(en=f"exact {label.en}", ja=f"厳密な{label.ja}"),
            value=value * spec.coupling,
            unit=result.gap.unit,
            exactness="exact",
            method=method,
            convention=convention,
        )

    per_site = convention(spec)
    return {
        "exact_gap": exact(result.gap.label, upper - lower, gap_convention(spec)),
        "exact_energy_per_site": exact(result.energy_per_site.label, upper / spec.n_sites, per_site),
        "exact_ground_energy_per_site": exact(result.ground.energy_per_site.label, lower / spec.n_sites, per_site),
        "fidelity": Estimate(
            label=Text(en="fidelity with the exact excited state", ja="厳密な励起状態との忠実度"),
            value=float(np.linalg.norm(overlaps) ** 2),
            exactness="exact",
            method=Text(
                en="squared overlap, summed over all basis states and over degenerate partners",
                ja="重なりの二乗、全基底状態と縮退した相手についての和",
            ),
        ),
    }


def amplitudes(evaluator: Backend, configurations: NDArray[np.int8]) -> Numbers:
    """Normalised amplitudes of all configurations of a basis, shape (n_states,)."""
    parts = [evaluator.log_psi(part) for part in np.array_split(configurations, max(1, len(configurations) // 2048))]
    logs = np.concatenate(parts)
    psi: Numbers = np.exp(logs - logs.real.max())
    normalised: Numbers = psi / np.linalg.norm(psi)
    return normalised
