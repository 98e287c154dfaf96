"""Convolutional networks over the unit cells of a lattice.

Periodic padding makes them invariant under translations; an open edge is padded with zeros. The last layer has no
activation of its own: log psi = sum over cells and channels of log cosh, as of the hidden units of an RBM, which a
network of one layer with a kernel as large as the lattice is.
"""

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults
from physics_engines.nqs.ansatze.cells import Cells
from physics_engines.nqs.ansatze.network import Block, Network, dense, hidden_units, network_defaults
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_MATRIX_CELLS = 40
"""Up to so many cells a convolution is fastest as one large matrix, made once per parameter set."""


def _default_kernel(shape: tuple[int, ...]) -> int:
    return min(3 if len(shape) > 1 else 5, *shape)


class _Convolutional(Network):
    """Layers of convolutions, named w0, b0, w1, …; ``_forward`` says what lies between them."""

    def __init__(self, lattice: Lattice, has_complex_amplitude: bool, channels: tuple[int, ...], kernel: int) -> None:
        if lattice.kind == "graph":
            raise ValueError("a graph has no unit cells for a convolution to run over; use vit, feed_forward or rbm")
        self.cells = Cells.of(lattice)
        self._windows = self.cells.windows(kernel)
        last = channels[-1] * (2 if has_complex_amplitude else 1)
        self._channels = (self.cells.n_basis, *channels[:-1], last)
        blocks: dict[str, Block] = {}
        for number, (n_in, n_out) in enumerate(zip(self._channels, self._channels[1:], strict=False)):
            gain = 0.3 if number == len(channels) - 1 else 1.0
            blocks[f"w{number}"] = dense(self._windows.shape[1] * n_in, n_out, gain)
            blocks[f"b{number}"] = Block((n_out,))
        super().__init__(lattice, has_complex_amplitude, blocks)

    @property
    def n_layers(self) -> int:
        """Number of convolutions."""
        return len(self._channels) - 1

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: the translations, which permute the cells that log psi is summed over."""
        return self.lattice.translations

    @property
    def n_multiplications(self) -> int:
        """See ``Network``: as matrices on small lattices, by windows on large ones."""
        n = self.cells.n_cells
        seen = n if n <= _MATRIX_CELLS else 3 * self._windows.shape[1]
        pairs = zip(self._channels, self._channels[1:], strict=False)
        return sum(n * (seen * n_in * n_out + 30 * n_out) for n_in, n_out in pairs)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        blocks = self.unflatten(parameters)

        def convolve(number: int, x: "torch.Tensor") -> "torch.Tensor":
            return self._seen(x) @ blocks[f"w{number}"] + blocks[f"b{number}"]

        return self._evaluate(configurations, convolve)

    def prepare(self, parameters: "torch.Tensor") -> "Callable[[torch.Tensor], torch.Tensor]":
        """See ``Prepared``: on small lattices each convolution becomes one matrix."""
        if self.cells.n_cells > _MATRIX_CELLS:
            return lambda configurations: self.log_psi(parameters, configurations)
        import torch

        n = self.cells.n_cells
        matrices, biases = [], []
        for number, (n_in, n_out) in enumerate(zip(self._channels, self._channels[1:], strict=False)):
            block = self.unflatten(parameters)[f"w{number}"].reshape(-1, n_in, n_out)
            # The last row takes what an open edge would see.
            matrix = parameters.new_zeros(n + 1, n, n_in, n_out)
            windows = torch.as_tensor(self._windows, device=parameters.device)
            matrix[windows, torch.arange(n, device=parameters.device)[:, None]] = block
            matrices.append(matrix[:n].transpose(1, 2).reshape(n * n_in, n * n_out))
            biases.append(self.unflatten(parameters)[f"b{number}"].repeat(n))

        def convolve(number: int, x: "torch.Tensor") -> "torch.Tensor":
            flat = torch.addmm(biases[number], x.reshape(len(x), -1), matrices[number])
            return flat.reshape(len(x), n, -1)

        return lambda configurations: self._evaluate(configurations, convolve)

    def _evaluate(
        self, configurations: "torch.Tensor", convolve: "Callable[[int, torch.Tensor], torch.Tensor]"
    ) -> "torch.Tensor":

        x = configurations.reshape(*configurations.shape[:-1], self.cells.n_cells, self.cells.n_basis)
        return hidden_units(self._forward(x, convolve), self.has_complex_amplitude, 2)

    @abstractmethod
    def _forward(self, x: "torch.Tensor", convolve: "Callable[[int, torch.Tensor], torch.Tensor]") -> "torch.Tensor":
        """From spins (..., n_cells, n_basis) to angles (..., n_cells, channels)."""

    def _seen(self, x: "torch.Tensor") -> "torch.Tensor":
        """What each window sees, (..., n_cells, n_window * channels)."""
        import torch

        if not self.cells.is_periodic:
            x = torch.nn.functional.pad(x, (0, 0, 0, 1))
        windows = self._flat_windows.to(x.device)
        return x.index_select(-2, windows).reshape(*x.shape[:-2], self.cells.n_cells, -1)

    @cached_property
    def _flat_windows(self) -> "torch.Tensor":
        import torch

        return torch.as_tensor(self._windows.ravel())


class Cnn(_Convolutional):
    """A plain convolutional network with the activation x sigmoid(x) between layers.

    K. Choo, T. Neupert and G. Carleo, Phys. Rev. B 100, 125124 (2019); there with complex parameters.
    """

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Three layers of eight channels; kernel 3x3 on a square lattice, 5 on a chain."""
        sizes = {"n_features": 8, "n_layers": 3, "kernel": _default_kernel(shape)}
        return network_defaults(sizes, n_sites)

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        lattice = build_lattice(spec)
        return cls(lattice, not spec.is_sign_free, (spec.n_features,) * spec.n_layers, spec.kernel)

    def _forward(self, x: "torch.Tensor", convolve: "Callable[[int, torch.Tensor], torch.Tensor]") -> "torch.Tensor":
        import torch

        x = convolve(0, x)
        for number in range(1, self.n_layers):
            x = convolve(number, torch.nn.functional.silu(x))
        return x


class ResNet(_Convolutional):
    """A residual network: blocks of two convolutions that are added to what they got.

    A. Chen and M. Heyl, Nat. Phys. 20, 1476 (2024). Normalisation by 1 / sqrt(number of the block + 1) before each
    block, as there, keeps the size of the activations.
    """

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two blocks of eight channels; kernel as of the CNN."""
        sizes = {"n_features": 8, "n_layers": 2, "kernel": _default_kernel(shape)}
        return network_defaults(sizes, n_sites)

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``: one embedding, two convolutions per block, one convolution to the angles."""
        lattice = build_lattice(spec)
        return cls(lattice, not spec.is_sign_free, (spec.n_features,) * (2 * spec.n_layers + 2), spec.kernel)

    def _forward(self, x: "torch.Tensor", convolve: "Callable[[int, torch.Tensor], torch.Tensor]") -> "torch.Tensor":
        import torch

        silu = torch.nn.functional.silu
        x = convolve(0, x)
        for number in range(1, self.n_layers - 1, 2):
            scaled = x / ((number + 1) // 2) ** 0.5
            x = x + convolve(number + 1, silu(convolve(number, silu(scaled))))
        return convolve(self.n_layers - 1, silu(x / ((self.n_layers - 2) // 2 + 1) ** 0.5))
