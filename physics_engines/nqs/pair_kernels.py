"""Compiled kernels of a pair-product state times an RBM: determinant ratios in O(1), updates in O(N^2).

The determinant is det F, F_kl = f(r_k, d_l), over the sites r of the up and d of the down particles; m further
columns hold orbitals that are always occupied (m = n_up - n_down). With Y the sites without up, Z those without
down particle, the tableau

    T = ( A   -A f_RZ             )      rows: d and orbitals, then Y
        ( f_YD A   f_YZ - f_YD A f_RZ )  columns: r, then Z;                        A = F^-1

is the principal pivot transform of f. Every hop is a pivot of T (A. W. Tucker 1960; for determinants this is the
Sherman-Morrison update): r_k -> y has det'/det = T[y, r_k], d_l -> z has det'/det = -T[d_l, z], and an exchange of
an up with a down particle is a 2 x 2 block pivot, whose ratio is that block's determinant. No ratio needs a vector
product.

A sum over symmetry images g (projection) holds one tableau and one set of hidden angles per image; all share the
lists r, d, Y, Z, since the image acts on f and on the weights instead.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.kernels import compiled

Spins = NDArray[np.int8]
Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

_REFRESH = 4
"""Records (sweeps) between fresh inversions."""
_ZERO = 1e-200
_ILL = 1e5
"""Size of the inverse above which block ratios lose digits by cancellation; determinants are then taken afresh."""
_SMALL = 1e-3
"""Ratio below which an accepted move is followed by a fresh inversion: the update lost that many digits."""


@compiled
def _place(spins: Spins, is_spin: bool, n_sites: int, sites: Integers, slot: Integers) -> None:
    """Number the particles: sites[0] up then empty of up, sites[1] down then empty of down; slot is the inverse.

    ``slot`` counts from 0 within each of the two parts.
    """
    for role in range(2):
        filled = 0
        for x in range(n_sites):
            if role == 0:
                here = spins[x] > 0
            elif is_spin:
                here = spins[x] < 0
            else:
                here = len(spins) == 2 * n_sites and spins[n_sites + x] > 0
            if here:
                sites[role, filled] = x
                slot[role, x] = filled
                filled += 1
        empty = 0
        for x in range(n_sites):
            if role == 0:
                here = spins[x] > 0
            elif is_spin:
                here = spins[x] < 0
            else:
                here = len(spins) == 2 * n_sites and spins[n_sites + x] > 0
            if not here:
                sites[role, filled + empty] = x
                slot[role, x] = empty
                empty += 1


@compiled
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


@compiled
def _determinant(
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


@compiled
def _tabulate(
    f: Reals, orbitals: Reals, sites: Integers, n_up: int, n_down: int, inverse: Reals, swap: Integers, tableau: Reals
) -> tuple[float, float, bool]:
    """Fill the tableau of one image from scratch; returns sign and log|det F|, and whether F is nearly singular."""
    n_sites = orbitals.shape[0]
    n_empty = tableau.shape[1] - n_up
    sign, log_det = _determinant(f, orbitals, sites, n_up, n_down, inverse, swap)
    if not np.abs(inverse).max() < _ILL:
        return sign, log_det, True
    tableau[:n_up, :n_up] = inverse
    left = np.empty((n_sites - n_up, n_up))
    for c in range(n_sites - n_up):
        y = sites[0, n_up + c]
        for j in range(n_down):
            left[c, j] = f[y, sites[1, j]]
        for j in range(n_down, n_up):
            left[c, j] = orbitals[y, j - n_down]
    middle = np.dot(left, inverse)
    tableau[n_up:, :n_up] = middle
    if n_empty > 0:
        right = np.empty((n_up, n_empty))
        for k in range(n_up):
            for e in range(n_empty):
                right[k, e] = f[sites[0, k], sites[1, n_down + e]]
        tableau[:n_up, n_up:] = -np.dot(inverse, right)
        corner = np.dot(middle, right)
        for c in range(n_sites - n_up):
            for e in range(n_empty):
                tableau[n_up + c, n_up + e] = f[sites[0, n_up + c], sites[1, n_down + e]] - corner[c, e]
    return sign, log_det, False


@compiled
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


@compiled
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


@compiled
def _ratio(
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


@compiled
def _carry_out(
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


@compiled
def _relabel(
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


@compiled
def _fresh_ratio(
    f: Reals, orbitals: Reals, sites: Integers, slot: Integers, n_up: int, n_down: int, i: int, j: int, is_spin: bool,
    first_is_filled: bool, sign: float, log_det: float, inverse: Reals, swap: Integers,
) -> float:  # fmt: skip
    """det'/det of a move by a determinant of its own; for matrices too singular for a tableau."""
    n_sites = orbitals.shape[0]
    _relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, first_is_filled)
    new_sign, new_log = _determinant(f, orbitals, sites, n_up, n_down, inverse, swap)
    _relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, not first_is_filled)
    return float(sign * new_sign * np.exp(new_log - log_det))


