"""The report as tables for a terminal."""

from rich.console import Console
from rich.table import Table

from evals.report import EvalReport, Score, SuiteReport

_LANGUAGES = {"en": "English", "ja": "Japanese", "all": "all"}


def print_report(report: EvalReport, console: Console) -> None:
    """Scores of every suite, parity of the languages, and each item that was wrong with what was wrong about it."""
    console.print(_scores(report))
    if any(suite.parity for suite in report.suites):
        console.print(_parity(report))
    for suite in report.suites:
        _print_wrong(suite, console)
    console.print(f"Tier {report.tier}, {report.seconds:.1f} s", highlight=False)


def _scores(report: EvalReport) -> Table:
    table = Table(title="Scores")
    for name in ("Suite", "Items", "Check"):
        table.add_column(name)
    for name in ("Right", "Score", "95 % interval", "Seconds"):
        table.add_column(name, justify="right")
    for suite in report.suites:
        for place, score in enumerate(suite.scores):
            whole = score.kind is None and score.check is None
            table.add_row(*_row(suite, score, first=place == 0), style="" if whole else "dim")
        table.add_section()
    return table


def _row(suite: SuiteReport, score: Score, *, first: bool) -> list[str]:
    result = score.result
    whole = score.language == "all" and score.kind is None and score.check is None
    return [
        suite.suite if first else "",
        score.kind or _LANGUAGES[score.language],
        score.check or "",
        f"{result.right}/{result.n}",
        f"{result.score:.3f}",
        f"{result.low:.3f} – {result.high:.3f}",
        f"{suite.seconds:.1f}" if whole else "",
    ]


def _parity(report: EvalReport) -> Table:
    table = Table(title="The same questions in both languages")
    table.add_column("Suite")
    for name in ("Pairs", "English", "Japanese", "Only English", "Only Japanese", "Difference", "p (McNemar)"):
        table.add_column(name, justify="right")
    for suite in report.suites:
        if (both := suite.parity) is not None:
            counts = (both.pairs, both.english, both.japanese, both.only_english, both.only_japanese)
            table.add_row(suite.suite, *map(str, counts), f"{both.difference:+.3f}", f"{both.p_value:.2f}")
    return table


def _print_wrong(suite: SuiteReport, console: Console) -> None:
    wrong = [item for item in suite.items if not item.right]
    if not wrong:
        return
    table = Table(title=f"Wrong in {suite.suite}")
    table.add_column("Item", no_wrap=True)
    table.add_column("Question", ratio=1)
    table.add_column("What was wrong", ratio=1)
    for item in wrong:
        table.add_row(item.id, item.question, item.faults())
    console.print(table, highlight=False, markup=False)
