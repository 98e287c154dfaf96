"""From mentions to the arguments of one tool's Spec: conflicts, implications, units, defaults, what is missing."""

from dataclasses import replace
from itertools import pairwise

from agent.planning.conventions import Written
from agent.planning.extents import resolve_extents
from agent.planning.lexicon import cues
from agent.planning.limits import cap_in_words
from agent.planning.mentions import Mention, Mentions, words_of
from agent.planning.patterns import compiled
from agent.planning.reading import MissingSlot, SlotReading
from agent.planning.resolution import Resolution
from agent.planning.sentences import both
from agent.planning.slots import FieldSlot, Vocabulary, options_of
from physics_engines.text import Language, Text
from tools.errors import ExitStatus

_PERCENTS = ("%", "percent", "パーセント")


def resolve(
    tool: str,
    mentions: Mentions,
    text: str,
    written: Written,
    vocabulary: Vocabulary,
    language: Language,
    previous: tuple[SlotReading, ...] = (),
) -> Resolution:
    """Fill the Spec of a tool from what was said, then from the question before."""
    slots = {slot.name: slot for slot in vocabulary.slots[tool]}
    state = Resolution(tool, language, slots)
    if written.unread:
        state.refuse("factor_unread", ExitStatus.BAD_INPUT, what=written.unread)
    mine: dict[str, list[Mention]] = {}
    for mention in mentions.said:
        if slots.get(mention.slot.name) is mention.slot:
            mine.setdefault(mention.slot.name, []).append(mention)
    _split_changes(slots, mine, text)
    for name, slot in slots.items():
        if name in mine and slot.kind != "extents":
            _read_field(state, slot, mine[name], text)
    _from_formula(state, written)
    _imply(state, mine)
    carried = _carry(state, mine, previous)
    for name, slot in slots.items():
        if slot.slot.extents is not None:
            resolve_extents(state, slot, mine.get(name, []), mentions.loose, carried)
    _keep_to_the_point(state, mine)
    _relate(state, mine)
    _convert(state, written)
    _ask(state)
    return state


def _split_changes(slots: dict[str, FieldSlot], mine: dict[str, list[Mention]], text: str) -> None:
    """Give "from h = 0.5 to h = 2" to the two fields of a change: the value before it and the one after."""
    for name, slot in slots.items():
        said = mine.get(slot.slot.before, [])
        if not said or name in mine:
            continue
        first, last = said[0], said[-1]
        if len(said) == 1 and len(first.values) == 2 and (first.problem == "no_step" or _changes(first.text)):
            one, other = (replace(first, values=(value,), problem="") for value in first.values)
        elif len(said) == 2 and len(first.values) == len(last.values) == 1 and _changes(text[first.end : last.start]):
            one, other = first, last
        elif len(said) == 1 and len(first.values) == 1 and (goes := compiled(cues.CHANGED_TO).match(text, first.end)):
            # "from h = 0.5 to 2": the second number has no name of its own.
            one, other = first, replace(first, values=(float(goes["to"]),), text=goes["to"], end=goes.end())
        else:
            continue
        mine[name], mine[slot.slot.before] = [replace(one, slot=slot)], [other]


def _changes(between: str) -> bool:
    return compiled(cues.CHANGED).search(between) is not None


def _read_field(state: Resolution, slot: FieldSlot, said: list[Mention], text: str) -> None:
    for mention in said:
        if mention.problem == "no_step":
            question = both("what_step", what=Text(en=mention.text, ja=mention.text))
            state.missing.append(MissingSlot(field=slot.name, question=question))
        elif mention.problem == "open":
            question = both("which_value", what=Text(en=mention.text, ja=mention.text))
            state.missing.append(MissingSlot(field=slot.name, question=question))
        elif mention.problem == "too_many":
            state.refuse("too_many_steps", ExitStatus.BAD_INPUT, cap=cap_in_words(state.language))
        elif mention.problem:
            state.refuse("bad_step", ExitStatus.BAD_INPUT, what=mention.text)
        if mention.unit and (slot.slot.unit_of or mention.unit in _PERCENTS):
            unit = state.slots.get(slot.slot.unit_of)
            label, of = state.label(slot), state.label(unit) if unit else "1"
            state.refuse("foreign_unit", ExitStatus.BAD_INPUT, what=mention.text, label=label, unit=of)
        elif mention.unit:
            state.note("note_unit", what=mention.text, label=state.label(slot))
    values = list(
        dict.fromkeys(value for mention in said if not (mention.unit or mention.problem) for value in mention.values)
    )
    if not values:
        return
    if slot.slot.together and slot.kind == "integer":
        # One mention holds the components of one value: a momentum (1, 1).
        values = list(dict.fromkeys(mention.values for mention in said if not (mention.unit or mention.problem)))
    elif slot.slot.together:
        gathered = _gathered(said)
        values = [gathered] if len(gathered) > 1 else list(gathered)
    elif slot.kind == "choice":
        if not _listed(said, text):
            values = _most_special(slot, values)
        if len(values) > 1 and not _all_joined(said, text):
            shown = joined_choices(slot, values, state.language)
            state.refuse("contradiction", ExitStatus.BAD_INPUT, what=shown)
            return
    state.read[slot.name] = SlotReading(field=slot.name, values=tuple(values), said=words_of(said))


