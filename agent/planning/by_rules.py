"""The plan of a reading, by rules: the same type a model's plan has."""

from collections.abc import Mapping
from typing import Any

from agent.planning.plan import Plan, Step
from agent.planning.reading import Reading
from agent.planning.sentences import say
from agent.planning.slots import vocabulary_of
from agent.planning.summary import call_in_words
from physics_engines.text import Language
from tools.base import Tool


def plan_by_rules(reading: Reading, registry: Mapping[str, Tool[Any]]) -> Plan:
    """The steps that answer a reading; none where it was refused, or where something has to be asked first.

    A sweep becomes one step for each combination of its values. The knowledge part of a question becomes one search of
    the library, in its own words.
    """
    if reading.refusal is not None or reading.missing or reading.nearest:
        return Plan()
    vocabulary = vocabulary_of(registry)
    steps = []
    for item in reading.tools:
        tool = registry[item.tool]
        if tool.evidence == "proved":
            steps.append(
                _text_step(tool, reading.knowledge, reading.language, tool.title.in_language(reading.language))
            )
            continue
        slots = {slot.name: slot for slot in vocabulary.slots[item.tool]}
        for arguments in item.specs():
            one = item.model_copy(
                update={
                    "slots": tuple(slot.model_copy(update={"values": (arguments[slot.field],)}) for slot in item.slots)
                }
            )
            what = call_in_words(one, slots, reading.language)
            title = tool.title.in_language(reading.language)
            reason = say("reason_compute", reading.language, title=title, what=what)
            steps.append(Step(tool=item.tool, spec=arguments, reason=reason, expects=tool.evidence))
    library = next((tool for tool in registry.values() if tool.evidence == "cited"), None)
    if reading.knowledge and reading.intent in ("ask", "compute_and_ask") and library is not None:
        reason = say("reason_library", reading.language)
        steps.append(_text_step(library, reading.knowledge, reading.language, reason))
    return Plan(steps=tuple(steps))


def in_own_words(plan: Plan, reading: Reading, registry: Mapping[str, Tool[Any]]) -> Plan:
    """A plan whose searches of the library are for the question as it was asked.

    What a model makes of a question may be another question, and the library would answer that one.
    """
    steps: list[Step] = []
    for step in plan.steps:
        tool = registry.get(step.tool)
        if tool is None or tool.evidence != "cited":
            steps.append(step)
            continue
        own = _text_step(tool, reading.knowledge or reading.question, reading.language, step.reason)
        fields = {name: value for name, value in step.spec.items() if name not in own.spec}
        if all(other.tool != step.tool for other in steps):
            steps.append(step.model_copy(update={"spec": fields | own.spec}))
    return plan.model_copy(update={"steps": tuple(steps)})


def _text_step(tool: Tool[Any], text: str, language: Language, reason: str) -> Step:
    """A call of a tool that takes words: they go into its first required field."""
    fields = tool.spec_type.model_fields
    main = next(name for name, info in fields.items() if info.is_required() and info.annotation is str)
    spec: dict[str, object] = {main: text}
    if "language" in fields:
        spec["language"] = language
    return Step(tool=tool.name, spec=spec, reason=reason, expects=tool.evidence)
