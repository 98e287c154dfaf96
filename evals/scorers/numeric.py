"""Numbers against references: value within tolerance, unit, and upper bounds that are ones."""

from collections.abc import Sequence

from agent.evidence import Evidence
from evals.outcome import Outcome
from evals.scorers.check import Check
from evals.scorers.selection import parameter_faults
from evals.suites import Reference, Selection
from tools.registry import Registry

_CHECKS = ("parameters", "value", "unit", "bound", "shown")


def score_computation(expect: Reference, outcome: Outcome, registry: Registry) -> Sequence[Check]:
    """Right when the right calculation was run and its number has the unit, lies within the tolerance and is shown.

    All headline numbers that fit the description are looked at: one right number beside a wrong one makes no right
    answer.
    """
    entries = [entry for entry in outcome.answer.evidence if _fits(entry, expect)] if outcome.answer else []
    if outcome.answer is None or not entries:
        reason = f"no {expect.exactness} value of {expect.tool}, but {outcome.reason}"
        return [Check(name=name, passed=False, detail=reason) for name in _CHECKS]
    text = outcome.answer.answer
    calls = [step for step in outcome.steps if step.tool == expect.tool]
    selection = Selection(tools=(expect.tool,), spec={expect.tool: expect.spec})
    return [
        _all("parameters", parameter_faults(selection, calls, registry)),
        _all("value", [_value_fault(entry, expect) for entry in entries]),
        _all("unit", [f"unit {entry.unit!r}" if entry.unit != expect.unit else "" for entry in entries]),
        _all("bound", [_bound_fault(entry, expect) for entry in entries]),
        _all("shown", ["" if f"[{entry.id}]" in text else f"[{entry.id}] is not in the answer" for entry in entries]),
    ]


def within_tolerance(value: float, error: float | None, expect: Reference) -> bool:
    """Within the larger of ``n_sigma`` standard errors and the relative tolerance."""
    return abs(value - expect.value) <= max(expect.n_sigma * (error or 0.0), expect.relative * abs(expect.value))


def respects_bound(value: float, error: float | None, expect: Reference) -> bool:
    """Whether an upper bound lies above the exact value, up to ``n_sigma`` standard errors and rounding.

    A reference with ten digits cannot tell more than one part in 10^9.
    """
    return value >= expect.value - expect.n_sigma * (error or 0.0) - 1e-9 * abs(expect.value)


def _fits(entry: Evidence, expect: Reference) -> bool:
    return (
        entry.kind == "computed"
        and entry.headline
        and entry.value is not None
        and entry.source == expect.tool
        and entry.exactness == expect.exactness
        and expect.label in entry.label
    )


def _value_fault(entry: Evidence, expect: Reference) -> str:
    assert entry.value is not None
    if within_tolerance(entry.value, entry.error, expect):
        return ""
    return f"{entry.value:.10g} ± {entry.error or 0:.2g}, reference {expect.value:.10g}"


def _bound_fault(entry: Evidence, expect: Reference) -> str:
    assert entry.value is not None
    if entry.exactness != "upper_bound" or respects_bound(entry.value, entry.error, expect):
        return ""
    return f"upper bound {entry.value:.10g} ± {entry.error or 0:.2g} below the exact {expect.value:.10g}"


def _all(name: str, faults: Sequence[str]) -> Check:
    found = [fault for fault in faults if fault]
    return Check(name=name, passed=not found, detail="; ".join(found))
