"""The Japanese-English glossary: the bridge between the languages, on questions and on passages."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.text import search_copy

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Entry:
    """One concept: its Japanese and English names, the headword first."""

    ja: tuple[str, ...]
    en: tuple[str, ...]
    reading: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in both languages."""
        return self.ja + self.en


class Glossary:
    """Finds concepts in running text of either language.

    Args:
        entries: The concepts; their position is their number.
        words_of: Splits a search copy into the word stems that English names are compared in.
    """

    def __init__(self, entries: Sequence[Entry], words_of: Callable[[str], list[str]]) -> None:
        self.entries = tuple(entries)
        self._words_of = words_of

    @classmethod
    def read(cls, path: Path, words_of: Callable[[str], list[str]]) -> "Glossary":
        """Read a table with the columns ja, reading, en, ja_synonyms, en_synonyms; a missing file is empty."""
        if not path.is_file():
            return cls((), words_of)
        entries = []
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            cells = [cell.strip() for cell in line.split("\t")] + [""] * 5
            if cells[0] and cells[2]:
                ja = (cells[0], *_synonyms(cells[3]))
                entries.append(Entry(ja, (cells[2], *_synonyms(cells[4])), cells[1]))
        return cls(entries, words_of)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the entries; part of the stamp of what was built with them."""
        return hashlib.sha256(repr(self.entries).encode()).hexdigest()[:16]

    def named_in(self, copy: str, words: Sequence[str]) -> list[int]:
        """Numbers of the entries named in a search copy whose word stems are given; nested names count too."""
        found: list[int] = []
        by_start, by_word = self._names
        for position, character in enumerate(copy):
            for name, number in by_start.get(character, ()):
                if copy.startswith(name, position):
                    found.append(number)
        for position, word in enumerate(words):
            for sequence, number in by_word.get(word, ()):
                if tuple(words[position : position + len(sequence)]) == sequence:
                    found.append(number)
        return found

    @cached_property
    def _names(self) -> tuple[dict[str, list[tuple[str, int]]], dict[str, list[tuple[tuple[str, ...], int]]]]:
        """Japanese names by first character, English names (as stems) by first word."""
        by_start: dict[str, list[tuple[str, int]]] = {}
        by_word: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, entry in enumerate(self.entries):
            for name in dict.fromkeys(search_copy(name) for name in entry.names):
                if _JAPANESE.search(name):
                    by_start.setdefault(name[0], []).append((name, number))
                elif sequence := tuple(self._words_of(name)):
                    by_word.setdefault(sequence[0], []).append((sequence, number))
        return by_start, by_word


def _synonyms(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
