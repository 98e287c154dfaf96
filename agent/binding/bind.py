"""Bind a draft to the ledger: put the values in, and take out whatever stands on nothing.

The draft refers to evidence as ``[E1]`` and asks for whole quotations as ``[quote E3 E4]``. Binding inserts the value
of computed evidence before its reference, puts quotations in to the letter, and removes every number, quotation,
citation and claim of proof that the ledger does not support.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from agent.binding.claims import foreign_unit, is_asserted, names_another_quantity
from agent.binding.numbers import Number, find_numbers, plain
from agent.evidence import Evidence, Ledger
from physics_engines.text import Language, Text

ProblemKind = Literal[
    "unbound_number",
    "contradicted_number",
    "wrong_quantity",
    "unknown_reference",
    "misquote",
    "unsupported_citation",
    "unsupported_proof",
    "forged_line",
    "unsupported_sentence",
]
_Applies = Callable[[re.Match[str]], bool]

REMOVED = Text(en="⟨unverified⟩", ja="⟨未検証⟩")
"""Stands in the answer where something was taken out."""


@dataclass(frozen=True)
class Problem:
    """Something in a draft that the ledger does not support."""

    kind: ProblemKind
    found: str
    """The words of the draft."""
    sentence: str
    """The sentence they stood in."""
    reason: str = ""
    """Why, where the kind does not say it."""


@dataclass(frozen=True)
class Bound:
    """A draft after binding.

    Attributes:
        text: What may be shown.
        problems: What was taken out or put right.
        used: Ids of the evidence the text refers to.
    """

    text: str
    problems: tuple[Problem, ...]
    used: tuple[str, ...]


_QUOTE = re.compile(r"\[quote((?:\s+E\d+)+)\]")
_REFERENCE = re.compile(r"\[\s*(E\d+(?:\s*[,;]\s*E\d+)*)\s*\]")
# Colours, cursor movements and changes of the direction of writing: they can hide what stands in a text.
_CONTROL = re.compile("\x1b\\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Lines that look like those the answer itself puts around the prose.
_FORGED = re.compile(
    r"^[ \t]*(?:Read as:.*|読み取り[:：].*|Evidence:?|根拠[:：]?|Tier[ :].*|Repeat[ :]+ansatz.*"
    r"|\|?\s*E\d+\s*\|?\s+(?:computed|cited|proved|計算|引用|証明)\b.*)$",
    re.MULTILINE,
)
# Marks as careless writers put them: "(E3)", "[Ref. E3]", "[e3]"; "(E0)" is an energy.
_CARELESS = re.compile(r"[\[(（【]\s*(?:Refs?\.?|Evidence|根拠|証拠)?\s*[eE]\s?([1-9]\d*)\s*[\])）】]")
# What turns the value behind it into another one.
_TURNED = re.compile(
    r"(?:(?<![\w.])[-+]|\b(?:minus|negative|twice|thrice|double|triple|half(?:\s+of)?|\d+\s*(?:times|[x*×]))\s*"
    r"|マイナス\s*|負の\s*)$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"""
      (?<=[A-Za-z_\\])(?<!\dx)\d+(?![\d.])    # J1, A5, S_2: part of a name; not the second extent of 4x4
    | (?<=[_^])\{?-?\d+(?![\d.])              # exponents and subscripts
    | (?:spin|スピン|S\s*=)[\s-]*1/2          # spin 1/2
    | (?<![\w.])[1-4][\s-]?(?:[dD]\b|次元|dimension)
    | \b(?:SU|SO|O|U|E|SL|GL)\(\d\)           # groups
    | §\s*\d+
    | (?m:^\s*(?:\d{1,2}[.)]|[-*])\s)         # list markers
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(
    r"[\"“]([^\"“”]{25,})[\"”]|[「『]([^「」『』]{12,})[」』]|«([^«»]{25,})»|(?<!\w)[‘']([^‘’'\n]{25,})[’'](?!\w)"
    r"|(?m:^\s*>\s?(?!\s*(?:[\ue000-\uf8ff\s]|\[E\d+\])*$|\s*—)(.+)$)"
)
_FOREIGN = re.compile(
    r"https?://\S+|\bwww\.\S+|\b(?:doi:\s*)?10\.\d{4,9}/\S+|\barXiv:?\s*(?:\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?"
    r"|\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]"
    r"|\(?\b[A-Z][a-zà-ÿ]+(?:\s+(?:and|&)\s+[A-Z][a-zà-ÿ]+|\s+et\s+al\.?)?,?\s*\(?(?:19|20)\d\d[a-z]?\)?"
)
_PROOF = re.compile(
    r"\b(?:(?:formally|rigorously)\s+(?:proved|proven|verified)|proved|proven|machine-checked|Q\.?E\.?D\.?"
    r"|rigorously\s+(?:shown|established|demonstrated|confirmed|true)"
    r"|(?:Lean|Coq|Isabelle)(?:\s*\d)?\s+(?:has\s+)?(?:accepts|accepted|verifies|verified|checked|confirms|confirmed|proves))\b"
    r"|\b(?:verified|checked|proved|proven)\s+(?:by|in|with)\s+(?:Lean|Coq|Isabelle)\b"
    r"|証明(?:された|されました|済み|されている|されています|した|しました)|Lean\s*\d?\s*(?:で|が|により|によって)(?:検証|証明|確認|受理|承認)"
    r"|証明によ(?:り|って)|厳密に(?:示され|証明)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_MASK_FIRST = 0xE000


def bind(
    draft: str, ledger: Ledger, parameters: Collection[float], language: Language, verbatim: Collection[str] = ()
) -> Bound:
    """Bind a draft to the ledger.

    Args:
        draft: Prose with references such as ``[E1]``.
        ledger: The evidence.
        parameters: Numbers that describe what was computed (extents, couplings, seeds); they may be repeated.
        language: Language of the marks that are left where something was removed.
        verbatim: Sentences of the tools themselves; they may stand in the draft to the letter.
    """
    return _Binding(ledger, parameters, language, verbatim).run(draft)


class _Binding:
    def __init__(
        self, ledger: Ledger, parameters: Collection[float], language: Language, verbatim: Collection[str]
    ) -> None:
        self._ledger = ledger
        self._verbatim = sorted(verbatim, key=len, reverse=True)
        self._parameters = parameters
        self._removed = REMOVED.in_language(language)
        self._problems: list[Problem] = []
        self._used: dict[str, None] = {}
        self._masked: list[str] = []

    def run(self, draft: str) -> Bound:
        text = re.sub(f"[{chr(_MASK_FIRST)}-\uf8ff]", "", _CONTROL.sub("", draft))
        text = _QUOTE.sub(self._block_quote, text)
        text = self._mask_verbatim(text)
        text = _CARELESS.sub(r"[E\1]", plain(text))
        text = self._remove(_FORGED, text, "forged_line")
        text = self._remove(_QUOTED, text, "misquote", self._is_quoted_prose)
        text = self._references(text)
        text = self._remove(_FOREIGN, text, "unsupported_citation", self._is_foreign)
        text = self._numbers(text)
        text = self._remove(_PROOF, text, "unsupported_proof", self._lacks_proof)
        return Bound(self._unmask(text), tuple(self._problems), tuple(self._used))

    def _mask(self, text: str) -> str:
        self._masked.append(text)
        return chr(_MASK_FIRST + len(self._masked) - 1)

    def _unmask(self, text: str) -> str:
        # Masks may hold masks: a value masked inside a sentence that was masked later.
        for index in range(len(self._masked) - 1, -1, -1):
            text = text.replace(chr(_MASK_FIRST + index), self._masked[index])
        return text

    def _block_quote(self, match: re.Match[str]) -> str:
        """Quotations of one place, each followed by its reference, the place last."""
        lines: list[str] = []
        labels: dict[str, None] = {}
        for name in match[1].split():
            entry = self._ledger.get(name)
            if entry is None or entry.quote is None:
                self._problem("unknown_reference", match.group(), match.string, match.start())
                return self._mask(self._removed)
            self._used[entry.id] = None
            lines += f"{entry.quote} [{entry.id}]".splitlines()
            labels[entry.label] = None
        return self._mask("\n".join(f"> {line}".rstrip() for line in [*lines, *(f"— {label}" for label in labels)]))

    def _mask_verbatim(self, text: str) -> str:
        """Set aside what is quoted to the letter: it is evidence, not a claim of the writer."""
        quotes = sorted((entry.quote for entry in self._ledger if entry.quote), key=len, reverse=True)
        told = [entry.told for entry in self._ledger if entry.quote]
        for quote in quotes:
            if quote in text:
                text = text.replace(quote, self._mask(quote))
        for sentence in self._verbatim:
            if sentence in text:
                text = text.replace(sentence, self._mask(sentence))
        for match in reversed(list(_QUOTED.finditer(text))):
            inner = _inner(match)
            if any(inner in text_of_source for text_of_source in told):
                text = text[: match.start()] + self._mask(match.group()) + text[match.end() :]
        return text

    def _is_foreign(self, match: re.Match[str]) -> bool:
        """A citation that a passage of the ledger makes is the passage's."""
        return not any(match.group() in plain(entry.told) for entry in self._ledger if entry.quote)

    def _is_quoted_prose(self, match: re.Match[str]) -> bool:
        inner = _inner(match)
        return not all(_MASK_FIRST <= ord(char) <= 0xF8FF or char.isspace() for char in inner)

    def _remove(self, pattern: re.Pattern[str], text: str, kind: ProblemKind, applies: _Applies | None = None) -> str:
        def replace(match: re.Match[str]) -> str:
            if applies is not None and not applies(match):
                return match.group()
            self._problem(kind, match.group(), match.string, match.start())
            return self._mask(self._removed)

        return pattern.sub(replace, text)

    def _problem(self, kind: ProblemKind, found: str, text: str, position: int) -> None:
        start = 0
        for end in [match.end() for match in _SENTENCE_END.finditer(text)] + [len(text)]:
            if position < end:
                break
            start = end
        self._problems.append(Problem(kind, self._unmask(found.strip()), self._unmask(text[start:end].strip())))

    def _references(self, text: str) -> str:
        """Replace references, and a number directly before one, by what the ledger holds."""

        def replace(match: re.Match[str]) -> str:
            known = [self._ledger.get(name) for name in re.findall(r"E\d+", match[1])]
            if any(entry is None for entry in known):
                self._problem("unknown_reference", match.group(), text, match.start())
            wrong = [entry for entry in known if entry is not None and self._is_miscalled(entry, text, match.span())]
            if wrong:
                self._problem("wrong_quantity", match.group(), text, match.start())
                return self._mask(self._removed)
            shown = [self._shown(entry) for entry in known if entry is not None]
            return self._mask(", ".join(shown)) if shown else self._mask(self._removed)

        pieces: list[str] = []
        position = 0
        for match in _REFERENCE.finditer(text):
            before = text[position : match.start()]
            entry = self._ledger.get(match[1].strip())
            if entry is not None and entry.value is not None:
                before = self._drop_number_before(before, entry, text, match.start())
                before = self._drop_turn_before(before, text, match.start())
            pieces += [before, replace(match)]
            position = match.end()
            if entry is not None and entry.value is not None and (unit := foreign_unit(text, position, entry)):
                self._problem("wrong_quantity", match.group() + unit[0], text, match.start())
                position = unit.end()
        return "".join([*pieces, text[position:]])

    def _is_miscalled(self, entry: Evidence, text: str, span: tuple[int, int]) -> bool:
        return entry.value is not None and names_another_quantity(text, *span, entry)

    def _drop_turn_before(self, before: str, text: str, position: int) -> str:
        """A sign or factor before a reference would make another number of its value."""
        turn = _TURNED.search(before)
        if turn is None:
            return before
        self._problem("contradicted_number", turn[0] + "…", text, position)
        return before[: turn.start()]

    def _shown(self, entry: Evidence) -> str:
        self._used[entry.id] = None
        return f"{entry.shown()} [{entry.id}]" if entry.value is not None else f"[{entry.id}]"

    def _drop_number_before(self, before: str, entry: Evidence, text: str, position: int) -> str:
        """A writer who puts the number beside the reference has it replaced by the value of the ledger."""
        numbers = find_numbers(before)
        if not numbers:
            return before
        last = numbers[-1]
        unit = re.escape(entry.unit)
        if not re.fullmatch(rf"(?:\s|\$|\\,|per site|/\s*site|{unit})*[(（]?\s*", before[last.end :]):
            return before
        first = last
        if len(numbers) > 1 and re.fullmatch(r"\s*(?:±|\+/-|\\pm)\s*", before[numbers[-2].end : last.start]):
            first = numbers[-2]
        if not _agrees(first, entry):
            self._problem("contradicted_number", before[first.start : last.end], text, position)
        kept = before[: first.start]
        # A formula that ended with the number is closed before the value of the ledger.
        return f"{kept}$ " if before.count("$") % 2 == 0 and kept.count("$") % 2 else kept

    def _numbers(self, text: str) -> str:
        names = [match.span() for match in _NAME.finditer(text)]
        pieces: list[str] = []
        position = 0
        for number in find_numbers(text):
            if any(start <= number.start and number.end <= end for start, end in names):
                continue
            if self._is_bound(number, text):
                continue
            self._problem("unbound_number", text[number.start : number.end], text, number.start)
            pieces += [text[position : number.start], self._mask(self._removed)]
            position = number.end
        return "".join([*pieces, text[position:]])

    def _is_bound(self, number: Number, text: str) -> bool:
        if number.value is None:
            return False
        if any(_agrees(number, entry) and not self._is_other(number, text, entry) for entry in self._ledger):
            return True
        followed_by_unit = any(
            entry.unit and re.match(rf"\s*{re.escape(entry.unit)}(?!\w)", text[number.end :]) for entry in self._ledger
        )
        claimed = followed_by_unit or is_asserted(text, number.start, number.end)
        if not claimed and any(_is_parameter(number, parameter) for parameter in self._parameters):
            return True
        digits = text[number.start : number.end].strip()
        sentence = self._sentence_around(text, number.start)
        cited = [self._ledger.get(name) for name in re.findall(r"\bE\d+\b", self._unmask(sentence))]
        return any(entry is not None and entry.quote is not None and _occurs(digits, entry.told) for entry in cited)

    def _is_other(self, number: Number, text: str, entry: Evidence) -> bool:
        """Whether a number of the evidence is given another unit or called another quantity."""
        if foreign_unit(text, number.end, entry):
            return True
        return names_another_quantity(text, number.start, number.end, entry)

    def _sentence_around(self, text: str, position: int) -> str:
        start = 0
        for match in _SENTENCE_END.finditer(text):
            if match.end() > position:
                return text[start : match.start()]
            start = match.end()
        return text[start:]

    def _lacks_proof(self, match: re.Match[str]) -> bool:
        sentence = self._unmask(self._sentence_around(match.string, match.start()))
        cited = [self._ledger.get(name) for name in re.findall(r"\bE\d+\b", sentence)]
        return not any(entry is not None and entry.kind == "proved" for entry in cited)


def _inner(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def _agrees(number: Number, entry: Evidence) -> bool:
    """Whether a number is a rounding of the entry's value, or of its error bar."""
    if number.value is None or entry.value is None:
        return False
    if number.error is not None and (entry.error is None or not 0.5 <= number.error / entry.error <= 2.0):
        return False
    margin = number.resolution * (1 + 1e-9)
    if abs(number.value - entry.value) <= margin and (number.significant >= 2 or number.value == entry.value):
        return True
    return entry.error is not None and number.value > 0 and abs(number.value - entry.error) <= margin < entry.error


def _is_parameter(number: Number, parameter: float) -> bool:
    if float(parameter).is_integer() and number.resolution < 0.5:
        return number.resolution == 0.0 and number.value == parameter
    return number.value is not None and abs(number.value - parameter) <= 1e-12 * max(1.0, abs(parameter))


def _occurs(digits: str, quote: str) -> bool:
    return re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d]|\.\d)", plain(quote)) is not None
