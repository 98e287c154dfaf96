"""What a way to sample |psi|^2 offers to the engine."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.sampling import Sample


class Sampler(Protocol):
    """Draws configurations of one ansatz on one Hamiltonian.

    All it remembers between calls are the parameters; where the walkers stand is the caller's, who saves it in a
    restart file. There may be more walkers than chains: ``targets`` picks those that sample |psi|^2.
    """

    def set_parameters(self, parameters: Parameters) -> None:
        """Sample this wave function from now on."""

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """Where the walkers begin, in the sector of the Hamiltonian, int8 (n_walkers, n_sites)."""

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """Move on and record.

        Args:
            walkers: Where they stand, (n_walkers, n_sites); moved in place.
            n_records: Configurations to record per chain.
            n_discard: Sweeps thrown away first.
            rng: Advanced by a number of draws that depends on the arguments only.
        """

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """Those walkers that sample |psi|^2, int8 (n_chains, n_sites)."""
