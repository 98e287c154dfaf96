"""Spin-spin correlations against displacement."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.observables.displacements import Displacements, displacements_of
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState
from physics_engines.nqs.observables.profile import Profile, profile
from physics_engines.text import Text

Part = Literal["zz", "xy", "total"]


@dataclass(frozen=True)
class Correlations:
    """Correlations of a state, averaged over all pairs of one displacement.

    For spins S: ``longitudinal`` is <S^z S^z>, ``transverse`` <S^x S^x + S^y S^y>, ``total`` <S·S>. For the
    transverse-field Ising model only ``longitudinal`` exists and is <sigma^z sigma^z>.

    Attributes:
        displacements: The displacements, by distance; the first is zero.
        is_spin: Spins S = sigma / 2; False for Pauli matrices.
        longitudinal: Shape (n_displacements,).
        transverse: The same or None.
        total: The same or None.
        local: Local values of the fullest of them, shape (n_samples, n_displacements); None for exact values.
    """

    displacements: Displacements
    is_spin: bool
    longitudinal: Profile
    transverse: Profile | None
    total: Profile | None
    local: NDArray[np.float64] | None = None

    @property
    def main(self) -> Profile:
        """<S·S> for spins, <sigma^z sigma^z> for the Ising model."""
        return self.longitudinal if self.total is None else self.total

    @property
    def operator(self) -> str:
        """What ``main`` is the expectation value of, for sites i and j."""
        return "S_i·S_j" if self.total is not None else "S^z_i S^z_j" if self.is_spin else "σ^z_i σ^z_j"


def correlations(state: VariationalState, ensemble: Ensemble, *, transverse: bool = True) -> Correlations:
    """Measure all correlations of a state.

    Args:
        state: The wave function.
        ensemble: Its configurations.
        transverse: Also the off-diagonal part of spin models: one amplitude ratio per pair of sites and sample.
    """
    where = displacements_of(state.hamiltonian.lattice)
    is_spin = state.hamiltonian.conserves_magnetisation
    diagonal = longitudinal_values(ensemble.flat, where) * (0.25 if is_spin else 1.0)
    along = profile(ensemble, diagonal, *naming("zz", is_spin, where))
    if not (is_spin and transverse):
        return Correlations(where, is_spin, along, None, None, diagonal)
    across = _transverse(state, ensemble.flat, where)
    return Correlations(
        where,
        is_spin,
        along,
        profile(ensemble, across, *naming("xy", is_spin, where)),
        profile(ensemble, diagonal + across, *naming("total", is_spin, where)),
        diagonal + across,
    )


def naming(part: Part, is_spin: bool, where: Displacements) -> tuple[Callable[[int], Text], Text]:
    """Label of each displacement, and what the numbers are by definition."""
    operator = {
        "zz": "<S^z_0 S^z_r>" if is_spin else "<σ^z_0 σ^z_r>",
        "xy": "<S^x_0 S^x_r + S^y_0 S^y_r>",
        "total": "<S_0·S_r>",
    }[part]

    def label(index: int) -> Text:
        at = where.name(index)
        return Text(en=f"spin correlation {operator} at {at}", ja=f"{at} のスピン相関関数 {operator}")

    spins = Text(en="S = σ/2", ja="S = σ/2") if is_spin else Text(en="Pauli matrices", ja="パウリ行列")
    return label, Text(
        en=f"{operator}, {spins.en}, averaged over all pairs of this displacement",
        ja=f"{operator}、{spins.ja}、同じ変位のすべての対についての平均",
    )


def longitudinal_values(configurations: NDArray[np.int8], where: Displacements) -> NDArray[np.float64]:
    """Mean of s_i s_j over the pairs of each displacement, shape (n_samples, n_displacements)."""
    columns = [np.ones(len(configurations))]
    for pairs in where.pairs[1:]:
        product = configurations[:, pairs[:, 0]] * configurations[:, pairs[:, 1]]
        columns.append(product.sum(axis=1, dtype=np.int64) / len(pairs))
    return np.stack(columns, axis=1)


def transverse_operator(hamiltonian: Hamiltonian, pairs: NDArray[np.int64], weight: float) -> Hamiltonian:
    """weight * sum over pairs of S^x S^x + S^y S^y as tables, in the sign basis of the Hamiltonian."""
    sign = np.ones(len(pairs))
    sublattice = hamiltonian.lattice.sublattice
    if hamiltonian.is_rotated and sublattice is not None:
        sign = (sublattice[pairs[:, 0]] * sublattice[pairs[:, 1]]).astype(np.float64)
    return replace(
        hamiltonian,
        bonds=np.empty((0, 2), dtype=np.int64),
        zz=np.empty(0),
        moves=np.ascontiguousarray(pairs),
        amplitudes=weight * sign / 2,
    )


def _transverse(state: VariationalState, configurations: NDArray[np.int8], where: Displacements) -> NDArray[np.float64]:
    """Local values of the transverse part, shape (n_samples, n_displacements)."""
    columns = [np.full(len(configurations), 0.5)]
    for pairs in where.pairs[1:]:
        operator = transverse_operator(state.hamiltonian, pairs, 1 / len(pairs))
        columns.append(state.evaluator(operator).local_energies(configurations).real)
    return np.stack(columns, axis=1)
