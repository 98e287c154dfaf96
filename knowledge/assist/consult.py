"""Retrieval with a model beside it: the translated question is searched for too, then the best are re-ranked."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.assist.judging import Judged, rerank
from knowledge.assist.query_model import QueryModel
from knowledge.assist.translation import translated
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import terms
from knowledge.model import JudgedPassage, ModelPart
from knowledge.retrieve.search import Ranked
from knowledge.store import Reader, StoredPassage
from knowledge.text import language_of_question

TRANSLATION_WEIGHT = 0.45
"""Below a half: a false translation alone cannot put another section in front of the first."""
_OWN_SHARE = 0.02
_N_DECOYS = 2
_DECOYS_TRIED = 60


@dataclass(frozen=True)
class Consulted:
    """What a model had to do with a ranking.

    Attributes:
        ranked: Best first.
        translation: The question in the other language as it was searched for, or "".
        judged: What the model said of each passage.
        faults: Why something the model said was left out of account.
    """

    ranked: tuple[Ranked, ...]
    translation: str
    judged: tuple[Judged, ...]
    faults: tuple[str, ...]

    def part(self, found_by_translation: bool = False) -> ModelPart:
        """The same as plain data, for the record of an answer."""
        judged = tuple(
            JudgedPassage(
                span=str(item.item.passage.span),
                before=round(item.item.score, 4),
                score=item.judgement.score if item.judgement else None,
                summary=item.judgement.summary if item.judgement else "",
                remark=item.remark,
            )
            for item in self.judged
        )
        return ModelPart(self.translation, judged, self.faults, found_by_translation)


def consult(
    question: str,
    find: Callable[[str], Sequence[Ranked]],
    controls: Sequence[StoredPassage],
    model: QueryModel,
    glossary: Glossary,
    translate: bool = True,
) -> Consulted:
    """Rank with a model.

    Args:
        question: The question as it was asked.
        find: Ranks the passages for a text, best first; asked for the question and for its translation.
        controls: Passages that have nothing to do with the question.
        model: Who translates and judges.
        glossary: See ``translated``.
        translate: Whether the translation is asked for.
    """
    own = find(question)
    translation, fault = "", ""
    if translate:
        translation, fault = translated(question, language_of_question(question), model, glossary)
    ranked = merge(own, find(translation)) if translation else list(own)
    faults = [fault] if fault else []
    if model.n_passages == 0 or not ranked:
        return Consulted(tuple(ranked), translation, (), tuple(faults))
    ranking = rerank(question, ranked, controls, model, glossary)
    if ranking.fault:
        # Whoever judges falsely translates falsely.
        return Consulted(tuple(own), "", ranking.judged, (*faults, ranking.fault))
    return Consulted(ranking.ranked, translation, ranking.judged, tuple(faults))


def merge(own: Sequence[Ranked], other: Sequence[Ranked]) -> list[Ranked]:
    """Weighted sum of two rankings, each scaled by its best; a section of the textbook counts in both languages."""
    total: dict[tuple[object, ...], float] = {}
    shown: dict[tuple[object, ...], Ranked] = {}
    direct: dict[tuple[object, ...], float] = {}
    for ranked, weight in ((own, 1 - TRANSLATION_WEIGHT), (other, TRANSLATION_WEIGHT)):
        best = max((item.score for item in ranked), default=0.0) or 1.0
        reached: dict[tuple[object, ...], float] = {}
        for item in ranked:
            key, group = work_of(item.passage), item.passage.section_group
            value = weight * item.score / best
            reached[key] = max(reached.get(key, 0.0), value)
            direct[group] = direct.get(group, 0.0) + value
            shown.setdefault(group, item)
        for key, value in reached.items():
            total[key] = total.get(key, 0.0) + value
    merged = [
        Ranked(item.passage, (1 - _OWN_SHARE) * total[work_of(item.passage)] + _OWN_SHARE * direct[group])
        for group, item in shown.items()
    ]
    return sorted(merged, key=lambda item: -item.score)


def work_of(passage: StoredPassage) -> tuple[object, ...]:
    """Equal for the passages of a section, and of its translation."""
    return passage.section_key if passage.chapter_id and passage.number else passage.section_group


def decoys(
    question: str, found: Sequence[Ranked], book: str, reader: Reader, glossary: Glossary
) -> list[StoredPassage]:
    """Passages of a book that share least with a question, of a sample that is the same each time."""
    kept = {work_of(item.passage) for item in found}
    seed = hashlib.sha256(question.encode()).digest()
    order = sorted(
        reader.prose_of_book(book), key=lambda number: hashlib.sha256(seed + number.to_bytes(8, "big")).digest()
    )
    tried = reader.passages(order[:_DECOYS_TRIED])
    asked, language = set(terms(question, glossary)), language_of_question(question)
    free = [item for item in tried.values() if work_of(item) not in kept and item.language == language]
    return sorted(free, key=lambda item: (len(asked & set(terms(item.text, glossary))), item.id))[:_N_DECOYS]
