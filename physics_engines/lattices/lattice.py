"""Chain and square lattice with open or periodic boundary."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices.shape import Boundary, is_bipartite
from physics_engines.lattices.space_group import SpaceGroup, point_group, space_group


@dataclass(frozen=True)
class Lattice:
    """A hypercubic lattice: one extent makes a chain, two a square lattice.

    Sites are numbered row by row: on a square lattice site x * shape[1] + y has coordinates (x, y).

    A bond is a pair of distinct sites, and each pair occurs once. So a periodic edge of length 2 has one bond,
    not two (the two ways around reach the same neighbour), and equals an open edge. Extents of 1 are refused:
    a periodic one would bond a site to itself, an open one is a lattice of lower dimension.

    Attributes:
        shape: Extent in each direction, one or two numbers of at least 2.
        boundary: The same in every direction.

    Raises:
        InvalidInput: An extent below 2, or neither one nor two extents.
    """

    shape: tuple[int, ...]
    boundary: Boundary = "periodic"

    def __post_init__(self) -> None:
        if len(self.shape) not in (1, 2):
            raise InvalidInput(f"a lattice has one or two extents, not {len(self.shape)}")
        if min(self.shape) < 2:
            raise InvalidInput(
                f"every extent must be at least 2, not {'x'.join(map(str, self.shape))}; "
                "a lattice of one row is a chain"
            )

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return int(np.prod(self.shape))

    @cached_property
    def coordinates(self) -> NDArray[np.int64]:
        """Shape (n_sites, dimension)."""
        return np.stack(np.unravel_index(np.arange(self.n_sites), self.shape), axis=1)

    @property
    def primitive_vectors(self) -> NDArray[np.float64]:
        """Rows a_1, a_2."""
        return np.eye(len(self.shape))

    @property
    def positions(self) -> NDArray[np.float64]:
        """Real-space position of each site."""
        return self.coordinates.astype(np.float64)

    @cached_property
    def neighbours(self) -> NDArray[np.int64]:
        """Nearest-neighbour bonds, shape (n_bonds, 2), each pair once with the smaller site first."""
        return self._bonds(np.eye(len(self.shape), dtype=np.int64))

    @cached_property
    def next_neighbours(self) -> NDArray[np.int64]:
        """Second-neighbour bonds: distance 2 on a chain, diagonals on a square lattice; shape (n_bonds, 2).

        On very small periodic lattices a pair that is already a nearest-neighbour pair is left out.
        """
        steps = [[2]] if len(self.shape) == 1 else [[1, 1], [1, -1]]
        nearest = {tuple(bond) for bond in self.neighbours.tolist()}
        bonds = self._bonds(np.array(steps, dtype=np.int64))
        kept = [bond for bond in bonds.tolist() if tuple(bond) not in nearest]
        return np.array(kept, dtype=np.int64).reshape(-1, 2)

    def _bonds(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        found: dict[tuple[int, int], None] = {}
        for site, position in enumerate(self.coordinates):
            for step in steps:
                target = position + step
                if self.boundary == "periodic":
                    target = target % self.shape
                elif np.any(target < 0) or np.any(target >= self.shape):
                    continue
                other = int(np.ravel_multi_index(tuple(target), self.shape))
                if other != site:
                    found.setdefault((min(site, other), max(site, other)))
        return np.array(list(found), dtype=np.int64).reshape(-1, 2)

    @cached_property
    def sublattice(self) -> NDArray[np.int8] | None:
        """+1 and -1 on the two sublattices of the nearest-neighbour bonds; None where there are none."""
        if not is_bipartite(self.shape, self.boundary):
            return None
        return np.asarray(1 - 2 * (self.coordinates.sum(axis=1) % 2), dtype=np.int8)

    @cached_property
    def translations(self) -> NDArray[np.int64]:
        """All translations as permutations, shape (n_translations, n_sites).

        ``translations[t, i]`` is where site i goes; t numbers the image of site 0. An open lattice has only
        the identity.
        """
        if self.boundary == "open":
            return np.arange(self.n_sites, dtype=np.int64)[None, :]
        moved = (self.coordinates[:, None, :] + self.coordinates[None, :, :]) % self.shape
        return np.asarray(np.ravel_multi_index(tuple(np.moveaxis(moved, -1, 0)), self.shape), dtype=np.int64)

    @property
    def periods(self) -> NDArray[np.float64]:
        """Vectors after which a periodic cluster repeats, as rows."""
        return np.array(self.shape, dtype=np.float64)[:, None] * self.primitive_vectors

    @cached_property
    def space_group(self) -> SpaceGroup:
        """Translations and point group of the cluster; an open one has only its point group."""
        periods = self.periods if self.boundary == "periodic" else None
        bonds = (self.neighbours, self.next_neighbours)
        return space_group(self.positions, self.primitive_vectors, periods, bonds)

    @cached_property
    def point_group(self) -> SpaceGroup:
        """Rotations and reflections about site 0 or, where more of them leave it fixed, another point."""
        periods = self.periods if self.boundary == "periodic" else None
        return point_group(self.space_group, self.primitive_vectors, periods, self.positions[0])
