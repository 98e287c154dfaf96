"""Deterministic scorers: an item and what became of it go in, checks come out.

An item is right when all its checks that count are passed. Whatever went wrong on the way (a crash, a plan that
cannot be parsed, an answer without evidence) fails them: nothing leaves the denominator.
"""

from collections.abc import Callable, Sequence

from evals.outcome import Outcome
from evals.scorers.abstention import score_unanswerable
from evals.scorers.check import Check
from evals.scorers.citations import score_textbook
from evals.scorers.numeric import score_computation
from evals.scorers.selection import score_selection
from evals.suites import ComputationItem, Item, TextbookItem, ToolSelectionItem, UnanswerableItem
from knowledge import Library
from tools.registry import Registry

__all__ = ["Check", "score"]


def score(item: Item, outcome: Outcome, registry: Registry, library: Callable[[], Library]) -> Sequence[Check]:
    """The checks of one item.

    Args:
        item: An item of any suite.
        outcome: What became of it.
        registry: The tools there are.
        library: Opens the library the answer cites.
    """
    match item:
        case ToolSelectionItem():
            return score_selection(item.expect, outcome, registry)
        case TextbookItem():
            return score_textbook(item, outcome, library())
        case UnanswerableItem():
            return score_unanswerable(outcome)
        case ComputationItem():
            return score_computation(item.expect, outcome, registry)
    raise TypeError(f"no scorer for {type(item).__name__}")
