"""Intervals, parity, denominators, the table and the file."""

import io
import json
import math

import pytest
from rich.console import Console

from evals.outcome import Outcome, outcome_of_error
from evals.report import EvalReport, item_report, suite_report
from evals.scorers import Check
from evals.statistics import parity, proportion
from evals.suites import SUITES, UnanswerableItem
from evals.table import print_report


@pytest.mark.parametrize(("right", "n"), [(170, 200), (0, 10), (10, 10), (1, 1), (3, 7)])
def test_wilson_interval(right: int, n: int) -> None:
    found = proportion([True] * right + [False] * (n - right))
    p, z = right / n, 1.959963984540054
    # E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927).
    centre, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert (found.right, found.n, found.score) == (right, n, p)
    assert found.low == pytest.approx((centre - half) / (1 + z**2 / n), abs=1e-12)
    assert found.high == pytest.approx((centre + half) / (1 + z**2 / n), abs=1e-12)


def test_nothing_asked_has_no_score() -> None:
    assert proportion([]) is None and parity([]) is None


def test_parity_is_the_exact_mcnemar_test() -> None:
    found = parity([(True, True)] * 5 + [(True, False)] * 6 + [(False, True)] + [(False, False)] * 3)
    assert (found.english, found.japanese, found.only_english, found.only_japanese) == (11, 6, 6, 1)
    assert found.difference == pytest.approx(-5 / 15)
    assert found.p_value == pytest.approx(2 * (1 + 7) / 2**7)
    assert parity([(True, True), (False, False)]).p_value == 1.0


def report_of(*members: tuple[str, str, str | None, Outcome, list[Check]]) -> EvalReport:
    items = [
        item_report(
            UnanswerableItem(
                id=name,
                language=language,
                question=f"question {name}",
                pair=pair,
                distance="near" if pair else "far",
            ),
            outcome,
            checks,
        )
        for name, language, pair, outcome, checks in members
    ]
    suite = suite_report(SUITES["unanswerable"], items)
    return EvalReport(started="2026-01-01T00:00:00", seconds=1.0, tier="rules", suites=(suite,), environment={})


RIGHT, WRONG = Check(name="abstained", passed=True), Check(name="abstained", passed=False, detail="quoted [A5]")
CRASH = outcome_of_error(ZeroDivisionError("division by zero"))


@pytest.fixture
def report() -> EvalReport:
    return report_of(
        ("a-en", "en", "a", Outcome("not_found"), [RIGHT]),
        ("a-ja", "ja", "a", Outcome("answered"), [WRONG]),
        ("b-en", "en", None, CRASH, [Check(name="abstained", passed=False, detail=CRASH.reason)]),
        ("c-ja", "ja", None, Outcome("not_found"), []),
    )


def test_crashed_and_unscored_items_stay_in_the_denominator(report: EvalReport) -> None:
    scores = {(score.language, score.kind, score.check): score.result for score in report.suites[0].scores}
    counts = {key: (result.right, result.n) for key, result in scores.items()}
    assert counts == {
        ("en", None, None): (1, 2),
        ("ja", None, None): (0, 2),
        ("all", None, None): (1, 4),
        ("all", "near", None): (1, 2),
        ("all", "far", None): (0, 2),
        ("all", None, "abstained"): (1, 3),
    }


def test_check_that_does_not_count_leaves_the_item_right() -> None:
    extra = Check(name="first_quote", passed=False, counts=False)
    (item,) = report_of(("a", "en", None, Outcome("answered"), [RIGHT, extra])).suites[0].items
    assert item.right and item.faults() == ""


def test_table_shows_scores_parity_and_what_was_wrong(report: EvalReport) -> None:
    stream = io.StringIO()
    print_report(report, Console(file=stream, width=160))
    text = stream.getvalue()
    for expected in (
        "unanswerable",
        "1/4",
        "0.250",
        "0.046 – 0.699",
        "b-en",
        "ZeroDivisionError",
        "quoted [A5]",
        "-1.000",
    ):
        assert expected in text, expected
    assert "question a-en" not in text


def test_report_is_plain_json(report: EvalReport) -> None:
    content = json.loads(report.model_dump_json())
    assert EvalReport.model_validate(content) == report
    assert [item["right"] for item in content["suites"][0]["items"]] == [True, False, False, False]
