"""The fast path of a Jastrow factor: moves and local energies from the fields h = V s, by compiled kernels."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import jastrow_kernels as kernels
from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.ansatze.jastrow import PairProduct
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian

Numbers = NDArray[np.float64] | NDArray[np.complex128]


class JastrowBackend:
    """See ``Backend``."""

    def __init__(self, ansatz: PairProduct, hamiltonian: Hamiltonian) -> None:
        self._ansatz = ansatz
        self._hamiltonian = hamiltonian

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        self._pairs = np.ascontiguousarray(self._ansatz.pair_matrix(parameters))

    def _fields(self, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        with np.errstate(over="ignore", invalid="ignore"):
            return configurations.astype(np.float64) @ self._pairs

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``; half of s^T V s."""
        values: Numbers = 0.5 * np.einsum("si,si->s", self._fields(configurations), configurations.astype(np.float64))
        return values

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        n_chains = len(configurations)
        records = np.empty((n_chains, len(uniforms), configurations.shape[1]), dtype=np.int8)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)
        kernels.sweep(
            configurations, self._fields(configurations), self._pairs, self._hamiltonian.moves, uniforms, records,
            proposed, accepted,
        )  # fmt: skip
        return records, proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        model = self._hamiltonian
        energies = np.empty(len(configurations))
        kernels.local_energies(
            configurations, self._fields(configurations), self._pairs, model.bonds, model.zz, model.moves,
            model.amplitudes, energies,
        )  # fmt: skip
        return energies

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``."""
        return ExplicitDerivatives(self._ansatz.pair_jacobian(configurations))
