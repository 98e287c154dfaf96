"""Fidelity of a variational state with the exact ground state of a small lattice."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.exact import sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.observables.ensemble import VariationalState, amplitudes_of
from physics_engines.text import Text

_DENSE_LIMIT = 256
_N_LOWEST = 4
_DEGENERATE = 1e-8


def ground_space(hamiltonian: Hamiltonian) -> NDArray[np.float64]:
    """Orthonormal ground states of the sector, shape (n_states, n_degenerate); at most 4 are looked for."""
    from scipy.sparse.linalg import eigsh

    states = sector_states(hamiltonian)
    matrix = sparse_matrix(hamiltonian, states)
    if len(states) <= _DENSE_LIMIT:
        energies, vectors = np.linalg.eigh(matrix.toarray())
    else:
        start = np.random.default_rng(0).standard_normal(len(states))
        energies, vectors = eigsh(matrix, k=min(_N_LOWEST, len(states) - 1), which="SA", v0=start, tol=0)
    order = np.argsort(energies)
    energies, vectors = energies[order], vectors[:, order]
    space: NDArray[np.float64] = vectors[:, energies - energies[0] < _DEGENERATE * max(1.0, abs(energies[0]))]
    return space


def fidelity(state: VariationalState, space: NDArray[np.float64] | None = None) -> Estimate:
    """|<psi|exact>|^2 of normalised states, summed over the exact ground states where there are several.

    Args:
        state: The wave function, on a lattice small enough to enumerate.
        space: From ``ground_space``; computed when None.

    Raises:
        ResourceLimit: The sector has more than 2^20 states.
    """
    _, amplitudes = amplitudes_of(state)
    space = ground_space(state.hamiltonian) if space is None else space
    overlap = float(np.sum(np.abs(space.T @ amplitudes) ** 2))
    count = space.shape[1]
    many = Text(
        en="" if count == 1 else f" with the space of {count} degenerate ground states",
        ja="" if count == 1 else f"、{count} 重縮退した基底空間との重なり",
    )
    n = len(amplitudes)
    return Estimate(
        label=Text(en="fidelity with the exact ground state", ja="厳密な基底状態との忠実度"),
        value=min(overlap, 1.0),
        exactness="exact",
        method=Text(en=f"sum over all {n} basis states", ja=f"{n} 基底状態すべてについての和"),
        convention=Text(en=f"|<ψ|ψ_exact>|^2{many.en}", ja=f"|<ψ|ψ_exact>|^2{many.ja}"),
    )
