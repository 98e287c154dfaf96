"""Re-ranking by a model: one passage a call, a few at a time, with passages that cannot answer among them.

One passage a call keeps what a passage says to the model from touching how another is judged. The decoys are the
control: a model that finds an answer where there is none is not listened to at all.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from time import monotonic

from knowledge.assist.orders import gives_orders
from knowledge.assist.query_model import HIGHEST_SCORE, Judgement, QueryModel
from knowledge.errors import QueryModelFailed
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import terms
from knowledge.retrieve.search import Ranked
from knowledge.store import StoredPassage

HIGHEST_DECOY = 4.0
"""A decoy scored above this shows that the scores mean nothing."""
_WEIGHT = 0.6
_LEAST_JUDGED = 0.5


@dataclass(frozen=True)
class Judged:
    """What became of one passage.

    Attributes:
        item: The passage with its score before.
        judgement: What the model said; None where it failed or what it said cannot stand.
        remark: Why there is none, or why it does not raise the passage.
    """

    item: Ranked
    judgement: Judgement | None
    remark: str = ""


@dataclass(frozen=True)
class Ranking:
    """Passages in their new order, and whether the model had a part in it.

    Attributes:
        ranked: Best first, with scores from 0 to 1.
        judged: The judgements, in the order before.
        fault: Why the model was not listened to; "" where it was.
    """

    ranked: tuple[Ranked, ...]
    judged: tuple[Judged, ...]
    fault: str


def rerank(
    question: str, ranked: Sequence[Ranked], decoys: Sequence[StoredPassage], model: QueryModel, glossary: Glossary
) -> Ranking:
    """Order passages by their score and the model's together.

    Args:
        question: The question as it was asked.
        ranked: The best passages, best first.
        decoys: Passages that do not answer the question.
        model: Who judges.
        glossary: Tells whether a summary speaks of its passage, across languages.
    """
    chosen = ranked[: model.n_passages]
    best = max((item.score for item in ranked), default=0.0) or 1.0
    before = tuple(Ranked(item.passage, item.score / best) for item in ranked)
    passages = [item.passage for item in chosen]
    replies = _ask_all(question, [*passages, *decoys], model)
    judged = tuple(
        _checked(item, reply, question, glossary) for item, reply in zip(before, replies[: len(chosen)], strict=False)
    )
    fault = _fault(judged, replies[len(chosen) :])
    if fault:
        return Ranking(before, judged, fault)
    after = [Ranked(item.item.passage, _together(item)) for item in judged]
    # What was not judged keeps its score; it cannot be overtaken by what the model thinks little of.
    after += before[len(judged) :]
    after.sort(key=lambda item: -item.score)
    return Ranking(tuple(after), judged, "")


def _together(item: Judged) -> float:
    if item.judgement is None:
        return item.item.score
    value = item.judgement.score / HIGHEST_SCORE
    if item.remark:  # a passage that gives orders may have written its own judgement
        value = min(value, item.item.score)
    return (1 - _WEIGHT) * item.item.score + _WEIGHT * value


def _ask_all(
    question: str, passages: Sequence[StoredPassage], model: QueryModel
) -> list[Judgement | QueryModelFailed | None]:
    """The judgement of each passage, the failure, or None where time ran out."""
    until = monotonic() + model.max_seconds
    pool = ThreadPoolExecutor(max(model.max_concurrent, 1), thread_name_prefix="judge")
    try:
        futures = [pool.submit(model.judge, question, readable(passage)) for passage in passages]
        wait(futures, timeout=max(until - monotonic(), 0.0))
        return [_outcome(future) for future in futures]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _outcome(future: "Future[Judgement]") -> "Judgement | QueryModelFailed | None":
    if not future.done():
        return None
    try:
        return future.result()
    except QueryModelFailed as error:
        return error


def readable(passage: StoredPassage) -> str:
    """A passage with the heading it stands under."""
    return f"{passage.chapter} {passage.section}\n\n{passage.text}"


def _checked(item: Ranked, reply: "Judgement | QueryModelFailed | None", question: str, glossary: Glossary) -> Judged:
    if reply is None:
        return Judged(item, None, "not judged in time")
    if isinstance(reply, QueryModelFailed):
        return Judged(item, None, str(reply))
    if not 0 <= reply.score <= HIGHEST_SCORE:
        return Judged(item, None, "the score is out of bounds")
    text = readable(item.passage)
    if reply.score > HIGHEST_DECOY:
        said = set(terms(reply.summary, glossary))
        if not said & (set(terms(text, glossary)) - set(terms(question, glossary))):
            return Judged(item, None, "the summary does not speak of the passage")
    return Judged(item, reply, "the passage gives orders" if gives_orders(text) else "")


def _fault(judged: Sequence[Judged], decoys: Sequence[Judgement | QueryModelFailed | None]) -> str:
    """Why the judgements are worth nothing as a whole."""
    scores = [item.judgement.score for item in judged if item.judgement is not None]
    if not judged or len(scores) < _LEAST_JUDGED * len(judged):
        reason = next((item.remark for item in judged if item.judgement is None), "there is nothing to judge")
        return f"too few judgements: {reason}"
    control = [reply.score for reply in decoys if isinstance(reply, Judgement)]
    if decoys and not control:
        return "the controls were not judged"
    if max(control, default=0.0) > HIGHEST_DECOY:
        return "a passage that cannot answer was found to answer"
    if len(set(scores)) == 1:
        return "all passages were judged alike"
    return ""
