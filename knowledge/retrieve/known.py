"""How like a question is to those whose answer is known to be in the book, or known not to be.

A paraphrase shares few words with the text, and a question about a neighbouring subject many; both share words with
other questions of their kind. Only the book that the labelled questions were written for is judged with their help.
"""

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.files import write_atomically
from knowledge.index.lexical import LexicalIndex
from knowledge.index.postings import Postings, TermCounts
from knowledge.index.segment import load_arrays
from knowledge.retrieve.question import Question

LIKENESS = {
    "like_answerable": 1,  # mean cosine with the two most similar answerable questions
    "like_unanswerable": -1,  # and with the two most similar unanswerable ones
}
"""The numbers that ``likeness`` returns, in order, with the sign that their weight may have."""
_NEAREST = 2


class KnownQuestions:
    """Labelled questions, ready to be compared with a new one.

    Args:
        postings: One row for each question, in which every term counts once.
        scale: (n,) what makes the score of a row its cosine, up to the length of the new question.
        answerable: (n,) whether its answer is in the book.
        fold: (n,) the part of the questions it is held out with.
    """

    def __init__(
        self,
        postings: Postings,
        scale: NDArray[np.float32],
        answerable: NDArray[np.bool_],
        fold: NDArray[np.int64],
    ) -> None:
        self._postings = postings
        self._index = LexicalIndex([postings])
        self._scale = scale
        self._answerable = answerable
        self._fold = fold

    @classmethod
    def build(cls, questions: Sequence[Question], answerable: Sequence[bool], fold: Sequence[int]) -> "KnownQuestions":
        """Index labelled questions."""
        counts = TermCounts()
        for question in questions:
            counts.add(Counter(_terms(question)))
        postings = Postings.counted(counts)
        own, length = LexicalIndex([postings]).of_own_terms()
        scale = np.divide(length, own, out=np.zeros_like(own), where=own > 0).astype(np.float32)
        return cls(postings, scale, np.array(answerable, dtype=bool), np.array(fold, dtype=np.int64))

    def likeness(self, question: Question, without_fold: int | None = None) -> tuple[float, float]:
        """Of a question to the answerable and to the unanswerable ones, each between 0 and 1.

        Args:
            question: The question.
            without_fold: Leave these labelled questions out: a question must not be compared with itself.
        """
        idf = _idf(question, self._index)
        if not idf or not len(self._scale):
            return 0.0, 0.0
        cosine = self._index.scores(idf) * self._scale / _length(idf)
        allowed = self._fold != (-1 if without_fold is None else without_fold)
        to_answerable, to_unanswerable = (
            float(np.sort(cosine[allowed & (self._answerable == kind)])[-_NEAREST:].sum()) / _NEAREST
            for kind in (True, False)
        )
        return to_answerable, to_unanswerable

    def save(self, path: Path, stamp: str) -> None:
        """Write as one file, whole or not at all.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "stamp": np.array(stamp),
            "scale": self._scale,
            "answerable": self._answerable,
            "fold": self._fold,
        }
        arrays.update((f"index.{name}", array) for name, array in self._postings.arrays.items())
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    @classmethod
    def load(cls, path: Path, stamp: str) -> "KnownQuestions | None":
        """What a file holds, or None where it is missing, stale or damaged."""
        data = load_arrays(path)
        if str(data.get("stamp")) != stamp:
            return None
        index = {name.removeprefix("index."): data[name] for name in data if name.startswith("index.")}
        try:
            scale = data["scale"].astype(np.float32, copy=False)
            answerable, fold = data["answerable"].astype(bool), data["fold"].astype(np.int64)
            return cls(Postings(index), scale, answerable, fold)
        except KeyError:
            return None


def _terms(question: Question) -> tuple[str, ...]:
    """Its words, its concepts, and their names in the other language."""
    concepts = (f"@{number}" for number in question.concepts)
    return tuple(dict.fromkeys([*question.words, *concepts, *question.bridge]))


def _idf(question: Question, index: LexicalIndex) -> dict[str, float]:
    return {word: index.idf(word) for word in _terms(question)}


def _length(idf: dict[str, float]) -> float:
    return math.hypot(*idf.values())
