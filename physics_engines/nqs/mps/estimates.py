"""The numbers of a DMRG run with what is known of their errors."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.mps.dmrg import DmrgResult
from physics_engines.nqs.spec import DmrgSpec
from physics_engines.text import Text

_SETTLED = 1e-10
"""Variance of the total energy relative to its square below which nothing is left to extrapolate."""


def summarise(
    spec: DmrgSpec,
    trace: dict[str, NDArray[np.float64]],
    entanglement: NDArray[np.float64],
    order: NDArray[np.int64],
    tensors: tuple[NDArray[np.float64], ...],
) -> DmrgResult:
    """Estimates from the rows of a finished run."""
    n, scale = spec.n_sites, spec.coupling
    total, discarded, variance = (float(trace[name][-1]) for name in ("energy", "truncation_error", "variance"))
    chi = int(trace["bond_dimension"].max())
    rounding = 1e-15 * n * max(1.0, abs(total))
    unit, per_site = energy_unit(spec), convention(spec)
    method = Text(en=f"DMRG, matrix product state, bond dimension {chi}", ja=f"DMRG、行列積状態、ボンド次元 {chi}")
    energy = Estimate(
        label=Text(en="ground-state energy per site", ja="1サイトあたりの基底エネルギー"),
        value=total / n * scale,
        error=rounding / n * scale,
        unit=unit,
        exactness="upper_bound",
        method=method,
        convention=per_site,
        flags=_flags(spec, trace),
    )
    has_variance = bool(np.isfinite(variance))
    # <H^2> - <H>^2 cancels: below this it is rounding.
    floor = 1e-14 * max(1.0, total**2) * n
    return DmrgResult(
        energy_per_site=energy,
        variance_per_site=Estimate(
            label=Text(en="energy variance per site", ja="1サイトあたりのエネルギー分散"),
            value=variance * scale**2 / n,
            error=floor * scale**2 / n,
            unit=f"{unit}^2" if unit else "",
            exactness="fit",
            method=Text(en=f"⟨H²⟩ − ⟨H⟩², {method.en}", ja=f"⟨H²⟩ − ⟨H⟩²、{method.ja}"),
            convention=Text(en=f"Var(E_total) / N; {per_site.en}", ja=f"Var(E_total) / N、{per_site.ja}"),
        )
        if has_variance
        else None,
        v_score=Estimate(
            label=Text(en="V-score", ja="Vスコア"),
            value=n * variance / total**2,
            error=n * floor / total**2,
            exactness="fit",
            method=method,
            convention=Text(
                en="N Var(E) / E^2 with total energy E; zero for an exact eigenstate",
                ja="全エネルギー E による N Var(E) / E^2。厳密な固有状態ではゼロ",
            ),
        )
        if has_variance and total != 0
        else None,
        truncation_error=Estimate(
            label=Text(en="truncation error", ja="打ち切り誤差"),
            value=discarded,
            error=None,
            exactness="exact",
            method=Text(
                en="largest weight discarded at a cut in the last sweep", ja="最後のスイープで捨てた重みの最大"
            ),
        ),
        extrapolated=_extrapolated(spec, trace),
        n_parameters=sum(int(np.count_nonzero(tensor)) for tensor in tensors),
        trace={**trace, "energy": trace["energy"] / n},
        entanglement=entanglement,
        order=order,
        tensors=tensors,
    )


def _flags(spec: DmrgSpec, trace: dict[str, NDArray[np.float64]]) -> tuple[str, ...]:
    energy = trace["energy"]
    if len(energy) < 2:
        return ("not converged: a single sweep was made",)
    change = abs(float(energy[-1] - energy[-2])) / max(abs(float(energy[-1])), 1e-300)
    if change > max(spec.tolerance, 1e-7):
        return (f"not converged: the last sweep changed the energy by {change:.1e} of it; raise n_sweeps",)
    return ()


def _extrapolated(spec: DmrgSpec, trace: dict[str, NDArray[np.float64]]) -> Estimate | None:
    """Straight line of the energy against its variance through the last bond dimensions, at zero variance.

    E - E_0 is proportional to the variance near an eigenstate, but the slope still changes from one bond dimension to
    the next; so the error is never less than half of the way that was extrapolated, nor than the scatter of the line.
    """
    known = np.flatnonzero(np.isfinite(trace["variance"]))[-4:]
    energy, variance = trace["energy"][known], trace["variance"][known]
    if len(known) < 3 or not np.all(np.diff(variance) < 0) or variance[-1] < _SETTLED * energy[-1] ** 2:
        return None
    # Relative weights: the smaller the variance, the nearer the straight part.
    design = np.stack([np.ones_like(variance), variance], axis=1)
    weight = 1 / variance
    (intercept, slope), *_ = np.linalg.lstsq(design * weight[:, None], energy * weight, rcond=None)
    if slope <= 0:
        return None
    residual = (energy - design @ np.array([intercept, slope])) * weight
    noise = float(residual @ residual) / (len(known) - 2)
    covariance = noise * np.linalg.inv((design * weight[:, None]).T @ (design * weight[:, None]))
    error = max(float(np.sqrt(covariance[0, 0])), abs(float(energy[-1] - intercept)) / 2)
    n, scale = spec.n_sites, spec.coupling
    return Estimate(
        label=Text(en="energy per site at zero variance", ja="分散ゼロでの1サイトあたりのエネルギー"),
        value=float(intercept) / n * scale,
        error=error / n * scale,
        unit=energy_unit(spec),
        exactness="fit",
        method=Text(
            en=f"linear in the variance, {len(known)} bond dimensions", ja=f"分散に線形、{len(known)} 個のボンド次元"
        ),
        convention=convention(spec),
        flags=("an extrapolation, not an upper bound",),
    )
