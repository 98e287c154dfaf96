"""The Gamma method: error of the mean of correlated data with an automatic summation window.

U. Wolff, Comput. Phys. Commun. 156, 143 (2004), arXiv:hep-lat/0306017; equation numbers below are of that paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_engines.errors import InvalidInput
from physics_engines.statistics.series import Chains, as_chains, is_constant


@dataclass(frozen=True)
class GammaAnalysis:
    """Mean of a correlated series with its error.

    Attributes:
        mean: Mean over all chains.
        error: One standard error of the mean, corrected for autocorrelation.
        error_of_error: Statistical uncertainty of ``error``.
        tau_int: Integrated autocorrelation time in samples; 0.5 is white noise.
        tau_int_error: Its statistical uncertainty.
        window: Largest lag that was summed.
        window_found: False when the series is too short for the automatic window to close: the error is
            then a lower estimate.
        n_samples: Number of values over all chains.
        n_chains: Number of chains.
    """

    mean: float
    error: float
    error_of_error: float
    tau_int: float
    tau_int_error: float
    window: int
    window_found: bool
    n_samples: int
    n_chains: int

    @property
    def n_eff(self) -> float:
        """Effective number of independent samples, n / (2 tau_int)."""
        return self.n_samples / (2 * self.tau_int)


def _autocovariance(chains: Chains, mean: float, n_lags: int) -> NDArray[np.float64]:
    """Gamma(t) for t < n_lags, averaged over all pairs of all chains (eq. 31), by FFT."""
    sums = np.zeros(n_lags)
    pairs = np.zeros(n_lags)
    for chain in chains:
        lags = min(n_lags, chain.size)
        length = 1 << (chain.size + lags - 1).bit_length()
        spectrum = np.fft.rfft(chain - mean, length)
        sums[:lags] += np.fft.irfft(spectrum.real**2 + spectrum.imag**2, length)[:lags]
        pairs[:lags] += chain.size - np.arange(lags)
    return sums / pairs


def gamma_method(series: ArrayLike | Sequence[ArrayLike], *, s_tau: float = 1.5) -> GammaAnalysis:
    """Analyse one or several chains of the same observable.

    Several chains share one overall mean, so a disagreement between them widens the error.

    Args:
        series: Shape (n,), (n_chains, n), or a list of one-dimensional arrays.
        s_tau: S of eq. 51, the assumed ratio of exponential to integrated autocorrelation time.

    Returns:
        Mean, error and autocorrelation time; a constant series has error 0 and tau_int 0.5.

    Raises:
        InvalidInput: A value that is not finite, fewer than two values, or s_tau not positive.
    """
    if not s_tau > 0:
        raise InvalidInput(f"s_tau must be positive, not {s_tau}")
    chains = as_chains(series)
    n_samples = sum(chain.size for chain in chains)
    mean = float(sum(chain.sum() for chain in chains) / n_samples)
    shape = {"n_samples": n_samples, "n_chains": len(chains)}
    if is_constant(chains):
        return GammaAnalysis(float(chains[0][0]), 0.0, 0.0, 0.5, 0.0, 0, True, **shape)

    n_lags = max(1, max(chain.size for chain in chains) // 2 + 1)
    gamma = _autocovariance(chains, mean, n_lags)
    cumulated = 0.5 + np.cumsum(np.append(0.0, gamma[1:])) / gamma[0]
    window, found = _automatic_window(cumulated, s_tau, n_samples)

    # The subtracted mean is the sample's own, which biases Gamma by -2 tau_int Gamma(0) / n (eq. 32).
    gamma = gamma + 2 * max(cumulated[window], 0.0) * gamma[0] / n_samples
    tau_int = 0.5 + float(gamma[1 : window + 1].sum() / gamma[0])
    # Anticorrelated data may have tau_int < 0.5; it stays positive so that the error exists.
    tau_int = max(tau_int, 0.5 / n_samples)
    error = float(np.sqrt(2 * tau_int * gamma[0] / n_samples))
    return GammaAnalysis(
        mean=mean,
        error=error,
        error_of_error=error * float(np.sqrt((window + 0.5) / n_samples)),
        tau_int=tau_int,
        tau_int_error=tau_int * float(np.sqrt(max(4 * (window + 0.5 - tau_int), 0.0) / n_samples)),
        window=window,
        window_found=found,
        **shape,
    )


def _automatic_window(cumulated: NDArray[np.float64], s_tau: float, n_samples: int) -> tuple[int, bool]:
    """The first W at which truncation and noise balance, g(W) < 0 (eqs. 51, 52), and whether there is one."""
    excess = np.maximum(2 * cumulated[1:], 1 + 1e-9)
    tau = s_tau / np.log((excess + 1) / (excess - 1))
    windows = np.arange(1, cumulated.size)
    balance = np.exp(-windows / tau) - tau / np.sqrt(windows * n_samples)
    closed = np.flatnonzero(balance < 0)
    if closed.size:
        return int(windows[closed[0]]), True
    return cumulated.size - 1, False
