"""Does a plan say what the question said?"""

from collections.abc import Iterable

from agent.planning.plan import Plan
from agent.planning.reading import Reading
from physics_engines.spec import Spec, slot_of
from tools.registry import Registry


def contradictions(plan: Plan, reading: Reading, registry: Registry) -> list[str]:
    """One sentence for each way in which a valid plan computes something else than the question asks.

    A model that plans 6x6 where the question says 4x4, or an open chain where nothing was said and the ring is assumed,
    would answer another question, with real numbers; one that leaves out a value of a sweep, or computes nothing, would
    answer a part of it.
    """
    asked = _asked(reading, registry)
    if not asked or not plan.steps:
        return []
    planned = [
        (step.tool, registry[step.tool].parse(step.spec))
        for step in plan.steps
        if registry[step.tool].evidence == "computed"
    ]
    if not planned:
        return ["the plan computes nothing, but the question asks for a number"]
    found = []
    for tool, spec in planned:
        for name in _named_fields(spec):
            allowed = {
                _plain(getattr(item, name)): getattr(item, name) for item in asked if name in _named_fields(item)
            }
            value = getattr(spec, name)
            if allowed and _plain(value) not in allowed:
                expected = " or ".join(_shown(item) for item in allowed.values())
                found.append(f"{tool}: {name} is {_shown(value)} in the plan, but the question is read as {expected}")
    return found or list(dict.fromkeys(_left_out(asked, [spec for _, spec in planned])))


def _asked(reading: Reading, registry: Registry) -> list[Spec]:
    """The calls the rules read in a question; none where they did not understand it fully."""
    if reading.missing or reading.refusal is not None:
        return []
    return [registry[tool.tool].parse(call) for tool in reading.tools if tool.slots for call in tool.specs()]


def _named_fields(spec: Spec) -> list[str]:
    """The fields a person would name; numerical details are the planner's own affair."""
    slots = {name: slot_of(type(spec), name) for name in type(spec).model_fields}
    return [name for name, slot in slots.items() if slot is not None and not slot.detail]


def _left_out(asked: Iterable[Spec], planned: list[Spec]) -> Iterable[str]:
    """The values of a sweep that no step takes."""
    for item in asked:
        for name in _named_fields(item):
            values = {_plain(getattr(spec, name)) for spec in planned if name in type(spec).model_fields}
            if values and _plain(getattr(item, name)) not in values:
                yield f"no step of the plan has {name} = {_shown(getattr(item, name))}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "x".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    """Lists and tuples, 4 and 4.0, and numbers that differ by rounding compare equal."""
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(f"{value:.9g}")
    return value
