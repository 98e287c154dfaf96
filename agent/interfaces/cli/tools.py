"""``ansatz tools``: what can be called, and what is missing for the rest."""

import typer

from agent.interfaces.cli.output import JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tools")(tools)


def tools(as_json: JsonOption = False) -> int:
    """List every tool with its state: ready, or what it needs."""
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
    for row in rows:
        title = row["title"]
        assert isinstance(title, dict)
        print(f"{row['name']:<20} {row['state']}\n{'':<20} {title['en']} / {title['ja']}")
    return 0
