"""The lowest rung of the ladder: a model that can only name a number chooses from menus.

Every menu holds only what can still become a valid Spec, so that any sequence of answers ends in a plan that
validates. Values come from the question and from the Spec, never from the model.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any, cast

from pydantic import ValidationError

from agent.llm.base import ChatModel, Message
from agent.llm.budget import Budget
from agent.llm.prompts import prompt
from agent.llm.schemas import spec_schema
from agent.planning.plan import Plan, Step
from agent.planning.rungs import NoPlan
from physics_engines.spec import Spec
from tools.base import Tool

_MOST_STEPS = 3
_MOST_COMBINATIONS = 2000
_MOST_CHANGES = 4
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\d.]*\d)")
_EXTENTS = re.compile(r"\d+(?:\s*[x×*]\s*\d+)+", re.IGNORECASE)

Arguments = dict[str, object]


async def plan_by_choices(
    model: ChatModel,
    question: str,
    reading: str,
    tools: Sequence[Tool[Any]],
    budget: Budget,
    max_steps: int,
    with_schema: bool,
) -> Plan:
    """A plan made of numbers chosen from menus: a tool, then a value for each slot.

    Args:
        model: The model.
        question: The question in the words of the user.
        reading: How the rules read it, one line, or "".
        tools: The tools to offer.
        budget: What the question may still take.
        max_steps: Most steps.
        with_schema: Whether the model can be held to a schema; the answer is then always one of the numbers.

    Raises:
        NoPlan: The model names no number of the menu, or the question holds no value for any tool.
        ModelError: The model cannot be asked.
    """
    about = f"Question: {question}" + (f"\nRead by rules as: {reading}" if reading else "")
    fillable = {tool.name: found for tool in tools if (found := _assignments(tool.spec_type, question))}
    offered = [tool for tool in tools if tool.name in fillable]
    if not offered:
        raise NoPlan("the question holds no values for any tool")
    asker = _Asker(model, about, budget, with_schema)
    steps: list[Step] = []
    while len(steps) < min(max_steps, _MOST_STEPS):
        choice = await asker.choose(
            "Which tool comes next?" if steps else "Which tool answers the question?",
            [f"{tool.title.en}. {tool.summary.splitlines()[0]}" for tool in offered],
            none="nothing more is needed" if steps else None,
        )
        if choice is None:
            break
        tool = offered[choice]
        arguments = await _fill(asker, tool, question, fillable[tool.name])
        step = Step(tool=tool.name, spec=arguments, reason="chosen from a menu", expects=tool.evidence)
        if any(_same(step, other, tool) for other in steps):
            break
        steps.append(step)
    return Plan(steps=tuple(steps))


async def _fill(asker: "_Asker", tool: Tool[Any], question: str, assignments: list[Arguments]) -> Arguments:
    """Choose among the valid assignments of the required slots, then change optional ones."""
    fields = _fields(tool.spec_type)
    for name in assignments[0]:
        values = _distinct([assignment[name] for assignment in assignments])
        if len(values) > 1:
            choice = await asker.choose(f"{tool.title.en}: {_ask(name, fields)}", [_show(value) for value in values])
            assert choice is not None  # no "none" was offered
            assignments = [item for item in assignments if item[name] == values[choice]]
    arguments = dict(assignments[0])
    for _ in range(_MOST_CHANGES):
        current = tool.spec_type.model_validate(arguments).model_dump(mode="json")
        options = {
            name: values
            for name in fields
            if name not in arguments
            and (values := _alternatives(tool.spec_type, name, fields[name], question, arguments, current[name]))
        }
        if not options:
            break
        names = list(options)
        lines = [f"{_ask(name, fields)} (now {_show(current[name])})" for name in names]
        ask = f"{tool.title.en}: which of these does the question set to another value?"
        choice = await asker.choose(ask, lines, none="none of them")
        if choice is None:
            break
        name = names[choice]
        values = options[name]
        value = await asker.choose(_ask(name, fields), [_show(value) for value in values], none="leave it as it is")
        if value is None:
            break
        arguments[name] = values[value]
    return arguments


class _Asker:
    """Shows one menu at a time and reads one number."""

    def __init__(self, model: ChatModel, about: str, budget: Budget, with_schema: bool) -> None:
        self._model = model
        self._about = about
        self._budget = budget
        self._with_schema = with_schema

    async def choose(self, ask: str, options: Sequence[str], none: str | None = None) -> int | None:
        """Place of the chosen option from 0; None where "none" was chosen."""
        numbers = list(range(0 if none is not None else 1, len(options) + 1))
        lines = ([f"0: {none}"] if none is not None else []) + [
            f"{number}: {option}" for number, option in enumerate(options, start=1)
        ]
        text = prompt("choose", ask=ask, menu="\n".join(lines))
        schema = {"type": "integer", "enum": numbers} if self._with_schema else None
        messages = [Message("user", f"{self._about}\n\n{text}")]
        for _ in range(2):
            reply = await self._budget.ask(self._model, messages, schema=schema)
            found = re.search(r"\d+", unicodedata.normalize("NFKC", reply.text))
            if found and int(found.group()) in numbers:
                chosen = int(found.group())
                return None if chosen == 0 else chosen - 1
            again = f"Answer with one number from {numbers[0]} to {numbers[-1]} and nothing else."
            messages = [*messages, Message("assistant", reply.text), Message("user", again)]
        raise NoPlan("the model names no number of the menu")


def _assignments(spec_type: type[Spec], question: str) -> list[Arguments]:
    """All values of the required slots, taken from the question, that make a valid Spec."""
    schema = spec_schema(spec_type)
    required = cast(list[str], schema.get("required", []))
    fields = _fields(spec_type)
    choices = [_candidates(fields[name], question) for name in required]
    combinations = (dict(zip(required, values, strict=True)) for values in product(*choices))
    return [item for item in islice(combinations, _MOST_COMBINATIONS) if _valid(spec_type, item)]


def _alternatives(
    spec_type: type[Spec], name: str, field: Mapping[str, object], question: str, arguments: Arguments, current: object
) -> list[object]:
    """Values other than the current one that an optional slot can take beside the arguments so far."""
    found = _candidates(field, question)
    return [value for value in found if value != current and _valid(spec_type, {**arguments, name: value})]


def _candidates(field: Mapping[str, object], question: str) -> list[object]:
    """Values of one slot: its own enumeration, or what stands in the question."""
    return _distinct(_raw_candidates(field, unicodedata.normalize("NFKC", question)))


def _raw_candidates(field: Mapping[str, object], question: str) -> list[object]:
    if "const" in field:
        return [field["const"]]
    if "enum" in field:
        return list(cast(list[object], field["enum"]))
    if "anyOf" in field:
        parts = cast(list[Mapping[str, object]], field["anyOf"])
        return [value for part in parts for value in _raw_candidates(part, question)]
    kind = field.get("type")
    if kind == "boolean":
        return [False, True]
    if kind == "string":
        return [question]
    numbers: list[object] = [
        int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text) for text in _NUMBER.findall(question)
    ]
    if kind == "integer":
        return [number for number in numbers if isinstance(number, int)]
    if kind == "number":
        return numbers
    if kind == "array":
        extents: list[object] = [
            [int(part) for part in re.findall(r"\d+", text)] for text in _EXTENTS.findall(question)
        ]
        return extents + [[number] for number in numbers] + ([numbers] if len(numbers) > 1 else [])
    return []


def _fields(spec_type: type[Spec]) -> dict[str, dict[str, object]]:
    return cast(dict[str, dict[str, object]], spec_schema(spec_type).get("properties", {}))


def _ask(name: str, fields: Mapping[str, Mapping[str, object]]) -> str:
    return f"{name}: {fields[name].get('description', '')}".rstrip(": ")


def _show(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _distinct(values: Sequence[object]) -> list[object]:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _valid(spec_type: type[Spec], arguments: Arguments) -> bool:
    try:
        spec_type.model_validate(arguments)
    except ValidationError:
        return False
    return True


def _same(step: Step, other: Step, tool: Tool[Any]) -> bool:
    return step.tool == other.tool and tool.parse(step.spec).digest() == tool.parse(other.spec).digest()
