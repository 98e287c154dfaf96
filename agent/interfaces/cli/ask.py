"""``ansatz ask``: one question, or a file of them."""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from agent.interfaces.cli.output import JsonOption, YesOption, print_json
from tools.errors import AnsatzError, BadInput, ExitStatus


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ask")(ask)
    app.command("demo")(demo)


_DEMO = (
    "What is the ground-state energy per site of the 4x4 Heisenberg antiferromagnet, "
    "and why can a restricted Boltzmann machine represent it?"
)


def ask(
    question: Annotated[str | None, typer.Argument(help="A question, in English or Japanese.")] = None,
    questions: Annotated[
        Path | None, typer.Option("--from", help='A file of lines {"id": …, "question": …}; - for standard input.')
    ] = None,
    as_json: JsonOption = False,
    yes: YesOption = False,
) -> int:
    """Answer a question; every number in the answer was computed, cited or proved."""
    if (question is None) == (questions is None):
        raise BadInput("give one question, or --from FILE")
    if question is not None:
        return asyncio.run(_ask_one(question, as_json, yes))
    assert questions is not None
    return asyncio.run(_ask_file(questions, as_json, yes))


def demo(yes: YesOption = True) -> int:
    """Ask one real question, and say what to try next."""
    print(f'$ ansatz ask "{_DEMO}"')
    status = asyncio.run(_ask_one(_DEMO, False, yes))
    print(
        "\nNext:\n"
        '  ansatz ask "対称性を持つニューラルネットワークとは？"   a cited answer from the textbook\n'
        "  ansatz tools                                          what can be computed\n"
        "  ansatz run nqs.exact --lattice chain --shape 16       one tool without any agent\n"
        "  ansatz chat                                           a conversation\n"
        "  ansatz doctor                                         what is configured, and what is missing"
    )
    return status


async def _ask_one(question: str, as_json: bool, yes: bool) -> int:
    from rich.console import Console

    from agent.interfaces.cli.approval import choose_approver
    from agent.interfaces.cli.progress import ProgressView
    from agent.report.terminal import print_answer
    from agent.session import open_session
    from agent.settings import load_settings

    talk = Console(stderr=True)
    async with open_session(load_settings()) as session:
        with ProgressView(talk, quiet=as_json) as view:
            answer = await session.ask(question, approver=view.paused(choose_approver(yes, talk)), on_event=view.show)
    if as_json:
        print_json(answer.as_json())
    else:
        print_answer(answer, Console())
    return answer.exit_status


async def _ask_file(path: Path, as_json: bool, yes: bool) -> int:
    """Answer every line in one process; a line that fails is reported in its place, and the next one goes on."""
    from rich.console import Console

    from agent.report.terminal import print_answer
    from agent.session import approve_all, approve_none, open_session
    from agent.settings import load_settings

    worst = 0
    async with open_session(load_settings()) as session:
        for name, question in _read_questions(path):
            try:
                if isinstance(question, BadInput):
                    raise question
                answer = await session.ask(question, approver=approve_all if yes else approve_none)
            except AnsatzError as error:
                status = error.exit_status
                record: dict[str, object] = {"id": name, "error": str(error), "exit_status": int(status)}
            except Exception as error:  # one defect must not take the rest of the file with it
                status = ExitStatus.DEFECT
                record = {"id": name, "error": f"{type(error).__name__}: {error}", "exit_status": int(status)}
            else:
                status = answer.exit_status
                record = {"id": name, **answer.as_json()}
                if not as_json:
                    Console().rule(str(name))
                    print_answer(answer, Console())
            if as_json:
                print_json(record)
            elif "error" in record:
                print(f"ansatz: {name}: {record['error']}", file=sys.stderr)
            worst = worst or (int(status) if status in (ExitStatus.DEFECT, ExitStatus.STOPPED) else 0)
    return worst


def _read_questions(path: Path) -> Iterator[tuple[object, str | BadInput]]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            yield item["id"], str(item["question"])
        except (ValueError, KeyError, TypeError):
            yield f"line {number}", BadInput(f'line {number} of {path} is not {{"id": …, "question": …}}')
