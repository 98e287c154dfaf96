"""Symmetry sectors: the elements and coefficients of a projection psi_P(s) = sum_g chi(g)^* psi(g s).

An element permutes the sites and may flip all spins: (g s)_i = f s_g(i). A state of the sector obeys
psi(g s) = chi(g) psi(s) in the plain sigma^z basis; the coefficients here hold for the rotated (Marshall) basis of the
Hamiltonian, in which an element that exchanges the sublattices brings a further sign.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices.irreps import (
    IrrepName,
    leaves_invariant,
    point_group_characters,
    translation_characters,
    wave_vector,
)
from physics_engines.lattices.space_group import SpaceGroup
from physics_engines.nqs.hamiltonian import Hamiltonian

SpinFlip = Literal["none", "even", "odd"]
_MAX_ELEMENTS = 4096


@dataclass(frozen=True)
class Sector:
    """Quantum numbers; what is None or "none" is left open.

    Attributes:
        momentum: Integers m_d, k_d = 2 pi m_d / L_d along each period.
        irrep: One-dimensional irrep of the point group, or of the little group of the momentum.
        spin_flip: "even" or "odd". Where total S^z = 0 is conserved, states of even or odd total spin S; else the
            eigenvalue +1 or -1 of the product of all sigma^x.
    """

    momentum: tuple[int, ...] | None = None
    irrep: IrrepName | None = None
    spin_flip: SpinFlip = "none"

    @property
    def is_open(self) -> bool:
        """True when nothing is fixed."""
        return self.momentum is None and self.irrep is None and self.spin_flip == "none"


@dataclass(frozen=True)
class Projection:
    """What ``Projected`` sums over.

    Attributes:
        permutations: (g s)_i = f s_g(i), shape (n_elements, n_sites).
        flips: f = +1 or -1, int8 (n_elements,).
        coefficients: chi(g)^* in the basis of the Hamiltonian, shape (n_elements,).
    """

    permutations: NDArray[np.int64]
    flips: NDArray[np.int8]
    coefficients: NDArray[np.complex128]

    @property
    def is_real(self) -> bool:
        """True when all coefficients are real."""
        return bool(np.all(self.coefficients.imag == 0))

    def images(self, configurations: NDArray[np.int8]) -> NDArray[np.int8]:
        """All g s, shape (..., n_elements, n_sites)."""
        return configurations[..., self.permutations] * self.flips[:, None]


def build_projection(hamiltonian: Hamiltonian, sector: Sector, *, tied: bool = False) -> Projection | None:
    """Elements and coefficients of a sector, or None where nothing is left to project.

    Args:
        hamiltonian: Model and lattice.
        sector: Quantum numbers.
        tied: The wave function is already invariant under all translations (in the basis of the Hamiltonian), so
            that only point group and spin flip are summed over.

    Raises:
        InvalidInput: The lattice or model has no such symmetry, the sector is empty, or tied weights have another
            momentum.
    """
    if sector.is_open:
        return None
    lattice_part, characters = _lattice_elements(hamiltonian, sector, tied)
    permutations, flips = lattice_part.permutations, np.ones(lattice_part.order, dtype=np.int8)
    if not are_symmetries(hamiltonian, permutations):
        raise InvalidInput("the couplings of this model do not have the symmetry of its lattice")
    characters = characters * _rotation_signs(hamiltonian, permutations)
    if sector.spin_flip != "none":
        sign = _flip_character(hamiltonian, sector.spin_flip)
        permutations = np.concatenate([permutations, permutations])
        flips = np.concatenate([flips, -flips])
        characters = np.concatenate([characters, sign * characters])
    projection = _without_repetition(permutations, flips, characters.conj())
    if len(projection.flips) > _MAX_ELEMENTS:
        raise InvalidInput(
            f"this sector sums over {len(projection.flips)} symmetry elements; the bound is {_MAX_ELEMENTS}"
        )
    is_trivial = len(projection.flips) == 1
    return None if is_trivial else projection


def translations_of_tied_weights(hamiltonian: Hamiltonian) -> Projection:
    """The sector of tied weights: invariant under all translations in the basis of the Hamiltonian."""
    moves = hamiltonian.lattice.translations
    return _without_repetition(moves, np.ones(len(moves), dtype=np.int8), np.ones(len(moves), dtype=np.complex128))


def _lattice_elements(
    hamiltonian: Hamiltonian, sector: Sector, tied: bool
) -> tuple[SpaceGroup, NDArray[np.complex128]]:
    lattice = hamiltonian.lattice
    identity = np.array([0])
    if sector.momentum is None and sector.irrep is None:
        return lattice.space_group.select(identity), np.ones(1, dtype=np.complex128)
    if sector.momentum is not None and lattice.boundary == "open":
        raise InvalidInput("an open lattice has no translations, so its states have no momentum")
    elements, characters = lattice.space_group.select(identity), np.ones(1, dtype=np.complex128)
    k = np.zeros(len(lattice.shape))
    if sector.momentum is not None:
        k = wave_vector(sector.momentum, lattice.shape, lattice.periods)
    if sector.irrep is not None:
        group = lattice.point_group
        elements = group.select(leaves_invariant(group, k, lattice.primitive_vectors))
        characters = point_group_characters(elements, sector.irrep).astype(np.complex128)
    if sector.momentum is None:
        return elements, characters
    translations = lattice.space_group.select(lattice.space_group.is_translation)
    if tied:
        factors = translation_characters(translations, k) * _rotation_signs(hamiltonian, translations.permutations)
        if np.abs(factors - 1).max() > 1e-9:
            raise InvalidInput(
                f"weights tied by translations carry another momentum than {_in_words(sector.momentum)}; "
                "take an ansatz without tied weights"
            )
        return elements, characters
    # Each element of the (little) space group once: a point-group element, then a translation.
    phases = translation_characters(translations, k)
    permutations = translations.permutations[:, elements.permutations].reshape(-1, lattice.n_sites)
    whole = SpaceGroup(permutations, np.tile(elements.rotations, (translations.order, 1, 1)), np.zeros((0, 0)))
    return whole, np.outer(phases, characters).ravel()


def are_symmetries(hamiltonian: Hamiltonian, permutations: NDArray[np.int64]) -> bool:
    """Every permutation maps diagonal terms and moves onto terms of the same strength."""
    n_sites = hamiltonian.n_sites

    def table(pairs: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        single = pairs[:, 1] < 0
        second = np.where(single, pairs[:, 0], pairs[:, 1])
        matrix = np.zeros((n_sites, n_sites))
        np.add.at(matrix, (pairs[:, 0], second), values)
        return matrix + np.where(np.eye(n_sites) > 0, 0, matrix.T)

    # The moves in the plain basis: their Marshall signs change with the sublattices.
    signs = np.ones(n_sites) if hamiltonian.rotation is None else hamiltonian.rotation.astype(np.float64)
    moves = hamiltonian.moves
    plain = np.where(moves[:, 1] < 0, 1.0, signs[moves[:, 0]] * signs[np.maximum(moves[:, 1], 0)])
    tables = (table(hamiltonian.bonds, hamiltonian.zz), table(moves, hamiltonian.amplitudes * plain))
    return all(np.allclose(matrix[np.ix_(g, g)], matrix) for matrix in tables for g in permutations)


def _rotation_signs(hamiltonian: Hamiltonian, permutations: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sign of each permutation in the rotated basis: (-1)^n_up where it exchanges rotated and other sites."""
    if hamiltonian.rotation is None or hamiltonian.n_up is None:
        return np.ones(len(permutations))
    kept = hamiltonian.rotation[permutations] * hamiltonian.rotation
    if not (kept == kept[:, :1]).all():
        raise InvalidInput("the rotated basis of this model mixes the wanted sector with others")
    return np.where(kept[:, 0] > 0, 1.0, (-1.0) ** hamiltonian.n_up)


