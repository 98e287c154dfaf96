"""Observables of a variational ground state, with exact values beside them on small lattices."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.ansatze import Parameters, build_ansatz
from physics_engines.nqs.evaluation import Measurement, estimates
from physics_engines.nqs.exact import sector_states
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.observables.correlation import Correlations, correlations
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState, enumerated, sampled
from physics_engines.nqs.observables.entanglement import renyi_entropy
from physics_engines.nqs.observables.exact import exact_correlations, exact_magnetisations, exact_renyi_entropy
from physics_engines.nqs.observables.extrapolation import zero_variance_energy
from physics_engines.nqs.observables.lanczos import Point, lanczos_step
from physics_engines.nqs.observables.magnetisation import magnetisations
from physics_engines.nqs.observables.overlap import fidelity, ground_space
from physics_engines.nqs.observables.stored import load_state
from physics_engines.nqs.observables.structure import StructureFactor, staggered_magnetisation, structure_factor
from physics_engines.nqs.run import ground_state, project
from physics_engines.nqs.samplers.build import build_sampler
from physics_engines.nqs.spec import GroundStateSpec, ObservablesSpec
from physics_engines.progress import Monitor
from physics_engines.text import Text

MAX_EXACT_STATES = 200_000
"""Largest sector that is diagonalised beside a run."""


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
    return spec.n_sites <= 30 and spec.n_states <= MAX_EXACT_STATES and not spec.has_sector


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
            f"{MAX_EXACT_STATES} states and without further quantum numbers"
        )
    with threadpool_limits(1):
        return _measure(spec, monitor)


def _measure(spec: ObservablesSpec, monitor: Monitor) -> ObservablesResult:
    asked = spec.asked
    hamiltonian = build_hamiltonian(spec)
    base = _ground_state_spec(spec)
    ansatz = project(build_ansatz(spec), base, hamiltonian)
    points: list[Point] = []
    if spec.state:
        parameters, _ = load_state(Path(spec.state), base)
    else:
        stages = _stages(spec) if "extrapolation" in asked else (base,)
        for number, stage in enumerate(stages):
            share = 0.8 / len(stages)
            name = str(number) if len(stages) > 1 else ""
            part = monitor.part(share * number, share * (number + 1), name=name)
            found = ground_state(stage, part)
            points.append(_as_point(found.energy_per_site, found.variance_per_site, spec))
        parameters = found.parameters
    state = VariationalState(ansatz, parameters, hamiltonian)
    rng = np.random.default_rng((spec.seed, 1))
    _go_on(monitor, 0.8, "sampling", "サンプリング中")
    if spec.sampler == "exact":
        ensemble = enumerated(state)
    else:
        sampler = build_sampler(base, ansatz, hamiltonian, state.evaluator())
        ensemble = sampled(state, spec.n_final_samples, spec.n_chains, rng, sampler)
    small = ensemble.thinned(spec.n_observable_samples)
    energies = ensemble.in_chains(state.evaluator().local_energies(ensemble.flat))
    weights = None if ensemble.weights is None else ensemble.weights.ravel()
    energy, variance, v_score = estimates(Measurement(energies, ensemble.acceptance, weights), base)
    result = {"energy_per_site": energy, "variance": variance, "v_score": v_score}

    space = None
    if has_exact(spec):
        _go_on(monitor, 0.84, "exact state for comparison", "比較用の厳密な状態")
        space = ground_space(hamiltonian)
    unique = space is not None and space.shape[1] == 1
    vector = space[:, 0] if space is not None and unique else None
    states = sector_states(hamiltonian) if vector is not None else None
    notes = []
    if space is not None and not unique:
        notes.append(
            Text(
                en=f"The exact ground state is {space.shape[1]}-fold degenerate here, so no single exact state "
                "stands beside the correlations.",
                ja=f"厳密な基底状態が {space.shape[1]} 重に縮退しているため、相関の厳密値は一意でなく、示しません。",
            )
        )

    measured = exact = factor = exact_factor = None
    if {"correlations", "structure_factor", "staggered_magnetisation"} & set(asked):
        _go_on(monitor, 0.86, "correlations", "相関関数")
        measured = correlations(state, small if spec.conserves_magnetisation else ensemble)
        source = small if spec.conserves_magnetisation else ensemble
        if states is not None and vector is not None:
            exact = exact_correlations(hamiltonian, states, vector)
        if "correlations" in asked:
            for index in _named_displacements(measured):
                at = measured.displacements.name(index).removeprefix("r = ").removeprefix("sites ")
                name = f"correlation_{at.replace(' ', '')}"
                result[name] = measured.main.estimate(index)
                if exact is not None:
                    result[f"exact_{name}"] = exact.main.estimate(index)
        if "structure_factor" in asked:
            factor = structure_factor(measured, hamiltonian.lattice, source)
            result["structure_factor_peak"] = factor.profile.estimate(factor.peak)
            if exact is not None:
                exact_factor = structure_factor(exact, hamiltonian.lattice, None)
                result["exact_structure_factor_peak"] = exact_factor.profile.estimate(factor.peak)
        if "staggered_magnetisation" in asked:
            result["staggered_magnetisation"] = staggered_magnetisation(measured, hamiltonian.lattice, source)
            if exact is not None:
                result["exact_staggered_magnetisation"] = staggered_magnetisation(exact, hamiltonian.lattice, None)
    if "magnetisation" in asked:
        result |= magnetisations(state, ensemble)
        if states is not None and vector is not None:
            exact_values = exact_magnetisations(hamiltonian, states, vector)
            result |= {f"exact_{name}": value for name, value in exact_values.items()}
    if "entanglement" in asked:
        _go_on(monitor, 0.93, "entanglement", "エンタングルメント")
        block = range(spec.block_size)
        result["renyi_entropy"] = renyi_entropy(state, ensemble, block)
        if states is not None and vector is not None:
            result["exact_renyi_entropy"] = exact_renyi_entropy(hamiltonian, states, vector, block)
    if "fidelity" in asked and space is not None:
        result["fidelity"] = fidelity(state, space)
    if "extrapolation" in asked:
        _go_on(monitor, 0.95, "Lanczos step", "ランチョス・ステップ")
        result |= _extrapolate(spec, state, small, points)
    monitor.report(1.0, Text(en="done", ja="完了"))
    return ObservablesResult(result, measured, exact, factor, exact_factor, parameters, ensemble, tuple(notes))


def _ground_state_spec(spec: ObservablesSpec, **changed: object) -> GroundStateSpec:
    fields = {name: getattr(spec, name) for name in GroundStateSpec.model_fields}
    return GroundStateSpec.model_validate({**fields, **changed})


def _stages(spec: ObservablesSpec) -> tuple[GroundStateSpec, ...]:
    """Worse states of the same kind, whose energies and variances span the line: smaller RBMs, or shorter runs of the
    other networks. The last is the one asked for."""
    name, full = ("alpha", spec.alpha) if spec.alpha > 1 else ("n_iterations", spec.n_iterations)
    sizes = sorted({max(1, full // 4), max(1, full // 2), full})
    return tuple(_ground_state_spec(spec, **{name: size}) for size in sizes)


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


def _as_point(energy: Estimate, variance: Estimate, spec: ObservablesSpec) -> Point:
    """Totals in units of J from values per site in the units of the coupling."""
    n, scale = spec.n_sites, spec.coupling
    assert energy.error is not None and variance.error is not None
    return Point(
        energy.value * n / scale,
        energy.error * n / scale,
        variance.value * n / scale**2,
        variance.error * n / scale**2,
    )


def _extrapolate(
    spec: ObservablesSpec, state: VariationalState, ensemble: Ensemble, points: list[Point]
) -> dict[str, Estimate]:
    """Energy after a Lanczos step, and the line through all states to zero variance."""
    step = lanczos_step(state, ensemble)
    n, scale, unit = spec.n_sites, spec.coupling, energy_unit(spec)
    found = {
        "lanczos_energy_per_site": Estimate(
            label=Text(
                en="energy per site after one Lanczos step", ja="ランチョス1ステップ後の1サイトあたりのエネルギー"
            ),
            value=step.after.energy * scale / n,
            error=step.after.energy_error * scale / n,
            unit=unit,
            exactness="upper_bound",
            method=Text(
                en=f"(1 + λH)|ψ>, {ensemble.n_samples} samples; λ from one half, energy from the other",
                ja=f"(1 + λH)|ψ>、{ensemble.n_samples} サンプル。λ は前半、エネルギーは後半から",
            ),
            convention=convention(spec),
        )
    }
    # The last state was measured twice; its better measurement counts once.
    line = [*(points or [step.before]), step.after]
    total = [Point(p.energy * scale, p.energy_error * scale, p.variance * scale**2, p.variance_error * scale**2)
             for p in line]  # fmt: skip
    found["zero_variance_energy"] = zero_variance_energy(total, n, unit=unit, convention=convention(spec))
    return found