def _gathered(said: list[Mention]) -> tuple[object, ...]:
    """All values said, each once; the "RBM" of "complex RBM" is no value of its own."""

    def is_part(one: Mention) -> bool:
        spans = ((other.start, other.end) for other in said)
        return any(start <= one.start and one.end <= end and end - start > one.end - one.start for start, end in spans)

    return tuple(dict.fromkeys(value for mention in said if not is_part(mention) for value in mention.values))


def joined_choices(slot: FieldSlot, values: list[object], language: Language) -> str:
    """The values of a choice, one after the other."""
    return " / ".join(slot.shown(value, language) for value in values)


def _most_special(slot: FieldSlot, values: list[object]) -> list[object]:
    general = {slot.slot.refines[str(value)] for value in values if str(value) in slot.slot.refines}
    return [value for value in values if value not in general] or values


def _listed(said: list[Mention], text: str) -> bool:
    """Whether a word or comma for "and" stands between the values: "Heisenberg and J1-J2", not "J1-J2 Heisenberg"."""
    return all(compiled(cues.AND).search(text[one.end : other.start]) for one, other in pairwise(said))


def _all_joined(said: list[Mention], text: str) -> bool:
    """Whether different values stand in one list: "periodic and open", 「周期と開放」."""
    for one, other in pairwise(said):
        if one.values == other.values:
            continue
        between = text[one.end : other.start]
        # Short, or held together by a word for "and": else two things were said about one quantity.
        if not compiled(cues.JOINED).search(between) and not compiled(cues.JOINING).search(between):
            return False
    return True


def _from_formula(state: Resolution, written: Written) -> None:
    """Read a choice from the operators of a Hamiltonian, where no word names it: Σ S·S is a Heisenberg model."""
    for name, slot in state.slots.items():
        fitting = [value for value, forms in slot.slot.forms.items() if set(forms) & set(written.forms)]
        if name not in state.read and len(fitting) == 1:
            form = next(form for form in written.forms if form in slot.slot.forms[fitting[0]])
            state.assume(name, fitting[0], form)
            state.note("note_implied", what=form, value=slot.shown(fitting[0], state.language))


def _imply(state: Resolution, mine: dict[str, list[Mention]]) -> None:
    """A field that belongs to one value of another says that value: J2 = 0.5 makes a Heisenberg model J1-J2."""
    for name, said in mine.items():
        slot = state.slots[name]
        for other, allowed in slot.slot.only_with.items():
            target = state.slots.get(other)
            if len(allowed) > 1:
                continue  # any of them would do, so none is said
            (wanted,) = allowed
            if target is None or name not in state.read or all(not value for value in state.read[name].values):
                continue
            values = state.read[other].values if other in state.read else ()
            if not values or values == (target.slot.refines.get(wanted),):
                state.assume(other, wanted, said[0].text)
                state.note("note_implied", what=said[0].text, value=target.shown(wanted, state.language))
    for name, reading in list(state.read.items()):
        slot = state.slots[name]
        for special, general in slot.slot.refines.items():
            if reading.values == (general,) and general not in slot.slot.shown:
                state.assume(name, special, reading.said)
                state.note("note_implied", what=reading.said, value=slot.shown(special, state.language))


def _carry(
    state: Resolution, mine: dict[str, list[Mention]], previous: tuple[SlotReading, ...]
) -> dict[str, SlotReading]:
    """Take from the question before what this one does not say; extents are fitted later."""
    carried = {slot.field: slot for slot in previous if slot.field in state.slots}
    sizes = [name for name, slot in state.slots.items() if slot.slot.extents is not None]
    for name in sizes:
        extents = state.slots[name].slot.extents
        shapes = [value for mention in mine.get(name, []) if mention.kind == "extents" for value in mention.values]
        if extents and extents.kind not in state.read and shapes and extents.kind in carried:
            old = carried[extents.kind].values
            fits = {extents.dimensions.get(str(value)) for value in old}
            if {len(shape) for shape in shapes if isinstance(shape, tuple)} != fits:
                carried.pop(extents.kind)
    for name, reading in carried.items():
        if name not in state.read and name not in mine and name not in sizes:
            state.read[name] = reading.model_copy(update={"source": "previous"})
    return carried


