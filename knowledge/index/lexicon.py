"""The lexicon: which terms of one language stand where a term of the other does, learned from the bilingual book.

The glossary knows the names of concepts. The lexicon knows the rest of the words of a question, such as
「忘れる」 and "forget", as weights between single terms of the index.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from knowledge.text import Language

HEADING = "ja\ten\tweight\tonly"


@dataclass(frozen=True)
class Pair:
    """A Japanese and an English term of the index that translate each other.

    Attributes:
        ja: Kanji, or two characters of kanji, katakana, or kanji and the hiragana behind it.
        en: Stem of a word.
        weight: Geometric mean of the two translation probabilities, between 0 and 1.
        only: The chapter where all evidence for the pair stands; empty where there is some in several.
    """

    ja: str
    en: str
    weight: float
    only: str = ""


class Lexicon:
    """Terms and their translations.

    Args:
        pairs: In any order.
    """

    def __init__(self, pairs: Iterable[Pair] = ()) -> None:
        self.pairs = tuple(pairs)

    @classmethod
    def read(cls, path: Path) -> "Lexicon":
        """Read a table with the columns ja, en, weight, only; a missing file is empty."""
        if not path.is_file():
            return cls()
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
        return cls(Pair(ja, en, float(weight), only) for ja, en, weight, only in rows)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the pairs; part of the stamp of what was made with them."""
        return hashlib.sha256(repr(self.pairs).encode()).hexdigest()[:16]

    def translations(self, word: str, language: Language, without: str = "") -> Sequence[tuple[str, float]]:
        """Terms of the other language with their weights; none for a term the lexicon does not know.

        Args:
            word: A term of the index.
            language: Its language.
            without: Leave out what only this chapter of the book tells.
        """
        found = self._by_term[language].get(word, ())
        return [(other, weight) for other, weight, only in found if not without or only != without]

    @cached_property
    def _by_term(self) -> dict[Language, dict[str, list[tuple[str, float, str]]]]:
        table: dict[Language, dict[str, list[tuple[str, float, str]]]] = {"ja": {}, "en": {}}
        for pair in self.pairs:
            table["ja"].setdefault(pair.ja, []).append((pair.en, pair.weight, pair.only))
            table["en"].setdefault(pair.en, []).append((pair.ja, pair.weight, pair.only))
        return table
