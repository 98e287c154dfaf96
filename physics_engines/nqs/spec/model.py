"""Which Hamiltonian on which lattice, in which sector."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from physics_engines.lattices.shape import (
    BONDS_PER_CELL,
    DIMENSIONS,
    SITES_PER_CELL,
    Boundary,
    LatticeName,
    count_sites,
    is_bipartite,
    signs_of,
)
from physics_engines.nqs.spec.couplings import Couplings, describe_flaw, sites_of
from physics_engines.nqs.spec.limits import MAX_COMPARED
from physics_engines.nqs.words import model as words
from physics_engines.spec import Spec, invalid
from physics_engines.text import Text

ModelName = Literal["heisenberg", "xxz", "j1j2", "tfim", "couplings", "hubbard", "tv"]
Exchange = Literal["antiferromagnetic", "ferromagnetic"]

TITLES: dict[str, str] = {
    "heisenberg": "Heisenberg",
    "xxz": "XXZ",
    "j1j2": "J1-J2",
    "tfim": "transverse-field Ising",
    "couplings": "couplings",
    "hubbard": "Hubbard",
    "tv": "t-V",
}
FERMIONS = ("hubbard", "tv")


def _parse_shape(value: object) -> object:
    """Accept "4x4", "4×4" and 16 beside [4, 4] and [16]."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\s*[x×,]\s*\d+)*\s*", value):
        return tuple(int(part) for part in re.split(r"[x×,]", value))
    return value


Shape = Annotated[tuple[Annotated[int, Field(ge=2, le=10**9)], ...], BeforeValidator(_parse_shape)]


def _default_sector(data: Mapping[str, Any]) -> float | None:
    if data.get("model") == "tfim" or data.get("model") in FERMIONS:
        return None
    shape: tuple[int, ...] = data.get("shape", ())
    return 0.5 if shape and count_sites(shape, data.get("lattice")) % 2 else 0.0


def _default_up(data: Mapping[str, Any]) -> int | None:
    """Half filling; of an odd number of electrons one more is up."""
    model, shape = data.get("model"), data.get("shape", ())
    if model not in FERMIONS or not shape:
        return None
    n_sites = count_sites(shape, data.get("lattice"))
    return n_sites // 2 if model == "tv" else (n_sites + 1) // 2


def _default_down(data: Mapping[str, Any]) -> int | None:
    shape = data.get("shape", ())
    return count_sites(shape, data.get("lattice")) // 2 if data.get("model") == "hubbard" and shape else None


