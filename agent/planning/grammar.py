"""From a normalised text to mentions: which slot is said where, with which values.

Values are found first; each is then owned by the name before it ("h = 0.5", "field of 0.5", 「横磁場0.5」) or by the
noun after it ("20 sites", 「300回の反復」). Words of enumerated values own themselves.
"""

import re
from dataclasses import replace

from agent.planning.lexicon import cues
from agent.planning.mentions import Mention, MentionKind, Mentions, int_or_none
from agent.planning.phrases import Found, Token, tokenise
from agent.planning.slots import FieldSlot, Payload, SlotWord, ValueWord, Vocabulary, canonical_symbol
from agent.planning.values import Group, groups

_NAME = r"[A-Za-zΑ-ω][A-Za-z0-9_Α-ω]*'*(?:\^[A-Za-z_]+)?(?:\s*/\s*[A-Za-zΑ-ω][A-Za-z0-9_]*)?"
_ASSIGNED = re.compile(rf"(?<![A-Za-z0-9_^/Α-ω])({_NAME})\s*(?::=|==?|≈|≃|:|∈)\s*[\[({{]?\s*$")
_ADJACENT = re.compile(
    r"(?<![A-Za-z0-9_^/Α-ω])([A-ZΑ-ω][A-Za-z0-9_]*(?:/[A-ZΑ-ω][A-Za-z0-9_]*)?|[hg]/J|[a-z]\w+|[hg])\s*$"
)
_LINK = re.compile(
    r"(?:\s|:=|=|≈|:|\(|\[|\{|∈|\bof\b|\bis\b|\bare\b|\bat\b|\bto\b|\bfrom\b|\bbetween\b|\bin\b|\bover\b|\branging\b|\bvarying\b|"
    r"\bset\b|\bequals?\b|\bequal\b|\bstrength\b|\bvalues?\b|\babout\b|\baround\b|\babout\b|の値|は|を|が|について|に関して|として|を?変えて|"
    r"の強さ|<=?|>=?|≤|≥|~)*$"
)
_AFTER = re.compile(r"[\s\-]*(?:の|つの|of\s+|本の)?")
_RELATIVE_TAIL = r"\s*\*?\s*\|?(?:{units})\|?(?![A-Za-z0-9_/])"
_WINDOW = 48
_PI = r"[-+]?\d*\s*\*?\s*(?:π|\bpi\b)(?:\s*/\s*\d+)?"
_PI_LIST = re.compile(rf"(?=[^,]*(?:π|pi))(?:{_PI}|\d+)(?:\s*,\s*(?:{_PI}|\d+))*")
_SYMBOL_BEFORE = re.compile(r"(?<![A-Za-z0-9_Α-ω])[A-Za-zΑ-ω]\w*$")
# What is said after any number, and names nothing itself.
_COUNTER = re.compile(r"\s*[個つ本](?!の)")
# The factor of a Hamiltonian, "H = 2J Σ ...", is read with its convention.
_BEFORE_SUM = re.compile(r"\s*\)?\s*\*?\s*(?:J_?1?)?\s*\)?\s*(?:Σ|\b[Ss]um\b)")
_PHYSICAL_UNIT = re.compile(r"\s?(meV|eV|keV|mK|K|T|Tesla|GPa|MPa|Å|nm|pm|fs|ps|ns|kJ/mol|cm\^?-1|Hz)(?![A-Za-z0-9_])")
_PERCENT = re.compile(r"\s?(%|percent\b|パーセント)")
# "at most 8 sites", "N > 8", 「8サイト以上」: a bound, and no value.
_BOUND_BEFORE = re.compile(
    r"(?:[<>≤≥]=?|\b(?:at\s+(?:most|least)|up\s+to|(?:fewer|less|more|greater|larger|smaller|bigger)\s+than|over|under|below|above|beyond))\s*$",
    re.I,
)
_BOUND_AFTER = re.compile(r"\s*(?:サイト|スピン|個)?\s*(?:以上|以下|未満|を?超|より(?:も)?(?:大き|小さ|多|少))")
_GOES_ON = re.compile(r"[\s)\]}]*(?:/|\||(?:,\s*)?(?:and\s+)?then\b)?\s*")
_LIST_ENDS = re.compile(
    r"[\s)\]}]*(?:$|[,.;:?!/|、。；]|\d|[ぁ-ん]|(?:for|with|at|on|in|of|using|by|and|or|as|to|please|pls|each|respectively)\b)",
    re.I,
)
_STRAY = re.compile(r"(?<![A-Za-zΑ-ω0-9_^.])\d+(?:\.\d+)?(?![\d])")
# Part of an index or of a formula: "σ_i+1", "Σ_i=1^N".
_INDEX = re.compile(r"[_^]\S*$|[A-Za-z]\s*[+-]\s*$")
_FACTORS = {"meV": ("eV", 1e-3), "keV": ("eV", 1e3), "mK": ("K", 1e-3), "MPa": ("GPa", 1e-3), "nm": ("Å", 10.0)}
_FACTORS |= {"pm": ("Å", 0.01), "ps": ("fs", 1e3), "ns": ("fs", 1e6)}


