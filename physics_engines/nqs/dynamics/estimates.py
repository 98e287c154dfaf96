"""The numbers a time evolution ends with, and the warnings on them."""

import math

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.dynamics.checkpoint import EvolutionState
from physics_engines.nqs.dynamics.measure import LABELS, Recorder
from physics_engines.nqs.dynamics.reference import ExactEvolution
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import DynamicsSpec
from physics_engines.nqs.words.ground_state import ANSATZ
from physics_engines.text import Text

TRUSTED_ANGLE = 0.3
"""Bound of the angle between variational and exact state up to which a run is trusted: infidelity below 9 %."""
_DRIFT = 0.05
"""Energy drift, in standard deviations of the energy, above which it is flagged."""


def trusted_time(trace: dict[str, NDArray[np.float64]]) -> float | None:
    """The first time at which the error bound passes ``TRUSTED_ANGLE``; None where it never does."""
    total = trace["distance"] + trace["integration_error"] + 2 * trace["distance_error"]
    beyond = np.flatnonzero(total > TRUSTED_ANGLE)
    return float(trace["time"][beyond[0]]) if beyond.size else None


def final_estimates(
    spec: DynamicsSpec,
    recorder: Recorder,
    state: EvolutionState,
    trace: dict[str, NDArray[np.float64]],
    exact: ExactEvolution | None,
    fidelity: float | None,
) -> dict[str, Estimate]:
    """Observables at the last time, energy drift, error bound, and exact values beside them."""
    beyond = trusted_time(trace)
    flags = []
    if beyond is not None:
        flags.append(
            f"beyond t = {beyond:.3g} the integrated residual no longer bounds the infidelity below "
            f"{math.sin(TRUSTED_ANGLE) ** 2:.2f}: take a larger alpha, more samples or a shorter time"
        )
    drift = _drift(spec, state, trace, Text(en="difference of two averages", ja="二つの平均の差"))
    flags += drift.flags
    rows = (
        Text(en=f"all {spec.n_states} basis states", ja=f"{spec.n_states} 基底状態すべて")
        if spec.full_sum
        else Text(en=f"{spec.n_samples} samples per step", ja=f"1ステップあたり {spec.n_samples} サンプル")
    )
    network = ANSATZ.shown[spec.ansatz]
    method = Text(
        en=f"time-dependent variational principle, {network.en}, α = {spec.alpha}, {rows.en}",
        ja=f"時間依存変分原理、{network.ja}、α = {spec.alpha}、{rows.ja}",
    )
    exact_method = Text(en="exact evolution of the same initial state", ja="同じ初期状態の厳密な時間発展")
    pauli = not spec.conserves_magnetisation
    at = f"t = {spec.total_time:g} / J"
    spins = "Pauli matrices" if pauli else "S = σ/2", "パウリ行列" if pauli else "S = σ/2"
    found: dict[str, Estimate] = {}
    for index, name in enumerate(recorder.names):
        label = LABELS[name]
        common = {
            "label": Text(en=f"{label.en} at {at}", ja=f"{at} での{label.ja}"),
            "convention": Text(en=f"per site or bond, {spins[0]}", ja=f"1サイトまたは1ボンドあたり、{spins[1]}"),
        }
        found[name] = Estimate(
            value=float(state.values[-1, index]),
            error=float(state.errors[-1, index]),
            exactness="stochastic",
            method=method,
            flags=(*flags, *_sampling_flags(spec, state, index)),
            **common,
        )
        if exact is not None:
            found[f"exact_{name}"] = Estimate(
                value=float(exact.values[-1, index]), exactness="exact", method=exact_method, **common
            )
    found["energy_drift"] = drift
    angle = float(trace["distance"][-1] + trace["integration_error"][-1])
    bound = _infidelity(angle)
    sampled = () if spec.full_sum else ("the residual is sampled: an estimate, which the true infidelity may exceed",)
    found["infidelity_bound"] = Estimate(
        label=Text(en=f"bound of the infidelity at {at}", ja=f"{at} での不忠実度の上限"),
        value=bound,
        error=_infidelity(angle + float(trace["distance_error"][-1])) - bound,
        exactness="stochastic",
        method=Text(
            en="sin^2 of the integrated residual of the equation of motion and of the integrator",
            ja="運動方程式と数値積分の残差の時間積分の sin^2",
        ),
        convention=Text(en="1 - |<ψ(t)|exp(-iHt)|ψ(0)>|^2", ja="1 - |<ψ(t)|exp(-iHt)|ψ(0)>|^2"),
        flags=(*drift.flags, *sampled),
    )
    if fidelity is not None:
        found["fidelity"] = Estimate(
            label=Text(en=f"fidelity with the exact evolution at {at}", ja=f"{at} での厳密な時間発展との忠実度"),
            value=min(fidelity, 1.0),
            exactness="exact",
            method=Text(en=f"sum over all {spec.n_states} basis states", ja=f"{spec.n_states} 基底状態についての和"),
            convention=Text(en="|<ψ(t)|exp(-iHt)|ψ(0)>|^2", ja="|<ψ(t)|exp(-iHt)|ψ(0)>|^2"),
        )
    return found


def _infidelity(angle: float) -> float:
    return math.sin(min(angle, math.pi / 2)) ** 2


def _sampling_flags(spec: DynamicsSpec, state: EvolutionState, column: int) -> tuple[str, ...]:
    """Warnings on the last value of an observable, and how many of the values before it have one."""
    last = spec.n_times - 1
    own = tuple(flag for time, index, flag in state.flags if index == column and time == last)
    before = len({time for time, index, _ in state.flags if index == column and time != last})
    if before == 0:
        return own
    return (*own, f"{before} of the {last} values at earlier times: chains too short or not equilibrated")


def _drift(spec: DynamicsSpec, state: EvolutionState, trace: dict[str, NDArray[np.float64]], method: Text) -> Estimate:
    """How much energy was gained or lost; exact evolution conserves it."""
    scale = spec.coupling / spec.n_sites
    change = float(state.energies[-1, 0] - state.energies[0, 0])
    error = float(np.hypot(state.energies[-1, 1], state.energies[0, 1]))
    spread = math.sqrt(max(float(trace["variance"][0]), 0.0))
    flags: tuple[str, ...] = ()
    if abs(change) > _DRIFT * spread + 3 * error:
        flags = (f"energy not conserved: it changed by {abs(change) / max(spread, 1e-300):.2f} of its own spread",)
    per_site = convention(spec)
    return Estimate(
        label=Text(en="energy drift per site", ja="1サイトあたりのエネルギーのずれ"),
        value=change * scale,
        error=error * scale,
        unit=energy_unit(spec),
        exactness="stochastic",
        method=method,
        convention=Text(en=f"E(t) - E(0), {per_site.en}", ja=f"E(t) - E(0)、{per_site.ja}"),
        flags=flags,
    )
