"""What a parser makes of a file, before it is stored."""

from dataclasses import dataclass
from typing import Literal

from knowledge.text import Language

PassageKind = Literal["prose", "code", "table", "references"]

PARSER_VERSION = 1
"""Part of the stamp of every stored document; a new version re-reads the built-in book."""


@dataclass(frozen=True)
class Block:
    """A run of source lines of one kind; ``source[start:end]`` is its text."""

    kind: Literal["heading", "paragraph", "display", "code", "table"]
    start: int
    end: int
    level: int = 0
    title: str = ""


@dataclass(frozen=True)
class ParsedPassage:
    """The unit of retrieval: whole sentences, equations and code blocks."""

    start: int
    end: int
    kind: PassageKind


@dataclass(frozen=True)
class ParsedSection:
    """The text from one heading to the next.

    Attributes:
        level: Depth of its heading; 1 is the document's own.
        title: The heading it stands under, with its parent below the chapter: "§2 Autograd › Chain rule".
        number: The "2" of "§2"; empty where the heading carries none.
        start: Where its body starts, behind the heading.
        end: Where the next heading starts.
    """

    level: int
    title: str
    number: str
    start: int
    end: int
    passages: tuple[ParsedPassage, ...]


@dataclass(frozen=True)
class ParsedDocument:
    """A document ready to be stored; all spans are character ranges of ``text``.

    Attributes:
        pages: Character range of each page, for formats that have pages.
    """

    text: str
    title: str
    language: Language
    sections: tuple[ParsedSection, ...]
    pages: tuple[tuple[int, int], ...] = ()
