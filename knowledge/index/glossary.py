"""The Japanese-English glossary: the bridge between the languages, on questions and on passages."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add
from pathlib import Path

from knowledge.text import Language, search_copy

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ALONE = re.compile(r"(?<![\u30a1-\u30ff\u3400-\u9fff])[\u3400-\u9fff](?![\u30a1-\u30ff\u3400-\u9fff])")
"""A single character is a name only where it stands alone: 「群」, not the 群 of 「症候群」."""


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

    def in_language(self, language: Language) -> tuple[str, ...]:
        """The names in one language, the headword first."""
        return self.ja if language == "ja" else self.en


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
        if _JAPANESE.search(copy):
            for start in by_start.keys() & set(map(add, copy, copy[1:])):
                for name, number in by_start[start]:
                    found += [number] * copy.count(name)
            for match in _ALONE.finditer(copy):
                found += [number for _, number in by_start.get(match[0], ())]
        if by_word.keys() & set(words):
            for position, word in enumerate(words):
                for sequence, number in by_word.get(word, ()):
                    if tuple(words[position : position + len(sequence)]) == sequence:
                        found.append(number)
        return sorted(found)

    @cached_property
    def _names(self) -> tuple[dict[str, list[tuple[str, int]]], dict[str, list[tuple[tuple[str, ...], int]]]]:
        """Japanese names by their first two characters, English names (as stems) by first word."""
        by_start: dict[str, list[tuple[str, int]]] = {}
        by_word: dict[str, list[tuple[tuple[str, ...], int]]] = {}
        for number, entry in enumerate(self.entries):
            for name in dict.fromkeys(search_copy(name) for name in entry.names):
                if _JAPANESE.search(name):
                    by_start.setdefault(name[:2], []).append((name, number))
                elif sequence := tuple(self._words_of(name)):
                    by_word.setdefault(sequence[0], []).append((sequence, number))
        return by_start, by_word


def _synonyms(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())
