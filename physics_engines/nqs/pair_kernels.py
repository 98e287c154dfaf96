"""Compiled kernels of a pair-product state times an RBM, summed over symmetry images: chains, energies, derivatives.

The determinants are those of ``pair_tableau``, the tables of the images those of ``pair_images``.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.kernels import Integers, Reals, Spins, compiled
from physics_engines.nqs.pair_images import rbm_ratio, refresh, turn
from physics_engines.nqs.pair_tableau import carry_out, determinant, determinant_ratio, fresh_ratio, relabel

_REFRESH = 4
"""Records (sweeps) between fresh inversions."""
_SMALL = 1e-3
"""Ratio below which an accepted move is followed by a fresh inversion: the update lost that many digits."""


@compiled
def sweep(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    moves: Integers, moved: Integers, turned: NDArray[np.bool_],
    growth: Reals,
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
        growth: (n_moves, 2, n_hidden), as in ``kernels.sweep``.
        uniforms: (n_records, n_chains, n_steps).
        records: Output int8 (n_chains, n_records, n_units).
        proposed: int64 (n_chains,), as in ``kernels.sweep``.
        accepted: int64 (n_chains,).

    Returns:
        Largest relative deviation of a tracked amplitude from the fresh one at the end of a record.
    """
    n_images, n_sites = f.shape[0], f.shape[1]
    n_moves, _, n_hidden = growth.shape
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
                log_psi = refresh(
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
                    a = int(filled != turned[g, move])
                    rbm[g] = rbm_ratio(halves[g], growth[image], a)
                    if ill[g]:
                        ratios[g] = rbm[g] * fresh_ratio(
                            f[g], orbitals[g], sites, slot, n_up, n_down, i, j, is_spin, filled,
                            det_signs[g], log_dets[g], inverse, swap,
                        )  # fmt: skip
                    else:
                        ratios[g] = rbm[g] * determinant_ratio(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                    total += weights[g] * ratios[g]
                # From a configuration of amplitude zero (a start, never a visit) every move leads on.
                if np.isfinite(before) and not (scaled - move < total * total):
                    continue
                accepted[chain] += 1
                before += np.log(abs(total))
                is_sound = np.isfinite(before)
                for g in range(n_images):
                    is_sound = is_sound and not ill[g] and abs(ratios[g] / rbm[g]) > _SMALL
                state[i], state[j] = state[j], state[i]
                if not is_sound:
                    before = refresh(
                        state, is_spin, n_up, n_down, f, orbitals, characters, gather, features, bias,
                        sites, slot, tableau, halves, weights, inverse, swap, ill, det_signs, log_dets,
                    )  # fmt: skip
                    continue
                for g in range(n_images):
                    image = moved[g, move]
                    a = int(filled != turned[g, move])
                    turn(halves[g], growth[image], a)
                    carry_out(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                    weights[g] *= ratios[g] / total
                relabel(sites, slot, i, j, is_spin, n_sites, n_up, n_down, filled)
            for unit in range(len(state)):
                records[chain, record, unit] = state[unit]
    return worst


@compiled
def evaluate(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    moves: Integers, signs: Reals, moved: Integers, turned: NDArray[np.bool_],
    growth: Reals,
    amplitudes: Reals, orbit: Integers, orbit_sign: Reals, permutations: Integers, n_orbits: int,
    energies: Reals, derivatives: Reals, log_psi: Reals,
) -> None:  # fmt: skip
    """Off-diagonal local energies, logarithmic derivatives and log|psi| of configurations.

    Args:
        spins: int8 (n_samples, n_units); this and the further ones up to ``growth`` as in ``sweep``.
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
        growth: See ``spins``.
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
    n_moves, _, n_hidden = growth.shape
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
        log_psi[sample] = refresh(
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
                a = int(filled != turned[g, move])
                if ill[g]:
                    ratio = fresh_ratio(
                        f[g], orbitals[g], sites, slot, n_up, n_down, i, j, is_spin, filled,
                        det_signs[g], log_dets[g], inverse, swap,
                    )  # fmt: skip
                else:
                    ratio = determinant_ratio(tableau[g], slot, i, j, is_spin, n_sites, n_up, filled)
                total += weights[g] * ratio * rbm_ratio(halves[g], growth[image], a)
            energy += amplitudes[move] * signs[move] * total
        energies[sample] = energy
        if derivatives.shape[0] == 0:
            continue
        row = derivatives[sample]
        for parameter in range(len(row)):
            row[parameter] = 0.0
        for g in range(n_images):
            weight = weights[g]
            if ill[g]:
                determinant(f[g], orbitals[g], sites, n_up, n_down, inverse, swap)
            else:
                for k in range(n_up):
                    for j in range(n_up):
                        inverse[k, j] = tableau[g, k, j]
            for k in range(n_up):
                x = permutations[g, sites[0, k]]
                for j in range(n_down):
                    y = permutations[g, sites[1, j]]
                    row[orbit[x, y]] += weight * orbit_sign[x, y] * inverse[j, k]
                for j in range(n_fixed):
                    row[n_orbits + x * n_fixed + j] += weight * inverse[n_down + j, k]
            for feature in range(n_features):
                for t in range(n_translations):
                    h = feature * n_translations + t
                    tanh = weight * (halves[g, 1, h] - halves[g, 0, h])
                    row[start_bias + feature] += tanh
                    first = start_weights + feature * n_units
                    for v in range(n_units):
                        row[first + v] += tanh * state[gather[g, t, v]]
