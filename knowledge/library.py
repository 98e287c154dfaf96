"""Library: the one object through which the store is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.answerability import Answerability
from knowledge.answering import answer_from_books
from knowledge.answering_with_model import RANKED_WITH_MODEL, answer_by_translation, improve_with_model
from knowledge.assist.query_model import QueryModel
from knowledge.cite.overview import explain_book, read_book_question
from knowledge.dense import CHROMA_FROM, DenseLane
from knowledge.documents import (
    DEFAULT_BOOK,
    Added,
    ProgressCallback,
    add_documents,
    finish_removal,
    forget_removed,
    remove_documents,
    sole_writer,
)
from knowledge.errors import InvalidRequest
from knowledge.index.embedder import Embedder
from knowledge.index.glossary import Glossary
from knowledge.index.lexicon import Lexicon
from knowledge.index.tokens import words_of
from knowledge.indexes import LexicalIndexes
from knowledge.ingest.book import BookSource
from knowledge.ingest.textbook import ingest_textbook
from knowledge.model import TEXTBOOK, Citation, Extract, Hit, NotFound, Span
from knowledge.retrieve.fusion import Lane
from knowledge.retrieve.refusal import Calibration
from knowledge.retrieve.search import Ranked
from knowledge.searching import Searcher
from knowledge.store import DocumentInfo, Store
from knowledge.text import Language

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Verification:
    """What ``Library.verify`` found; ``problems`` is empty when all is well, ``remarks`` when nothing is left to do."""

    documents: int
    passages: int
    indexed: int
    vectors: int
    problems: tuple[str, ...]
    remarks: tuple[str, ...] = ()


class Library:
    """The textbook and the user's documents under one home folder.

    Threads and processes may share a home. Make one with ``Library.open``.
    """

    def __init__(
        self,
        folder: Path,
        source: BookSource,
        questions: Path,
        shipped_calibration: Path,
        embedder: Embedder | None,
        chroma_url: str | None,
        chroma_from: int,
    ) -> None:
        self._folder = folder
        self._source = source
        self._store = Store(folder / "library.sqlite")
        self._indexes = LexicalIndexes(folder / "index", self._glossary)
        self._refusal = Answerability(
            self._store, self._indexes, self._glossary, self._lexicon, folder / "index", questions, shipped_calibration
        )
        ingest_textbook(self._store, source)
        self._dense = DenseLane(self._store, folder, self._glossary, embedder, chroma_url, chroma_from)
        self._searcher = Searcher(self._store, self._indexes, self._dense, self._glossary, self._lexicon)
        finish_removal(self._store, folder, self._forget)

    @classmethod
    def open(
        cls,
        home: Path,
        textbook: Path | None = None,
        embedder: Embedder | None = None,
        chroma_url: str | None = None,
        chroma_from: int = CHROMA_FROM,
    ) -> "Library":
        """Open the library of a home folder; the first use reads the built-in textbook into it.

        Args:
            home: ``ANSATZ_HOME``; the library lives in ``home/library``.
            textbook: Folder with ``book.toml`` and the chapters, instead of the built-in one. The glossary, the
                calibration questions and the stored calibration are looked for beside that folder.
            embedder: For the dense lane, instead of the packaged MiniLM.
            chroma_url: Address of a Chroma server for the dense lane, instead of the embedded Chroma.
            chroma_from: Number of passages from which a book's dense lane goes through Chroma.

        Raises:
            LibraryUnavailable: The folder cannot be written, or the disk is full.
            LibraryBusy: Another process has been writing for a minute.
            LibraryDamaged: The store cannot be read by this version.
        """
        folder = textbook if textbook is not None else _PACKAGE / "textbook"
        return cls(
            Path(home) / "library",
            BookSource(folder),
            folder.parent / "calibration_questions.tsv",
            folder.parent / "calibration.json",
            embedder,
            chroma_url,
            chroma_from,
        )

    # ---- asking -------------------------------------------------------------------------------------------------

    def search(
        self,
        query: str,
        k: int = 10,
        book: str | None = None,
        language: Language | None = None,
        lane: Lane = "lexical",
        model: QueryModel | None = None,
        translations: bool = True,
    ) -> list[Hit]:
        """The ``k`` passages that fit a query best, best first; at most one of each section.

        Args:
            query: Words or a question, in English or Japanese.
            k: How many passages.
            book: Only this book; needed for the other lanes than the lexical one.
            language: Only passages in this language.
            lane: "lexical" by words and the glossary, "words" without it, "sudachi" with Japanese in words (an
                extra), "dense" by meaning, or "both" lexical and dense. The last two need ``embed``.
            model: Translates the query and re-ranks the best passages; the scores are then from 0 to 1.
            translations: Where a language is wanted, what is found in a section's text in the other language counts
                for the section too.

        Raises:
            InvalidRequest: Empty or overlong query, k < 1, an unknown book, or one without vectors.
            LibraryUnavailable: The embedder or Sudachi is wanted and cannot be used.
        """
        if k < 1:
            raise InvalidRequest(f"k must be at least 1, not {k}")
        if lane in ("dense", "both") and book is None:
            raise InvalidRequest(f"name the book for the {lane} lane: --book NAME")
        self._searcher.read(query)  # an empty query is told before a model is asked

        def find(text: str, k: int = k if model is None else max(k, RANKED_WITH_MODEL)) -> list[Ranked]:
            with self._store.reading() as reader:
                return self._searcher.find(text, reader, k, book, language, lane, translations)

        if model is None:
            return [_hit(item) for item in find(query)]
        return [_hit(item) for item in self._searcher.consult(query, find, model).ranked[:k]]

    def embed(self, book: str, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> int:
        """Compute the vectors a book lacks for the dense lane; returns how many. About 5-50 passages/s on one core.

        Raises:
            InvalidRequest: There is no such book.
            LibraryBusy: Another process is writing.
            LibraryUnavailable: There is no embedder, or the disk is full.
        """
        return self._dense.embed(book, on_progress)

    def answer(
        self,
        query: str,
        language: Language | None = None,
        book: str | None = None,
        max_quotes: int = 4,
        model: QueryModel | None = None,
    ) -> Extract | NotFound:
        """Answer in 1-4 verbatim sentences, or say that the library does not hold the answer.

        Args:
            query: A question in English or Japanese.
            language: Language of the quoted text; without it the question's own, or the other where the book has
                nothing in it.
            book: Ask one book only.
            max_quotes: Most sentences to quote, 1-4.
            model: Helps to rank. What is refused without it stays refused, but for documents of the user's own in
                the other language; the first sentence found without it is always quoted.

        Raises:
            InvalidRequest: Empty or overlong question, an unknown book, or max_quotes outside 1-4.
        """
        if not 1 <= max_quotes <= 4:
            raise InvalidRequest(f"max_quotes must lie between 1 and 4, not {max_quotes}")
        question = self._searcher.read(query)
        with self._store.reading() as reader:
            if book in (None, TEXTBOOK) and (about := read_book_question(query, self._source)) is not None:
                extract = explain_book(about, self._source, language or question.language, reader, max_quotes)
                if extract.citations:
                    return extract
            found = answer_from_books(question, self._searcher, self._refusal, reader, language, book, max_quotes)
        if model is None or model.n_passages == 0:
            return found
        if isinstance(found, NotFound):
            return answer_by_translation(
                question, found, self._searcher, self._refusal, self._store, book, max_quotes, model
            )
        return improve_with_model(question, found, self._searcher, self._store, max_quotes, model)

    def show(self, span: Span | str) -> Citation:
        """The stored text of a span, "textbook/en/A5:1043-1187".

        Raises:
            InvalidRequest: A malformed span, an unknown document, or characters it does not have.
        """
        wanted = Span.parse(span) if isinstance(span, str) else span
        with self._store.reading() as reader:
            text = reader.text(wanted.document)
            if not 0 <= wanted.start < wanted.end <= len(text):
                raise InvalidRequest(f"{wanted.document} has {len(text)} characters; {wanted} does not lie within")
            place = reader.place(wanted)
            info = next(item for item in reader.documents() if item.id == wanted.document)
        return Citation(
            span=wanted,
            text=text[wanted.start : wanted.end],
            score=0.0,
            book=info.book,
            chapter=info.chapter,
            section=place.section if place else "",
            language=info.language,
            page=place.page if place else None,
        )

    def source_text(self, document: str) -> str:
        """The whole stored text of a document: what every span counts in.

        Raises:
            InvalidRequest: There is no such document.
        """
        with self._store.reading() as reader:
            return reader.text(document)

    def documents(self, book: str | None = None) -> list[DocumentInfo]:
        """What the library holds, in reading order."""
        with self._store.reading() as reader:
            return reader.documents(book)

    def verify(self) -> Verification:
        """Check the file, every hash and span, and that both indexes hold exactly what is stored."""
        problems = []
        if (integrity := self._store.integrity()) != "ok":
            problems.append(f"SQLite: {integrity}")
        n_documents = n_passages = n_indexed = n_vectors = 0
        with self._store.reading() as reader:
            problems += [f"text does not match its hash or span: {item}" for item in reader.wrong_texts()]
            for book in reader.stamps():
                documents, passages = reader.counts(book)
                indexed = len(self._searcher.index(book, reader).identifiers)
                n_documents, n_passages, n_indexed = (
                    n_documents + documents,
                    n_passages + passages,
                    n_indexed + indexed,
                )
                vectors, wrong = self._dense.verify(book, reader)
                n_vectors += vectors
                problems += wrong
                if indexed != passages:
                    problems.append(f"book {book}: {passages} passages stored, {indexed} indexed")
        return Verification(n_documents, n_passages, n_indexed, n_vectors, tuple(problems), self.partly_embedded())

    def partly_embedded(self, book: str | None = None) -> tuple[str, ...]:
        """A sentence for each book, or for one, whose vectors were computed in part only.

        A search by meaning does not find the rest; books without any vector are not searched that way at all.
        """
        with self._store.reading() as reader:
            books = [name for name in reader.stamps() if book in (None, name)]
            return tuple(sentence for name in books if (sentence := self._dense.incomplete(name, reader)))

    def calibration(self) -> Calibration:
        """The calibration of refusal in use: the shipped one, that of the last fit, or a fit to the text as it is."""
        with self._store.reading() as reader:
            return self._refusal.calibration(reader)

    def calibrate(self) -> Calibration:
        """Fit the refusal to the labelled questions on the text as it is now, keep it, and return its table."""
        return self._refusal.calibrate()

    # ---- the user's documents -----------------------------------------------------------------------------------

    def add(
        self,
        paths: Sequence[Path],
        book: str = DEFAULT_BOOK,
        licence: str = "",
        on_progress: ProgressCallback = lambda _progress: None,
    ) -> Added:
        """Add files, or the files in folders, to a book of the user's own.

        A file that is there already changes nothing; one that has changed since replaces its document. Each document
        is stored whole or not at all, so an interrupt keeps those that are done.

        Args:
            paths: PDF, LaTeX, Markdown, HTML or plain text, and folders with such files.
            book: Name of the book they belong to.
            licence: What is known of the licence of the text; stored with it.
            on_progress: Called after every page and every file.

        Raises:
            LibraryBusy: Another process is adding or removing.
            InvalidRequest: A path that is not there, or a name no book can have.
            LibraryUnavailable: The disk is full or the folder cannot be written.
        """
        with sole_writer(self._folder):
            added = add_documents(self._store, paths, book, licence, on_progress)
            forget_removed(self._store, self._forget)
            with self._store.reading() as reader:
                for name in (TEXTBOOK, book):
                    self._indexes.update(name, reader)
        return added

    def remove(self, identifiers: Sequence[str]) -> tuple[DocumentInfo, ...]:
        """Remove documents, all of those named or none; no byte of their text stays in the library's files.

        Raises:
            LibraryBusy: Another process is adding or removing.
            InvalidRequest: An unknown document, or one of the built-in book.
        """
        with sole_writer(self._folder):
            removed = remove_documents(self._store, identifiers)
            forget_removed(self._store, self._forget)
        return removed

    def _forget(self, book: str) -> None:
        with self._store.reading() as reader:
            self._indexes.forget_removed(book, reader)
        self._dense.forget(book)

    # ---- keeping up with the text -------------------------------------------------------------------------------

    @cached_property
    def _glossary(self) -> Glossary:
        return Glossary.read(self._source.glossary_file, words_of)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return Lexicon.read(self._source.lexicon_file)


def _hit(item: Ranked) -> Hit:
    passage = item.passage
    return Hit(
        span=passage.span,
        text=passage.text,
        score=item.score,
        book=passage.book,
        chapter=passage.chapter,
        section=passage.section,
        language=passage.language,
        page=passage.page,
        kind=passage.kind,
    )
