"""Specs of the neural-quantum-state engine.

Conventions: Heisenberg and J1-J2 use spin-1/2 operators, H = J sum S·S (S = sigma/2), in the S^z = 0 sector. The
transverse-field Ising model uses Pauli matrices, H = -J sum sigma^z sigma^z - h sum sigma^x. Energies are per site.
Each pair of sites has one bond, also across a periodic edge of length 2.
"""

import math
import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from physics_engines.lattices.shape import Boundary, is_bipartite
from physics_engines.nqs import words
from physics_engines.spec import Spec, invalid
from physics_engines.text import Text

ModelName = Literal["heisenberg", "j1j2", "tfim"]
LatticeName = Literal["chain", "square"]
AnsatzName = Literal["rbm", "rbm_complex", "rbm_symmetric", "rbm_symmetric_complex"]

MAX_SITES = 1024
"""Largest lattice of a variational run."""
MEMORY_LIMIT = 4 * 2**30
"""Bytes a single calculation of this engine may need."""

_TITLES = {"heisenberg": "Heisenberg", "j1j2": "J1-J2", "tfim": "transverse-field Ising"}


def _parse_shape(value: object) -> object:
    """Accept "4x4", "4×4" and 16 beside [4, 4] and [16]."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\s*[x×,]\s*\d+)*\s*", value):
        return tuple(int(part) for part in re.split(r"[x×,]", value))
    return value


Shape = Annotated[tuple[Annotated[int, Field(ge=2, le=10**9)], ...], BeforeValidator(_parse_shape)]


class SpinModelSpec(Spec):
    """A spin-1/2 Hamiltonian on a finite lattice."""

    model: Annotated[
        ModelName,
        words.MODEL,
    ] = "heisenberg"
    """Hamiltonian."""
    lattice: Annotated[
        LatticeName,
        words.LATTICE,
    ]
    """Lattice."""
    shape: Annotated[Shape, words.SHAPE]
    """Extent in each direction: 16 for a chain, 4x4 for a square lattice."""
    boundary: Annotated[
        Boundary,
        words.BOUNDARY,
    ] = "periodic"
    """Boundary condition in every direction."""
    coupling: Annotated[float, words.COUPLING] = Field(default=1.0, gt=0, le=1e6)
    """Nearest-neighbour coupling J (antiferromagnetic for spins S, ferromagnetic for Ising), the unit of energy."""
    j2: Annotated[float, words.J2] = Field(
        default_factory=lambda data: 0.5 if data.get("model") == "j1j2" else 0.0, ge=0, le=10
    )
    """Second-neighbour coupling in units of J, 0.5 where not given; belongs to the J1-J2 model only."""
    field: Annotated[float, words.FIELD] = Field(
        default_factory=lambda data: 1.0 if data.get("model") == "tfim" else 0.0, ge=0, le=1e6
    )
    """Transverse field h in units of J, 1 where not given; belongs to the transverse-field Ising model only."""

    convention: ClassVar[Text | None] = Text(en="energies per site", ja="エネルギーはサイトあたり")

    @property
    def n_sites(self) -> int:
        """Number of lattice sites."""
        return math.prod(self.shape)

    @property
    def conserves_magnetisation(self) -> bool:
        """True for the spin-rotation-invariant models, which are solved in the sector S^z = 0."""
        return self.model != "tfim"

    @property
    def is_sign_free(self) -> bool:
        """True when a basis is known in which the ground state is positive (Marshall, Perron-Frobenius)."""
        if self.model == "tfim":
            return True
        return self.j2 == 0 and is_bipartite(self.shape, self.boundary)

    @property
    def n_couplings(self) -> int:
        """Upper bound of the number of off-diagonal terms of the Hamiltonian."""
        if self.model == "tfim":
            return self.n_sites
        return len(self.shape) * self.n_sites * (2 if self.model == "j1j2" else 1)

    @model_validator(mode="after")
    def _has_meaning(self) -> "SpinModelSpec":
        dimension = {"chain": 1, "square": 2}[self.lattice]
        if len(self.shape) != dimension:
            raise ValueError(f"a {self.lattice} lattice takes {dimension} extent(s), not {len(self.shape)}")
        if self.j2 != 0 and self.model != "j1j2":
            raise ValueError(f"j2 belongs to the J1-J2 model, not to the {_TITLES[self.model]} model; leave it out")
        if self.field != 0 and self.model != "tfim":
            raise ValueError(
                f"a transverse field belongs to the transverse-field Ising model, not to the "
                f"{_TITLES[self.model]} model; leave it out"
            )
        if self.conserves_magnetisation and self.n_sites % 2:
            raise invalid(
                "odd_sites",
                Text(
                    en="an odd number of spins one half has no state with total S^z zero, the sector in which the "
                    f"{_TITLES[self.model]} model is solved; take an even number of sites",
                    ja="奇数個のスピン二分の一には全 S^z がゼロの状態がありません。"
                    "この模型はこのセクターで解くため、サイト数を偶数にしてください",
                ),
                bound=f"{self.n_sites} sites",
                unsolvable=True,
            )
        return self


class ExactSpec(SpinModelSpec):
    """Exact diagonalisation of a small lattice."""

    @property
    def n_states(self) -> int:
        """Dimension of the sector that is diagonalised."""
        return math.comb(self.n_sites, self.n_sites // 2) if self.conserves_magnetisation else 2**self.n_sites

    @property
    def memory(self) -> int:
        """Bytes needed: the sparse matrix while it is assembled, and the Lanczos vectors."""
        per_row = 1 + (self.n_couplings / 2 + 1 if self.conserves_magnetisation else self.n_couplings)
        return int(self.n_states * (32 * per_row + 8 * 28))

    def _memory_bound(self) -> str:
        limit = f"the limit is {MEMORY_LIMIT / 2**30:.0f} GiB"
        if self.n_sites > 40:
            return f"{self.n_sites} sites; {limit}"
        return f"{self.n_states} states need {self.memory / 2**30:.1f} GiB; {limit}"

    @model_validator(mode="after")
    def _fits_memory(self) -> "ExactSpec":
        if self.n_sites > 40 or self.memory > MEMORY_LIMIT:
            raise invalid(
                "too_many_states",
                Text(
                    en="exact diagonalisation would not fit into memory; take fewer sites, or the variational method",
                    ja="厳密対角化が使えるメモリに収まりません。サイト数を減らすか変分法を使ってください",
                ),
                bound=self._memory_bound(),
            )
        return self


def _default_ansatz(data: dict[str, Any]) -> AnsatzName:
    shape, boundary, model = data.get("shape", (2,)), data.get("boundary", "open"), data.get("model", "heisenberg")
    bipartite = is_bipartite(shape, boundary)
    complex_weights = model == "j1j2" or (model == "heisenberg" and not bipartite)
    # Without a Marshall basis the ground state need not have zero momentum, so nothing is tied there.
    if boundary == "periodic" and (bipartite or model == "tfim"):
        return "rbm_symmetric_complex" if complex_weights else "rbm_symmetric"
    return "rbm_complex" if complex_weights else "rbm"


def _default_alpha(data: dict[str, Any]) -> int:
    if "symmetric" not in data.get("ansatz", ""):
        return 2
    n_sites = math.prod(data.get("shape", ()))
    return 12 if n_sites <= 20 else 8 if n_sites <= 36 else 4


class GroundStateSpec(SpinModelSpec):
    """Variational ground state of a spin model by a restricted Boltzmann machine and stochastic reconfiguration."""

    ansatz: Annotated[
        AnsatzName,
        words.ANSATZ,
    ] = Field(default_factory=_default_ansatz)
    """Network. Where not given: translation-symmetric weights on a periodic lattice, dense ones on an open
    lattice; complex weights for frustrated models."""
    alpha: Annotated[int, words.ALPHA] = Field(default_factory=_default_alpha, ge=1, le=64)
    """Hidden units per site. Where not given: 12 with translation symmetry on up to 20 sites, 8 up to 36, 4 on more;
    2 without symmetry."""
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
        n_parameters = self.alpha * (self.n_sites + 1) if "symmetric" in self.ansatz else (self.n_sites + 1) * hidden
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
