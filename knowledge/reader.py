"""Questions to the store."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from knowledge.errors import InvalidRequest
from knowledge.ingest.parsed import PARSER_VERSION
from knowledge.model import Span
from knowledge.rows import DocumentInfo, SectionKey, StoredPassage
from knowledge.text import Language

_PASSAGE_COLUMNS = """
  p.id, p.document, p.section, p.kind, p.start, p."end",
  d.book, d.chapter, d.chapter_id, d.language, s.title, s.number, s.level, p.text,
  (SELECT g.number FROM page g WHERE g.document = p.document AND g.start <= p.start
   ORDER BY g.start DESC LIMIT 1)
"""


class Reader:
    """Questions to the store, all answered from one moment of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def setting(self, key: str) -> str | None:
        """A value kept beside the documents."""
        row = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def stamps(self) -> dict[str, str]:
        """Hash of every book."""
        return dict(self._connection.execute("SELECT name, stamp FROM book ORDER BY name"))

    def documents(self, book: str | None = None) -> list[DocumentInfo]:
        """The documents of a book, or of all, in reading order."""
        rows = self._connection.execute(
            """SELECT d.id, d.book, d.chapter, d.language, d.format, d.source, d.licence, length(d.text),
                      (SELECT count(*) FROM passage p WHERE p.document = d.id), d.added, d.source_sha256
               FROM document d WHERE ? IS NULL OR d.book = ? ORDER BY d.book, d.ordinal, d.id""",
            (book, book),
        )
        return [DocumentInfo(*row) for row in rows]

    def document_from(self, book: str, source: str) -> str | None:
        """The document of a book that was read from a file."""
        return self._one("SELECT id FROM document WHERE book = ? AND source = ?", book, source)

    def document_like(self, book: str, source_sha256: str) -> str | None:
        """The first document of a book that was read from a file with this content."""
        condition = "book = ? AND source_sha256 = ? ORDER BY ordinal, id"
        return self._one(f"SELECT id FROM document WHERE {condition}", book, source_sha256)

    def has_document(self, identifier: str) -> bool:
        """Whether there is a document of this name."""
        return self._one("SELECT id FROM document WHERE id = ?", identifier) is not None

    def _one(self, query: str, *values: str) -> str | None:
        row = self._connection.execute(query, values).fetchone()
        return None if row is None else str(row[0])

    def source_hash(self, document: str) -> str | None:
        """Hash of the file a document was read from."""
        row = self._connection.execute(
            "SELECT source_sha256 FROM document WHERE id = ? AND parser = ?", (document, PARSER_VERSION)
        ).fetchone()
        return None if row is None else str(row[0])

    def text(self, document: str) -> str:
        """The stored text of a document.

        Raises:
            InvalidRequest: There is no such document.
        """
        row = self._connection.execute("SELECT text FROM document WHERE id = ?", (document,)).fetchone()
        if row is None:
            raise InvalidRequest(f"there is no document {document!r} in the library")
        return str(row[0])

    def passages(self, identifiers: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by identifier."""
        found: dict[int, StoredPassage] = {}
        for first in range(0, len(identifiers), 500):
            part = identifiers[first : first + 500]
            marks = ",".join("?" * len(part))
            found.update((item.id, item) for item in self._select(f"p.id IN ({marks})", part))
        return found

    def states(self, book: str) -> list[tuple[str, str, int, int | None]]:
        """Every document of a book by name, with what its passages follow from: text, parser and first passage."""
        return self._connection.execute(
            """SELECT id, sha256, parser, (SELECT p.id FROM passage p WHERE p.document = d.id ORDER BY p.start LIMIT 1)
               FROM document d WHERE book = ? ORDER BY id""",
            (book,),
        ).fetchall()

    def passages_of_document(self, document: str) -> Iterator[StoredPassage]:
        """All passages of a document in the order of their identifiers."""
        return self._select("p.document = ? ORDER BY p.id", (document,))

    def prose_of_book(self, book: str) -> list[int]:
        """The passages of a book that are prose below the heading of a chapter, ascending."""
        rows = self._connection.execute(
            """SELECT p.id FROM passage p JOIN document d ON d.id = p.document JOIN section s ON s.id = p.section
               WHERE d.book = ? AND p.kind = 'prose' AND s.level > 1 ORDER BY p.id""",
            (book,),
        )
        return [int(row[0]) for row in rows]

    def passages_of_section(self, section: int) -> list[StoredPassage]:
        """The passages of one section, in order."""
        return list(self._select("p.section = ? ORDER BY p.start", (section,)))

    def around(self, passage: StoredPassage, most: int = 40) -> list[StoredPassage]:
        """The section a passage stands in: of the textbook in both languages, else at most ``most`` passages of it."""
        if passage.chapter_id and passage.number:
            return list(
                self._select(
                    "d.book = ? AND d.chapter_id = ? AND s.number = ? ORDER BY p.id",
                    passage.section_key,
                )
            )
        before = list(
            self._select(
                "p.section = ? AND p.id < ? ORDER BY p.id DESC LIMIT ?", (passage.section_id, passage.id, most // 2)
            )
        )
        after = list(
            self._select(
                "p.section = ? AND p.id >= ? ORDER BY p.id LIMIT ?", (passage.section_id, passage.id, most // 2)
            )
        )
        return before[::-1] + after

    def section_in_language(self, key: SectionKey, language: Language) -> list[StoredPassage]:
        """The prose of a numbered section of the textbook, or of a chapter's overview, in one language."""
        return list(
            self._select(
                "d.book = ? AND d.chapter_id = ? AND s.number = ? AND d.language = ? AND p.kind = 'prose'"
                " ORDER BY p.start",
                (*key, language),
            )
        )

    def chapter_overview(self, book: str, chapter_id: str, language: Language) -> list[StoredPassage]:
        """The prose between the title of a chapter and its first section."""
        return list(
            self._select(
                "d.book = ? AND d.chapter_id = ? AND d.language = ? AND s.level = 1 AND p.kind = 'prose'"
                " ORDER BY p.start",
                (book, chapter_id, language),
            )
        )

    def place(self, span: Span) -> StoredPassage | None:
        """The passage a span starts in, for its chapter, section and page."""
        return next(
            self._select('p.document = ? AND p.start <= ? AND p."end" > ?', (span.document, span.start, span.start)),
            None,
        )

    def headings(self, book: str, chapter_id: str, language: Language) -> list[str]:
        """The level-2 headings of a chapter."""
        rows = self._connection.execute(
            """SELECT s.title FROM section s JOIN document d ON d.id = s.document
               WHERE d.book = ? AND d.chapter_id = ? AND d.language = ? AND s.level = 2 ORDER BY s.ordinal""",
            (book, chapter_id, language),
        )
        return [str(row[0]) for row in rows]

    def counts(self, book: str) -> tuple[int, int]:
        """Number of documents and of passages in a book."""
        row = self._connection.execute(
            """SELECT (SELECT count(*) FROM document WHERE book = ?),
                      (SELECT count(*) FROM passage p JOIN document d ON d.id = p.document WHERE d.book = ?)""",
            (book, book),
        ).fetchone()
        return int(row[0]), int(row[1])

    def count_vectors(self, book: str, embedder: str) -> int:
        """Number of passages of a book with a vector of an embedder."""
        row = self._connection.execute(
            """SELECT count(*) FROM vector v JOIN passage p ON p.id = v.passage JOIN document d ON d.id = p.document
               WHERE d.book = ? AND v.embedder = ?""",
            (book, embedder),
        ).fetchone()
        return int(row[0])

    def embedders(self, book: str) -> dict[str, int]:
        """What the vectors of a book were made with, and how many with each."""
        rows = self._connection.execute(
            """SELECT v.embedder, count(*) FROM vector v JOIN passage p ON p.id = v.passage
               JOIN document d ON d.id = p.document WHERE d.book = ? GROUP BY v.embedder""",
            (book,),
        )
        return {str(name): int(number) for name, number in rows}

    def without_vector(self, book: str, embedder: str) -> list[int]:
        """Passages of a book that have no vector of an embedder, ascending; code and references need none."""
        rows = self._connection.execute(
            """SELECT p.id FROM passage p JOIN document d ON d.id = p.document LEFT JOIN vector v ON v.passage = p.id
               WHERE d.book = ? AND p.kind NOT IN ('code', 'references')
               AND (v.embedder IS NULL OR v.embedder <> ?) ORDER BY p.id""",
            (book, embedder),
        )
        return [int(row[0]) for row in rows]

    def vectors(self, book: str, embedder: str) -> list[tuple[int, bytes]]:
        """Passages of a book with their vectors, ascending."""
        rows = self._connection.execute(
            """SELECT v.passage, v.vector FROM vector v JOIN passage p ON p.id = v.passage
               JOIN document d ON d.id = p.document WHERE d.book = ? AND v.embedder = ? ORDER BY v.passage""",
            (book, embedder),
        )
        return [(int(number), bytes(blob)) for number, blob in rows]

    def wrong_texts(self) -> list[str]:
        """Documents that do not match their hash, and passages that are not what stands at their span."""
        wrong = []
        documents = self._connection.execute("SELECT id, text, sha256 FROM document").fetchall()
        for identifier, text, expected in documents:
            if text_hash(text) != expected:
                wrong.append(str(identifier))
            rows = self._connection.execute(
                'SELECT start, "end", text FROM passage WHERE document = ?', (identifier,)
            ).fetchall()
            wrong += [f"{identifier}:{start}-{end}" for start, end, part in rows if text[start:end] != part]
        return wrong

    def _select(self, condition: str, values: Iterable[object]) -> Iterator[StoredPassage]:
        rows = self._connection.execute(
            f"""SELECT {_PASSAGE_COLUMNS} FROM passage p JOIN document d ON d.id = p.document
                JOIN section s ON s.id = p.section WHERE {condition}""",
            tuple(values),
        )
        for row in rows:
            yield StoredPassage(*row)


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
