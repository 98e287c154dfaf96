"""``ansatz tools``: what can be called, and what is missing for the rest."""

import typer

from agent.interfaces.cli.output import JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tools")(tools)


def tools(as_json: JsonOption = False) -> int:
    """List every tool with its state: ready, or what it needs."""
    from rich.console import Console
    from rich.table import Table

    from tools.registry import load_registry

    rows = [
        {
            "name": tool.name,
            "title": tool.title.model_dump(),
            "evidence": tool.evidence,
            "state": tool.why_unavailable() or "ready",
            "ready": tool.why_unavailable() is None,
        }
        for tool in load_registry().values()
    ]
    if as_json:
        print_json({"tools": rows})
        return 0
    table = Table(box=None, padding=(0, 3, 0, 0))
    for column in ("tool", "computes", "", "state"):
        table.add_column(column, overflow="fold")
    for row in rows:
        title = row["title"]
        assert isinstance(title, dict)
        table.add_row(str(row["name"]), title["en"], title["ja"], str(row["state"]))
    Console().print(table)
    return 0
