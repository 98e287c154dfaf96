"""Symmetry-projected wave functions: psi_P(s) = sum_g chi(g)^* psi(g s).

T. Mizusaki and M. Imada, Phys. Rev. B 69, 125110 (2004); for restricted Boltzmann machines Y. Nomura,
J. Phys.: Condens. Matter 33, 174003 (2021).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze.base import Ansatz, Invariant, Parameters
from physics_engines.nqs.symmetry import Projection

if TYPE_CHECKING:
    import torch


Numbers = NDArray[np.float64] | NDArray[np.complex128]

_NODE = 1e-300
"""Amplitude where the images cancel exactly, in units of the largest of them: its logarithm is a number."""


class Projected:
    """Any ansatz, projected on a symmetry sector; its parameters are those of the ansatz.

    Args:
        base: The wave function psi.
        projection: Elements g and coefficients chi(g)^*.

    Raises:
        InvalidInput: Complex characters need complex parameters.
    """

    def __init__(self, base: Ansatz, projection: Projection) -> None:
        if not (base.is_complex or projection.is_real):
            raise InvalidInput("this momentum has complex characters and needs an ansatz with complex parameters")
        self.base = base
        self.projection = projection

    @property
    def n_parameters(self) -> int:
        """Those of the base."""
        return self.base.n_parameters

    @property
    def is_complex(self) -> bool:
        """As the base."""
        return self.base.is_complex

    @property
    def has_complex_amplitude(self) -> bool:
        """As the base. The logarithm of a real wave function of both signs is complex all the same."""
        return self.base.has_complex_amplitude

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: those of the base times those of the projection, where no character is another than 1."""
        permutations = self.projection.permutations
        if not self._is_trivial:
            return permutations[:1]
        if isinstance(self.base, Invariant):
            permutations = self.base.invariances[:, permutations].reshape(-1, permutations.shape[1])
        return np.unique(permutations, axis=0)

    @property
    def is_even(self) -> bool:
        """See ``Even``."""
        return self._is_trivial and bool((self.projection.flips < 0).any())

    @property
    def _is_trivial(self) -> bool:
        return bool(np.all(self.projection.coefficients == 1))

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Those of the base."""
        return self.base.initial_parameters(rng)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``; complex where amplitudes of both signs occur, very small where they cancel."""
        import torch

        device = configurations.device
        permutations = torch.as_tensor(self.projection.permutations, device=device)
        flips = torch.as_tensor(self.projection.flips, device=device).to(configurations.dtype)
        logs = self.base.log_psi(parameters, configurations[..., permutations] * flips[:, None])
        top = logs.real.amax(dim=-1, keepdim=True).detach()
        coefficients = torch.as_tensor(self.projection.coefficients, device=device)
        if not logs.is_complex():
            coefficients = coefficients.real
        total = (torch.exp(logs - top) * coefficients).sum(dim=-1)
        if not logs.is_complex() and bool((self.projection.coefficients.real <= 0).any()):
            total = total.to(torch.complex128)
        return top[..., 0] + torch.log(torch.where(total == 0, _NODE, total))