def read_mentions(text: str, vocabulary: Vocabulary) -> Mentions:
    """Find all mentions in a normalised text whose katakana is already corrected."""
    tokens: list[Token] = vocabulary.speller.correct(tokenise(text))
    found = vocabulary.phrases_in(text, tokens)
    said = _relative_mentions(text, vocabulary) + _multiples_of_pi(text, found, vocabulary)
    said += [
        Mention(item.payload, (text[item.start : item.end],), item.start, item.end, text[item.start : item.end])
        for item in vocabulary.files(text)
    ]
    found += _within(text, found, tokens, vocabulary)
    said += _choices(text, found)
    unknown: list[tuple[str, str]] = []
    loose: list[tuple[int, int, int]] = []
    claimed = [(mention.start, mention.end) for mention in said if mention.slot.kind != "choice"]
    words = [item for item in found if isinstance(item.payload, SlotWord) and _takes_numbers(item.payload.slot)]
    unread: list[tuple[str, int]] = []
    found_groups = _split(groups(text), text, words)
    last: list[Mention] = []
    for group in found_groups:
        if any(start < group.end and group.start < end for start, end in claimed):
            continue
        if _BEFORE_SUM.match(text, group.end) or _inside_a_phrase(found, group):
            continue
        mentions, symbol = _owned(text, group, words, found, vocabulary)
        if not mentions and not symbol and _goes_on(text, last, group, found):
            mentions = [_longer(text, mention, group) for mention in last]
            said = [mention for mention in said if mention not in last]
        if mentions and _is_open(text, group):
            mentions = [mention if mention.problem else replace(mention, problem="open") for mention in mentions]
        if mentions:
            said += mentions
            last = mentions
        elif symbol:
            unknown.append((symbol, _words_of(text, text.rfind(symbol, 0, group.start), group.end)))
        else:
            if len(group.numbers) == 1 and group.numbers[0] == int_or_none(group.numbers[0]):
                loose.append((int(group.numbers[0]), group.start, group.end))
            if not _INDEX.search(text[: group.start]):
                unread.append((_words_of(text, group.start, group.end), group.start))
    spans = [(item.start, item.end) for item in found_groups] + [(item.start, item.end) for item in said]
    unread += _stray(text, found, spans)
    said.sort(key=lambda mention: (mention.start, mention.end))
    return Mentions(tuple(said), tuple(unknown), tuple(loose), tuple(found), tuple(unread))


