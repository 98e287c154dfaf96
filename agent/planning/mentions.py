"""What was said about slots: the mentions a text holds."""

from dataclasses import dataclass
from typing import Literal

from agent.planning.phrases import Found
from agent.planning.slots import FieldSlot, Payload

MentionKind = Literal["value", "extents", "side", "total", "bare"]


@dataclass(frozen=True)
class Mention:
    """One slot said in a text.

    Attributes:
        slot: The slot.
        values: What was said for it: several for a list or a range.
        start: Where the words begin.
        end: Where they end.
        text: The words.
        kind: For lattice extents, whether all extents, one, or their product was said; "bare" is a number alone.
        relative: Whether the value was given in the units of the slot's ``unit_of`` field ("0.5 J", "J2/J1 = 0.5").
        problem: What is wrong with a range (see ``Group``); "open" for a bound that is no value.
        unit: A physical unit the slot does not have.
        phrase: The words that name the slot, as its metadata has them.
    """

    slot: FieldSlot
    values: tuple[object, ...]
    start: int
    end: int
    text: str
    kind: MentionKind = "value"
    relative: bool = False
    problem: str = ""
    unit: str = ""
    phrase: str = ""


@dataclass(frozen=True)
class Mentions:
    """All that a text says about slots.

    Attributes:
        said: The mentions, in order.
        unknown: Symbols that were given a value and belong to no slot: (symbol, words).
        loose: Whole numbers that belong to nothing: (value, start, end).
        found: Known phrases, in order.
        unread: Numbers that no slot took, with where they begin; a loose one may still become the size.
    """

    said: tuple[Mention, ...]
    unknown: tuple[tuple[str, str], ...]
    loose: tuple[tuple[int, int, int], ...]
    found: tuple[Found[Payload], ...]
    unread: tuple[tuple[str, int], ...] = ()


def words_of(said: list[Mention]) -> str:
    """The words of all mentions of a slot."""
    return ", ".join(dict.fromkeys(mention.text for mention in said))


def int_or_none(value: float) -> int | None:
    """The integer a float stands for, if it does."""
    return int(value) if abs(value) < 1e18 and value == value // 1 else None
