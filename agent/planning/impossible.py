"""Questions no tool could answer, whatever its Spec: refused with the physics of why."""

from agent.planning.clauses import Part, quantities
from agent.planning.lexicon import physics
from agent.planning.mentions import Mention, Mentions, int_or_none
from agent.planning.patterns import compiled
from agent.planning.reading import Refusal
from agent.planning.refusals import refusal
from agent.planning.sentences import say
from agent.planning.slots import SystemWord, Vocabulary, options_of
from agent.planning.values import groups
from physics_engines.text import Language
from tools.errors import ExitStatus

_TEMPERATURES = ("T", "temperature", "Temp", "temp", "温度")
# Symbols that say nothing a Spec would have to take up: energies of a claim, units, ...
_HARMLESS = frozenset({"E", "E0", "E_0", "e", "H", "ħ", "hbar", "kB", "k_B"})
# ... and those that say nothing new with these values: the spin, the sector, the dimension.
_HARMLESS_AT = {
    **dict.fromkeys(("S", "s", "spin"), (0.5,)),
    **dict.fromkeys(("M", "m"), (0.0,)),
    **dict.fromkeys(("d", "D"), (1.0, 2.0)),
}
_MANY_SPINS = 24
_NO_MACHINE = 10**8


def impossible(
    text: str, parts: list[Part], mentions: Mentions, vocabulary: Vocabulary, language: Language
) -> Refusal | None:
    """The refusal of a computation that no tool offers, or that has no meaning; None for others."""
    for symbol, words in mentions.unknown:
        if symbol in _TEMPERATURES:
            values = [value for group in groups(words) for value in group.numbers]
            if any(not value > 0 or value == float("inf") for value in values if value != 0):
                return refusal(
                    "meaningless", language, ExitStatus.BAD_INPUT, what=words, why=say("temperature", language)
                )
    heat = compiled(physics.TEMPERATURE).search(text)
    if heat is not None and not any(mention.start <= heat.start("value") < mention.end for mention in mentions.said):
        value = float(heat["value"])
        if not 0 <= value < float("inf"):
            why = say("temperature", language)
            return refusal("meaningless", language, ExitStatus.BAD_INPUT, what=heat[0], why=why)
        if value and not _is_slot("temperature", vocabulary):
            return refusal("unknown_parameter", language, what=heat[0])
    if compiled(physics.INFINITE).search(text):
        return refusal("infinite", language)
    if compiled(physics.ALL_AMPLITUDES).search(text) and _largest(mentions) > _MANY_SPINS:
        return refusal("all_amplitudes", language)
    for mention in mentions.said:
        if _size(mention) > _NO_MACHINE:
            return refusal("too_large_system", language, what=mention.text)
    systems = [item for part in parts for item in part.found if isinstance(item.payload, SystemWord)]
    if systems:
        names = dict.fromkeys(
            item.payload.system.name.in_language(language) for item in systems if isinstance(item.payload, SystemWord)
        )
        offered = available(vocabulary, language)
        return refusal("unknown_system", language, ExitStatus.BAD_INPUT, what=", ".join(names), available=offered)
    if any(cannot for cannot in _uncomputed(parts, vocabulary)) and not _computed(parts, vocabulary):
        named = ", ".join(uncomputed_names(parts, vocabulary, language))
        return refusal("not_computed", language, what=named, available=computable(vocabulary, language))
    for symbol, words in mentions.unknown:
        given = {value for group in groups(words[len(symbol) :]) for value in group.numbers}
        allowed = (0.0,) if symbol in _TEMPERATURES else _HARMLESS_AT.get(symbol, ())
        if symbol not in _HARMLESS and not (given and given <= set(allowed)):
            return refusal("unknown_parameter", language, what=words)
    return None


def uncomputed_names(parts: list[Part], vocabulary: Vocabulary, language: Language) -> list[str]:
    """The quantities in the parts that no tool computes, by name."""
    words = [word for cannot in _uncomputed(parts, vocabulary) for word in cannot]
    return list(dict.fromkeys(quantity_name(word, language) for word in words))


def available(vocabulary: Vocabulary, language: Language) -> str:
    """The models and lattices that can be named, as they stand in a sentence."""
    slots = dict.fromkeys(slot for slots in vocabulary.slots.values() for slot in slots)
    shown = [options_of(slot).in_language(language) for slot in slots if slot.kind == "choice" and slot.required]
    return "; ".join(shown) if shown else computable(vocabulary, language)


def computable(vocabulary: Vocabulary, language: Language) -> str:
    """The titles of the tools that compute, as they stand in a sentence."""
    titles = [tool.title.in_language(language) for tool in vocabulary.tools.values() if tool.evidence == "computed"]
    return "; ".join(titles) if titles else "-"


def quantity_name(word: str, language: Language) -> str:
    """A quantity, known by its English name, as it stands in a sentence."""
    for quantity in physics.QUANTITIES:
        if quantity.name.en == word:
            return quantity.name.in_language(language)
    return word


def _uncomputed(parts: list[Part], vocabulary: Vocabulary) -> list[list[str]]:
    return [[word.quantity.name.en for word in quantities(part, vocabulary)[1]] for part in parts]


def _computed(parts: list[Part], vocabulary: Vocabulary) -> bool:
    return any(not word.context for part in parts for word in quantities(part, vocabulary)[0])


def _is_slot(word: str, vocabulary: Vocabulary) -> bool:
    return any(word in slot.slot.en for slots in vocabulary.slots.values() for slot in slots)


def _size(mention: Mention) -> int:
    """The largest number of sites a mention stands for; 0 for what is no size, or no whole number."""
    largest = 0
    for value in mention.values if mention.slot.kind == "extents" else ():
        product = 1
        for extent in value if isinstance(value, tuple) else (value,):
            whole = int_or_none(extent) if isinstance(extent, int | float) else None
            product *= 10**30 if extent == float("inf") else (whole or 0)
        largest = max(largest, product)
    return largest


def _sizes(mentions: Mentions) -> list[int]:
    return [_size(mention) for mention in mentions.said] + [value for value, _, _ in mentions.loose]


def _largest(mentions: Mentions) -> int:
    return max(_sizes(mentions), default=0)
