"""Does a section of the other language speak of what a question names? The evidence where no word is shared.

Names of concepts are connected by the glossary, single words by the lexicon. A word with neither is one that nothing
is known of; it speaks against an answer, for it may be the subject.
"""

import re
from collections.abc import Container, Mapping, Sequence

from knowledge.index.book import BookIndex
from knowledge.index.common_words import frequency_rank
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import STOP_WORDS, coarse, plain_terms, stem
from knowledge.retrieve.coverage import SectionText
from knowledge.retrieve.question import Question, without_frame
from knowledge.retrieve.search import term_weight
from knowledge.text import search_copy

OWN = {
    "carried": 1,  # share of the question's weight that the section has in its own language
    "untranslated": -1,  # share of the weight that neither the glossary nor the lexicon knows
    "weakest": 1,  # how well the least carried of the three weightiest words is carried
    "rare_missing": -1,  # rare English words that are not carried
    "plain_missing": 0,  # common ones
    "katakana_missing": -1,  # katakana words that are not carried
    "katakana_carried": 0,
    "compounds_missing": -1,  # compounds of kanji that are not carried
    "compounds_carried": 0,
}
"""Evidence that exists across languages only, with the sign that its weight may have."""
SHARED = ("japanese", "content", "in_section", "names_missing", "acronyms_missing", "missing")
"""Those of ``coverage.FEATURES`` that mean something across languages: what the book's own words cover does not."""

_COMMON, _RARE = 4_000, 12_000
_CARRIED = 0.25
_LATIN = re.compile(r"[a-z][a-z']*[a-z]")
_RUN = {"katakana": re.compile(r"[\u30a1-\u30fa\u30fc]{3,}"), "compound": re.compile(r"[\u3400-\u9fff々]{2,}")}
_WEIGHTIEST = 3
_SAYS_SOMETHING = re.compile(
    r"[a-z0-9].+(?<!\*)|[\u3400-\u9fff々\u30a1-\u30fa\u30fc]{2}|[\u3400-\u9fff々][\u3041-\u3096]"
)


def across_evidence(
    question: Question, shared: Mapping[str, float], index: BookIndex, section: SectionText, glossary: Glossary
) -> tuple[float, ...]:
    """The evidence on whether ``section``, which is in the other language, answers the question.

    Args:
        question: Read with the lexicon.
        shared: ``coverage.features`` by name.
        index: Of the book.
        section: The section found.
        glossary: Names of concepts in both languages.

    Returns:
        One number for each of ``SHARED`` and ``OWN``.
    """
    words = [word for word in question.words if _SAYS_SOMETHING.fullmatch(word)]
    mass = {word: term_weight(word) * index.passages.idf(word) for word in words}
    total = max(sum(mass.values()), 1e-9)
    named = {
        term
        for number in question.concepts
        if f"@{number}" in section.terms
        for name in glossary.entries[number].names
        for term in plain_terms(name)
    }
    value = {word: _carried(word, question, named, section.terms) for word in words}
    known = {word for word in words if value[word] or word in question.translations or word in question.named}
    weightiest = sorted(words, key=lambda word: -mass[word])[:_WEIGHTIEST]
    return (
        *(shared[name] for name in SHARED),
        sum(mass[word] * value[word] for word in words) / total,
        sum(mass[word] for word in words if word not in known) / total,
        min((value[word] for word in weightiest), default=0.0),
        *_latin(question, value),
        *_runs(question, value),
    )


def _latin(question: Question, value: Mapping[str, float]) -> tuple[float, float]:
    """How many rare and how many common Latin words are not carried."""
    words = [word for word in dict.fromkeys(_LATIN.findall(search_copy(question.text))) if word not in STOP_WORDS]
    ranks = [
        min(frequency_rank(word), frequency_rank(stem(word))) for word in words if value.get(stem(word), 1.0) < _CARRIED
    ]
    return float(sum(rank >= _RARE for rank in ranks)), float(sum(rank < _COMMON for rank in ranks))


def _runs(question: Question, value: Mapping[str, float]) -> tuple[float, ...]:
    """How many katakana words are not carried and how many are, and the same of compounds of kanji."""
    subject = without_frame(search_copy(question.text))
    counts: list[float] = []
    for pattern in _RUN.values():
        shares = []
        for run in pattern.findall(subject):
            pairs = [value.get(run[i : i + 2], 0.0) for i in range(len(run) - 1)]
            shares.append(sum(pairs) / len(pairs))
        missing = sum(share < _CARRIED for share in shares)
        counts += [float(missing), float(len(shares) - missing)]
    return tuple(counts)


def _carried(word: str, question: Question, named: Container[str], held: Container[str]) -> float:
    """1 for a word that stands there or belongs to a concept that is named; else by its translations, 0 to 1."""
    if word in held or word in named:
        return 1.0
    found: Sequence[tuple[str, float]] = question.translations.get(word, ())
    total = sum(weight for _, weight in found)
    there = sum(weight for term, weight in found if term in held or (term.isascii() and coarse(term) in held))
    return there / total if total else 0.0
