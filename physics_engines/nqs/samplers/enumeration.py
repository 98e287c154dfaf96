"""No sampling at all: every state of the sector with its exact weight, for small systems."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.exact import as_configurations, sector_states
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.sampling import Sample, random_configurations

_NEGLIGIBLE = 1e-200
"""Probability below which a state is left out: its local energy could overflow, its share of any mean cannot."""
_BLOCK = 4096


class Enumeration:
    """See ``Sampler``: the sample is all states, with weights |psi|^2 / <psi|psi>, and means over it have no error.

    Args:
        backend: Holds the parameters.
        hamiltonian: Its sector is enumerated.
        n_chains: Walkers that are kept for whoever goes on by Markov chains; each draw places them independently by
            the exact distribution.
    """

    def __init__(self, backend: Backend, hamiltonian: Hamiltonian, n_chains: int) -> None:
        self._backend = backend
        self._hamiltonian = hamiltonian
        self._n_chains = n_chains
        states = sector_states(hamiltonian)
        self._configurations = as_configurations(states, hamiltonian.n_sites)

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``."""
        self._backend.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return random_configurations(self._hamiltonian, self._n_chains, rng)

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``; the numbers of records and discarded sweeps do not matter."""
        blocks = range(0, len(self._configurations), _BLOCK)
        parts = [self._backend.log_psi(self._configurations[start : start + _BLOCK]).real for start in blocks]
        log_psi = np.concatenate(parts)
        uniforms = rng.random(len(walkers))
        with np.errstate(invalid="ignore", over="ignore"):
            weights = np.exp(2 * (log_psi - log_psi.max()))
            weights /= weights.sum()
        if not np.isfinite(weights).all():
            # The local energies of such a wave function are not finite either; let them say so.
            return Sample(self._configurations[None], 1.0, np.full(len(weights), np.nan), is_random=False)
        chosen = np.searchsorted(np.cumsum(weights), uniforms * (1 - 1e-12))
        walkers[...] = self._configurations[np.minimum(chosen, len(weights) - 1)]
        kept = weights >= _NEGLIGIBLE
        return Sample(self._configurations[kept][None], 1.0, weights[kept], is_random=False)

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return walkers
