"""The lexical index of one book: its passages, and the sections they stand in."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.files import write_atomically
from knowledge.index.lexical import LexicalIndex, TermCounts, load_arrays
from knowledge.store import StoredPassage

_PARTS = ("passage", "section")


class BookIndex:
    """Two BM25 indexes over the same text: a passage is judged by its own words and by those of its section.

    Attributes:
        stamp: What it was built from; an index with another stamp is stale.
        identifiers: (n_passages,) ascending identifiers of the passages.
        section_of: (n_passages,) row of each passage's section.
    """

    def __init__(
        self,
        stamp: str,
        identifiers: NDArray[np.int64],
        section_of: NDArray[np.int64],
        passages: LexicalIndex,
        sections: LexicalIndex,
    ) -> None:
        self.stamp = stamp
        self.identifiers = identifiers
        self.section_of = section_of
        self.passages = passages
        self.sections = sections

    @classmethod
    def build(
        cls,
        stamp: str,
        passages: Iterable[StoredPassage],
        terms_of: Callable[[str], list[str]],
        definitions_of: Callable[[str], list[str]],
        background: "BookIndex | None" = None,
    ) -> "BookIndex":
        """Index the passages of a book, given in the order of their identifiers.

        A passage is indexed with the headings it stands under (that of its section counts twice) and with the
        concepts it defines.
        """
        identifiers: list[int] = []
        section_of: list[int] = []
        passage_counts, section_counts = TermCounts(), TermCounts()
        group: tuple[object, ...] = ()
        section: Counter[str] = Counter()
        for item in passages:
            if item.section_group != group:
                if group:
                    section_counts.add(section)
                group = item.section_group
                section = Counter()
            heading = Counter(terms_of(item.section) * 2) if item.section != item.chapter else Counter()
            own = Counter(terms_of(item.text))
            if item.kind == "prose":
                own.update(definitions_of(item.text))
            if not section:
                section.update(heading)
            if item.kind not in ("code", "references"):
                section.update(own)
            section_of.append(len(section_counts.lengths))
            identifiers.append(item.id)
            own.update(terms_of(item.chapter))
            own.update(heading)
            passage_counts.add(own)
        if group:
            section_counts.add(section)
        return cls(
            stamp,
            np.array(identifiers, dtype=np.int64),
            np.array(section_of, dtype=np.int64),
            LexicalIndex.build(passage_counts, background.passages if background else None),
            LexicalIndex.build(section_counts, background.sections if background else None),
        )

    def save(self, path: Path) -> None:
        """Write the index as one file, whole or not at all.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "stamp": np.array(self.stamp),
            "identifiers": self.identifiers,
            "section_of": self.section_of,
        }
        for part, index in zip(_PARTS, (self.passages, self.sections), strict=True):
            arrays.update((f"{part}.{name}", array) for name, array in index.arrays.items())
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    @classmethod
    def load(cls, path: Path, stamp: str) -> "BookIndex | None":
        """The index in a file, or None where it is missing, stale or damaged (the archive carries checksums)."""
        data = load_arrays(path, stamp)
        if data is None:
            return None
        try:
            passages, sections = (
                LexicalIndex({name.split(".")[1]: data[name] for name in data if name.startswith(f"{part}.")})
                for part in _PARTS
            )
            return cls(stamp, data["identifiers"], data["section_of"], passages, sections)
        except KeyError:
            return None