def _keep_to_the_point(state: Resolution, mine: dict[str, list[Mention]]) -> None:
    """Refuse what was said but has no part in the model; forget it where it is zero or kept from before."""
    for name, slot in state.slots.items():
        if name not in state.read:
            continue
        for mention in mine.get(name, []):
            for other, wanted in slot.slot.words_with.get(mention.phrase, {}).items():
                actual = state.value(other)
                if actual is not None and actual not in wanted:
                    shown, label = state.slots[other].shown(actual, state.language), state.label(slot)
                    state.refuse("unclear_with", ExitStatus.BAD_INPUT, what=mention.text, other=shown, label=label)
        for other, wanted in slot.slot.only_with.items():
            actual = state.value(other)
            if actual is None or actual in wanted or other not in state.slots:
                continue
            reading = state.read.pop(name)
            if name in mine and any(reading.values):
                shown = state.slots[other].shown(actual, state.language)
                state.refuse("unused_parameter", ExitStatus.BAD_INPUT, what=mine[name][0].text, other=shown)


def _relate(state: Resolution, mine: dict[str, list[Mention]]) -> None:
    """Divide a value given as an energy ("J1 = 2, J2 = 1") by the value of its unit."""
    for name, slot in state.slots.items():
        unit = state.read.get(slot.slot.unit_of)
        if name not in mine or name not in state.read or unit is None or len(unit.values) != 1:
            continue
        scale = unit.values[0]
        absolute = [mention for mention in mine[name] if not mention.relative]
        if not absolute or not isinstance(scale, int | float) or scale in (0, 1) or unit.source == "previous":
            continue
        values = tuple(value / scale if isinstance(value, int | float) else value for value in state.read[name].values)
        state.read[name] = state.read[name].model_copy(update={"values": values})
        label, unit_label = state.label(slot), state.label(state.slots[slot.slot.unit_of])
        shown = slot.shown(values[0], state.language)
        state.note("note_ratio", what=absolute[0].text, unit=unit_label, label=label, value=shown)


def _convert(state: Resolution, written: Written) -> None:
    """Bring another convention of the Hamiltonian to that of the Spec, saying so."""
    factors: dict[str, float] = {}
    for slot in state.slots.values():
        for convention in slot.slot.conventions:
            holds = all(str(state.value(name)) in allowed for name, allowed in convention.when.items())
            if convention.form not in written.forms or not holds:
                continue
            note = convention.note.in_language(state.language)
            if not convention.factors and not convention.sets:
                state.refuse("convention_refused", note=(note[:1].upper() + note[1:]).rstrip(".。"))
                return
            for name, value in convention.sets.items():
                if name in state.read and state.read[name].values != (value,):
                    shown = joined_choices(state.slots[name], [*state.read[name].values, value], state.language)
                    state.refuse("contradiction", ExitStatus.BAD_INPUT, what=shown)
                    return
                if note:
                    state.assume(name, value, convention.form)
            if note and note not in state.notes:
                state.notes.append(note)
            factors = {name: factors.get(name, 1.0) * factor for name, factor in convention.factors.items()}
    couplings = [slot.slot.unit_of for slot in state.slots.values() if slot.slot.unit_of]
    if written.twice:
        state.note("note_twice", what=written.factor_text)
    elif written.factor != 1.0 and couplings:
        factors[couplings[0]] = factors.get(couplings[0], 1.0) * written.factor
    for name, factor in factors.items():
        old = state.read.get(name)
        values = old.values if old else (state.slots[name].default,)
        scaled = tuple(value * factor if isinstance(value, int | float) else value for value in values)
        said = old.said if old else written.factor_text
        state.read[name] = SlotReading(field=name, values=scaled, said=said, source=old.source if old else "assumed")
        if written.factor != 1.0 and not written.twice and name in couplings:
            shown = state.slots[name].shown(scaled[0], state.language)
            state.note("note_prefactor", what=written.factor_text, value=shown)


def _ask(state: Resolution) -> None:
    """Ask for what has no safe default."""
    asked = {item.field for item in state.missing}
    for name, slot in state.slots.items():
        if not slot.required or name in state.read or name in asked:
            continue
        if slot.kind == "words":
            if slot.slot.suffixes:
                endings = ", ".join(slot.slot.suffixes)
                state.missing.append(
                    MissingSlot(field=name, question=both("which_file", endings=Text(en=endings, ja=endings)))
                )
            continue
        if any(state.value(other) not in wanted for other, wanted in slot.slot.only_with.items()):
            continue
        if slot.kind == "choice":
            label = Text(en=state.label(slot, "en"), ja=state.label(slot, "ja"))
            question = both("which", label=label, options=options_of(slot))
        elif slot.kind == "extents":
            question = both("what_size")
        else:
            question = both("what_value", label=Text(en=state.label(slot, "en"), ja=state.label(slot, "ja")))
        state.missing.append(MissingSlot(field=name, question=question))
