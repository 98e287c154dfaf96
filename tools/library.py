"""Questions to the library: cited evidence in verbatim sentences."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from knowledge.errors import InvalidRequest, LibraryError
from physics_engines.files import write_text
from physics_engines.spec import Slot, Spec
from physics_engines.text import Language, Text
from tools.base import Cost, Example, ToolContext, tool
from tools.errors import BadInput, Missing
from tools.result import Quote, Result

if TYPE_CHECKING:
    from knowledge import Citation, Extract, Library


_DOUBTFUL = 3.0
"""Of 10: where no passage is judged better, the answer says so."""


class SearchSpec(Spec):
    """A question to the textbook and the user's documents."""

    query: str = Field(min_length=1, max_length=2000)
    """The question, in English or Japanese, as it was asked."""
    language: Language | None = None
    """Language of the quoted text; without it the question's own where the library has it."""
    book: Annotated[str | None, Slot(en=("book",), ja=("本", "書籍"))] = Field(default=None, max_length=200)
    """Ask one book only: "textbook" is the built-in one."""
    max_quotes: Annotated[int, Slot(en=("quotes",), ja=("引用数",))] = Field(default=4, ge=1, le=4)
    """Most sentences to quote."""


@tool(
    "library.search",
    title=Text(en="answer from the library", ja="文献からの回答"),
    evidence="cited",
    words={
        "en": ("what is", "what are", "why", "explain", "how does", "textbook", "book", "chapter", "overview", "cite"),
        "ja": ("とは", "なぜ", "教えて", "説明", "教科書", "この本", "概要", "章", "について", "引用"),
    },
    examples=(
        Example(en="What is a restricted Boltzmann machine?", ja="制限ボルツマンマシンとは何ですか"),
        Example(en="Why can a neural network represent a ground state?", ja="拡散モデルと経路積分について"),
        Example(en="Give me an overview of the book", ja="この本の概要を教えてください"),
        Example(en="What should I read before B2?", ja="B2の前に何を読めばよいですか"),
    ),
    cost=lambda _spec: Cost(seconds=0.3),
)
def search(spec: SearchSpec, context: ToolContext) -> Result:
    """Answer a question with one to four verbatim sentences of the textbook or the user's documents, each cited."""
    from knowledge.model import Extract

    try:
        library, model = _library(context.home), context.query_model
        found = library.answer(spec.query, spec.language, spec.book, spec.max_quotes, model)
    except InvalidRequest as error:
        raise BadInput(f"library.search: {error}") from error
    except LibraryError as error:
        raise Missing(f"library.search: {error}") from error
    if not isinstance(found, Extract):
        return Result(nearest=found.nearest)
    if found.model_part is not None:
        record = json.dumps(asdict(found.model_part), ensure_ascii=False, indent=1)
        write_text(context.out / "model.json", record + "\n")
    quotes = tuple(_quote(citation, with_context=model is not None) for citation in found.citations)
    return Result(quotes=quotes, notes=_notes(found))


@lru_cache(maxsize=4)
def _library(home: Path) -> "Library":
    from knowledge import Library

    return Library.open(home)


def _quote(citation: "Citation", with_context: bool) -> Quote:
    return Quote(
        text=citation.text,
        document=citation.span.document,
        book=citation.book,
        chapter=citation.chapter,
        section=citation.section,
        page=citation.page,
        start=citation.span.start,
        end=citation.span.end,
        language=citation.language,
        score=citation.score,
        context=citation.context if with_context else "",
    )


def _notes(extract: "Extract") -> tuple[Text, ...]:
    notes = []
    if extract.headings:
        listed = "; ".join(extract.headings)
        notes.append(Text(en=f"In order: {listed}", ja=f"順に: {listed}"))
    if extract.suggestions:
        listed = " / ".join(extract.suggestions)
        notes.append(Text(en=f"You can ask: {listed}", ja=f"質問の例: {listed}"))
    part = extract.model_part
    scores = [item.score for item in part.judged if item.score is not None] if part is not None else []
    if part is not None and not part.faults and scores and max(scores) <= _DOUBTFUL:
        notes.append(
            Text(
                en="The model judged that none of these passages answers the question.",
                ja="モデルは、これらの一節のいずれも質問に答えていないと判断しました。",
            )
        )
    if part is not None and part.found_by_translation:
        shown = part.translation
        notes.append(
            Text(
                en=f"Found by the model's translation of the question: “{shown}”",
                ja=f"モデルが訳した質問で見つかりました：「{shown}」",
            )
        )
    return tuple(notes)
