"""How well the library finds, answers and refuses: each lane of retrieval by itself, without any agent.

Recall@k of a lane is the share of the questions for which one of the first ``k`` sections is a gold section. The pool
is the textbook in one language, and only that text counts: what is found in a section's translation is left out, but
for the lane "as served", which is how ``ansatz library search --language`` ranks.
"""

import json
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ConfigDict

from evals.scorers.citations import section_named
from evals.statistics import Proportion, proportion
from evals.suites import TextbookItem, UnanswerableItem
from knowledge import TEXTBOOK, Extract, Language, Library, NotFound
from knowledge.assist.query_model import QueryModel
from knowledge.index.morphemes import has_sudachi
from knowledge.retrieve.fusion import Lane

TARGETS = {(True, 1): 0.85, (True, 3): 0.92, (False, 1): 0.72, (False, 3): 0.85}
"""Least recall@k in the question's own language (True) and in the other."""
SERVED = "as served"
WITH_MODEL = "with the model"
_DEEPEST = 3


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentItem(_Frozen):
    """A question about one of the documents of a user."""

    id: str
    language: Language
    question: str
    document: str
    """The document it is about."""
    answerable: bool


class Recall(_Frozen):
    """One cell of the table of lanes."""

    lane: str
    asked: Language
    """Language of the questions."""
    pool: Language
    """Language of the text that is searched."""
    k: int
    result: Proportion
    target: float

    @property
    def reached(self) -> bool:
        """Whether the target is met."""
        return self.result.score >= self.target


class Share(_Frozen):
    """One line of the table of answers."""

    name: str
    target: float | None
    result: Proportion


class LibraryReport(_Frozen):
    """What was measured on the library itself."""

    recall: tuple[Recall, ...]
    shares: tuple[Share, ...]


def measure_library(
    library: Library,
    documents: Library,
    questions: Sequence[TextbookItem],
    unanswerable: Sequence[UnanswerableItem],
    model: Callable[[], QueryModel | None] = lambda: None,
) -> LibraryReport:
    """Measure every lane, and the answers.

    Args:
        library: With the textbook, whose vectors are computed where they are missing: about a minute.
        documents: Where the documents of a user may be added, each as a book of its own.
        questions: With their gold sections.
        unanswerable: Questions without an answer.
        model: Gives a query model for one question, or None.
    """
    library.embed(TEXTBOOK)
    recall: list[Recall] = []
    lanes = [lane for lane in get_args(Lane) if lane != "sudachi" or has_sudachi()]
    for lane in (*lanes, SERVED, *((WITH_MODEL,) if model() is not None else ())):
        recall += _recall(lane, library, questions, model)
    return LibraryReport(
        recall=tuple(recall),
        shares=(*_answers(library, questions, unanswerable), *_document_answers(documents, load_document_items())),
    )


def load_document_items() -> tuple[DocumentItem, ...]:
    """The questions about the documents in ``items/documents``, whose contents are invented."""
    text = files("evals").joinpath("items", "documents", "questions.jsonl").read_text(encoding="utf-8")
    return tuple(DocumentItem.model_validate(json.loads(line)) for line in text.splitlines() if line.strip())


def _recall(
    lane: str, library: Library, questions: Sequence[TextbookItem], model: Callable[[], QueryModel | None]
) -> list[Recall]:
    found: list[Recall] = []
    for asked in get_args(Language):
        members = [item for item in questions if item.language == asked]
        for pool in get_args(Language):
            ranks = [_rank_of_gold(item, lane, pool, library, model) for item in members]
            for k in (1, _DEEPEST):
                if (result := proportion([rank <= k for rank in ranks])) is not None:
                    target = TARGETS[asked == pool, k]
                    found.append(Recall(lane=lane, asked=asked, pool=pool, k=k, result=result, target=target))
    return found


def _rank_of_gold(
    item: TextbookItem, lane: str, pool: Language, library: Library, model: Callable[[], QueryModel | None]
) -> int:
    """Place of the first gold section, 1 for the first; beyond the deepest that is looked at where it is not found."""
    named: Lane = next((name for name in get_args(Lane) if name == lane), "lexical")
    hits = library.search(
        item.question,
        k=_DEEPEST,
        book=TEXTBOOK,
        language=pool,
        lane=named,
        model=model() if lane == WITH_MODEL else None,
        translations=lane == SERVED,
    )
    places = [section_named(hit.chapter, hit.section) for hit in hits]
    return next((number for number, place in enumerate(places, start=1) if place in item.gold), _DEEPEST + 1)


def _answers(
    library: Library, questions: Sequence[TextbookItem], unanswerable: Sequence[UnanswerableItem]
) -> list[Share]:
    given = [library.answer(item.question, book=TEXTBOOK) for item in questions]
    shares: list[tuple[str, float | None, list[bool]]] = [
        ("answerable questions answered", 0.92, [isinstance(answer, Extract) for answer in given])
    ]
    for language in get_args(Language):
        own = [isinstance(a, Extract) for a, item in zip(given, questions, strict=True) if item.language == language]
        shares.append((f"  in {_NAMES[language]}", None, own))
    for distance, target in (("near", 0.85), ("far", 1.0)):
        members = [item for item in unanswerable if item.distance == distance]
        refused = [isinstance(library.answer(item.question, book=TEXTBOOK), NotFound) for item in members]
        shares.append((f"{distance}-domain questions refused", target, refused))
    quotes = [
        library.source_text(quote.span.document)[quote.span.start : quote.span.end] == quote.text
        for answer in given
        if isinstance(answer, Extract)
        for quote in answer.citations
    ]
    shares.append(("quotations with source[span] == quote", 1.0, quotes))
    return _shares(shares)


def _document_answers(library: Library, items: Sequence[DocumentItem]) -> list[Share]:
    languages: dict[str, Language] = {}
    with as_file(files("evals").joinpath("items", "documents")) as folder:
        for name in dict.fromkeys(item.document for item in items):
            path = next(path for path in Path(folder).glob(f"{name}.*"))
            library.add([path], book=name)
            languages[name] = library.documents(name)[0].language
    answered: dict[tuple[bool, bool], list[bool]] = {}
    for item in items:
        same = languages[item.document] == item.language
        is_answered = isinstance(library.answer(item.question, book=item.document), Extract)
        answered.setdefault((same, item.answerable), []).append(is_answered)
    shares: list[tuple[str, float | None, list[bool]]] = []
    for same, title in ((True, "its own language"), (False, "the other language")):
        yes, no = answered.get((same, True), []), answered.get((same, False), [])
        shares.append((f"a user's document, asked in {title}: answerable answered", None, yes))
        shares.append((f"a user's document, asked in {title}: unanswerable refused", None, [not one for one in no]))
    return _shares(shares)


_NAMES = {"en": "English", "ja": "Japanese"}


def _shares(named: Sequence[tuple[str, float | None, Sequence[bool]]]) -> list[Share]:
    return [
        Share(name=name, target=target, result=result)
        for name, target, verdicts in named
        if (result := proportion(verdicts)) is not None
    ]
