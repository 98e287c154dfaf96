"""Binning: the error of the mean as a function of bin size, and where it stops growing.

H. Flyvbjerg and H. G. Petersen, J. Chem. Phys. 91, 461 (1989).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from physics_engines.errors import InvalidInput
from physics_engines.statistics.series import as_chains, is_constant


@dataclass(frozen=True)
class Binning:
    """Error of the mean at each bin size.

    Attributes:
        bin_sizes: 1, 2, 4, ... as long as ``min_bins`` bins are left.
        errors: Naive error of the mean of the binned data, one per bin size.
        error_uncertainties: Statistical uncertainty of each error, error / sqrt(2 (n_bins - 1)).
        plateau: Index of the first bin size from which the error no longer grows; the last one if it still does.
        plateau_reached: False when the error still grows at the largest bin size: it is then a lower estimate.
    """

    bin_sizes: tuple[int, ...]
    errors: tuple[float, ...]
    error_uncertainties: tuple[float, ...]
    plateau: int
    plateau_reached: bool

    @property
    def error(self) -> float:
        """Error at the plateau."""
        return self.errors[self.plateau]

    @property
    def tau_int(self) -> float:
        """Integrated autocorrelation time the plateau implies (0.5 is white noise)."""
        naive = self.errors[0]
        return 0.5 * (self.error / naive) ** 2 if naive > 0 else 0.5


def binning(series: ArrayLike | Sequence[ArrayLike], *, min_bins: int = 32) -> Binning:
    """Average one or several chains in bins of doubling size; bins never cross from one chain to the next.

    Args:
        series: Shape (n,), (n_chains, n), or a list of one-dimensional arrays.
        min_bins: Fewest bins (over all chains) an error is still taken from; at least 2.

    Raises:
        InvalidInput: A value that is not finite, fewer than two values, or min_bins below 2.
    """
    if min_bins < 2:
        raise InvalidInput(f"min_bins must be at least 2, not {min_bins}")
    chains = as_chains(series)
    if is_constant(chains):
        return Binning((1,), (0.0,), (0.0,), 0, True)
    sizes: list[int] = []
    errors: list[float] = []
    uncertainties: list[float] = []
    size = 1
    while True:
        bins = np.concatenate([chain[: chain.size // size * size].reshape(-1, size).mean(axis=1) for chain in chains])
        if sizes and bins.size < min_bins:
            break
        error = float(bins.std(ddof=1) / np.sqrt(bins.size))
        sizes.append(size)
        errors.append(error)
        uncertainties.append(error / float(np.sqrt(2 * (bins.size - 1))))
        size *= 2
    plateau, reached = _find_plateau(errors, uncertainties)
    return Binning(tuple(sizes), tuple(errors), tuple(uncertainties), plateau, reached)


def _find_plateau(errors: list[float], uncertainties: list[float]) -> tuple[int, bool]:
    """First size whose error no larger bin exceeds by more than that bin's own uncertainty."""
    for index in range(len(errors) - 1):
        if all(
            later <= errors[index] + uncertainty
            for later, uncertainty in zip(errors[index + 1 :], uncertainties[index + 1 :], strict=True)
        ):
            return index, True
    return len(errors) - 1, False
