"""The two ways to evaluate an ansatz: compiled tables (fast, RBM on CPU) and plain torch (any ansatz, any device)."""

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian

BackendName = Literal["auto", "numba", "torch"]
Numbers = NDArray[np.float64] | NDArray[np.complex128]


class Backend(Protocol):
    """Evaluates one ansatz on one Hamiltonian; both backends follow the same chain from the same random numbers."""

    def set_parameters(self, parameters: Parameters) -> None:
        """Use these parameters from now on."""

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """Run Metropolis moves and record each chain after every block of moves.

        Args:
            configurations: Shape (n_chains, n_sites); moved in place to where the chains end.
            uniforms: Shape (n_records, n_chains, n_steps) in [0, 1): n_steps proposals before each record.

        Returns:
            Recorded configurations, shape (n_chains, n_records, n_sites), and per chain the number of
            proposals that change the configuration and of those accepted.
        """

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """Local energies in units of J, shape (n_samples,), of configurations (n_samples, n_sites)."""

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """Centred logarithmic derivatives of configurations (n_samples, n_sites)."""


def build_backend(ansatz: Ansatz, hamiltonian: Hamiltonian, name: BackendName = "auto", device: str = "cpu") -> Backend:
    """The backend of that name; "auto" takes the compiled one where ansatz and device allow.

    Raises:
        InvalidInput: The compiled backend was asked for and does not fit, or the device does not exist.
    """
    from physics_engines.nqs.ansatze.pair_product import PairProduct
    from physics_engines.nqs.ansatze.rbm import DenseRbm, SymmetricRbm

    if isinstance(ansatz, PairProduct) and device == "cpu" and name != "torch":
        from physics_engines.nqs.pair_backend import PairBackend

        return PairBackend(ansatz, hamiltonian)
    compiled = isinstance(ansatz, DenseRbm | SymmetricRbm) and device == "cpu"
    if name == "numba" and not compiled:
        raise InvalidInput("the compiled backend takes restricted Boltzmann machines on the CPU; use torch")
    if name != "torch" and compiled:
        from physics_engines.nqs.numba_backend import NumbaBackend

        return NumbaBackend(ansatz, hamiltonian)
    from physics_engines.nqs.torch_backend import TorchBackend

    return TorchBackend(ansatz, hamiltonian, device)
