"""``ansatz chat``: a conversation on the terminal."""

import asyncio
import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from agent.interfaces.cli.output import JsonOption, YesOption, print_json
from tools.errors import AnsatzError, BadInput

if TYPE_CHECKING:
    from rich.console import Console

_QUIT = ("/quit", "/exit", "quit", "exit")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chat")(chat)


def chat(
    thread: Annotated[str | None, typer.Option("--thread", help="Go on with this conversation.")] = None,
    as_json: JsonOption = False,
    yes: YesOption = False,
) -> int:
    """A conversation; what a turn leaves out is taken from the turns before. With --json, one object a turn."""
    if thread is not None and not thread.replace("-", "").replace("_", "").isalnum():
        raise BadInput(f"a thread is named with letters, digits, '-' and '_'; got {thread!r}")
    return asyncio.run(_chat(thread or secrets.token_hex(4), as_json, yes))


async def _chat(thread: str, as_json: bool, yes: bool) -> int:
    from rich.console import Console

    from agent.interfaces.cli.approval import choose_approver
    from agent.interfaces.cli.progress import ProgressView
    from agent.report.terminal import print_answer
    from agent.session import open_session
    from agent.settings import load_settings

    talk, out = Console(stderr=True), Console()

    async with open_session(load_settings()) as session:
        talk.print(f"thread {thread} (go on later with: ansatz chat --thread {thread}); /quit ends", highlight=False)
        for asked, answered in await session.turns(thread):
            talk.print(f"\n> {asked}\n{answered}", markup=False, highlight=False)
        question: str | None = None
        while True:
            try:
                with ProgressView(talk, quiet=as_json) as view:
                    approver = view.paused(choose_approver(yes, talk))
                    if question is None:
                        answer = await session.resume(thread, approver=approver, on_event=view.show)
                    else:
                        answer = await session.say(thread, question, approver=approver, on_event=view.show)
            except AnsatzError as error:
                talk.print(f"ansatz: {error}", markup=False)
                if as_json:
                    print_json({"error": str(error), "exit_status": int(error.exit_status)})
            else:
                if answer is not None and as_json:
                    print_json(answer.as_json())
                elif answer is not None:
                    print_answer(answer, out)
            question = _next_question(talk)
            if question is None:
                return 0


def _next_question(console: "Console") -> str | None:
    while True:
        try:
            line = console.input("\n[bold]> [/bold]").strip()
        except EOFError:
            return None
        if line.lower() in _QUIT:
            return None
        if line:
            return line
