"""Space groups of finite clusters: all rigid motions that map the cluster, with its boundary, onto itself.

A motion is x -> R x + t with an orthogonal R; on a periodic cluster positions are equal when they differ by a period.
It is kept as a permutation of the sites where it also maps every given set of bonds onto itself.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput

Reals = NDArray[np.float64]
Integers = NDArray[np.int64]

_RESOLUTION = 2**20
"""Cells per period into which positions are sorted to be found again."""
_CENTRES = 6
"""Points of high symmetry have coordinates that are multiples of a sixth of a primitive vector."""


@dataclass(frozen=True)
class SpaceGroup:
    """Motions of a cluster, each as a permutation of its sites; the first is the identity.

    Two motions may be the same permutation on a very small cluster; both are kept.

    Attributes:
        permutations: Shape (order, n_sites); ``permutations[g, i]`` is where site i goes.
        rotations: Orthogonal parts R, shape (order, d, d).
        shifts: Translations t, shape (order, d); origin of x where the positions have it.
    """

    permutations: Integers
    rotations: Reals
    shifts: Reals

    @property
    def order(self) -> int:
        """Number of motions."""
        return len(self.permutations)

    @cached_property
    def distinct(self) -> Integers:
        """The different permutations, in the order of their first motion."""
        _, first = np.unique(self.permutations, axis=0, return_index=True)
        return self.permutations[np.sort(first)]

    @cached_property
    def angles(self) -> Reals:
        """Angle of each rotation in the plane, or of the mirror line; 0 on a chain; shape (order,), in radians."""
        if self.rotations.shape[-1] == 1:
            return np.zeros(self.order)
        turn = np.arctan2(self.rotations[:, 1, 0], self.rotations[:, 0, 0])
        angle: Reals = np.where(self.is_proper, turn % (2 * np.pi), (turn / 2) % np.pi)
        return np.where(np.abs(angle - np.where(self.is_proper, 2 * np.pi, np.pi)) < 1e-9, 0.0, angle)

    @cached_property
    def is_proper(self) -> NDArray[np.bool_]:
        """True for rotations, False for reflections, shape (order,)."""
        result = np.asarray(np.linalg.det(self.rotations) > 0)
        return result

    @cached_property
    def is_translation(self) -> NDArray[np.bool_]:
        """True where R = 1, shape (order,)."""
        result = np.asarray((np.abs(self.rotations - np.eye(self.rotations.shape[-1])) < 1e-9).all(axis=(1, 2)))
        return result

    def select(self, kept: NDArray[np.bool_] | Integers) -> "SpaceGroup":
        """The motions of that mask or those numbers."""
        return SpaceGroup(self.permutations[kept], self.rotations[kept], self.shifts[kept])


def identity_group(n_sites: int) -> SpaceGroup:
    """The group of the identity alone."""
    return SpaceGroup(np.arange(n_sites, dtype=np.int64)[None, :], np.ones((1, 1, 1)), np.zeros((1, 1)))


def space_group(positions: Reals, primitive: Reals, periods: Reals | None, bond_sets: Sequence[Integers]) -> SpaceGroup:
    """All motions of a cluster that map it and its bonds onto itself.

    Args:
        positions: Shape (n_sites, d), d = 1 or 2.
        primitive: Primitive vectors of the lattice as rows, shape (d, d).
        periods: Vectors along which the cluster repeats, as rows, shape (d, d); None for an open cluster.
        bond_sets: Arrays of shape (n_bonds, 2), each to be preserved.

    Raises:
        InvalidInput: A lattice of more than two dimensions.
    """
    n_sites, dimension = positions.shape
    if dimension > 2:
        raise InvalidInput(f"space groups are known here in one and two dimensions, not in {dimension}")
    find = _Finder(positions, periods)
    permutations, rotations, shifts = [], [], []
    for rotation in _rotations(primitive):
        if periods is not None and not _is_integer(periods @ rotation.T @ np.linalg.inv(periods)):
            continue
        turned = positions @ rotation.T
        for site in range(n_sites):
            shift = positions[site] - turned[0]
            image = find(turned + shift)
            if image is not None and all(_maps_onto_itself(image, bonds) for bonds in bond_sets):
                permutations.append(image)
                rotations.append(rotation)
                shifts.append(shift)
    return SpaceGroup(np.array(permutations), np.array(rotations), np.array(shifts))


def point_group(group: SpaceGroup, primitive: Reals, periods: Reals | None, origin: Reals) -> SpaceGroup:
    """The largest subgroup that leaves a point fixed; of an open cluster, the whole group.

    Of several such points the first is taken, beginning with ``origin``: on a square lattice the group of a site.
    On a periodic cluster a point is fixed when it moves by a period.

    Args:
        group: The space group.
        primitive: Primitive vectors as rows.
        periods: Periods as rows, or None.
        origin: A point of the lattice, shape (d,).
    """
    if periods is None:
        return group
    inverse = np.linalg.inv(periods)
    best: NDArray[np.bool_] | None = None
    for steps in itertools.product(range(_CENTRES), repeat=len(origin)):
        centre = origin + np.array(steps) / _CENTRES @ primitive
        moved = (group.rotations @ centre + group.shifts - centre) @ inverse
        fixed = np.asarray((np.abs(moved - np.round(moved)) < 1e-6).all(axis=1))
        if best is None or fixed.sum() > best.sum():
            best = fixed
    assert best is not None
    return group.select(best)


def _is_integer(matrix: Reals) -> bool:
    return bool(np.abs(matrix - np.round(matrix)).max() < 1e-6)


def _rotations(primitive: Reals) -> list[Reals]:
    """Orthogonal matrices that map the lattice onto itself, identity first, rotations before reflections."""
    dimension = len(primitive)
    inverse = np.linalg.inv(primitive)
    found = []
    for entries in itertools.product((1, 0, -1), repeat=dimension * dimension):
        matrix = (inverse @ np.array(entries).reshape(dimension, dimension) @ primitive).T
        if np.abs(matrix @ matrix.T - np.eye(dimension)).max() < 1e-9:
            found.append(matrix)
    found.sort(key=lambda matrix: (round(-np.linalg.det(matrix)), round(-np.trace(matrix), 6)))
    return found


class _Finder:
    """Finds the sites at given positions."""

    def __init__(self, positions: Reals, periods: Reals | None) -> None:
        self._periodic = periods is not None
        if periods is None:
            size = max(float(np.ptp(positions)), 1.0) * 2
            self._origin: Reals = positions.min(axis=0) - size / 4
            self._inverse: Reals = np.eye(positions.shape[1]) / size
        else:
            self._origin, self._inverse = positions[0], np.asarray(np.linalg.inv(periods), dtype=np.float64)
        keys = self._keys(positions)
        self._order = np.argsort(keys)
        self._sorted = keys[self._order]

    def _keys(self, positions: Reals) -> Integers:
        # The odd offset keeps lattice points, which are simple fractions of a period, away from the cell edges.
        cells = np.floor((positions - self._origin) @ self._inverse * _RESOLUTION + 0.3718).astype(np.int64)
        if self._periodic:
            cells %= _RESOLUTION
        else:
            cells = np.clip(cells, -1, _RESOLUTION)
        keys: Integers = cells @ (4 * _RESOLUTION) ** np.arange(cells.shape[1])
        return keys

    def __call__(self, positions: Reals) -> Integers | None:
        keys = self._keys(positions)
        place = np.minimum(np.searchsorted(self._sorted, keys), len(keys) - 1)
        if not np.array_equal(self._sorted[place], keys):
            return None
        return np.asarray(self._order[place], dtype=np.int64)


def _maps_onto_itself(image: Integers, bonds: Integers) -> bool:
    n_sites = len(image)

    def keys(pairs: Integers) -> Integers:
        return np.sort(pairs.min(axis=1) * n_sites + pairs.max(axis=1))

    return len(bonds) == 0 or np.array_equal(keys(bonds), keys(image[bonds]))
