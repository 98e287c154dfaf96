"""Session: the graph with its checkpoints, a model and a home folder; every interface goes through it."""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command
from pydantic import BaseModel, ConfigDict

from agent.answer import Answer
from agent.graphs.chat import build_chat_graph
from agent.graphs.state import AgentContext, ChatState
from agent.llm.choose import choose_model
from agent.runs import OpenQuestion, RunFolder, new_run_id
from agent.settings import Settings
from tools.errors import BadInput, Missing, Stopped
from tools.jobs.failures import expected_error
from tools.registry import load_registry

MAX_QUESTION_CHARACTERS = 20_000


class PendingCall(BaseModel):
    """A call that waits for approval, with its estimated cost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int
    """Position in the plan, from 0."""
    tool: str
    spec: dict[str, object]
    seconds: float
    gpu_seconds: float = 0.0
    memory_gb: float = 0.0


class Decision(BaseModel):
    """What a person said to one pending call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Literal["approve", "reject", "edit"]
    spec: dict[str, object] | None = None
    """The edited arguments, where the action is "edit"."""


Event = dict[str, Any]
Approver = Callable[[Sequence[PendingCall]], Sequence[Decision] | None]
"""Asked once for all pending calls; None leaves the run waiting."""


def approve_all(pending: Sequence[PendingCall]) -> Sequence[Decision]:
    """The approver of ``--yes``."""
    return [Decision(action="approve") for _ in pending]


def approve_none(pending: Sequence[PendingCall]) -> None:
    """The approver of a command that cannot ask."""


class Session:
    """Asks questions of the graph. Open it with :func:`open_session`."""

    def __init__(
        self, graph: CompiledStateGraph[ChatState, AgentContext, ChatState, ChatState], context: AgentContext
    ) -> None:
        self._graph = graph
        self.context = context

    async def ask(
        self,
        question: str,
        *,
        approver: Approver = approve_none,
        on_event: Callable[[Event], None] = lambda _event: None,
    ) -> Answer:
        """Answer one question in a run of its own.

        A question whose process died before the answer goes on where it was: same run, same jobs.

        Raises:
            BadInput: The question is empty or too long.
            Missing: The home folder cannot be written.
            Stopped: A call waits for approval; asking again goes on from there.
        """
        question = _checked(question)
        context = self.context
        mark = OpenQuestion(
            context.home, {"question": question, "tier": context.model.tier if context.model else "rules"}
        )
        run_id = mark.unfinished_run() or new_run_id()
        RunFolder(context.home, run_id).create()
        mark.open(run_id)
        answer = await self._turn(question, run_id, run_id, approver, on_event)
        mark.close()
        return answer

    async def say(
        self,
        thread: str,
        question: str,
        *,
        approver: Approver = approve_none,
        on_event: Callable[[Event], None] = lambda _event: None,
    ) -> Answer:
        """One turn of the conversation ``thread``; earlier turns give what the question leaves out."""
        return await self._turn(_checked(question), new_run_id(), f"chat-{thread}", approver, on_event)

    async def resume(
        self,
        thread: str,
        *,
        approver: Approver = approve_none,
        on_event: Callable[[Event], None] = lambda _event: None,
    ) -> Answer | None:
        """Finish the turn a killed process left open in this conversation; None when there is none."""
        state = await self._graph.aget_state(_config(f"chat-{thread}"))
        if not state.next:
            return None
        return await self._turn(None, None, f"chat-{thread}", approver, on_event)

    async def turns(self, thread: str) -> list[tuple[str, str]]:
        """Questions and answers of a conversation so far."""
        state = await self._graph.aget_state(_config(f"chat-{thread}"))
        return [(turn["question"], turn["answer"]) for turn in state.values.get("turns", [])]

    async def _turn(
        self,
        question: str | None,
        run_id: str | None,
        thread: str,
        approver: Approver,
        on_event: Callable[[Event], None],
    ) -> Answer:
        config = _config(thread)
        state = await self._graph.aget_state(config)
        start: ChatState | Command[Any] | None
        if state.next and (question is None or state.values.get("question") == question):
            start = None
        elif question is None or run_id is None:
            raise BadInput(f"there is no conversation {thread.removeprefix('chat-')!r} to go on with")
        else:
            RunFolder(self.context.home, run_id).create()
            start = ChatState(question=question, run_id=run_id, started=time.time())
        while True:
            pending = _pending(state) if start is None else []
            if pending:
                decisions = approver(pending)
                if decisions is None:
                    raise Stopped(_needs_approval(pending))
                start = Command(resume=[decision.model_dump() for decision in decisions])
            async for event in self._graph.astream(
                start, config, context=self.context, stream_mode="custom", durability="sync"
            ):
                on_event(event)
            state = await self._graph.aget_state(config)
            if not state.next:
                return Answer.model_validate(state.values["answer"])
            start = None
            if not _pending(state):
                raise Stopped("the run stopped before it was complete; ask again to go on")


@asynccontextmanager
async def open_session(settings: Settings) -> AsyncIterator[Session]:
    """Open the thread store and the model for the length of a ``with`` block.

    Raises:
        Missing: The home folder cannot be written, or the configured model is not there.
    """
    async with AsyncExitStack() as stack:
        try:
            settings.home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Missing(
                f"cannot write to {settings.home}: {error.strerror}; set ANSATZ_HOME to a folder you can write"
            ) from error
        stack.enter_context(_machine_faults(settings.home))
        saver = await stack.enter_async_context(
            AsyncSqliteSaver.from_conn_string(str(settings.home / "threads.sqlite"))
        )
        context = AgentContext(settings, load_registry(), choose_model(settings), settings.home)
        yield Session(build_chat_graph(saver), context)


@contextmanager
def _machine_faults(home: Path) -> Iterator[None]:
    """What the machine refuses, a full disk or a damaged thread store, as one clear sentence."""
    try:
        yield
    except sqlite3.Error as error:
        raise Missing(
            f"the store of threads in {home} cannot be used ({error}); free disk space, or move threads.sqlite away"
        ) from error
    except (OSError, MemoryError) as error:
        known = expected_error(error, home)
        if known is None:
            raise
        raise known from error


def _checked(question: str) -> str:
    question = question.strip()
    if not question:
        raise BadInput("the question is empty")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadInput(f"the question has {len(question)} characters; at most {MAX_QUESTION_CHARACTERS} are read")
    return question


def _config(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


def _pending(state: Any) -> list[PendingCall]:
    return [PendingCall.model_validate(call) for item in state.interrupts for call in item.value]


def _needs_approval(pending: Sequence[PendingCall]) -> str:
    calls = "; ".join(f"{call.tool}, about {call.seconds:.0f} s" for call in pending)
    return f"approval is needed for {calls}: ask again with --yes, or raise ANSATZ_APPROVE_ABOVE"
