"""Fully connected feed-forward networks.

H. Saito, J. Phys. Soc. Jpn. 86, 093001 (2017): psi = exp(u) with u the output of hidden layers of tanh; 87, 074002
(2018) for the many layers. There an amplitude with a phase has a second output, as here.
"""

from typing import TYPE_CHECKING, Self

from physics_engines.lattices import Lattice
from physics_engines.nqs.ansatze.base import Defaults
from physics_engines.nqs.ansatze.network import Block, Network, dense, network_defaults
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
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
    def defaults(cls, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two hidden layers of sixteen units."""
        return network_defaults({"n_features": 16, "n_layers": 2}, n_sites)

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        return cls(build_lattice(spec), not spec.is_sign_free, spec.n_features, spec.n_layers)

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
        x = configurations[..., translations]
        for number in range(len(self._widths) - 2):
            x = torch.tanh(x @ blocks[f"w{number}"] + blocks[f"b{number}"])
        outputs = (x @ blocks[f"w{len(self._widths) - 2}"]).sum(dim=-2)
        if self.has_complex_amplitude:
            return torch.complex(outputs[..., 0], outputs[..., 1])
        return outputs[..., 0]
