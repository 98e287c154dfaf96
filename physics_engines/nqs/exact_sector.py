"""Exact energies of a symmetry sector: Lanczos on H + shift (1 - P) with the projector P of the sector."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.exact import as_configurations, sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.symmetry import Projection, translations_of_tied_weights

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_DEGENERATE = 1e-7
_DENSE_LIMIT = 512


@dataclass(frozen=True)
class ExactSector:
    """The lowest levels of a sector.

    Attributes:
        energies: Of the whole lattice in units of J, ascending, degenerate ones each by itself.
        vectors: Shape (n_states, n_found), in the basis of the Hamiltonian.
        configurations: The basis, int8 (n_states, n_sites).
    """

    energies: NDArray[np.float64]
    vectors: NDArray[np.complex128]
    configurations: NDArray[np.int8]

    def level(self, number: int) -> tuple[float, NDArray[np.complex128]]:
        """Energy and eigenvectors (n_states, degeneracy) of a level, counted without its degeneracy from 0."""
        starts = np.flatnonzero(np.diff(self.energies, prepend=-np.inf) > _DEGENERATE)
        if number >= len(starts):
            raise EngineError(f"only {len(starts)} level(s) of this sector were found")
        stop = starts[number + 1] if number + 1 < len(starts) else len(self.energies)
        return float(self.energies[starts[number]]), self.vectors[:, starts[number] : stop]


def exact_sector(
    hamiltonian: Hamiltonian, projection: Projection | None, n_levels: int, *, tied: bool = False
) -> ExactSector:
    """The lowest levels of a sector, up to degeneracies of four.

    Args:
        hamiltonian: Small enough to be diagonalised.
        projection: The sector; None for all states of the same S^z.
        n_levels: Levels wanted.
        tied: Only states that are invariant under translations in the basis of the Hamiltonian.

    Raises:
        EngineError: Lanczos did not converge, or the sector holds no state.
    """
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    states = sector_states(hamiltonian)
    configurations = as_configurations(states, hamiltonian.n_sites)
    matrix = sparse_matrix(hamiltonian, states)
    parts = [projection] if projection is not None else []
    if tied:
        parts.append(translations_of_tied_weights(hamiltonian))
    projectors = [_projector(part, states, configurations) for part in parts]
    scale = 2 * float(np.abs(hamiltonian.zz).sum() + np.abs(hamiltonian.amplitudes).sum()) + 1

    def apply(vector: NDArray[np.complex128]) -> NDArray[np.complex128]:
        kept = vector
        for projector in projectors:
            kept = projector @ kept
        return cast(NDArray[np.complex128], matrix @ kept + scale * (vector - kept))

    n_states = len(states)
    if n_states <= _DENSE_LIMIT:
        whole = np.stack([apply(column) for column in np.eye(n_states, dtype=np.complex128)], axis=1)
        energies, vectors = np.linalg.eigh((whole + whole.conj().T) / 2)
    else:
        operator = LinearOperator((n_states, n_states), matvec=apply, dtype=np.complex128)
        rng = np.random.default_rng(0)
        start = rng.standard_normal(n_states).astype(np.complex128)
        for projector in projectors:
            start = projector @ start
        wanted = 4 * n_levels + 2
        try:
            energies, vectors = eigsh(operator, k=wanted, ncv=4 * wanted + 10, which="SA", v0=start, tol=1e-11)
        except ArpackNoConvergence as error:
            raise EngineError(f"Lanczos did not converge in {n_states} states: {error}") from error
    inside = energies < scale / 2
    order = np.argsort(energies[inside])
    if not len(order):
        raise EngineError("this lattice has no state of that sector")
    return ExactSector(energies[inside][order], vectors[:, inside][:, order], configurations)


def _projector(projection: Projection, states: NDArray[np.int64], configurations: NDArray[np.int8]) -> "csr_array":
    """P psi (s) = sum_g c_g psi(g s) / order, as a sparse matrix."""
    from scipy.sparse import csr_array

    n_states, order = len(states), len(projection.flips)
    bits = np.int64(1) << np.arange(configurations.shape[1], dtype=np.int64)
    columns = np.empty((n_states, order), dtype=np.int64)
    for number, (permutation, flip) in enumerate(zip(projection.permutations, projection.flips, strict=True)):
        columns[:, number] = np.searchsorted(states, (configurations[:, permutation] * flip > 0) @ bits)
    values = np.tile(projection.coefficients / order, n_states)
    rows = np.arange(0, n_states * order + 1, order)
    matrix = csr_array((values, columns.ravel(), rows), shape=(n_states, n_states))
    matrix.sum_duplicates()
    return matrix
