"""Compiled kernels of a projected RBM: the tables of ``kernels``, shared by all images of a configuration.

For psi_P(s) = sum_p c_p psi(s_p) with images s_p = f_p (s o g_p), a move m of s is the move g_p^-1(m) of s_p. With the
shares w_p = c_p psi(s_p) / psi_P(s) and the ratios r_p of the images, psi_P(s') / psi_P(s) = sum_p w_p r_p, and after
the move w_p' = w_p r_p / sum_q w_q r_q. Signs and phases of the shares may cancel; their products never do.
"""

import numpy as np

from physics_engines.nqs.kernels import Integers, Numbers, Reals, Spins, compiled, compiled_part


@compiled_part
def _ratio(
    spins: Spins,
    halves: Numbers,
    image: int,
    sample: int,
    move: int,
    moved: Integers,
    sites: Integers,
    flips: Spins,
    growth: Numbers,
    visible: Numbers,
) -> complex:
    """psi(s_p') / psi(s_p) of one image."""
    own = moved[image, move]
    a = (1 + flips[image] * spins[sample, sites[image, move]]) // 2
    b = 1 - a
    ratio: complex = visible[a, own]
    for k in range(halves.shape[3]):
        ratio *= growth[own, 0, k] * halves[sample, image, a, k] + growth[own, 1, k] * halves[sample, image, b, k]
    return ratio


@compiled
def sweep(
    spins: Spins,
    halves: Numbers,
    shares: Numbers,
    moves: Integers,
    moved: Integers,
    sites: Integers,
    flips: Spins,
    growth: Numbers,
    visible: Numbers,
    uniforms: Reals,
    records: Spins,
    proposed: Integers,
    accepted: Integers,
    powers: Reals,
) -> None:
    """Metropolis moves of all chains, in place.

    Args:
        spins: int8 (n_chains, n_sites).
        halves: (n_chains, n_images, 2, n_hidden), as in ``kernels.sweep`` for each image.
        shares: w, (n_chains, n_images).
        moves: (n_moves, 2).
        moved: Number of the move of each image, (n_images, n_moves).
        sites: Site of s whose spin is the first one of that move of the image, (n_images, n_moves).
        flips: f, int8 (n_images,).
        growth: As in ``kernels.sweep``.
        visible: As in ``kernels.sweep``.
        uniforms: (n_records, n_chains, n_steps) in [0, 1).
        records: Output int8 (n_chains, n_records, n_sites).
        proposed: int64 (n_chains,), grows by the proposals that change the configuration.
        accepted: int64 (n_chains,), grows by those accepted.
        powers: (n_chains,), beta where the chain samples |psi|^(2 beta).
    """
    n_images, n_hidden = halves.shape[1], halves.shape[3]
    n_moves = moves.shape[0]
    ratios = np.empty(n_images, shares.dtype)
    for chain in range(spins.shape[0]):
        for record in range(uniforms.shape[0]):
            for step in range(uniforms.shape[2]):
                scaled = uniforms[record, chain, step] * n_moves
                move = min(int(scaled), n_moves - 1)
                i = moves[move, 0]
                j = moves[move, 1]
                if j >= 0 and spins[chain, i] == spins[chain, j]:
                    continue
                proposed[chain] += 1
                total = shares[chain, 0] * 0
                for image in range(n_images):
                    ratios[image] = _ratio(spins, halves, image, chain, move, moved, sites, flips, growth, visible)
                    total += shares[chain, image] * ratios[image]
                weight = total.real * total.real + total.imag * total.imag
                if powers[chain] != 1.0:
                    weight = weight ** powers[chain]
                if not (scaled - move < weight):
                    continue
                accepted[chain] += 1
                for image in range(n_images):
                    shares[chain, image] *= ratios[image] / total
                    own = moved[image, move]
                    a = (1 + flips[image] * spins[chain, sites[image, move]]) // 2
                    b = 1 - a
                    for k in range(n_hidden):
                        grown = growth[own, 0, k] * halves[chain, image, a, k]
                        shrunk = growth[own, 1, k] * halves[chain, image, b, k]
                        inverse = 1 / (grown + shrunk)
                        halves[chain, image, a, k] = grown * inverse
                        halves[chain, image, b, k] = shrunk * inverse
                spins[chain, i] = -spins[chain, i]
                if j >= 0:
                    spins[chain, j] = -spins[chain, j]
            for site in range(spins.shape[1]):
                records[chain, record, site] = spins[chain, site]


@compiled
def local_energies(
    spins: Spins,
    halves: Numbers,
    shares: Numbers,
    bonds: Integers,
    zz: Reals,
    moves: Integers,
    amplitudes: Reals,
    moved: Integers,
    sites: Integers,
    flips: Spins,
    growth: Numbers,
    visible: Numbers,
    energies: Numbers,
) -> None:
    """Local energies of configurations.

    Args:
        spins: int8 (n_samples, n_sites).
        halves: As in ``sweep``, like all tables that are not named here.
        shares: See ``halves``.
        bonds: (n_bonds, 2) with coefficients ``zz``.
        zz: (n_bonds,).
        moves: (n_moves, 2) with matrix elements ``amplitudes``.
        amplitudes: (n_moves,).
        moved: See ``halves``.
        sites: See ``halves``.
        flips: See ``halves``.
        growth: See ``halves``.
        visible: See ``halves``.
        energies: Output (n_samples,).
    """
    for sample in range(spins.shape[0]):
        diagonal = 0.0
        for bond in range(bonds.shape[0]):
            diagonal += zz[bond] * spins[sample, bonds[bond, 0]] * spins[sample, bonds[bond, 1]]
        total = shares[sample, 0] * 0 + diagonal
        for move in range(moves.shape[0]):
            i = moves[move, 0]
            j = moves[move, 1]
            if j >= 0 and spins[sample, i] == spins[sample, j]:
                continue
            ratio = shares[sample, 0] * 0
            for image in range(halves.shape[1]):
                ratio += shares[sample, image] * _ratio(
                    spins, halves, image, sample, move, moved, sites, flips, growth, visible
                )
            total += amplitudes[move] * ratio
        energies[sample] = total
