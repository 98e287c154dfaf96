"""Compiled kernels of the fast path: moves of the Markov chain and local energies of an RBM, from tables; its metric.

A move shifts the hidden angles by sigma d_mj, where sigma is the first spin of the move before it. With
p = (1 + tanh(theta)) / 2 and q = (1 - tanh(theta)) / 2 kept per configuration and e^(+-d) tabulated once per parameter
set, for sigma = +1

    psi(s') / psi(s) = v_m prod_j f_mj,    f_mj = cosh(theta_j + d_mj) / cosh(theta_j) = e^d p_j + e^(-d) q_j,
    p_j' = e^d p_j / f_mj,                 q_j' = e^(-d) q_j / f_mj.

For sigma = -1, p and q change places. There is no transcendental function, O(alpha N) work per proposal, and for real
weights no cancellation, however large they are. The same source compiles for real and complex weights.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Spins = NDArray[np.int8]
Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]
F = TypeVar("F", bound=Callable[..., object])

# Sums and products may be reordered (that is what lets them vectorise); NaN and infinity keep their meaning.
_FASTMATH = {"reassoc", "contract", "nsz", "arcp"}


_BLOCK = 8
"""Samples whose hidden units fit into the cache beside the tables of a move."""


def compiled(function: F) -> F:
    """Compile on first call; keep the machine code on disk where any place for it can be written."""
    return _compile(function)


def compiled_part(function: F) -> F:
    """As ``compiled``, for what only other kernels call: not callable from Python, and so faster to compile."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compile(function: F, **options: bool) -> F:
    def decorate(cache: bool) -> F:
        # Numba's stubs do not know the options that leave wrappers out.
        njit = cast("Callable[..., Callable[[F], F]]", numba.njit)
        # Kernels run without the GIL, so that chains and samples can be shared out over threads.
        return njit(cache=cache, nogil=True, fastmath=_FASTMATH, error_model="numpy", **options)(function)

    try:
        return decorate(cache=True)
    except RuntimeError:  # neither the source folder, NUMBA_CACHE_DIR nor the user's cache folder is writable
        return decorate(cache=False)


@compiled
def fill_halves(theta: Numbers, halves: Numbers) -> None:
    """q and p of hidden angles.

    Args:
        theta: (n, n_hidden).
        halves: Output (n, 2, n_hidden).
    """
    for row in range(theta.shape[0]):
        for k in range(theta.shape[1]):
            angle = theta[row, k]
            is_negative = angle.real < 0
            decayed = np.exp(2 * angle if is_negative else -2 * angle)
            larger = 1 / (1 + decayed)
            halves[row, 0 if is_negative else 1, k] = larger
            halves[row, 1 if is_negative else 0, k] = decayed * larger


