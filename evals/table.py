"""The report as tables for a terminal."""

from rich.console import Console
from rich.table import Table

from evals.lanes import LibraryReport
from evals.report import EvalReport, Score, SuiteReport
from evals.statistics import Proportion

_LANGUAGES = {"en": "English", "ja": "Japanese", "all": "all"}


def print_report(report: EvalReport, console: Console) -> None:
    """Scores of every suite, parity of the languages, and each item that was wrong with what was wrong about it."""
    console.print(_scores(report))
    if any(suite.parity for suite in report.suites):
        console.print(_parity(report))
    if report.library is not None:
        console.print(_lanes(report.library))
        console.print(_answers(report.library))
        console.print(_LANES_ARE, highlight=False)
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
        _interval(result),
        f"{suite.seconds:.1f}" if whole else "",
    ]


def _lanes(report: LibraryReport) -> Table:
    table = Table(title="Retrieval: a gold section among the first k")
    for name in ("Lane", "Question → text"):
        table.add_column(name)
    for name in ("n", "Recall@1", "95 % interval", "Recall@3", "95 % interval", "Below target"):
        table.add_column(name, justify="right")
    cells = {(cell.lane, cell.asked, cell.pool, cell.k): cell for cell in report.recall}
    lanes = dict.fromkeys(cell.lane for cell in report.recall)
    for lane in lanes:
        rows = dict.fromkeys((cell.asked, cell.pool) for cell in report.recall if cell.lane == lane)
        for place, (asked, pool) in enumerate(sorted(rows, key=lambda row: (row[0] != row[1], row))):
            pair = [cells[lane, asked, pool, k] for k in (1, 3)]
            shown = [text for cell in pair for text in (f"{cell.result.score:.3f}", _interval(cell.result))]
            below = ", ".join(f"@{cell.k} < {cell.target:.2f}" for cell in pair if not cell.reached)
            table.add_row(lane if place == 0 else "", f"{asked} → {pool}", str(pair[0].result.n), *shown, below)
        table.add_section()
    return table


_LANES_ARE = (
    "words: BM25 without the glossary; lexical: with it; dense: MiniLM, Japanese by its English gist; both: their sum. "
    "Only the text in the language of the pool is searched and scored. As served: what is found in a section's "
    "translation counts for the section too, as in ansatz library search --language."
)


def _answers(report: LibraryReport) -> Table:
    table = Table(title="Answers of the library")
    table.add_column("")
    for name in ("Count", "Share", "95 % interval", "Target"):
        table.add_column(name, justify="right")
    for share in report.shares:
        result = share.result
        count = f"{result.right}/{result.n}"
        target = f"{share.target:.2f}" if share.target is not None else ""
        table.add_row(share.name, count, f"{result.score:.3f}", _interval(result), target)
    return table


def _interval(result: Proportion) -> str:
    return f"{result.low:.3f} – {result.high:.3f}"


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
