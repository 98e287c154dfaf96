"""Pairs of sites sorted by their displacement, which is what correlations are averaged over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice


@dataclass(frozen=True)
class Displacements:
    """All pairs of different sites, grouped by displacement.

    r and -r are one displacement. On a periodic lattice the pairs of one displacement are the images of one another
    under translation and reflection of the pair; on an open one they are all pairs that far apart.

    Attributes:
        vectors: Shape (n, dimension), shortest periodic image, row 0 is the zero vector.
        pairs: For each displacement the pairs of sites, int64 (n_pairs, 2); empty for row 0.
        sign: +1 where the two sites lie on the same sublattice of even and odd coordinate sum, else -1; shape (n,).
            On a periodic lattice with an odd extent it has no meaning.
        n_sites: Number of sites.
    """

    vectors: NDArray[np.int64]
    pairs: tuple[NDArray[np.int64], ...]
    sign: NDArray[np.float64]
    n_sites: int

    @property
    def distances(self) -> NDArray[np.float64]:
        """Euclidean length of each displacement in units of the lattice constant."""
        lengths: NDArray[np.float64] = np.sqrt((self.vectors.astype(np.float64) ** 2).sum(axis=1))
        return lengths

    @property
    def multiplicity(self) -> NDArray[np.float64]:
        """Ordered pairs of each displacement divided by the number of sites, shape (n,); 1 for the zero vector."""
        counts = [1.0, *(2 * len(pairs) / self.n_sites for pairs in self.pairs[1:])]
        return np.array(counts)

    def name(self, index: int) -> str:
        """ "r = 3" on a chain, "r = (1, 2)" on a square lattice."""
        vector = self.vectors[index]
        return f"r = {vector[0]}" if len(vector) == 1 else f"r = ({', '.join(map(str, vector))})"


def displacements_of(lattice: Lattice) -> Displacements:
    """All displacements of a lattice, by distance."""
    shape = np.array(lattice.shape)
    first, second = np.triu_indices(lattice.n_sites, k=1)
    steps = lattice.coordinates[second] - lattice.coordinates[first]
    if lattice.boundary == "periodic":
        forward, backward = steps % shape, -steps % shape
        forward, backward = (np.where(v > shape // 2, v - shape, v) for v in (forward, backward))
    else:
        forward, backward = steps, -steps
    # Of r and -r the one that is larger lexicographically stands for both.
    larger = np.zeros(len(steps), dtype=bool)
    decided = np.zeros(len(steps), dtype=bool)
    for axis in range(steps.shape[1]):
        differ = ~decided & (forward[:, axis] != backward[:, axis])
        larger[differ] = forward[differ, axis] > backward[differ, axis]
        decided |= differ
    vectors = np.where(larger[:, None], forward, backward)
    unique, inverse = np.unique(vectors, axis=0, return_inverse=True)
    order = np.lexsort((*unique.T[::-1], (unique**2).sum(axis=1)))
    groups = np.argsort(inverse.ravel(), kind="stable")
    edges = np.searchsorted(inverse.ravel()[groups], np.arange(len(unique) + 1))
    pairs = np.stack([first, second], axis=1)
    grouped = [pairs[groups[edges[k] : edges[k + 1]]] for k in order]
    zero = np.zeros((1, len(shape)), dtype=np.int64)
    found = np.concatenate([zero, unique[order]])
    sign = 1.0 - 2.0 * (found.sum(axis=1) % 2)
    return Displacements(found, (np.empty((0, 2), dtype=np.int64), *grouped), sign, lattice.n_sites)
