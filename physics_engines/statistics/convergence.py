"""Split R-hat: do several chains, and the halves of each, sample the same distribution?

A. Gelman et al., Bayesian Data Analysis, 3rd edition, eqs. (11.1)-(11.4).
"""

import numpy as np
from numpy.typing import ArrayLike

from physics_engines.errors import InvalidInput
from physics_engines.statistics.series import as_chains


def split_r_hat(chains: ArrayLike) -> float:
    """Potential scale reduction factor of chains that were each cut in two.

    Args:
        chains: Shape (n,) or (n_chains, n) with n >= 4; the middle value of an odd n is left out.

    Returns:
        About 1 for chains that agree (above 1.05 is suspect); infinite when constant chains disagree.

    Raises:
        InvalidInput: Fewer than four values per chain, unequal lengths, or a value that is not finite.
    """
    arrays = as_chains(chains)
    length = arrays[0].size
    if length < 4 or any(array.size != length for array in arrays):
        raise InvalidInput("split R-hat needs chains of equal length with at least four values each")
    half = length // 2
    parts = np.array([part for array in arrays for part in (array[:half], array[length - half :])])
    # Decided by comparison: the variance of a constant series is rounding noise, not zero.
    if bool(np.all(parts == parts[:, :1])):
        return 1.0 if bool(np.all(parts == parts[0, 0])) else float("inf")
    within = float(parts.var(axis=1, ddof=1).mean())
    means = parts.mean(axis=1)
    between = half * float(means.var(ddof=1))
    return float(np.sqrt(((half - 1) / half * within + between / half) / within))
