"""Four small real tools, for tests of what plans and calls tools."""

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from physics_engines.errors import ResourceLimit
from physics_engines.nqs.spec import ExactSpec
from tools import Estimate, Example, Quote, Requirement, Result, Slot, Spec, Text, ToolContext, tool
from tools.registry import Registry


class OscillatorSpec(Spec):
    """A level of the harmonic oscillator."""

    level: Annotated[int, Slot(symbols=("n",), en=("level",), ja=("準位",))] = Field(ge=0, le=100)
    """Quantum number."""
    omega: Annotated[float, Slot(symbols=("ω",), en=("frequency",), ja=("振動数",), unit="1/s")] = Field(
        default=1.0, gt=0, le=1000
    )
    """Angular frequency."""


@tool(
    "demo.oscillator",
    title=Text(en="harmonic oscillator", ja="調和振動子"),
    words={"en": ("oscillator",), "ja": ("振動子",)},
    examples=(Example(en="energy of level 3 of the oscillator", ja="振動子の準位3のエネルギー"),),
)
def oscillator(spec: OscillatorSpec, context: ToolContext) -> Result:
    """Energy of a level of the harmonic oscillator, exact."""
    energy = Estimate(
        label=Text(en="energy", ja="エネルギー"),
        value=(spec.level + 0.5) * spec.omega,
        exactness="exact",
        method=Text(en="formula", ja="公式"),
    )
    return Result(estimates={"energy": energy})


class BoxSpec(Spec):
    """Ground state of a particle in a box; line and square take one and two extents."""

    geometry: Literal["line", "square"]
    """Geometry of the box."""
    extents: tuple[Annotated[float, Field(gt=0, le=1000)], ...]
    """Length in each direction."""
    hard: bool = True
    """Hard walls; periodic otherwise."""

    @model_validator(mode="after")
    def _extents_fit(self) -> "BoxSpec":
        if len(self.extents) != {"line": 1, "square": 2}[self.geometry]:
            raise ValueError(f"a {self.geometry} does not take {len(self.extents)} extents")
        return self


@tool("demo.box", title=Text(en="particle in a box", ja="箱の中の粒子"), words={"en": ("box",), "ja": ("箱",)})
def box(spec: BoxSpec, context: ToolContext) -> Result:
    """Ground-state energy of a particle in a box, exact."""
    value = sum((math.pi / extent) ** 2 / 2 for extent in spec.extents) if spec.hard else 0.0
    method = Text(en="formula", ja="公式")
    energy = Estimate(label=Text(en="energy", ja="エネルギー"), value=value, exactness="exact", method=method)
    return Result(estimates={"energy": energy})


@tool(
    "demo.spins",
    title=Text(en="exact ground state of a spin model", ja="スピン模型の厳密な基底状態"),
    words={"en": ("heisenberg", "ground state"), "ja": ("ハイゼンベルク", "基底")},
)
def spins(spec: ExactSpec, context: ToolContext) -> Result:
    """Ground-state energy per site of a Heisenberg chain by dense diagonalisation of up to 8 sites."""
    import numpy as np

    if spec.lattice != "chain" or spec.model != "heisenberg" or spec.n_sites > 8:
        raise ResourceLimit("only Heisenberg chains of up to 8 sites are diagonalised here")
    n = spec.n_sites
    sigma = [np.array(m, complex) / 2 for m in ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])]

    def at(matrix: np.ndarray, site: int) -> np.ndarray:
        return np.kron(np.kron(np.eye(2**site), matrix), np.eye(2 ** (n - site - 1)))

    bonds = [(i, (i + 1) % n) for i in range(n if spec.boundary == "periodic" else n - 1)]
    hamiltonian = spec.coupling * sum(at(s, i) @ at(s, j) for i, j in bonds for s in sigma)
    value = float(np.linalg.eigvalsh(hamiltonian)[0]) / n
    energy = Estimate(
        label=Text(en="energy per site", ja="1サイト当たりのエネルギー"),
        value=value,
        unit="J",
        exactness="exact",
        method=Text(en="dense diagonalisation", ja="密行列の対角化"),
    )
    return Result(estimates={"energy": energy})


class SearchSpec(Spec):
    """A search."""

    query: str = Field(min_length=1, max_length=300)
    """What to look for."""


_SENTENCES = ("The oscillator has equidistant levels.", "A box has levels that grow as the square of the number.")


@tool("demo.search", title=Text(en="library search", ja="文献検索"), evidence="cited", words={"en": ("what", "why")})
def search(spec: SearchSpec, context: ToolContext) -> Result:
    """Find a sentence in a library of two."""
    word_count = {text: sum(word in text.lower() for word in spec.query.lower().split()) for text in _SENTENCES}
    best = max(_SENTENCES, key=word_count.__getitem__)
    quote = Quote(
        text=best, document="demo", book="demo", chapter="1", section="1", start=0, end=len(best), language="en",
        score=float(word_count[best]),
    )  # fmt: skip
    return Result(quotes=(quote,))


@tool(
    "demo.gpu",
    title=Text(en="a calculation on the GPU", ja="GPU計算"),
    requirements=(Requirement(met=lambda: False, hint="a CUDA device"),),
)
def gpu(spec: OscillatorSpec, context: ToolContext) -> Result:
    """The oscillator again, on a device that is not there."""
    return oscillator.function(spec, context)


def demo_registry() -> Registry:
    return Registry((oscillator, box, spins, search, gpu))
