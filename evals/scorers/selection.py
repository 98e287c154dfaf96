"""Tool selection: the right tools, each called with the right parameters, or the right way not to call any."""

import math
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from agent.planning.plan import Step
from evals.outcome import Outcome
from evals.scorers.check import Check
from evals.suites import Selection
from tools.errors import BadInput
from tools.registry import Registry

V = TypeVar("V")


def score_selection(expect: Selection, outcome: Outcome, registry: Registry) -> Sequence[Check]:
    """Right when the plan holds the expected tools and no other, with the expected Spec each; or the status fits."""
    if not outcome.steps:
        passed = outcome.ending in expect.status
        wanted = " or ".join((*expect.tools, *expect.status))
        detail = "" if passed else f"expected {wanted}, not {outcome.reason}"
        names = ("selection", "parameters") if expect.tools and not passed else ("selection",)
        return [Check(name=name, passed=passed, detail=detail) for name in names]
    fault = _tools_fault(expect, outcome.steps)
    checks = [Check(name="selection", passed=not fault, detail=fault)]
    if expect.tools:
        faults = parameter_faults(expect, outcome.steps, registry)
        checks.append(Check(name="parameters", passed=not faults, detail="; ".join(faults)))
    return checks


def parameter_faults(expect: Selection, steps: Sequence[Step], registry: Registry) -> list[str]:
    """What differs between the planned calls and the expected ones, tool by tool.

    Expected fields are completed by the Spec's own defaults, so that a value nobody asked for is a fault as well.
    """
    faults = []
    for name in dict.fromkeys(step.tool for step in steps):
        if name not in registry:
            faults.append(f"there is no tool {name}")
            continue
        fields = _matching(expect.spec, name)
        sweep = _matching(expect.sweep, name)
        calls = [step.spec for step in steps if step.tool == name]
        if not fields and not sweep:
            faults += [fault for call in calls if (fault := _parse_fault(name, call, registry))]
            continue
        wanted = [fields]
        for field, values in sweep.items():
            wanted = [{**fields, field: value} for value in values]
        if len(calls) != len(wanted):
            faults.append(f"{name}: {len(calls)} calls instead of {len(wanted)}")
            continue
        faults += _call_faults(name, calls, wanted, registry)
    return faults


def _tools_fault(expect: Selection, steps: Sequence[Step]) -> str:
    planned = list(dict.fromkeys(step.tool for step in steps))
    if not expect.tools:
        return f"planned {', '.join(planned)}, expected {' or '.join(expect.status)}"
    missing = [pattern for pattern in expect.tools if not any(fnmatchcase(name, pattern) for name in planned)]
    allowed = (*expect.tools, *expect.also)
    extra = [name for name in planned if not any(fnmatchcase(name, pattern) for pattern in allowed)]
    faults = [f"{pattern} is missing" for pattern in missing] + [f"{name} is not asked for" for name in extra]
    return "; ".join(faults)


def _matching(patterns: Mapping[str, Mapping[str, V]], name: str) -> dict[str, V]:
    found = [fields for pattern, fields in patterns.items() if fnmatchcase(name, pattern)]
    return {key: value for fields in found for key, value in fields.items()}


def _call_faults(
    name: str, calls: Sequence[Mapping[str, object]], wanted: Sequence[Mapping[str, object]], registry: Registry
) -> list[str]:
    """Differences between calls and expectations, each call compared with the expectation nearest to it."""
    faults: list[str] = []
    open_wanted = [registry[name].parse(arguments).model_dump() for arguments in wanted]
    for call in calls:
        try:
            planned = registry[name].parse(call).model_dump()
        except BadInput as error:
            faults.append(str(error))
            continue
        nearest = min(open_wanted, key=lambda candidate: len(_differing(planned, candidate)))
        open_wanted.remove(nearest)
        faults += [
            f"{name}: {field} is {planned[field]!r}, expected {nearest[field]!r}"
            for field in _differing(planned, nearest)
        ]
    return faults


def _parse_fault(name: str, call: Mapping[str, object], registry: Registry) -> str:
    try:
        registry[name].parse(call)
    except BadInput as error:
        return str(error)
    return ""


def _differing(planned: Mapping[str, object], wanted: Mapping[str, object]) -> list[str]:
    return [field for field in wanted if not _same(planned[field], wanted[field])]


def _same(one: object, other: object) -> bool:
    """Equal up to rounding: 0.1 + 0.2 is 0.3."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return one == other
