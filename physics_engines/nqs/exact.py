"""Exact diagonalisation of small lattices by sparse Lanczos."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import ExactSpec
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.progress import Monitor
from physics_engines.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_DENSE_LIMIT = 256
_TABLE_SITES = 26
"""Sites up to which the number of a state is looked up in a table of all bit patterns."""


@dataclass(frozen=True)
class ExactResult:
    """Ground state of a small lattice.

    Attributes:
        energy_per_site: Exact energy per site.
        states: Shape (n_states,), basis states as integers: bit i set means spin up at site i.
        amplitudes: Shape (n_states,), real normalised ground-state vector in the basis of ``Hamiltonian``
            (rotated by ``Hamiltonian.rotation``: the Marshall basis on bipartite lattices).
    """

    energy_per_site: Estimate
    states: NDArray[np.int64]
    amplitudes: NDArray[np.float64]


def basis_states(n_sites: int, conserves_magnetisation: bool, n_up: int | None = None) -> NDArray[np.int64]:
    """All states of the sector in ascending order, bit i set where spin i is up; shape (n_states,).

    Args:
        n_sites: At most 62.
        conserves_magnetisation: False for all 2^n_sites states.
        n_up: Number of up spins of the sector; half of the sites where None.
    """
    if not conserves_magnetisation:
        return np.arange(2**n_sites, dtype=np.int64)
    wanted = n_sites // 2 if n_up is None else n_up
    # rows[k]: the states of the first sites with k of them up; only those that can still reach the sector.
    rows = {0: np.zeros(1, dtype=np.int64)}
    for site in range(n_sites):
        needed = range(max(0, wanted - (n_sites - site - 1)), min(site + 1, wanted) + 1)
        lower = {k: rows[k] for k in needed if k in rows}
        upper = {k: rows[k - 1] | (1 << site) for k in needed if k - 1 in rows}
        rows = {k: np.concatenate([part[k] for part in (lower, upper) if k in part]) for k in needed}
    return rows[wanted]


def sector_states(model: Hamiltonian | SpinModelSpec) -> NDArray[np.int64]:
    """All states of the sector of a model in ascending order, shape (n_states,).

    Bit i is unit i; the units of the down electrons are the upper half of those of the Hubbard model.
    """
    if model.occupied is None:
        return basis_states(model.n_sites, False)
    states = basis_states(model.n_sites, True, model.occupied[0])
    for block, count in enumerate(model.occupied[1:], start=1):
        upper = basis_states(model.n_sites, True, count) << (block * model.n_sites)
        states = (upper[:, None] | states[None, :]).ravel()
    return states


def _strings(states: NDArray[np.int64], i: int, j: int) -> NDArray[np.int64]:
    """(-1)^(number of particles between units i and j) of each state."""
    low, high = min(i, j), max(i, j)
    between = (1 << high) - (1 << (low + 1))
    return np.asarray(1 - 2 * (np.bitwise_count(states & between).astype(np.int64) % 2))


def as_configurations(states: NDArray[np.int64], n_sites: int) -> NDArray[np.int8]:
    """Spins +1 and -1 of integer basis states, shape (n_states, n_sites)."""
    bits = (states[:, None] >> np.arange(n_sites)) & 1
    return np.asarray(2 * bits - 1, dtype=np.int8)


def sparse_matrix(hamiltonian: Hamiltonian, states: NDArray[np.int64]) -> "csr_array":
    """The Hamiltonian in the basis ``states`` as a sparse matrix, shape (n_states, n_states)."""
    from scipy.sparse import coo_array

    is_small = hamiltonian.n_units <= _TABLE_SITES
    if is_small:
        table = np.empty(2**hamiltonian.n_units, dtype=np.int32)
        table[states] = np.arange(len(states), dtype=np.int32)
    numbers = np.arange(len(states), dtype=np.int32)
    diagonal = np.full(len(states), hamiltonian.constant)
    for i, strength in enumerate(() if hamiltonian.z is None else hamiltonian.z):
        diagonal += strength * (2 * ((states >> i) & 1) - 1)
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
        reached = states[chosen] ^ mask
        columns.append(table[reached] if is_small else np.searchsorted(states, reached).astype(np.int32))
        signs = _strings(states[chosen], int(i), int(j)) if hamiltonian.is_fermionic else np.ones(len(chosen))
        values.append(amplitude * signs)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(entries, shape=(len(states), len(states))).tocsr()


def exact_ground_state(spec: ExactSpec, monitor: Monitor | None = None) -> ExactResult:
    """Lowest state of the sector of total S^z or particle numbers; of all states for transverse-field Ising.

    Lanczos (ARPACK through SciPy) to machine precision from a fixed start vector; full diagonalisation of
    matrices of at most 256 states.

    Raises:
        EngineError: Lanczos did not converge.
    """
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    from physics_engines.errors import EngineError

    monitor = monitor or Monitor()
    hamiltonian = build_hamiltonian(spec)
    states = sector_states(spec)
    monitor.report(0.0, Text(en=f"building {len(states)} states", ja=f"{len(states)} 状態を構成中"))
    matrix = sparse_matrix(hamiltonian, states)
    monitor.report(0.3, Text(en="Lanczos", ja="ランチョス法"))
    if len(states) <= _DENSE_LIMIT:
        energies, vectors = np.linalg.eigh(matrix.toarray())
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
