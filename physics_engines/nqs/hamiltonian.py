"""A spin-1/2 Hamiltonian as tables: diagonal bonds and off-diagonal moves.

In the sigma^z basis (s_i = +1, -1) every model of this engine reads

    <s|H|s> = sum_b zz_b s_i s_j,      <s'|H|s> = amplitude_m  where s' = move m applied to s.

A move either exchanges two antiparallel spins or flips one spin.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice
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
        conserves_magnetisation: True when only the sector S^z = 0 is visited.
        is_rotated: True when one sublattice is rotated by pi about z (Marshall basis).
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

    @property
    def n_sites(self) -> int:
        """Number of spins."""
        return self.lattice.n_sites


def build_hamiltonian(spec: SpinModelSpec) -> Hamiltonian:
    """The tables of a Spec, in units of its coupling J.

    Exchange models on a bipartite lattice are written in the Marshall basis, where the off-diagonal element of a
    bond between sublattices is negative. W. Marshall, Proc. R. Soc. A 232, 48 (1955).
    """
    lattice = Lattice(spec.shape, spec.boundary)
    near = lattice.neighbours
    if spec.model == "tfim":
        flips = np.stack([np.arange(lattice.n_sites), np.full(lattice.n_sites, -1)], axis=1)
        return Hamiltonian(
            lattice=lattice,
            bonds=near,
            zz=-np.ones(len(near)),
            moves=flips.astype(np.int64),
            amplitudes=np.full(lattice.n_sites, -spec.field),
            conserves_magnetisation=False,
            is_rotated=False,
        )
    bonds, strength = near, np.ones(len(near))
    if spec.j2 != 0:
        far = lattice.next_neighbours
        bonds = np.concatenate([near, far])
        strength = np.concatenate([strength, np.full(len(far), spec.j2)])
    sign = np.ones(len(bonds))
    if lattice.sublattice is not None:
        sign = (lattice.sublattice[bonds[:, 0]] * lattice.sublattice[bonds[:, 1]]).astype(np.float64)
    return Hamiltonian(
        lattice=lattice,
        bonds=bonds,
        zz=strength / 4,
        moves=bonds,
        amplitudes=sign * strength / 2,
        conserves_magnetisation=True,
        is_rotated=lattice.sublattice is not None,
        n_up=lattice.n_sites // 2,
        rotation=lattice.sublattice,
    )