def _is_open(text: str, group: Group) -> bool:
    """Whether a number is a bound; "J < 0" says what it must be, and is refused as that."""
    if group.is_range or group.numbers == (0.0,):
        return False
    before = text[max(0, group.start - _WINDOW) : group.start]
    return _BOUND_BEFORE.search(before) is not None or _BOUND_AFTER.match(text, group.end) is not None


def _goes_on(text: str, last: list[Mention], group: Group, found: list[Found[Payload]]) -> bool:
    """Whether a number that belongs to nothing continues the list before it: "h=0.5 1.0 1.5", "h=0.5 and then 1"."""
    if not last or group.shapes or group.problem or any(mention.problem or mention.unit for mention in last):
        return False
    if not _GOES_ON.fullmatch(text[last[-1].end : group.start]):
        return False
    start = group.end + len(text[group.end :]) - len(text[group.end :].lstrip(" "))
    # "h=0.5 1.0 widgets": a noun nobody knows takes its number with it.
    known = any(item.start == start and not isinstance(item.payload, SlotWord) for item in found)
    return known or _LIST_ENDS.match(text, group.end) is not None


def _longer(text: str, mention: Mention, group: Group) -> Mention:
    values = tuple(
        whole if mention.slot.kind in ("integer", "extents") and (whole := int_or_none(value)) is not None else value
        for value in group.numbers
    )
    words = _words_of(text, mention.start, group.end)
    return replace(mention, values=(*mention.values, *values), end=group.end, text=words)


def _stray(text: str, found: list[Found[Payload]], taken: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """Numbers in no group, mention or known phrase: the rest of "0.5/1.0/1.5"."""
    taken = [*taken, *((item.start, item.end) for item in found)]
    return [
        (match[0], match.start())
        for match in _STRAY.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in taken)
        and not _INDEX.search(text[: match.start()])
    ]


def _takes_numbers(slot: FieldSlot, group: Group | None = None) -> bool:
    """Whether a slot takes numbers; "4x4" goes to extents alone, as in "J1-J2 4x4"."""
    return slot.kind in (("extents",) if group and group.shapes else ("integer", "real", "extents"))


def _words_of(text: str, start: int, end: int) -> str:
    return text[max(start, 0) : end].strip(" ,、([{")


def _inside_a_phrase(found: list[Found[Payload]], group: Group) -> bool:
    """Whether the number belongs to a word: the 1 of "1D", the 2 of "J1-J2"."""
    return any(
        item.start <= group.start
        and group.end <= item.end
        and item.end - item.start > group.end - group.start
        and not isinstance(item.payload, SlotWord)
        for item in found
    )


def _within(
    text: str, found: list[Found[Payload]], tokens: list[Token], vocabulary: Vocabulary
) -> list[Found[Payload]]:
    """Values of other slots inside a longer phrase: the chain in "Ising chain in a transverse field"."""
    inner: list[Found[Payload]] = []
    filled: dict[tuple[int, int], set[str]] = {}
    for item in found:
        if isinstance(item.payload, ValueWord):
            filled.setdefault((item.start, item.end), set()).add(item.payload.slot.name)
    for item in found:
        if isinstance(item.payload, ValueWord):
            for token in tokens:
                if (
                    item.start <= token.start
                    and token.end <= item.end
                    and token.end - token.start < item.end - item.start
                ):
                    inner += [
                        part
                        for part in vocabulary.index.find(text, [token])
                        if isinstance(part.payload, ValueWord)
                        and part.payload.slot.name not in filled[item.start, item.end]
                    ]
    return list(dict.fromkeys(inner))


def _choices(text: str, found: list[Found[Payload]]) -> list[Mention]:
    """Words of enumerated values, without those that are denied ("not periodic", 「周期境界ではなく」)."""
    mentions = []
    for item in found:
        if not isinstance(item.payload, ValueWord):
            continue
        before, after = text[max(0, item.start - _WINDOW) : item.start], text[item.end :]
        if re.search(cues.NEGATED_BEFORE, before, re.I) or re.search(cues.NEGATED_AFTER, after):
            continue
        slot = item.payload.slot
        value, kind = _meant(item.payload)
        words = text[item.start : item.end]
        mentions.append(Mention(slot, (value,), item.start, item.end, words, kind=kind, relative=True))
    return mentions


