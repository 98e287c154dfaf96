"""Compiled kernels over a table of all amplitudes: a configuration is an integer, bit i set where spin i is up."""

import numpy as np

from physics_engines.nqs.kernels import Integers, Numbers, Reals, compiled, compiled_part


@compiled_part
def _changes(code: int, first: int, second: int) -> bool:
    """Whether a move turns anything: a flip does, an exchange does between antiparallel spins."""
    return bool(second < 0 or (code >> first) & 1 != (code >> second) & 1)


@compiled
def sweep(
    codes: Integers,
    place: Integers,
    log_modulus: Reals,
    moves: Integers,
    masks: Integers,
    uniforms: Reals,
    records: Integers,
    proposed: Integers,
    accepted: Integers,
) -> None:
    """Metropolis moves of all chains, in place; the same chain as ``kernels.sweep`` makes.

    Args:
        codes: int64 (n_chains,).
        place: int64 (2^n_sites,), where in the table the amplitude of a configuration stands.
        log_modulus: log |psi|, (n_amplitudes,).
        moves: (n_moves, 2); second site -1 for a single flip.
        masks: int64 (n_moves,), the bits a move turns.
        uniforms: (n_records, n_chains, n_steps) in [0, 1).
        records: Output int64 (n_chains, n_records).
        proposed: int64 (n_chains,).
        accepted: int64 (n_chains,).
    """
    n_moves = moves.shape[0]
    for chain in range(codes.shape[0]):
        code = codes[chain]
        current = log_modulus[place[code]]
        for record in range(uniforms.shape[0]):
            for step in range(uniforms.shape[2]):
                # The integer part of u * n_moves picks the move, the fraction is a fresh uniform number.
                scaled = uniforms[record, chain, step] * n_moves
                move = min(int(scaled), n_moves - 1)
                if not _changes(code, moves[move, 0], moves[move, 1]):
                    continue
                proposed[chain] += 1
                trial = code ^ masks[move]
                value = log_modulus[place[trial]]
                if not (scaled - move < np.exp(min(2 * (value - current), 700.0))):
                    continue
                accepted[chain] += 1
                code = trial
                current = value
            records[chain, record] = code
        codes[chain] = code


@compiled
def local_energies(
    codes: Integers,
    place: Integers,
    log_psi: Numbers,
    bonds: Integers,
    zz: Reals,
    moves: Integers,
    masks: Integers,
    amplitudes: Reals,
    energies: Numbers,
) -> None:
    """Local energies of configurations.

    Args:
        codes: int64 (n_samples,).
        place: As in ``sweep``, like ``moves`` and ``masks``.
        log_psi: (n_amplitudes,), real or complex.
        bonds: (n_bonds, 2) with coefficients ``zz``.
        zz: (n_bonds,).
        moves: See ``place``.
        masks: See ``place``.
        amplitudes: (n_moves,).
        energies: Output (n_samples,), of the type of ``log_psi``.
    """
    for sample in range(codes.shape[0]):
        code = codes[sample]
        here = log_psi[place[code]]
        total = 0.0 * here
        for bond in range(bonds.shape[0]):
            total += zz[bond] * (1 - 2 * (((code >> bonds[bond, 0]) ^ (code >> bonds[bond, 1])) & 1))
        for move in range(moves.shape[0]):
            if _changes(code, moves[move, 0], moves[move, 1]):
                total += amplitudes[move] * np.exp(log_psi[place[code ^ masks[move]]] - here)
        energies[sample] = total