@compiled
def _angles(spins: Spins, gather: Integers, features: Reals, bias: Reals, halves: Reals) -> float:
    """1 -+ tanh(theta) of one image into ``halves`` (2, n_hidden); returns sum log cosh(theta)."""
    n_features, n_visible = features.shape
    n_translations = gather.shape[0]
    total = 0.0
    for t in range(n_translations):
        for feature in range(n_features):
            theta = bias[feature]
            for v in range(n_visible):
                theta += features[feature, v] * spins[gather[t, v]]
            h = feature * n_translations + t
            growth = np.exp(2 * theta)
            halves[0, h] = 2.0 / (1.0 + growth)
            halves[1, h] = 2.0 / (1.0 + 1.0 / growth)
            total += abs(theta) + np.log1p(np.exp(-2 * abs(theta))) - np.log(2.0)
    return total


@compiled
def _refresh(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    sites: Integers, slot: Integers, tableau: Reals, halves: Reals, weights: Reals, inverse: Reals, swap: Integers,
    ill: NDArray[np.bool_], det_signs: Reals, log_dets: Reals,
) -> float:  # fmt: skip
    """Everything of one configuration from scratch; the weights of the images sum to 1. Returns log|psi|."""
    n_sites = orbitals.shape[1]
    _place(spins, is_spin, n_sites, sites, slot)
    largest = -np.inf
    logs = np.empty(len(characters))
    for g in range(len(characters)):
        det_signs[g], log_dets[g], ill[g] = _tabulate(f[g], orbitals[g], sites, n_up, n_down, inverse, swap, tableau[g])
        weights[g] = det_signs[g] * characters[g]
        logs[g] = log_dets[g] + _angles(spins, gather[g], features, bias, halves[g])
        largest = max(largest, logs[g])
    total = 0.0
    for g in range(len(characters)):
        weights[g] *= np.exp(logs[g] - largest)
        total += weights[g]
    for g in range(len(characters)):
        weights[g] /= total
    return float(largest + np.log(abs(total)))


@compiled
def _rbm_ratio(halves: Reals, decay: Reals, up: Reals, down: Reals, a: int) -> float:
    b = 1 - a
    ratio = 1.0
    for k in range(halves.shape[1]):
        ratio *= decay[k] + up[k] * halves[a, k] + down[k] * halves[b, k]
    return float(ratio)


