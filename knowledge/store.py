"""SQLite, the source of truth: whole documents with their sections and passages, or nothing of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knowledge.errors import LibraryBusy, LibraryDamaged, LibraryUnavailable
from knowledge.reader import Reader
from knowledge.rows import DocumentInfo, NewDocument, SectionKey, StoredPassage
from knowledge.writer import Writer

__all__ = ["DocumentInfo", "NewDocument", "Reader", "SectionKey", "Store", "StoredPassage", "Writer"]

SCHEMA_VERSION = 3
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

# What stands behind the text of a row is found without reading the text.
_INDEXES = """
CREATE INDEX document_of_source ON document(book, source, source_sha256, parser);
CREATE INDEX document_of_file ON document(book, source_sha256);
CREATE INDEX document_of_stamp ON document(book, id, sha256, parser)
"""

_MIGRATIONS = {0: _SCHEMA, 1: _VECTORS, 2: _INDEXES}
"""Schema version -> what makes the next one of it; a library of an older one keeps all it has."""


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
        connection.execute("BEGIN")
        version = self._version(connection)
        is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        connection.execute("COMMIT")
        if version == 0 and not is_empty:
            raise LibraryDamaged(f"{self._path} is a database, but no library; move it away and start anew")
        if version == 0:
            connection.execute("PRAGMA journal_mode = WAL")
        if version < SCHEMA_VERSION:
            connection.execute("BEGIN IMMEDIATE")
            for older in range(self._version(connection), SCHEMA_VERSION):  # another process may have been faster
                for statement in _MIGRATIONS[older].split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {older + 1}")
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
    def reading(self) -> Iterator[Reader]:
        """One consistent view of the store, whatever is being written meanwhile."""
        with self._connect() as connection:
            connection.execute("BEGIN")
            yield Reader(connection)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """One transaction: all of it is kept or nothing."""
        with self._connect() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield Writer(connection)
            connection.execute("COMMIT")

    def compact(self) -> None:
        """Give the room of removed text back, so that no byte of it stays in the file.

        Raises:
            LibraryBusy: A reader has kept the old state for a minute.
        """
        with self._connect() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if is_busy:
            raise LibraryBusy(
                f"another process has been reading {self._path} for a minute: the text is removed, its bytes go when "
                "the library is next opened"
            )

    def integrity(self) -> str:
        """What SQLite says of its file: "ok"."""
        with self._connect() as connection:
            return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
