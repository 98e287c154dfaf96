"""The fast path: an RBM evaluated from tables of the Hamiltonian's moves by compiled kernels."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import kernels
from physics_engines.nqs.ansatz import Ansatz, Parameters
from physics_engines.nqs.derivatives import DenseRbmDerivatives, ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.rbm import DenseRbm

Numbers = NDArray[np.float64] | NDArray[np.complex128]


class NumbaBackend:
    """See ``Backend``. The tables hold n_moves x n_hidden numbers and are made once per parameter set."""

    def __init__(self, ansatz: Ansatz, hamiltonian: Hamiltonian) -> None:
        self._ansatz = ansatz
        self._hamiltonian = hamiltonian

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        weights = self._ansatz.rbm_weights(parameters)
        if weights is None:
            raise TypeError("the compiled backend needs an ansatz with RBM weights")
        moves = self._hamiltonian.moves
        pairs = moves[:, 1] >= 0
        second = np.where(pairs, moves[:, 1], 0)
        columns = cast(Numbers, np.ascontiguousarray(weights.weights.T))
        self._shift: Numbers = 2 * (np.where(pairs[:, None], columns[second], 0) - columns[moves[:, 0]])
        visible = 2 * (np.where(pairs, weights.visible[second], 0) - weights.visible[moves[:, 0]])
        with np.errstate(over="ignore", invalid="ignore"):  # a runaway step shows up as a non-finite energy
            self._cosh, self._sinh, self._tanh = np.cosh(self._shift), np.sinh(self._shift), np.tanh(self._shift)
            self._visible = cast(Numbers, np.exp(np.stack([-visible, visible])))
        self._careful = ~np.all(np.abs(self._shift.real) <= kernels.CANCELLATION_LIMIT, axis=1)
        self._weights = columns
        self._hidden = weights.hidden

    def _angles(self, configurations: NDArray[np.int8]) -> tuple[Numbers, Numbers]:
        """theta and tanh(theta), both (n_samples, n_hidden)."""
        theta = configurations.astype(np.float64) @ self._weights
        theta += self._hidden
        return theta, cast(Numbers, np.tanh(theta))

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        n_chains = len(configurations)
        records = np.empty((n_chains, len(uniforms), configurations.shape[1]), dtype=np.int8)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)
        theta, t = self._angles(configurations)
        kernels.sweep(
            configurations, theta, t, self._hamiltonian.moves,
            self._shift, self._cosh, self._sinh, self._tanh, self._visible, self._careful,
            uniforms, records, proposed, accepted,
        )  # fmt: skip
        return records, proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        model = self._hamiltonian
        theta, t = self._angles(configurations)
        energies = cast(Numbers, np.empty(len(configurations), dtype=self._weights.dtype))
        kernels.local_energies(
            configurations, theta, t, model.bonds, model.zz, model.moves,
            model.amplitudes, self._shift, self._cosh, self._sinh, self._visible, self._careful, energies,
        )  # fmt: skip
        return energies

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``."""
        _, t = self._angles(configurations)
        if isinstance(self._ansatz, DenseRbm) and self._ansatz.n_parameters > len(configurations):
            return DenseRbmDerivatives(configurations, t)
        return ExplicitDerivatives(self._ansatz.rbm_jacobian(configurations, t))
