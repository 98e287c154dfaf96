"""Result: what every tool returns; the raw material of evidence."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from physics_engines.estimate import Estimate
from physics_engines.text import Language, Text


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Quote(_Frozen):
    """A verbatim span of a document in the library: ``source_text[start:end] == text``."""

    text: str
    document: str
    """Identifier of the document in the store."""
    book: str
    chapter: str
    """Short name and title: "A5 Quantum mechanics"."""
    section: str
    """Number and title: "§2 Restricted Boltzmann machines"."""
    page: int | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    language: Language
    score: float
    """Raw lexical score of the passage the span was taken from."""
    context: str = ""
    """The passage it stands in, for a model that writes from it; empty without one."""


class Proof(_Frozen):
    """The verdict of a proof assistant on one statement."""

    statement: str
    verdict: str
    level: int = Field(default=0, ge=0, le=5)
    """Rung of the ladder, L0 (text only) to L5; ``tools.lean`` says what each means."""
    axioms: tuple[str, ...] = ()
    lean_version: str = ""


class Artifact(_Frozen):
    """A file a tool left in its folder."""

    path: str
    """Relative to the folder of the call."""
    kind: Literal["figure", "arrays", "table", "text"]
    caption: Text


class Result(_Frozen):
    """Everything a tool has to say, free of prose."""

    estimates: dict[str, Estimate] = {}
    headline: tuple[str, ...] = ()
    """Names of the estimates an answer states in words; all of them when empty."""
    quotes: tuple[Quote, ...] = ()
    proofs: tuple[Proof, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    reading: Text | None = None
    """What was computed, in one line: "Heisenberg antiferromagnet, 4x4 square lattice, periodic"."""
    notes: tuple[Text, ...] = ()
    """Remarks that belong beside the numbers: symmetry sector, what was not checked."""
    nearest: tuple[str, ...] = ()
    """Where nothing was found: the nearest headings, as an offer, not as an answer."""
