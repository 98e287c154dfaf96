"""The report of an evaluation: every item with its checks, and the scores of each suite and language."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evals.lanes import LibraryReport
from evals.outcome import Ending, Outcome
from evals.scorers.check import Check
from evals.statistics import Parity, Proportion, parity, proportion
from evals.suites import Item, Suite
from physics_engines.text import Language

Group = Literal["en", "ja", "all"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ItemReport(_Frozen):
    """What became of one item."""

    id: str
    language: Language
    pair: str | None
    kind: str
    question: str
    right: bool
    ending: Ending
    checks: tuple[Check, ...]
    calls: tuple[dict[str, object], ...] = ()
    """The calls that were planned, or those that were run."""
    runs: tuple[str, ...] = ()
    answer: str = ""
    error: str = ""
    seconds: float

    def faults(self) -> str:
        """What counted and was wrong, in one line."""
        wrong = [check for check in self.checks if check.counts and not check.passed]
        details = dict.fromkeys(check.detail for check in wrong)
        return "; ".join(
            f"{', '.join(check.name for check in wrong if check.detail == detail)}: {detail}" for detail in details
        )


class Score(_Frozen):
    """One line of the table: a suite, and some of its items or checks."""

    language: Group
    kind: str | None = None
    """Items of one kind only: a style, a distance, a tool."""
    check: str | None = None
    """One check only; None for all that count."""
    result: Proportion


class SuiteReport(_Frozen):
    """One suite."""

    suite: str
    scores: tuple[Score, ...]
    parity: Parity | None
    seconds: float
    items: tuple[ItemReport, ...]


class EvalReport(_Frozen):
    """A whole evaluation; ``eval.json`` is this object."""

    started: str
    """UTC, ISO 8601."""
    seconds: float
    tier: str
    suites: tuple[SuiteReport, ...]
    environment: dict[str, object]
    library: LibraryReport | None = None
    """The lanes of retrieval, where the suite "knowledge" is run."""


def item_report(item: Item, outcome: Outcome, checks: Sequence[Check]) -> ItemReport:
    """The record of one item; without any check that counts it is wrong."""
    counting = [check.passed for check in checks if check.counts]
    return ItemReport(
        id=item.id,
        language=item.language,
        pair=item.pair,
        kind=item.kind,
        question=item.question,
        right=bool(counting) and all(counting),
        ending=outcome.ending,
        checks=tuple(checks),
        calls=tuple(step.model_dump(mode="json", include={"tool", "spec"}) for step in outcome.steps),
        runs=outcome.answer.runs if outcome.answer else (),
        answer=outcome.answer.answer if outcome.answer else "",
        error=outcome.error,
        seconds=round(outcome.seconds, 3),
    )


def suite_report(suite: Suite, items: Sequence[ItemReport]) -> SuiteReport:
    """Scores by language, kind and check; a check is counted over the items it applies to, crashed ones included."""
    scores: list[Score] = []

    def add(verdicts: list[bool], language: Group, kind: str | None = None, check: str | None = None) -> None:
        if (result := proportion(verdicts)) is not None:
            scores.append(Score(language=language, kind=kind, check=check, result=result))

    for language in ("en", "ja"):
        add([item.right for item in items if item.language == language], language)
    add([item.right for item in items], "all")
    for kind in dict.fromkeys(item.kind for item in items if item.kind):
        add([item.right for item in items if item.kind == kind], "all", kind=kind)
    checks = [check for item in items for check in item.checks]
    for name in dict.fromkeys(check.name for check in checks):
        add([check.passed for check in checks if check.name == name], "all", check=name)
    return SuiteReport(
        suite=suite.name,
        scores=tuple(scores),
        parity=parity(_pairs(items)),
        seconds=round(sum(item.seconds for item in items), 3),
        items=tuple(items),
    )


def _pairs(items: Sequence[ItemReport]) -> list[tuple[bool, bool]]:
    by_pair: dict[str, dict[str, bool]] = {}
    for item in items:
        if item.pair is not None:
            by_pair.setdefault(item.pair, {})[item.language] = item.right
    return [(both["en"], both["ja"]) for both in by_pair.values() if len(both) == 2]
