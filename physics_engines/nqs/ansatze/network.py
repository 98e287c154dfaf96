"""What networks with real parameters have in common: named blocks in one flat vector, defaults, memory and cost."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults, Parameters, Work
from physics_engines.nqs.ansatze.rbm import log_cosh
from physics_engines.nqs.table_size import table_size

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_MULTIPLICATIONS = 5e9
"""Per second in float64 that small networks reach on one core, overhead included."""
_GRADIENT = 8
"""Evaluations that a gradient costs."""
_LOOK_UP = 2e-8
"""Seconds of a proposal or matrix element where all amplitudes are in a table."""


@dataclass(frozen=True)
class Block:
    """Parameters that belong together.

    Attributes:
        shape: Of the array.
        scale: Standard deviation at the start.
        mean: Mean at the start.
    """

    shape: tuple[int, ...]
    scale: float = 0.0
    mean: float = 0.0


def dense(n_in: int, n_out: int, gain: float = 1.0) -> Block:
    """A matrix that keeps the size of what it multiplies, times ``gain``."""
    return Block((n_in, n_out), gain / math.sqrt(n_in))


def hidden_units(angles: "torch.Tensor", has_complex_amplitude: bool, n_dims: int) -> "torch.Tensor":
    """Sum of log cosh of hidden angles, as of an RBM, over the last dimensions.

    Written in real numbers, whose functions are vectorised: |cosh(x + iy)|^2 = (cosh 2x + cos 2y) / 2, and its phase is
    that of cos y + i tanh x sin y.

    Args:
        angles: Shape (..., channels); for a complex amplitude the real parts of all angles, then the imaginary ones.
        has_complex_amplitude: Whether there are imaginary parts.
        n_dims: Number of dimensions to sum over.
    """
    import torch

    dims = tuple(range(-n_dims, 0))
    if not has_complex_amplitude:
        return log_cosh(angles).sum(dim=dims)
    x, y = angles.chunk(2, dim=-1)
    modulus, cosine = x.abs(), torch.cos(y)
    rise = -torch.expm1(-2 * modulus)
    real = modulus + torch.log(rise.square() + 4 * (1 - rise) * cosine.square()) / 2
    phase = torch.atan2(torch.tanh(x) * torch.sin(y), cosine)
    return torch.complex(real.sum(dim=dims), phase.sum(dim=dims)) - x.shape[-n_dims:].numel() * math.log(2)


class Network(ABC):
    """A network with real parameters; log psi is real or complex.

    A subclass says its ``blocks``, its ``log_psi`` and the cost of one evaluation.

    Args:
        lattice: Sites and translations.
        has_complex_amplitude: Give log psi an imaginary part.
        blocks: Name of each block of parameters, in the order of the flat vector.
    """

    is_complex = False

    def __init__(self, lattice: Lattice, has_complex_amplitude: bool, blocks: dict[str, Block]) -> None:
        self.lattice = lattice
        self.has_complex_amplitude = has_complex_amplitude
        self._blocks = blocks
        self._lengths = [math.prod(block.shape) for block in blocks.values()]

    @classmethod
    @abstractmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """See ``SpecifiedAnsatz``."""

    @classmethod
    @abstractmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""

    @abstractmethod
    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""

    @property
    @abstractmethod
    def n_multiplications(self) -> int:
        """Multiplications of one evaluation of log psi."""

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: none but the identity, unless a subclass knows better."""
        return np.arange(self.lattice.n_sites, dtype=np.int64)[None]

    @property
    def n_parameters(self) -> int:
        """Length of all blocks together."""
        return sum(self._lengths)

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Gaussian numbers of the scale of each block."""
        parts = [
            block.mean + block.scale * rng.standard_normal(length)
            for block, length in zip(self._blocks.values(), self._lengths, strict=True)
        ]
        return np.concatenate(parts)

    def unflatten(self, parameters: "torch.Tensor") -> "dict[str, torch.Tensor]":
        """The blocks as arrays; one split, so that the gradient is put together once."""
        import torch

        parts = torch.split(parameters, self._lengths)
        return {
            name: part.reshape(block.shape) for (name, block), part in zip(self._blocks.items(), parts, strict=True)
        }

    def memory(self, spec: "GroundStateSpec") -> int:
        """Derivatives of all samples and the metric; evaluation itself works on small chunks."""
        n_samples = spec.n_evaluated
        rows = n_samples * (2 if self.has_complex_amplitude else 1)
        metric = min(rows, self.n_parameters) ** 2 * 3
        return int(8 * (3 * rows * self.n_parameters + metric + 64 * n_samples * spec.n_sites)) + 500 * 2**20

    def work(self, spec: "GroundStateSpec") -> Work:
        """Evaluations of proposals, connected configurations and gradients, and the solve."""
        n_parts = 2 if self.has_complex_amplitude else 1
        evaluation = (self.n_multiplications / _MULTIPLICATIONS + 2e-6) * (1.5 if n_parts == 2 else 1.0)
        share = 0.7 if spec.conserves_magnetisation else 1.0  # of the moves, that change the configuration
        n_amplitudes = table_size(self, spec.n_sites, spec.n_up)
        once = n_amplitudes * evaluation if n_amplitudes is not None else 0.0
        each = evaluation if n_amplitudes is None else _LOOK_UP
        per_sample = share * (spec.n_sites + spec.n_couplings) * each
        discarded = share * spec.n_sites * each * spec.n_discard * spec.n_chains
        different = min(spec.n_evaluated, n_amplitudes or spec.n_evaluated)
        gradients = _GRADIENT * n_parts * evaluation * different
        rows = n_parts * spec.n_evaluated
        small = min(rows, self.n_parameters)
        solve = 2e-10 * (rows * small * self.n_parameters + small**3 / 3)
        return Work(once + spec.n_evaluated * per_sample + discarded + gradients + solve + 5e-3, per_sample)


def network_defaults(sizes: dict[str, int], n_sites: int) -> Defaults:
    """Many chains, few sweeps to throw away and fewer samples: evaluations are dear, and cheaper by the batch."""
    is_small = n_sites <= 20
    return Defaults(
        sizes=sizes,
        n_iterations=200 if is_small else 120,
        n_samples=512,
        n_final_samples=16_384 if is_small else 8192,
        n_chains=128,
        n_discard=1,
        learning_rate=0.1,
        diag_shift=1e-3,
    )
