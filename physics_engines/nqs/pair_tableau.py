"""Compiled determinants of a pair product: ratios in O(1), updates in O(N^2).

The determinant is det F, F_kl = f(r_k, d_l), over the sites r of the up and d of the down particles; m further
columns hold orbitals that are always occupied (m = n_up - n_down). With Y the sites without up, Z those without
down particle, the tableau

    T = ( A   -A f_RZ             )      rows: d and orbitals, then Y
        ( f_YD A   f_YZ - f_YD A f_RZ )  columns: r, then Z;                        A = F^-1

is the principal pivot transform of f. Every hop is a pivot of T (A. W. Tucker 1960; for determinants this is the
Sherman-Morrison update): r_k -> y has det'/det = T[y, r_k], d_l -> z has det'/det = -T[d_l, z], and an exchange of
an up with a down particle is a 2 x 2 block pivot, whose ratio is that block's determinant. No ratio needs a vector
product.
"""

import numpy as np

from physics_engines.nqs.kernels import Integers, Reals, Spins, compiled_part

_ZERO = 1e-200
_ILL = 1e5
"""Size of the inverse above which block ratios lose digits by cancellation; determinants are then taken afresh."""


@compiled_part
def _is_filled(spins: Spins, is_spin: bool, n_sites: int, role: int, x: int) -> bool:
    """Whether site x holds an up (role 0) or a down particle (role 1)."""
    if role == 0:
        return bool(spins[x] > 0)
    if is_spin:
        return bool(spins[x] < 0)
    return bool(len(spins) == 2 * n_sites and spins[n_sites + x] > 0)


@compiled_part
def place(spins: Spins, is_spin: bool, n_sites: int, sites: Integers, slot: Integers) -> None:
    """Number the particles: sites[0] up then empty of up, sites[1] down then empty of down; slot is the inverse.

    ``slot`` counts from 0 within each of the two parts.
    """
    for role in range(2):
        filled = 0
        for x in range(n_sites):
            if _is_filled(spins, is_spin, n_sites, role, x):
                sites[role, filled] = x
                slot[role, x] = filled
                filled += 1
        empty = 0
        for x in range(n_sites):
            if not _is_filled(spins, is_spin, n_sites, role, x):
                sites[role, filled + empty] = x
                slot[role, x] = empty
                empty += 1


@compiled_part
def _invert(matrix: Reals, swap: Integers) -> tuple[float, float]:
    """Gauss-Jordan inversion in place with row pivoting; returns sign and log|det|."""
    n = matrix.shape[0]
    sign, log_det = 1.0, 0.0
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if abs(matrix[i, k]) > abs(matrix[best, k]):
                best = i
        pivot = matrix[best, k]
        if not abs(pivot) > _ZERO:
            # A singular matrix: any tiny number serves, as its ratios are taken with this same determinant.
            pivot = _ZERO
        swap[k] = best
        if best != k:
            sign = -sign
            for j in range(n):
                matrix[k, j], matrix[best, j] = matrix[best, j], matrix[k, j]
        if pivot < 0:
            sign = -sign
        log_det += np.log(abs(pivot))
        matrix[k, k] = 1.0
        for j in range(n):
            matrix[k, j] /= pivot
        for i in range(n):
            if i != k:
                factor = matrix[i, k]
                matrix[i, k] = 0.0
                for j in range(n):
                    matrix[i, j] -= factor * matrix[k, j]
    for k in range(n - 1, -1, -1):
        other = swap[k]
        if other != k:
            for i in range(n):
                matrix[i, k], matrix[i, other] = matrix[i, other], matrix[i, k]
    return sign, log_det


@compiled_part
def determinant(
    f: Reals, orbitals: Reals, sites: Integers, n_up: int, n_down: int, inverse: Reals, swap: Integers
) -> tuple[float, float]:
    """Sign and log|det F| of one image; leaves F^-1 in ``inverse``."""
    for k in range(n_up):
        x = sites[0, k]
        for j in range(n_down):
            inverse[k, j] = f[x, sites[1, j]]
        for j in range(n_down, n_up):
            inverse[k, j] = orbitals[x, j - n_down]
    return _invert(inverse, swap)


@compiled_part
def tabulate(
    f: Reals, orbitals: Reals, sites: Integers, n_up: int, n_down: int, inverse: Reals, swap: Integers, tableau: Reals
) -> tuple[float, float, bool]:
    """Fill the tableau of one image from scratch; returns sign and log|det F|, and whether F is nearly singular."""
    n_sites = orbitals.shape[0]
    n_empty = tableau.shape[1] - n_up
    sign, log_det = determinant(f, orbitals, sites, n_up, n_down, inverse, swap)
    for k in range(n_up):
        for j in range(n_up):
            if not abs(inverse[k, j]) < _ILL:
                return sign, log_det, True
    for k in range(n_up):
        for j in range(n_up):
            tableau[k, j] = inverse[k, j]
    left = np.empty((n_sites - n_up, n_up))
    for c in range(n_sites - n_up):
        y = sites[0, n_up + c]
        for j in range(n_down):
            left[c, j] = f[y, sites[1, j]]
        for j in range(n_down, n_up):
            left[c, j] = orbitals[y, j - n_down]
    middle = np.dot(left, inverse)
    for c in range(n_sites - n_up):
        for j in range(n_up):
            tableau[n_up + c, j] = middle[c, j]
    if n_empty > 0:
        right = np.empty((n_up, n_empty))
        for k in range(n_up):
            for e in range(n_empty):
                right[k, e] = f[sites[0, k], sites[1, n_down + e]]
        upper = np.dot(inverse, right)
        for k in range(n_up):
            for e in range(n_empty):
                tableau[k, n_up + e] = -upper[k, e]
        corner = np.dot(middle, right)
        for c in range(n_sites - n_up):
            for e in range(n_empty):
                tableau[n_up + c, n_up + e] = f[sites[0, n_up + c], sites[1, n_down + e]] - corner[c, e]
    return sign, log_det, False


