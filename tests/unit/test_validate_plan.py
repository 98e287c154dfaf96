"""The one check of every plan."""

import re

import pytest

from agent.planning.plan import Plan, Step
from agent.planning.validate import validate_plan
from tests.demo_tools import demo_registry

GOOD = Step(tool="demo.oscillator", spec={"level": 3})


@pytest.mark.parametrize(
    ("steps", "kind", "words"),
    [
        ([Step(tool="demo.oscilator", spec={"level": 3})], "unknown_tool", "did you mean demo.oscillator"),
        ([Step(tool="demo.oscillator", spec={"level": 101})], "arguments", "level.*100.*101"),
        ([Step(tool="demo.oscillator", spec={"level": 1, "mass": 2})], "arguments", "mass"),
        ([Step(tool="demo.oscillator", spec={"level": 1, "omega": float("nan")})], "arguments", "omega"),
        ([Step(tool="demo.box", spec={"geometry": "line", "extents": [1, 2]})], "arguments", "2 extents"),
        ([Step(tool="demo.gpu", spec={"level": 1})], "unavailable", "needs a CUDA device"),
        ([GOOD, Step(tool="demo.oscillator", spec={"level": 3, "omega": 1.0})], "duplicate", "step 1"),
    ],
)
def test_what_is_wrong_is_named(steps, kind, words):
    problems = validate_plan(steps, demo_registry(), 8)
    assert [problem.kind for problem in problems] == [kind]
    assert problems[0].step == len(steps) - 1
    assert re.search(words, problems[0].message)


def test_a_good_plan_has_no_problem():
    other = Step(tool="demo.oscillator", spec={"level": 3, "omega": 2.0})
    assert validate_plan(Plan(steps=(GOOD, other)), demo_registry(), 8) == []
    assert validate_plan(Plan(), demo_registry(), 8) == []


def test_a_hundred_steps_are_too_many():
    steps = [Step(tool="demo.oscillator", spec={"level": level}) for level in range(100)]
    problems = validate_plan(steps, demo_registry(), 8)
    assert [problem.kind for problem in problems] == ["too_many_steps"] and "100" in str(problems[0])


def test_all_problems_are_reported_at_once():
    bad = [Step(tool="nope", spec={}), Step(tool="demo.oscillator", spec={"level": -1}), GOOD]
    assert [(p.step, p.kind) for p in validate_plan(bad, demo_registry(), 2)] == [
        (None, "too_many_steps"),
        (0, "unknown_tool"),
        (1, "arguments"),
    ]
