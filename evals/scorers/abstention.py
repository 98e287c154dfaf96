"""Abstention: a question without an answer gets none, and one with an answer does."""

from collections.abc import Sequence

from evals.outcome import Ending, Outcome
from evals.scorers.check import Check

_ABSTENTIONS: frozenset[Ending] = frozenset({"not_found", "refused", "needs_input"})


def abstained(outcome: Outcome) -> bool:
    """Whether nothing was claimed: not found, refused or asked back, and no evidence shown.

    A crash and a bad plan are not abstentions.
    """
    return outcome.ending in _ABSTENTIONS and not (outcome.answer and outcome.answer.evidence)


def score_unanswerable(outcome: Outcome) -> Sequence[Check]:
    """Right when the system abstains."""
    shown = [entry.label for entry in outcome.answer.evidence] if outcome.answer else []
    detail = f"{outcome.ending}: {'; '.join(shown)}" if shown else outcome.reason
    passed = abstained(outcome)
    return [Check(name="abstained", passed=passed, detail="" if passed else detail)]
