"""Chain, square, triangular, honeycomb and kagome lattice with open or periodic boundary, and any graph."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices.shape import (
    DIMENSIONS,
    SITES_PER_CELL,
    Boundary,
    LatticeName,
    count_sites,
    name_of,
    signs_of,
)
from physics_engines.lattices.space_group import SpaceGroup, identity_group, point_group, space_group

_ROOT3 = 3**0.5
_PRIMITIVE: dict[str, list[list[float]]] = {
    "chain": [[1.0]],
    "square": [[1.0, 0.0], [0.0, 1.0]],
    "triangular": [[1.0, 0.0], [0.5, _ROOT3 / 2]],
    "honeycomb": [[_ROOT3, 0.0], [_ROOT3 / 2, 1.5]],
    "kagome": [[2.0, 0.0], [1.0, _ROOT3]],
}
_BASIS: dict[str, list[list[float]]] = {
    "honeycomb": [[0.0, 0.0], [_ROOT3 / 2, 0.5]],
    "kagome": [[0.0, 0.0], [1.0, 0.0], [0.5, _ROOT3 / 2]],
}

Pair = tuple[int, int]


@dataclass(frozen=True)
class Lattice:
    """A finite lattice, or a graph given by its edges.

    Extents count unit cells along the primitive vectors, so a honeycomb lattice has 2 L1 L2 sites and a kagome lattice
    3 L1 L2. Cells are numbered row by row and the sites of a cell stand together: site
    (x * shape[1] + y) * n_basis + b. Nearest neighbours have distance 1.

    A bond is a pair of distinct sites, and each pair occurs once. So a periodic edge of length 2 has one bond,
    not two (the two ways around reach the same neighbour), and equals an open edge. Extents of 1 are refused:
    a periodic one would bond a site to itself, an open one is a lattice of lower dimension.

    Attributes:
        shape: Extent in each direction, at least 2 each; for a graph its number of sites.
        boundary: The same in every direction; a graph has none and counts as open.
        name: Kind of lattice; where not given, a chain for one extent and a square lattice for two.
        edges: Pairs of sites that are neighbours; of a graph only.

    Raises:
        InvalidInput: An extent below 2, a number of extents that does not fit, or an edge that is none.
    """

    shape: tuple[int, ...]
    boundary: Boundary = "periodic"
    name: LatticeName | None = None
    edges: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        if len(self.shape) not in (1, 2):
            raise InvalidInput(f"a lattice has one or two extents, not {len(self.shape)}")
        if min(self.shape) < 2:
            raise InvalidInput(
                f"every extent must be at least 2, not {'x'.join(map(str, self.shape))}; "
                "a lattice of one row is a chain"
            )
        if len(self.shape) != DIMENSIONS[self.kind]:
            raise InvalidInput(f"a {self.kind} lattice takes {DIMENSIONS[self.kind]} extent(s), not {len(self.shape)}")
        if self.edges and self.kind != "graph":
            raise InvalidInput(f"edges make a graph; a {self.kind} lattice has its own")
        if self.kind == "graph" and self.boundary == "periodic":
            raise InvalidInput("a graph has no boundary that could be periodic; its edges say it all")
        pairs = {(min(edge), max(edge)) for edge in self.edges}
        if len(pairs) != len(self.edges) or any(not 0 <= i < j < self.shape[0] for i, j in pairs):
            raise InvalidInput("each edge of a graph joins two of its sites, and no pair occurs twice")

    @property
    def kind(self) -> LatticeName:
        """Name of the lattice."""
        return self.name or name_of(self.shape)

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return count_sites(self.shape, self.kind)

    @property
    def n_basis(self) -> int:
        """Sites per unit cell."""
        return SITES_PER_CELL[self.kind]

    @property
    def n_cells(self) -> int:
        """Number of unit cells."""
        return self.n_sites // self.n_basis

    @cached_property
    def coordinates(self) -> NDArray[np.int64]:
        """Unit cell of each site, shape (n_sites, n_extents)."""
        cells = np.stack(np.unravel_index(np.arange(self.n_cells), self.shape), axis=1)
        return np.repeat(cells.astype(np.int64), self.n_basis, axis=0)

    @cached_property
    def basis_index(self) -> NDArray[np.int64]:
        """Place of each site in its unit cell, shape (n_sites,)."""
        return np.tile(np.arange(self.n_basis, dtype=np.int64), self.n_cells)

    @cached_property
    def primitive_vectors(self) -> NDArray[np.float64]:
        """Rows a_1, a_2 in units of the neighbour distance, shape (n_extents, n_extents); (0, 0) of a graph."""
        return np.array(_PRIMITIVE[self.kind]) if self.kind != "graph" else np.zeros((0, 0))

    @cached_property
    def basis(self) -> NDArray[np.float64]:
        """Positions of the sites of the first cell, shape (n_basis, n_extents); (1, 0) of a graph."""
        return np.array(_BASIS.get(self.kind, [[0.0] * len(self.primitive_vectors)]))

    @cached_property
    def positions(self) -> NDArray[np.float64]:
        """Real-space position of each site, shape (n_sites, n_extents); a graph has none, shape (n_sites, 0)."""
        if self.kind == "graph":
            return np.zeros((self.n_sites, 0))
        return np.asarray(self.coordinates @ self.primitive_vectors + self.basis[self.basis_index])

    @cached_property
    def neighbours(self) -> NDArray[np.int64]:
        """Nearest-neighbour bonds, shape (n_bonds, 2), each pair once with the smaller site first."""
        if self.kind == "graph":
            return np.array([(min(edge), max(edge)) for edge in self.edges], dtype=np.int64).reshape(-1, 2)
        return self._bonds(self._steps(0))

    @cached_property
    def next_neighbours(self) -> NDArray[np.int64]:
        """Second-neighbour bonds, shape (n_bonds, 2): the second smallest distance of the infinite lattice.

        Distance 2 on a chain, the diagonals on a square lattice, sqrt(3) on the others; none on a graph. On very small
        periodic lattices a pair that is already a nearest-neighbour pair is left out.
        """
        if self.kind == "graph":
            return np.zeros((0, 2), dtype=np.int64)
        nearest = {tuple(bond) for bond in self.neighbours.tolist()}
        kept = [bond for bond in self._bonds(self._steps(1)).tolist() if tuple(bond) not in nearest]
        return np.array(kept, dtype=np.int64).reshape(-1, 2)

    def _steps(self, shell: int) -> list[tuple[int, tuple[int, ...], int]]:
        """Bonds of one shell from a cell: place in it, displacement of the cell, place there; each bond once."""
        found: list[tuple[float, int, tuple[int, ...], int]] = []
        zero = (0,) * len(self.shape)
        for start, end in product(range(self.n_basis), repeat=2):
            for cell in product((2, 1, 0, -1, -2), repeat=len(self.shape)):
                if cell > zero or (cell == zero and start < end):
                    vector = np.array(cell) @ self.primitive_vectors + self.basis[end] - self.basis[start]
                    found.append((round(float(vector @ vector), 9), start, cell, end))
        distances = sorted({distance for distance, *_ in found})
        return [(start, cell, end) for distance, start, cell, end in found if distance == distances[shell]]

    def _bonds(self, steps: list[tuple[int, tuple[int, ...], int]]) -> NDArray[np.int64]:
        found: dict[Pair, None] = {}
        for site, (position, place) in enumerate(zip(self.coordinates, self.basis_index, strict=True)):
            for start, step, end in steps:
                if start != place:
                    continue
                target = position + step
                if self.boundary == "periodic":
                    target = target % self.shape
                elif np.any(target < 0) or np.any(target >= self.shape):
                    continue
                other = int(np.ravel_multi_index(tuple(target), self.shape)) * self.n_basis + end
                if other != site:
                    found.setdefault((min(site, other), max(site, other)))
        return np.array(list(found), dtype=np.int64).reshape(-1, 2)

    @cached_property
    def sublattice(self) -> NDArray[np.int8] | None:
        """+1 and -1 on the two sublattices of the nearest-neighbour bonds; None where there are none."""
        signs = signs_of(self.n_sites, [(i, j, True) for i, j in self.neighbours.tolist()])
        return None if signs is None else np.array(signs, dtype=np.int8)

    @cached_property
    def translations(self) -> NDArray[np.int64]:
        """All translations as permutations, shape (n_translations, n_sites).

        ``translations[t, i]`` is where site i goes; t numbers the cell that cell 0 goes to. An open lattice and a graph
        have only the identity.
        """
        if self.boundary == "open":
            return np.arange(self.n_sites, dtype=np.int64)[None, :]
        cells = self.coordinates[:: self.n_basis]
        moved = (cells[:, None, :] + self.coordinates[None, :, :]) % self.shape
        images = np.ravel_multi_index(tuple(np.moveaxis(moved, -1, 0)), self.shape) * self.n_basis
        return np.asarray(images + self.basis_index, dtype=np.int64)

    @property
    def periods(self) -> NDArray[np.float64]:
        """Vectors after which a periodic lattice repeats, as rows."""
        return np.array(self.shape, dtype=np.float64)[:, None] * self.primitive_vectors

    @cached_property
    def space_group(self) -> SpaceGroup:
        """Translations and point group; an open lattice has only its point group, a graph only the identity."""
        if self.kind == "graph":
            return identity_group(self.n_sites)
        periods = self.periods if self.boundary == "periodic" else None
        bonds = (self.neighbours, self.next_neighbours)
        return space_group(self.positions, self.primitive_vectors, periods, bonds)

    @cached_property
    def point_group(self) -> SpaceGroup:
        """Rotations and reflections about site 0 or, where more of them leave it fixed, another point."""
        if self.kind == "graph":
            return identity_group(self.n_sites)
        periods = self.periods if self.boundary == "periodic" else None
        return point_group(self.space_group, self.primitive_vectors, periods, self.positions[0])
