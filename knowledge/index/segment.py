"""Segment of a lexical index: some documents of a book, indexed once and never changed."""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.files import write_atomically
from knowledge.index.postings import Postings, TermCounts
from knowledge.store import StoredPassage

_PARTS = ("passage", "section")


class Segment:
    """Passages of some documents and the sections they stand in, as term counts.

    Args:
        documents: (n_documents,) ascending keys of the states of documents that are indexed here.
        owners: (n_passages,) place of each passage's document in ``documents``.
        identifiers: (n_passages,) of the passages in the store.
        section_of: (n_passages,) row of each passage's section.
        passages: Counts in each passage.
        sections: Counts in each section.
    """

    def __init__(
        self,
        documents: NDArray[np.uint64],
        owners: NDArray[np.int32],
        identifiers: NDArray[np.int64],
        section_of: NDArray[np.int64],
        passages: Postings,
        sections: Postings,
    ) -> None:
        self.documents = documents
        self.owners = owners
        self.identifiers = identifiers
        self.section_of = section_of
        self.passages = passages
        self.sections = sections

    @classmethod
    def build(
        cls,
        passages: Iterable[StoredPassage],
        keys: Mapping[str, int],
        terms_of: Callable[[str], list[str]],
        definitions_of: Callable[[str], list[str]],
    ) -> "Segment":
        """Index documents: their passages, document after document, in the order of their identifiers.

        A passage is indexed with the headings it stands under (that of its section counts twice) and with the
        concepts it defines.

        Args:
            passages: All passages of the documents.
            keys: Key of the state of each document, by its name.
            terms_of: Terms of a text.
            definitions_of: Terms for what a text defines.
        """
        documents = np.array(sorted(keys.values()), dtype=np.uint64)
        place = {name: int(np.searchsorted(documents, np.uint64(key))) for name, key in keys.items()}
        owners: list[int] = []
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
            heading = terms_of(item.section) * 2 if item.section != item.chapter else []
            own = terms_of(item.text)
            if item.kind == "prose":
                own += definitions_of(item.text)
            if not section:
                section.update(heading)
            if item.kind not in ("code", "references"):
                section.update(own)
            owners.append(place[item.document])
            section_of.append(section_counts.n_rows)
            identifiers.append(item.id)
            passage_counts.add(Counter(own + terms_of(item.chapter) + heading))
        if group:
            section_counts.add(section)
        return cls(
            documents,
            np.array(owners, dtype=np.int32),
            np.array(identifiers, dtype=np.int64),
            np.array(section_of, dtype=np.int64),
            Postings.counted(passage_counts),
            Postings.counted(section_counts),
        )

    @classmethod
    def joined(cls, segments: Sequence["Segment"]) -> "Segment":
        """One segment with the documents of several."""
        documents = np.unique(np.concatenate([segment.documents for segment in segments]))
        return cls(
            documents,
            np.concatenate([np.searchsorted(documents, s.documents).astype(np.int32)[s.owners] for s in segments]),
            np.concatenate([segment.identifiers for segment in segments]),
            rows_of_sections(segments),
            Postings.joined([segment.passages for segment in segments]),
            Postings.joined([segment.sections for segment in segments]),
        )

    def only(self, documents: Iterable[int]) -> "Segment":
        """The same without the documents whose keys are not among these."""
        kept = np.isin(self.documents, np.array(sorted(documents), dtype=np.uint64))
        if kept.all():
            return self
        passages = kept[self.owners]
        sections = np.zeros(self.sections.n_rows, dtype=np.bool_)
        sections[self.section_of[passages]] = True
        return Segment(
            self.documents[kept],
            (np.cumsum(kept, dtype=np.int32) - np.int32(1))[self.owners[passages]],
            self.identifiers[passages],
            (np.cumsum(sections) - 1)[self.section_of[passages]],
            self.passages.only(passages),
            self.sections.only(sections),
        )

    @property
    def name(self) -> str:
        """The same for the same documents in the same state."""
        return hashlib.sha256(self.documents.tobytes()).hexdigest()[:16]

    def save(self, path: Path, stamp: str) -> None:
        """Write the segment as one file, whole or not at all.

        Args:
            path: Of the file.
            stamp: What made the terms; a segment with another stamp is stale.

        Raises:
            OSError: The disk is full or the folder cannot be written.
        """
        arrays: dict[str, NDArray[np.generic]] = {
            "stamp": np.array(stamp),
            "documents": self.documents,
            "owners": self.owners,
            "identifiers": self.identifiers,
            "section_of": self.section_of,
        }
        for part, postings in zip(_PARTS, (self.passages, self.sections), strict=True):
            arrays.update((f"{part}.{name}", array) for name, array in postings.arrays.items())
        write_atomically(path, lambda file: np.savez(file, allow_pickle=False, **arrays))

    @classmethod
    def load(cls, path: Path) -> "Segment | None":
        """The segment in a file, or None where it is missing or damaged (the archive carries checksums)."""
        data = load_arrays(path)
        try:
            passages, sections = (
                Postings({name.split(".")[1]: data[name] for name in data if name.startswith(f"{part}.")})
                for part in _PARTS
            )
            names = ("documents", "owners", "identifiers", "section_of")
            documents, owners, identifiers, section_of = (data[name] for name in names)
        except KeyError:
            return None
        return cls(documents, owners, identifiers, section_of, passages, sections)


def rows_of_sections(segments: Sequence[Segment]) -> NDArray[np.int64]:
    """(n_passages,) row of each passage's section, where those of the segments come one after the other."""
    before = np.cumsum([0, *(segment.sections.n_rows for segment in segments)])
    parts = [segment.section_of + n for segment, n in zip(segments, before, strict=False)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def read_contents(path: Path) -> tuple[str, NDArray[np.uint64]] | None:
    """Stamp and documents of a segment's file, without reading all of it; None where it cannot be read."""
    data = load_arrays(path, ("stamp", "documents"))
    return (str(data["stamp"]), data["documents"]) if {"stamp", "documents"} <= data.keys() else None


def load_arrays(path: Path, names: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
    """Arrays of a file, all or those of some names; none where it is missing or damaged."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in (names or archive.files)}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