@compiled
def sweep(
    spins: Spins,
    halves: Numbers,
    moves: Integers,
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
        halves: (n_chains, 2, n_hidden), q and p.
        moves: (n_moves, 2); second site -1 for a single flip.
        growth: (n_moves, 2, n_hidden), e^d and e^(-d).
        visible: (2, n_moves), factor of the visible part for sigma = -1 and +1.
        uniforms: (n_records, n_chains, n_steps) in [0, 1): chooses the move and decides on it.
        records: Output int8 (n_chains, n_records, n_sites).
        proposed: int64 (n_chains,), grows by the proposals that change the configuration.
        accepted: int64 (n_chains,), grows by those accepted.
        powers: (n_chains,), beta where the chain samples |psi|^(2 beta).
    """
    n_hidden = halves.shape[2]
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
                a = (1 + spins[chain, i]) // 2
                b = 1 - a
                ratio = visible[a, move]
                for k in range(n_hidden):
                    ratio *= growth[move, 0, k] * halves[chain, a, k] + growth[move, 1, k] * halves[chain, b, k]
                weight = ratio.real * ratio.real + ratio.imag * ratio.imag
                if powers[chain] != 1.0:
                    weight = weight ** powers[chain]
                if not (scaled - move < weight):
                    continue
                accepted[chain] += 1
                spins[chain, i] = -spins[chain, i]
                if j >= 0:
                    spins[chain, j] = -spins[chain, j]
                for k in range(n_hidden):
                    grown = growth[move, 0, k] * halves[chain, a, k]
                    shrunk = growth[move, 1, k] * halves[chain, b, k]
                    inverse = 1 / (grown + shrunk)
                    halves[chain, a, k] = grown * inverse
                    halves[chain, b, k] = shrunk * inverse
            for site in range(spins.shape[1]):
                records[chain, record, site] = spins[chain, site]


@compiled
def local_energies(
    spins: Spins,
    halves: Numbers,
    bonds: Integers,
    zz: Reals,
    moves: Integers,
    amplitudes: Reals,
    growth: Numbers,
    visible: Numbers,
    energies: Numbers,
) -> None:
    """Local energies <s|H|psi> / <s|psi> of configurations; no connected configuration is ever built.

    Args:
        spins: int8 (n_samples, n_sites).
        halves: (n_samples, 2, n_hidden) and tables as in ``sweep``.
        bonds: (n_bonds, 2) with coefficients ``zz``.
        zz: (n_bonds,).
        moves: (n_moves, 2) with matrix elements ``amplitudes``.
        amplitudes: (n_moves,).
        growth: As in ``sweep``.
        visible: As in ``sweep``.
        energies: Output (n_samples,).
    """
    n_hidden = halves.shape[2]
    n_samples = spins.shape[0]
    for sample in range(n_samples):
        diagonal = 0.0
        for bond in range(bonds.shape[0]):
            diagonal += zz[bond] * spins[sample, bonds[bond, 0]] * spins[sample, bonds[bond, 1]]
        energies[sample] = visible[0, 0] * 0.0 + diagonal
    # A move's tables are read from memory once for a block of samples; for one sample at a time they would not fit.
    for start in range(0, n_samples, _BLOCK):
        for move in range(moves.shape[0]):
            i = moves[move, 0]
            j = moves[move, 1]
            for sample in range(start, min(start + _BLOCK, n_samples)):
                if j >= 0 and spins[sample, i] == spins[sample, j]:
                    continue
                a = (1 + spins[sample, i]) // 2
                b = 1 - a
                ratio = visible[a, move]
                for k in range(n_hidden):
                    ratio *= growth[move, 0, k] * halves[sample, a, k] + growth[move, 1, k] * halves[sample, b, k]
                energies[sample] += amplitudes[move] * ratio


@compiled
def connect(
    spins: Spins,
    halves: Numbers,
    moves: Integers,
    growth: Numbers,
    visible: Numbers,
    reached: Spins,
    reached_halves: Numbers,
    ratios: Numbers,
    numbers: Integers,
) -> int:
    """What the moves that change a configuration lead to; returns how many these are.

    Args:
        spins: int8 (n_sites,).
        halves: (2, n_hidden), tables as in ``sweep``.
        moves: (n_moves, 2).
        growth: As in ``sweep``.
        visible: As in ``sweep``.
        reached: Output int8 (n_moves, n_sites), the first rows: configurations after one move.
        reached_halves: Output (n_moves, 2, n_hidden), the first rows: their q and p.
        ratios: Output (n_moves,), the first entries: psi(s') / psi(s).
        numbers: Output (n_moves,), the first entries: which move it was.
    """
    n_hidden = halves.shape[1]
    count = 0
    for move in range(moves.shape[0]):
        i = moves[move, 0]
        j = moves[move, 1]
        if j >= 0 and spins[i] == spins[j]:
            continue
        a = (1 + spins[i]) // 2
        b = 1 - a
        ratio = visible[a, move]
        for k in range(n_hidden):
            grown = growth[move, 0, k] * halves[a, k]
            shrunk = growth[move, 1, k] * halves[b, k]
            factor = grown + shrunk
            ratio *= factor
            inverse = 1 / factor
            reached_halves[count, a, k] = grown * inverse
            reached_halves[count, b, k] = shrunk * inverse
        reached[count] = spins
        reached[count, i] = -spins[i]
        if j >= 0:
            reached[count, j] = -spins[j]
        ratios[count] = ratio
        numbers[count] = move
        count += 1
    return count


@compiled
def centred_gram(gram: Numbers, visible: NDArray[np.float32]) -> None:
    """Gram matrix of the centred derivatives of a dense RBM, in place, in two passes over one triangle.

    With G = (1 + t t^dagger) * (1 + s s^T) elementwise, row means r and total mean m of the whole Hermitian matrix,
    the result is G_ij - r_i - r_j^* + m.

    Args:
        gram: Transpose of t t^dagger, (n_samples, n_samples); read and written from the diagonal to the right.
        visible: Transpose of s s^T, the same shape.
    """
    n = gram.shape[0]
    means = np.zeros(n, gram.dtype)
    for i in range(n):
        total = means[i]
        for j in range(i + 1, n):
            gram[i, j] = (1 + gram[i, j]) * (1 + visible[i, j])
            means[j] += gram[i, j]
            total += np.conj(gram[i, j])
        gram[i, i] = (1 + gram[i, i]) * (1 + visible[i, i])
        means[i] = total + gram[i, i]
    means /= n
    mean = means.sum().real / n
    for i in range(n):
        left = np.conj(means[i]) - mean
        for j in range(i, n):
            gram[i, j] -= means[j] + left
