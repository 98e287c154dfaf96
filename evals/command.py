"""``ansatz eval``: score what the project can do."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from agent.interfaces.cli.output import JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)


def evaluate(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SUITE]...", help="Names of suites; all of them where none is given."),
    ] = None,
    as_json: JsonOption = False,
    out: Annotated[Path, typer.Option("--out", help="Where the report is written.")] = Path("eval.json"),
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Most items of each suite.")] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Folder of the runs; a temporary one where not given.")
    ] = None,
) -> int:
    """Run the evaluation suites; items that fail are scored as wrong, a defect of ours ends with status 1."""
    from rich.console import Console

    from evals.suites import SUITES, find_suite, load_items

    suites = [find_suite(name) for name in dict.fromkeys(names or SUITES)]
    items = [load_items(suite, limit) for suite in suites]
    _check_writable(out)

    from evals.runner import run_evals
    from evals.table import print_report

    talk = Console(stderr=True)
    total, finished = sum(map(len, items)), iter(range(1, sum(map(len, items)) + 1))
    with talk.status("starting") as status:
        report = asyncio.run(
            run_evals(
                suites,
                items,
                home=home,
                out=out,
                on_item=lambda suite, item: status.update(f"{suite.name} {next(finished)}/{total}: {item.id}"),
            )
        )
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        print_report(report, Console())
        print(f"Report {out}")
    return int(any(item.ending in ("crashed", "failed") for suite in report.suites for item in suite.items))


def _check_writable(out: Path) -> None:
    """An hour of evaluation must not end with a report that cannot be written."""
    import os

    from tools.errors import BadInput

    folder = out.absolute().parent
    if out.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise BadInput(f"cannot write the report to {out}; name a file in a folder you can write with --out")
