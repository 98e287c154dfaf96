"""Markov chains with more moves than the Hamiltonian has: far exchanges, and the flip of all spins."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.sampling import Sample, random_configurations

_FAR_SEED = 20_240_229
"""The far pairs are part of the method, not of the run: the same for every seed."""


def proposals(hamiltonian: Hamiltonian) -> NDArray[np.int64]:
    """Moves of the Hamiltonian, exchanges of first and second neighbours, and as many exchanges of far pairs.

    Every list of moves that are their own inverse, chosen with equal probability, keeps |psi|^2 stationary; those of
    the Hamiltonian in it keep the chain ergodic.

    Returns:
        Shape (n_moves, 2) as in ``Hamiltonian.moves``, each move once.
    """
    lattice = hamiltonian.lattice
    moves = dict.fromkeys(map(tuple, hamiltonian.moves.tolist()))
    near = [*lattice.neighbours.tolist(), *lattice.next_neighbours.tolist()]
    moves.update(dict.fromkeys(map(tuple, near)))
    n = hamiltonian.n_sites
    far = [(i, j) for i in range(n) for j in range(i + 1, n) if (i, j) not in moves]
    rng = np.random.default_rng(_FAR_SEED)
    kept = rng.permutation(len(far))[: max(len(near), n)]
    moves.update(dict.fromkeys(far[index] for index in np.sort(kept)))
    return np.array(list(moves), dtype=np.int64).reshape(-1, 2)


def walking(hamiltonian: Hamiltonian) -> Hamiltonian:
    """The tables a chain with these moves needs; it has no energy."""
    moves = proposals(hamiltonian)
    empty = np.zeros((0, 2), dtype=np.int64)
    return replace(hamiltonian, bonds=empty, zz=np.zeros(0), moves=moves, amplitudes=np.zeros(len(moves)))


class Composite:
    """See ``Sampler``: each sweep is n_sites exchanges of near and far pairs, then one flip of all spins.

    The flip of all spins is proposed where it stays in the sector: for S^z = 0, and where S^z is not conserved.

    Args:
        walker: Backend over ``walking(hamiltonian)``.
        hamiltonian: Of the model.
        n_chains: Independent chains.
    """

    def __init__(self, walker: Backend, hamiltonian: Hamiltonian, n_chains: int) -> None:
        self._walker = walker
        self._hamiltonian = hamiltonian
        self._n_chains = n_chains
        n_up = hamiltonian.n_up
        self._flips_all = n_up is None or 2 * n_up == hamiltonian.n_sites

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``."""
        self._walker.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return random_configurations(self._hamiltonian, self._n_chains, rng)

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``; the acceptance counts exchanges and single flips."""
        n_chains, n_sites = walkers.shape
        records = np.empty((n_chains, n_records, n_sites), dtype=np.int8)
        proposed = accepted = 0
        for sweep in range(-n_discard, n_records):
            _, tried, taken = self._walker.sweep(walkers, rng.random((1, n_chains, n_sites)))
            proposed += int(tried.sum())
            accepted += int(taken.sum())
            if self._flips_all:
                self._flip_all(walkers, rng)
            if sweep >= 0:
                records[:, sweep] = walkers
        return Sample(records, accepted / proposed if proposed else float("nan"))

    def _flip_all(self, walkers: NDArray[np.int8], rng: np.random.Generator) -> None:
        uniforms = rng.random(len(walkers))
        values = self._walker.log_psi(np.concatenate([walkers, -walkers])).real
        here, there = values[: len(walkers)], values[len(walkers) :]
        with np.errstate(over="ignore", invalid="ignore"):
            flipped = uniforms < np.exp(2 * (there - here))
        walkers[flipped] *= -1

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return walkers
