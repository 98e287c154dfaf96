"""Neural backflow: a Slater determinant whose orbitals depend on where all particles are, times an RBM.

D. Luo and B. K. Clark, Phys. Rev. Lett. 122, 226401 (2019). With hidden angles theta = W s + b,

    psi(s) = prod_j cosh(theta_j) prod_kinds det[(phi + V tanh(theta))(r_a, k)],

r_a the sites of the particles of a kind and k its orbitals: the hidden units of the RBM also turn the orbitals. phi
begins with the orbitals of Hartree-Fock theory and V with zero. Basis states are ordered as in ``pair_product``.
"""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults
from physics_engines.nqs.ansatze.build_pair import mean_field
from physics_engines.nqs.ansatze.network import Block, Network, dense
from physics_engines.nqs.ansatze.pair_product import positions
from physics_engines.nqs.ansatze.pairing import hartree_fock_orbitals
from physics_engines.nqs.ansatze.rbm import log_cosh
from physics_engines.nqs.hamiltonian import build_lattice

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

_NOISE = 0.02


class NeuralBackflow(Network):
    """Slater determinants with configuration-dependent orbitals.

    Args:
        lattice: Sites.
        orbitals: Of each kind of particle, shape (n_sites, n_particles), to begin with.
        n_features: Hidden units.
    """

    def __init__(self, lattice: Lattice, orbitals: list[NDArray[np.float64]], n_features: int) -> None:
        self._orbitals = orbitals
        self._n_sites = lattice.n_sites
        self._counts: list[int] = [each.shape[1] for each in orbitals]
        n_units, n_entries = len(orbitals) * lattice.n_sites, sum(each.size for each in orbitals)
        self._widths = (n_units, n_features, n_entries)
        blocks = {
            "phi": Block((n_entries,)),
            "w": dense(n_units, n_features, 0.3),
            "b": Block((n_features,), 0.05),
            "v": dense(n_features, n_entries, 0.02),
        }
        super().__init__(lattice, True, blocks)

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two hidden units per site, and many chains, since evaluations are cheaper by the batch."""
        return Defaults(
            sizes={"n_features": 2 * n_sites}, n_iterations=100, n_samples=512, n_final_samples=8192, n_chains=128,
            n_discard=2,
        )  # fmt: skip

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """See ``SpecifiedAnsatz``."""
        if not spec.is_fermionic or spec.occupied is None:
            raise ValueError("neural_backflow is a wave function of fermions; spins take another ansatz")
        if min(spec.occupied) == 0:
            raise ValueError("neural_backflow takes at least one particle of each kind; use pair_product")
        lattice = build_lattice(spec)
        both = hartree_fock_orbitals(lattice, mean_field(spec))
        return cls(lattice, [up[:, :n] for up, n in zip(both, spec.occupied, strict=False)], spec.n_features)

    def initial_parameters(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Hartree-Fock orbitals with a little noise, small weights."""
        parameters = np.asarray(super().initial_parameters(rng), dtype=np.float64)
        start = np.concatenate([each.ravel() for each in self._orbitals])
        parameters[: len(start)] = start + _NOISE * rng.standard_normal(len(start))
        return parameters

    @property
    def n_multiplications(self) -> int:
        """See ``Network``."""
        n_units, n_features, n_entries = self._widths
        return int(n_units * n_features + n_features * n_entries + sum(n * n * n for n in self._counts))

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """Complex logarithm: log|psi| + i pi where psi is negative. See ``Ansatz.log_psi``."""
        import torch

        blocks = self.unflatten(parameters)
        theta = configurations @ blocks["w"] + blocks["b"]
        entries = blocks["phi"] + torch.tanh(theta) @ blocks["v"]
        modulus = log_cosh(theta).sum(dim=-1)
        is_negative = torch.zeros_like(modulus)
        n, start = self._n_sites, 0
        for kind, count in enumerate(self._counts):
            orbitals = entries[..., start : start + n * count]
            orbitals = orbitals.reshape(*orbitals.shape[:-1], n, count)
            start += n * count
            occupied = positions(configurations[..., kind * n : (kind + 1) * n] > 0, count)
            matrix = torch.take_along_dim(orbitals, occupied[..., None], dim=-2)
            sign, size = torch.linalg.slogdet(matrix)
            modulus = modulus + size
            is_negative = is_negative + (sign.detach() < 0)
        return torch.complex(modulus, torch.pi * (is_negative % 2))
