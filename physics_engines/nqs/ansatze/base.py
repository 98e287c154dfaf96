"""What a variational wave function offers to the engine."""

from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.ansatze.rbm import RbmWeights

Parameters = NDArray[np.float64] | NDArray[np.complex128]
"""All variational parameters as one flat vector."""


class Ansatz(Protocol):
    """A wave function psi(s; parameters), holomorphic in complex parameters.

    ``log_psi`` in plain torch is all a new ansatz must bring; sampling, local energies and gradients follow from
    it. ``rbm_weights`` opens the fast path: an ansatz that is a restricted Boltzmann machine of any structure
    (dense, tied) expands its parameters to full weights.
    """

    @property
    def n_parameters(self) -> int:
        """Length of the parameter vector."""

    @property
    def is_complex(self) -> bool:
        """True when the parameters, and so log psi, are complex."""

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """A random start, shape (n_parameters,)."""

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """Logarithm of the amplitudes.

        Args:
            parameters: Shape (n_parameters,), float64 or complex128.
            configurations: Shape (..., n_sites), spins +1 and -1 in the dtype of the parameters.

        Returns:
            Shape (...).
        """

    def rbm_weights(self, parameters: Parameters) -> "RbmWeights | None":
        """Full RBM weights for the fast path, or None when the ansatz is no RBM."""

    def rbm_jacobian(
        self, configurations: NDArray[np.int8], t: NDArray[np.float64] | NDArray[np.complex128]
    ) -> NDArray[np.float64] | NDArray[np.complex128]:
        """Logarithmic derivatives from tanh of the hidden angles, shape (n_samples, n_parameters)."""
