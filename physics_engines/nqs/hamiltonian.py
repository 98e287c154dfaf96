"""A spin-1/2 or fermion Hamiltonian as tables: diagonal bonds and off-diagonal moves.

In the sigma^z basis (s_i = +1, -1) every model of this engine reads

    <s|H|s> = constant + sum_i z_i s_i + sum_b zz_b s_i s_j,
    <s'|H|s> = amplitude_m  where s' = move m applied to s.

A move either exchanges two antiparallel spins or flips one spin. Fermions are units too, +1 where there is one: of the
Hubbard model first the sites of the up, then those of the down electrons. A hop is an exchange; its element also has
the sign (-1)^(number of particles on the units between the two) (Jordan-Wigner).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice
from physics_engines.lattices.shape import signs_of
from physics_engines.nqs.spec import SpinModelSpec


@dataclass(frozen=True)
class Hamiltonian:
    """Tables of a model in units of J.

    Attributes:
        lattice: Sites and translations.
        bonds: Shape (n_bonds, 2), pairs of sites with a diagonal term.
        zz: Shape (n_bonds,), coefficient of s_i s_j.
        moves: Shape (n_moves, 2), sites (i, j) of an exchange or (i, -1) of a single flip.
        amplitudes: Shape (n_moves,), matrix element of each move, Marshall sign included.
        conserves_magnetisation: True when only one sector of S^z is visited.
        is_rotated: True when some sites are rotated by pi about z (Marshall basis).
        n_up: Number of up spins of the sector; None where S^z is not conserved.
        z: Shape (n_units,), coefficient of s_i; None where there is none.
        constant: Part of the diagonal that is the same for all states.
        occupied: Up spins, or particles of each kind, in the sector; None where nothing is conserved.
        is_fermionic: Exchanges are hops and carry the sign of the particles between.
        mean_energy: Average of the diagonal over the sector, the energy at infinite temperature.
        rotation: Signs of the rotated basis, int8 (n_sites,), -1 on the rotated sites; None where nothing is rotated
            by rule.
    """

    lattice: Lattice
    bonds: NDArray[np.int64]
    zz: NDArray[np.float64]
    moves: NDArray[np.int64]
    amplitudes: NDArray[np.float64]
    conserves_magnetisation: bool
    is_rotated: bool
    n_up: int | None = None
    rotation: NDArray[np.int8] | None = None
    z: NDArray[np.float64] | None = None
    constant: float = 0.0
    occupied: tuple[int, ...] | None = None
    is_fermionic: bool = False
    mean_energy: float = 0.0

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return self.lattice.n_sites

    @property
    def n_units(self) -> int:
        """Number of spins, or of places for a fermion."""
        return self.lattice.n_sites * (1 if self.occupied is None else len(self.occupied))

    @property
    def lower_bound(self) -> float:
        """An energy that no state is below: the smallest diagonal minus all of a row (Gershgorin's theorem)."""
        ones = 0.0 if self.z is None else np.abs(self.z).sum()
        return float(self.constant - np.abs(self.zz).sum() - ones - np.abs(self.amplitudes).sum())

    def diagonal(self, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        """<s|H|s> of configurations (n_samples, n_units), shape (n_samples,)."""
        spins = configurations.astype(np.float64)
        values = self.constant + (spins[:, self.bonds[:, 0]] * spins[:, self.bonds[:, 1]]) @ self.zz
        return np.asarray(values if self.z is None else values + spins @ self.z, dtype=np.float64)


def moved(configurations: NDArray[np.int8], moves: NDArray[np.int64]) -> NDArray[np.int8]:
    """Configurations (n, n_units) after one move each, moves (n, 2): units (i, j) exchanged, or i flipped (j < 0)."""
    after, rows = configurations.copy(), np.arange(len(configurations))
    i, j = moves.T
    first, second = configurations[rows, i], configurations[rows, j]
    after[rows, i] = np.where(j < 0, -first, second)
    after[rows, j] = np.where(j < 0, after[rows, j], first)
    return after


def build_lattice(spec: SpinModelSpec) -> Lattice:
    """The lattice of a Spec; for a table of couplings the graph of its pairs."""
    edges = tuple((i, j) for i, j, *_ in spec.couplings)
    return Lattice(spec.shape, spec.boundary, spec.lattice, edges)


def build_hamiltonian(spec: SpinModelSpec) -> Hamiltonian:
    """The tables of a Spec, in units of its coupling J.

    An exchange J_xy (S^x S^x + S^y S^y) + J_z S^z S^z has the diagonal J_z s s'/4 and the element J_xy/2 between
    antiparallel neighbours. Where signs of the sites exist that turn the elements of all nearest-neighbour bonds (of a
    table: of all its couplings) negative, the model is written in the basis rotated by them, the Marshall basis of an
    antiferromagnet on two sublattices. W. Marshall, Proc. R. Soc. A 232, 48 (1955).
    """
    lattice = build_lattice(spec)
    near = lattice.neighbours
    sign = 1.0 if spec.exchange == "antiferromagnetic" else -1.0
    if spec.model == "tfim":
        flips = np.stack([np.arange(lattice.n_sites), np.full(lattice.n_sites, -1)], axis=1)
        return Hamiltonian(
            lattice=lattice,
            bonds=near,
            zz=np.full(len(near), sign),
            moves=flips.astype(np.int64),
            amplitudes=np.full(lattice.n_sites, -spec.field),
            conserves_magnetisation=False,
            is_rotated=False,
        )
    if spec.is_fermionic:
        return _fermions(spec, lattice)
    bonds, jxy, jz = near, np.full(len(near), sign), np.full(len(near), sign * spec.delta)
    if spec.model == "couplings":
        jxy, jz = np.array([row[2] for row in spec.couplings]), np.array([row[3] for row in spec.couplings])
    rotation = signs_of(lattice.n_sites, [(i, j, x > 0) for (i, j), x in zip(near.tolist(), jxy, strict=True) if x])
    if spec.j2 != 0:
        far = lattice.next_neighbours
        bonds = np.concatenate([near, far])
        jxy, jz = (np.concatenate([strength, np.full(len(far), spec.j2)]) for strength in (jxy, jz))
    turned = np.ones(len(bonds))
    if rotation is not None:
        signs = np.array(rotation, dtype=np.float64)
        turned = signs[bonds[:, 0]] * signs[bonds[:, 1]]
    return Hamiltonian(
        lattice=lattice,
        bonds=bonds,
        zz=jz / 4,
        moves=bonds,
        amplitudes=turned * jxy / 2,
        conserves_magnetisation=True,
        is_rotated=rotation is not None and min(rotation) < 0,
        n_up=spec.n_up,
        occupied=spec.occupied,
        rotation=None if rotation is None else np.array(rotation, dtype=np.int8),
    )


def _fermions(spec: SpinModelSpec, lattice: Lattice) -> Hamiltonian:
    """Hopping -1 on every bond; U n_up n_down on every site, or V n_i n_j on every bond, with n = (1 + s)/2.

    Over a sector of fixed particle numbers the average of n_up n_down is n_up n_down / N^2, that of n_i n_j is
    n (n - 1) / (N (N - 1)).
    """
    n, near, strength = lattice.n_sites, lattice.neighbours, spec.interaction
    counts = spec.occupied or ()
    if spec.model == "hubbard":
        sites = np.arange(n, dtype=np.int64)
        moves, pairs = np.concatenate([near, near + n]), np.stack([sites, sites + n], axis=1)
        mean = strength * counts[0] * counts[1] / n
    else:
        moves, pairs = near, near
        mean = strength * len(near) * counts[0] * (counts[0] - 1) / (n * (n - 1))
    return Hamiltonian(
        lattice=lattice,
        bonds=pairs,
        zz=np.full(len(pairs), strength / 4),
        moves=moves,
        amplitudes=np.full(len(moves), -1.0),
        conserves_magnetisation=True,
        is_rotated=False,
        z=np.bincount(pairs.ravel(), minlength=n * len(counts)) * strength / 4,
        constant=len(pairs) * strength / 4,
        occupied=counts,
        is_fermionic=True,
        mean_energy=mean,
    )
