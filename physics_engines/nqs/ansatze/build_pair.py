"""The pair-product state that suits a model: what is tied, and which mean field it starts from."""

import numpy as np

from physics_engines.lattices import Lattice
from physics_engines.nqs.ansatze.pair_product import Images, PairProduct
from physics_engines.nqs.ansatze.pairing import PairOrbits, best_antiperiodic, d_wave_guess, hartree_fock_orbitals
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.spec import GroundStateSpec

_UNTIED_SITES = 16
"""Sites up to which nothing is tied for fermions: their ground states have all sorts of momenta."""
_STAGGERED = 0.5


def point_group_images(lattice: Lattice) -> Images:
    """The rotations and reflections about site 0 of a periodic L x L square lattice, fully symmetric: C_4v.

    Only the identity on other lattices.
    """
    shape = lattice.shape
    if lattice.kind != "square" or lattice.boundary == "open" or shape[0] != shape[1] or shape[0] < 3:
        return Images.identity(lattice.n_sites)
    images = []
    for order in ((0, 1), (1, 0)):
        for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            moved = (lattice.coordinates[:, order] * np.array(signs)) % np.array(shape)
            images.append(np.ravel_multi_index(tuple(moved.T), shape))
    return Images(np.array(images, dtype=np.int64), np.ones(len(images)))


def build_pair_product(spec: GroundStateSpec) -> PairProduct:
    """The pair-product ansatz of a Spec; of the t-V model a Slater determinant times an RBM."""
    if spec.is_fermionic:
        return _fermions(spec)
    hamiltonian = build_hamiltonian(spec)
    lattice, n_up = hamiltonian.lattice, spec.n_up or 0
    n_down = lattice.n_sites - n_up
    is_wrapped = lattice.boundary == "periodic" and lattice.kind in ("chain", "square")
    edges = best_antiperiodic(lattice.shape, n_down) if is_wrapped else (False,) * len(lattice.shape)
    up, down = hartree_fock_orbitals(lattice, _STAGGERED)
    start = d_wave_guess(lattice, edges) if is_wrapped else up[:, :n_down] @ down[:, :n_down].T
    return PairProduct(
        PairOrbits(lattice, edges, (1,) * len(lattice.shape), is_singlet=n_up == n_down),
        lattice.translations,
        spec.alpha,
        n_up,
        n_down,
        True,
        start,
        images=point_group_images(lattice) if spec.ansatz == "pair_product_symmetric" else None,
        sublattice=hamiltonian.rotation,
        has_bias=n_up != n_down,
        orbitals=up[:, n_down:n_up],
    )


def _fermions(spec: GroundStateSpec) -> PairProduct:
    lattice = build_hamiltonian(spec).lattice
    counts = spec.occupied or ()
    n_up, n_down = counts[0], (counts[1] if len(counts) > 1 else 0)
    up, down = hartree_fock_orbitals(lattice, _STAGGERED if spec.model == "hubbard" and spec.interaction > 0 else 0.0)
    is_tied = lattice.boundary == "periodic" and lattice.n_sites > _UNTIED_SITES
    # Cells of two sites per direction leave room for antiferromagnetic order.
    cell = tuple(2 if extent % 2 == 0 else extent for extent in lattice.shape) if is_tied else lattice.shape
    return PairProduct(
        PairOrbits(lattice, (False,) * len(lattice.shape), cell, is_singlet=False),
        lattice.translations if is_tied else np.arange(lattice.n_sites)[None, :],
        spec.alpha,
        n_up,
        n_down,
        False,
        up[:, :n_down] @ down[:, :n_down].T,
        has_bias=True,
        n_species=len(counts),
        orbitals=up[:, n_down:n_up],
    )
