"""The chat model as the library's query model: JSON held to a schema, within the budget of the question.

The library asks from threads of its own; the calls run in the event loop of whoever asked the question.
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.llm.base import ChatModel, Message, Reply, Schema
from agent.llm.budget import Budget
from agent.llm.choose import choose_model
from agent.llm.errors import SchemaUnsupported
from agent.llm.fence import fenced
from agent.llm.prompts import prompt
from agent.settings import Settings
from knowledge.assist.query_model import HIGHEST_SCORE, Judgement
from knowledge.errors import QueryModelFailed
from physics_engines.text import Language
from tools.errors import AnsatzError

_LANGUAGE_NAMES = {"en": "English", "ja": "Japanese"}
_CONCURRENT = 4
_KEPT_CALLS = 3
"""Calls of the budget that are left for writing the answer and repairing it."""
_KEPT_SHARE = 0.25
"""Share of the tokens and of the time that is left for it."""
_FAILURES_IN_A_ROW = 3
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


_R = TypeVar("_R", bound=_Reply)


class _Translation(_Reply):
    translation: str = Field(min_length=1, max_length=2000)


class _Judgement(_Reply):
    summary: str = Field(min_length=1, max_length=800)
    score: float = Field(ge=0, le=HIGHEST_SCORE)


class LibraryModel:
    """A chat model that translates questions and judges passages; see :class:`knowledge.QueryModel`.

    Args:
        model: The model.
        budget: What the question may still take; the end of it is left for writing the answer.
        settings: How many passages are judged, and how long that may take.
        loop: The event loop the calls run in; not that of the thread the library asks from.
    """

    def __init__(self, model: ChatModel, budget: Budget, settings: Settings, loop: asyncio.AbstractEventLoop) -> None:
        self._model = model
        self._budget = budget
        self._settings = settings
        self._loop = loop
        self._pending: set[Future[Reply]] = set()
        self._stopped = threading.Event()
        self._with_schema = True
        self._failures = 0

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._model.name

    @property
    def n_passages(self) -> int:
        """How many passages it is asked to judge for one question."""
        return self._settings.rerank

    @property
    def max_concurrent(self) -> int:
        """How many calls are under way at once."""
        return _CONCURRENT

    @property
    def max_seconds(self) -> float:
        """Wall seconds after which the judgements there are have to do."""
        return self._settings.rerank_seconds

    def translate(self, question: str, language: Language) -> str:
        """The question in the other language.

        Raises:
            QueryModelFailed: The model cannot be asked, or its reply cannot be read.
        """
        instructions = prompt("translate_question", language_name=_LANGUAGE_NAMES[language])
        return self._ask(_Translation, instructions, fenced(question, "question")).translation

    def judge(self, question: str, passage: str) -> Judgement:
        """Summarise one passage with the question in mind, and say how well it answers it.

        Raises:
            QueryModelFailed: The model cannot be asked, or its reply cannot be read.
        """
        asked = f"Question: {question}\n\nPassage:\n{fenced(passage, 'passage')}"
        reply = self._ask(_Judgement, prompt("judge_passage"), asked)
        return Judgement(reply.summary, reply.score)

    def stop(self) -> None:
        """Ask nothing more, and give up what is under way."""
        self._stopped.set()
        for future in tuple(self._pending):
            future.cancel()

    def _ask(self, kind: type[_R], instructions: str, text: str) -> _R:
        self._check()
        schema: Schema | None = kind.model_json_schema() if self._with_schema else None
        messages = [Message("system", instructions), Message("user", text)]
        try:
            try:
                reply = self._complete(messages, schema)
            except SchemaUnsupported:
                self._with_schema = False
                reply = self._complete(messages, None)
        except AnsatzError as error:
            self._failures += 1
            raise QueryModelFailed(f"the model could not be asked: {error}") from error
        self._failures = 0
        found = _OBJECT.search(reply.text)
        try:
            return kind.model_validate(json.loads(found[0] if found else ""))
        except (ValueError, ValidationError) as error:
            raise QueryModelFailed("the model did not reply with the JSON asked for") from error

    def _complete(self, messages: list[Message], schema: Schema | None) -> Reply:
        future = asyncio.run_coroutine_threadsafe(self._budget.ask(self._model, messages, schema=schema), self._loop)
        self._pending.add(future)
        if self._stopped.is_set():
            future.cancel()
        try:
            return future.result()
        except CancelledError:
            raise QueryModelFailed("the model was not waited for") from None
        finally:
            self._pending.discard(future)

    def _check(self) -> None:
        used, budget = self._budget.used, self._budget
        if self._stopped.is_set() or self._loop.is_closed():
            raise QueryModelFailed("the model was not waited for")
        if self._failures >= _FAILURES_IN_A_ROW:
            raise QueryModelFailed("the model failed several times in a row")
        if (
            used.calls + len(self._pending) + _KEPT_CALLS >= budget.max_calls
            or used.tokens >= (1 - _KEPT_SHARE) * budget.max_tokens
            or used.seconds >= (1 - _KEPT_SHARE) * budget.max_seconds
        ):
            raise QueryModelFailed("what is left of the budget is kept for the answer")


@contextmanager
def open_query_models(settings: Settings) -> Iterator[Callable[[], LibraryModel | None]]:
    """The configured model for questions to the library outside of the graph.

    Yields:
        A function that gives the model with a fresh budget, one for each question; None where none is configured.

    Raises:
        Missing: The model that is configured is not there.
    """
    model = choose_model(settings)
    if model is None:
        yield lambda: None
        return
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="query-model", daemon=True)
    thread.start()
    given: list[LibraryModel] = []

    def fresh() -> LibraryModel:
        given[:] = [LibraryModel(model, Budget.of(settings), settings, loop)]
        return given[0]

    try:
        yield fresh
    finally:
        for last in given:
            last.stop()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5.0)
