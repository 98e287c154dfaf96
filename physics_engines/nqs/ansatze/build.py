"""From the name of an ansatz to the ansatz."""

from physics_engines.nqs.ansatze.base import Ansatz
from physics_engines.nqs.hamiltonian import build_lattice
from physics_engines.nqs.spec import GroundStateSpec


def build_ansatz(spec: GroundStateSpec) -> Ansatz:
    """The ansatz a Spec names."""
    from physics_engines.nqs.ansatze.rbm import DenseRbm, SymmetricRbm

    if spec.ansatz.startswith("pair_product"):
        from physics_engines.nqs.ansatze.build_pair import build_pair_product

        return build_pair_product(spec)
    lattice = build_lattice(spec)
    is_complex = spec.ansatz.endswith("complex")
    if spec.ansatz.startswith("rbm_symmetric"):
        return SymmetricRbm(lattice, spec.alpha, is_complex)
    return DenseRbm(lattice.n_sites, spec.alpha, is_complex)
