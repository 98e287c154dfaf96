"""Errors of correlated data: Gamma method, binning, jackknife, split R-hat.

Convention: the integrated autocorrelation time is tau_int = 1/2 + sum_{t >= 1} rho(t), so white noise has 0.5
and n samples are worth n / (2 tau_int) independent ones.
"""

from physics_engines.statistics.binning import Binning, binning
from physics_engines.statistics.convergence import split_r_hat
from physics_engines.statistics.flags import sampling_flags
from physics_engines.statistics.gamma_method import GammaAnalysis, gamma_method
from physics_engines.statistics.jackknife import Jackknife, jackknife

__all__ = [
    "Binning",
    "GammaAnalysis",
    "Jackknife",
    "binning",
    "gamma_method",
    "jackknife",
    "sampling_flags",
    "split_r_hat",
]
