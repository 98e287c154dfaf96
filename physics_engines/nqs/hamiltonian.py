"""A spin-1/2 Hamiltonian as tables: diagonal bonds and off-diagonal moves.

In the sigma^z basis (s_i = +1, -1) every model of this engine reads

    <s|H|s> = sum_b zz_b s_i s_j,      <s'|H|s> = amplitude_m  where s' = move m applied to s.

A move either exchanges two antiparallel spins or flips one spin.
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

    @property
    def n_sites(self) -> int:
        """Number of spins."""
        return self.lattice.n_sites


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
        rotation=None if rotation is None else np.array(rotation, dtype=np.int8),
    )
