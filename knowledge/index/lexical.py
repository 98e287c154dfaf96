"""BM25 over sparse numpy columns.

Written out here, and not taken from a package, because a cold question must be answered in a fraction of a second:
the nearest package (bm25s 0.3) imports numba and scipy, 0.6-1.0 s, before it scores anything.
"""

import hashlib
import zipfile
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
_COLUMNS_KEPT = 1 << 14


class TermCounts:
    """Term counts of texts, kept compactly while they come in one by one."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.lengths = array("i")
        self.columns = array("i")
        self.rows = array("i")
        self.counts = array("i")

    def add(self, counts: Mapping[str, int]) -> None:
        """Append a text, given by how often each term occurs in it.

        Concepts ("@7"), definitions ("=7") and coarse stems ("discov*") repeat what is there already; they
        do not make it longer.
        """
        numbers = self.numbers
        self.columns.extend([numbers.setdefault(word, len(numbers)) for word in counts])
        self.counts.extend(counts.values())
        self.rows.extend([len(self.lengths)] * len(counts))
        self.lengths.append(sum(n for word, n in counts.items() if word[0] not in "@=" and word[-1] != "*"))


class LexicalIndex:
    """Okapi BM25 (Robertson and Zaragoza 2009, eq. 3.15, with the non-negative idf log(1 + (N - n + 0.5)/(n + 0.5))).

    Args:
        arrays: As ``arrays`` gives them back.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.arrays = dict(arrays)
        self._terms = arrays["terms"]  # (n_terms,) sorted 64-bit hashes
        self._first = arrays["first"]  # (n_terms + 1,) column boundaries
        self._rows = arrays["rows"]  # (n_postings,) row of each posting
        self._weights: NDArray[np.float32] = arrays["weights"].astype(
            np.float32, copy=False
        )  # (n_postings,) BM25 weight of each posting
        self._idf = arrays["idf"]  # (n_terms,)
        self._df = arrays["df"]  # (n_terms,)
        self._n_total = int(arrays["n_total"])  # texts the frequencies were counted over
        self.n_rows = int(arrays["n_rows"])
        self._columns: dict[str, int | None] = {}

    @classmethod
    def build(cls, texts: "TermCounts", background: "LexicalIndex | None" = None) -> "LexicalIndex":
        """Index counted texts.

        Args:
            texts: The rows.
            background: Document frequencies are counted over these texts too, so that the scores of a book of
                three pages mean the same as those of a large one.
        """
        hashes = np.array([term_hash(word) for word in texts.numbers], dtype=np.uint64)
        rank = np.argsort(hashes, kind="stable")
        place = np.empty_like(rank)
        place[rank] = np.arange(len(rank))
        column = place.astype(np.int32)[np.frombuffer(texts.columns, dtype=np.int32)]
        order = np.argsort(column, kind="stable")
        column = column[order]
        row_of = np.frombuffer(texts.rows, dtype=np.int32)[order]
        tf: NDArray[np.float32] = np.frombuffer(texts.counts, dtype=np.int32)[order].astype(np.float32)
        terms = hashes[rank]
        df = np.bincount(column, minlength=len(terms)).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(df)])
        n_total, df_total = len(texts.lengths), df
        if background is not None:
            n_total += background._n_total
            df_total = df + background.document_frequencies(terms)
        idf: NDArray[np.float32] = np.log1p((n_total - df_total + 0.5) / (df_total + 0.5)).astype(np.float32)
        length = np.array(texts.lengths, dtype=np.float32)
        mean_length = max(float(length.mean()), 1.0) if len(length) else 1.0
        norm = (K1 * (1 - B + B * length / mean_length)).astype(np.float32)
        weights: NDArray[np.float32] = np.multiply(idf[column], tf * (K1 + 1) / (tf + norm[row_of]), dtype=np.float32)
        return cls(
            {
                "n_rows": np.array(len(texts.lengths)),
                "terms": terms,
                "first": first,
                "rows": row_of,
                "weights": weights,
                "idf": idf,
                "df": df_total,
                "n_total": np.array(n_total),
            }
        )

    def scores(self, weighted_terms: Mapping[str, float]) -> NDArray[np.float32]:
        """(n_rows,) BM25 score of every row for a question given as term -> weight."""
        total = np.zeros(self.n_rows, dtype=np.float32)
        for word, weight in weighted_terms.items():
            column = self._column(word)
            if column is not None:
                part = slice(int(self._first[column]), int(self._first[column + 1]))
                total[self._rows[part]] += np.float32(weight) * self._weights[part]
        return total

    def idf(self, word: str) -> float:
        """Inverse document frequency; a word that never occurs gets the largest there is."""
        column = self._column(word)
        return float(np.log1p((self._n_total + 0.5) / 0.5)) if column is None else float(self._idf[column])

    def __contains__(self, word: str) -> bool:
        return self._column(word) is not None

    def document_frequencies(self, terms: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Number of texts that hold each of the hashed terms."""
        result = np.zeros(len(terms), dtype=np.int64)
        if len(self._terms):
            place = np.minimum(np.searchsorted(self._terms, terms), len(self._terms) - 1)
            known = self._terms[place] == terms
            result[known] = self._df[place[known]]
        return result

    def _column(self, word: str) -> int | None:
        known = self._columns.get(word, -1)
        if known != -1:
            return known
        key = np.uint64(term_hash(word))
        place = int(np.searchsorted(self._terms, key))
        column = place if place < len(self._terms) and self._terms[place] == key else None
        if len(self._columns) >= _COLUMNS_KEPT:
            self._columns.clear()
        self._columns[word] = column
        return column


def term_hash(word: str) -> int:
    """64-bit hash of a term, the same in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def load_arrays(path: Path, stamp: str) -> dict[str, NDArray[Any]] | None:
    """Arrays of a file; None where it is missing, stamped otherwise or damaged (the archive carries checksums)."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            if str(archive["stamp"]) != stamp:
                return None
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
