"""RBM whose weights are tied by the whole space group of the lattice."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults, Parameters
from physics_engines.nqs.ansatze.rbm import Numbers, RbmWeights
from physics_engines.nqs.ansatze.tied_rbm import SymmetricRbm, TiedRbm

if TYPE_CHECKING:
    import torch

_LARGEST_POINT_GROUP: dict[LatticeName, int] = {
    "chain": 2, "square": 8, "triangular": 12, "honeycomb": 12, "kagome": 12, "graph": 1,
}  # fmt: skip
"""Rotations and reflections of each lattice where its periods break none of them. A rectangle or another skewed cluster
keeps a subgroup, whose order divides this one, so a default that is a multiple of it suits all shapes."""


class SpaceGroupRbm(TiedRbm):
    """A translation-tied RBM whose features are images of each other under the point group.

    Hidden unit (f, R, T) sees theta = b_f + sum_i w_fi s_T(R(i)), so psi is invariant under the whole space group.
    A point group of 8 elements leaves an eighth of the parameters of the translation-tied RBM with as many hidden
    units, at the same cost of sampling.

    Raises:
        InvalidInput: alpha times the sites of a cell is no multiple of the number of point-group elements.
    """

    def __init__(self, lattice: Lattice, alpha: int, is_complex: bool) -> None:
        self._point_group = lattice.point_group.distinct
        self._tied = SymmetricRbm(lattice, alpha, is_complex)
        super().__init__(lattice, alpha, is_complex)
        n_features, order, n_sites = self.n_features, len(self._point_group), lattice.n_sites
        biases = np.repeat(np.arange(n_features), order)
        inverse = np.argsort(self._point_group, axis=1)
        weights = n_features + np.arange(n_features)[:, None, None] * n_sites + inverse
        self._source = np.concatenate([biases, weights.ravel()])

    def _count_features(self, alpha: int) -> int:
        order = len(self._point_group)
        n_features, rest = divmod(self._tied.n_features, order)
        if rest:
            raise InvalidInput(
                f"weights tied by the space group of this lattice need alpha to be a multiple of {order}, the number "
                f"of its rotations and reflections, not {alpha}"
            )
        return n_features

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """At least as many hidden units as a translation-tied RBM, and two features or more."""
        alpha = SymmetricRbm.defaults(lattice, shape, n_sites).sizes["alpha"]
        order = _LARGEST_POINT_GROUP[lattice]
        return Defaults(sizes={"alpha": order * max(2, -(-alpha // order))}, n_iterations=200)

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
        grouped = rows[:, n_tied:].reshape(n_samples, self.n_features, -1, self.lattice.n_sites)
        weights = cast(Numbers, np.zeros((n_samples, self.n_features, self.lattice.n_sites), dtype=rows.dtype))
        for number, element in enumerate(self._point_group):
            weights += grouped[:, :, number, element]
        return np.concatenate([biases, weights.reshape(n_samples, -1)], axis=1)


class ComplexSpaceGroupRbm(SpaceGroupRbm):
    """An RBM tied by the space group that a Spec builds with complex parameters."""

    _is_complex = True
