"""Fully connected feed-forward networks.

H. Saito, J. Phys. Soc. Jpn. 86, 093001 (2017): psi = exp(u) with u the output of hidden layers of tanh; 87, 074002
(2018) for the many layers. There an amplitude with a phase has a second output, as here.
"""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults
from physics_engines.nqs.ansatze.network import Block, Network, dense, network_defaults
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from physics_engines.nqs.spec import GroundStateSpec


class FeedForward(Network):
    """Hidden layers of tanh and one output, or two for a complex amplitude.

    On a periodic lattice the network is applied to all translations of the configuration and log psi is the sum, so
    psi is translation invariant.

    Args:
        lattice: Sites and translations.
        has_complex_amplitude: Two outputs, log |psi| and the phase.
        n_features: Units in each hidden layer.
        n_layers: Hidden layers.
    """

    def __init__(self, lattice: Lattice, has_complex_amplitude: bool, n_features: int, n_layers: int) -> None:
        self._widths = (lattice.n_sites, *(n_features,) * n_layers, 2 if has_complex_amplitude else 1)
        blocks: dict[str, Block] = {}
        for number, (n_in, n_out) in enumerate(zip(self._widths, self._widths[1:], strict=False)):
            blocks[f"w{number}"] = dense(n_in, n_out, 0.1 if number == n_layers else 1.0)
            if number < n_layers:  # a constant of log psi means nothing
                blocks[f"b{number}"] = Block((n_out,), 0.1)
        super().__init__(lattice, has_complex_amplitude, blocks)

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two hidden layers of sixteen units."""
        return network_defaults({"n_features": 16, "n_layers": 2}, n_sites)

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        return cls(build_lattice(spec), not spec.is_sign_free, spec.n_features, spec.n_layers)

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: the translations, which log psi is summed over."""
        return self.lattice.translations

    @property
    def n_multiplications(self) -> int:
        """See ``Network``."""
        copies = len(self.lattice.translations)
        return sum(copies * n_out * (n_in + 30) for n_in, n_out in zip(self._widths, self._widths[1:], strict=False))

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        import torch

        blocks = self.unflatten(parameters)
        translations = torch.as_tensor(self.lattice.translations, device=configurations.device)
        return self._from_first_layer(blocks, configurations[..., translations] @ blocks["w0"])

    def prepare(self, parameters: "torch.Tensor") -> "Callable[[torch.Tensor], torch.Tensor]":
        """See ``Prepared``: all translations of the first layer are one matrix."""
        import torch

        blocks = self.unflatten(parameters)
        translations = torch.as_tensor(self.lattice.translations, device=parameters.device)
        n_copies, n_sites = translations.shape
        matrix = parameters.new_zeros(n_sites, n_copies, self._widths[1])
        matrix[translations, torch.arange(n_copies, device=parameters.device)[:, None]] = blocks["w0"]
        flat = matrix.reshape(n_sites, -1)
        return lambda configurations: self._from_first_layer(
            blocks, (configurations @ flat).reshape(len(configurations), n_copies, -1)
        )

    def _from_first_layer(self, blocks: "dict[str, torch.Tensor]", x: "torch.Tensor") -> "torch.Tensor":
        """log psi from the products of the first layer, shape (..., n_translations, n_features)."""
        import torch

        last = len(self._widths) - 2
        for number in range(last):
            x = torch.tanh((x @ blocks[f"w{number}"] if number else x) + blocks[f"b{number}"])
        outputs = (x @ blocks[f"w{last}"]).sum(dim=-2)
        if self.has_complex_amplitude:
            return torch.complex(outputs[..., 0], outputs[..., 1])
        return outputs[..., 0]
