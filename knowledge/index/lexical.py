"""BM25 over term counts in one or several parts, with the statistics of all of them.

Written out here, and not taken from a package, because a cold question must be answered in a fraction of a second:
the nearest package (bm25s 0.3) imports numba and scipy, 0.6-1.0 s, before it scores anything.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.index.postings import Postings, term_hash

K1 = 1.2
B = 0.75
_WORDS_KEPT = 1 << 14


class LexicalIndex:
    """Okapi BM25 (Robertson and Zaragoza 2009, eq. 3.15, with the non-negative idf log(1 + (N - n + 0.5)/(n + 0.5))).

    Only counts are kept, and what follows from the whole collection (N, n and the mean length) is worked out when a
    question comes. So a score does not depend, to the last bit, on how the rows are cut into parts.

    Args:
        parts: The rows, one part after the other.
        background: Document frequencies are counted over these texts too, so that the scores of a book of three pages
            mean the same as those of a large one.
    """

    def __init__(self, parts: Sequence[Postings], background: "LexicalIndex | None" = None) -> None:
        self._parts = tuple(parts)
        self._background = background
        self.n_rows = sum(part.n_rows for part in parts)
        self.n_texts: int = self.n_rows + (background.n_texts if background else 0)
        length = sum(int(part.lengths.sum(dtype=np.int64)) for part in parts)
        mean = np.float32(max(length / self.n_rows, 1.0) if self.n_rows else 1.0)
        self._norms = [(K1 * (1 - B + B * part.lengths.astype(np.float32) / mean)).astype(np.float32) for part in parts]
        self._words: dict[str, tuple[int, tuple[slice, ...]]] = {}

    def scores(self, weighted_terms: Mapping[str, float]) -> NDArray[np.float32]:
        """(n_rows,) BM25 score of every row for a question given as term -> weight."""
        total = np.zeros(self.n_rows, dtype=np.float32)
        for word, weight in weighted_terms.items():
            factor = np.float32(weight * self.idf(word) * (K1 + 1))
            first = 0
            for part, norm, column in zip(self._parts, self._norms, self._find(word)[1], strict=True):
                if column.stop:
                    rows = part.rows[column]
                    counts = part.counts[column].astype(np.float32)
                    total[first : first + part.n_rows][rows] += factor * counts / (counts + norm[rows])
                first += part.n_rows
        return total

    def of_own_terms(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of every row: its score for its own terms, each weighted with its idf, and the length of those weights.

        Only an index of one part is asked.
        """
        (part,), (norm,) = self._parts, self._norms
        n = np.diff(part.first)
        squared = np.repeat(np.log1p((self.n_texts - n + 0.5) / (n + 0.5)), n) ** 2
        share = (K1 + 1) * part.counts / (part.counts + norm[part.rows])
        sums = [np.bincount(part.rows, weights, part.n_rows) for weights in (squared * share, squared)]
        return sums[0].astype(np.float64), np.sqrt(sums[1])

    def idf(self, word: str) -> float:
        """Inverse document frequency; a word that occurs in no row gets the largest there is."""
        n = self._find(word)[0]
        return math.log1p((self.n_texts - n + 0.5) / (n + 0.5))

    def __contains__(self, word: str) -> bool:
        return self._find(word)[0] > 0

    def document_frequency(self, word: str) -> int:
        """Number of texts that hold a term, those of the background included; 0 for one that occurs in no row."""
        return self._find(word)[0]

    def _find(self, word: str) -> tuple[int, tuple[slice, ...]]:
        """Document frequency of a term, and its postings in each part."""
        known = self._words.get(word)
        if known is None:
            key = np.uint64(term_hash(word))
            columns = tuple(part.column(key) for part in self._parts)
            n = sum(column.stop - column.start for column in columns)
            if n and self._background is not None:
                n += self._background.document_frequency(word)
            if len(self._words) >= _WORDS_KEPT:
                self._words.clear()
            known = self._words[word] = (n, columns)
        return known
