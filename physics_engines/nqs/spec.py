"""Specs of the neural-quantum-state engine.

Conventions: Heisenberg and J1-J2 use spin-1/2 operators, H = J sum S·S (S = sigma/2). The transverse-field
Ising model uses Pauli matrices, H = -J sum sigma^z sigma^z - h sum sigma^x. Energies are per site.
"""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from physics_engines.spec import Slot, Spec

ModelName = Literal["heisenberg", "j1j2", "tfim"]
LatticeName = Literal["chain", "square"]
Boundary = Literal["periodic", "open"]


def _parse_shape(value: object) -> object:
    """Accept "4x4", "4×4" and 16 beside [4, 4] and [16]."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str) and re.fullmatch(r"\s*\d+(\s*[x×,]\s*\d+)*\s*", value):
        return tuple(int(part) for part in re.split(r"[x×,]", value))
    return value


Shape = Annotated[tuple[Annotated[int, Field(ge=1)], ...], BeforeValidator(_parse_shape)]


class SpinModelSpec(Spec):
    """A spin-1/2 Hamiltonian on a finite lattice."""

    model: Annotated[
        ModelName,
        Slot(
            en=("model",),
            ja=("模型", "モデル"),
            values={
                "heisenberg": ("heisenberg", "ハイゼンベルク", "ハイゼンベルグ"),
                "j1j2": ("j1-j2", "j1j2", "j1–j2", "frustrated heisenberg"),
                "tfim": ("transverse-field ising", "transverse field ising", "tfim", "横磁場イジング"),
            },
        ),
    ] = "heisenberg"
    """Hamiltonian."""
    lattice: Annotated[
        LatticeName,
        Slot(
            en=("lattice",),
            ja=("格子",),
            values={
                "chain": ("chain", "1d", "鎖", "一次元", "1次元"),
                "square": ("square", "2d", "正方格子", "二次元", "2次元"),
            },
        ),
    ]
    """Lattice."""
    shape: Annotated[
        Shape, Slot(symbols=("N", "L"), en=("size", "sites", "length"), ja=("サイズ", "サイト数", "サイト", "長さ"))
    ]
    """Extent in each direction: 16 for a chain, 4x4 for a square lattice."""
    boundary: Annotated[
        Boundary,
        Slot(
            en=("boundary", "boundary condition"),
            ja=("境界条件", "境界"),
            values={"periodic": ("periodic", "pbc", "周期"), "open": ("open", "obc", "開放", "自由端")},
        ),
    ] = "periodic"
    """Boundary condition in every direction."""
    coupling: Annotated[
        float, Slot(symbols=("J", "J1"), en=("coupling", "exchange"), ja=("結合定数", "交換相互作用"))
    ] = Field(default=1.0, gt=0, le=1e6)
    """Nearest-neighbour coupling J (antiferromagnetic, J > 0), the unit of energy."""
    j2: Annotated[float, Slot(symbols=("J2", "J2/J1"), en=("j2", "j2/j1"), ja=("j2",))] = Field(
        default=0.5, ge=0, le=10
    )
    """Second-neighbour coupling in units of J; used by the J1-J2 model only."""
    field: Annotated[float, Slot(symbols=("h", "Γ", "g"), en=("transverse field", "field"), ja=("横磁場", "磁場"))] = (
        Field(default=1.0, ge=0, le=1e6)
    )
    """Transverse field h in units of J; used by the transverse-field Ising model only."""

    @property
    def n_sites(self) -> int:
        """Number of lattice sites."""
        product = 1
        for extent in self.shape:
            product *= extent
        return product

    @model_validator(mode="after")
    def _shape_fits_lattice(self) -> "SpinModelSpec":
        dimension = {"chain": 1, "square": 2}[self.lattice]
        if len(self.shape) != dimension:
            raise ValueError(f"a {self.lattice} lattice takes {dimension} extent(s), not {len(self.shape)}")
        if self.n_sites < 2:
            raise ValueError("at least 2 sites are needed")
        return self


class ExactSpec(SpinModelSpec):
    """Exact diagonalisation of a small lattice."""


class GroundStateSpec(SpinModelSpec):
    """Variational ground state of a spin model by a restricted Boltzmann machine and stochastic reconfiguration."""

    ansatz: Annotated[
        Literal["rbm", "rbm_complex"],
        Slot(
            en=("ansatz", "wave function"),
            ja=("波動関数", "アンザッツ"),
            values={"rbm": ("real rbm",), "rbm_complex": ("complex rbm",)},
        ),
    ] = "rbm"
    """Network."""
    alpha: Annotated[int, Slot(symbols=("α", "alpha"), en=("hidden density",), ja=("隠れ層密度",))] = Field(
        default=2, ge=1, le=64
    )
    """Hidden units per site."""
    n_iterations: Annotated[int, Slot(en=("iterations", "steps"), ja=("反復", "ステップ"))] = Field(
        default=300, ge=1, le=100_000
    )
    """Optimisation steps."""
    n_samples: Annotated[int, Slot(en=("samples",), ja=("サンプル",))] = Field(default=1024, ge=64, le=1_000_000)
    """Samples per optimisation step."""
    seed: Annotated[int, Slot(en=("seed",), ja=("乱数の種", "シード"))] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""
