"""What all estimators of this package accept: one or several chains of finite real numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_engines.errors import InvalidInput

Chains = list[NDArray[np.float64]]


def as_chains(series: ArrayLike | Sequence[ArrayLike]) -> Chains:
    """One array per chain.

    Args:
        series: Shape (n,) for one chain, (n_chains, n) for several of equal length, or a list of arrays of
            different lengths.

    Raises:
        InvalidInput: No chain or an empty one, fewer than two values in all, a value that is not finite or not real.
    """
    if isinstance(series, list | tuple) and any(np.ndim(item) > 0 for item in series):
        arrays = [np.asarray(item) for item in series]
    else:
        whole = np.asarray(series)
        if whole.ndim not in (1, 2):
            raise InvalidInput(f"a series has shape (n,) or (n_chains, n), not {whole.shape}")
        arrays = [whole] if whole.ndim == 1 else list(whole)
    if not arrays or any(array.ndim != 1 or array.size == 0 for array in arrays):
        raise InvalidInput("every chain must be a one-dimensional series with at least one value")
    if any(np.iscomplexobj(array) for array in arrays):
        raise InvalidInput("a series must be real; analyse real and imaginary part separately")
    chains = [np.asarray(array, dtype=np.float64) for array in arrays]
    if sum(chain.size for chain in chains) < 2:
        raise InvalidInput("an error bar needs at least two values")
    for number, chain in enumerate(chains):
        bad = np.flatnonzero(~np.isfinite(chain))
        if bad.size:
            raise InvalidInput(f"chain {number} holds a value that is not finite ({chain[bad[0]]}) at index {bad[0]}")
    return chains


def is_constant(chains: Chains) -> bool:
    """True when all values of all chains are equal (exactly: rounding of a mean must not look like noise)."""
    first = chains[0][0]
    return all(bool(np.all(chain == first)) for chain in chains)
