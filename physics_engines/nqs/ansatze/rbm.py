"""Restricted Boltzmann machines: psi(s) = exp(sum_i a_i s_i) prod_j cosh(b_j + sum_i W_ji s_i).

G. Carleo and M. Troyer, Science 355, 602 (2017), eq. 2.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import LatticeName
from physics_engines.nqs.ansatze.base import Ansatz, Defaults, Parameters, Work

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_WIDTH = 0.05
_SPREAD = 0.5
"""Standard deviation of log psi over random configurations above which initial weights are made smaller. It grows with
the number of sites and hidden units, and chains that begin on a spiky |psi|^2 never leave the first spike."""

Real = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]


@dataclass(frozen=True)
class RbmWeights:
    """Full weights of an RBM with M hidden units on N sites.

    Attributes:
        visible: a, shape (N,).
        hidden: b, shape (M,).
        weights: W, shape (M, N).
    """

    visible: Numbers
    hidden: Numbers
    weights: Numbers


@runtime_checkable
class Rbm(Ansatz, Protocol):
    """Fast path: a restricted Boltzmann machine of any structure (dense, tied) that can say its full weights."""

    def rbm_weights(self, parameters: Parameters) -> RbmWeights:
        """Full weights."""

    def rbm_jacobian(self, configurations: NDArray[np.int8], t: Numbers) -> Numbers:
        """Logarithmic derivatives from tanh of the hidden angles, shape (n_samples, n_parameters)."""


def log_cosh(x: "torch.Tensor") -> "torch.Tensor":
    """log cosh without overflow, on the branch that is continuous along the real axis."""
    import torch

    folded = torch.where(x.real < 0, -x, x) if x.is_complex() else x.abs()
    # Beyond 40 the second term is lost to rounding, and complex log1p of a denormal number is not a number.
    tail = torch.where(folded.real > 40, 0, torch.exp(-2 * folded))
    return folded + torch.log1p(tail) - float(np.log(2))


def initial_weights(ansatz: Rbm, rng: np.random.Generator) -> Parameters:
    """Small Gaussian parameters, of which no configuration is much more probable than the others."""
    n = ansatz.n_parameters
    parameters: Parameters = _WIDTH * rng.standard_normal(n)
    if ansatz.is_complex:
        parameters = (parameters + 1j * _WIDTH * rng.standard_normal(n)) / np.sqrt(2)
    weights = ansatz.rbm_weights(parameters).weights
    # log cosh theta = theta^2 / 2 + ..., so log psi is s . W^T W s / 2: its off-diagonal part fluctuates.
    couplings = (weights.T @ weights).real
    np.fill_diagonal(couplings, 0)
    spread = float(np.linalg.norm(couplings)) / np.sqrt(2)
    return parameters * np.sqrt(min(1.0, _SPREAD / spread)) if spread > 0 else parameters


def memory_of(spec: "GroundStateSpec", n_parameters: int, is_complex: bool) -> int:
    """Samples and hidden activations, tables of the moves, metric."""
    hidden = spec.alpha * spec.n_sites
    n_samples = spec.n_evaluated
    # More images than that are evaluated in parts.
    largest = max(n_samples, min(spec.n_final_samples, 4096)) * min(spec.n_images, 64)
    metric = min(n_samples, n_parameters) ** 2 * 3
    is_explicit = n_parameters <= n_samples or spec.sampler == "exact"
    jacobian = n_samples * n_parameters if is_explicit else n_parameters * 4
    numbers = 3 * largest * hidden + 2 * spec.n_couplings * hidden + metric + jacobian
    return (16 if is_complex else 8) * numbers + 300 * 2**20


def work_of(spec: "GroundStateSpec", n_parameters: int, row: int, is_complex: bool) -> Work:
    """Sampling, local energies and solve, where a row of derivatives costs ``row`` numbers to multiply."""
    hidden = spec.alpha * spec.n_sites
    per_move = (10e-9 if is_complex else 0.6e-9) * hidden + 20e-9
    per_sample = per_move * (spec.n_sites + spec.n_couplings / 2) + hidden * (120e-9 if is_complex else 40e-9)
    small = min(n_parameters, spec.n_samples)
    solve = (spec.n_samples * small * row + small**3 / 3) * (8e-10 if is_complex else 2e-10)
    return Work(spec.n_samples * per_sample + solve + 2e-3, per_sample)


class DenseRbm:
    """RBM without symmetry; parameters are a (N), b (alpha N) and W (alpha N x N, row by row), in this order.

    Args:
        n_sites: N.
        alpha: Hidden units per site.
        is_complex: Complex parameters.
    """

    _is_complex: ClassVar[bool] = False

    def __init__(self, n_sites: int, alpha: int, is_complex: bool) -> None:
        self.n_sites = n_sites
        self.n_hidden = alpha * n_sites
        self.is_complex = is_complex
        self.has_complex_amplitude = is_complex

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two hidden units per site."""
        return Defaults(sizes={"alpha": 2})

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        return cls(spec.n_sites, spec.alpha, cls._is_complex)

    def memory(self, spec: "GroundStateSpec") -> int:
        """See ``SpecifiedAnsatz``."""
        return memory_of(spec, self.n_parameters, self.is_complex)

    def work(self, spec: "GroundStateSpec") -> Work:
        """See ``SpecifiedAnsatz``."""
        return work_of(spec, self.n_parameters, self.n_hidden + self.n_sites, self.is_complex)

    @property
    def n_parameters(self) -> int:
        """N + alpha N + alpha N^2."""
        return self.n_sites + self.n_hidden * (self.n_sites + 1)

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Small Gaussian weights."""
        return initial_weights(self, rng)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        n, m = self.n_sites, self.n_hidden
        visible, hidden, weights = parameters[:n], parameters[n : n + m], parameters[n + m :].reshape(m, n)
        theta = configurations @ weights.T + hidden
        return configurations @ visible + log_cosh(theta).sum(dim=-1)

    def rbm_weights(self, parameters: Parameters) -> RbmWeights:
        """The three parts of the parameter vector."""
        n, m = self.n_sites, self.n_hidden
        return RbmWeights(parameters[:n], parameters[n : n + m], parameters[n + m :].reshape(m, n))

    def rbm_jacobian(self, configurations: NDArray[np.int8], t: Numbers) -> Numbers:
        """Columns s_i, t_j and t_j s_i."""
        spins = configurations.astype(np.float64)
        products = (t[:, :, None] * spins[:, None, :]).reshape(len(spins), -1)
        return np.concatenate([spins.astype(t.dtype), t, products], axis=1)


class ComplexDenseRbm(DenseRbm):
    """A dense RBM that a Spec builds with complex parameters."""

    _is_complex = True

    def with_phases(self, parameters: Parameters, angles: Real) -> Parameters:
        """See ``Phased``: the visible biases are the phases."""
        turned = parameters.astype(np.complex128)
        turned[: self.n_sites] += 0.5j * angles
        return turned
