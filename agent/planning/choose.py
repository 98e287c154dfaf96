"""Which tools a question leads to, by the words they declare; nothing here knows a tool."""

import re

from rapidfuzz import fuzz, process

from agent.planning.clauses import Part, quantities
from agent.planning.lexicon import cues
from agent.planning.mentions import Mentions
from agent.planning.patterns import compiled
from agent.planning.slots import QuantityWord, ToolWord, Vocabulary

_METHOD = 2.0
_QUANTITY = 1.0
_FIELD = 0.3


def choose_tools(parts: list[Part], mentions: Mentions, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The computing tools the parts lead to, best first; empty where no word speaks for any.

    A word that is no quantity names a method ("exact"), and of the tools that declare it the one that computes most of
    what is asked for; a word for a quantity speaks for every tool that computes it. Where two methods are named, or a
    method is to be compared with what is usual, both tools are taken.
    """
    text = " ".join(part.text for part in parts)
    by_name = tuple(name for name in vocabulary.tools if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.]*\w)", text))
    if by_name:
        return by_name
    if reading := _reading_a_file(mentions, vocabulary):
        return (reading,)
    if comparing := _comparing(parts, mentions, vocabulary):
        return (comparing,)
    wanted = wanted_quantities(parts, vocabulary)
    methods, named = _scores(parts, wanted, vocabulary)
    scores = {name: methods.get(name, 0.0) + named.get(name, 0.0) for name in {*methods, *named}}
    if not scores:
        return ()
    order = list(vocabulary.tools)
    # That "gap" also sets how many levels are found says nothing more than that a gap is wanted.
    asked = {(item.start, item.end) for item in mentions.found if isinstance(item.payload, QuantityWord)}
    values = [
        mention
        for mention in mentions.said
        # Nor does one ansatz alone say that several are to be compared.
        if (mention.start, mention.end) not in asked and not mention.slot.slot.together
    ]
    for name in scores:
        own = {slot.name for slot in vocabulary.slots[name]}
        others = [{slot.name for slot in vocabulary.slots[other]} for other in scores if other != name]
        said = {mention.slot.name for mention in values if mention.slot in vocabulary.slots[name]}
        scores[name] += _FIELD * sum(any(item not in other for other in others) for item in said & own)
    ranked = sorted(scores, key=lambda name: (-scores[name], order.index(name)))
    if len(methods) > 1:
        return tuple(sorted(methods, key=order.index))
    compared = any(part.has("compare") for part in parts)
    if compared and len(methods) == 1 and not any(len(mention.values) > 1 for mention in mentions.said):
        usual = [name for name in order if name in named and name not in methods]
        return tuple(sorted({*methods, *usual[:1]}, key=order.index))
    return _covering(tuple(ranked), wanted, vocabulary)


def wanted_quantities(parts: list[Part], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The quantities that are asked for and that some tool computes, by their English names."""
    named = [word for part in parts for word in quantities(part, vocabulary)[0] if not word.context]
    return tuple(dict.fromkeys(word.quantity.name.en for word in named))


def _covering(ranked: tuple[str, ...], wanted: tuple[str, ...], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The best tool, and where it leaves out something that is asked for, the best for that: gap and magnetisation."""
    chosen = list(ranked[:1])
    left = [name for name in wanted if chosen[0] not in vocabulary.computed_by[name]]
    if len(left) == len(wanted):
        return tuple(chosen)  # a method that computes none of it is not replaced by another
    for quantity in left:
        if not set(chosen) & set(vocabulary.computed_by[quantity]):
            chosen += [name for name in ranked if name in vocabulary.computed_by[quantity]][:1]
    return tuple(chosen)


def _reading_a_file(mentions: Mentions, vocabulary: Vocabulary) -> str | None:
    """The tool that cannot do without the file that is named."""
    files = [mention.slot for mention in mentions.said if mention.slot.slot.suffixes and mention.slot.required]
    return next((name for name, slots in vocabulary.slots.items() if any(slot in files for slot in slots)), None)


def _comparing(parts: list[Part], mentions: Mentions, vocabulary: Vocabulary) -> str | None:
    """The tool that compares what is to be compared: "RBM against MPS" is one calculation, not one for each."""
    if not any(part.has("compare") for part in parts):
        return None
    for name in vocabulary.tools:
        for slot in vocabulary.slots[name]:
            said = {value for mention in mentions.said if mention.slot is slot for value in mention.values}
            if slot.slot.together and len(said) > 1:
                return name
    return None


def _scores(
    parts: list[Part], wanted: tuple[str, ...], vocabulary: Vocabulary
) -> tuple[dict[str, float], dict[str, float]]:
    methods: dict[str, float] = {}
    named: dict[str, float] = {}
    order = list(vocabulary.tools)

    def computes(name: str) -> int:
        return sum(name in vocabulary.computed_by[quantity] for quantity in wanted)

    for part in parts:
        quantity_spans = {(item.start, item.end) for item in part.found if isinstance(item.payload, QuantityWord)}
        sharing: dict[tuple[int, int], list[str]] = {}
        for item in part.found:
            span = item.start, item.end
            if isinstance(item.payload, QuantityWord):
                for name in vocabulary.computed_by[item.payload.quantity.name.en]:
                    named[name] = _QUANTITY * max(1, computes(name))
            elif isinstance(item.payload, ToolWord) and vocabulary.tools[item.payload.tool].evidence == "computed":
                denied = compiled(cues.NEGATED_BEFORE).search(part.text[: item.start])
                if not denied and not compiled(cues.NEGATED_AFTER).search(part.text[item.end :]):
                    sharing.setdefault(span, []).append(item.payload.tool)
        for span, names in sorted(sharing.items(), key=lambda item: len(item[1]) > 1):
            if span not in quantity_spans:
                # "Variationally" is said of energies, of gaps, of quenches: what else is said decides.
                name = min(names, key=lambda one: (one not in methods, -computes(one), order.index(one)))
                methods[name] = methods.get(name, 0.0) + _METHOD
                continue
            for name in names:
                named[name] = max(named.get(name, 0.0), _QUANTITY)
    return methods, named


def nearest_tools(text: str, vocabulary: Vocabulary, count: int = 3) -> tuple[str, ...]:
    """The capabilities whose title, words and examples are most like a text, best first."""
    described = {}
    for name, tool in vocabulary.tools.items():
        words = [word for said in tool.words.values() for word in said]
        examples = [said for example in tool.examples for said in (example.en, example.ja)]
        described[name] = " ".join((tool.title.en, tool.title.ja, *words, *examples)).lower()
    found = process.extract(text.lower(), described, scorer=fuzz.token_set_ratio, limit=count)
    return tuple(str(item[2]) for item in found)
