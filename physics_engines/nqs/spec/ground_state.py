"""A variational ground state: network, sampling and optimisation."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from physics_engines.lattices.shape import SITES_PER_CELL, count_sites
from physics_engines.nqs.spec.limits import MAX_SITES, MEMORY_LIMIT
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import ground_state as words
from physics_engines.spec import invalid
from physics_engines.text import Text

AnsatzName = Literal[
    "rbm", "rbm_complex", "rbm_symmetric", "rbm_symmetric_complex", "pair_product", "pair_product_symmetric"
]


def _default_ansatz(data: dict[str, Any]) -> AnsatzName:
    try:
        model = SpinModelSpec.model_validate({name: data[name] for name in SpinModelSpec.model_fields})
    except (KeyError, ValidationError):
        return "rbm"  # this Spec is refused for the same reason
    if model.is_fermionic:
        is_symmetric = model.boundary == "periodic" and model.n_sites <= 16 and _is_half_filled(model)
        return "pair_product_symmetric" if is_symmetric else "pair_product"
    complex_weights = model.model == "j1j2" or not model.is_sign_free
    # Without a basis of positive amplitudes the ground state need not have zero momentum, so nothing is tied there;
    # the Marshall basis of J1-J2 on two sublattices is a good enough guess.
    is_tied = model.is_sign_free or (model.is_bipartite and model.exchange == "antiferromagnetic")
    if model.boundary == "periodic" and is_tied:
        return "rbm_symmetric_complex" if complex_weights else "rbm_symmetric"
    return "rbm_complex" if complex_weights else "rbm"


def _is_half_filled(model: SpinModelSpec) -> bool:
    """Whether the ground state is unique by Lieb's theorem: repulsive, half-filled, two equal sublattices."""
    half = model.n_sites // 2
    return (
        model.model == "hubbard" and model.interaction > 0 and model.is_bipartite and model.n_sites % 2 == 0
        and model.occupied == (half, half)
    )  # fmt: skip


def _default_alpha(data: dict[str, Any]) -> int:
    if "symmetric" not in data.get("ansatz", "") or data["ansatz"].startswith("pair_product"):
        return 2
    n_sites = count_sites(data.get("shape", ()), data.get("lattice"))
    return 12 if n_sites <= 20 else 8 if n_sites <= 36 else 4


class GroundStateSpec(SpinModelSpec):
    """Variational ground state of a spin model by a restricted Boltzmann machine and stochastic reconfiguration."""

    ansatz: Annotated[
        AnsatzName,
        words.ANSATZ,
    ] = Field(default_factory=_default_ansatz)
    """Network. Where not given: translation-symmetric weights on a periodic lattice, dense ones on an open
    lattice; complex weights for frustrated models; a pair product (Gutzwiller-projected BCS state) times RBM for
    fermions."""
    alpha: Annotated[int, words.ALPHA] = Field(default_factory=_default_alpha, ge=1, le=64)
    """Hidden units per site. Where not given: 12 with translation symmetry on up to 20 sites, 8 up to 36, 4 on more;
    2 without symmetry and beside a pair product."""
    n_iterations: Annotated[int, words.N_ITERATIONS] = Field(default=300, ge=1, le=100_000)
    """Optimisation steps."""
    n_samples: Annotated[int, words.N_SAMPLES] = Field(default=1024, ge=64, le=1_000_000)
    """Samples per optimisation step."""
    n_final_samples: Annotated[int, words.N_FINAL_SAMPLES] = Field(default=32_768, ge=256, le=10_000_000)
    """Fresh samples for the final energy, drawn after the last step."""
    n_chains: int = Field(default=16, ge=2, le=4096)
    """Independent Markov chains the samples are spread over."""
    learning_rate: Annotated[float, words.LEARNING_RATE] = Field(default=0.1, gt=0, le=1)
    """Step of imaginary time in units of 1/J, before the trust region shortens it."""
    diag_shift: Annotated[float, words.DIAG_SHIFT] = Field(default=1e-3, ge=1e-8, le=1)
    """Diagonal shift of the metric after the warm-up, in which it starts ten times larger."""
    seed: Annotated[int, words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    @property
    def memory(self) -> int:
        """Bytes needed: samples and hidden activations, tables of the moves, metric."""
        size = 16 if self.ansatz.endswith("complex") else 8
        hidden = self.alpha * self.n_sites
        largest = max(self.n_samples, min(self.n_final_samples, 4096))
        features = self.alpha * SITES_PER_CELL[self.lattice]
        n_parameters = (self.n_sites + 1) * (features if "symmetric" in self.ansatz else hidden)
        metric = min(self.n_samples, n_parameters) ** 2 * 3
        jacobian = self.n_samples * n_parameters if n_parameters <= self.n_samples else n_parameters * 4
        return int(size * (3 * largest * hidden + 3 * self.n_couplings * hidden + metric + jacobian)) + 300 * 2**20

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
        self._check_pair_product()
        if "symmetric" in self.ansatz and self.boundary == "open":
            raise ValueError(
                f"{self.ansatz} needs a periodic lattice, an open one has no translations; use rbm or rbm_complex"
            )
        if min(self.n_samples, self.n_final_samples) < 4 * self.n_chains:
            raise ValueError(
                f"{self.n_chains} chains need at least {4 * self.n_chains} samples, not "
                f"{min(self.n_samples, self.n_final_samples)}"
            )
        if self.memory > MEMORY_LIMIT:
            raise ValueError(
                f"alpha = {self.alpha} on {self.n_sites} sites with {self.n_samples} samples needs "
                f"{self.memory / 2**30:.1f} GiB; the bound is {MEMORY_LIMIT // 2**30} GiB, so lower alpha or n_samples"
            )
        return self

    def _check_pair_product(self) -> None:
        if not self.ansatz.startswith("pair_product"):
            if self.is_fermionic:
                raise ValueError(f"{self.ansatz} has no fermionic signs; fermions take pair_product")
            return
        if self.occupied is None:
            raise ValueError("pair_product needs a conserved S^z, which the transverse-field Ising model lacks")
        if len(self.occupied) == 2 and self.occupied[0] < self.occupied[1]:
            raise ValueError(
                f"{self.occupied[0]} up and {self.occupied[1]} down electrons: exchange the two, the energy is the same"
            )
        if self.total_sz is not None and self.total_sz < 0:
            raise ValueError("pair_product takes total_sz >= 0; the sector of the other sign has the same energy")
        if self.occupied[0] == 0:
            raise ValueError("there is no particle in that sector, and its energy is that of the empty lattice")
        if self.ansatz != "pair_product_symmetric":
            return
        if self.is_fermionic and not self._has_known_symmetry:
            raise ValueError(
                "pair_product_symmetric needs the symmetry of the ground state, which is known for the repulsive "
                "Hubbard model at half filling on two sublattices of a periodic lattice; use pair_product"
            )
        if not self.is_fermionic and (self.lattice != "square" or self.shape[0] != self.shape[1]):
            raise ValueError("pair_product_symmetric sums over the point group of an L x L square lattice of spins")

    @property
    def _has_known_symmetry(self) -> bool:
        return _is_half_filled(self) and self.boundary == "periodic"
