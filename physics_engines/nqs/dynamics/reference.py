"""Exact time evolution of small lattices by the action of the matrix exponential."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.dynamics.measure import Recorder
from physics_engines.nqs.exact import as_configurations, sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import Hamiltonian

Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class ExactEvolution:
    """A state vector over time.

    Attributes:
        times: Shape (n_times,), in units of 1/J.
        values: The observables of ``Recorder``, shape (n_times, n_names + n_displacements).
        energies: <H> in units of J, shape (n_times,).
        vectors: Shape (n_times, n_states).
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    energies: NDArray[np.float64]
    vectors: Complex


def exact_evolution(hamiltonian: Hamiltonian, start: Complex, times: NDArray[np.float64]) -> ExactEvolution:
    """exp(-i H t) of a start vector, by SciPy's ``expm_multiply`` (Al-Mohy and Higham, 2011).

    Args:
        hamiltonian: After the quench, in units of J.
        start: Normalised, in the order of ``sector_states``.
        times: Equally spaced from 0, in units of 1/J.
    """
    from scipy.sparse.linalg import expm_multiply

    states = sector_states(hamiltonian)
    matrix = sparse_matrix(hamiltonian, states)
    trace = -1j * complex(matrix.trace())
    vectors = expm_multiply(
        -1j * matrix, start.astype(np.complex128), start=float(times[0]), stop=float(times[-1]), num=len(times),
        endpoint=True, traceA=trace,
    )  # fmt: skip
    recorder = Recorder.of(hamiltonian)
    local = recorder.diagonal(as_configurations(states, hamiltonian.n_sites))
    weights = np.abs(vectors) ** 2
    columns = []
    for name in recorder.names:
        if name == "sigma_x":
            flipped = sum(
                np.sum(vectors[:, states ^ (1 << i)].conj() * vectors, axis=1).real for i in range(hamiltonian.n_sites)
            )
            columns.append(np.asarray(flipped) / hamiltonian.n_sites)
        else:
            columns.append(weights @ local[name])
    values = np.concatenate([np.stack(columns, axis=1), weights @ local["correlations"]], axis=1)
    energies = np.sum(vectors.conj() * (matrix @ vectors.T).T, axis=1).real
    return ExactEvolution(times, values, energies, vectors)
