"""Rényi-2 entanglement entropy by the swap trick.

M. B. Hastings, I. González, A. B. Kallin, R. G. Melko, Phys. Rev. Lett. 104, 157201 (2010), eq. 3.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState
from physics_engines.nqs.observables.profile import sampling_method
from physics_engines.statistics import gamma_method, sampling_flags, split_r_hat
from physics_engines.text import Text

_LARGEST_RELATIVE_ERROR = 0.1
LABEL = Text(en="Rényi-2 entanglement entropy", ja="レニー2エンタングルメントエントロピー")


def block_convention(sites: Sequence[int], n_sites: int) -> Text:
    """What the entropy is by definition."""
    first, last = min(sites), max(sites)
    return Text(
        en=f"S_2 = -ln Tr ρ_A^2 in nats, block A of sites {first} to {last} of {n_sites}",
        ja=f"S_2 = -ln Tr ρ_A^2（ナット）、ブロック A は {n_sites} サイト中の {first} から {last}",
    )


def renyi_entropy(state: VariationalState, ensemble: Ensemble, sites: Sequence[int]) -> Estimate:
    """S_2 = -ln <Swap_A> of a block A, from pairs of independent configurations.

    Half of the chains is one replica, the other half the second. The relative error of <Swap> grows exponentially
    with the entropy; where it is above 0.1 the value is flagged, as its error is then no longer symmetric.

    Args:
        state: The wave function.
        ensemble: At least two chains, or all states with their weights.
        sites: Sites of the block A.

    Raises:
        InvalidInput: The block is empty, the whole lattice or outside it, or there is only one chain.
    """
    n_sites = state.hamiltonian.n_sites
    block = np.unique(np.asarray(sites, dtype=np.int64))
    if not (0 < len(block) < n_sites) or block[0] < 0 or block[-1] >= n_sites:
        raise InvalidInput(f"a block holds at least one and fewer than all {n_sites} sites, numbered from 0")
    convention = block_convention(block.tolist(), n_sites)
    if ensemble.weights is not None:
        return Estimate(
            label=LABEL,
            value=_full_sum(state, ensemble, block),
            error=0.0,
            exactness="stochastic",
            method=sampling_method(ensemble),
            convention=convention,
        )
    half = len(ensemble.configurations) // 2
    if half < 1:
        raise InvalidInput("the swap trick needs at least two independent chains")
    one, two = ensemble.configurations[:half], ensemble.configurations[half : 2 * half]
    swap = _swap_ratio(state, one.reshape(-1, n_sites), two.reshape(-1, n_sites), block).reshape(one.shape[:2])
    analysis = gamma_method(swap)
    label, method = LABEL, sampling_method(ensemble)
    if analysis.mean <= 0:
        # Nothing is known but a bound: the purity lies below its error.
        bound = float(-np.log(max(analysis.mean + 2 * analysis.error, 1e-300)))
        flag = "purity not resolved: the value is a lower bound of the entropy; take more samples or a smaller block"
        return Estimate(label=label, value=bound, error=abs(bound), exactness="stochastic", method=method,
                        convention=convention, flags=(flag,))  # fmt: skip
    relative = analysis.error / analysis.mean
    flags = list(sampling_flags(analysis, split_r_hat(swap)))
    if relative > _LARGEST_RELATIVE_ERROR:
        flags.append(f"swap estimator too noisy: relative error of the purity {relative:.2f}; take more samples")
    return Estimate(
        label=label,
        value=float(-np.log(analysis.mean)),
        error=float(relative),
        exactness="stochastic",
        method=method,
        convention=convention,
        n_eff=analysis.n_eff,
        tau_int=analysis.tau_int,
        flags=tuple(flags),
    )


def _swap_ratio(
    state: VariationalState, one: NDArray[np.int8], two: NDArray[np.int8], block: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Re psi(A2 B1) psi(A1 B2) / (psi(A1 B1) psi(A2 B2)), shape (n_pairs,)."""
    swapped_one, swapped_two = one.copy(), two.copy()
    swapped_one[:, block], swapped_two[:, block] = two[:, block], one[:, block]
    # Outside the sector psi is zero, whatever the network would say there.
    inside = np.ones(len(one), dtype=bool)
    if state.hamiltonian.conserves_magnetisation:
        inside = one[:, block].sum(axis=1, dtype=np.int64) == two[:, block].sum(axis=1, dtype=np.int64)
    ratio = np.zeros(len(one))
    if inside.any():
        logs = [state.log_psi(part[inside]) for part in (swapped_one, swapped_two, one, two)]
        ratio[inside] = np.exp(logs[0] + logs[1] - logs[2] - logs[3]).real
    return ratio


def _full_sum(state: VariationalState, ensemble: Ensemble, block: NDArray[np.int64]) -> float:
    log_psi = state.log_psi(ensemble.flat)
    psi = np.exp(log_psi - log_psi.real.max())
    return entropy_of_vector(ensemble.flat, psi, block)


def entropy_of_vector(
    configurations: NDArray[np.int8], amplitudes: NDArray[np.complex128] | NDArray[np.float64], block: NDArray[np.int64]
) -> float:
    """S_2 of a state vector, from the Schmidt values of its matrix psi(A, B)."""
    n_sites = configurations.shape[1]
    rest = np.setdiff1d(np.arange(n_sites), block)
    bits = (configurations > 0).astype(np.int64)
    matrix = np.zeros((2 ** len(block), 2 ** len(rest)), dtype=np.asarray(amplitudes).dtype)
    rows = bits[:, block] @ (1 << np.arange(len(block)))
    columns = bits[:, rest] @ (1 << np.arange(len(rest)))
    matrix[rows, columns] = amplitudes / np.linalg.norm(amplitudes)
    if matrix.shape[0] > matrix.shape[1]:
        matrix = matrix.T
    # Tr rho^2 = |M M^dagger|^2: cheaper than the Schmidt values themselves.
    density = matrix @ matrix.conj().T
    return float(-np.log(np.sum(np.abs(density) ** 2)))