def _meant(word: ValueWord) -> tuple[object, MentionKind]:
    """The value a word stands for: "dimer" is 2 sites, "plaquette" extents of 2x2."""
    if word.slot.kind == "choice":
        return next((option for option in word.slot.options if str(option) == word.value), word.value), "value"
    if word.slot.kind == "extents":
        extents = tuple(int(extent) for extent in word.value.split("x"))
        return (extents, "extents") if len(extents) > 1 else (extents[0], "total")
    return (int(word.value) if word.slot.kind == "integer" else float(word.value)), "value"


def _relative_mentions(text: str, vocabulary: Vocabulary) -> list[Mention]:
    """ "h = J/2", "J2 = J1", "h = 2J/3": values made of the symbol of the unit."""
    mentions = []
    for slot in {item for slots in vocabulary.slots.values() for item in slots if item.slot.unit_of}:
        units = _unit_symbols(slot, vocabulary)
        names = "|".join(re.escape(name) for name in _spellings(slot.slot.symbols) if "/" not in name)
        if not units or not names:
            continue
        pattern = (
            rf"(?<![A-Za-z0-9_/])(?:{names})\s*=\s*(\d+(?:\.\d+)?)?\s*\*?\s*(?:{units})"
            rf"(?:\s*/\s*(\d+(?:\.\d+)?))?(?![A-Za-z0-9_/])"
        )
        for match in re.finditer(pattern, text):
            value = float(match[1] or 1) / float(match[2] or 1)
            mentions.append(Mention(slot, (value,), match.start(), match.end(), match[0], relative=True))
    return mentions


def _multiples_of_pi(text: str, found: list[Found[Payload]], vocabulary: Vocabulary) -> list[Mention]:
    """ "k = π", "momentum (π, 0)", 「運動量π/2」: values made of π."""
    mentions = []
    for slot in dict.fromkeys(item for slots in vocabulary.slots.values() for item in slots if item.slot.of_pi):
        for match in _PI_LIST.finditer(text):
            link = _LINK.search(text, max(0, match.start() - _WINDOW), match.start())
            end = link.start() if link else match.start()
            symbol = _SYMBOL_BEFORE.search(text, max(0, end - _WINDOW), end)
            named = [item.start for item in found if item.end == end and getattr(item.payload, "slot", None) is slot]
            if not named and symbol and slot in vocabulary.named(symbol[0]):
                named = [symbol.start()]
            if named:
                values = tuple(part.strip() for part in match[0].split(","))
                mentions.append(Mention(slot, values, named[0], match.end(), text[named[0] : match.end()]))
    return mentions


def _spellings(symbols: tuple[str, ...]) -> list[str]:
    both = {*symbols, *(re.sub(r"(?<=[A-Za-z])(?=\d)", "_", symbol) for symbol in symbols)}
    return sorted(both, key=len, reverse=True)


def _unit_symbols(slot: FieldSlot, vocabulary: Vocabulary) -> str:
    for slots in vocabulary.slots.values():
        if slot in slots:
            units = [item for item in slots if item.name == slot.slot.unit_of]
            return "|".join(re.escape(name) for unit in units for name in _spellings(unit.slot.symbols))
    return ""


def _split(found: list[Group], text: str, words: list[Found[Payload]]) -> list[Group]:
    """Give the last item of a list to the noun after it when the list has a name: "N=20, 300 iterations"."""
    split = []
    for group in found:
        offset = max(0, group.start - _WINDOW)
        before = _ASSIGNED.search(text[offset : group.start])
        link = _LINK.search(text, offset, group.start)
        named = [
            item.payload.slot
            for item in words
            if link and item.end == link.start() and isinstance(item.payload, SlotWord)
        ]
        if (before or named) and len(group.places) > 1 and not group.is_range:
            after = _noun_after(text, group.end, words)
            same = any(
                item in named or (before and canonical_symbol(before[1]) in map(canonical_symbol, item.slot.symbols))
                for item in after
            )
            if after and not same:
                split += [group.head(), group.last()]
                continue
        split.append(group)
    return split


