"""Choose the one to four sentences of a section that answer a question, and put them in order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.assist.orders import gives_orders
from knowledge.index.book import BookIndex
from knowledge.index.definitions import PARENTHESES, subject_of
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import concepts, plain_terms, terms
from knowledge.ingest.sentences import sentence_spans
from knowledge.model import Citation, Span
from knowledge.retrieve.question import Aim, Question
from knowledge.retrieve.search import Ranked, weighted_terms
from knowledge.store import Reader, StoredPassage
from knowledge.text import search_copy

_CUES: dict[Aim, re.Pattern[str]] = {
    "definition": re.compile(
        r"\b(?:is|are) (?:an?|the|any|called|defined|known)\b|\bmeans?\b|\bconsists? of\b|\brefers? to\b|\bwe call\b"
        r"|とは|(?:という|呼ぶ|呼ばれる|いう|定義|意味する|のことである)|(?:は|が)[^。]*である。?$"
    ),
    "reason": re.compile(
        r"\bbecause\b|\bsince\b|\btherefore\b|\bthus\b|\bhence\b|\bso that\b|\breasons?\b|\bfollows from\b|\bwhy\b"
        r"|\bcannot\b|\bforces?\b|\b(?:states|says|means|implies) that\b|から|ため|ので|ゆえ|理由|したがって|よって"
    ),
    "method": re.compile(
        r"\bby\b|\busing\b|\bsteps?\b|\bfirst\b|\bthen\b|\balgorithm\b|\bminimi[sz]|\btrain|\bcomput|\bupdate"
        r"|によって|により|を用いて|手順|まず|次に|計算|最小化|すれば|ことで"
    ),
    "quantity": re.compile(
        r"\d|\\simeq|\\approx|\\propto|\\sim\b|\b(?:order of|proportional|exponential|scales?|grows?|twice|half)\b"
        r"|比例|程度|倍|指数関数|以下|以上"
    ),
    "subject": re.compile(r"(?!)"),
}
_LEANS_ON_THE_SENTENCE_BEFORE = re.compile(
    r"\s*(?:this|these|that|those|it|they|such|he|here|then|hence|therefore|thus|so|but|however|the same|both|finally|"
    r"これ|この|その|それ|ここ|すなわち|つまり|したがって|よって|ゆえに|しかし|ただし|また|さらに|そこで|同じ)",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(r"(?:[:：]|次の[^。]*。|次式[^。]*。|以下[^。]*。|as follows\.)$")
_QUESTION = re.compile(
    r"[?？]$|か。$|^(?:the question of this (?:section|chapter)|this (?:section|chapter) asks)\b"
    r"|^(?:本節|本章|この[節章])の問いは|^(?:本章|本節|この[節章])では?、.*を問う。$",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(r"^\s*(?:\*\*|#|!\[|\|)")
_LONG = {"en": 420, "ja": 220}


_DEFINES = 0.8
_MERELY_SAID = 0.7
"""A sentence about the subject that does not say what it is: 「注意機構は平均するだけである」."""
_DEFINITION_PROPER = re.compile(r"^\s*(?:とは|をいう)|^\s*(?:is|are|means|denotes|refers to)\b", re.IGNORECASE)
_ASKED = 0.3
_ORDERS = 0.5
_WORTH_QUOTING = 0.35
_WORTH_ANOTHER_SECTION = 0.55
"""Least score of a further sentence, in units of the first one's; a sentence of another section has to be better, and
there is at most one such."""


@dataclass(frozen=True)
class _Candidate:
    passage: StoredPassage
    start: int
    end: int
    text: str
    words: frozenset[str]
    asked_for: frozenset[str]
    """Those of the words that the question asks for."""
    score: float
    in_section: int
    passage_score: float
    defines: bool


def choose(
    question: Question,
    ranked: Sequence[Ranked],
    index: BookIndex,
    glossary: Glossary,
    reader: Reader,
    max_quotes: int,
) -> tuple[Citation, ...]:
    """Sentences from the best sections of ``ranked``, in the order they should be read.

    A sentence counts by the idf of the question's terms in it, by cues of what was asked ("is called", "because"),
    and by the rank of its section; one that repeats what is already chosen counts less (maximal marginal
    relevance, Carbonell and Goldstein 1998).
    """
    across = bool(ranked) and ranked[0].passage.language != question.language
    weights = {word: weight * index.passages.idf(word) for word, weight in weighted_terms(question, across).items()}
    candidates = _candidates(question, ranked, weights, glossary, reader)
    chosen: list[_Candidate] = []
    covered: set[str] = set()
    while candidates and len(chosen) < max_quotes:
        best = max(candidates, key=lambda item: _marginal(item, chosen, covered, weights))
        value = _marginal(best, chosen, covered, weights)
        if chosen and value < _WORTH_QUOTING * chosen[0].score:
            break
        elsewhere = sum(not _same_section(item, chosen[0]) for item in [*chosen, best]) if chosen else 0
        too_weak = best.score < _WORTH_ANOTHER_SECTION * chosen[0].score if chosen else False
        if chosen and not _same_section(best, chosen[0]) and (too_weak or elsewhere > 1):
            candidates.remove(best)
            continue
        chosen.append(best)
        covered |= best.words
        candidates.remove(best)
    ordered = _reading_order(chosen)
    if question.aim == "definition" and (defining := [item for item in [*chosen, *candidates] if item.defines]):
        # What something is stands first, wherever the rest of the answer was found.
        first = chosen[0] if chosen[0].defines else max(defining, key=lambda item: item.score)
        ordered = [first, *(item for item in ordered if item is not first)][:max_quotes]
    return tuple(_citations(ordered))


def definition(
    question: Question, ranked: Sequence[Ranked], index: BookIndex, glossary: Glossary, reader: Reader
) -> Citation | None:
    """The best sentence of ``ranked`` that defines what the question asks for; None where no sentence does."""
    weights = {word: weight * index.passages.idf(word) for word, weight in weighted_terms(question).items()}
    defining = [item for item in _candidates(question, ranked, weights, glossary, reader) if item.defines]
    return _citations([max(defining, key=lambda item: item.score)])[0] if defining else None


def _same_section(one: _Candidate, other: _Candidate) -> bool:
    return one.passage.section_group == other.passage.section_group


def _candidates(
    question: Question, ranked: Sequence[Ranked], weights: dict[str, float], glossary: Glossary, reader: Reader
) -> list[_Candidate]:
    found: list[_Candidate] = []
    total = sum(weights.values()) or 1.0
    best = ranked[0].score
    for item in ranked:
        if item.score < 0.6 * best:
            continue
        section: list[_Candidate] = []
        asked, position = 0.0, 0
        for passage in _whole_section(item.passage, reader):
            for start, end, text in _units(passage):
                position += 1
                words = frozenset(terms(text, glossary))
                asked_for = words & weights.keys()
                overlap = sum(weights[word] for word in asked_for) / total
                if _QUESTION.search(text):  # it answers nothing, but says what the section answers
                    asked = max(asked, overlap)
                    continue
                if overlap == 0:
                    continue
                score = (overlap + _form(question, text, glossary, position)) * (item.score / best) ** 2
                if passage.id == item.passage.id:
                    score *= 1.15
                if gives_orders(text):  # it speaks to a machine, and its facts are those of whoever wants to be obeyed
                    score -= _ORDERS
                defines = _defines(question, text, glossary) >= _DEFINES
                section.append(
                    _Candidate(passage, start, end, text, words, asked_for, score, position, item.score, defines)
                )
        bonus = _ASKED * asked * (item.score / best) ** 2
        found += [replace(candidate, score=candidate.score + bonus) for candidate in section]
    return found


def _whole_section(passage: StoredPassage, reader: Reader) -> list[StoredPassage]:
    if passage.number:
        return [item for item in reader.section_in_language(passage.section_key, passage.language)]
    return [item for item in reader.passages_of_section(passage.section_id) if item.kind == "prose"]


def _units(passage: StoredPassage) -> list[tuple[int, int, str]]:
    """Sentences; an equation that a finished sentence announces stays with it."""
    units: list[tuple[int, int, str]] = []
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end]
        if text.startswith(("$$", r"\[", r"\begin")) and units and _ANNOUNCES.search(units[-1][2]):
            start = units.pop()[0]
            text = passage.text[start:end]
        units.append((start, end, text))
    return units


def _form(question: Question, text: str, glossary: Glossary, position: int) -> float:
    """What the shape of a sentence adds to or takes from its overlap with the question."""
    copy = search_copy(text)
    value = 0.0
    if _CUES[question.aim].search(copy):
        value += 0.2
    if question.aim in ("definition", "subject"):
        value += 0.6 * _defines(question, text, glossary)
    if position == 1:
        value += 0.05
    if _MARKUP.match(text):
        value -= 0.25
    if _LEANS_ON_THE_SENTENCE_BEFORE.match(text):
        value -= 0.12
    language = question.language
    if len(text) > _LONG[language]:
        value -= 0.15 * (len(text) / _LONG[language] - 1)
    if len(text) < 25:
        value -= 0.2
    return value


def _defines(question: Question, text: str, glossary: Glossary) -> float:
    """1 where the subject of the sentence is exactly the subject of the question: "A <subject> is ..."."""
    subject = subject_of(text)
    if not subject:
        return 0.0
    wanted = {word for word in question.words if len(word) > 1} or set(question.words)
    named = set(question.defined) & set(concepts(subject, glossary))
    present = set(plain_terms(subject))
    bare = {word for word in plain_terms(PARENTHESES.sub("", subject)) if len(word) > 1}
    recall = 1.0 if named else len(wanted & present) / len(wanted)
    if recall < (0.9 if question.concepts else 0.6):
        return 0.0
    if named:
        wanted |= {word for number in named for name in glossary.entries[number].names for word in plain_terms(name)}
    precision = len(wanted & bare) / len(bare) if bare else 1.0
    said_of_it = 1.0 if _DEFINITION_PROPER.search(text[len(subject) :]) else _MERELY_SAID
    return recall * precision * said_of_it


def _marginal(item: _Candidate, chosen: list[_Candidate], covered: set[str], weights: dict[str, float]) -> float:
    if not chosen:
        return item.score
    repeated = max(_likeness(item.words, other.words) for other in chosen)
    value = item.score - 0.5 * repeated
    if any(item.passage.section_id == other.passage.section_id for other in chosen):
        value += 0.1
    if any(
        item.passage.document == other.passage.document and abs(item.in_section - other.in_section) == 1
        for other in chosen
    ):
        value += 0.1
    new = sum(weights[word] for word in item.asked_for - covered)
    return value + 0.2 * new / (sum(weights.values()) or 1.0)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard index."""
    common = len(one & other)
    return common / max(len(one) + len(other) - common, 1)


def _reading_order(chosen: list[_Candidate]) -> list[_Candidate]:
    """The best sentence's section first; within a section as it is written."""
    if not chosen:
        return []
    documents = list(dict.fromkeys((item.passage.document, item.passage.number) for item in chosen))
    return sorted(
        chosen,
        key=lambda item: (
            documents.index((item.passage.document, item.passage.number)),
            item.passage.start + item.start,
        ),
    )


def _citations(chosen: Sequence[_Candidate]) -> list[Citation]:
    citations: list[Citation] = []
    for item in chosen:
        passage = item.passage
        start, end = passage.start + item.start, passage.start + item.end
        citations.append(
            Citation(
                span=Span(passage.document, start, end),
                text=item.text,
                score=item.passage_score,
                book=passage.book,
                chapter=passage.chapter,
                section=passage.section,
                language=passage.language,
                page=passage.page,
                context=passage.text,
            )
        )
    return citations
