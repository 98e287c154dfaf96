"""Rows of the store as plain data."""

from dataclasses import dataclass

from knowledge.ingest.parsed import ParsedDocument
from knowledge.model import Span
from knowledge.text import Language

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
