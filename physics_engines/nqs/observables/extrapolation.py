"""Zero-variance extrapolation: the energy of states of growing quality against their variance, taken to zero.

E(psi) = E_0 + c Var(psi) to first order in the distance from an eigenstate. Y. Kwon, D. M. Ceperley, R. M. Martin,
Phys. Rev. B 48, 12037 (1993); S. Sorella, Phys. Rev. B 64, 024512 (2001).
"""

import math
from collections.abc import Sequence

import numpy as np

from physics_engines.errors import InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.observables.lanczos import LanczosStep, Point
from physics_engines.nqs.spec import GroundStateSpec, ObservablesSpec
from physics_engines.text import Text

_LARGEST_RESIDUAL = 3.0
_LARGEST_EXTRAPOLATION = 10.0


def zero_variance_energy(
    points: Sequence[Point], n_sites: int, *, unit: str, convention: Text, error: float | None = None
) -> Estimate:
    """Straight line through energy against variance, weighted by the errors of both, taken to zero variance.

    The error is that of the fit, widened by sqrt(chi^2 / dof) where the points scatter more than their errors. Two
    points fix the line without a test of it, which is flagged; so are points off the line, and an intercept far
    below the lowest energy compared with the span of the points.

    Args:
        points: Energy and variance of the whole lattice for two or more states, in any order.
        n_sites: The energies are given per site.
        unit: Unit of the result.
        convention: What an energy per site depends on by definition.
        error: Standard error of the intercept of two points that share their samples, in the units of the energies;
            where not given, the points are independent.

    Raises:
        InvalidInput: Fewer than two points, or no spread of the variances.
    """
    energy = np.array([point.energy for point in points]) / n_sites
    variance = np.array([point.variance for point in points]) / n_sites**2
    if len(points) < 2 or not np.ptp(variance) > 1e-12 * max(1e-300, float(variance.max())):
        raise InvalidInput("a zero-variance extrapolation needs two or more states of different variance")
    error_y = np.array([point.energy_error for point in points]) / n_sites
    error_x = np.array([point.variance_error for point in points]) / n_sites**2
    scale = max(float(np.ptp(energy)), 1e-300)
    slope = float(np.polyfit(variance, energy, 1)[0])
    for _ in range(20):
        sigma = np.sqrt(error_y**2 + (slope * error_x) ** 2 + (1e-9 * scale) ** 2)
        design = np.stack([np.ones_like(variance), variance], axis=1) / sigma[:, None]
        covariance = np.linalg.pinv(design.T @ design)
        intercept, slope = (covariance @ design.T @ (energy / sigma)).tolist()
    residual = (energy - intercept - slope * variance) / sigma
    dof = len(points) - 2
    error = float(np.sqrt(covariance[0, 0])) if error is None else error / n_sites
    flags = []
    if dof == 0:
        flags.append("two points fix the line: its straightness was not tested")
    else:
        chi2 = float(residual @ residual) / dof
        error *= max(1.0, float(np.sqrt(chi2)))
        if chi2 > _LARGEST_RESIDUAL:
            flags.append(f"the points do not lie on a straight line: chi^2 per degree of freedom {chi2:.1f}")
    if slope < 0:
        flags.append("the energy falls as the variance grows: the states are not close to the ground state")
    best, span = float(energy.min()), float(np.ptp(energy))
    if best - intercept > _LARGEST_EXTRAPOLATION * max(span, 1e-300):
        flags.append("the intercept lies far outside the span of the points")
    n = len(points)
    return Estimate(
        label=Text(en="zero-variance energy per site", ja="ゼロ分散外挿した1サイトあたりのエネルギー"),
        value=float(intercept),
        error=error,
        unit=unit,
        exactness="fit",
        method=Text(
            en=f"straight line through energy against variance of {n} states",
            ja=f"{n} 個の状態のエネルギーと分散に対する直線フィット",
        ),
        convention=convention,
        flags=tuple(flags),
    )


def ground_state_spec(spec: ObservablesSpec, **changed: object) -> GroundStateSpec:
    """The optimisation behind an observation, with some fields changed."""
    fields = {name: getattr(spec, name) for name in GroundStateSpec.model_fields}
    return GroundStateSpec.model_validate({**fields, **changed})


