"""Parallel tempering: each chain takes along replicas that sample |psi|^(2 beta) and swaps places with them.

R. H. Swendsen and J.-S. Wang, Phys. Rev. Lett. 57, 2607 (1986). A heated replica crosses valleys of |psi|^2 that would
hold up a chain at beta = 1.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.backend import Tempered
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.sampling import Sample, random_configurations


class ParallelTempering:
    """See ``Sampler``: a ladder beta = 1, 1 - 1/R, ..., 1/R of R replicas for each chain.

    After each sweep of all replicas neighbours on the ladder are offered to swap, first (1, 2), (3, 4), ..., after the
    next sweep (2, 3), (4, 5), ....

    Args:
        walker: Backend that knows powers of |psi|^2.
        hamiltonian: Its moves are proposed.
        n_chains: Independent chains, of which each is one ladder.
        n_replicas: R, at least 2.
    """

    def __init__(self, walker: Tempered, hamiltonian: Hamiltonian, n_chains: int, n_replicas: int) -> None:
        self._walker = walker
        self._hamiltonian = hamiltonian
        self._n_chains = n_chains
        self._betas = 1 - np.arange(n_replicas) / n_replicas
        self._powers = np.tile(self._betas, n_chains)

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``."""
        self._walker.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """See ``Sampler``; walkers are ordered chain after chain, from beta = 1 down."""
        return random_configurations(self._hamiltonian, len(self._powers), rng)

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``; the acceptance is that of the moves at beta = 1."""
        n_replicas, n_sites = len(self._betas), walkers.shape[1]
        ladders = walkers.reshape(self._n_chains, n_replicas, n_sites)
        records = np.empty((self._n_chains, n_records, n_sites), dtype=np.int8)
        proposed = accepted = 0
        for sweep in range(-n_discard, n_records):
            uniforms = rng.random((1, len(walkers), n_sites))
            _, tried, taken = self._walker.sweep_tempered(walkers, uniforms, self._powers)
            proposed += int(tried[::n_replicas].sum())
            accepted += int(taken[::n_replicas].sum())
            self._swap(ladders, sweep % 2, rng)
            if sweep >= 0:
                records[:, sweep] = ladders[:, 0]
        return Sample(records, accepted / proposed if proposed else float("nan"))

    def _swap(self, ladders: NDArray[np.int8], first: int, rng: np.random.Generator) -> None:
        n_chains, n_replicas, n_sites = ladders.shape
        uniforms = rng.random((n_chains, n_replicas))
        values = self._walker.log_psi(ladders.reshape(-1, n_sites)).real.reshape(n_chains, n_replicas)
        cold = np.arange(first, n_replicas - 1, 2)
        difference = (self._betas[cold] - self._betas[cold + 1]) * (values[:, cold + 1] - values[:, cold])
        with np.errstate(over="ignore", invalid="ignore"):
            chain, pair = np.nonzero(uniforms[:, cold] < np.exp(2 * difference))
        below = ladders[chain, cold[pair]]
        ladders[chain, cold[pair]] = ladders[chain, cold[pair] + 1]
        ladders[chain, cold[pair] + 1] = below

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return np.ascontiguousarray(walkers[:: len(self._betas)])
