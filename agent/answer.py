"""Answer: the one result object of a question, whatever way it was asked."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.evidence import Evidence
from agent.llm.base import Usage
from physics_engines.text import Language
from tools.errors import ExitStatus

Status = Literal["answered", "not_found", "refused", "bad_input", "needs_input", "missing", "stopped", "failed"]

_EXIT_STATUS: dict[Status, ExitStatus] = {
    "answered": ExitStatus.DONE,
    "not_found": ExitStatus.REFUSED,
    "refused": ExitStatus.REFUSED,
    "bad_input": ExitStatus.BAD_INPUT,
    "needs_input": ExitStatus.BAD_INPUT,
    "missing": ExitStatus.MISSING,
    "stopped": ExitStatus.STOPPED,
    "failed": ExitStatus.DEFECT,
}


class AnswerUsage(Usage):
    """What an answer took: the model calls, and the wall time of everything."""

    wall_seconds: float = 0.0


class Answer(BaseModel):
    """What a person gets: prose bound to evidence, the evidence, and how it came about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answer: str
    """Prose in ``language``; numbers stand beside the id of their evidence."""
    reading: str
    """How the question was read, in one line; empty where it was not read as a task."""
    language: Language
    tier: str
    """Who planned and wrote: "rules", "local model NAME", "remote model NAME"."""
    silent_model: str = ""
    """Tier of the model that is configured and gave no usable answer, so that the rules did; else empty."""
    status: Status
    evidence: tuple[Evidence, ...] = ()
    removed: tuple[str, ...] = ()
    """What a model wrote and no evidence supports; taken out of the answer."""
    notes: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    repeat: tuple[str, ...] = ()
    """Commands that repeat each computation."""
    usage: AnswerUsage = AnswerUsage()

    def as_json(self) -> dict[str, object]:
        """The object that ``--json`` prints."""
        return {**self.model_dump(mode="json"), "exit_status": int(self.exit_status)}

    @property
    def exit_status(self) -> ExitStatus:
        """What a command that shows this answer ends with."""
        return _EXIT_STATUS[self.status]
