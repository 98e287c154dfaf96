"""An answer on the terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.answer import Answer
from agent.evidence import Evidence
from agent.report.evidence_rows import evidence_rows

_RULES_HINT = " (no model configured: set OPENAI_API_KEY, OPENAI_BASE_URL or ANSATZ_MODEL for free-form answers)"


def print_answer(answer: Answer, console: Console) -> None:
    """Print prose, evidence, figures, commands that repeat it, notes and tier."""
    console.print()
    console.print(Text(answer.answer))
    if answer.evidence:
        console.print()
        console.print(Text("Evidence", style="bold"))
        print_evidence(answer.evidence, console)
    console.print()
    for label, values in (("Figure", answer.figures), ("Repeat", answer.repeat), ("Note", answer.notes)):
        for value in values:
            _field(console, label, value)
    hint = _RULES_HINT if answer.tier == "rules" else ""
    _field(console, "Tier", answer.tier + hint)


def print_evidence(evidence: tuple[Evidence, ...], console: Console) -> None:
    """Print the rows of the evidence table."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    table.add_column(overflow="fold", ratio=1, style="dim")
    for row in evidence_rows(evidence):
        table.add_row(*(Text(cell) for cell in row))
    console.print(Padding(table, (0, 0, 0, 2)))


def _field(console: Console, label: str, value: str) -> None:
    # Paths and commands must survive copy and paste: no wrapping inside them.
    console.print(Text.assemble((f"{label:<8}", "bold"), value), soft_wrap=True)
