"""The two upper rungs of the ladder: native tool calls, and a plan as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from agent.llm.base import ChatModel, Message, Reply
from agent.llm.budget import Budget
from agent.llm.errors import MalformedArguments
from agent.llm.prompts import prompt
from agent.llm.schemas import describe_arguments, plan_schema, tool_schema
from agent.planning.plan import Plan, Step
from agent.planning.validate import PlanProblem, validate_plan
from tools.base import Tool
from tools.registry import Registry

_LONGEST_REASON = 200


class NoPlan(Exception):
    """A rung gave no plan that validates, for a reason of the model's own making."""


async def plan_by_tool_calls(
    model: ChatModel,
    context: Sequence[Message],
    tools: Sequence[Tool[Any]],
    registry: Registry,
    budget: Budget,
    max_steps: int,
    problems: list[PlanProblem],
) -> Plan:
    """A plan made of the native tool calls of one reply, with one repair.

    Args:
        model: The model.
        context: Rules, passages and question.
        tools: The tools to offer.
        registry: All tools, for the names of those not offered.
        budget: What the question may still take.
        max_steps: Most steps.
        problems: Receives what was wrong with the first try.

    Raises:
        NoPlan: No call, or none that validates after the repair.
        ToolsUnsupported: The model has no native tool calls.
        ModelError: Any other fault.
    """
    schemas = [tool_schema(tool) for tool in tools]
    messages = list(context)
    for last in (False, True):
        reply = await budget.ask(model, messages, tools=schemas)
        if not reply.tool_requests:
            raise NoPlan("the model called no tool")
        steps, found = _from_calls(reply, tools)
        found += validate_plan(steps, registry, max_steps)
        if not found:
            return Plan(steps=tuple(steps))
        problems += found
        if last:
            break
        messages = [*context, *_repair(_as_json(steps, reply), found)]
    raise NoPlan(f"the calls do not validate after a repair: {found[0]}")


async def plan_as_json(
    model: ChatModel,
    context: Sequence[Message],
    tools: Sequence[Tool[Any]],
    registry: Registry,
    budget: Budget,
    max_steps: int,
    problems: list[PlanProblem],
) -> Plan:
    """A plan as one JSON object held to a schema, with one repair; arguments as in :func:`plan_by_tool_calls`.

    Raises:
        NoPlan: No JSON, or none that validates after the repair.
        SchemaUnsupported: The model cannot be held to a schema.
        ModelError: Any other fault.
    """
    schema = plan_schema(tools, max_steps)
    menu = "\n\n".join(
        f"{tool.function_name}: {_first_line(tool)}\n{describe_arguments(tool.spec_type)}" for tool in tools
    )
    context = [*context, Message("user", prompt("plan_as_json", tools=menu))]
    messages = list(context)
    for last in (False, True):
        reply = await budget.ask(model, messages, schema=schema)
        steps, found = _from_json(reply.text, tools)
        if not found:
            found = validate_plan(steps, registry, max_steps)
        if not found:
            return Plan(steps=tuple(steps))
        problems += found
        if last:
            break
        messages = [*context, *_repair(reply.text, found)]
    raise NoPlan(f"the plan does not validate after a repair: {found[0]}")


def _from_calls(reply: Reply, tools: Sequence[Tool[Any]]) -> tuple[list[Step], list[PlanProblem]]:
    steps, problems = [], []
    for place, request in enumerate(reply.tool_requests):
        try:
            arguments = request.arguments()
        except MalformedArguments as error:
            problems.append(PlanProblem(kind="form", message=str(error), step=place))
            continue
        steps.append(_step(request.name, arguments, reply.text, tools))
    return steps, problems


def _from_json(text: str, tools: Sequence[Tool[Any]]) -> tuple[list[Step], list[PlanProblem]]:
    form = '{"steps": [{"tool": "NAME", "arguments": {}, "reason": ""}]}'
    try:
        # Prose or a Markdown fence around the object does no harm.
        value, _ = json.JSONDecoder().raw_decode(text[max(text.find("{"), 0) :])
        steps = [
            _step(str(item["tool"]), dict(item.get("arguments", {})), str(item.get("reason", "")), tools)
            for item in value["steps"]
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return [], [PlanProblem(kind="form", message=f"this is not JSON of the form {form}")]
    if not steps:
        return [], [PlanProblem(kind="form", message="the plan has no step")]
    return steps, []


def _step(name: str, arguments: dict[str, object], reason: str, tools: Sequence[Tool[Any]]) -> Step:
    """A step; a name that belongs to no tool is kept for the validator to name the nearest."""
    tool = next((tool for tool in tools if name in (tool.function_name, tool.name)), None)
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    if tool is None:
        return Step(tool=name.replace("__", "."), spec=arguments, reason=reason)
    return Step(tool=tool.name, spec=arguments, reason=reason, expects=tool.evidence)


def _repair(plan: str, problems: Sequence[PlanProblem]) -> list[Message]:
    listed = "\n".join(f"- {problem}" for problem in problems[:10])
    return [Message("assistant", plan), Message("user", prompt("repair_plan", problems=listed))]


def _as_json(steps: Sequence[Step], reply: Reply) -> str:
    # A plan of a hundred steps is not sent back whole.
    shown = [{"tool": step.tool.replace(".", "__"), "arguments": step.spec} for step in steps[:10]]
    if not shown:
        shown = [{"tool": request.name, "arguments": request.arguments_text} for request in reply.tool_requests[:10]]
    return json.dumps({"steps": shown}, ensure_ascii=False)


def _first_line(tool: Tool[Any]) -> str:
    return f"{tool.title.en}. {tool.summary.splitlines()[0]}"
