"""The one line "how the question was read", in the language of the question."""

from agent.planning.reading import MissingSlot, Reading, SlotReading, ToolReading
from agent.planning.resolution import Resolution
from agent.planning.sentences import joined, say
from agent.planning.slots import FieldSlot, Vocabulary
from physics_engines.text import Language


def summarise(reading: Reading, resolutions: list[Resolution], vocabulary: Vocabulary) -> str:
    """Write the summary of a reading that is otherwise complete."""
    language = reading.language
    if reading.refusal is not None:
        said = [f'"{slot.said}"' for tool in reading.tools[:1] for slot in tool.slots if slot.said]
        return say("read_refused", language) + (": " + joined(list(dict.fromkeys(said)), language) if said else "")
    if reading.intent in ("help", "status", "prove", "hypothesis"):
        return say("read_unclear" if reading.nearest else f"read_{reading.intent}", language)
    if not reading.tools and reading.missing:
        line = say("read_compute", language, what=reading.question)
        return line + say("still_missing", language, what=say("what_to_compute", language))
    if not reading.tools:
        return say("read_ask", language, what=reading.knowledge)
    titles = [f"{vocabulary.tools[item.tool].title.in_language(language)} ({item.tool})" for item in reading.tools]
    state = resolutions[0]
    said = [shown for slot in state.slots.values() if (shown := _shown(state, slot, "said"))]
    said += _formulas(state)
    convention = vocabulary.tools[state.tool].spec_type.convention
    if convention is not None:
        said.append(convention.in_language(language))
    line = say("read_compute", language, what=joined([" + ".join(titles), *said], language))
    assumed = []
    for item in resolutions:
        defaults = _defaults(item, reading, vocabulary)
        assumed += [_shown(item, slot, "assumed") or _default(item, slot, defaults) for slot in item.slots.values()]
    assumed = list(dict.fromkeys(assumed))
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
    beside = {item.field: item.values[0] for item in reading.slots if len(item.values) == 1}
    said = [item for item in reading.slots if item.field in slots]
    return joined(
        [_value(slots[item.field], item, slots[item.field].label(language, beside), language) for item in said],
        language,
    )


def _defaults(state: Resolution, reading: Reading, vocabulary: Vocabulary) -> dict[str, object]:
    """What the Spec fills in for the fields that were not read; empty where it does not validate yet."""
    calls = next((item.specs() for item in reading.tools if item.tool == state.tool), [])
    if reading.refusal is not None or reading.missing or not calls:
        return {name: slot.default for name, slot in state.slots.items()}
    spec = vocabulary.tools[state.tool].spec_type.model_validate(calls[0])
    return {name: getattr(spec, name) for name in state.slots}


def _formulas(state: Resolution) -> list[str]:
    """What defines the values that were read: the Hamiltonian."""
    found = []
    for name, slot in state.slots.items():
        for value in state.read[name].values if name in state.read else ():
            if (formula := slot.slot.formulas.get(str(value))) is not None:
                found.append(formula.in_language(state.language))
    return found


def _shown(state: Resolution, slot: FieldSlot, source: str) -> str:
    reading = state.read.get(slot.name)
    if reading is None or reading.source != source:
        return ""
    return _value(slot, reading, state.label(slot), state.language)


def _value(slot: FieldSlot, reading: SlotReading, label: str, language: Language) -> str:
    values = ", ".join(slot.shown(value, language) for value in reading.values[:10])
    plain = bool(slot.slot.shown) or slot.kind == "words"
    return values if plain else f"{label} = {values}"


def _default(state: Resolution, slot: FieldSlot, defaults: dict[str, object]) -> str:
    """A default that was not said, where it matters for what was."""
    value = defaults.get(slot.name)
    if slot.name in state.read or slot.required or slot.slot.detail or value is None or slot.kind == "words":
        return ""
    for other, wanted in slot.slot.only_with.items():
        said = state.read[other].values if other in state.read else (defaults.get(other),)
        if other in state.slots and not set(wanted) & set(said):
            return ""
    shown = slot.shown(value, state.language)
    return shown if slot.slot.shown else f"{state.label(slot)} = {shown}"


def _label(item: MissingSlot, state: Resolution, language: Language) -> str:
    return state.label(state.slots[item.field], language) if item.field in state.slots else item.field
