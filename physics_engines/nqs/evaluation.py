"""The final numbers of a variational run: fresh samples of the finished wave function, with honest errors."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit, network_label
from physics_engines.nqs.optimisation import FinalSample, weighted_series
from physics_engines.nqs.samplers import Sampler
from physics_engines.nqs.sampling import Sample
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.statistics import GammaAnalysis, gamma_method, jackknife, sampling_flags, split_r_hat
from physics_engines.text import Text

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_BLOCK = 4096
"""Samples evaluated at a time."""
_N_EQUILIBRATION = 50
_LEAST_ACCEPTANCE = 0.01
_ENERGY = Text(en="ground-state energy per site", ja="1サイトあたりの基底エネルギー")


@dataclass(frozen=True)
class Measurement:
    """Local energies of the final sample.

    Attributes:
        energies: Local energies of the whole lattice in units of J, shape (n_chains, n_per_chain).
        acceptance: Accepted share of the proposals that change the configuration.
        weights: Of the energies, of their shape; for a random sample with mean 1. None where all count alike.
        is_random: False where the energies are those of all states and the weights their probabilities.
        recent: Configurations of the last block where no weights reach beyond |psi|^2, for ``nodes``; else None.
    """

    energies: Numbers
    acceptance: float
    weights: NDArray[np.float64] | None = None
    is_random: bool = True
    recent: NDArray[np.int8] | None = None


def measure(
    backend: Backend,
    spec: GroundStateSpec,
    rng: np.random.Generator,
    sampler: Sampler,
    begun: FinalSample,
    keep: Callable[[FinalSample], None] = lambda drawn: None,
) -> Measurement:
    """Draw ``spec.n_final_samples`` fresh samples with the parameters of backend and sampler, block by block.

    Args:
        backend: Evaluates the local energies.
        spec: The calculation.
        rng: Random stream.
        sampler: Moves the walkers.
        begun: Where the walkers stand, and what was drawn before; its walkers are moved in place.
        keep: Called after each block but the last with all that is drawn.
    """
    if spec.sampler == "exact":
        return _enumerate(backend, sampler.draw(begun.configurations, 1, 0, rng))
    n_per_chain = -(-spec.n_final_samples // spec.n_chains)
    size = max(1, _BLOCK // spec.n_chains)
    parts, records, acceptances = [begun.energies], list(begun.records), list(begun.acceptances)
    weights = [] if begun.weights is None else [begun.weights]
    for start in range(sum(records), n_per_chain, size):
        n_records = min(size, n_per_chain - start)
        sample = sampler.draw(begun.configurations, n_records, _N_EQUILIBRATION if start == 0 else 0, rng)
        parts.append(backend.local_energies(sample.flat).reshape(spec.n_chains, n_records))
        if sample.weights is not None:
            weights.append(sample.weights.reshape(spec.n_chains, n_records) * sample.weights.size)
        records.append(n_records)
        acceptances.append(sample.acceptance)
        if start + n_records < n_per_chain:
            # Without the empty start, whose type need not be that of the energies.
            drawn = cast(Numbers, np.concatenate([part for part in parts if part.size], axis=1))
            kept = replace(begun, energies=drawn, acceptances=tuple(acceptances), records=tuple(records))
            keep(replace(kept, weights=_joined(weights)))
    energies = cast(Numbers, np.concatenate([part for part in parts if part.size], axis=1))
    joined = _joined(weights)
    recent = sample.flat if joined is None else None
    return Measurement(energies, float(np.average(acceptances, weights=records)), joined, recent=recent)


def _joined(weights: list[NDArray[np.float64]]) -> NDArray[np.float64] | None:
    return np.concatenate(weights, axis=1) if weights else None


def _enumerate(backend: Backend, sample: Sample) -> Measurement:
    """Local energies of all states, a block at a time."""
    states = sample.flat
    parts = [backend.local_energies(states[start : start + _BLOCK]) for start in range(0, len(states), _BLOCK)]
    assert sample.weights is not None
    energies = cast(Numbers, np.concatenate(parts)[None])
    return Measurement(energies, sample.acceptance, sample.weights[None], is_random=False)


_WEIGHTLESS = 1e-20
"""Weight of a configuration at which the amplitude is a rounding error, and so is its local energy."""


def _without_rounding(energies: Numbers, weights: NDArray[np.float64] | None) -> Numbers:
    """Local energies of an exact eigenstate are all equal; their rounding noise must not pass for statistics."""
    counted = energies.ravel() if weights is None else energies[weights > _WEIGHTLESS]
    spread = float(np.abs(counted - counted[0]).max())
    if spread <= 1e-11 * max(1.0, float(np.abs(counted[0]))):
        return np.full(energies.shape, counted.real[0])
    return energies


def _flags(analysis: GammaAnalysis, r_hat: float, acceptance: float) -> tuple[str, ...]:
    flags = sampling_flags(analysis, r_hat)
    return flags if acceptance >= _LEAST_ACCEPTANCE else (*flags, f"chains hardly move: acceptance {acceptance:.1e}")


def estimates(
    measurement: Measurement, spec: GroundStateSpec, flags: tuple[str, ...] = ()
) -> tuple[Estimate, Estimate, Estimate]:
    """Energy per site, variance per site and V-score.

    The variance is that of the total energy divided by the number of sites. The V-score is
    N Var(E) / (E - E_inf)^2 with E_inf = 0, the trace of the spin Hamiltonians, and the mean energy of the sector
    for fermions (D. Wu et al., Science 386, 296 (2024)).

    Args:
        measurement: Final local energies.
        spec: The calculation.
        flags: Further validity warnings for the energy.
    """
    if not measurement.is_random:
        assert measurement.weights is not None
        return _sums(measurement.energies.ravel(), measurement.weights.ravel(), spec, flags)
    energies = _without_rounding(measurement.energies, measurement.weights)
    n_sites, scale = spec.n_sites, spec.coupling
    series, weights = energies.real, np.ones(energies.shape)
    if measurement.weights is not None:
        weights = measurement.weights / measurement.weights.mean()
        series = weighted_series(series.ravel(), weights.ravel() / weights.size).reshape(energies.shape)
    analysis = gamma_method(series / n_sites)
    r_hat = split_r_hat(series)
    flags = (*_flags(analysis, r_hat, measurement.acceptance), *flags)
    network = network_label(spec)
    n, chains = analysis.n_samples, analysis.n_chains
    sample = Text(en=f"{n} fresh samples in {chains} chains", ja=f"新しい {n} サンプル、{chains} 本の鎖")

    centred = energies.ravel() - np.average(energies, weights=weights)
    parts = np.stack([np.ones(n), centred.real, np.abs(centred) ** 2], axis=1) * weights.reshape(-1, 1)
    mean = float(series.mean()) - build_hamiltonian(spec).mean_energy

    def variance_of(kept: NDArray[np.float64]) -> float:
        total, first, second = kept.mean(axis=0)
        return float(second / total - (first / total) ** 2)

    def score_of(kept: NDArray[np.float64]) -> float:
        total, first = kept[:, :2].mean(axis=0)
        return n_sites * variance_of(kept) / (mean + float(first / total)) ** 2

    variance = jackknife(parts, variance_of)
    # A state of energy exactly 0 has no V-score; the variance says it all there.
    score = jackknife(parts, score_of) if mean != 0 else variance
    energy_estimate = Estimate(
        label=_ENERGY,
        value=analysis.mean * scale,
        error=analysis.error * scale,
        unit=energy_unit(spec),
        exactness="upper_bound",
        method=Text(
            en=f"variational Monte Carlo, {network.en}, {sample.en}",
            ja=f"変分モンテカルロ法、{network.ja}、{sample.ja}",
        ),
        convention=convention(spec),
        n_eff=analysis.n_eff,
        tau_int=analysis.tau_int,
        r_hat=r_hat if np.isfinite(r_hat) else None,
        flags=flags,
    )
    method = _jackknife_in_words(variance.n_bins, sample)
    variance_estimate = _variance(variance.value, variance.error, spec, method)
    score_estimate = _v_score(score.value, score.error, _jackknife_in_words(score.n_bins, sample))
    return energy_estimate, variance_estimate, score_estimate


def _sums(
    energies: Numbers, weights: NDArray[np.float64], spec: GroundStateSpec, flags: tuple[str, ...]
) -> tuple[Estimate, Estimate, Estimate]:
    """The same from the local energies of all states: no statistics, no error bar."""
    mean = complex(weights @ energies)
    variance = float(weights @ np.abs(energies - mean) ** 2)
    n = len(weights)
    states = Text(en=f"exact sum over {n} states", ja=f"{n} 状態についての厳密な和")
    network = network_label(spec)
    energy = Estimate(
        label=_ENERGY,
        value=mean.real / spec.n_sites * spec.coupling,
        error=0.0,
        unit=energy_unit(spec),
        exactness="upper_bound",
        method=Text(en=f"variational, {network.en}, {states.en}", ja=f"変分法、{network.ja}、{states.ja}"),
        convention=convention(spec),
        flags=flags,
    )
    above = mean.real - build_hamiltonian(spec).mean_energy
    score = spec.n_sites * variance / above**2 if above != 0 else variance
    return energy, _variance(variance, 0.0, spec, states), _v_score(score, 0.0, states)


def _variance(value: float, error: float, spec: GroundStateSpec, method: Text) -> Estimate:
    scale, unit, per_site = spec.coupling**2 / spec.n_sites, energy_unit(spec), convention(spec)
    return Estimate(
        label=Text(en="energy variance per site", ja="1サイトあたりのエネルギー分散"),
        value=max(value, 0.0) * scale,
        error=error * scale,
        unit=f"{unit}^2" if unit else "",
        exactness="stochastic",
        method=method,
        convention=Text(en=f"Var(E_total) / N; {per_site.en}", ja=f"Var(E_total) / N、{per_site.ja}"),
    )


def _v_score(value: float, error: float, method: Text) -> Estimate:
    return Estimate(
        label=Text(en="V-score", ja="Vスコア"),
        value=max(value, 0.0),
        error=error,
        exactness="stochastic",
        method=method,
        convention=Text(
            en="N Var(E) / E^2 with total energy E (of fermions above the mean energy of the sector); zero for an "
            "exact eigenstate",
            ja="全エネルギー E による N Var(E) / E^2（フェルミオンではセクターの平均から測る）。厳密な固有状態ではゼロ",
        ),
    )


def _jackknife_in_words(n_bins: int, sample: Text) -> Text:
    return Text(en=f"jackknife with {n_bins} bins over {sample.en}", ja=f"{n_bins} ビンのジャックナイフ法、{sample.ja}")