class SpinModelSpec(Spec):
    """A spin-1/2 or fermion Hamiltonian on a finite lattice."""

    model: Annotated[
        ModelName,
        words.MODEL,
    ] = "heisenberg"
    """Hamiltonian."""
    lattice: Annotated[
        LatticeName,
        words.LATTICE,
    ]
    """Lattice; graph for a table of couplings."""
    shape: Annotated[Shape, words.SHAPE]
    """Extent in each direction in unit cells: 16 for a chain, 4x4 for a square or triangular lattice (16 sites), 2x3
    for a honeycomb (2·2·3 = 12 sites) or kagome lattice (3·2·3 = 18 sites); the number of sites for a graph."""
    boundary: Annotated[
        Boundary,
        words.BOUNDARY,
    ] = Field(default_factory=lambda data: "open" if data.get("lattice") == "graph" else "periodic")
    """Boundary condition in every direction; periodic where not given."""
    coupling: Annotated[float, words.COUPLING] = Field(default=1.0, gt=0, le=1e6)
    """Strength J of the nearest-neighbour coupling (its sign is in exchange), or hopping t of fermions: the unit of
    energy."""
    exchange: Annotated[Exchange, words.EXCHANGE] = Field(
        default_factory=lambda data: "ferromagnetic" if data.get("model") == "tfim" else "antiferromagnetic"
    )
    """Sign of the nearest-neighbour coupling. Where not given: antiferromagnetic for spins S, H = +J Σ S·S;
    ferromagnetic for Ising, H = -J Σ σ^z σ^z - h Σ σ^x."""
    delta: Annotated[float, words.DELTA] = Field(default=1.0, ge=-1e3, le=1e3)
    """Anisotropy Δ of the XXZ model, H = J Σ (S^x S^x + S^y S^y + Δ S^z S^z); 1 is the Heisenberg model."""
    j2: Annotated[float, words.J2] = Field(
        default_factory=lambda data: 0.5 if data.get("model") == "j1j2" else 0.0, ge=0, le=10
    )
    """Second-neighbour coupling in units of J, 0.5 where not given; belongs to the J1-J2 model only."""
    field: Annotated[float, words.FIELD] = Field(
        default_factory=lambda data: 1.0 if data.get("model") == "tfim" else 0.0, ge=0, le=1e6
    )
    """Transverse field h in units of J, 1 where not given; belongs to the transverse-field Ising model only."""
    couplings: Couplings = ()
    """Table of the couplings model: rows [i, j, J] or [i, j, Jxy, Jz] in units of J, sites from 0, each pair once."""
    total_sz: Annotated[float | None, words.TOTAL_SZ] = Field(default_factory=_default_sector)
    """Total S^z of the sector that is solved: 0 where not given, 1/2 for an odd number of spins. None for the
    transverse-field Ising model, which does not conserve it, and for fermions."""
    interaction: Annotated[float, words.INTERACTION] = Field(
        default_factory=lambda data: {"hubbard": 4.0, "tv": 1.0}.get(data.get("model", ""), 0.0), ge=-1e3, le=1e3
    )
    """Interaction of fermions in units of the hopping t: U of the Hubbard model (4 where not given), V between
    neighbours of the t-V model (1 where not given)."""
    particles_up: Annotated[int | None, words.PARTICLES_UP] = Field(default_factory=_default_up, ge=0)
    """Up electrons of the Hubbard model, all particles of the t-V model; half filling where not given."""
    particles_down: Annotated[int | None, words.PARTICLES_DOWN] = Field(default_factory=_default_down, ge=0)
    """Down electrons of the Hubbard model; half filling where not given."""

    convention: ClassVar[Text | None] = Text(en="energies per site", ja="エネルギーはサイトあたり")

    takes_fermions: ClassVar[bool] = True
    """False for calculations that know spins only."""

    @property
    def n_sites(self) -> int:
        """Number of lattice sites."""
        return count_sites(self.shape, self.lattice)

    @property
    def is_fermionic(self) -> bool:
        """True for the Hubbard and t-V models."""
        return self.model in FERMIONS

    @property
    def has_lieb_state(self) -> bool:
        """Whether the ground state is unique by Lieb's theorem: repulsive, half-filled, a torus of two sublattices."""
        half = self.n_sites // 2
        return (
            self.model == "hubbard"
            and self.interaction > 0
            and self.boundary == "periodic"
            and self.is_bipartite
            and self.n_sites == 2 * half
            and self.occupied == (half, half)
        )

    @property
    def conserves_magnetisation(self) -> bool:
        """True for the models that conserve S^z or particle numbers and are solved in one sector of them."""
        return self.model != "tfim"

    @property
    def n_units(self) -> int:
        """Two-valued degrees of freedom: sites, of the Hubbard model those of each spin."""
        return 2 * self.n_sites if self.model == "hubbard" else self.n_sites

    @property
    def occupied(self) -> tuple[int, ...] | None:
        """Up spins, or particles of each kind, in the sector; None where nothing is conserved."""
        if self.model == "hubbard":
            return (self.particles_up or 0, self.particles_down or 0)
        if self.model == "tv":
            return (self.particles_up or 0,)
        return None if self.n_up is None else (self.n_up,)

    @property
    def n_up(self) -> int | None:
        """Number of up spins of the sector; None where S^z is not conserved."""
        return None if self.total_sz is None else round(self.n_sites / 2 + self.total_sz)

    @property
    def n_states(self) -> int:
        """Dimension of the sector."""
        if self.occupied is None:
            return 1 << self.n_sites
        ways: int = math.prod(math.comb(self.n_sites, count) for count in self.occupied)
        return ways

    @property
    def is_comparable(self) -> bool:
        """True where the sector is small enough to be solved exactly beside a variational run."""
        return self.n_units <= 24 and self.n_states <= MAX_COMPARED

    @property
    def is_bipartite(self) -> bool:
        """True when the nearest-neighbour bonds join two sublattices."""
        if self.lattice == "graph":
            return signs_of(self.n_sites, [(i, j, True) for i, j, *_ in self.couplings]) is not None
        return is_bipartite(self.shape, self.boundary, self.lattice)

    @property
    def is_sign_free(self) -> bool:
        """True when a basis is known in which the ground state is positive (Marshall, Perron-Frobenius)."""
        if self.model == "tfim":
            return True
        if self.is_fermionic:
            return False
        if self.model == "couplings":
            bonds = [(i, j, strength > 0) for i, j, strength, _ in self.couplings if strength]
            return signs_of(self.n_sites, bonds) is not None
        return self.j2 == 0 and (self.exchange == "ferromagnetic" or self.is_bipartite)

    @property
    def punishes_positive_amplitudes(self) -> bool:
        """True when all off-diagonal elements are positive in the basis used: exchange then raises the energy of every
        wave function of one sign, and the best of these is a classical configuration."""
        if self.model == "tfim" or self.is_fermionic:
            return False
        if self.model == "couplings":
            exchanges = [strength for *_, strength, _ in self.couplings if strength]
            return bool(exchanges) and min(exchanges) > 0 and not self.is_sign_free
        return self.exchange == "antiferromagnetic" and not self.is_bipartite

    @property
    def n_couplings(self) -> int:
        """Upper bound of the number of off-diagonal terms of the Hamiltonian."""
        if self.model == "tfim":
            return self.n_sites
        if self.model == "couplings":
            return len(self.couplings)
        near, far = BONDS_PER_CELL[self.lattice]
        bonds = self.n_sites // SITES_PER_CELL[self.lattice] * (near + far if self.model == "j1j2" else near)
        return 2 * bonds if self.model == "hubbard" else bonds

    @model_validator(mode="before")
    @classmethod
    def _fit_graph(cls, data: Any) -> Any:
        """A table of couplings says on how many sites it lives."""
        if not isinstance(data, Mapping) or data.get("model") != "couplings":
            return data
        filled = {"lattice": "graph", **data}
        if "shape" not in filled:
            n_sites = sites_of(filled.get("couplings"))
            if n_sites >= 2:
                filled["shape"] = (n_sites,)
        return filled

    @model_validator(mode="after")
    def _has_meaning(self) -> "SpinModelSpec":
        dimension = DIMENSIONS[self.lattice]
        if len(self.shape) != dimension:
            raise ValueError(f"a {self.lattice} lattice takes {dimension} extent(s), not {len(self.shape)}")
        title = TITLES[self.model]
        if self.j2 != 0 and self.model != "j1j2":
            raise ValueError(f"j2 belongs to the J1-J2 model, not to the {title} model; leave it out")
        if self.field != 0 and self.model != "tfim":
            raise ValueError(
                "a transverse field belongs to the transverse-field Ising model, not to the "
                f"{title} model; leave it out"
            )
        if self.delta != 1 and self.model != "xxz":
            raise ValueError(f"delta belongs to the XXZ model, not to the {title} model; leave it out")
        self._check_graph()
        self._check_particles()
        self._check_sector()
        return self

    def _check_particles(self) -> None:
        title = TITLES[self.model]
        if self.interaction != 0 and not self.is_fermionic:
            raise ValueError(f"interaction belongs to the Hubbard and t-V models, not to the {title} model")
        if self.particles_down is not None and self.model != "hubbard":
            raise ValueError(f"particles_down belongs to the Hubbard model, not to the {title} model; leave it out")
        if self.particles_up is not None and not self.is_fermionic:
            raise ValueError(f"particles_up belongs to fermions, not to the {title} model; leave it out")
        if not self.is_fermionic:
            return
        if not self.takes_fermions:
            raise invalid(
                "spins_only",
                Text(
                    en="that is computed for spin models only; of Hubbard and t-V models the ground-state energy is",
                    ja="その計算はスピン模型だけのものです。ハバード模型と t-V 模型で計算できるのは基底エネルギーです",
                ),
                unsolvable=True,
            )
        if self.exchange != "antiferromagnetic":
            raise ValueError(f"exchange belongs to spins, not to the {title} model; leave it out")
        if self.total_sz is not None:
            raise ValueError("the sector of fermions is given by particles_up and particles_down, not by total_sz")
        counts = (self.particles_up, self.particles_down) if self.model == "hubbard" else (self.particles_up,)
        for count in counts:
            if count is None or count > self.n_sites:
                raise invalid(
                    "no_such_filling",
                    Text(
                        en="at most one fermion of each kind fits on a site",
                        ja="一つのサイトに入れるフェルミオンは各種類一個までです",
                    ),
                    bound=f"{count} on {self.n_sites} sites",
                    unsolvable=True,
                )

    def _check_graph(self) -> None:
        if self.model != "couplings":
            if self.couplings or self.lattice == "graph":
                raise ValueError(
                    f"a graph and its table of couplings belong to the couplings model, not to the "
                    f"{TITLES[self.model]} model"
                )
            return
        if self.lattice != "graph":
            raise ValueError(f"a table of couplings lives on a graph, not on a {self.lattice} lattice; leave it out")
        if self.boundary != "open":
            raise ValueError("a table of couplings has no boundary that could be periodic; leave it out")
        if self.exchange != "antiferromagnetic":
            raise ValueError("the signs of the couplings are in their table (J > 0 is antiferromagnetic)")
        flaw = describe_flaw(self.couplings, self.n_sites)
        if flaw:
            raise ValueError(flaw)

    def _check_sector(self) -> None:
        if self.is_fermionic:
            return
        if not self.conserves_magnetisation:
            if self.total_sz is not None:
                raise ValueError("the transverse-field Ising model does not conserve S^z; leave total_sz out")
            return
        n_up = self.n_sites / 2 + (self.total_sz or 0.0)
        if self.total_sz is None or n_up != int(n_up) or not 0 <= n_up <= self.n_sites:
            of = "half-integer" if self.n_sites % 2 else "integer"
            raise invalid(
                "no_such_sector",
                Text(
                    en="there is no state with that total S^z: an even number of spins one half has integer values, an "
                    "odd number half-integer ones, up to half the number of sites",
                    ja="その全 S^z を持つ状態はありません。スピン二分の一が偶数個なら整数、奇数個なら半整数で、"
                    "絶対値はサイト数の半分までです",
                ),
                bound=f"total_sz = {self.total_sz}; {self.n_sites} sites take {of} values up to {self.n_sites / 2:g}",
                unsolvable=True,
            )
