"""An answer on the terminal."""

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.answer import Answer
from agent.evidence import Evidence
from agent.report.evidence_rows import evidence_rows
from agent.report.phrases import NO_MODEL
from agent.report.tier import tier_in_words
from physics_engines.text import Language

_HEADINGS = {
    "en": ("Evidence", "Figure", "Repeat", "Note", "Tier"),
    "ja": ("根拠", "図", "再実行", "注記", "層"),
}


def print_answer(answer: Answer, console: Console) -> None:
    """Print prose, evidence, figures, commands that repeat it, notes and tier."""
    console.print()
    evidence, figure, repeat, note, tier = _HEADINGS[answer.language]
    console.print(Text(answer.answer))
    if answer.evidence:
        console.print()
        console.print(Text(evidence, style="bold"))
        print_evidence(answer.evidence, console, answer.language)
    console.print()
    for label, values in ((figure, answer.figures), (repeat, answer.repeat), (note, answer.notes)):
        for value in values:
            _field(console, label, value)
    why = NO_MODEL.in_language(answer.language) if answer.tier == "rules" else ""
    _field(console, tier, tier_in_words(answer, why))


def print_evidence(evidence: tuple[Evidence, ...], console: Console, language: Language = "en") -> None:
    """Print the rows of the evidence table."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1, style="dim")
    for row in evidence_rows(evidence, language):
        table.add_row(*(Text(cell) for cell in row))
    console.print(Padding(table, (0, 0, 0, 2)))


def _field(console: Console, label: str, value: str) -> None:
    # Paths and commands must survive copy and paste: no wrapping inside them.
    padding = " " * max(1, 8 - cell_len(label))
    console.print(Text.assemble((label + padding, "bold"), value), soft_wrap=True)
