"""The table of lanes, on a book of two chapters in two languages."""

from pathlib import Path

import pytest
from rich.console import Console

from evals.lanes import SERVED, measure_library
from evals.report import EvalReport
from evals.suites import TextbookItem, UnanswerableItem
from evals.table import print_report
from knowledge import Library

BOOK = Path(__file__).parents[1] / "fixtures" / "book" / "textbook"
QUESTIONS = [
    ("en", "What is a harmonic oscillator?", "A1", 1),
    ("en", "What is a random walk?", "B2", 1),
    ("ja", "調和振動子とは何ですか", "A1", 1),
    ("ja", "酔歩とは何ですか", "B2", 1),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    questions = [
        TextbookItem(id=str(n), language=lang, question=text, style="direct", gold=({"chapter": c, "section": s},))
        for n, (lang, text, c, s) in enumerate(QUESTIONS)
    ]
    far = UnanswerableItem(id="far", language="en", question="Who won the 1998 World Cup?", distance="far")
    home = tmp_path_factory.mktemp("home")
    return measure_library(Library.open(home / "a", BOOK), Library.open(home / "b", BOOK), questions, [far])


def cell(report, lane, asked, pool, k):
    return next(c for c in report.recall if (c.lane, c.asked, c.pool, c.k) == (lane, asked, pool, k))


def test_every_lane_finds_definitions_in_the_own_language(report):
    for lane in ("words", "lexical", "both", SERVED):
        for language in ("en", "ja"):
            assert cell(report, lane, language, language, 3).result.right == 2, lane


def test_the_other_language_is_found_by_the_glossary_and_not_by_words_alone(report):
    assert cell(report, "words", "ja", "en", 3).result.right == 0
    assert cell(report, "lexical", "ja", "en", 3).result.right == 2
    assert cell(report, SERVED, "ja", "en", 1).result.right == 2
    assert not cell(report, "words", "ja", "en", 3).reached


def test_quotations_are_verbatim_and_far_questions_refused(report):
    shares = {share.name: share.result for share in report.shares}
    assert shares["quotations with source[span] == quote"].score == 1
    assert shares["far-domain questions refused"].score == 1


def test_the_table_names_lanes_targets_and_intervals(report):
    console = Console(record=True, width=160)
    whole = EvalReport(started="now", seconds=1, tier="rules", suites=(), environment={}, library=report)
    print_report(whole, console)
    printed = console.export_text()
    for expected in ("lexical", "ja → en", "@3 < 0.85", "Recall@1", "source[span] == quote"):
        assert expected in printed
