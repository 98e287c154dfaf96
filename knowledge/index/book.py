"""The lexical index of one book: its passages, and the sections they stand in."""

from collections.abc import Sequence

import numpy as np

from knowledge.index.lexical import LexicalIndex
from knowledge.index.segment import Segment, rows_of_sections


class BookIndex:
    """Two BM25 indexes over the same text: a passage is judged by its own words and by those of its section.

    Args:
        stamp: What it was built from; an index with another stamp is stale.
        segments: That hold every document of the book once.
        background: Index of the book whose document frequencies count too.

    Attributes:
        identifiers: (n_passages,) of the passages in the store.
        section_of: (n_passages,) row of each passage's section.
    """

    def __init__(self, stamp: str, segments: Sequence[Segment], background: "BookIndex | None" = None) -> None:
        self.stamp = stamp
        self.identifiers = np.concatenate([np.zeros(0, dtype=np.int64), *(item.identifiers for item in segments)])
        self.section_of = rows_of_sections(segments)
        behind = (background.passages, background.sections) if background else (None, None)
        self.passages: LexicalIndex = LexicalIndex([item.passages for item in segments], behind[0])
        self.sections: LexicalIndex = LexicalIndex([item.sections for item in segments], behind[1])
