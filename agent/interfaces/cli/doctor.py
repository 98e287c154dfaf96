"""``ansatz doctor``: what is configured, what works, and what is missing."""

import asyncio

import typer

from agent.interfaces.cli.output import JsonOption, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: JsonOption = False) -> int:
    """Check tier, model server, one live tool call, devices, home folder, library and Lean."""
    from agent.doctor import examine
    from agent.settings import load_settings

    findings = asyncio.run(examine(load_settings()))
    if as_json:
        print_json({"findings": [vars(finding) for finding in findings]})
    for finding in [] if as_json else findings:
        print(f"{finding.state:<8} {finding.subject:<14} {finding.text}")
    return 0
