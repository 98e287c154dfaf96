"""Ranking: BM25 on the question's own words, its concepts, and their names in the other language."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.index.book import BookIndex
from knowledge.index.tokens import PREFIX, coarse
from knowledge.retrieve.question import Question
from knowledge.store import Reader, SectionKey, StoredPassage
from knowledge.text import Language

CONCEPT_WEIGHT = 1.0
DEFINITION_WEIGHT = 2.0
BRIDGE_WEIGHT = 0.25
TRANSLATION_WEIGHT = 1.0
PREFIX_WEIGHT = 0.4
UNIGRAM_WEIGHT = 1.0
KANA_WEIGHT = 0.5
ASIDE_WEIGHT = 0.5
SECTION_WEIGHT = 0.6
OVERVIEW_FACTOR = 0.75

_TRANSLATED_SECTIONS = 12
_ENOUGH_OF_EACH_LANGUAGE = 600
_KANA_BIGRAM = re.compile(r"[\u3041-\u3096]{2}")
_CJK = re.compile(r"[\u3041-\u9fff]")


@dataclass(frozen=True)
class Ranked:
    """A passage with its raw BM25 score, a share of that of its section included."""

    passage: StoredPassage
    score: float


def weighted_terms(question: Question, across: bool = False) -> dict[str, float]:
    """Terms of the question with the weight each counts with.

    Args:
        question: The question.
        across: With the translations of its single words, for a text that is not there in the question's language.
    """
    weights = {word: term_weight(word) * (ASIDE_WEIGHT if word in question.aside else 1) for word in question.words}
    weights.update((f"@{number}", CONCEPT_WEIGHT) for number in question.concepts)
    if question.aim == "definition":
        weights.update((f"={number}", DEFINITION_WEIGHT) for number in question.defined)
    for word in question.bridge:
        weights.setdefault(word, BRIDGE_WEIGHT * term_weight(word))
    if across:
        for word, found in question.translations.items():
            own = TRANSLATION_WEIGHT * term_weight(word) * (ASIDE_WEIGHT if word in question.aside else 1)
            for term, share in found:
                _add(weights, term, own * share)
                if len(term) > PREFIX and term.isascii():
                    _add(weights, coarse(term), own * share)
    return weights


def _add(weights: dict[str, float], term: str, weight: float) -> None:
    weights[term] = weights.get(term, 0.0) + weight * term_weight(term)


def rank(
    question: Question,
    index: BookIndex,
    reader: Reader,
    k: int,
    language: Language | None = None,
    translations: bool = True,
    across: bool = False,
) -> list[Ranked]:
    """The ``k`` best passages of a book, best first, at most one of each section.

    Args:
        question: What is looked for.
        index: Of the book.
        reader: Of the store.
        k: How many passages.
        language: Only passages in this language.
        translations: Where a section of the textbook exists in both languages, a passage of the wanted one inherits
            the score of its translation: what was found in the text of one language is shown in the other.
        across: Look for the translations of single words too. Where the text exists in the question's language,
            the question's own words are surer.
    """
    weights = weighted_terms(question, across)
    scores = index.passages.scores(weights)
    # A passage without any word of the question is no hit, however well its section fits.
    scores += SECTION_WEIGHT * index.sections.scores(weights)[index.section_of] * (scores > 0)
    found, value = _valued(scores, max(10 * k, 60), index, reader)
    if language is not None and not translations:
        if sum(passage.language == language for passage in found) < k:
            found, value = _valued(scores, _ENOUGH_OF_EACH_LANGUAGE, index, reader)
        found = [passage for passage in found if passage.language == language]
    elif language is not None:
        found = _in_language(found, value, language, reader)
    best: dict[tuple[object, ...], Ranked] = {}
    for passage in found:
        best.setdefault(passage.section_group, Ranked(passage, value[passage.id]))
    return list(best.values())[:k]


def _valued(
    scores: NDArray[np.float32], n: int, index: BookIndex, reader: Reader
) -> tuple[list[StoredPassage], dict[int, float]]:
    """The ``n`` passages with the highest scores, best first, and the value of each."""
    rows = _best(scores, index.identifiers, n)
    passages = reader.passages([int(index.identifiers[row]) for row in rows])
    value = {
        identifier: float(scores[row]) * _place_factor(passages[identifier])
        for row in rows
        if (identifier := int(index.identifiers[row])) in passages
    }
    return sorted((passages[identifier] for identifier in value), key=lambda passage: -value[passage.id]), value


def _in_language(
    found: Sequence[StoredPassage], value: dict[int, float], language: Language, reader: Reader
) -> list[StoredPassage]:
    """Keep one language; raise ``value`` of the translations of what was found in the other, and sort by it."""
    own = {passage.id: passage for passage in found if passage.language == language}
    best_elsewhere: dict[SectionKey, float] = {}
    for passage in found:
        if passage.language != language and passage.chapter_id and passage.kind == "prose":
            best_elsewhere.setdefault(passage.section_key, value[passage.id])
    for key in list(best_elsewhere)[:_TRANSLATED_SECTIONS]:
        for passage in reader.section_in_language(key, language):
            own.setdefault(passage.id, passage)
    for passage in own.values():
        direct = value.get(passage.id, 0.0)
        translated = best_elsewhere.get(passage.section_key, 0.0) if passage.kind == "prose" else 0.0
        # The small share of the direct score decides between the passages of one section.
        value[passage.id] = max(direct, 0.98 * translated + 0.02 * direct)
    return sorted(own.values(), key=lambda passage: -value[passage.id])


def _place_factor(passage: StoredPassage) -> float:
    """An overview names everything and explains nothing; code and references hardly answer a question in words."""
    if passage.chapter_id == "overview":
        return 0.5
    if passage.kind in ("code", "references"):
        return 0.6
    return OVERVIEW_FACTOR if passage.chapter_id and passage.level == 1 else 1.0


def _best(scores: NDArray[np.float32], identifiers: NDArray[np.int64], k: int) -> list[int]:
    """Rows of the ``k`` highest scores, best first; of equal ones the lowest identifiers, wherever their rows are."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > k:
        rows = rows[scores[rows] >= np.partition(scores[rows], -k)[-k]]
    return [int(row) for row in rows[np.lexsort((identifiers[rows], -scores[rows]))][:k]]


def term_weight(word: str) -> float:
    """What a term of a question counts before its idf: kana and coarse stems say less than kanji and words."""
    if word.endswith("*"):
        return PREFIX_WEIGHT
    if _CJK.match(word):
        if len(word) == 1:
            return UNIGRAM_WEIGHT
        if _KANA_BIGRAM.fullmatch(word):
            return KANA_WEIGHT
    return 1.0
