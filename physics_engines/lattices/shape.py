"""What can be said of a lattice from its name and extents alone, without building it."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

Boundary = Literal["periodic", "open"]
LatticeName = Literal["chain", "square", "triangular", "honeycomb", "kagome", "graph"]

DIMENSIONS: dict[LatticeName, int] = {
    "chain": 1, "square": 2, "triangular": 2, "honeycomb": 2, "kagome": 2, "graph": 1,
}  # fmt: skip
"""Number of extents. Those of a lattice count unit cells; the one of a graph is its number of sites."""
SITES_PER_CELL: dict[LatticeName, int] = {
    "chain": 1, "square": 1, "triangular": 1, "honeycomb": 2, "kagome": 3, "graph": 1,
}  # fmt: skip
BONDS_PER_CELL: dict[LatticeName, tuple[int, int]] = {
    "chain": (1, 1), "square": (2, 2), "triangular": (3, 3), "honeycomb": (3, 6), "kagome": (6, 6), "graph": (0, 0),
}  # fmt: skip
"""Nearest and second-neighbour bonds per unit cell of a large periodic lattice."""


def name_of(shape: Sequence[int]) -> LatticeName:
    """The plain lattice of so many extents: a chain or a square lattice."""
    return "chain" if len(shape) == 1 else "square"


def count_sites(shape: Sequence[int], name: LatticeName | None = None) -> int:
    """Unit cells times sites per cell: 2 L1 L2 on the honeycomb lattice, 3 L1 L2 on the kagome lattice."""
    return math.prod(shape) * SITES_PER_CELL[name or name_of(shape)]


def is_bipartite(shape: Sequence[int], boundary: Boundary, name: LatticeName | None = None) -> bool:
    """True when the nearest-neighbour bonds of a lattice join two sublattices.

    An odd periodic extent of a chain or square lattice closes a ring of odd length, and triangular and kagome lattices
    are made of triangles: the antiferromagnet on them is frustrated and no Marshall sign rule holds. A graph is not
    known by its extent: see ``signs_of``.
    """
    kind = name or name_of(shape)
    if kind in ("chain", "square"):
        return boundary == "open" or all(extent % 2 == 0 for extent in shape)
    return kind == "honeycomb"


def signs_of(n_sites: int, bonds: Iterable[tuple[int, int, bool]]) -> list[int] | None:
    """Signs +1 and -1 of the sites that differ across each bond marked True and agree across the others.

    Args:
        n_sites: Number of sites.
        bonds: Pairs of sites, and whether their signs must differ.

    Returns:
        One sign per site, +1 at the lowest site of each connected part; None where no such signs exist.
    """
    links: list[list[tuple[int, int]]] = [[] for _ in range(n_sites)]
    for i, j, differ in bonds:
        sign = -1 if differ else 1
        links[i].append((j, sign))
        links[j].append((i, sign))
    signs = [0] * n_sites
    for start in range(n_sites):
        if signs[start]:
            continue
        signs[start] = 1
        waiting = [start]
        while waiting:
            site = waiting.pop()
            for other, sign in links[site]:
                if signs[other] == 0:
                    signs[other] = sign * signs[site]
                    waiting.append(other)
                elif signs[other] != sign * signs[site]:
                    return None
    return signs
