"""Two-body Jastrow factor: log psi(s) = sum_{i<j} v_ij s_i s_j, with couplings of any range.

R. Jastrow, Phys. Rev. 98, 1479 (1955); on a lattice of spins: E. Manousakis, Rev. Mod. Phys. 63, 1 (1991), sec. V.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice
from physics_engines.nqs.ansatze.base import Ansatz, Defaults, Parameters, Work
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

Real = NDArray[np.float64]


@runtime_checkable
class PairProduct(Ansatz, Protocol):
    """Fast path: log psi(s) = s^T V s / 2 with a real symmetric V of zero diagonal, linear in the parameters."""

    def pair_matrix(self, parameters: Parameters) -> Real:
        """V, shape (n_sites, n_sites)."""

    def pair_jacobian(self, configurations: NDArray[np.int8]) -> Real:
        """Logarithmic derivatives, shape (n_samples, n_parameters)."""


class Jastrow:
    """A real, positive Jastrow factor.

    On a periodic lattice pairs that a translation carries into each other share their coupling, so psi is
    translation invariant; on an open one each pair has its own.

    Args:
        lattice: Sites and translations.
    """

    is_complex = False
    has_complex_amplitude = False

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice

    @classmethod
    def defaults(cls, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """See ``SpecifiedAnsatz``."""
        return Defaults()

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        return cls(build_lattice(spec))

    @property
    def invariances(self) -> NDArray[np.int64]:
        """See ``Invariant``."""
        return self.lattice.translations

    @cached_property
    def _classes(self) -> NDArray[np.int64]:
        """Number of the coupling of each pair, -1 on the diagonal; shape (n_sites, n_sites)."""
        n, translations = self.lattice.n_sites, self.lattice.translations
        # Move the first site of a pair as far down as translations go; do the same with the second; take the smaller.
        home = translations.argmin(axis=0)
        first = translations[home, np.arange(n)][:, None] * n + translations[home]
        pairs = np.minimum(first, first.T)
        np.fill_diagonal(pairs, -1)
        _, numbers = np.unique(pairs, return_inverse=True)
        return cast(NDArray[np.int64], numbers.reshape(n, n) - 1)

    @cached_property
    def n_parameters(self) -> int:
        """Number of classes of pairs."""
        return int(self._classes.max()) + 1

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Small Gaussian couplings."""
        return 0.01 * rng.standard_normal(self.n_parameters)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        import torch

        classes = torch.as_tensor(self._classes, device=parameters.device)
        matrix = torch.where(classes >= 0, parameters[classes], 0)
        return ((configurations @ matrix) * configurations).sum(dim=-1) / 2

    def pair_matrix(self, parameters: Parameters) -> Real:
        """See ``PairProduct``."""
        return cast(Real, np.where(self._classes >= 0, parameters[self._classes].real, 0.0))

    def pair_jacobian(self, configurations: NDArray[np.int8]) -> Real:
        """See ``PairProduct``: sums of s_i s_j over the pairs of each class."""
        n = self.lattice.n_sites
        first, second = np.triu_indices(n, 1)
        order = np.argsort(self._classes[first, second], kind="stable")
        first, second = first[order], second[order]
        starts = np.searchsorted(self._classes[first, second], np.arange(self.n_parameters))
        sums = np.empty((len(configurations), self.n_parameters))
        for begin in range(0, len(configurations), 256):
            part = configurations[begin : begin + 256]
            products = part[:, first] * part[:, second]
            sums[begin : begin + 256] = np.add.reduceat(products, starts, axis=1, dtype=np.int32)
        return sums

    def memory(self, spec: "GroundStateSpec") -> int:
        """Samples, derivatives and metric."""
        n_samples, n, p = spec.n_samples, spec.n_sites, self.n_parameters
        largest = max(n_samples, min(spec.n_final_samples, 4096))
        metric = min(n_samples, p) ** 2 * 3
        return int(8 * (2 * largest * n + 4 * n**2 + 3 * n_samples * p + metric)) + 300 * 2**20

    def work(self, spec: "GroundStateSpec") -> Work:
        """See ``SpecifiedAnsatz``."""
        n, p = spec.n_sites, self.n_parameters
        small = min(p, spec.n_samples)
        per_sample = n * (25e-9 + 0.5e-9 * n) + spec.n_couplings * 15e-9
        solve = 2e-10 * (small * p * spec.n_samples + small**3 / 3)
        jacobian = 1.5e-9 * spec.n_samples * n * (n - 1) / 2
        return Work(
            (spec.n_samples + spec.n_discard * spec.n_chains) * per_sample + solve + jacobian + 2e-3, per_sample
        )
