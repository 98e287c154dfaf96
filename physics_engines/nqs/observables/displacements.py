"""Pairs of sites sorted by their displacement, which is what correlations are averaged over."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import ResourceLimit
from physics_engines.lattices import Lattice

Real = NDArray[np.float64]
_DIGITS = 9
_MAX_GRAPH_SITES = 40


@dataclass(frozen=True)
class Displacements:
    """All pairs of different sites, grouped by displacement.

    r and -r are one displacement. On a periodic lattice of one site per cell the pairs of one displacement are the
    images of one another under translation and exchange of the two sites; in general they are all pairs that far apart
    in that direction. A graph has no displacements: there each pair stands for itself.

    Attributes:
        vectors: In units of the neighbour distance, shortest periodic image, row 0 is the zero vector; shape
            (n, dimension), for a graph (n, 0).
        pairs: For each displacement the pairs of sites, int64 (n_pairs, 2); empty for row 0.
        sign: +1 where the two sites lie on the same sublattice, -1 where on different ones; shape (n,). None where
            there are no sublattices.
        n_sites: Number of sites.
    """

    vectors: Real
    pairs: tuple[NDArray[np.int64], ...]
    sign: Real | None
    n_sites: int

    @property
    def distances(self) -> Real:
        """Length of each displacement; zeros for a graph."""
        lengths: Real = np.sqrt((self.vectors**2).sum(axis=1))
        return lengths

    @property
    def multiplicity(self) -> Real:
        """Ordered pairs of each displacement divided by the number of sites, shape (n,); 1 for the zero vector."""
        counts = [1.0, *(2 * len(pairs) / self.n_sites for pairs in self.pairs[1:])]
        return np.array(counts)

    def name(self, index: int) -> str:
        """ "r = 3" on a chain, "r = (1, 2)" on a square lattice, "sites (0, 3)" on a graph."""
        vector = [f"{part:.4g}" for part in self.vectors[index]]
        if not vector:
            return f"sites ({', '.join(map(str, self.pairs[index][0]))})" if index else "one site"
        return f"r = {vector[0]}" if len(vector) == 1 else f"r = ({', '.join(vector)})"


def displacements_of(lattice: Lattice) -> Displacements:
    """All displacements of a lattice, by distance.

    Raises:
        ResourceLimit: A graph of more than 40 sites, whose pairs are all different.
    """
    first, second = np.triu_indices(lattice.n_sites, k=1)
    pairs = np.stack([first, second], axis=1).astype(np.int64)
    if lattice.kind == "graph":
        if lattice.n_sites > _MAX_GRAPH_SITES:
            raise ResourceLimit(
                f"every pair of a graph is measured by itself, so correlations take at most {_MAX_GRAPH_SITES} sites, "
                f"not {lattice.n_sites}"
            )
        groups = [pair[None] for pair in pairs]
        vectors = np.zeros((len(groups) + 1, 0))
    else:
        steps = lattice.positions[second] - lattice.positions[first]
        unique, inverse = np.unique(_canonical(steps, lattice), axis=0, return_inverse=True)
        order = np.lexsort((*unique.T[::-1], np.round((unique**2).sum(axis=1), _DIGITS)))
        sorted_pairs = np.argsort(inverse.ravel(), kind="stable")
        edges = np.searchsorted(inverse.ravel()[sorted_pairs], np.arange(len(unique) + 1))
        groups = [pairs[sorted_pairs[edges[k] : edges[k + 1]]] for k in order]
        vectors = np.concatenate([np.zeros((1, steps.shape[1])), unique[order]])
    sign = None
    if lattice.sublattice is not None:
        colour = lattice.sublattice.astype(np.float64)
        sign = np.array([1.0, *(colour[group[0, 0]] * colour[group[0, 1]] for group in groups)])
    return Displacements(vectors, (np.empty((0, 2), dtype=np.int64), *groups), sign, lattice.n_sites)


def _canonical(steps: Real, lattice: Lattice) -> Real:
    """One vector for all periodic images of r and -r: of the shortest the lexicographically largest."""
    images = [steps, -steps]
    if lattice.boundary == "periodic":
        periods = lattice.periods
        inside = steps - np.round(steps @ np.linalg.inv(periods)) @ periods
        shifts = [np.array(shift) @ periods for shift in product((-1, 0, 1), repeat=len(periods))]
        images = [sign * (inside + shift) for shift in shifts for sign in (1, -1)]
    candidates = np.round(np.stack(images), _DIGITS) + 0.0
    lengths = np.round((candidates**2).sum(axis=2), _DIGITS - 2)
    is_short = lengths <= lengths.min(axis=0)
    best = np.full(steps.shape, -np.inf)
    for vectors, short in zip(candidates, is_short, strict=True):
        differs = best != vectors
        axis = np.argmax(differs, axis=1)
        rows = np.arange(len(steps))
        larger = short & differs.any(axis=1) & (vectors[rows, axis] > best[rows, axis])
        best[larger] = vectors[larger]
    return best
