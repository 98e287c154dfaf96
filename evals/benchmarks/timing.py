"""Shared by the benchmarks: a table of repeated timings."""

from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table


def print_timings(title: str, timings: Mapping[str, Sequence[float]], *, unit: str = "s", scale: float = 1.0) -> None:
    """Smallest, median and largest of each row.

    Args:
        title: Title of the table.
        timings: Name -> seconds, one for each repetition.
        unit: Unit to show.
        scale: What a second is in that unit.
    """
    table = Table(title=title)
    table.add_column("")
    for name in ("min", "median", "max"):
        table.add_column(f"{name} / {unit}", justify="right")
    table.add_column("runs", justify="right")
    for name, seconds in timings.items():
        shown = [f"{scale * value:.3g}" for value in (min(seconds), median(seconds), max(seconds))]
        table.add_row(name, *shown, str(len(seconds)))
    Console().print(table)
