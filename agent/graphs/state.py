"""State and context of the chat graph.

The state holds plain JSON only: it is what a checkpoint keeps. Arrays and pictures stay in the run folder.
"""

import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict

from agent.llm.base import ChatModel, Usage
from agent.llm.budget import Budget
from agent.runs import RunFolder
from agent.settings import Settings
from tools.registry import Registry
from tools.result import Result


class Outcome(BaseModel):
    """What became of one step of the plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    folder: str
    """Folder of the call, relative to the run folder."""
    result: Result | None = None
    error: str = ""
    exit_status: int = 0


class Turn(TypedDict):
    """One finished turn of a conversation."""

    question: str
    answer: str
    reading: dict[str, object]


class ChatState(TypedDict, total=False):
    """What the nodes hand to each other."""

    question: str
    run_id: str
    started: float
    reading: dict[str, object]
    plan: dict[str, object]
    tier: str
    silent_model: str
    notes: list[str]
    outcomes: list[dict[str, object]]
    draft: str
    repaired: bool
    usage: dict[str, object]
    transcript: list[dict[str, object]]
    answer: dict[str, object]
    turns: Annotated[list[Turn], operator.add]


@dataclass(frozen=True)
class AgentContext:
    """What the nodes use and a checkpoint does not keep."""

    settings: Settings
    registry: Registry
    model: ChatModel | None
    home: Path

    def budget(self, state: ChatState) -> Budget:
        """What the question may still take from the model."""
        return Budget.of(self.settings, Usage.model_validate(state["usage"]))

    def run_folder(self, state: ChatState) -> RunFolder:
        """The folder of the run the state belongs to."""
        return RunFolder(self.home, state["run_id"])
