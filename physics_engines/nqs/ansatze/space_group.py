"""RBM whose weights are tied by the whole space group of the lattice."""

from typing import TYPE_CHECKING, ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices import Lattice
from physics_engines.nqs.ansatze.base import Defaults, Parameters, Work
from physics_engines.nqs.ansatze.rbm import Numbers, RbmWeights, SymmetricRbm, memory_of, work_of
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec


class SpaceGroupRbm:
    """A translation-tied RBM whose features are images of each other under the point group.

    Hidden unit (f, R, T) sees theta = b_f + sum_i w_fi s_T(R(i)), so psi is invariant under the whole space group.
    Parameters are b (n_features) and w (n_features x N, row by row); a point group of 8 elements leaves an eighth of
    the parameters of the translation-tied RBM with as many hidden units, at the same cost of sampling.

    Args:
        lattice: Periodic lattice.
        alpha: Hidden units per site: n_features times the number of point-group elements.
        is_complex: Complex parameters.

    Raises:
        InvalidInput: alpha is no multiple of the number of elements.
    """

    _is_complex: ClassVar[bool] = False

    def __init__(self, lattice: Lattice, alpha: int, is_complex: bool) -> None:
        self._tied = SymmetricRbm(lattice, alpha, is_complex)
        self._point_group = lattice.point_group.distinct
        self.is_complex = is_complex
        self.has_complex_amplitude = is_complex
        self.n_sites = lattice.n_sites
        order = len(self._point_group)
        n_tied = self._tied.n_parameters // (self.n_sites + 1)
        self.n_features, rest = divmod(n_tied, order)
        if rest:
            raise InvalidInput(
                f"weights tied by the space group of this lattice need alpha to be a multiple of {order}, the number "
                f"of its rotations and reflections, not {alpha}"
            )
        biases = np.repeat(np.arange(self.n_features), order)
        inverse = np.argsort(self._point_group, axis=1)
        weights = self.n_features + np.arange(self.n_features)[:, None, None] * self.n_sites + inverse
        self._source = np.concatenate([biases, weights.ravel()])

    @classmethod
    def defaults(cls, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """As many hidden units as a translation-tied RBM, but at least one feature on a square lattice."""
        alpha = SymmetricRbm.defaults(shape, n_sites).sizes["alpha"]
        return Defaults(sizes={"alpha": 8 * -(-alpha // 8)})

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
        """See ``Invariant``; the translations, which are enough to share amplitudes."""
        return self._tied.invariances

    @property
    def n_parameters(self) -> int:
        """n_features (N + 1)."""
        return self.n_features * (self.n_sites + 1)

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """Small Gaussian weights."""
        everywhere = self._tied.initial_parameters(rng)
        result: Parameters = everywhere[: self.n_parameters]
        return result

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """See ``Ansatz.log_psi``."""
        import torch

        source = torch.as_tensor(self._source, device=configurations.device)
        return self._tied.log_psi(parameters[source], configurations)

    def rbm_weights(self, parameters: Parameters) -> RbmWeights:
        """Weights of all hidden units, ordered (feature, point-group element, translation)."""
        return self._tied.rbm_weights(cast(Parameters, parameters[self._source]))

    def rbm_jacobian(self, configurations: NDArray[np.int8], t: Numbers) -> Numbers:
        """The derivatives of the translation-tied RBM, summed over the images of each feature."""
        rows = self._tied.rbm_jacobian(configurations, t)
        n_samples, n_tied = len(rows), self.n_features * len(self._point_group)
        biases = rows[:, :n_tied].reshape(n_samples, self.n_features, -1).sum(axis=2)
        grouped = rows[:, n_tied:].reshape(n_samples, self.n_features, -1, self.n_sites)
        weights = cast(Numbers, np.zeros((n_samples, self.n_features, self.n_sites), dtype=rows.dtype))
        for number, element in enumerate(self._point_group):
            weights += grouped[:, :, number, element]
        return np.concatenate([biases, weights.reshape(n_samples, -1)], axis=1)


class ComplexSpaceGroupRbm(SpaceGroupRbm):
    """An RBM tied by the space group that a Spec builds with complex parameters."""

    _is_complex = True