def _flip_character(hamiltonian: Hamiltonian, spin_flip: SpinFlip) -> float:
    """Character of the flip of all spins in the basis of the Hamiltonian.

    A state of S^z = 0 and total spin S has the eigenvalue (-1)^(N/2 - S) of the product of all sigma^x: a rotation by
    pi about x is (-i)^N times that product, and (-1)^S.
    """
    sign = 1.0 if spin_flip == "even" else -1.0
    if hamiltonian.n_up is None:
        return sign
    if 2 * hamiltonian.n_up != hamiltonian.n_sites:
        raise InvalidInput("the flip of all spins maps a sector of S^z onto itself only where S^z = 0")
    sign *= (-1.0) ** (hamiltonian.n_sites // 2)
    rotated = 0 if hamiltonian.rotation is None else int((hamiltonian.rotation < 0).sum())
    return sign * (-1.0) ** rotated


def _without_repetition(
    permutations: NDArray[np.int64], flips: NDArray[np.int8], coefficients: NDArray[np.complex128]
) -> Projection:
    """Elements that act alike are added up; on a very small lattice they may cancel, and the sector is empty."""
    rows = np.concatenate([flips[:, None], permutations], axis=1)
    _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    sums = np.zeros(len(first), dtype=np.complex128)
    np.add.at(sums, place.ravel(), coefficients)
    kept = np.argsort(first)
    kept = kept[np.abs(sums[kept]) > 1e-9]
    if not len(kept):
        raise InvalidInput("this lattice is too small to have a state of that sector")
    scale = np.abs(sums[kept[0]])
    return Projection(permutations[first[kept]], flips[first[kept]], sums[kept] / scale)


def _in_words(momentum: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, momentum))})" if len(momentum) > 1 else str(momentum[0])
