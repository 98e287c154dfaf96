"""A plan from a language model, by the best way of asking it supports.

The ladder: native tool calls, then JSON held to a schema, then numbered choices. A plan that does not validate goes
back once with the errors; what still does not validate, or a server that cannot do it, leads to the next rung. Below
the last rung stands the rule-based planner, which the caller has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agent.llm.base import ChatModel, Message, Usage
from agent.llm.budget import Budget
from agent.llm.errors import (
    ContextOverflow,
    EmptyReply,
    MalformedReply,
    ModelError,
    RequestRefused,
    SchemaUnsupported,
    ToolsUnsupported,
)
from agent.llm.fence import fenced
from agent.llm.prompts import prompt
from agent.planning.by_choice import plan_by_choices
from agent.planning.plan import Plan
from agent.planning.rungs import NoPlan, plan_as_json, plan_by_tool_calls
from agent.planning.validate import PlanProblem
from tools.base import Tool
from tools.registry import Registry

Mode = Literal["tools", "schema", "choices"]
_MOST_TOOLS = 8
# After these the next rung may work where this one did not; any other fault would meet it as well.
_LEADS_DOWN = (ToolsUnsupported, SchemaUnsupported, MalformedReply, EmptyReply, ContextOverflow, RequestRefused)


@dataclass(frozen=True)
class PlannedByModel:
    """A plan that validates, and how it came about.

    Attributes:
        plan: The plan.
        mode: The rung that gave it.
        usage: What all calls to the model took, failed ones included.
        problems: What went wrong on the way.
    """

    plan: Plan
    mode: Mode
    usage: Usage
    problems: tuple[PlanProblem, ...] = ()


class PlanningFailed(ModelError):
    """No rung gave a plan that validates; the rule-based planner takes over.

    Attributes:
        problems: Why, rung by rung.
        usage: What the calls to the model took.
    """

    def __init__(self, message: str, problems: tuple[PlanProblem, ...], usage: Usage) -> None:
        super().__init__(message)
        self.problems = problems
        self.usage = usage


async def plan_with_model(
    model: ChatModel,
    question: str,
    registry: Registry,
    *,
    reading: str,
    passages: Sequence[str] | None = None,
    budget: Budget | None = None,
    max_steps: int = 8,
) -> PlannedByModel:
    """Let a model plan.

    Args:
        model: The model.
        question: The question in the words of the user.
        registry: All tools; at most 8 that are ready and speak to the question are shown.
        reading: How the rules read the question, one line; "" where they did not.
        passages: Text found in the library that may help to plan; given as data.
        budget: What the question may still take.
        max_steps: Most steps of the plan.

    Raises:
        PlanningFailed: No rung gave a plan that validates.
        ModelError: The model cannot be asked at all.
        BudgetSpent: A limit was reached on the way.
    """
    budget = budget or Budget()
    before = budget.used
    tools = shortlist(question, registry)
    context = _conversation(question, reading, passages or (), max_steps)
    problems: list[PlanProblem] = []
    with_schema = True
    rungs: tuple[Mode, ...] = ("tools", "schema", "choices")
    for mode in rungs if tools else ():
        try:
            if mode == "tools":
                plan = await plan_by_tool_calls(model, context, tools, registry, budget, max_steps, problems)
            elif mode == "schema":
                plan = await plan_as_json(model, context, tools, registry, budget, max_steps, problems)
            else:
                plan = await plan_by_choices(model, question, reading, tools, budget, max_steps, with_schema)
            return PlannedByModel(plan, mode, budget.used.since(before), tuple(problems))
        except NoPlan as failure:
            problems.append(PlanProblem(kind="rung", message=f"{mode}: {failure}"))
        except _LEADS_DOWN as fault:
            with_schema = with_schema and not isinstance(fault, SchemaUnsupported)
            problems.append(PlanProblem(kind="rung", message=f"{mode}: {fault}"))
    why = problems[-1].message if problems else "no tool is ready"
    raise PlanningFailed(f"{model.name} gave no plan that can run ({why})", tuple(problems), budget.used.since(before))


def shortlist(question: str, registry: Registry, limit: int = _MOST_TOOLS) -> list[Tool[Any]]:
    """The tools that are ready and speak most to a question, in the order of the registry.

    Small models choose badly among many. A word of the tool in the question counts 1, the likeness to the nearest
    of its example utterances at most 1.
    """
    ready = [tool for tool in registry.values() if tool.why_unavailable() is None]
    if len(ready) <= limit:
        return ready
    from rapidfuzz import fuzz

    asked = question.lower()

    def score(tool: Tool[Any]) -> float:
        words = [word.lower() for language in tool.words.values() for word in language]
        said = [text for example in tool.examples for text in (example.en, example.ja)]
        likeness = max((fuzz.token_set_ratio(asked, text.lower()) for text in said), default=0.0)
        return sum(word in asked for word in words) + likeness / 100

    best = sorted(ready, key=score, reverse=True)[:limit]
    # A library search answers whatever nothing else does.
    cited = [tool for tool in ready if tool.evidence == "cited"][:1]
    if cited and cited[0] not in best:
        best[-1] = cited[0]
    return [tool for tool in ready if tool in best]


def _conversation(question: str, reading: str, passages: Sequence[str], max_steps: int) -> list[Message]:
    messages = [Message("system", prompt("planner", max_steps=str(max_steps)))]
    messages += [Message("user", fenced(passage, "passage"), data=True) for passage in passages]
    asked = f"Question: {question}"
    if reading:
        asked += f"\nRead by rules as: {reading}"
    return [*messages, Message("user", asked)]