@compiled
def sweep(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    moves: Integers, moved: Integers, turned: NDArray[np.bool_],
    decay: Reals, up: Reals, down: Reals, growth: Reals,
    uniforms: Reals, records: Spins, proposed: Integers, accepted: Integers,
) -> float:  # fmt: skip
    """Metropolis moves of all chains, in place, with fresh inversions every few records.

    Args:
        spins: int8 (n_chains, n_units): one spin per site, or up and then down occupations as +1 and -1.
        is_spin: Moves exchange an up and a down spin; otherwise they hop.
        n_up: Number of rows of the determinant.
        n_down: Columns that move; the other n_up - n_down are orbitals.
        f: (n_images, n_sites, n_sites).
        orbitals: (n_images, n_sites, n_up - n_down).
        characters: (n_images,), signs of the images in the sum.
        gather: (n_images, n_translations, n_units): theta = b + sum_v w_v s[gather[g, t, v]].
        features: w, (n_features, n_units).
        bias: b, (n_features,).
        moves: (n_moves, 2), pairs of units.
        moved: (n_images, n_moves), the move that a move is for an image.
        turned: (n_images, n_moves), whether its units have changed places.
        decay: (n_moves, n_hidden), tables as in ``kernels.sweep``.
        up: See ``decay``.
        down: See ``decay``.
        growth: (n_moves, 2, n_hidden).
        uniforms: (n_records, n_chains, n_steps).
        records: Output int8 (n_chains, n_records, n_units).
        proposed: int64 (n_chains,), as in ``kernels.sweep``.
        accepted: int64 (n_chains,).

    Returns:
        Largest relative deviation of a tracked amplitude from the fresh one at the end of a record.
    """
    n_images, n_sites = f.shape[0], f.shape[1]
    n_moves, n_hidden = decay.shape
    n_empty = n_sites - n_down if f.shape[2] > 0 else 0
    sites, slot = np.zeros((2, n_sites), np.int64), np.zeros((2, n_sites), np.int64)
    tableau = np.empty((n_images, n_sites, n_up + n_empty))
    halves = np.empty((n_images, 2, n_hidden))
    weights, ratios, rbm = np.empty(n_images), np.empty(n_images), np.empty(n_images)
    inverse, swap = np.empty((n_up, n_up)), np.empty(n_up, np.int64)
    ill, det_signs, log_dets = np.empty(n_images, np.bool_), np.empty(n_images), np.empty(n_images)
    worst = 0.0
    for chain in range(spins.shape[0]):
        state = spins[chain]
        before = 0.0
        for record in range(uniforms.shape[0]):
            if record % _REFRESH == 0:
                log_psi = _refresh(
                    state, is_spin, n_up, n_down, f, orbitals, characters, gather, features, bias,
                    sites, slot, tableau, halves, weights, inverse, swap, ill, det_signs, log_dets,
                )  # fmt: skip
                if record > 0 and np.isfinite(before):
                    worst = max(worst, abs(np.expm1(log_psi - before)))
                before = log_psi
            for step in range(uniforms.shape[2]):
                scaled = uniforms[record, chain, step] * n_moves
                move = min(int(scaled), n_moves - 1)
                i, j = moves[move, 0], moves[move, 1]
                if state[i] == state[j]:
                    continue
                proposed[chain] += 1
                filled = state[i] > 0
                total = 0.0
                for g in range(n_images):
                    image = moved[g, move]
                    a = 1 if filled else 0
                    if turned[g, move]:
                        a = 1 - a
                    rbm[g] = _rbm_ratio(halves[g], decay[image], up[image], down[image], a)
                    if ill[g]:
                        ratios[g] = rbm[g] * _fresh_ratio(
                            f[g], orbitals[g], sites, slot, n_up, n_down, i, j, is_spin, filled,
                            det_signs[g], log_dets[g], inverse, swap,
                        )  # fmt: skip
                    else:
                        ratios[g] = rbm[g] * _ratio(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                    total += weights[g] * ratios[g]
                # From a configuration of amplitude zero (a start, never a visit) every move leads on.
                if np.isfinite(before) and not (scaled - move < total * total):
                    continue
                accepted[chain] += 1
                before += np.log(abs(total))
                smallest = np.inf
                for g in range(n_images):
                    smallest = min(smallest, abs(ratios[g] / rbm[g]))
                state[i], state[j] = state[j], state[i]
                if not smallest > _SMALL or ill.any() or not np.isfinite(before):
                    before = _refresh(
                        state, is_spin, n_up, n_down, f, orbitals, characters, gather, features, bias,
                        sites, slot, tableau, halves, weights, inverse, swap, ill, det_signs, log_dets,
                    )  # fmt: skip
                    continue
                for g in range(n_images):
                    image = moved[g, move]
                    a = 1 if filled else 0
                    if turned[g, move]:
                        a = 1 - a
                    b = 1 - a
                    for k in range(n_hidden):
                        scale = 1 / (
                            decay[image, k] + up[image, k] * halves[g, a, k] + down[image, k] * halves[g, b, k]
                        )
                        halves[g, a, k] *= growth[image, 0, k] * scale
                        halves[g, b, k] *= growth[image, 1, k] * scale
                    _carry_out(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                    weights[g] *= ratios[g] / total
                _relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, filled)
            records[chain, record] = state
    return worst


@compiled
def evaluate(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    moves: Integers, signs: Reals, moved: Integers, turned: NDArray[np.bool_],
    decay: Reals, up: Reals, down: Reals,
    amplitudes: Reals, orbit: Integers, orbit_sign: Reals, permutations: Integers, n_orbits: int,
    energies: Reals, derivatives: Reals, log_psi: Reals,
) -> None:  # fmt: skip
    """Off-diagonal local energies, logarithmic derivatives and log|psi| of configurations.

    Args:
        spins: int8 (n_samples, n_units); this and the further ones up to ``down`` as in ``sweep``.
        is_spin: See ``spins``.
        n_up: See ``spins``.
        n_down: See ``spins``.
        f: See ``spins``.
        orbitals: See ``spins``.
        characters: See ``spins``.
        gather: See ``spins``.
        features: See ``spins``.
        bias: See ``spins``.
        moves: See ``spins``.
        signs: (n_moves,), sign of the basis: psi'/psi = sign det'/det for each image alike.
        moved: See ``spins``.
        turned: See ``spins``.
        decay: See ``spins``.
        up: See ``spins``.
        down: See ``spins``.
        amplitudes: (n_moves,), matrix element of each move.
        orbit: (n_sites, n_sites), number of the pair amplitude.
        orbit_sign: (n_sites, n_sites), its sign.
        permutations: (n_images, n_sites), where a site stands in an image.
        n_orbits: Number of pair amplitudes.
        energies: Output (n_samples,), without the diagonal part.
        derivatives: Output (n_samples, n_parameters) in the order phi, orbitals, b, w; not filled when empty.
        log_psi: Output (n_samples,).
    """
    n_images, n_sites = f.shape[0], f.shape[1]
    n_moves, n_hidden = decay.shape
    n_features, n_units = features.shape
    n_translations = gather.shape[1]
    n_fixed = n_up - n_down
    n_empty = n_sites - n_down if f.shape[2] > 0 else 0
    sites, slot = np.zeros((2, n_sites), np.int64), np.zeros((2, n_sites), np.int64)
    tableau = np.empty((n_images, n_sites, n_up + n_empty))
    halves = np.empty((n_images, 2, n_hidden))
    weights = np.empty(n_images)
    inverse, swap = np.empty((n_up, n_up)), np.empty(n_up, np.int64)
    ill, det_signs, log_dets = np.empty(n_images, np.bool_), np.empty(n_images), np.empty(n_images)
    start_bias = n_orbits + n_sites * n_fixed
    start_weights = start_bias + n_features
    for sample in range(spins.shape[0]):
        state = spins[sample]
        log_psi[sample] = _refresh(
            state, is_spin, n_up, n_down, f, orbitals, characters, gather, features, bias,
            sites, slot, tableau, halves, weights, inverse, swap, ill, det_signs, log_dets,
        )  # fmt: skip
        energy = 0.0
        for move in range(n_moves):
            i, j = moves[move, 0], moves[move, 1]
            if state[i] == state[j] or amplitudes[move] == 0.0:
                continue
            filled = state[i] > 0
            total = 0.0
            for g in range(n_images):
                image = moved[g, move]
                a = 1 if filled else 0
                if turned[g, move]:
                    a = 1 - a
                if ill[g]:
                    ratio = _fresh_ratio(
                        f[g], orbitals[g], sites, slot, n_up, n_down, i, j, is_spin, filled,
                        det_signs[g], log_dets[g], inverse, swap,
                    )  # fmt: skip
                else:
                    ratio = _ratio(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                total += weights[g] * ratio * _rbm_ratio(halves[g], decay[image], up[image], down[image], a)
            energy += amplitudes[move] * signs[move] * total
        energies[sample] = energy
        if derivatives.shape[0] == 0:
            continue
        row = derivatives[sample]
        row[:] = 0.0
        for g in range(n_images):
            weight = weights[g]
            if ill[g]:
                _determinant(f[g], orbitals[g], sites, n_up, n_down, inverse, swap)
            else:
                inverse[:] = tableau[g, :n_up, :n_up]
            for k in range(n_up):
                x = permutations[g, sites[0, k]]
                for j in range(n_down):
                    y = permutations[g, sites[1, j]]
                    row[orbit[x, y]] += weight * orbit_sign[x, y] * inverse[j, k]
                for j in range(n_fixed):
                    row[n_orbits + x * n_fixed + j] += weight * inverse[n_down + j, k]
            for feature in range(n_features):
                for t in range(n_translations):
                    tanh = (
                        weight
                        * 0.5
                        * (halves[g, 1, feature * n_translations + t] - halves[g, 0, feature * n_translations + t])
                    )
                    row[start_bias + feature] += tanh
                    first = start_weights + feature * n_units
                    for v in range(n_units):
                        row[first + v] += tanh * state[gather[g, t, v]]
