"""Restricted Boltzmann machines whose weights are tied by the translations of a periodic lattice.

G. Carleo and M. Troyer, Science 355, 602 (2017), the translation-symmetric form of the supplement.
"""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults, Parameters, Work
from physics_engines.nqs.ansatze.rbm import Numbers, RbmWeights, initial_weights, log_cosh, memory_of, work_of
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_DIRECT_LIMIT = 48
"""Sites up to which sums over translations are faster as a matrix product than by FFT."""


class TiedRbm(ABC):
    """What RBMs with tied weights have in common: features that see the whole lattice, and its images.

    Parameters are b (n_features) and w (n_features x N, row by row). There is no visible bias: a uniform one is
    constant in a sector of S^z and vanishes by spin-flip symmetry in the transverse-field Ising model.

    Args:
        lattice: Periodic lattice.
        alpha: Hidden units per site, images of features counted.
        is_complex: Complex parameters.
    """

    n_features: int
    _is_complex: ClassVar[bool] = False

    def __init__(self, lattice: Lattice, alpha: int, is_complex: bool) -> None:
        self.lattice = lattice
        self.n_features = self._count_features(alpha)
        self.is_complex = is_complex
        self.has_complex_amplitude = is_complex

    @abstractmethod
    def _count_features(self, alpha: int) -> int:
        """Independent hidden units; ``lattice`` is set."""

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        if spec.boundary == "open":
            raise ValueError(
                f"{spec.ansatz} needs a periodic lattice, an open one has no translations; use rbm or rbm_complex"
            )
        return cls(build_lattice(spec), spec.alpha, cls._is_complex)

    def memory(self, spec: "GroundStateSpec") -> int:
        """See ``SpecifiedAnsatz``."""
        return memory_of(spec, self.n_parameters, self.is_complex)

    def work(self, spec: "GroundStateSpec") -> Work:
        """See ``SpecifiedAnsatz``."""
        return work_of(spec, self.n_parameters, self.n_parameters, self.is_complex)

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``: the translations, which are enough to share amplitudes."""
        return self.lattice.translations

    @property
    def n_parameters(self) -> int:
        """n_features (N + 1)."""
        return self.n_features * (self.lattice.n_sites + 1)

    @abstractmethod
    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""

    @abstractmethod
    def rbm_weights(self, parameters: Parameters) -> RbmWeights:
        """See ``Rbm``."""

    @abstractmethod
    def rbm_jacobian(self, configurations: NDArray[np.int8], t: Numbers) -> Numbers:
        """See ``Rbm``."""

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Small Gaussian weights."""
        return initial_weights(self, rng)


class SymmetricRbm(TiedRbm):
    """RBM with translation-tied weights: hidden unit (f, T) sees theta = b_f + sum_i w_fi s_T(i).

    A translation moves unit cells, so with m sites per cell there are alpha m features of N / m hidden units each.
    """

    def _count_features(self, alpha: int) -> int:
        return alpha * self.lattice.n_basis

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """12 hidden units per site on up to 20 sites, 8 up to 36, 4 on more."""
        return Defaults(sizes={"alpha": 12 if n_sites <= 20 else 8 if n_sites <= 36 else 4})

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        import torch

        hidden, features = parameters[: self.n_features], parameters[self.n_features :].reshape(self.n_features, -1)
        translations = torch.as_tensor(self.lattice.translations, device=configurations.device)
        moved = configurations[..., translations]
        theta = moved @ features.T + hidden
        return log_cosh(theta).sum(dim=(-2, -1))

    def rbm_weights(self, parameters: Parameters) -> RbmWeights:
        """Weights of all translated hidden units, ordered (feature, translation)."""
        n = self.lattice.n_sites
        features = parameters[self.n_features :].reshape(self.n_features, n)
        translations = self.lattice.translations
        full = cast(Numbers, np.empty((self.n_features, len(translations), n), dtype=parameters.dtype))
        np.put_along_axis(
            full,
            np.broadcast_to(translations, full.shape),
            np.broadcast_to(features[:, None, :], full.shape),
            axis=2,
        )
        hidden = cast(Numbers, np.repeat(parameters[: self.n_features], len(translations)))
        visible = cast(Numbers, np.zeros(n, dtype=parameters.dtype))
        return RbmWeights(visible, hidden, full.reshape(-1, n))

    def rbm_jacobian(self, configurations: NDArray[np.int8], t: Numbers) -> Numbers:
        """Sums over translations: sum_T t_fT and the correlations sum_T t_fT s_T(i)."""
        n_samples, n_sites = configurations.shape
        features = t.reshape(n_samples, self.n_features, self.lattice.n_cells)
        if n_sites <= _DIRECT_LIMIT:
            moved = configurations.astype(np.float64)[:, self.lattice.translations]
            correlation: Numbers = features @ moved
        else:
            correlation = self._correlation_by_fft(configurations, features)
        return np.concatenate([features.sum(axis=2), correlation.reshape(n_samples, -1)], axis=1)

    def _correlation_by_fft(self, configurations: NDArray[np.int8], features: Numbers) -> Numbers:
        """sum_T t_fT s_T(i), shape (n_samples, n_features, *cells, n_basis), by the correlation theorem."""
        from scipy import fft

        shape = self.lattice.shape
        axes = tuple(range(-len(shape), 0))
        n_samples, n_basis = len(features), self.lattice.n_basis
        grid = features.reshape(n_samples, self.n_features, 1, *shape)
        # The sites of a cell stand together; each place in the cell is a grid of its own.
        places = configurations.astype(np.float64).reshape(n_samples, 1, *shape, n_basis)
        spins = np.moveaxis(places, -1, 2)
        if self.is_complex:
            # sum_T t_T s_(T + i): the correlation theorem with conj on t, undone by conjugating t first.
            product = np.conj(fft.fftn(np.conj(grid), axes=axes)) * fft.fftn(spins, axes=axes)
            correlation = fft.ifftn(product, axes=axes)
        else:
            product = np.conj(fft.rfftn(grid, axes=axes)) * fft.rfftn(spins, axes=axes)
            correlation = fft.irfftn(product, s=shape, axes=axes)
        return cast(Numbers, np.moveaxis(correlation, 2, -1))


class ComplexSymmetricRbm(SymmetricRbm):
    """A tied RBM that a Spec builds with complex parameters."""

    _is_complex = True
