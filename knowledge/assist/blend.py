"""The sentences of an answer that a model helped to find; those found without it keep their place among them."""

from collections.abc import Sequence

from knowledge.assist.consult import Consulted
from knowledge.model import Citation

_CLEARLY_BETTER = 4.0
_GOOD = 6.0


def blend(
    plain: Sequence[Citation], ranked: Sequence[Citation], consulted: Consulted, max_quotes: int
) -> tuple[Citation, ...]:
    """Put two answers together; the first sentence found without the model is always among them.

    Args:
        plain: The answer without the model, at least one sentence.
        ranked: The sentences of the sections the model prefers.
        consulted: Its judgements. Only where they say that the section of ``plain`` is clearly worse does the model's
            come first.
        max_quotes: Most sentences.
    """
    if not ranked or consulted.faults or _place(ranked[0]) == _place(plain[0]):
        return tuple(plain)
    preferred, other = _judged(ranked[0], consulted), _judged(plain[0], consulted)
    if preferred is None or other is None or preferred < _GOOD or preferred <= other:
        return tuple(plain)
    half = max(max_quotes // 2, 1)
    if preferred - other >= _CLEARLY_BETTER and max_quotes > 1:
        return _distinct([*ranked[: max_quotes - half], *plain[:half]])
    return _distinct([*plain[: max(max_quotes - half, 1)], *ranked[:half]])[:max_quotes]


def _place(citation: Citation) -> tuple[str, str]:
    return citation.span.document, _numbered(citation.section)


def _numbered(section: str) -> str:
    """A section without the heading of its part: "§2 Memory › Capacity" -> "§2 Memory"."""
    return section.split(" › ")[0]


def _judged(citation: Citation, consulted: Consulted) -> float | None:
    scores = [
        item.judgement.score
        for item in consulted.judged
        if item.judgement and (item.item.passage.document, _numbered(item.item.passage.section)) == _place(citation)
    ]
    return max(scores, default=None)


def _distinct(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    return tuple({str(citation.span): citation for citation in citations}.values())
