"""What is refused before anything is read, and what a Spec refuses, each with its reason in the question's language."""

from typing import Any

from pydantic import ValidationError

from agent.planning.lexicon.hostile import ABOUT, ADDRESSED, HOSTILE
from agent.planning.patterns import compiled
from agent.planning.reading import Refusal, ToolReading
from agent.planning.sentences import say
from agent.planning.slots import FieldSlot
from physics_engines.text import Language
from tools.base import Tool
from tools.errors import ExitStatus


def hostile(text: str, language: Language) -> Refusal | None:
    """The refusal of a question that asks for secrets or inventions or commands the assistant; None for others."""
    about = compiled(ABOUT).search(text) is not None and compiled(ADDRESSED).search(text) is None
    for code, patterns in HOSTILE.items():
        # "Why do language models make up citations?" asks about inventions and orders none.
        if about and code in ("instructions", "invented"):
            continue
        if any(compiled(pattern).search(text) for pattern in patterns):
            return refusal(code, language)
    return None


def refusal(code: str, language: Language, status: ExitStatus = ExitStatus.REFUSED, **words: str) -> Refusal:
    """A refusal with the sentence of its code."""
    return Refusal(code=code, sentence=say(code, language, **words), exit_status=status)


def out_of_bounds(
    tool: Tool[Any], reading: ToolReading, slots: dict[str, FieldSlot], language: Language
) -> Refusal | None:
    """Validate every call of a reading; the refusal names what was said and why it cannot be used."""
    for arguments in reading.specs():
        try:
            tool.spec_type.model_validate(arguments)
        except ValidationError as error:
            return _refused(error, tool.name, reading, slots, language)
    return None


def _refused(
    error: ValidationError, tool: str, reading: ToolReading, slots: dict[str, FieldSlot], language: Language
) -> Refusal:
    item = error.errors(include_url=False)[0]
    context = item.get("ctx") or {}
    said = {slot.field: slot.said for slot in reading.slots}
    if language in context:
        code, why = item["type"], str(context[language])
        named = [said[name] for name, slot in slots.items() if slot.slot.extents is not None and name in said]
        if not context.get("bound"):
            # The reason is not in one number, but in what was put together.
            return Refusal(code=code, sentence=say("as_asked", language, why=why), exit_status=_status(context))
    else:
        code, why = "out_of_bounds", say(_reason(item["type"], context), language, tool=tool)
        named = [said[str(item["loc"][0])]] if item["loc"] and str(item["loc"][0]) in said else []
    what = named[0] if named else ", ".join(text for text in said.values() if text)
    sentence = say("out_of_bounds", language, what=what, why=why)
    return Refusal(code=code, sentence=sentence, exit_status=_status(context))


def _status(context: dict[str, Any]) -> ExitStatus:
    return ExitStatus.REFUSED if context.get("unsolvable") else ExitStatus.BAD_INPUT


def _reason(kind: str, context: dict[str, Any]) -> str:
    if kind in ("greater_than", "greater_than_equal"):
        bound = context.get("gt", context.get("ge"))
        if bound == 0:
            return "positive" if "gt" in context else "not_negative"
        return "positive" if bound == 1 else "too_small"
    if kind in ("less_than", "less_than_equal"):
        return "too_large"
    if kind == "finite_number":
        return "finite"
    return "whole" if kind in ("int_from_float", "int_type", "int_parsing") else "malformed"