def _noun_after(text: str, end: int, words: list[Found[Payload]]) -> list[FieldSlot]:
    match = _AFTER.match(text, end)
    start = match.end() if match else end
    return [item.payload.slot for item in words if item.start in (start, end) and isinstance(item.payload, SlotWord)]


def _owned(
    text: str, group: Group, words: list[Found[Payload]], found: list[Found[Payload]], vocabulary: Vocabulary
) -> tuple[list[Mention], str]:
    """The mentions a group of values belongs to, or the unknown symbol it was assigned to."""
    # Names stand close to their values; a window keeps the search linear in the length of the text.
    offset = max(0, group.start - _WINDOW)
    before = text[offset : group.start]
    link = _LINK.search(before)
    name_end = offset + link.start() if link else group.start
    words = [item for item in words if isinstance(item.payload, SlotWord) and _takes_numbers(item.payload.slot, group)]
    named = [item for item in words if item.end == name_end]
    linked = "=" in text[name_end : group.start] or ":" in text[name_end : group.start]
    assigned = _ASSIGNED.search(before)
    if assigned and not (named and linked):
        symbol = assigned[1]
        slots = [slot for slot in vocabulary.named(symbol) if _takes_numbers(slot, group)]
        if slots:
            return [_mention(text, group, slot, symbol, offset + assigned.start(), vocabulary) for slot in slots], ""
        if not _known_word(found, assigned, offset):
            return [], symbol
    counted = _COUNTER.match(text, group.end) or re.search(r"\bof\s*$", before)
    if named and (linked or (counted and not re.search(r"\d[\s-]*$", text[offset : named[0].start]))):
        # 「電子2個」 and "a block of 4 sites" count what was named before them; "300 iterations of 8 sites" do not.
        return [_named(text, group, item, vocabulary) for item in named], ""
    for item in words:
        follows = _AFTER.match(text, group.end)
        if item.start >= group.end and follows and item.start <= follows.end() and isinstance(item.payload, SlotWord):
            return [
                _mention(text, group, other.payload.slot, other.payload.phrase, group.start, vocabulary, end=other.end)
                for other in words
                if other.start == item.start and isinstance(other.payload, SlotWord)
            ], ""
    if named:
        mentions = [_named(text, group, item, vocabulary) for item in named]
        return [mention for mention in mentions if not _fraction_of_a_count(mention)], ""
    if adjacent := _ADJACENT.search(text[offset:name_end]):
        slots = [slot for slot in vocabulary.named(adjacent[1]) if _takes_numbers(slot, group)]
        exact = [slot for slot in slots if canonical_symbol(adjacent[1]) in map(canonical_symbol, slot.slot.symbols)]
        if exact:
            start = offset + adjacent.start()
            return [_mention(text, group, slot, adjacent[1], start, vocabulary) for slot in exact], ""
    if group.shapes:
        slots = [slot for slots in vocabulary.slots.values() for slot in slots if slot.kind == "extents"]
        return [_mention(text, group, slot, "", group.start, vocabulary) for slot in dict.fromkeys(slots)], ""
    return _chain_of(text, group, found, vocabulary), ""


