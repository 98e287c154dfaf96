"""Finding known phrases in a text, however they are spaced, hyphenated, inflected or misspelt.

A text becomes tokens: runs of Latin letters, runs of Greek letters, runs of digits, and single Japanese characters.
A phrase is the sequence of its tokens without what stands between them, so "ground state", "ground-state" and
"groundstate" are one phrase, and a phrase never begins or ends inside a Latin word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

T = TypeVar("T")

_TOKEN = re.compile(r"[A-Za-zÀ-ÿ]+|[Α-ω]+|\d+|[ぁ-ゖァ-ヺー一-鿿々〇]")
_GLUE = re.compile(r"[\s\-_'’・·=/]*")
_KATAKANA_RUN = re.compile(r"[ァ-ヺー]{5,}")
_LONGEST = 24


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text in which they are separated by "|"."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


@dataclass(frozen=True)
class Token:
    """A token in its place; ``word`` is lower case and, after correction, rightly spelt."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Found(Generic[T]):
    """A phrase in its place, with what it stands for."""

    payload: T
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, in lower case."""
    return [Token(match[0].casefold(), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def key_of(phrase: str) -> str:
    """The form under which a phrase is found: its tokens without anything between them."""
    return "".join(token.word for token in tokenise(phrase))


class PhraseIndex(Generic[T]):
    """Phrases of both languages and what each stands for; one phrase may stand for several things."""

    def __init__(self) -> None:
        self._payloads: dict[str, list[T]] = {}
        self._beginnings: set[str] = set()

    def add(self, phrase: str, payload: T) -> None:
        """Add a phrase, as it would be normalised."""
        key = ""
        for token in tokenise(phrase):
            key += token.word
            self._beginnings.add(key)
        if key and payload not in (known := self._payloads.setdefault(key, [])):
            known.append(payload)

    def find(self, text: str, tokens: list[Token]) -> list[Found[T]]:
        """All phrases in a text, the longest where several begin at one place, none inside another."""
        found: list[Found[T]] = []
        place = 0
        while place < len(tokens):
            best: tuple[int, list[T]] | None = None
            key = ""
            for stop in range(place, min(place + _LONGEST, len(tokens))):
                if stop > place and not _GLUE.fullmatch(text, tokens[stop - 1].end, tokens[stop].start):
                    break
                key += tokens[stop].word
                payloads = self._payloads.get(key) or self._payloads.get(_singular(key))
                if payloads:
                    best = stop, payloads
                if key not in self._beginnings:
                    break
            if best:
                span = tokens[place].start, tokens[best[0]].end
                found += [Found(payload, *span) for payload in best[1]]
                place = best[0] + 1
            else:
                place += 1
        return found


def _singular(key: str) -> str:
    if len(key) < 4 or not key.isascii():
        return key
    if key.endswith("ies"):
        return key[:-3] + "y"
    return key.removesuffix("s")


class Speller:
    """Corrects misspelt words towards a vocabulary: one slip in five letters or more, two in eight or more."""

    def __init__(self, vocabulary: Iterable[str], correct: Iterable[str]) -> None:
        """Make a speller.

        Args:
            vocabulary: Phrases whose words misspelt words are corrected to.
            correct: Words that look alike but are words of their own.
        """
        words = {token.word for phrase in vocabulary for token in tokenise(phrase)}
        self._latin = sorted(word for word in words if len(word) >= 5 and word.isascii() and word.isalpha())
        runs = {run for phrase in vocabulary for run in _KATAKANA_RUN.findall(phrase)}
        self._katakana = sorted(runs, key=len, reverse=True)
        self._known = words | set(correct)

    def correct_katakana(self, text: str) -> str:
        """Correct runs of katakana: ハイゼンベルグ, ハイセンベルク -> ハイゼンベルク; the rest of the run stays."""
        return _KATAKANA_RUN.sub(self._correct_run, text)

    def correct(self, tokens: list[Token]) -> list[Token]:
        """The same tokens with misspelt Latin words corrected."""
        return [Token(self._correct_word(token.word), token.start, token.end) for token in tokens]

    def _correct_word(self, word: str) -> str:
        if len(word) < 5 or not word.isascii() or not word.isalpha() or word in self._known:
            return word
        if _singular(word) in self._known:
            return word
        slips = 2 if len(word) >= 8 else 1
        near = process.extractOne(word, self._latin, scorer=OSA.distance, score_cutoff=slips)
        # The first letter is rarely wrong, and keeping it keeps "react" from becoming "exact".
        return str(near[0]) if near and near[0][0] == word[0] else word

    def _correct_run(self, match: re.Match[str]) -> str:
        run = match[0]
        if any(known in run for known in self._katakana):
            return run
        for known in self._katakana:
            if len(known) >= 6 and len(run) >= len(known) - 1:
                near = fuzz.partial_ratio_alignment(known, run, score_cutoff=80)
                if near and near.dest_end - near.dest_start >= len(known) - 1:
                    return str(run[: near.dest_start] + known + run[near.dest_end :])
        return run
