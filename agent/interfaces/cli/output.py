"""Printing: one JSON object with ``--json``, text for people otherwise."""

import json
import sys
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Approve every call without asking.")]


def print_json(content: object) -> None:
    """One object on one line of standard output."""
    print(json.dumps(content, ensure_ascii=False), flush=True)


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
