"""Lanes of a search, and how two are brought together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from knowledge.retrieve.search import Ranked

Lane = Literal["words", "lexical", "sudachi", "dense", "both"]
"""By words alone, by words and the glossary, the same with Japanese in words by Sudachi, by meaning, or by a weighted
sum of "lexical" and "dense"."""

DENSE_WEIGHT = 0.3


def one_of_each_section(ranked: Iterable[Ranked]) -> list[Ranked]:
    """The first passage of each section."""
    best: dict[tuple[object, ...], Ranked] = {}
    for item in ranked:
        best.setdefault(item.passage.section_group, item)
    return list(best.values())


def fuse(lexical: Sequence[Ranked], dense: Sequence[Ranked]) -> list[Ranked]:
    """Sum of the two scores of each section, each scaled by the best of its lane; best first.

    Scaled sums, not reciprocal ranks: where the dense lane knows nothing (Japanese without a glossary term), ranks
    would still move what the words found.
    """
    total: dict[tuple[object, ...], float] = {}
    shown: dict[tuple[object, ...], Ranked] = {}
    for ranked, weight in ((lexical, 1 - DENSE_WEIGHT), (dense, DENSE_WEIGHT)):
        best = max((item.score for item in ranked), default=0.0) or 1.0
        for item in ranked:
            key = item.passage.section_group
            total[key] = total.get(key, 0.0) + weight * item.score / best
            shown.setdefault(key, item)
    return [replace(shown[key], score=total[key]) for key in sorted(total, key=lambda key: -total[key])]
