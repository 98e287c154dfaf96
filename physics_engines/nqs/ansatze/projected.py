"""Symmetry-projected wave functions: psi_P(s) = sum_g chi(g)^* psi(g s).

T. Mizusaki and M. Imada, Phys. Rev. B 69, 125110 (2004); for restricted Boltzmann machines Y. Nomura,
J. Phys.: Condens. Matter 33, 174003 (2021).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze.base import Ansatz, Parameters
from physics_engines.nqs.symmetry import Projection

if TYPE_CHECKING:
    import torch


Numbers = NDArray[np.float64] | NDArray[np.complex128]


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
        """As the base, and where a real wave function may have both signs."""
        return self.base.has_complex_amplitude or not bool((self.projection.coefficients.real > 0).all())

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Those of the base."""
        return self.base.initial_parameters(rng)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``; complex where amplitudes of both signs occur, -inf where they cancel."""
        import torch

        device = configurations.device
        permutations = torch.as_tensor(self.projection.permutations, device=device)
        flips = torch.as_tensor(self.projection.flips, device=device).to(configurations.dtype)
        logs = self.base.log_psi(parameters, configurations[..., permutations] * flips[:, None])
        top = logs.real.amax(dim=-1, keepdim=True).detach()
        coefficients = torch.as_tensor(self.projection.coefficients, device=device)
        if not logs.is_complex():
            total = (torch.exp(logs - top) * coefficients.real).sum(dim=-1)
            is_positive = bool((self.projection.coefficients.real > 0).all())
            return top[..., 0] + torch.log(total if is_positive else total.to(torch.complex128))
        return top[..., 0] + torch.log((torch.exp(logs - top) * coefficients).sum(dim=-1))
