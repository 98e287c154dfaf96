"""Classical order of a frustrated magnet: where the signs of a variational wave function begin."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.hamiltonian import Hamiltonian

_N_STARTS = 16
_MAX_SWEEPS = 300


def classical_angles(hamiltonian: Hamiltonian) -> NDArray[np.float64]:
    """Angles in the xy plane that minimise the classical energy sum J_xy cos(phi_i - phi_j), shape (n_sites,).

    Each spin in turn is laid against the field of its neighbours, from a fixed set of random starts; the lowest of the
    minima reached is taken. On a triangular lattice that is the 120 degree order, on an odd ring a spiral.

    Args:
        hamiltonian: An exchange model.
    """
    n = hamiltonian.n_sites
    links: list[list[tuple[int, float]]] = [[] for _ in range(n)]
    for (i, j), amplitude in zip(hamiltonian.moves.tolist(), hamiltonian.amplitudes.tolist(), strict=True):
        links[i].append((j, 2 * amplitude))
        links[j].append((i, 2 * amplitude))
    others = [np.array([site for site, _ in row], dtype=np.int64) for row in links]
    strengths = [np.array([strength for _, strength in row]) for row in links]
    spins = np.exp(2j * np.pi * np.random.default_rng(0).random((n, _N_STARTS)))
    before = np.full(_N_STARTS, np.inf)
    for _ in range(_MAX_SWEEPS):
        energy = np.zeros(_N_STARTS)
        for site in range(n):
            field = strengths[site] @ spins[others[site]]
            length = np.abs(field)
            spins[site] = np.where(length > 1e-12, -field / np.where(length > 0, length, 1), spins[site])
            energy -= length / 2
        if np.all(before - energy < 1e-9 * n):
            break
        before = energy
    # The first of those that are lowest within rounding, so that the choice does not hang on the last bit.
    best = int(np.flatnonzero(energy <= energy.min() + 1e-6 * n)[0])
    return np.asarray(np.angle(spins[:, best]))
