"""Compiled kernels of the fast path: moves of the Markov chain and local energies of an RBM, from tables.

With t = tanh(theta) kept per configuration and cosh, sinh, tanh of the shift that move m causes tabulated once per
parameter set, psi(s') / psi(s) = v_m prod_j (cosh_mj + sigma sinh_mj t_j) and tanh(theta_j + sigma shift_mj) =
(t_j + sigma tanh_mj) / (1 + sigma tanh_mj t_j): no transcendental function and O(alpha N) per proposal. sigma is the
first spin of the move before it. The same source compiles for real and complex parameters.

The product formula cancels digits like e^(2 |shift|); the rare moves with a shift beyond ``CANCELLATION_LIMIT`` take
the ratio from log cosh instead.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Spins = NDArray[np.int8]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Reals = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]
F = TypeVar("F", bound=Callable[..., object])

CANCELLATION_LIMIT = 6.0
"""Largest |Re shift| at which the product formula keeps about ten digits."""

# Sums and products may be reordered (that is what lets them vectorise); NaN and infinity keep their meaning.
_FASTMATH = {"reassoc", "contract", "nsz", "arcp"}


def _compiled(function: F) -> F:
    """Compile on first call; keep the machine code on disk where any place for it can be written."""
    try:
        return cast(F, numba.njit(cache=True, fastmath=_FASTMATH, error_model="numpy")(function))
    except RuntimeError:  # neither the source folder, NUMBA_CACHE_DIR nor the user's cache folder is writable
        return cast(F, numba.njit(fastmath=_FASTMATH, error_model="numpy")(function))


@_compiled
def _log_cosh(angle: complex) -> complex:
    folded = angle if angle.real >= 0 else -angle
    return folded + np.log(1 + np.exp(-2 * folded)) - np.log(2.0)  # type: ignore[no-any-return]


@_compiled
def _careful_ratio(theta: Numbers, shift: Numbers, sigma: float) -> complex:
    """Hidden part of psi(s') / psi(s) for one configuration and one move, from log cosh."""
    change = _log_cosh(theta[0] + sigma * shift[0]) - _log_cosh(theta[0])
    for k in range(1, theta.shape[0]):
        change += _log_cosh(theta[k] + sigma * shift[k]) - _log_cosh(theta[k])
    return np.exp(change)  # type: ignore[no-any-return]


@_compiled
def sweep(
    spins: Spins,
    theta: Numbers,
    t: Numbers,
    moves: Integers,
    shift: Numbers,
    cosh: Numbers,
    sinh: Numbers,
    tanh: Numbers,
    visible: Numbers,
    careful: Flags,
    uniforms: Reals,
    records: Spins,
    proposed: Integers,
    accepted: Integers,
) -> None:
    """Metropolis moves of all chains, in place.

    Args:
        spins: int8 (n_chains, n_sites).
        theta: Hidden angles (n_chains, n_hidden).
        t: tanh(theta).
        moves: (n_moves, 2); second site -1 for a single flip.
        shift: Change of theta at sigma = +1, (n_moves, n_hidden); ``cosh``, ``sinh``, ``tanh`` of it.
        visible: (2, n_moves), factor of the visible part for sigma = -1 and +1.
        careful: (n_moves,), True where the product formula would cancel.
        uniforms: (n_records, n_chains, n_steps) in [0, 1): chooses the move and decides on it.
        records: Output int8 (n_chains, n_records, n_sites).
        proposed: int64 (n_chains,), grows by the proposals that change the configuration.
        accepted: int64 (n_chains,), grows by those accepted.
    """
    n_hidden = theta.shape[1]
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
                sigma = float(spins[chain, i])
                ratio = visible[(1 + spins[chain, i]) // 2, move]
                # The loop stands here, not in a function: passing array rows would cost more than the loop.
                if careful[move]:
                    ratio *= _careful_ratio(theta[chain], shift[move], sigma)
                else:
                    product = cosh[move, 0] + sigma * sinh[move, 0] * t[chain, 0]
                    for k in range(1, n_hidden):
                        product *= cosh[move, k] + sigma * sinh[move, k] * t[chain, k]
                    ratio *= product
                if not (scaled - move < ratio.real * ratio.real + ratio.imag * ratio.imag):
                    continue
                accepted[chain] += 1
                spins[chain, i] = -spins[chain, i]
                if j >= 0:
                    spins[chain, j] = -spins[chain, j]
                stale = careful[move]
                for k in range(n_hidden):
                    old = t[chain, k]
                    # Near 1 the rapidity is lost in rounding, near a pole of tanh all digits are.
                    stale |= abs(abs(old.real) - 1) < 1e-3 or abs(old.imag) > 1e3
                    theta[chain, k] += sigma * shift[move, k]
                    t[chain, k] = (old + sigma * tanh[move, k]) / (1.0 + sigma * tanh[move, k] * old)
                if stale:
                    for k in range(n_hidden):
                        t[chain, k] = np.tanh(theta[chain, k])
            records[chain, record] = spins[chain]


@_compiled
def local_energies(
    spins: Spins,
    theta: Numbers,
    t: Numbers,
    bonds: Integers,
    zz: Reals,
    moves: Integers,
    amplitudes: Reals,
    shift: Numbers,
    cosh: Numbers,
    sinh: Numbers,
    visible: Numbers,
    careful: Flags,
    energies: Numbers,
) -> None:
    """Local energies <s|H|psi> / <s|psi> of configurations; no connected configuration is ever built.

    Args:
        spins: int8 (n_samples, n_sites).
        theta: Hidden angles (n_samples, n_hidden).
        t: tanh(theta).
        bonds: (n_bonds, 2) with coefficients ``zz``.
        moves: (n_moves, 2) with matrix elements ``amplitudes`` and tables as in ``sweep``.
        energies: Output (n_samples,).
    """
    n_hidden = t.shape[1]
    for sample in range(spins.shape[0]):
        diagonal = 0.0
        for bond in range(bonds.shape[0]):
            diagonal += zz[bond] * spins[sample, bonds[bond, 0]] * spins[sample, bonds[bond, 1]]
        total = visible[0, 0] * 0.0 + diagonal
        for move in range(moves.shape[0]):
            i = moves[move, 0]
            j = moves[move, 1]
            if j >= 0 and spins[sample, i] == spins[sample, j]:
                continue
            sigma = float(spins[sample, i])
            ratio = visible[(1 + spins[sample, i]) // 2, move]
            # The loop stands here, not in a function: passing array rows would cost more than the loop.
            if careful[move]:
                ratio *= _careful_ratio(theta[sample], shift[move], sigma)
            else:
                product = cosh[move, 0] + sigma * sinh[move, 0] * t[sample, 0]
                for k in range(1, n_hidden):
                    product *= cosh[move, k] + sigma * sinh[move, k] * t[sample, k]
                ratio *= product
            total += amplitudes[move] * ratio
        energies[sample] = total
