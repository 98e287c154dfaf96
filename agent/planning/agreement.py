"""Does a plan say what the question said?"""

from agent.planning.plan import Plan
from agent.planning.reading import Reading
from tools.registry import Registry


def contradictions(plan: Plan, reading: Reading, registry: Registry) -> list[str]:
    """One sentence for each value of a valid plan that differs from what the question states in so many words.

    A model that plans 6x6 where the question says 4x4 would answer another question, with real numbers.
    """
    said: dict[str, list[object]] = {}
    for tool in reading.tools:
        for slot in tool.slots:
            if slot.source == "said":
                said.setdefault(slot.field, []).extend(slot.values)
    found = []
    for step in plan.steps:
        tool_type = registry[step.tool].spec_type
        spec = registry[step.tool].parse(step.spec)
        for name, values in said.items():
            if name not in tool_type.model_fields:
                continue
            planned = getattr(spec, name)
            if all(_plain(planned) != _plain(value) for value in values):
                expected = " or ".join(str(value) for value in values)
                found.append(f"{step.tool}: {name} is {planned} in the plan, but the question says {expected}")
    return found


def _plain(value: object) -> object:
    """Lists and tuples, 4 and 4.0 compare equal."""
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
