"""SQLite, the source of truth: whole documents with their sections and passages, or nothing of them."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import InvalidRequest, LibraryBusy, LibraryDamaged, LibraryUnavailable
from knowledge.ingest.parsed import PARSER_VERSION, ParsedDocument
from knowledge.model import Span
from knowledge.text import Language

SCHEMA_VERSION = 2
_WAIT_SECONDS = 60.0

_SCHEMA = """
CREATE TABLE book (
  name TEXT PRIMARY KEY,
  stamp TEXT NOT NULL             -- hash over its documents; every index made from it carries it
) WITHOUT ROWID;
CREATE TABLE document (
  id TEXT PRIMARY KEY,            -- BOOK/...
  book TEXT NOT NULL REFERENCES book(name),
  ordinal INTEGER NOT NULL,       -- reading order within the book
  chapter TEXT NOT NULL,          -- its title as it stands in a citation
  chapter_id TEXT NOT NULL,       -- "A5" in the textbook, else ''
  language TEXT NOT NULL CHECK (language IN ('en', 'ja')),
  format TEXT NOT NULL,
  source TEXT NOT NULL,           -- where it came from: a path, or 'ansatz'
  licence TEXT NOT NULL,
  text TEXT NOT NULL,
  sha256 TEXT NOT NULL,           -- of text, UTF-8
  source_sha256 TEXT NOT NULL,    -- of the file as it was read
  parser INTEGER NOT NULL,
  added TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE TABLE page (
  document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE TABLE section (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  level INTEGER NOT NULL,
  number TEXT NOT NULL,
  title TEXT NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL
);
CREATE INDEX section_of_document ON section(document, ordinal);
CREATE INDEX document_of_chapter ON document(book, chapter_id, language);
CREATE TABLE passage (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL REFERENCES document(id) ON DELETE CASCADE,
  section INTEGER NOT NULL REFERENCES section(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  text TEXT NOT NULL              -- document.text[start:end], kept so that a hit needs no whole document
);
CREATE INDEX passage_of_document ON passage(document, start);
CREATE INDEX passage_of_section ON passage(section, start);
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

_VECTORS = """
CREATE TABLE vector (
  passage INTEGER PRIMARY KEY REFERENCES passage(id) ON DELETE CASCADE,
  embedder TEXT NOT NULL,         -- model, dimension, and the glossary its gists were made with
  vector BLOB NOT NULL            -- unit row, little-endian IEEE half precision
)
"""

_PASSAGE_COLUMNS = """
  p.id, p.document, p.section, p.kind, p.start, p."end",
  d.book, d.chapter, d.chapter_id, d.language, s.title, s.number, s.level, p.text,
  (SELECT g.number FROM page g WHERE g.document = p.document AND g.start <= p.start
   ORDER BY g.start DESC LIMIT 1)
"""


SectionKey = tuple[str, str, str]
"""Book, chapter and number of a section, whatever its language."""


@dataclass(frozen=True)
class StoredPassage:
    """A passage with all that a citation needs."""

    id: int
    document: str
    section_id: int
    kind: str
    start: int
    end: int
    book: str
    chapter: str
    chapter_id: str
    language: Language
    section: str
    number: str
    level: int
    text: str
    page: int | None

    @property
    def span(self) -> Span:
        """Where it stands in its document."""
        return Span(self.document, self.start, self.end)

    @property
    def section_group(self) -> tuple[object, ...]:
        """Equal for passages of one numbered section with its subsections, or of one section without a number."""
        return (self.document, self.number) if self.number else (self.section_id,)

    @property
    def section_key(self) -> "SectionKey":
        """Equal for the two translations of a section of the textbook."""
        return self.book, self.chapter_id, self.number


@dataclass(frozen=True)
class NewDocument:
    """A parsed document and where it came from."""

    id: str
    book: str
    ordinal: int
    chapter: str
    chapter_id: str
    format: str
    source: str
    licence: str
    source_sha256: str
    parsed: ParsedDocument


@dataclass(frozen=True)
class DocumentInfo:
    """A stored document as it stands in a list."""

    id: str
    book: str
    chapter: str
    language: Language
    format: str
    source: str
    licence: str
    characters: int
    passages: int
    added: str
    source_sha256: str


class Store:
    """The library's SQLite file. Every method opens its own connection, so threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connect() as connection:
                self._prepare(connection)
        except OSError as error:
            raise LibraryUnavailable(f"cannot make the library's folder {path.parent}: {error.strerror}") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._version(connection) == 0:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if self._version(connection) == 0:
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute("PRAGMA user_version = 1")
            connection.execute("COMMIT")
        if self._version(connection) == 1:  # a library of before there were vectors keeps all it has
            connection.execute("BEGIN IMMEDIATE")
            if self._version(connection) == 1:
                connection.execute(_VECTORS)
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute("COMMIT")
        found = self._version(connection)
        if found != SCHEMA_VERSION:
            raise LibraryDamaged(
                f"{self._path} was written by another version of the library (schema {found}, this one reads "
                f"{SCHEMA_VERSION}); move it away and add your documents again"
            )

    @staticmethod
    def _version(connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS, isolation_level=None)
        except sqlite3.Error as error:
            raise LibraryUnavailable(f"cannot open {self._path}: {error}") from error
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LibraryBusy(f"another process has been writing to {self._path} for a minute") from error
            raise LibraryUnavailable(f"cannot use {self._path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LibraryDamaged(f"{self._path} cannot be read: {error}; move it away and start anew") from error
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator["Reader"]:
        """One consistent view of the store, whatever is being written meanwhile."""
        with self._connect() as connection:
            connection.execute("BEGIN")
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """One transaction: all of it is kept or nothing."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Writer(connection)
            connection.execute("COMMIT")

    def compact(self) -> None:
        """Give the room of removed text back, so that no byte of it stays in the file."""
        with self._connect() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def integrity(self) -> str:
        """What SQLite says of its file: "ok"."""
        with self._connect() as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


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

    def passages_of_book(self, book: str) -> Iterator[StoredPassage]:
        """All passages of a book in the order of their identifiers."""
        return self._select("d.book = ? ORDER BY p.id", (book,))

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
            if _sha256(text) != expected:
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


class Writer(Reader):
    """Changes to the store inside one transaction."""

    def set(self, key: str, value: str) -> None:
        """Keep a value beside the documents."""
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    def replace(self, document: NewDocument) -> None:
        """Store a document; one with the same identifier makes room."""
        parsed = document.parsed
        execute = self._connection.execute
        execute("INSERT OR IGNORE INTO book VALUES (?, '')", (document.book,))
        execute("DELETE FROM document WHERE id = ?", (document.id,))
        execute(
            """INSERT INTO document (id, book, ordinal, chapter, chapter_id, language, format, source, licence, text,
                                     sha256, source_sha256, parser) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)""",
            (
                document.id,
                document.book,
                document.ordinal,
                document.chapter,
                document.chapter_id,
                parsed.language,
                document.format,
                document.source,
                document.licence,
                parsed.text,
                _sha256(parsed.text),
                document.source_sha256,
                PARSER_VERSION,
            ),
        )
        self._connection.executemany(
            "INSERT INTO page VALUES (?,?,?,?)",
            [(document.id, number, start, end) for number, (start, end) in enumerate(parsed.pages, 1)],
        )
        for ordinal, section in enumerate(parsed.sections):
            key = execute(
                'INSERT INTO section (document, ordinal, level, number, title, start, "end") VALUES (?,?,?,?,?,?,?)',
                (document.id, ordinal, section.level, section.number, section.title, section.start, section.end),
            ).lastrowid
            self._connection.executemany(
                'INSERT INTO passage (document, section, kind, start, "end", text) VALUES (?,?,?,?,?,?)',
                [
                    (document.id, key, item.kind, item.start, item.end, parsed.text[item.start : item.end])
                    for item in section.passages
                ],
            )

    def set_vectors(self, embedder: str, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Keep vectors of passages; one that has gone meanwhile is left out."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO vector SELECT id, ?, ? FROM passage WHERE id = ?",
            [(embedder, blob, number) for number, blob in vectors],
        )

    def remove(self, document: str) -> None:
        """Remove a document with its sections, passages and pages."""
        self._connection.execute("DELETE FROM document WHERE id = ?", (document,))

    def restamp(self, book: str) -> str:
        """Hash a book again after a change; a book without documents is forgotten."""
        rows = self._connection.execute(
            """SELECT id, sha256, parser, (SELECT min(p.id) FROM passage p WHERE p.document = d.id)
               FROM document d WHERE book = ? ORDER BY id""",
            (book,),
        ).fetchall()
        if not rows:
            self._connection.execute("DELETE FROM book WHERE name = ?", (book,))
            return ""
        stamp = hashlib.sha256(repr(rows).encode()).hexdigest()
        self._connection.execute("UPDATE book SET stamp = ? WHERE name = ?", (stamp, book))
        return stamp


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
