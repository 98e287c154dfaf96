"""Asking a person for approval on the terminal."""

import json

from rich.console import Console
from rich.prompt import Prompt

from agent.interfaces.cli.output import is_terminal
from agent.session import Approver, Decision, PendingCall, approve_all, approve_none
from tools.errors import AnsatzError
from tools.registry import load_registry


def choose_approver(yes: bool, console: Console) -> Approver:
    """``--yes`` approves all; a terminal asks; anything else leaves the run waiting."""
    if yes:
        return approve_all
    if not is_terminal():
        return approve_none
    return lambda pending: [_ask(call, console) for call in pending]


def _ask(call: PendingCall, console: Console) -> Decision:
    console.print(f"[bold]{call.tool}[/bold] would take about {call.seconds:.0f} s", end="")
    console.print(f" and {call.memory_gb:.1f} GB" if call.memory_gb >= 0.1 else "")
    console.print_json(json.dumps(call.spec, ensure_ascii=False))
    reply = Prompt.ask(
        "approve, edit or reject?", choices=["approve", "edit", "reject"], default="approve", console=console
    )
    if reply == "edit":
        return Decision(action="edit", spec=_edited(call, console))
    return Decision(action="approve" if reply == "approve" else "reject")


def _edited(call: PendingCall, console: Console) -> dict[str, object]:
    """Take changes as ``name=value`` until they make a valid Spec."""
    tool = load_registry()[call.tool]
    while True:
        changes = Prompt.ask("changes, as name=value separated by spaces", console=console)
        pairs = dict(part.split("=", 1) for part in changes.split() if "=" in part)
        try:
            edited: dict[str, object] = tool.parse({**call.spec, **pairs}).model_dump(mode="json")
            return edited
        except AnsatzError as error:
            console.print(str(error))
