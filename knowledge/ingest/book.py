"""The built-in textbook: its plan, its chapters in both languages, and the hash that says when it changed."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.ingest.parsed import PARSER_VERSION
from knowledge.text import Language

LANGUAGES: tuple[Language, ...] = ("en", "ja")


@dataclass(frozen=True)
class Chapter:
    """A chapter of the plan."""

    id: str
    title: dict[Language, str]
    read_first: tuple[str, ...]

    def heading(self, language: Language) -> str:
        """ "A5 Quantum mechanics and machine learning"."""
        return f"{self.id} {self.title[language]}"


@dataclass(frozen=True)
class BookSource:
    """A folder with ``book.toml`` and the chapters ``en/A1.md``, ``ja/A1.md``, ... in it."""

    folder: Path

    @cached_property
    def _plan(self) -> dict[str, object]:
        return tomllib.loads((self.folder / "book.toml").read_text(encoding="utf-8"))

    @cached_property
    def title(self) -> dict[Language, str]:
        """Title of the book in both languages."""
        title = self._plan["title"]
        assert isinstance(title, dict)
        return title

    @cached_property
    def licence(self) -> str:
        """SPDX identifier of the licence of the text."""
        return str(self._plan.get("licence", ""))

    @cached_property
    def chapters(self) -> tuple[Chapter, ...]:
        """Chapters in reading order."""
        items = self._plan["chapter"]
        assert isinstance(items, list)
        return tuple(Chapter(item["id"], item["title"], tuple(item["read_first"])) for item in items)

    def chapter(self, identifier: str) -> Chapter | None:
        """The chapter "B2", written in any case."""
        return next((chapter for chapter in self.chapters if chapter.id == identifier.upper()), None)

    def prerequisites(self, chapter: Chapter) -> tuple[Chapter, ...]:
        """Everything to read before a chapter, in reading order, prerequisites of prerequisites included."""
        wanted: set[str] = set()
        pending = list(chapter.read_first)
        while pending:
            identifier = pending.pop()
            found = self.chapter(identifier)
            if found is not None and identifier not in wanted:
                wanted.add(identifier)
                pending += found.read_first
        return tuple(item for item in self.chapters if item.id in wanted)

    def files(self) -> Iterator[tuple[str, Language, Path]]:
        """Identifier, language and file of each text that is there: the overview of the book, then the chapters."""
        for identifier in ("overview", *(chapter.id for chapter in self.chapters)):
            for language in LANGUAGES:
                path = self.folder / language / f"{identifier}.md"
                if path.is_file():
                    yield identifier, language, path

    @property
    def glossary_file(self) -> Path:
        """The Japanese-English glossary that belongs to the book."""
        return self.folder.parent / "glossary.tsv"

    @property
    def lexicon_file(self) -> Path:
        """The translations of single words that were learned from the book."""
        return self.folder.parent / "lexicon.tsv"

    def fingerprint(self) -> str:
        """Hash of the plan, the texts, and the version of the parser."""
        digest = hashlib.sha256(f"parser {PARSER_VERSION}\n".encode())
        digest.update((self.folder / "book.toml").read_bytes())
        for identifier, language, path in self.files():
            digest.update(f"\0{language}/{identifier}\0".encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()