def _chain_of(text: str, group: Group, found: list[Found[Payload]], vocabulary: Vocabulary) -> list[Mention]:
    """ "a chain of 20", "20 Heisenberg spins": a size beside the word for the lattice, or a word further."""
    for slot in dict.fromkeys(item for slots in vocabulary.slots.values() for item in slots if item.slot.extents):
        extents = slot.slot.extents
        for item in found:
            if not isinstance(item.payload, ValueWord):
                continue
            of = re.fullmatch(r"\s*(?:of|with|:)\s*(?:length\s*)?", text[item.end : group.start])
            if extents and of and item.payload.slot.name == extents.kind:
                return [_mention(text, group, slot, "", item.start, vocabulary)]
            beside = text[group.end : item.start]
            if item.start >= group.end and re.fullmatch(r"[\s-]*", beside):
                for noun in _noun_after(
                    text, item.end, [other for other in found if isinstance(other.payload, SlotWord)]
                ):
                    if noun is slot:
                        return [_mention(text, group, slot, "sites", group.start, vocabulary)]
    return []


def _known_word(found: list[Found[Payload]], assigned: re.Match[str], offset: int) -> bool:
    """Whether what stands before "=" or ":" is an ordinary word ("model: 4x4", "for 4x4: 3")."""
    start, end = offset + assigned.start(1), offset + assigned.end(1)
    colon = ":" in assigned[0] and ":=" not in assigned[0]
    return colon or any(
        item.start <= start and end <= item.end and isinstance(item.payload, ValueWord) for item in found
    )


def _named(text: str, group: Group, item: Found[Payload], vocabulary: Vocabulary) -> Mention:
    assert isinstance(item.payload, SlotWord)
    return _mention(text, group, item.payload.slot, item.payload.phrase, item.start, vocabulary)


def _fraction_of_a_count(mention: Mention) -> bool:
    """ "spin 1/2" does not say how many."""
    return mention.slot.kind in ("integer", "extents") and any(
        isinstance(value, float) and value % 1 for value in mention.values
    )


def _mention(
    text: str, group: Group, slot: FieldSlot, name: str, start: int, vocabulary: Vocabulary, end: int | None = None
) -> Mention:
    stop = end or group.end
    values: tuple[object, ...] = group.shapes or tuple(
        whole if slot.kind in ("integer", "extents") and (whole := int_or_none(value)) is not None else value
        for value in group.numbers
    )
    mention = Mention(slot, values, start, stop, _words_of(text, start, stop), problem=group.problem, phrase=name)
    if slot.kind == "extents":
        return replace(mention, kind=_extents_kind(slot, name, group))
    if slot.slot.unit_of:
        units = _unit_symbols(slot, vocabulary)
        tail = re.match(_RELATIVE_TAIL.format(units=units), text[group.end :]) if units else None
        ratio = "/" in name
        foreign = None if tail else _PHYSICAL_UNIT.match(text, group.end) or _PERCENT.match(text, group.end)
        if foreign:
            return replace(mention, unit=foreign[1], text=_words_of(text, start, foreign.end()))
        if tail and tail.end():
            mention = replace(
                mention, end=max(stop, group.end + tail.end()), text=_words_of(text, start, group.end + tail.end())
            )
        return replace(mention, relative=ratio or tail is not None)
    if unit := _PHYSICAL_UNIT.match(text, group.end) or _PERCENT.match(text, group.end):
        base, factor = _FACTORS.get(unit[1], (unit[1], 1.0))
        if base == slot.slot.unit:
            scaled = tuple(value * factor if isinstance(value, float) else value for value in values)
            return replace(mention, values=scaled, end=max(stop, unit.end()))
        return replace(mention, unit=unit[1], text=_words_of(text, start, unit.end()))
    return mention


def _extents_kind(slot: FieldSlot, name: str, group: Group) -> MentionKind:
    if group.shapes:
        return "extents"
    extents = slot.slot.extents
    total = extents.total if extents else ()
    if not name:
        return "total"
    exact = {canonical_symbol(item) for item in total}
    folded = {item.casefold() for item in exact}
    return "total" if canonical_symbol(name) in exact or canonical_symbol(name).casefold() in folded else "side"
