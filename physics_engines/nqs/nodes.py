"""Is there more to a wave function than its sample shows? A probe of what lies one move away from the samples.

The variance of the local energy over |psi|^2 is the sum of |(H - E) psi|^2 over all configurations, of which a finite
sample sees only those it visits. Where an optimisation has pushed amplitudes towards zero that should not be zero (or
has left a little amplitude where there should be none), the rest of that sum sits exactly where nobody looks, and a
small variance says nothing. ``samplers.blurred`` looks there.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.samplers.blurred import blur
from physics_engines.statistics import jackknife

_N_PROBES = 512
_MOST_NEIGHBOURS = 2**15
"""Bound of the amplitudes computed for the probes; fewer probes where the Hamiltonian has many moves."""
_SHARE = 0.5
_FACTOR = 2.0
"""Ratio of the variances above which the sample has missed something that matters."""


def missed_variance(
    backend: Backend,
    hamiltonian: Hamiltonian,
    configurations: NDArray[np.int8],
    energy: float,
    variance: float,
    rng: np.random.Generator,
) -> float | None:
    """How many times larger the variance is with the neighbours of the samples than over the samples alone.

    Args:
        backend: Of the wave function, with its parameters set.
        hamiltonian: Of the model.
        configurations: Sample of |psi|^2, int8 (n_samples, n_units).
        energy: Mean local energy of the whole lattice.
        variance: Variance of the local energies of the sample.
        rng: Random stream.

    Returns:
        The ratio where it is significantly above two, else None.
    """
    number = min(_N_PROBES, len(configurations), max(64, _MOST_NEIGHBOURS // len(hamiltonian.moves)))
    chosen = configurations[np.linspace(0, len(configurations) - 1, number).astype(int)]
    probes, ratios = blur(backend, hamiltonian, chosen, _SHARE, rng)
    # Where few probes had a share, their plain mean is the estimate: the mean of the ratios is known to be 1.
    squares = ratios * np.abs(backend.local_energies(probes) - energy) ** 2
    if not np.isfinite(squares).all():
        return None
    found = jackknife(squares, lambda kept: float(kept.mean()))
    scale = max(variance, 1e-12 * max(1.0, energy**2))
    return found.value / scale if found.value - 4 * found.error > _FACTOR * scale else None