def stages_of(spec: ObservablesSpec) -> tuple[GroundStateSpec, ...]:
    """Worse states of the same kind, whose energies and variances span the line: smaller RBMs, or shorter runs of the
    other networks and of RBMs tied by the space group, which have too few sizes. The last is the one asked for."""
    has_sizes = spec.alpha > 1 and not spec.ansatz.startswith("rbm_space_group")
    name, full = ("alpha", spec.alpha) if has_sizes else ("n_iterations", spec.n_iterations)
    sizes = sorted({max(1, full // 4), max(1, full // 2), full})
    return tuple(ground_state_spec(spec, **{name: size}) for size in sizes)


def as_point(energy: Estimate, variance: Estimate, spec: ObservablesSpec) -> Point:
    """Totals in units of J from values per site in the units of the coupling."""
    n, scale = spec.n_sites, spec.coupling
    assert energy.error is not None and variance.error is not None
    return Point(
        energy.value * n / scale,
        energy.error * n / scale,
        variance.value * n / scale**2,
        variance.error * n / scale**2,
    )


def lanczos_energy(spec: ObservablesSpec, energy: Estimate, step: LanczosStep) -> dict[str, Estimate]:
    """The energy of a state after one Lanczos step, and the variance there.

    The energy before the step is known better from the larger sample; what the samples of the step have it wrong by is
    taken off that after the step as well, as far as both are correlated (a control variate).

    Args:
        spec: The calculation.
        energy: Energy per site of the state itself, on other samples than those of the step.
        step: What the step changes.
    """
    n, scale, unit = spec.n_sites, spec.coupling, energy_unit(spec)
    unit_energy = scale / n
    known, own = (energy.error or 0.0) / unit_energy, step.before.energy_error
    covariance = (step.after.energy_error**2 + own**2 - step.gain_error**2) / 2
    scatter = own**2 + known**2
    share = min(1.0, max(0.0, covariance / scatter)) if scatter else 0.0
    value = step.after.energy + share * (energy.value / unit_energy - step.before.energy)
    spread = step.after.energy_error**2 - 2 * share * covariance + share**2 * scatter
    head = convention(spec)
    count = spec.n_observable_samples
    how = Text(
        en=f"{count} samples, the energy of |ψ> as control variate, λ for one half of the chains from the other",
        ja=f"{count} サンプル、|ψ> のエネルギーを制御変量とする、λ は他方の半分の鎖から",
    )
    if spec.sampler == "exact":
        how = Text(en="sums over all states", ja="全状態についての和")
    return {
        "lanczos_energy_per_site": Estimate(
            label=Text(
                en="energy per site after one Lanczos step", ja="ランチョス1ステップ後の1サイトあたりのエネルギー"
            ),
            value=value * unit_energy,
            error=math.sqrt(max(0.0, spread)) * unit_energy,
            unit=unit,
            exactness="upper_bound",
            method=Text(
                en=f"(1 + λ(H - E))|ψ>, {how.en}",
                ja=f"(1 + λ(H - E))|ψ>、{how.ja}",
            ),
            convention=head,
            flags=energy.flags,
        ),
        "lanczos_variance": Estimate(
            label=Text(
                en="energy variance per site after one Lanczos step",
                ja="ランチョス1ステップ後の1サイトあたりのエネルギー分散",
            ),
            value=step.after.variance * scale**2 / n,
            error=step.after.variance_error * scale**2 / n,
            unit=f"{unit}^2" if unit else "",
            exactness="stochastic",
            method=Text(en="jackknife over the samples of the step", ja="ステップのサンプルのジャックナイフ法"),
            convention=Text(en=f"Var(E_total) / N; {head.en}", ja=f"Var(E_total) / N、{head.ja}"),
        ),
    }


def extrapolate(spec: ObservablesSpec, step: LanczosStep, points: list[Point]) -> dict[str, Estimate]:
    """The line through all states, that after a Lanczos step among them, to zero variance."""
    scale, unit = spec.coupling, energy_unit(spec)
    # The last state was measured twice; its better measurement counts once.
    line = [*(points or [step.before]), step.after]
    total = [Point(p.energy * scale, p.energy_error * scale, p.variance * scale**2, p.variance_error * scale**2)
             for p in line]  # fmt: skip
    found = zero_variance_energy(
        total,
        spec.n_sites,
        unit=unit,
        convention=convention(spec),
        error=None if points else step.intercept_error * scale,
    )
    return {"zero_variance_energy": found}
