"""Outcome: what became of one item, as the scorers see it."""

from dataclasses import dataclass
from typing import Literal

from agent.answer import Answer, Status
from agent.planning.plan import Step
from tools.errors import AnsatzError, ExitStatus

Ending = Status | Literal["planned", "crashed"]

_ENDING_OF: dict[ExitStatus, Status] = {
    ExitStatus.BAD_INPUT: "bad_input",
    ExitStatus.REFUSED: "refused",
    ExitStatus.MISSING: "missing",
    ExitStatus.STOPPED: "stopped",
    ExitStatus.DEFECT: "failed",
}


@dataclass(frozen=True)
class Outcome:
    """How a question ended.

    Attributes:
        ending: Status of the answer; "planned" where calls were planned and not run; "crashed" after a defect.
        answer: The answer, where one was given.
        steps: The calls that were planned, or those that were run.
        error: What was raised.
        seconds: Wall time.
    """

    ending: Ending
    answer: Answer | None = None
    steps: tuple[Step, ...] = ()
    error: str = ""
    seconds: float = 0.0

    @property
    def reason(self) -> str:
        """How it ended, with the first sentence a person was given instead of a result."""
        said = self.error or (self.answer.answer.partition("\n")[0] if self.answer else "")
        return f"{self.ending}: {said}" if said else self.ending


def outcome_of_error(error: Exception) -> Outcome:
    """An expected error keeps its status; anything else is a crash."""
    if isinstance(error, AnsatzError):
        return Outcome(_ENDING_OF[error.exit_status], error=str(error))
    return Outcome("crashed", error=f"{type(error).__name__}: {error}")
