"""The pair-product state that suits a model: what is tied, and which mean field it starts from."""

from dataclasses import replace
from itertools import product
from typing import ClassVar, Self, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice, LatticeName
from physics_engines.nqs.ansatze.base import Defaults, Work
from physics_engines.nqs.ansatze.pair_product import Images, Integers, PairState, parity
from physics_engines.nqs.ansatze.pairing import PairOrbits, best_antiperiodic, d_wave_guess, hartree_fock_orbitals
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.spec import GroundStateSpec

_UNTIED_SITES = 16
"""Sites up to which nothing is tied for fermions: their ground states have all sorts of momenta."""
_UNTIED_SPINS = 36
"""Spins up to which the cell of a symmetric state has two sites per direction, with four times the images and work."""
_STAGGERED = 0.4
"""Staggered field of the starting orbitals in units of U (the mean field of full moments is U/2) or V."""
_CHARGE_ORDER = 2.0
"""V above which the half-filled t-V chain orders its charges: in units of the hopping."""


def mean_field(spec: GroundStateSpec) -> float:
    """Staggered field of the starting orbitals, in units of the hopping: of spins (Hubbard) or of charges (t-V)."""
    is_ordered = spec.model == "hubbard" or (
        spec.interaction > _CHARGE_ORDER and spec.occupied == (spec.n_sites // 2,) and spec.n_sites % 2 == 0
    )
    return max(0.0, _STAGGERED * spec.interaction) if is_ordered else 0.0


def point_group(lattice: Lattice) -> Integers:
    """Rotations and reflections about site 0 of a periodic chain or square lattice, shape (n_elements, n_sites).

    C_4v of L x L, C_2v of other square lattices, the inversion of a chain; only the identity of anything else.
    """
    shape = lattice.shape
    if lattice.kind not in ("chain", "square") or lattice.boundary == "open":
        return np.arange(lattice.n_sites, dtype=np.int64)[None, :]
    orders = [(0,)] if len(shape) == 1 else [(0, 1), (1, 0)] if shape[0] == shape[1] else [(0, 1)]
    images = []
    for order in orders:
        for signs in product((1, -1), repeat=len(shape)):
            moved = (lattice.coordinates[:, order] * np.array(signs)) % np.array(shape)
            images.append(np.ravel_multi_index(tuple(moved.T), shape))
    return np.unique(np.array(images, dtype=np.int64), axis=0)


def _inside(lattice: Lattice, cell: tuple[int, ...]) -> Integers:
    """Translations by less than the extents of a cell, shape (n_translations, n_sites)."""
    is_inside = np.all(lattice.coordinates[lattice.translations[:, 0]] < np.array(cell), axis=1)
    return lattice.translations[is_inside]


def _between(lattice: Lattice, cell: tuple[int, ...]) -> Integers:
    """Translations by whole cells, shape (n_translations, n_sites)."""
    is_outside = np.any(lattice.coordinates[lattice.translations[:, 0]] % np.array(cell), axis=1)
    return cast(Integers, lattice.translations[~is_outside])


def _images(lattice: Lattice, cell: tuple[int, ...]) -> Integers:
    """The lattice symmetries but for translations by whole cells, shape (n_elements, n_sites)."""
    elements = point_group(lattice)
    return np.unique([step[element] for step in _inside(lattice, cell) for element in elements], axis=0)


def half_filled_images(lattice: Lattice, n_pairs: int, cell: tuple[int, ...]) -> Images:
    """The lattice symmetries of the half-filled repulsive Hubbard model on two sublattices, with their characters.

    Its ground state is unique for every U > 0 (E. H. Lieb, Phys. Rev. Lett. 62, 1201 (1989)), so it has the
    characters of the limit of large U, the antiferromagnet in the Marshall basis: the parity of the permutation of the
    sites, and (-1)^n_pairs where the sublattices change places.

    Args:
        lattice: On two sublattices.
        n_pairs: Up, and down, electrons.
        cell: Translations within this cell only; by the others the state is invariant already.
    """
    if lattice.boundary == "open":
        return Images.identity(lattice.n_sites)
    elements = _images(lattice, cell)
    sublattice = cast(NDArray[np.int8], lattice.sublattice)
    signs = [parity(g) * ((-1) ** n_pairs if sublattice[g[0]] != sublattice[0] else 1) for g in elements]
    return Images(elements, np.array(signs, dtype=np.float64))


class PairProductState(PairState):
    """A pair product times RBM on the model of a Spec; of the t-V model a Slater determinant times an RBM."""

    _is_symmetric: ClassVar[bool] = False

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """Two hidden units per site."""
        return Defaults(sizes={"alpha": 2}, n_final_samples=16_384, first_shift=0.1)

    @classmethod
    def from_spec(cls, spec: GroundStateSpec) -> Self:
        """See ``SpecifiedAnsatz``."""
        if spec.occupied is None:
            raise ValueError(f"{spec.ansatz} needs a conserved S^z, which the transverse-field Ising model lacks")
        counts = (spec.n_up or 0, spec.n_sites - (spec.n_up or 0)) if not spec.is_fermionic else spec.occupied
        if counts[0] == 0:
            raise ValueError("there is no particle in that sector: its energy is 0")
        if len(counts) == 2 and counts[0] < counts[1]:
            raise ValueError(
                f"{spec.ansatz} takes at least as many up as down, not {counts[0]} and {counts[1]}; exchange the two, "
                "the energy is the same"
            )
        if cls._is_symmetric and spec.is_fermionic and not spec.has_lieb_state:
            raise ValueError(
                "pair_product_symmetric needs the symmetry of the ground state, which is known for the repulsive "
                "Hubbard model at half filling on two sublattices of a periodic lattice; use pair_product"
            )
        if cls._is_symmetric and not spec.is_fermionic and (spec.lattice != "square" or len(set(spec.shape)) != 1):
            raise ValueError("pair_product_symmetric sums over the point group of an L x L square lattice of spins")
        return cls._of_fermions(spec) if spec.is_fermionic else cls._of_spins(spec)

    @classmethod
    def _of_spins(cls, spec: GroundStateSpec) -> Self:
        hamiltonian = build_hamiltonian(spec)
        lattice, n_up = hamiltonian.lattice, spec.n_up or 0
        n_down = lattice.n_sites - n_up
        is_wrapped = lattice.boundary == "periodic" and lattice.kind in ("chain", "square")
        edges = best_antiperiodic(lattice.shape, n_down) if is_wrapped else (False,) * len(lattice.shape)
        up, down = hartree_fock_orbitals(lattice, 0.5)
        is_small = lattice.n_sites <= _UNTIED_SPINS and not any(extent % 2 for extent in lattice.shape)
        cell = (2 if cls._is_symmetric and is_small else 1,) * len(lattice.shape)
        elements = _images(lattice, cell)
        return cls(
            PairOrbits(lattice, edges, cell, is_singlet=n_up == n_down),
            _between(lattice, cell) if is_wrapped else lattice.translations,
            spec.alpha,
            n_up,
            n_down,
            True,
            d_wave_guess(lattice, edges) if is_wrapped else up[:, :n_down] @ down[:, :n_down].T,
            images=Images(elements, np.ones(len(elements))) if cls._is_symmetric else None,
            sublattice=hamiltonian.rotation,
            has_bias=n_up != n_down,
            orbitals=up[:, n_down:n_up],
        )

    @classmethod
    def _of_fermions(cls, spec: GroundStateSpec) -> Self:
        lattice = build_hamiltonian(spec).lattice
        counts = spec.occupied or ()
        n_up, n_down = counts[0], (counts[1] if len(counts) > 1 else 0)
        up, down = hartree_fock_orbitals(lattice, mean_field(spec))
        is_tied = lattice.boundary == "periodic" and lattice.n_sites > _UNTIED_SITES
        # Cells of two sites per direction leave room for antiferromagnetic order.
        cell = tuple(2 if extent % 2 == 0 else extent for extent in lattice.shape) if is_tied else lattice.shape
        return cls(
            PairOrbits(lattice, (False,) * len(lattice.shape), cell, is_singlet=False),
            lattice.translations if is_tied else np.arange(lattice.n_sites)[None, :],
            spec.alpha,
            n_up,
            n_down,
            False,
            up[:, :n_down] @ down[:, :n_down].T,
            images=half_filled_images(lattice, n_up, cell) if cls._is_symmetric else None,
            has_bias=True,
            n_species=len(counts),
            orbitals=up[:, n_down:n_up],
        )

    def memory(self, spec: GroundStateSpec) -> int:
        """Tableaux, tables of the moves, derivatives of the samples and metric."""
        n_samples, hidden = spec.n_samples, self.n_features * len(self.translations)
        n_images = len(self.images.permutations)
        tables = 5 * spec.n_couplings * hidden + n_images * (self.n_sites**2 * 3 + 2 * hidden)
        numbers = tables + 3 * n_samples * self.n_parameters + 3 * min(n_samples, self.n_parameters) ** 2
        return 8 * numbers + 300 * 2**20

    def work(self, spec: GroundStateSpec) -> Work:
        """Ratios per proposal, updates per accepted move, fresh inversions and derivatives; each for every image."""
        n, hidden = self.n_sites, self.n_features * len(self.translations)
        proposals = spec.n_units + spec.n_couplings / 2
        per_image = proposals * (1.2e-9 * hidden + 40e-9) + spec.n_units * 0.3e-9 * n**2 + 2.5e-9 * self.n_up**3
        per_image += 1.5e-9 * hidden * spec.n_units
        per_sample = len(self.images.permutations) * per_image
        small = min(spec.n_samples, self.n_parameters)
        solve = 2e-10 * (spec.n_samples * small * self.n_parameters + small**3 / 3)
        return Work(spec.n_samples * per_sample + solve + 2e-3, per_sample)


class SymmetricPairProductState(PairProductState):
    """The same, summed over symmetry images: translations within a cell and the point group.

    A sum over images is more than any one of them can be: on up to 36 spins, cells of two by two sites halve the error
    of cells of one.
    """

    _is_symmetric: ClassVar[bool] = True

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """The same; on more than 16 sites fewer steps, each of which takes longer."""
        return replace(super().defaults(lattice, shape, n_sites), n_iterations=300 if n_sites <= 16 else 120)
