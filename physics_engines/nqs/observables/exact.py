"""The same observables from a state vector, by another route than the sampled ones."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from physics_engines.estimate import Estimate
from physics_engines.nqs.exact import as_configurations
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.observables.correlation import Correlations, naming
from physics_engines.nqs.observables.displacements import displacements_of
from physics_engines.nqs.observables.entanglement import LABEL, block_convention, entropy_of_vector
from physics_engines.nqs.observables.magnetisation import CONVENTIONS, LABELS
from physics_engines.nqs.observables.profile import exact_profile
from physics_engines.text import Text

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_METHOD = Text(en="exact state vector", ja="厳密な状態ベクトル")


def exact_correlations(
    hamiltonian: Hamiltonian, states: NDArray[np.int64], amplitudes: Numbers, method: Text = _METHOD
) -> Correlations:
    """Correlations of a normalised state vector.

    Args:
        hamiltonian: Lattice and sign basis of the vector.
        states: Basis states as integers, ascending, shape (n_states,).
        amplitudes: Shape (n_states,).
        method: Where the vector came from.
    """
    n_sites, is_spin = hamiltonian.n_sites, hamiltonian.conserves_magnetisation
    where = displacements_of(hamiltonian.lattice)
    spins = as_configurations(states, n_sites)
    weights = np.abs(amplitudes) ** 2
    matrix = (spins * weights[:, None]).T @ spins * (0.25 if is_spin else 1.0)
    along = _averaged(matrix, where.pairs, 0.25 if is_spin else 1.0)
    named = naming("zz", is_spin, where)
    longitudinal = exact_profile(along, named[0], method, named[1])
    if not is_spin:
        return Correlations(where, False, longitudinal, None, None)
    exchange = _exchange_matrix(hamiltonian, states, amplitudes)
    across = _averaged(exchange, where.pairs, 0.5)
    (label, convention), (label_sum, convention_sum) = naming("xy", True, where), naming("total", True, where)
    return Correlations(
        where,
        True,
        longitudinal,
        exact_profile(across, label, method, convention),
        exact_profile(along + across, label_sum, method, convention_sum),
    )


def _averaged(matrix: NDArray[np.float64], pairs: tuple[NDArray[np.int64], ...], on_site: float) -> NDArray[np.float64]:
    return np.array([on_site, *(matrix[group[:, 0], group[:, 1]].mean() for group in pairs[1:])])


def _exchange_matrix(hamiltonian: Hamiltonian, states: NDArray[np.int64], amplitudes: Numbers) -> NDArray[np.float64]:
    """<S^x_i S^x_j + S^y_i S^y_j> of all pairs i < j, shape (n_sites, n_sites)."""
    n_sites, sublattice = hamiltonian.n_sites, hamiltonian.lattice.sublattice
    matrix = np.zeros((n_sites, n_sites))
    for i in range(n_sites):
        for j in range(i + 1, n_sites):
            differ = ((states >> i) ^ (states >> j)) & 1 == 1
            partner = np.searchsorted(states, states[differ] ^ ((1 << i) | (1 << j)))
            value = 0.5 * float(np.sum(amplitudes[partner].conj() * amplitudes[differ]).real)
            if hamiltonian.is_rotated and sublattice is not None and sublattice[i] != sublattice[j]:
                value = -value
            matrix[i, j] = value
    return matrix


def exact_magnetisations(
    hamiltonian: Hamiltonian, states: NDArray[np.int64], amplitudes: Numbers, method: Text = _METHOD
) -> dict[str, Estimate]:
    """What ``magnetisations`` gives, from a normalised vector over all 2^N states."""
    spins = as_configurations(states, hamiltonian.n_sites).astype(np.float64)
    weights = np.abs(amplitudes) ** 2
    field = spins.mean(axis=1)
    bonds = hamiltonian.lattice.neighbours
    flipped = sum(
        float(np.sum(amplitudes[states ^ (1 << i)].conj() * amplitudes).real) for i in range(hamiltonian.n_sites)
    )
    values = {
        "sigma_x": flipped / hamiltonian.n_sites,
        "abs_sigma_z": float(weights @ np.abs(field)),
        "sigma_z_squared": float(weights @ field**2),
        "nearest_zz": float(weights @ (spins[:, bonds[:, 0]] * spins[:, bonds[:, 1]]).mean(axis=1)),
    }
    return {
        name: Estimate(label=LABELS[name], value=value, exactness="exact", method=method, convention=CONVENTIONS[name])
        for name, value in values.items()
    }


def exact_renyi_entropy(
    hamiltonian: Hamiltonian,
    states: NDArray[np.int64],
    amplitudes: Numbers,
    sites: Sequence[int],
    method: Text = _METHOD,
) -> Estimate:
    """S_2 of a block of a state vector."""
    block = np.unique(np.asarray(sites, dtype=np.int64))
    value = entropy_of_vector(as_configurations(states, hamiltonian.n_sites), amplitudes, block)
    convention = block_convention(block.tolist(), hamiltonian.n_sites)
    return Estimate(label=LABEL, value=value, exactness="exact", method=method, convention=convention)
