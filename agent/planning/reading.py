"""Reading: how a question was understood, before anything is planned or run."""

from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from physics_engines.text import Language, Text
from tools.errors import ExitStatus

Intent = Literal["ask", "compute", "compute_and_ask", "hypothesis", "prove", "status", "help", "refuse"]
Source = Literal["said", "assumed", "previous"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SlotReading(_Frozen):
    """The value, or the values of a sweep, read for one field of a Spec."""

    field: str
    values: tuple[object, ...]
    said: str = ""
    """The words it was read from."""
    source: Source = "said"


class ToolReading(_Frozen):
    """A tool the question leads to, and what was read for its Spec; what stands in no slot keeps its default."""

    tool: str
    slots: tuple[SlotReading, ...] = ()

    def specs(self) -> list[dict[str, object]]:
        """The arguments of each call: one for a plain question, several for a sweep."""
        names = [slot.field for slot in self.slots]
        return [dict(zip(names, values, strict=True)) for values in product(*(slot.values for slot in self.slots))]

    def n_calls(self) -> int:
        """How many calls ``specs`` would give, without writing them out."""
        count = 1
        for slot in self.slots:
            count *= len(slot.values)
        return count


class MissingSlot(_Frozen):
    """Something that has no safe default and was not said."""

    field: str
    question: Text


class Refusal(_Frozen):
    """Why a question is not answered; the sentence is in the language of the question."""

    code: str
    sentence: str
    exit_status: ExitStatus = ExitStatus.REFUSED


class Reading(_Frozen):
    """How a question was read."""

    question: str
    language: Language
    intent: Intent
    confidence: float = Field(ge=0, le=1)
    tools: tuple[ToolReading, ...] = ()
    knowledge: str = ""
    """The part of the question that goes to the library, in its own words; empty where none does."""
    summary: str = ""
    """The one line "how the question was read", in the language of the question."""
    ambiguities: tuple[str, ...] = ()
    """What could be read in another way, each with how it was read."""
    missing: tuple[MissingSlot, ...] = ()
    refusal: Refusal | None = None
    nearest: tuple[str, ...] = ()
    """Below the threshold: the three nearest capabilities, by tool name."""
