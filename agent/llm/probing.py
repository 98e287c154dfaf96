"""A live look at a model, for ``ansatz doctor``: is it there, and how well can it be asked?"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from agent.llm.base import ChatModel, Message, Schema, ToolSchema, Usage
from agent.llm.budget import Budget
from agent.llm.errors import (
    EmptyReply,
    MalformedArguments,
    MalformedReply,
    ModelError,
    RequestRefused,
    SchemaUnsupported,
    ToolsUnsupported,
)
from tools.errors import Stopped

Rung = Literal["tools", "schema", "choices", "none"]
_ARGUMENTS: Schema = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
    "additionalProperties": False,
}
_ADD = ToolSchema("add", "Add two integers.", _ARGUMENTS)
_CAN_GO_DOWN = (ToolsUnsupported, SchemaUnsupported, EmptyReply, MalformedReply, RequestRefused, MalformedArguments)


@dataclass(frozen=True)
class Probe:
    """What was found.

    Attributes:
        tier: As it stands on answers.
        models: What the server offers; empty for a model in this process.
        rung: The best way of asking that worked: native tools, schema, numbered choices, or none.
        usage: What the probe took.
        problem: One sentence where something did not work, else "".
    """

    tier: str
    models: tuple[str, ...]
    rung: Rung
    usage: Usage
    problem: str = ""


async def probe(model: ChatModel, budget: Budget | None = None) -> Probe:
    """List the models of a server and make one real tool call, stepping down the ladder where that fails.

    Never raises for a fault of the model: it is in ``problem``.
    """
    budget = budget or Budget()
    models: tuple[str, ...] = ()
    problem = ""
    try:
        models = await _offered(model)
        for rung, works in _RUNGS:
            try:
                if await works(model, budget):
                    return Probe(model.tier, models, rung, budget.used, problem)
                problem = problem or f"{model.name} was asked for a {rung} reply and gave another"
            except _CAN_GO_DOWN as fault:
                problem = problem or str(fault)
    except (ModelError, Stopped) as fault:
        problem = str(fault)
    return Probe(model.tier, models, "none", budget.used, problem)


async def _offered(model: ChatModel) -> tuple[str, ...]:
    from agent.llm.openai_compatible import OpenAICompatible

    return await model.list_models() if isinstance(model, OpenAICompatible) else ()


async def _calls_a_tool(model: ChatModel, budget: Budget) -> bool:
    reply = await budget.ask(model, [Message("user", "Use the tool to add 2 and 3.")], tools=[_ADD])
    return any(request.name == "add" and {"a", "b"} <= request.arguments().keys() for request in reply.tool_requests)


async def _keeps_a_schema(model: ChatModel, budget: Budget) -> bool:
    ask = 'Give the integers 2 and 3 as JSON: {"a": ..., "b": ...}'
    reply = await budget.ask(model, [Message("user", ask)], schema=_ARGUMENTS)
    try:
        value = json.loads(reply.text)
    except ValueError:
        return False
    return isinstance(value, dict) and all(isinstance(value.get(name), int) for name in ("a", "b"))


async def _names_a_number(model: ChatModel, budget: Budget) -> bool:
    reply = await budget.ask(model, [Message("user", "1: red\n2: blue\n\nAnswer with one number and nothing else.")])
    return reply.text.strip().rstrip(".") in ("1", "2")


_RUNGS: tuple[tuple[Rung, Callable[[ChatModel, Budget], Awaitable[bool]]], ...] = (
    ("tools", _calls_a_tool),
    ("schema", _keeps_a_schema),
    ("choices", _names_a_number),
)
