"""Answering with a model beside it: it may help to find, and never decides alone."""

from dataclasses import replace

from knowledge.answerability import Answerability
from knowledge.answering import without_overview
from knowledge.assist.blend import blend
from knowledge.assist.query_model import QueryModel
from knowledge.assist.translation import translated
from knowledge.cite.sentences import choose
from knowledge.model import TEXTBOOK, Extract, NotFound
from knowledge.retrieve.question import Question
from knowledge.retrieve.search import Ranked
from knowledge.searching import Searcher
from knowledge.store import Store
from knowledge.text import Language

RANKED_WITH_MODEL = 30
"""How many passages are ranked where a model re-orders the first of them."""
_TRUSTED_SCORE = 6.0
"""Least score a model must give to a passage that only the translated question finds."""


def improve_with_model(
    question: Question, plain: Extract, searcher: Searcher, store: Store, max_quotes: int, model: QueryModel
) -> Extract:
    """The sections a model prefers beside those found without it."""
    book = plain.citations[0].book

    def find(text: str) -> list[Ranked]:
        with store.reading() as reader:
            return without_overview(searcher.rank(searcher.read(text), reader, RANKED_WITH_MODEL, book, plain.language))

    consulted = searcher.consult(question.text, find, model)
    asked = question
    if consulted.translation and plain.language != question.language:
        asked = searcher.read(consulted.translation)
    with store.reading() as reader:
        best = consulted.ranked[:4]
        index = searcher.index(book, reader)
        preferred = choose(asked, best, index, searcher.glossary, reader, max_quotes) if best else ()
    citations = blend(plain.citations, preferred, consulted, max_quotes)
    return replace(plain, citations=citations, model_part=consulted.part())


def answer_by_translation(
    question: Question,
    refused: NotFound,
    searcher: Searcher,
    refusal: Answerability,
    store: Store,
    book: str | None,
    max_quotes: int,
    model: QueryModel,
) -> Extract | NotFound:
    """A second look, with the question translated, at the user's own documents in the other language.

    The textbook says everything in both languages, so there the question as it was asked decides alone.
    """
    other: Language = "en" if question.language == "ja" else "ja"
    with store.reading() as reader:
        books = {item.book for item in reader.documents(book) if item.language == other} - {TEXTBOOK}
    if not books:
        return refused
    translation, _ = translated(question.text, question.language, model, searcher.glossary)
    if not translation:
        return refused
    asked = searcher.read(translation)
    with store.reading() as reader:
        margin = {
            name: refusal.judge(asked, searcher.rank(asked, reader, 8, name, None), reader).margin for name in books
        }
        chosen = max(margin, key=lambda name: margin[name])
        if margin[chosen] < 0:
            return refused

    def find(_text: str) -> list[Ranked]:
        with store.reading() as reader:
            return searcher.rank(asked, reader, RANKED_WITH_MODEL, chosen, other)

    consulted = searcher.consult(question.text, find, model, translate=False)
    judged = [item.judgement.score for item in consulted.judged if item.judgement]
    if consulted.faults or not consulted.ranked or max(judged, default=0.0) < _TRUSTED_SCORE:
        return refused
    with store.reading() as reader:
        index = searcher.index(chosen, reader)
        citations = choose(asked, consulted.ranked[:4], index, searcher.glossary, reader, max_quotes)
    if not citations:
        return refused
    part = replace(consulted.part(found_by_translation=True), translation=translation)
    return Extract(citations, citations[0].language, model_part=part)
