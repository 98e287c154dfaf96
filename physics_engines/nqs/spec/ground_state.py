"""A variational ground state: network, sampling and optimisation."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from physics_engines.lattices.shape import BONDS_PER_CELL, SITES_PER_CELL, count_sites
from physics_engines.nqs.spec.limits import MAX_ENUMERATED, MAX_SITES, MEMORY_LIMIT
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.spec.sector import SectorSpec
from physics_engines.nqs.words import ground_state as words
from physics_engines.spec import invalid
from physics_engines.text import Text

if TYPE_CHECKING:
    from physics_engines.nqs.ansatze.base import Defaults

AnsatzName = Literal[
    "jastrow",
    "rbm",
    "rbm_complex",
    "rbm_symmetric",
    "rbm_symmetric_complex",
    "rbm_space_group",
    "rbm_space_group_complex",
    "feed_forward",
    "cnn",
    "resnet",
    "vit",
    "pair_product",
    "pair_product_symmetric",
    "neural_backflow",
]
SamplerName = Literal["metropolis", "composite", "parallel_tempering", "exact"]
SIZES = ("alpha", "n_features", "n_layers", "kernel", "patch", "n_heads")
"""Fields that size an ansatz; 0 where an ansatz has no such size."""


def _names_a_sector(data: dict[str, Any]) -> bool:
    return bool(data.get("momentum")) or data.get("irrep", "none") != "none" or data.get("spin_flip", "none") != "none"


def _takes_pairs(model: SpinModelSpec) -> bool:
    """Small J1-J2 squares whose ground state is known to have the symmetries of the square in the Marshall basis.

    That of the exactly diagonalised lattices of 4x4 and 6x6 does up to J2 = 0.5 J (J. Richter and J. Schulenburg, Eur.
    Phys. J. B 73, 117 (2010)); beyond it levels may cross, and nothing of the point group is assumed.
    """
    is_square = model.lattice == "square" and model.shape in ((4, 4), (6, 6))
    return model.model == "j1j2" and is_square and 0 < model.j2 <= 0.5 and model.total_sz == 0


def _default_ansatz(data: dict[str, Any]) -> AnsatzName:
    try:
        model = SpinModelSpec.model_validate({name: data[name] for name in SpinModelSpec.model_fields})
    except (KeyError, ValidationError):
        return "rbm"  # this Spec is refused for the same reason
    if model.is_fermionic:
        return "pair_product_symmetric" if model.n_sites <= 16 and model.has_lieb_state else "pair_product"
    if any(data.get("momentum", ())):
        return "rbm_complex"  # tied weights carry zero momentum
    complex_weights = model.model == "j1j2" or not model.is_sign_free
    # Without a basis of positive amplitudes the ground state need not have zero momentum, so nothing is tied there;
    # the Marshall basis of J1-J2 on two sublattices is a good enough guess.
    is_tied = model.is_sign_free or (model.is_bipartite and model.exchange == "antiferromagnetic")
    if model.boundary == "periodic" and is_tied:
        if complex_weights:
            if _takes_pairs(model) and not _names_a_sector(data):
                return "pair_product_symmetric"
            return "rbm_symmetric_complex"
        # On large lattices fewer parameters are worth more than freer ones: the same samples say more about each.
        is_invariant = data.get("irrep", "none") in ("none", "A1")
        is_large = model.n_sites > 36 and len(model.shape) > 1
        return "rbm_space_group" if is_large and is_invariant else "rbm_symmetric"
    return "rbm_complex" if complex_weights else "rbm"


_POSITIVE = ("jastrow", "rbm", "rbm_symmetric", "rbm_space_group")
"""Ansätze of positive amplitudes, unless a projection gives them signs."""
_STATES_PER_SAMPLE = 4
"""States of a sector per sample up to which the sum over all of them is the better way: no weight is left out."""
_MAX_HOP = 0.45
"""Largest default step of imaginary time for the energy of a hop."""
_MAX_BLURRED = 2**14
"""States of a sector up to which the amplitudes of all neighbours of a sample cost little: few of them differ."""


def _may_have_nodes(data: dict[str, Any]) -> SectorSpec | None:
    """The model where amplitudes of its wave function can vanish or change sign; None where they are positive."""
    try:
        sector = SectorSpec.model_validate({name: data[name] for name in SectorSpec.model_fields})
    except (KeyError, ValidationError):
        return None  # this Spec is refused for the same reason
    ansatz = data.get("ansatz", "rbm")
    is_positive = ansatz in _POSITIVE or (sector.is_sign_free and not ansatz.endswith("complex"))
    return None if sector.is_fermionic or (is_positive and _keeps_signs(sector)) else sector


def _keeps_signs(sector: SectorSpec) -> bool:
    """True when the projection onto a sector leaves positive amplitudes positive."""
    return not any(sector.momentum) and sector.irrep in ("none", "A1") and sector.spin_flip != "odd"


def _visits_nodes(data: dict[str, Any]) -> SectorSpec | None:
    """The same for what can be evaluated at its nodes: a pair product would invert a singular matrix there."""
    return None if str(data.get("ansatz", "")).startswith("pair_product") else _may_have_nodes(data)


def _default_sampler(data: dict[str, Any]) -> SamplerName:
    sector = _visits_nodes(data)
    is_small = sector is not None and sector.n_states <= _STATES_PER_SAMPLE * data.get("n_samples", 0)
    return "exact" if is_small else "metropolis"


def _default_blur(data: dict[str, Any]) -> float:
    sector = _visits_nodes(data)
    is_small = sector is not None and sector.n_states <= _MAX_BLURRED
    return 0.5 if is_small and data.get("sampler") != "exact" else 0.0


def _defaults(data: dict[str, Any]) -> "Defaults":
    """What the ansatz itself proposes; anything will do where a field before it is wrong."""
    from physics_engines.nqs.ansatze.build import ansatz_class

    shape, lattice = data.get("shape", (2,)), data.get("lattice", "chain")
    return ansatz_class(data.get("ansatz", "rbm")).defaults(lattice, shape, count_sites(shape, lattice))


def _default_rate(data: dict[str, Any]) -> float:
    """What the ansatz proposes; less where one hop of a t-V model costs so much that a step would overshoot.

    A particle of the charge-ordered state that hops once meets z - 1 others. The explicit step of imaginary time is
    stable while its product with the energies of such states stays below 1 or so; half of that left no run undone.
    """
    proposed = _defaults(data).learning_rate
    if data.get("model") != "tv" or data.get("lattice") not in BONDS_PER_CELL:
        return proposed
    lattice = data["lattice"]
    z = 2 * BONDS_PER_CELL[lattice][0] / SITES_PER_CELL[lattice]
    cost = (z - 1) * abs(data.get("interaction") or 0.0)
    return min(proposed, _MAX_HOP / cost) if cost else proposed


def _default_size(name: str) -> Callable[[dict[str, Any]], int]:
    return lambda data: _defaults(data).sizes.get(name, 0)


class GroundStateSpec(SectorSpec):
    """Variational ground state of a spin model by a neural network and stochastic reconfiguration."""

    ansatz: Annotated[
        AnsatzName,
        words.ANSATZ,
    ] = Field(default_factory=_default_ansatz)
    """Wave function. Where not given: an RBM with translation-symmetric weights on a periodic lattice, with those of
    the space group on more than 36 sites in two dimensions, a dense one on an open lattice; complex weights for
    frustrated models and a momentum; a pair product times RBM with the symmetries of the square on 4x4 and 6x6 J1-J2
    squares up to J2 = 0.5, where the ground state is known to have them. The amplitude of a feed-forward network, CNN,
    ResNet or ViT is complex for frustrated models and positive for the others; that of a Jastrow factor is always
    positive. Fermions take a pair product times RBM."""
    alpha: Annotated[int, words.ALPHA] = Field(default_factory=_default_size("alpha"), ge=0, le=64)
    """Hidden units per site of an RBM. Where not given: 12 with translation symmetry on up to 20 sites, 8 up to 36, 4
    on more; twice the point group or more with space-group symmetry; 2 without symmetry and beside a pair product."""
    n_features: Annotated[int, words.N_FEATURES] = Field(default_factory=_default_size("n_features"), ge=0, le=512)
    """Channels of a CNN or ResNet, units in a layer of a feed-forward network, length of the vectors of a ViT."""
    n_layers: Annotated[int, words.N_LAYERS] = Field(default_factory=_default_size("n_layers"), ge=0, le=64)
    """Convolutions of a CNN, residual blocks of a ResNet, hidden layers of a feed-forward network, blocks of a ViT."""
    kernel: Annotated[int, words.KERNEL] = Field(default_factory=_default_size("kernel"), ge=0, le=32)
    """Unit cells in each direction that a convolution of a CNN or ResNet sees."""
    patch: Annotated[int, words.PATCH] = Field(default_factory=_default_size("patch"), ge=0, le=32)
    """Unit cells in each direction of a patch of a ViT; must divide the extents of the lattice."""
    n_heads: Annotated[int, words.N_HEADS] = Field(default_factory=_default_size("n_heads"), ge=0, le=64)
    """Attention heads of a ViT; must divide n_features."""
    n_iterations: Annotated[int, words.N_ITERATIONS] = Field(
        default_factory=lambda data: _defaults(data).n_iterations, ge=1, le=100_000
    )
    """Optimisation steps. Where not given: 300 for an RBM or Jastrow factor, 200 with space-group symmetry, fewer for
    the other networks."""
    n_samples: Annotated[int, words.N_SAMPLES] = Field(
        default_factory=lambda data: _defaults(data).n_samples, ge=64, le=1_000_000
    )
    """Samples per optimisation step. Where not given: 1024 for an RBM or Jastrow factor, 512 for the other networks."""
    n_final_samples: Annotated[int, words.N_FINAL_SAMPLES] = Field(
        default_factory=lambda data: _defaults(data).n_final_samples, ge=256, le=10_000_000
    )
    """Fresh samples for the final energy, drawn after the last step."""
    n_chains: int = Field(default_factory=lambda data: _defaults(data).n_chains, ge=2, le=65_536)
    """Independent Markov chains the samples are spread over. Where not given: 16 for an RBM or Jastrow factor, 128 for
    the other networks, which are evaluated on all chains at once."""
    n_discard: int = Field(default_factory=lambda data: _defaults(data).n_discard, ge=0, le=1000)
    """Sweeps between a step and the first recorded sample. Where not given: 5 for an RBM or Jastrow factor, 1 for the
    other networks, whose many chains follow the small steps."""
    sampler: Annotated[SamplerName, words.SAMPLER] = Field(default_factory=_default_sampler)
    """How |psi|^2 is sampled: by the moves of the Hamiltonian; with far exchanges and the flip of all spins as well
    (composite); with replicas of |psi|^(2 beta) (parallel_tempering); or not at all, by a sum over every state of a
    small sector (exact: no statistical error, and the numbers of samples do not matter). Where not given: exact for a
    wave function that can have nodes where the sector has at most four states per sample, else metropolis."""
    blur: float = Field(default_factory=lambda data: _default_blur(data), ge=0, le=0.9)
    """Share of the samples that are moved on by one move of the Hamiltonian and weighted back to |psi|^2, so that
    configurations of small amplitude that the Hamiltonian reaches from the others are not lost. Where not given: one
    half on a small system whose wave function can have nodes, else none."""
    n_replicas: int = Field(default=4, ge=2, le=64)
    """Replicas of each chain under parallel tempering, beta = 1, 1 - 1/R, ..., 1/R."""
    learning_rate: Annotated[float, words.LEARNING_RATE] = Field(default_factory=_default_rate, gt=0, le=1)
    """Step of imaginary time in units of 1/J, before the trust region shortens it. Where not given: 0.1, less for a t-V
    model at strong repulsion."""
    diag_shift: Annotated[float, words.DIAG_SHIFT] = Field(
        default_factory=lambda data: _defaults(data).diag_shift, ge=1e-8, le=1
    )
    """Diagonal shift of the metric at the end of the run; it begins at 1, at 0.1 of a pair product, at 0.01 with
    complex amplitudes (0.1 of a ViT). Where not given: 0.001."""
    seed: Annotated[int, words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    projected_from: float = Field(default=0.0, ge=0, le=1)
    """Where a sector is given: share of the optimisation steps after which the wave function is projected onto it.
    0 projects throughout, 1 only the finished wave function, which costs little and lowers the energy as well."""

    @property
    def memory(self) -> int:
        """Bytes needed, as the ansatz says."""
        from physics_engines.nqs.ansatze.build import build_ansatz

        return build_ansatz(self).memory(self)

    def first_shift(self, is_complex: bool) -> float:
        """Diagonal shift a run begins with, real or complex amplitudes, as the ansatz proposes."""
        proposed = _defaults(self.model_dump(include={"shape", "lattice", "ansatz"}))
        return proposed.first_shift_complex if is_complex else proposed.first_shift

    @property
    def may_have_nodes(self) -> bool:
        """True where amplitudes can vanish or change sign: complex ones, projected ones, those of fermions."""
        data = {name: getattr(self, name) for name in ("ansatz", *SectorSpec.model_fields)}
        return self.is_fermionic or _may_have_nodes(data) is not None

    @property
    def n_evaluated(self) -> int:
        """Configurations of one optimisation step: the samples, or all states of the sector."""
        return self.n_states if self.sampler == "exact" else self.n_samples

    @model_validator(mode="after")
    def _fits(self) -> "GroundStateSpec":
        if self.n_sites > MAX_SITES:
            raise invalid(
                "too_many_sites",
                Text(
                    en="that is more sites than variational Monte Carlo takes here",
                    ja="ここでの変分モンテカルロ法で扱えるサイト数の上限を超えています",
                ),
                bound=f"{self.n_sites} sites; at most {MAX_SITES}",
            )
        sizes = _defaults(self.model_dump(include={"shape", "lattice", "ansatz"})).sizes
        for name in SIZES:
            value = getattr(self, name)
            if name in sizes and value == 0:
                raise ValueError(f"{name} of {self.ansatz} must be at least 1, not 0")
            if name not in sizes and value != 0:
                taken = f"takes {', '.join(sizes)}" if sizes else "has no size to choose"
                raise ValueError(f"{name} does not belong to {self.ansatz}, which {taken}; leave it out")
        if min(self.n_samples, self.n_final_samples) < 4 * self.n_chains:
            raise ValueError(
                f"{self.n_chains} chains need at least {4 * self.n_chains} samples, not "
                f"{min(self.n_samples, self.n_final_samples)}"
            )
        self._check_sampler()
        self._check_fermions()
        self._check_signs()
        if self.memory > MEMORY_LIMIT:
            chosen = ", ".join(f"{name} = {getattr(self, name)}" for name in sizes) or self.ansatz
            lower = " or ".join([*list(sizes)[:1], "n_samples"])
            raise ValueError(
                f"{chosen} on {self.n_sites} sites with {self.n_samples} samples needs {self.memory / 2**30:.1f} GiB; "
                f"the bound is {MEMORY_LIMIT // 2**30} GiB, so lower {lower}"
            )
        return self

    def _check_signs(self) -> None:
        if self.ansatz in _POSITIVE and self.punishes_positive_amplitudes and _keeps_signs(self):
            raise ValueError(
                f"the amplitudes of {self.ansatz} are positive, and every exchange of this frustrated model raises the "
                "energy of such a state, so the best one is a classical configuration; take an ansatz with signs, "
                "such as rbm_complex"
            )

    def _check_fermions(self) -> None:
        if not self.is_fermionic:
            return
        if not self.ansatz.startswith(("pair_product", "neural_backflow")):
            raise ValueError(f"{self.ansatz} has no fermionic signs; fermions take pair_product or neural_backflow")
        if self.sampler != "metropolis" or self.has_sector:
            raise ValueError(
                "fermions are sampled by metropolis and take no momentum, irrep or spin_flip; leave them out, "
                "pair_product_symmetric sums over the lattice symmetries"
            )

    def _check_sampler(self) -> None:
        if self.sampler == "exact" and self.blur:
            raise ValueError("the exact sampler leaves no configuration out and takes no blur; leave blur out")
        if self.sampler == "exact" and (self.n_sites > 30 or self.n_states > MAX_ENUMERATED):
            size = f"{self.n_sites} sites" if self.n_sites > 30 else f"{self.n_states} states"
            raise ValueError(
                f"the exact sampler sums over every state of the sector, at most {MAX_ENUMERATED}, not those of "
                f"{size}; take another sampler"
            )
        if self.n_up in (0, self.n_sites):
            raise ValueError(
                f"the sector total_sz = {self.total_sz} has a single state and nothing to vary; diagonalise exactly"
            )
