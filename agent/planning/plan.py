"""Plan: typed tool calls with reasons; the same type whoever wrote it."""

from pydantic import BaseModel, ConfigDict, Field

from tools.base import EvidenceKind


class Step(BaseModel):
    """One tool call of a plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    spec: dict[str, object]
    """Arguments of the tool's Spec; defaults may be left out."""
    reason: str = ""
    """Why this step is taken, in the language of the question."""
    expects: EvidenceKind = "computed"
    """The kind of evidence it should give."""


class Plan(BaseModel):
    """The steps that will answer a question; independent of each other, so they may run in parallel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(default=(), max_length=8)
