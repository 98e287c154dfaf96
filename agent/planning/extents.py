"""The extents of a lattice from what was said: "4x4", "L = 4", "20 sites", with or without the lattice's name."""

import math

from agent.planning.mentions import Mention, words_of
from agent.planning.reading import MissingSlot, SlotReading
from agent.planning.resolution import Resolution
from agent.planning.sentences import both
from agent.planning.slots import FieldSlot, options_of
from physics_engines.spec import Extents
from physics_engines.text import Text
from tools.errors import ExitStatus


def resolve_extents(
    state: Resolution,
    slot: FieldSlot,
    said: list[Mention],
    loose: tuple[tuple[int, int, int], ...],
    carried: dict[str, SlotReading],
) -> None:
    """Fill the extents of a Spec and, where only they were said, the kind of lattice.

    Args:
        state: What was read so far; filled further.
        slot: The slot of the extents.
        said: What was said about it.
        loose: Whole numbers that belong to nothing else.
        carried: What the question before said.
    """
    extents = slot.slot.extents
    if extents is None:
        return
    for mention in said:
        if mention.problem in ("no_step", "open"):
            key = "what_step" if mention.problem == "no_step" else "which_value"
            question = both(key, what=Text(en=mention.text, ja=mention.text))
            state.missing.append(MissingSlot(field=slot.name, question=question))
            return
        if mention.problem:
            state.refuse("bad_step", ExitStatus.BAD_INPUT, what=mention.text)
            return
    if not said and len(loose) == 1 and slot.name not in carried:
        said = _lonely_number(state, slot, loose[0])
    _name_lattice(state, extents, said)
    if not said:
        _keep(state, slot, extents, carried)
        return
    dimension = extents.dimensions.get(str(state.value(extents.kind)))
    if dimension is None:
        # Without a lattice a size says nothing yet, but it is kept for when the lattice is named.
        if extents.kind in state.read and len(state.read[extents.kind].values) > 1:
            state.refuse("contradiction", ExitStatus.BAD_INPUT, what=said[0].text)
        else:
            state.read[slot.name] = SlotReading(field=slot.name, values=_raw(said), said=words_of(said))
        return
    said = _without_product(said, extents.per_cell.get(str(state.value(extents.kind)), 1))
    values: list[tuple[object, ...]] = []
    for mention in said:
        for value in mention.values:
            shape = _shape(state, slot, mention, value, extents, dimension)
            if shape is None:
                return
            if shape not in values:
                values.append(shape)
    if len(values) > 1 and not _one_list(said):
        state.refuse("contradiction", ExitStatus.BAD_INPUT, what=" / ".join(mention.text for mention in said))
        return
    state.read[slot.name] = SlotReading(field=slot.name, values=tuple(values), said=words_of(said))


def _without_product(said: list[Mention], per_cell: int) -> list[Mention]:
    """Leave out what only repeats the extents: the 12 of "12 sites, 3x4"."""
    shapes = [value for mention in said for value in mention.values if isinstance(value, tuple)]
    products = {per_cell * math.prod(shape) for shape in shapes}
    return [mention for mention in said if mention.kind != "total" or not set(mention.values) <= products]


def _raw(said: list[Mention]) -> tuple[object, ...]:
    return tuple(value if isinstance(value, tuple) else (value,) for mention in said for value in mention.values)


def _lonely_number(state: Resolution, slot: FieldSlot, loose: tuple[int, int, int]) -> list[Mention]:
    """A number that belongs to nothing is the size, where nothing else is: "heisenberg chain 20 pbc"."""
    value, start, end = loose
    state.note("note_bare", what=str(value))
    return [Mention(slot, (value,), start, end, str(value), kind="bare")]


def _name_lattice(state: Resolution, extents: Extents, said: list[Mention]) -> None:
    """ "4x4" without the name of a lattice is read as the only plain one with two extents."""
    if not said or extents.kind in state.read or extents.kind not in state.slots:
        return
    kind = state.slots[extents.kind]
    shapes = [value for mention in said for value in mention.values if isinstance(value, tuple)]
    plain = {name: n for name, n in extents.dimensions.items() if not extents.plain or name in extents.plain}
    if shapes:
        fitting = [name for name, dimension in plain.items() if dimension == len(shapes[0])]
    elif all(mention.kind == "total" for mention in said):
        # "20 sites" make no square; "16 sites" may be one, and nothing is read into them.
        totals = [value for mention in said for value in mention.values if isinstance(value, int) and value > 0]
        fitting = [name for name, dimension in plain.items() if all(_is_power(total, dimension) for total in totals)]
        if len(fitting) != 1 or not totals:
            return
    else:
        return
    if len(fitting) == 1:
        state.assume(extents.kind, fitting[0], said[0].text)
        state.note("note_lattice", what=said[0].text, value=kind.shown(fitting[0], state.language))
    elif not fitting:
        available = options_of(kind).in_language(state.language)
        state.refuse("no_lattice_of_dimension", ExitStatus.BAD_INPUT, what=said[0].text, available=available)


def _keep(state: Resolution, slot: FieldSlot, extents: Extents, carried: dict[str, SlotReading]) -> None:
    """Keep the size of the question before where it still fits the lattice."""
    old = carried.get(slot.name)
    dimension = extents.dimensions.get(str(state.value(extents.kind)))
    if old and all(isinstance(value, tuple | list) and len(value) == dimension for value in old.values):
        state.read[slot.name] = old.model_copy(update={"source": "previous"})


def _shape(
    state: Resolution, slot: FieldSlot, mention: Mention, value: object, extents: Extents, dimension: int
) -> tuple[object, ...] | None:
    per_cell = extents.per_cell.get(str(state.value(extents.kind)), 1)
    if isinstance(value, tuple):
        if len(value) == dimension:
            if per_cell > 1:
                state.note("note_cells", what=mention.text, per_cell=str(per_cell))
            return value
        lattice = state.slots[extents.kind].shown(state.value(extents.kind), state.language)
        state.refuse("contradiction", ExitStatus.BAD_INPUT, what=f"{lattice} / {mention.text}")
        return None
    if dimension == 1 or not isinstance(value, int):
        return (value,) * dimension
    if mention.kind in ("side", "bare"):
        shape: tuple[object, ...] = (value,) * dimension
        state.note("note_square", what=mention.text, value=slot.shown(shape, state.language))
        if per_cell > 1:
            state.note("note_cells", what=mention.text, per_cell=str(per_cell))
        return shape
    side = round((abs(value) / per_cell) ** (1 / dimension))
    if value > 0 and per_cell * side**dimension == value:
        shape = (side,) * dimension
        state.note("note_square", what=mention.text, value=slot.shown(shape, state.language))
        return shape
    if value <= 0 or value > 10**6:
        return (value,) + (1,) * (dimension - 1)
    question = both("which_extents", what=Text(en=mention.text, ja=mention.text))
    state.missing.append(MissingSlot(field=slot.name, question=question))
    return None


def _is_power(value: int, exponent: int) -> bool:
    return bool(round(value ** (1 / exponent)) ** exponent == value)


def _one_list(said: list[Mention]) -> bool:
    """Whether the sizes were said alike, as in "4x4 and 6x6" or "N = 8 and N = 12"; "4x4 with N = 8" was not."""
    return len({mention.kind for mention in said}) == 1