@compiled_part
def _pivot(tableau: Reals, row: int, column: int) -> None:
    """Exchange one output with one input of the tableau."""
    inverse = 1.0 / tableau[row, column]
    n_rows, n_columns = tableau.shape
    for j in range(n_columns):
        tableau[row, j] *= -inverse
    tableau[row, column] = inverse
    for i in range(n_rows):
        if i != row:
            factor = tableau[i, column]
            tableau[i, column] = 0.0
            for j in range(n_columns):
                tableau[i, j] += factor * tableau[row, j]
    # With the entry of the pivot column cleared first, the loop above left factor * inverse there.


@compiled_part
def _pivot_pair(tableau: Reals, b: int, c: int, a: int, e: int) -> None:
    """Exchange of an up and a down particle: outputs (x_b, y_c) with inputs (y_a, x_e), kept in their places."""
    p, q, r, s = tableau[b, a], tableau[b, e], tableau[c, a], tableau[c, e]
    scale = 1.0 / (p * s - q * r)
    # Inverse of the block: outputs (y_a, x_e) of inputs (x_b, y_c).
    i00, i01, i10, i11 = s * scale, -q * scale, -r * scale, p * scale
    n_rows, n_columns = tableau.shape
    for j in range(n_columns):
        first, second = tableau[b, j], tableau[c, j]
        tableau[c, j] = -(i00 * first + i01 * second)
        tableau[b, j] = -(i10 * first + i11 * second)
    for i in range(n_rows):
        if i in (b, c):
            continue
        first, second = tableau[i, a], tableau[i, e]
        tableau[i, a] = 0.0
        tableau[i, e] = 0.0
        for j in range(n_columns):
            tableau[i, j] += first * tableau[c, j] + second * tableau[b, j]
        tableau[i, e] = first * i00 + second * i10
        tableau[i, a] = first * i01 + second * i11
    tableau[b, a], tableau[b, e] = i11, i10
    tableau[c, a], tableau[c, e] = i01, i00


@compiled_part
def determinant_ratio(
    tableau: Reals, slot: Integers, i: int, j: int, is_spin: bool, n_sites: int, n_up: int, first_is_filled: bool
) -> float:
    """det'/det of a move between units i and j, of which one is filled (spin: one up, one down)."""
    start, end = (i, j) if first_is_filled else (j, i)
    if is_spin:
        a, e = slot[0, start], n_up + slot[1, start]
        c, b = n_up + slot[0, end], slot[1, end]
        ratio = tableau[b, a] * tableau[c, e] - tableau[b, e] * tableau[c, a]
    elif start < n_sites:
        ratio = tableau[n_up + slot[0, end], slot[0, start]]
    else:
        ratio = -tableau[slot[1, start - n_sites], n_up + slot[1, end - n_sites]]
    return float(ratio)


@compiled_part
def carry_out(
    tableau: Reals, slot: Integers, i: int, j: int, is_spin: bool, n_sites: int, n_up: int, first_is_filled: bool
) -> None:
    """Update one tableau for a move; the lists are updated afterwards, once for all images."""
    start, end = (i, j) if first_is_filled else (j, i)
    if is_spin:
        _pivot_pair(tableau, slot[1, end], n_up + slot[0, end], slot[0, start], n_up + slot[1, start])
    elif start < n_sites:
        _pivot(tableau, n_up + slot[0, end], slot[0, start])
    else:
        _pivot(tableau, slot[1, start - n_sites], n_up + slot[1, end - n_sites])


@compiled_part
def relabel(
    sites: Integers, slot: Integers, i: int, j: int, is_spin: bool, n_sites: int, n_up: int, n_down: int,
    first_is_filled: bool,
) -> None:  # fmt: skip
    """Update the lists of particles and holes for a move."""
    start, end = (i, j) if first_is_filled else (j, i)
    for role in range(2):
        if is_spin:
            source, target = (start, end) if role == 0 else (end, start)
        elif (start < n_sites) == (role == 0):
            source, target = start - role * n_sites, end - role * n_sites
        else:
            continue
        n_filled = n_up if role == 0 else n_down
        a, c = slot[role, source], slot[role, target]
        slot[role, source], slot[role, target] = c, a
        sites[role, a] = target
        sites[role, n_filled + c] = source


@compiled_part
def fresh_ratio(
    f: Reals, orbitals: Reals, sites: Integers, slot: Integers, n_up: int, n_down: int, i: int, j: int, is_spin: bool,
    first_is_filled: bool, sign: float, log_det: float, inverse: Reals, swap: Integers,
) -> float:  # fmt: skip
    """det'/det of a move by a determinant of its own; for matrices too singular for a tableau."""
    n_sites = orbitals.shape[0]
    relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, first_is_filled)
    new_sign, new_log = determinant(f, orbitals, sites, n_up, n_down, inverse, swap)
    relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, not first_is_filled)
    return float(sign * new_sign * np.exp(new_log - log_det))
