"""Answering: which book and which of its sections answer a question, and in which sentences."""

from collections.abc import Sequence

from knowledge.answerability import Answerability
from knowledge.cite.sentences import choose, definition
from knowledge.model import TEXTBOOK, Citation, Extract, NotFound
from knowledge.retrieve.question import Question
from knowledge.retrieve.search import Ranked
from knowledge.searching import Searcher
from knowledge.store import Reader
from knowledge.text import Language

_OWN_LANGUAGE_SHARE = 0.4
"""An answer in the question's own language may score this much less than one in the other."""


def answer_from_books(
    question: Question,
    searcher: Searcher,
    refusal: Answerability,
    reader: Reader,
    language: Language | None,
    book: str | None,
    max_quotes: int,
) -> Extract | NotFound:
    """Answer in sentences of the book that answers best, or say that none does; see ``Library.answer``."""
    own = question.language
    # Scores of different books do not compare well, whether one answers does.
    books = [book] if book is not None else list(reader.stamps())
    tried = {name: searcher.rank(question, reader, 8, name, None) for name in books}
    judged = {name: refusal.judge(question, found, reader) for name, found in tried.items()}
    chosen = max(books, key=lambda name: (judged[name].margin, name == TEXTBOOK))
    ranked, answerability = tried[chosen], judged[chosen].answerability
    best = ranked[0].score if ranked else 0.0
    if judged[chosen].margin < 0:
        nearest = searcher.rank(question, reader, 8, book, language or own) or ranked
        best = max((found[0].score for found in tried.values() if found), default=0.0)
        return NotFound(question.text, _headings(nearest)[:3], own, best, answerability)
    for wanted in (language,) if language else (own, "ja" if own == "en" else "en"):
        found = without_overview(searcher.rank(question, reader, 4, chosen, wanted))
        if not found or found[0].score < _OWN_LANGUAGE_SHARE * best:
            continue
        index = searcher.index(chosen, reader)
        citations = choose(question, found, index, searcher.glossary, reader, max_quotes)
        if question.compares and len(question.defined) > 1:
            citations = _definitions(question, searcher, reader, chosen, wanted, citations)[:max_quotes]
        if citations:
            return Extract(citations, citations[0].language)
    return NotFound(question.text, _headings(ranked)[:3], own, best, answerability)


def _definitions(
    question: Question,
    searcher: Searcher,
    reader: Reader,
    book: str,
    language: Language,
    others: tuple[Citation, ...],
) -> tuple[Citation, ...]:
    """What each of the compared things is, then the rest of the answer."""
    index, glossary = searcher.index(book, reader), searcher.glossary
    found: dict[str, Citation] = {}
    for number in question.defined[:3]:
        name = glossary.entries[number].in_language(language)[0]
        asked = searcher.read(f"{name}とは" if language == "ja" else f"What is {name}?")
        ranked = without_overview(searcher.rank(asked, reader, 2, book, language))
        citation = definition(asked, ranked, index, glossary, reader) if ranked else None
        if citation is not None:
            found[str(citation.span)] = citation
    if len(found) < 2:  # one side alone compares nothing
        return others
    return tuple({**found, **{str(citation.span): citation for citation in others}}.values())


def without_overview(ranked: Sequence[Ranked]) -> list[Ranked]:
    """All but the overview of the book, which names everything and explains nothing."""
    return [item for item in ranked if item.passage.chapter_id != "overview"]


def _headings(ranked: Sequence[Ranked]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{item.passage.chapter}: {item.passage.section}" for item in ranked))
