"""A question falls into parts with different aims: a number to compute, something to explain."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from agent.planning.lexicon import cues
from agent.planning.normalise import normalise
from agent.planning.patterns import compiled
from agent.planning.phrases import Found, PhraseIndex, tokenise
from agent.planning.slots import FalseFriend, Payload, QuantityWord, SystemWord, ToolWord, ValueWord, Vocabulary

Cue = Literal["hard", "ask", "start", "weak", "defining", "compute", "compare", "follow_up", "pronoun"]
Aim = Literal["ask", "compute", "none"]


@dataclass
class Part:
    """A part of a question.

    Attributes:
        original: Its words as they were written.
        text: The same, normalised.
        aim: What it wants.
        cues: The cues found in it.
        found: The known phrases found in it.
    """

    original: str
    text: str
    aim: Aim = "none"
    cues: list[Found[Cue]] = field(default_factory=list)
    found: list[Found[Payload]] = field(default_factory=list)

    def has(self, *kinds: Cue) -> bool:
        """Whether one of these cues is in the part."""
        return any(cue.payload in kinds for cue in self.cues)

    def orders(self) -> bool:
        """Whether it begins with the verb of an order: "run an rbm for me"."""
        lead = len(self.text) - len(compiled(cues.LEADING).sub("", self.text, count=1))
        return any(cue.payload == "compute" and cue.start <= lead + 2 for cue in self.cues)


@lru_cache(maxsize=1)
def _cue_index() -> PhraseIndex[Cue]:
    index: PhraseIndex[Cue] = PhraseIndex()
    tables: tuple[tuple[Cue, tuple[str, ...]], ...] = (
        ("hard", cues.ASK_HARD), ("ask", cues.ASK), ("start", cues.ASK_AT_START), ("weak", cues.ASK_WEAK),
        ("defining", cues.DEFINING), ("compute", cues.COMPUTE), ("compare", cues.COMPARE),
        ("follow_up", cues.FOLLOW_UP), ("pronoun", cues.PRONOUNS),
    )  # fmt: skip
    for kind, table in tables:
        for phrase in table:
            index.add(normalise(phrase), kind)
    return index


def read_part(original: str, vocabulary: Vocabulary) -> Part:
    """Read a part and decide its aim, as far as it stands alone."""
    text = vocabulary.speller.correct_katakana(normalise(original))
    tokens = vocabulary.speller.correct(tokenise(text))
    part = Part(original, text, cues=_cue_index().find(text, tokens), found=vocabulary.phrases_in(text, tokens))
    part.aim = _aim(part, vocabulary)
    return part


def parts_of(question: str, vocabulary: Vocabulary) -> list[Part]:
    """The parts of a question, in order; neighbours with one aim are one part."""
    breaks = sorted({match.end() for match in compiled(cues.BREAKS).finditer(question)} | {0, len(question)})
    pieces = [question[start:end] for start, end in pairwise(breaks)]
    pieces = [piece for piece in pieces if any(character.isalnum() for character in piece)]
    if len(pieces) < 2:
        return [read_part(question, vocabulary)]
    merged: list[tuple[str, Aim]] = []
    for piece in pieces:
        aim = read_part(piece, vocabulary).aim
        last = merged[-1][1] if merged else aim
        if merged and "none" in (aim, last):
            # "For the 4x4 lattice, what is the energy?": what completes a part may change what it wants.
            joined = merged[-1][0] + piece
            whole = read_part(joined, vocabulary).aim
            merged[-1] = joined, whole if whole != "none" else (aim if last == "none" else last)
        elif merged and aim == last:
            merged[-1] = merged[-1][0] + piece, aim
        else:
            merged.append((piece, aim))
    parts = [read_part(piece, vocabulary) for piece, _ in merged]
    if len(parts) > 1:
        for part, (_, aim) in zip(parts, merged, strict=True):
            part.aim = aim
    return parts


def bare(original: str) -> str:
    """The words of a part without the connective it begins with and the comma it ends with."""
    text = compiled(cues.LEADING).sub("", original.strip(), count=1)
    text = compiled(cues.TRAILING).sub("", text)
    return text.strip(" ,、;；:—–-\n\t") or original.strip()


def quantities(part: Part, vocabulary: Vocabulary) -> tuple[list[QuantityWord], list[QuantityWord]]:
    """The quantities a part names: those a tool computes, and those none does."""
    named = [item.payload for item in part.found if isinstance(item.payload, QuantityWord)]
    can = [word for word in named if vocabulary.computed_by[word.quantity.name.en]]
    cannot = [word for word in named if not vocabulary.computed_by[word.quantity.name.en] and not word.context]
    return can, cannot


def _aim(part: Part, vocabulary: Vocabulary) -> Aim:
    can, cannot = quantities(part, vocabulary)
    wanted = any(not word.context for word in can)
    # "Gap" names what is wanted; that it also sets how many levels are found tells nothing of a system.
    asked = {(item.start, item.end) for item in part.found if isinstance(item.payload, QuantityWord)}
    values = any(isinstance(item.payload, ValueWord) and (item.start, item.end) not in asked for item in part.found)
    tool_words = any(
        isinstance(item.payload, ToolWord) and vocabulary.tools[item.payload.tool].evidence == "computed"
        for item in part.found
    )
    systems = any(isinstance(item.payload, SystemWord) for item in part.found)
    numbers = compiled(r"\d").search(without_numbered_words(part)) is not None
    orders = part.has("compute")
    first = min(
        (cue for cue in part.cues if cue.payload in ("hard", "ask", "compute", "defining")), key=_place, default=None
    )
    told = values or numbers or systems
    if tool_words and values and numbers and compiled(cues.OUTCOME).search(part.text):
        return "compute"
    if wanted and told and numbers and compiled(cues.VARIES).search(part.text):
        return "compute"
    if part.has("hard") and not (first is not None and first.payload == "compute" and part.text.isascii()):
        return "ask"
    if part.has("defining") and not (wanted and numbers):
        return "ask"
    if part.has("ask") and not (orders or (wanted and numbers)):
        return "ask"
    if _starts_as_question(part) and not orders and not wanted:
        return "ask"
    if (wanted or (can and numbers)) and (told or orders or part.has("pronoun")):
        return "compute"
    if can and told and not part.has("weak"):
        return "compute"
    if tool_words and (orders or (told and not part.has("weak"))):
        return "compute"
    if cannot and (orders or (numbers and values)):
        return "compute"
    if orders and (values or systems or wanted):
        return "compute"
    if part.has("weak") and not told:
        return "ask"
    if part.has("weak") and not numbers and not part.has("follow_up"):
        return "ask"
    # "Give me an overview of the book" orders, but nothing that could be computed.
    return "ask" if part.has("hard") else "none"


def _place(cue: Found[Cue]) -> int:
    return cue.start


def _starts_as_question(part: Part) -> bool:
    lead = len(part.text) - len(compiled(cues.LEADING).sub("", part.text, count=1))
    return "=" not in part.text and any(cue.payload == "start" and cue.start <= lead for cue in part.cues)


def without_numbered_words(part: Part) -> str:
    """The text without the numbers that belong to words: "spin-1/2", "J1-J2", "2D"."""
    text = part.text
    for item in reversed(part.found):
        if isinstance(item.payload, ValueWord | FalseFriend | SystemWord | QuantityWord | ToolWord):
            text = text[: item.start] + " " * (item.end - item.start) + text[item.end :]
    return text
