"""Independent Markov chains by the moves of the Hamiltonian."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.sampling import Sample, draw, random_configurations


class Metropolis:
    """See ``Sampler``: exchanges along the bonds, or flips where S^z is not conserved.

    Args:
        backend: Holds the parameters; whoever made it sets them.
        hamiltonian: Its moves are proposed.
        n_chains: Independent chains.
    """

    def __init__(self, backend: Backend, hamiltonian: Hamiltonian, n_chains: int) -> None:
        self._backend = backend
        self._hamiltonian = hamiltonian
        self._n_chains = n_chains

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``."""
        self._backend.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return random_configurations(self._hamiltonian, self._n_chains, rng)

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``."""
        return draw(self._backend, walkers, n_records, n_discard, rng)

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return walkers
