"""Changes to the store."""

import hashlib
from collections.abc import Iterable

from knowledge.ingest.parsed import PARSER_VERSION
from knowledge.reader import Reader, text_hash
from knowledge.rows import NewDocument


class Writer(Reader):
    """Changes to the store inside one transaction."""

    def set(self, key: str, value: str) -> None:
        """Keep a value beside the documents."""
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    def unset(self, key: str) -> None:
        """Forget a value."""
        self._connection.execute("DELETE FROM setting WHERE key = ?", (key,))

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
                text_hash(parsed.text),
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
        rows = self.states(book)
        if not rows:
            self._connection.execute("DELETE FROM book WHERE name = ?", (book,))
            return ""
        stamp = hashlib.sha256(repr(rows).encode()).hexdigest()
        self._connection.execute("UPDATE book SET stamp = ? WHERE name = ?", (stamp, book))
        return stamp
