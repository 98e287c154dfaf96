"""Pair amplitudes f(x, y) of a pair-product state: which ones are tied, with which sign, and where to start.

An antiperiodic direction multiplies f by -1 for every pair that is joined across its edge. On the projected (spin)
state this changes nothing but the momenta the pairs are made of, and with them the total momentum of a chain.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

_GAP = 0.4
"""d-wave gap of the starting guess in units of the hopping."""
_FLOOR = 0.15
"""Smallest gap used where the d-wave gap vanishes: pairs there would all be occupied, f infinite."""


@dataclass(frozen=True)
class PairOrbits:
    """f(x, y) = sign(x, y) phi[orbit(x, y)], tied by translations and by f(x, y) = f(y, x) (singlet pairs).

    Attributes:
        lattice: Sites and translations.
        antiperiodic: Per direction of a periodic lattice, whether f changes sign across its edge.
        cell: Extents of the cell within which pairs are not tied, per direction; (1, 1) ties all translations.
        is_singlet: Tie f(x, y) = f(y, x).
    """

    lattice: Lattice
    antiperiodic: tuple[bool, ...]
    cell: tuple[int, ...]
    is_singlet: bool = True

    @cached_property
    def _tables(self) -> tuple[Integers, Reals]:
        n = self.lattice.n_sites
        orbit, sign = np.full((n, n), -1, dtype=np.int64), np.zeros((n, n))
        translations = self._translations()
        gauges = [self._gauge(step) for step in translations]
        count = 0
        for x in range(n):
            for y in range(n):
                if orbit[x, y] >= 0:
                    continue
                members: dict[tuple[int, int], float] = {}
                vanishes = False
                for step, gauge in zip(translations, gauges, strict=True):
                    a, b, value = int(step[x]), int(step[y]), float(gauge[x] * gauge[y])
                    images = [(a, b), (b, a)] if self.is_singlet else [(a, b)]
                    for image in images:
                        # The same pair reached with both signs: its amplitude is zero by symmetry.
                        vanishes |= members.setdefault(image, value) != value
                for (a, b), value in members.items():
                    orbit[a, b], sign[a, b] = count, 0.0 if vanishes else value
                count += 1
        return self._without_zeros(orbit, sign)

    @staticmethod
    def _without_zeros(orbit: Integers, sign: Reals) -> tuple[Integers, Reals]:
        """Renumber so that only orbits with a free amplitude are counted."""
        alive = np.unique(orbit[sign != 0])
        number = np.zeros(int(orbit.max()) + 1, dtype=np.int64)
        number[alive] = np.arange(len(alive))
        return number[orbit], sign

    def _translations(self) -> list[Integers]:
        coordinates = self.lattice.coordinates
        if self.lattice.boundary == "open":
            return [np.arange(self.lattice.n_sites, dtype=np.int64)]
        return [
            np.asarray(step, dtype=np.int64)
            for step in self.lattice.translations
            if not np.any(coordinates[step[0]] % np.array(self.cell))
        ]

    def _gauge(self, step: Integers) -> Reals:
        """-1 for the sites a translation carries across an antiperiodic edge."""
        coordinates = self.lattice.coordinates
        crossed = (coordinates[step] < coordinates) & np.array(self.antiperiodic)
        return np.where(crossed.sum(axis=1) % 2, -1.0, 1.0)

    @property
    def orbit(self) -> Integers:
        """Number of the amplitude of each pair, shape (n_sites, n_sites)."""
        return self._tables[0]

    @property
    def sign(self) -> Reals:
        """Its sign, 0 where symmetry forbids the pair, shape (n_sites, n_sites)."""
        return self._tables[1]

    @property
    def n_orbits(self) -> int:
        """Number of free amplitudes."""
        return int(self.orbit.max()) + 1

    def matrix(self, phi: Reals) -> Reals:
        """f, shape (n_sites, n_sites)."""
        values: Reals = self.sign * phi[self.orbit]
        return values

    def project(self, f: Reals) -> Reals:
        """The amplitudes phi of the tied matrix next to ``f``, shape (n_orbits,)."""
        total = np.bincount(self.orbit.ravel(), (self.sign * f).ravel(), self.n_orbits)
        weight = np.bincount(self.orbit.ravel(), np.abs(self.sign).ravel(), self.n_orbits)
        return np.asarray(total / np.maximum(weight, 1), dtype=np.float64)


def best_antiperiodic(shape: tuple[int, ...], n_pairs: int) -> tuple[bool, ...]:
    """Edges for which the mean-field levels at half filling close a shell.

    On a chain of N sites with N/2 pairs, translation by one site multiplies the projected state by
    -1 (periodic) or +1 (antiperiodic); the antiferromagnet has momentum 0 for even and pi for odd N/2, and so the
    choice is forced. On a square lattice both are even; an extent of 4 m has levels at zero energy unless one edge is
    antiperiodic.
    """
    if len(shape) == 1:
        return (n_pairs % 2 == 0,)
    return (False,) * (len(shape) - 1) + (shape[-1] % 4 == 0,)


def d_wave_guess(lattice: Lattice, antiperiodic: tuple[bool, ...]) -> Reals:
    """f(x, y) of a BCS state at half filling with gap cos kx - cos ky (a uniform gap on a chain).

    f_k = (E_k - e_k) / D_k with E_k^2 = e_k^2 + D_k^2 and e_k = -2 sum cos k. C. Gros, Phys. Rev. B 38, 931 (1988).
    """
    shape = np.array(lattice.shape)
    grids = np.meshgrid(
        *[
            2 * np.pi * (np.arange(extent) + 0.5 * edge) / extent
            for extent, edge in zip(shape, antiperiodic, strict=True)
        ],
        indexing="ij",
    )
    k = np.stack([grid.ravel() for grid in grids], axis=1)
    cosines = np.cos(k)
    energy = -2 * cosines.sum(axis=1)
    gap = _GAP * 2 * (cosines[:, 0] - cosines[:, 1]) if len(shape) == 2 else np.full(len(k), _GAP)
    gap = np.where(gap < 0, np.minimum(gap, -_FLOOR), np.maximum(gap, _FLOOR))
    amplitude = (np.hypot(energy, gap) - energy) / gap
    distance = lattice.coordinates[:, None, :] - lattice.coordinates[None, :, :]
    waves = np.cos(distance @ k.T)
    return np.asarray(waves @ amplitude / lattice.n_sites, dtype=np.float64)


def hartree_fock_orbitals(lattice: Lattice, staggered: float) -> tuple[Reals, Reals]:
    """Orbitals of electrons hopping on the nearest-neighbour bonds in a staggered field, ascending in energy.

    The field is +-staggered on the two sublattices, opposite for up and down electrons: the mean field of an
    antiferromagnet. Where there are no sublattices, a small site-dependent field lifts degeneracies instead.

    Args:
        lattice: Sites and bonds.
        staggered: Strength of the field in units of the hopping.

    Returns:
        Orbitals of the up and of the down electrons, columns of shape (n_sites, n_sites).
    """
    hopping = np.zeros((lattice.n_sites, lattice.n_sites))
    i, j = lattice.neighbours.T
    hopping[i, j] = hopping[j, i] = -1.0
    if lattice.sublattice is None:
        field = 0.05 * np.cos(1.0 + 2.4 * np.arange(lattice.n_sites))
    else:
        field = staggered * lattice.sublattice.astype(np.float64)
    up, down = (np.linalg.eigh(hopping + np.diag(side * field))[1] for side in (-1.0, 1.0))
    return up, down
