"""What is recorded along a time evolution: a few averages and the longitudinal correlations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.observables.correlation import longitudinal_values
from physics_engines.nqs.observables.displacements import Displacements, displacements_of
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState
from physics_engines.nqs.observables.magnetisation import flip_operator
from physics_engines.text import Text

LABELS = {
    "sigma_x": Text(en="transverse magnetisation <σ^x>", ja="横磁化 <σ^x>"),
    "nearest_zz": Text(en="nearest-neighbour correlation <zz>", ja="最近接相関 <zz>"),
    "m_squared": Text(en="magnetisation squared <m_z^2>", ja="磁化の二乗 <m_z^2>"),
    "staggered": Text(en="staggered magnetisation <m_s^z>", ja="交替磁化 <m_s^z>"),
}


@dataclass(frozen=True)
class Recorder:
    """The observables of a model.

    Attributes:
        hamiltonian: After the quench.
        where: Displacements of the correlations.
    """

    hamiltonian: Hamiltonian
    where: Displacements

    @classmethod
    def of(cls, hamiltonian: Hamiltonian) -> "Recorder":
        """The observables of this model."""
        return cls(hamiltonian, displacements_of(hamiltonian.lattice))

    @property
    def names(self) -> tuple[str, ...]:
        """``sigma_x``, ``nearest_zz``, ``m_squared`` in Pauli matrices for the transverse-field Ising model;
        ``nearest_zz`` and ``staggered`` in spins S for the others."""
        if not self.hamiltonian.conserves_magnetisation:
            return ("sigma_x", "nearest_zz", "m_squared")
        return ("nearest_zz",) if self.hamiltonian.lattice.sublattice is None else ("nearest_zz", "staggered")

    def diagonal(self, configurations: NDArray[np.int8]) -> dict[str, NDArray[np.float64]]:
        """Local values of those that are diagonal, and of the ``correlations`` (n, n_displacements)."""
        is_spin = self.hamiltonian.conserves_magnetisation
        bonds = self.hamiltonian.lattice.neighbours
        pairs = (configurations[:, bonds[:, 0]] * configurations[:, bonds[:, 1]]).mean(axis=1, dtype=np.float64)
        values = {
            "nearest_zz": pairs * (0.25 if is_spin else 1.0),
            "correlations": longitudinal_values(configurations, self.where) * (0.25 if is_spin else 1.0),
        }
        if not is_spin:
            values["m_squared"] = configurations.mean(axis=1, dtype=np.float64) ** 2
        elif self.hamiltonian.lattice.sublattice is not None:
            values["staggered"] = (configurations @ self.hamiltonian.lattice.sublattice.astype(np.float64)) / (
                2 * self.hamiltonian.n_sites
            )
        return values

    def record(
        self, state: VariationalState, ensemble: Ensemble
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[str, ...]]]:
        """Values, errors and warnings: first the ``names``, then the correlations, (n_names + n_displacements,)."""
        spins = ensemble.flat
        values = self.diagonal(spins)
        if "sigma_x" in self.names:
            values["sigma_x"] = state.evaluator(flip_operator(self.hamiltonian)).local_energies(spins).real
        columns = [*(values[name] for name in self.names), *values["correlations"].T]
        averages = [ensemble.average(np.ascontiguousarray(column)) for column in columns]
        return np.array([a.value for a in averages]), np.array([a.error for a in averages]), [a.flags for a in averages]
