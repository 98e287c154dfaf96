"""Jackknife: error and bias of an arbitrary function of correlated samples.

B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans (SIAM, 1982), chapters 2 and 3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_engines.errors import InvalidInput


@dataclass(frozen=True)
class Jackknife:
    """A function of the samples with its error.

    Attributes:
        value: The function of all samples.
        error: One standard error.
        bias: Estimated bias of ``value``; subtract it to correct to first order.
        n_bins: Number of bins left out in turn.
    """

    value: float
    error: float
    bias: float
    n_bins: int


def jackknife(
    samples: ArrayLike, function: Callable[[NDArray[np.float64]], float], *, n_bins: int | None = None
) -> Jackknife:
    """Leave out one bin of consecutive samples at a time.

    Args:
        samples: Shape (n,) or (n, ...): the first axis counts samples in the order they were drawn. Bins must
            be much longer than tau_int for the error to hold.
        function: Real function of the samples that are left, which keep their shape (n_left, ...).
        n_bins: Number of bins; by default 128, or one per sample where there are fewer.

    Raises:
        InvalidInput: Fewer than two samples, a value that is not finite, an impossible number of bins, or a
            function value that is not finite.
    """
    data = np.asarray(samples, dtype=np.float64)
    if data.ndim == 0 or data.shape[0] < 2:
        raise InvalidInput("the jackknife needs at least two samples")
    if not np.isfinite(data).all():
        raise InvalidInput("the samples hold a value that is not finite")
    count = min(128, data.shape[0]) if n_bins is None else n_bins
    if not 2 <= count <= data.shape[0]:
        raise InvalidInput(f"{data.shape[0]} samples can be cut into 2 to {data.shape[0]} bins, not {count}")
    edges = np.linspace(0, data.shape[0], count + 1).astype(int)
    value = float(function(data))
    left_out = np.array([function(np.concatenate([data[:start], data[stop:]])) for start, stop in pairwise(edges)])
    if not (np.isfinite(value) and np.isfinite(left_out).all()):
        raise InvalidInput("the function of the samples is not finite")
    centre = float(left_out.mean())
    error = float(np.sqrt((count - 1) / count * np.sum((left_out - centre) ** 2)))
    return Jackknife(value=value, error=error, bias=(count - 1) * (centre - value), n_bins=count)
