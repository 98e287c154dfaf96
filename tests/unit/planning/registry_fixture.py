"""A registry for reading questions: the real Specs of the spin engine, a small library, a Monte Carlo tool.

The tools are never run here; what is read and planned is all that matters.
"""

from typing import Annotated

from pydantic import Field

from physics_engines.nqs.spec import ExactSpec, GroundStateSpec
from physics_engines.spec import Slot, Spec
from physics_engines.text import Text
from tools.base import Example, ToolContext, tool
from tools.registry import Registry
from tools.result import Result


class SearchSpec(Spec):
    """A search of the library."""

    query: str = Field(min_length=1, max_length=2000)
    language: str | None = None
    book: str | None = None
    max_quotes: Annotated[int, Slot(en=("quotes",), ja=("引用数",))] = Field(default=4, ge=1, le=4)


class MagnetSpec(Spec):
    """A classical magnet at finite temperature; stands for a tool nobody wrote a grammar for."""

    temperature: Annotated[
        float, Slot(symbols=("T",), en=("temperature",), ja=("温度",), unit="K", en_label="T", ja_label="温度")
    ] = Field(gt=0, le=1000)
    n_sweeps: Annotated[int, Slot(en=("sweeps",), ja=("スイープ",))] = Field(default=100, ge=1)


@tool(
    "nqs.ground_state",
    title=Text(en="variational ground-state energy", ja="変分法による基底エネルギー"),
    words={
        "en": ("ground state", "ground-state energy", "variational", "rbm", "neural quantum state", "nqs", "vmc"),
        "ja": ("基底状態", "基底エネルギー", "変分", "ニューラル量子状態", "変分モンテカルロ"),
    },
    examples=(Example(en="ground-state energy of the 4x4 Heisenberg antiferromagnet", ja="4x4の基底エネルギー"),),
)
def ground_state(spec: GroundStateSpec, context: ToolContext) -> Result:
    """Variational ground-state energy."""
    return Result()


@tool(
    "nqs.exact",
    title=Text(en="exact ground-state energy", ja="厳密な基底エネルギー"),
    words={
        "en": ("exact", "exactly", "exact diagonalisation", "exact diagonalization", "ed", "lanczos", "diagonalise",
               "diagonalize", "diagonalisation", "diagonalization", "ground-state energy"),
        "ja": ("厳密", "厳密対角化", "対角化", "ランチョス", "基底エネルギー"),
    },
    examples=(Example(en="exact diagonalisation of the 12-site chain", ja="12サイトの鎖の厳密対角化"),),
)  # fmt: skip
def exact(spec: ExactSpec, context: ToolContext) -> Result:
    """Exact ground-state energy."""
    return Result()


@tool(
    "library.search",
    title=Text(en="answer from the library", ja="文献からの回答"),
    evidence="cited",
    words={"en": ("what is", "why", "explain", "textbook"), "ja": ("とは", "なぜ", "説明", "教科書")},
    examples=(Example(en="What is a restricted Boltzmann machine?", ja="制限ボルツマンマシンとは何ですか"),),
)
def search(spec: SearchSpec, context: ToolContext) -> Result:
    """Quotes from the library."""
    return Result()


@tool(
    "magnet.magnetisation",
    title=Text(en="magnetisation of the magnet", ja="磁石の磁化"),
    words={"en": ("magnetisation", "magnetization"), "ja": ("磁化",)},
)
def magnetisation(spec: MagnetSpec, context: ToolContext) -> Result:
    """Magnetisation at a temperature."""
    return Result()


REGISTRY = Registry((ground_state, exact, search))
WITH_MAGNET = Registry((ground_state, exact, search, magnetisation))
