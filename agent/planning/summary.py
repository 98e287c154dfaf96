"""The one line "how the question was read", in the language of the question."""

from agent.planning.reading import MissingSlot, Reading, SlotReading, ToolReading
from agent.planning.resolve import Resolution
from agent.planning.sentences import joined, say
from agent.planning.slots import FieldSlot, Vocabulary, default_text
from physics_engines.text import Language


def summarise(reading: Reading, resolutions: list[Resolution], vocabulary: Vocabulary) -> str:
    """Write the summary of a reading that is otherwise complete."""
    language = reading.language
    if reading.refusal is not None and not resolutions:
        return say("read_refused", language)
    if reading.intent in ("help", "status", "prove", "hypothesis"):
        return say("read_unclear" if reading.nearest else f"read_{reading.intent}", language)
    if not reading.tools:
        return say("read_ask", language, what=reading.knowledge)
    titles = [f"{vocabulary.tools[item.tool].title.in_language(language)} ({item.tool})" for item in reading.tools]
    state = resolutions[0]
    said = [shown for slot in state.slots.values() if (shown := _shown(state, slot, "said"))]
    convention = vocabulary.tools[state.tool].spec_type.convention
    if convention is not None:
        said.append(convention.in_language(language))
    line = say("read_compute", language, what=joined([" + ".join(titles), *said], language))
    assumed = [_shown(state, slot, "assumed") or _default(state, slot) for slot in _all_slots(resolutions)]
    if any(assumed):
        line += say("assumed", language, what=joined([text for text in assumed if text], language))
    kept = [shown for slot in state.slots.values() if (shown := _shown(state, slot, "previous"))]
    if kept:
        line += say("previous", language, what=joined(kept, language))
    if reading.missing:
        names = [_label(item, state, language) for item in reading.missing]
        line += say("still_missing", language, what=joined(names, language))
    if reading.knowledge:
        line += say("and_ask", language, what=reading.knowledge)
    return line


def call_in_words(reading: ToolReading, slots: dict[str, FieldSlot], language: Language) -> str:
    """What distinguishes one call, for the reason of a step."""
    return joined(
        [_value(slots[item.field], item, language) for item in reading.slots if item.field in slots], language
    )


def _all_slots(resolutions: list[Resolution]) -> list[FieldSlot]:
    return list(dict.fromkeys(slot for state in resolutions for slot in state.slots.values()))


def _shown(state: Resolution, slot: FieldSlot, source: str) -> str:
    reading = state.read.get(slot.name)
    return "" if reading is None or reading.source != source else _value(slot, reading, state.language)


def _value(slot: FieldSlot, reading: SlotReading, language: Language) -> str:
    values = ", ".join(slot.shown(value, language) for value in reading.values[:10])
    plain = bool(slot.slot.shown) or slot.kind == "extents" or slot.kind == "words"
    return values if plain else f"{slot.label(language)} = {values}"


def _default(state: Resolution, slot: FieldSlot) -> str:
    """A default that was not said, where it matters for what was."""
    if slot.name in state.read or slot.required or slot.default is None or slot.kind == "words":
        return ""
    for other, wanted in slot.slot.only_with.items():
        actual = state.value(other)
        if (
            other in state.slots
            and actual != wanted
            and not (other in state.read and wanted in state.read[other].values)
        ):
            return ""
    return default_text(slot, state.language)


def _label(item: MissingSlot, state: Resolution, language: Language) -> str:
    return state.slots[item.field].label(language) if item.field in state.slots else item.field
