"""One-dimensional characters: momenta of the translations, and the names A1, A2, B1, B2 of point-group irreps.

With (U_g psi)(s) = psi(s o g), (s o g)_i = s_g(i), a state belongs to a character chi when U_g psi = chi(g) psi.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices.space_group import SpaceGroup

IrrepName = Literal["A1", "A2", "B1", "B2"]
Reals = NDArray[np.float64]


def point_group_characters(group: SpaceGroup, name: IrrepName) -> Reals:
    """Characters +1 and -1 of a one-dimensional irrep, shape (order,).

    A or B: even or odd under the smallest rotation. 1 or 2: even or odd under the mirror whose line lies closest to
    the first axis; on a chain, under the reflection.

    Raises:
        InvalidInput: The point group has no such irrep.
    """
    proper, angles = group.is_proper, group.angles
    n_turns = len(np.unique(np.round(angles[proper], 6)))
    mirrors = np.unique(np.round(angles[~proper], 6))
    if name[0] == "B" and n_turns % 2:
        raise InvalidInput(f"the point group of this lattice has no irrep {name}: no rotation of even order")
    if name[1] == "2" and not len(mirrors):
        raise InvalidInput(f"the point group of this lattice has no irrep {name}: no reflection")
    characters = np.ones(group.order)
    turn = -1.0 if name[0] == "B" else 1.0
    mirror = -1.0 if name[1] == "2" else 1.0
    # A mirror line turns by half the angle of the rotation that is multiplied to the reflection.
    characters[proper] = turn ** np.round(angles[proper] * n_turns / (2 * np.pi))
    if len(mirrors):
        characters[~proper] = mirror * turn ** np.round((angles[~proper] - mirrors[0]) * n_turns / np.pi)
    return characters


def wave_vector(momentum: tuple[int, ...], shape: tuple[int, ...], periods: Reals) -> Reals:
    """k with k . period_d = 2 pi momentum_d, shape (d,).

    Raises:
        InvalidInput: Not one integer for each direction.
    """
    if len(momentum) != len(shape):
        raise InvalidInput(f"a lattice of {len(shape)} extent(s) has momenta of {len(shape)} number(s)")
    vector = np.asarray(np.linalg.solve(periods, 2 * np.pi * np.array(momentum, dtype=np.float64)), dtype=np.float64)
    return vector


def translation_characters(group: SpaceGroup, k: Reals) -> NDArray[np.complex128]:
    """exp(-i k . t) of each shift: T_t |r> = |r + t> takes the plane wave exp(i k r) into exp(-i k t) times itself."""
    phase = np.exp(-1j * (group.shifts @ k))
    # Momenta 0 and pi have characters +1 and -1 without rounding.
    return np.asarray(np.where(np.abs(phase.imag) < 1e-12, np.sign(phase.real), phase), dtype=np.complex128)


def leaves_invariant(group: SpaceGroup, k: Reals, periods: Reals) -> NDArray[np.bool_]:
    """The little group of k: elements with R k = k up to a reciprocal vector of the primitive lattice.

    Args:
        group: Elements R.
        k: Wave vector.
        periods: Rows a with exp(i G . a) = 1 for those reciprocal vectors G: the primitive vectors.
    """
    moved = (group.rotations @ k - k) @ periods.T / (2 * np.pi)
    result = np.asarray((np.abs(moved - np.round(moved)) < 1e-6).all(axis=1))
    return result
