"""A family of expectation values, one for each displacement or momentum."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.observables.ensemble import Average, Ensemble
from physics_engines.text import Text


@dataclass(frozen=True)
class Profile:
    """Values with errors.

    Attributes:
        values: Shape (n,).
        errors: Standard errors, shape (n,); None for exact values.
        averages: What each came from; empty for exact values.
        label: Names the value of an index.
        method: How they were obtained.
        convention: What they are by definition.
    """

    values: NDArray[np.float64]
    errors: NDArray[np.float64] | None
    averages: tuple[Average, ...]
    label: Callable[[int], Text]
    method: Text
    convention: Text

    def estimate(self, index: int) -> Estimate:
        """One of the values as an Estimate."""
        common = {"label": self.label(index), "value": float(self.values[index]), "convention": self.convention}
        if self.errors is None:
            return Estimate(exactness="exact", method=self.method, **common)
        average = self.averages[index]
        return Estimate(
            error=average.error,
            exactness="stochastic",
            method=self.method,
            n_eff=average.n_eff,
            tau_int=average.tau_int,
            flags=average.flags,
            **common,
        )


def profile(ensemble: Ensemble, values: NDArray[np.float64], label: Callable[[int], Text], convention: Text) -> Profile:
    """Average each column of local values, shape (n_samples, n), over an ensemble."""
    averages = tuple(ensemble.average(np.ascontiguousarray(column)) for column in values.T)
    return Profile(
        np.array([average.value for average in averages]),
        np.array([average.error for average in averages]),
        averages,
        label,
        sampling_method(ensemble),
        convention,
    )


def exact_profile(values: NDArray[np.float64], label: Callable[[int], Text], method: Text, convention: Text) -> Profile:
    """Values without error."""
    return Profile(values, None, (), label, method, convention)


def sampling_method(ensemble: Ensemble) -> Text:
    """How the ensemble came about, in words."""
    n = ensemble.n_samples
    if ensemble.is_complete:
        return Text(
            en=f"variational state summed over all {n} basis states", ja=f"変分状態、{n} 基底状態すべてについての和"
        )
    chains = len(ensemble.configurations)
    return Text(
        en=f"variational Monte Carlo, {n} samples in {chains} chains",
        ja=f"変分モンテカルロ法、{n} サンプル、{chains} 本の鎖",
    )


def estimate_of(
    average: Average, label: Text, ensemble: Ensemble, convention: Text, *, flags: tuple[str, ...] = ()
) -> Estimate:
    """A single average as an Estimate."""
    return Estimate(
        label=label,
        value=average.value,
        error=average.error,
        exactness="stochastic",
        method=sampling_method(ensemble),
        convention=convention,
        n_eff=average.n_eff,
        tau_int=average.tau_int,
        flags=(*average.flags, *flags),
    )
