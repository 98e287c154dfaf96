"""What tells the calls of one tool in a plan apart: the point of a sweep."""

from collections import defaultdict

from agent.planning.plan import Plan
from physics_engines.spec import Spec, slot_of
from physics_engines.text import Language
from tools.registry import Registry


def differences(plan: Plan, registry: Registry, language: Language) -> list[str]:
    """For each step what no other step with its tool has, such as "size = 6"; empty where a tool is called once."""
    specs = [registry[step.tool].parse(step.spec) for step in plan.steps]
    alike: dict[str, list[Spec]] = defaultdict(list)
    for step, spec in zip(plan.steps, specs, strict=True):
        alike[step.tool].append(spec)
    found = []
    for step, spec in zip(plan.steps, specs, strict=True):
        names = [
            name
            for name in type(spec).model_fields
            if len({str(getattr(other, name)) for other in alike[step.tool]}) > 1
        ]
        found.append(", ".join(f"{_label(spec, name, language)} = {_shown(getattr(spec, name))}" for name in names))
    return found


def _label(spec: Spec, name: str, language: Language) -> str:
    slot = slot_of(type(spec), name)
    if slot is None:
        return name
    shown = (slot.ja_label, *slot.ja) if language == "ja" else (slot.en_label, *slot.en)
    return next((text for text in shown if text), name)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return "×".join(str(item) for item in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
