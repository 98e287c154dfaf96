"""Compiled kernels of a Jastrow factor log psi = s^T V s / 2, from the fields h = V s.

Turning spin i changes log psi by -2 s_i h_i; turning i and j together, by -2 s_i h_i - 2 s_j h_j + 4 V_ij s_i s_j.
"""

import math

import numpy as np

from physics_engines.nqs.kernels import Integers, Reals, Spins, compiled, compiled_part


@compiled_part
def _change(spins: Spins, fields: Reals, pairs: Reals, i: int, j: int) -> float:
    """Change of log psi when spin i, and j where it is not -1, are turned; arrays of one configuration."""
    change: float = -2 * spins[i] * fields[i]
    if j >= 0:
        change += -2 * spins[j] * fields[j] + 4 * pairs[i, j] * spins[i] * spins[j]
    return change


@compiled
def sweep(
    spins: Spins,
    fields: Reals,
    pairs: Reals,
    moves: Integers,
    uniforms: Reals,
    records: Spins,
    proposed: Integers,
    accepted: Integers,
) -> None:
    """Metropolis moves of all chains, in place; arguments as in ``kernels.sweep``.

    Args:
        spins: int8 (n_chains, n_sites).
        fields: h, (n_chains, n_sites).
        pairs: V, (n_sites, n_sites).
        moves: (n_moves, 2).
        uniforms: (n_records, n_chains, n_steps).
        records: Output int8 (n_chains, n_records, n_sites).
        proposed: int64 (n_chains,).
        accepted: int64 (n_chains,).
    """
    n_sites = spins.shape[1]
    n_moves = moves.shape[0]
    for chain in range(spins.shape[0]):
        for record in range(uniforms.shape[0]):
            for step in range(uniforms.shape[2]):
                # The integer part of u * n_moves picks the move, the fraction is a fresh uniform number.
                scaled = uniforms[record, chain, step] * n_moves
                move = min(int(scaled), n_moves - 1)
                i = moves[move, 0]
                j = moves[move, 1]
                if j >= 0 and spins[chain, i] == spins[chain, j]:
                    continue
                proposed[chain] += 1
                change = _change(spins[chain], fields[chain], pairs, i, j)
                if not (scaled - move < math.exp(min(2 * change, 700.0))):
                    continue
                accepted[chain] += 1
                spins[chain, i] = -spins[chain, i]
                turned = 2.0 * spins[chain, i]
                for k in range(n_sites):
                    fields[chain, k] += turned * pairs[i, k]
                if j >= 0:
                    spins[chain, j] = -spins[chain, j]
                    turned = 2.0 * spins[chain, j]
                    for k in range(n_sites):
                        fields[chain, k] += turned * pairs[j, k]
            for site in range(spins.shape[1]):
                records[chain, record, site] = spins[chain, site]


@compiled
def local_energies(
    spins: Spins,
    fields: Reals,
    pairs: Reals,
    bonds: Integers,
    zz: Reals,
    moves: Integers,
    amplitudes: Reals,
    energies: Reals,
) -> None:
    """Local energies of configurations; tables as in ``kernels.local_energies``.

    Args:
        spins: int8 (n_samples, n_sites).
        fields: h, (n_samples, n_sites).
        pairs: V, (n_sites, n_sites).
        bonds: (n_bonds, 2) with coefficients ``zz``.
        zz: (n_bonds,).
        moves: (n_moves, 2) with matrix elements ``amplitudes``.
        amplitudes: (n_moves,).
        energies: Output (n_samples,).
    """
    for sample in range(spins.shape[0]):
        total = 0.0
        for bond in range(bonds.shape[0]):
            total += zz[bond] * spins[sample, bonds[bond, 0]] * spins[sample, bonds[bond, 1]]
        for move in range(moves.shape[0]):
            i = moves[move, 0]
            j = moves[move, 1]
            if j >= 0 and spins[sample, i] == spins[sample, j]:
                continue
            total += amplitudes[move] * np.exp(_change(spins[sample], fields[sample], pairs, i, j))
        energies[sample] = total
