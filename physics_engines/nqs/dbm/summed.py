"""All amplitudes of a small deep Boltzmann machine, its units summed one factor after the other."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.dbm.circuit import Circuit, Coupling, Exchange, Flip
from physics_engines.nqs.dbm.network import coupling_weight, exchange_exponents


def sum_units(circuit: Circuit, states: NDArray[np.int64]) -> NDArray[np.float64]:
    """Amplitudes of basis states, normalised to length 1.

    A deep unit couples only to what its factor replaces, so it can be summed as soon as it is added; each sum uses
    the traced hidden units, 2 cosh of what they see.

    Args:
        circuit: The network.
        states: All states of the sector, bit i set where spin i is up, ascending, shape (n_states,).

    Returns:
        Shape (n_states,).
    """
    psi: NDArray[np.float64] = np.ones(len(states))
    for i, j in circuit.dimers.tolist() if circuit.dimers is not None else []:
        psi *= np.cos(np.pi / 4 * (_spin(states, i) + _spin(states, j)))
        psi[np.abs(psi) < 1e-12] = 0.0
    for layer in circuit.layers:
        for gate in layer:
            if isinstance(gate, Coupling):
                psi *= _traced(gate.exponent, _spin(states, gate.i), _spin(states, gate.j))
            elif isinstance(gate, Flip):
                psi = _sum_flip(psi, states, gate)
            else:
                psi = _sum_exchange(psi, states, gate)
        psi /= float(np.linalg.norm(psi))
    return psi


def _spin(states: NDArray[np.int64], i: int) -> NDArray[np.float64]:
    return np.asarray(2 * ((states >> i) & 1) - 1, dtype=np.float64)


def _traced(exponent: float, one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """exp(exponent s s') from the hidden unit that stands for it."""
    weight = coupling_weight(exponent)
    seen = weight * one + (weight if exponent >= 0 else -weight) * other
    traced: NDArray[np.float64] = np.exp(-abs(exponent)) * np.cosh(seen)
    return traced


def _sum_flip(psi: NDArray[np.float64], states: NDArray[np.int64], gate: Flip) -> NDArray[np.float64]:
    if gate.g == 0:
        return psi
    w = -float(np.log(np.tanh(gate.g))) / 2
    spin = _spin(states, gate.i)
    flipped = psi[np.searchsorted(states, states ^ (1 << gate.i))]
    kept = _traced(w, spin, spin) * psi + _traced(w, spin, -spin) * flipped
    return float(np.sqrt(np.sinh(2 * gate.g) / 2)) * kept


def _sum_exchange(psi: NDArray[np.float64], states: NDArray[np.int64], gate: Exchange) -> NDArray[np.float64]:
    c, w, v = exchange_exponents(gate)
    one, two = _spin(states, gate.i), _spin(states, gate.j)
    swapped = psi.copy()
    different = one != two
    mask = (1 << gate.i) | (1 << gate.j)
    swapped[different] = psi[np.searchsorted(states, states[different] ^ mask)]
    total = np.zeros_like(psi)
    for d, before in ((one, psi), (-one, swapped)):
        # d is the spin i had before; the pair was (d, s_i + s_j - d).
        allowed = np.cos(np.pi / 8 * (one + two - 2 * d))
        total += np.where(np.abs(allowed) > 1e-12, allowed * _traced(w, one, d) * before, 0.0)
    summed: NDArray[np.float64] = float(np.exp(c)) * _traced(v, one, two) * total
    return summed
