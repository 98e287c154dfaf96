"""How like a question is to those whose answer is known to be in the book, or known not to be.

A paraphrase shares few words with the text, but often some with another question about the same thing: the labelled
questions are a second description of what the book answers, in the words of people who ask (compare document
expansion by queries, Nogueira et al. 2019, arXiv:1904.08375).
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.files import write_atomically
from knowledge.index.lexical import K1, LexicalIndex, TermCounts, load_arrays
from knowledge.retrieve.question import Question

LIKENESS = ("like_answerable", "like_unanswerable")
"""Mean share of a perfect score of the most similar questions of each kind, in order."""
_NEAREST = 3


class KnownQuestions:
    """Labelled questions, ready to be compared with a new one.

    Args:
        index: One row for each question.
        answerable: (n,) whether its answer is in the book.
        fold: (n,) the part of the questions it is held out with.
    """

    def __init__(self, index: LexicalIndex, answerable: NDArray[np.bool_], fold: NDArray[np.int64]) -> None:
        self._index = index
        self._answerable = answerable
        self._fold = fold

    @classmethod
    def build(cls, questions: Sequence[Question], answerable: Sequence[bool], fold: Sequence[int]) -> "KnownQuestions":
        """Index labelled questions."""
        counts = TermCounts()
        for question in questions:
            counts.add(Counter(_terms(question)))
        return cls(LexicalIndex.build(counts), np.array(answerable, dtype=bool), np.array(fold, dtype=np.int64))

    def likeness(self, question: Question, without_fold: int | None = None) -> tuple[float, float]:
        """Of a question to the answerable and to the unanswerable ones, each about 0 to 1.

        Args:
            question: The question.
            without_fold: Leave these labelled questions out: a question must not be compared with itself.
        """
        words = _terms(question)
        perfect = (K1 + 1) * sum(self._index.idf(word) for word in words)
        if not perfect or not len(self._fold):
            return 0.0, 0.0
        share = self._index.scores(dict.fromkeys(words, 1.0)) / perfect
        allowed = self._fold != (-1 if without_fold is None else without_fold)
        to_answerable, to_unanswerable = (
            float(np.sort(share[allowed & (self._answerable == kind)])[-_NEAREST:].sum()) / _NEAREST
            for kind in (True, False)
        )
        return to_answerable, to_unanswerable

    def save(self, path: Path, stamp: str) -> None:
        """Write as one file, whole or not at all.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """
        arrays = {"stamp": np.array(stamp), "answerable": self._answerable, "fold": self._fold}
        arrays.update((f"index.{name}", array) for name, array in self._index.arrays.items())
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    @classmethod
    def load(cls, path: Path, stamp: str) -> "KnownQuestions | None":
        """What a file holds, or None where it is missing, stale or damaged."""
        data = load_arrays(path, stamp)
        if data is None:
            return None
        index = {name.removeprefix("index."): data[name] for name in data if name.startswith("index.")}
        try:
            return cls(LexicalIndex(index), data["answerable"], data["fold"])
        except KeyError:
            return None


def _terms(question: Question) -> tuple[str, ...]:
    concepts = (f"@{number}" for number in question.concepts)
    return tuple(dict.fromkeys([*question.words, *concepts, *question.bridge]))
