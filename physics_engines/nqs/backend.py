"""The ways to evaluate an ansatz: compiled kernels (RBM and Jastrow on CPU) and plain torch (any ansatz and device)."""

from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian

BackendName = Literal["auto", "numba", "table", "tables_on_device", "torch"]
Numbers = NDArray[np.float64] | NDArray[np.complex128]


class Backend(Protocol):
    """Evaluates one ansatz on one Hamiltonian; all backends follow the same chain from the same random numbers."""

    def set_parameters(self, parameters: Parameters) -> None:
        """Use these parameters from now on."""

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """log psi of configurations (n_samples, n_sites), shape (n_samples,); complex where amplitudes are."""

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


@runtime_checkable
class Tempered(Protocol):
    """A backend whose chains can sample |psi|^(2 beta), each with a beta of its own."""

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""

    def sweep_tempered(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64], powers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """``Backend.sweep`` with powers: beta of each chain, shape (n_chains,)."""


def build_backend(ansatz: Ansatz, hamiltonian: Hamiltonian, name: BackendName = "auto", device: str = "cpu") -> Backend:
    """The backend of that name.

    Args:
        ansatz: The wave function.
        hamiltonian: What moves the chains and gives the energy.
        name: "numba" is the compiled one, "table" the one of small systems, "tables_on_device" that of RBMs on any
            device, "torch" the general one; "auto" takes the first of these that fits, of a projected wave function a
            table before the compiled one.
        device: Torch device; any but "cpu" means one of the last two.

    Raises:
        InvalidInput: The backend asked for does not fit, or the device does not exist.
    """
    from physics_engines.nqs.ansatze.jastrow import PairProduct
    from physics_engines.nqs.ansatze.pair_product import PairState
    from physics_engines.nqs.ansatze.projected import Projected
    from physics_engines.nqs.ansatze.rbm import Rbm

    if device == "cpu" and name == "auto" and isinstance(ansatz, Projected):
        from physics_engines.nqs.table_backend import TableBackend, fits_table

        if fits_table(ansatz, hamiltonian):
            return TableBackend(ansatz, hamiltonian)
    if device == "cpu" and name in ("auto", "numba"):
        if isinstance(ansatz, Projected) and isinstance(ansatz.base, Rbm):
            from physics_engines.nqs.projected_backend import ProjectedBackend

            return ProjectedBackend(ansatz, hamiltonian)
        if isinstance(ansatz, Rbm):
            from physics_engines.nqs.numba_backend import NumbaBackend

            return NumbaBackend(ansatz, hamiltonian)
        if isinstance(ansatz, PairState):
            from physics_engines.nqs.pair_backend import PairBackend

            return PairBackend(ansatz, hamiltonian)
        if isinstance(ansatz, PairProduct):
            from physics_engines.nqs.jastrow_backend import JastrowBackend

            return JastrowBackend(ansatz, hamiltonian)
    if device == "cpu" and name in ("auto", "table"):
        from physics_engines.nqs.table_backend import TableBackend, fits_table

        if fits_table(ansatz, hamiltonian):
            return TableBackend(ansatz, hamiltonian)
    if name in ("auto", "tables_on_device") and isinstance(ansatz, Rbm):
        from physics_engines.nqs.device_backend import DeviceRbmBackend

        return DeviceRbmBackend(ansatz, hamiltonian, device)
    if name == "tables_on_device":
        raise InvalidInput("tables on a device are those of a restricted Boltzmann machine; use torch")
    if name == "numba":
        raise InvalidInput(
            "the compiled backend takes restricted Boltzmann machines, Jastrow factors and pair products on the CPU; "
            "use torch"
        )
    if name == "table":
        raise InvalidInput("a table of all amplitudes takes small systems on the CPU; use torch")
    from physics_engines.nqs.torch_backend import TorchBackend

    return TorchBackend(ansatz, hamiltonian, device)
