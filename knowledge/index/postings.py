"""Term counts of texts as sparse numpy columns: never changed, only joined to others or thinned out."""

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import repeat

import numpy as np
from numpy.typing import NDArray


class TermCounts:
    """Term counts of texts, kept compactly while they come in one by one."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, int] = defaultdict()
        self.numbers.default_factory = self.numbers.__len__
        self.columns = array("i")
        self.rows = array("i")
        self.counts = array("i")
        self.n_rows = 0

    def add(self, counts: Mapping[str, int]) -> None:
        """Append a text, given by how often each term occurs in it."""
        self.columns.extend(map(self.numbers.__getitem__, counts))
        self.counts.extend(counts.values())
        self.rows.extend(repeat(self.n_rows, len(counts)))
        self.n_rows += 1


class Postings:
    """How often each term occurs in each of a number of texts, the rows.

    Args:
        arrays: As ``arrays`` gives them back.

    Attributes:
        arrays: The arrays below by name, as they go into a file.
        terms: (n_terms,) sorted 64-bit hashes.
        first: (n_terms + 1,) column boundaries.
        rows: (n_postings,) row of each posting, ascending in a column.
        counts: (n_postings,) how often the term of the column occurs in the row.
        lengths: (n_rows,) number of terms in each row, repetitions included.
    """

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.arrays = {name: arrays[name] for name in ("terms", "first", "rows", "counts", "lengths")}
        self.terms: NDArray[np.uint64] = self.arrays["terms"].astype(np.uint64, copy=False)
        self.first: NDArray[np.int64] = self.arrays["first"].astype(np.int64, copy=False)
        self.rows: NDArray[np.int32] = self.arrays["rows"].astype(np.int32, copy=False)
        self.counts: NDArray[np.integer] = self.arrays["counts"]  # type: ignore[assignment]  # the smallest that holds them
        self.lengths: NDArray[np.int32] = self.arrays["lengths"].astype(np.int32, copy=False)

    @classmethod
    def counted(cls, texts: TermCounts) -> "Postings":
        """Sort counted texts into columns.

        Concepts ("@7"), definitions ("=7") and coarse stems ("discov*") repeat what is there already; they do not
        make a text longer.
        """
        hashes = np.array([term_hash(word) for word in texts.numbers], dtype=np.uint64)
        rank = np.argsort(hashes, kind="stable")
        place = np.empty(len(rank), dtype=np.int32)
        place[rank] = np.arange(len(rank), dtype=np.int32)
        columns, rows, counts = (np.frombuffer(x, dtype=np.int32) for x in (texts.columns, texts.rows, texts.counts))
        adds_length = np.array([word[0] not in "@=" and word[-1] != "*" for word in texts.numbers], dtype=np.bool_)
        is_long = adds_length[columns]
        lengths = np.bincount(rows[is_long], counts[is_long], minlength=texts.n_rows)
        column = place[columns]
        order = np.argsort(column, kind="stable")
        return cls(
            {
                "terms": hashes[rank],
                "first": _boundaries(np.bincount(column, minlength=len(hashes))),
                "rows": rows[order],
                "counts": counts[order].astype(np.min_scalar_type(int(counts.max(initial=0)))),
                "lengths": lengths.astype(np.int32),
            }
        )

    @classmethod
    def joined(cls, parts: Sequence["Postings"]) -> "Postings":
        """The rows of several, one after the other."""
        terms = np.unique(np.concatenate([part.terms for part in parts]))
        places = [np.searchsorted(terms, part.terms) for part in parts]
        frequencies = np.zeros(len(terms), dtype=np.int64)
        for part, place in zip(parts, places, strict=True):
            frequencies[place] += np.diff(part.first)
        first = _boundaries(frequencies)
        rows = np.empty(int(first[-1]), dtype=np.int32)
        counts = np.empty(len(rows), dtype=np.result_type(*(part.counts.dtype for part in parts)))
        filled, before = first[:-1].copy(), 0
        for part, place in zip(parts, places, strict=True):
            own = np.diff(part.first)
            target = np.repeat(filled[place] - part.first[:-1], own)
            target += np.arange(len(target))
            rows[target] = part.rows + np.int32(before)
            counts[target] = part.counts
            filled[place] += own
            before += part.n_rows
        lengths = np.concatenate([part.lengths for part in parts])
        return cls({"terms": terms, "first": first, "rows": rows, "counts": counts, "lengths": lengths})

    def only(self, kept: NDArray[np.bool_]) -> "Postings":
        """The rows that are marked in an array (n_rows,), and no trace of the others."""
        is_kept = kept[self.rows]
        first = np.concatenate([[0], np.cumsum(is_kept)])[self.first]
        is_used = np.diff(first) > 0
        return Postings(
            {
                "terms": self.terms[is_used],
                "first": np.concatenate([first[:-1][is_used], first[-1:]]),
                "rows": (np.cumsum(kept, dtype=np.int32) - np.int32(1))[self.rows[is_kept]],
                "counts": self.counts[is_kept],
                "lengths": self.lengths[kept],
            }
        )

    @property
    def n_rows(self) -> int:
        """Number of texts."""
        return len(self.lengths)

    def column(self, key: np.uint64) -> slice:
        """The postings of a hashed term; empty where it does not occur."""
        place = int(np.searchsorted(self.terms, key))
        if place == len(self.terms) or self.terms[place] != key:
            return slice(0, 0)
        return slice(int(self.first[place]), int(self.first[place + 1]))


def term_hash(word: str) -> int:
    """64-bit hash of a term, the same in every process."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")


def _boundaries(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])
