"""Which Hamiltonian on which lattice."""

import math
import re
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from physics_engines.lattices.shape import Boundary, is_bipartite
from physics_engines.nqs.words import model as words
from physics_engines.spec import Spec, invalid
from physics_engines.text import Text

ModelName = Literal["heisenberg", "j1j2", "tfim"]
LatticeName = Literal["chain", "square"]

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
