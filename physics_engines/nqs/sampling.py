"""Markov chains over spin configurations: start, random streams, samples."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import Hamiltonian

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_BLOCK = 2**21
"""Random numbers drawn at a time."""


@dataclass(frozen=True)
class Sample:
    """What the chains visited.

    Attributes:
        configurations: int8, shape (n_chains, n_per_chain, n_sites).
        acceptance: Accepted share of the proposals that change the configuration; NaN when there was none.
        weights: Shape (n_samples,), adding up to 1, of ``flat``; None where every configuration counts alike.
        is_random: False where the configurations are all states of the sector and the weights their probabilities.
    """

    configurations: NDArray[np.int8]
    acceptance: float
    weights: NDArray[np.float64] | None = None
    is_random: bool = True

    @property
    def flat(self) -> NDArray[np.int8]:
        """All configurations, chain after chain, shape (n_samples, n_sites)."""
        return self.configurations.reshape(-1, self.configurations.shape[-1])

    @property
    def shape(self) -> tuple[int, int]:
        """(n_chains, n_per_chain)."""
        return self.configurations.shape[0], self.configurations.shape[1]

    def average(self, values: Numbers) -> Numbers:
        """Mean of values over the sample, (n_samples, ...) to (...): weighted where there are weights."""
        if self.weights is None:
            return cast(Numbers, values.mean(axis=0))
        return cast(Numbers, np.tensordot(self.weights, values, axes=1))


def random_configurations(hamiltonian: Hamiltonian, n_chains: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Independent random starts, int8 (n_chains, n_units), in the sector of the Hamiltonian."""
    n_sites = hamiltonian.n_sites
    if not hamiltonian.conserves_magnetisation:
        return rng.integers(0, 2, size=(n_chains, n_sites), dtype=np.int8) * 2 - 1
    counts = hamiltonian.occupied or (n_sites // 2,)
    blocks = []
    for count in counts:
        spins = np.repeat(np.array([1, -1], dtype=np.int8), (count, n_sites - count))
        blocks.append(rng.permuted(np.tile(spins, (n_chains, 1)), axis=1))
    return np.concatenate(blocks, axis=1)


def draw(
    backend: Backend, configurations: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator
) -> Sample:
    """Move the chains on and record them once per sweep (n_sites proposals).

    Args:
        backend: Holds the parameters.
        configurations: Where the chains stand, (n_chains, n_sites); moved in place.
        n_records: Configurations to record per chain.
        n_discard: Sweeps thrown away first.
        rng: Advanced by a number of draws that depends on the arguments only.
    """
    n_chains, n_sites = configurations.shape
    size = max(1, _BLOCK // (n_chains * n_sites))
    parts: list[NDArray[np.int8]] = []
    proposed = accepted = 0
    total = n_discard + n_records
    for start in range(0, total, size):
        uniforms = rng.random((min(size, total - start), n_chains, n_sites))
        records, block_proposed, block_accepted = backend.sweep(configurations, uniforms)
        parts.append(records)
        proposed += int(block_proposed.sum())
        accepted += int(block_accepted.sum())
    whole = np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0]
    acceptance = accepted / proposed if proposed else float("nan")
    return Sample(np.ascontiguousarray(whole[:, n_discard:]), acceptance)
