"""Exact diagonalisation of small lattices by sparse Lanczos."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import ExactSpec
from physics_engines.progress import Monitor
from physics_engines.text import Text

_DENSE_LIMIT = 256


@dataclass(frozen=True)
class ExactResult:
    """Ground state of a small lattice.

    Attributes:
        energy_per_site: Exact energy per site.
        states: Shape (n_states,), basis states as integers: bit i set means spin up at site i.
        amplitudes: Shape (n_states,), real normalised ground-state vector in the basis of ``Hamiltonian``
            (Marshall basis on bipartite lattices).
    """

    energy_per_site: Estimate
    states: NDArray[np.int64]
    amplitudes: NDArray[np.float64]


def basis_states(n_sites: int, conserves_magnetisation: bool) -> NDArray[np.int64]:
    """All states of the sector in ascending order, bit i set where spin i is up; shape (n_states,)."""
    states = np.arange(2**n_sites, dtype=np.int64)
    if not conserves_magnetisation:
        return states
    balanced: NDArray[np.int64] = states[np.bitwise_count(states) == n_sites // 2]
    return balanced


def as_configurations(states: NDArray[np.int64], n_sites: int) -> NDArray[np.int8]:
    """Spins +1 and -1 of integer basis states, shape (n_states, n_sites)."""
    bits = (states[:, None] >> np.arange(n_sites)) & 1
    return np.asarray(2 * bits - 1, dtype=np.int8)


def _sparse_matrix(hamiltonian: Hamiltonian, states: NDArray[np.int64]) -> "object":
    """The Hamiltonian in the basis ``states`` as ``scipy.sparse.csr_array``."""
    from scipy.sparse import coo_array

    index = np.empty(2**hamiltonian.n_sites, dtype=np.int32)
    index[states] = np.arange(len(states), dtype=np.int32)
    numbers = np.arange(len(states), dtype=np.int32)
    diagonal = np.zeros(len(states))
    for (i, j), strength in zip(hamiltonian.bonds, hamiltonian.zz, strict=True):
        diagonal += strength * (1 - 2 * (((states >> i) ^ (states >> j)) & 1))
    rows, columns, values = [numbers], [numbers], [diagonal]
    for (i, j), amplitude in zip(hamiltonian.moves, hamiltonian.amplitudes, strict=True):
        if amplitude == 0:
            continue
        if j < 0:
            chosen, mask = numbers, 1 << int(i)
        else:
            chosen = numbers[(((states >> i) ^ (states >> j)) & 1) == 1]
            mask = (1 << int(i)) | (1 << int(j))
        rows.append(chosen)
        columns.append(index[states[chosen] ^ mask])
        values.append(np.full(len(chosen), amplitude))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(len(states), len(states))).tocsr()


def exact_ground_state(spec: ExactSpec, monitor: Monitor | None = None) -> ExactResult:
    """Lowest state of the sector: S^z = 0 for Heisenberg and J1-J2, all states for transverse-field Ising.

    Lanczos (ARPACK through SciPy) to machine precision from a fixed start vector; full diagonalisation of
    matrices of at most 256 states.

    Raises:
        EngineError: Lanczos did not converge.
    """
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    from physics_engines.errors import EngineError

    monitor = monitor or Monitor()
    hamiltonian = build_hamiltonian(spec)
    states = basis_states(spec.n_sites, spec.conserves_magnetisation)
    monitor.report(0.0, Text(en=f"building {len(states)} states", ja=f"{len(states)} 状態を構成中"))
    matrix = _sparse_matrix(hamiltonian, states)
    monitor.report(0.3, Text(en="Lanczos", ja="ランチョス法"))
    if len(states) <= _DENSE_LIMIT:
        energies, vectors = np.linalg.eigh(matrix.toarray())  # type: ignore[attr-defined]
        method = Text(en=f"full diagonalisation, {len(states)} states", ja=f"全対角化、{len(states)} 状態")
    else:
        start = np.random.default_rng(0).standard_normal(len(states))
        try:
            energies, vectors = eigsh(matrix, k=1, which="SA", v0=start, tol=0)
        except ArpackNoConvergence as error:
            raise EngineError(f"Lanczos did not converge in {len(states)} states: {error}") from error
        method = Text(en=f"Lanczos, {len(states)} states", ja=f"ランチョス法、{len(states)} 状態")
    vector = vectors[:, 0]
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    return ExactResult(
        energy_per_site=Estimate(
            label=Text(en="exact ground-state energy per site", ja="1サイトあたりの厳密な基底エネルギー"),
            value=float(energies[0]) * spec.coupling / spec.n_sites,
            unit=energy_unit(spec),
            exactness="exact",
            method=method,
            convention=convention(spec),
        ),
        states=states,
        amplitudes=vector,
    )
