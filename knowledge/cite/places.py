"""Numbers and formulas in their place: with their unit, and said of what the passage says them of."""

import re
from collections.abc import Callable, Sequence

from knowledge.text import search_copy

_VALUE = re.compile(r"\$(?P<formula>[^$]+)\$|(?<![A-Za-z\d.\\_^{])(?P<number>\d+(?:\.\d+)*)")
_UNIT = re.compile(
    r"(?:\s|\\[,; ])*(?:\\mathrm\{|\\text\{)?"
    r"(%|°\s?C|degrees?|per ?cent|[numkMGTμµ]?(?:eV|Hz|Pa|W|J|K|V|T|N|m|s|g|A)(?![A-Za-z]))"
)
_CLEARLY = 2


def misplaced(sentence: str, sources: Sequence[str], words_of: Callable[[str], set[str]]) -> str:
    """Why a number or formula that stands in a passage does not stand there for what a sentence says; "" if it may.

    Args:
        sentence: One sentence.
        sources: The sentences of the passages it names.
        words_of: What carries the meaning of a text, as roots.
    """
    values = _values(sentence)
    if not values:
        return ""
    for match in _VALUE.finditer(sentence):
        if match["number"] and (unit := _UNIT.match(sentence, match.end())):
            there = [_units_of(match["number"], source) for source in sources]
            found = {item for units in there for item in units}
            if found and _plain(unit[1]) not in found:
                return f"{match[0]} stands in the passage in another unit"
    said = {value: words_of(label) for value, label in values.items()}
    told = [_values(source) for source in sources]
    for labels in told:
        both = [value for value in said if value in labels]
        for position, one in enumerate(both):
            for other in both[position + 1 :]:
                here = {value: words_of(labels[value]) for value in (one, other)}
                straight = len(said[one] & here[one]) + len(said[other] & here[other])
                crossed = len(said[one] & here[other]) + len(said[other] & here[one])
                if crossed > straight:
                    return f"{one} and {other} stand the other way round in the passage"
    if len(said) == 1:
        (value,) = said
        words = words_of(_VALUE.sub(" ", sentence))
        common = [(len(words & words_of(_VALUE.sub(" ", source)))) for source in sources]
        own = max((count for count, labels in zip(common, told, strict=True) if value in labels), default=0)
        elsewhere = max(
            (count for count, labels in zip(common, told, strict=True) if labels and value not in labels), default=0
        )
        if elsewhere >= own + _CLEARLY:
            return f"the passage says it of another value than {value}"
    return ""


def _values(text: str) -> dict[str, str]:
    """Each number and formula, with the words since the one before; the first time it stands there."""
    found: dict[str, str] = {}
    last = 0
    for match in _VALUE.finditer(text):
        name = re.sub(r"\s+", "", search_copy(match[0]))
        found.setdefault(name, text[last : match.start()])
        last = match.end()
    return found


def _units_of(number: str, source: str) -> set[str]:
    """Units that follow a number in a source, "" where none does; nothing where a word that may be one follows."""
    found = set()
    for match in re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", source):
        if unit := _UNIT.match(source, match.end()):
            found.add(_plain(unit[1]))
        elif not re.match(r"\s*[\u3040-\u9fff]", source[match.end() :]):
            found.add("")
    return found


def _plain(unit: str) -> str:
    unit = unit.replace(" ", "").replace("µ", "μ")
    return {"degree": "degrees", "percent": "%"}.get(unit, unit)
