"""``ansatz show``: a run again, as it was answered."""

from typing import TYPE_CHECKING, Annotated

import typer

from agent.interfaces.cli.output import JsonOption, print_json
from tools.errors import BadInput

if TYPE_CHECKING:
    from agent.runs import RunFolder


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("show")(show)


def show(
    run: Annotated[
        str | None, typer.Argument(help="Id of a run, or its beginning or end; without it, list the runs.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Show a run: its answer, or the results of its calls."""
    from agent.runs import find_run, list_runs
    from agent.settings import load_settings

    home = load_settings().home
    if run is None:
        return _list(list_runs(home), as_json)
    folder = find_run(home, run)
    if (folder.path / "answer.json").exists():
        from rich.console import Console

        from agent.answer import Answer
        from agent.report.terminal import print_answer

        answer = Answer.model_validate(folder.read_json("answer.json"))
        if as_json:
            print_json({"run": folder.run_id, **answer.as_json()})
        else:
            print(answer.question)
            print_answer(answer, Console())
        return 0
    return _show_calls(folder, as_json)


def _list(runs: list[dict[str, object]], as_json: bool) -> int:
    if as_json:
        print_json({"runs": runs})
    for run in [] if as_json else runs:
        print(f"{run['id']}  {run['state']:<12} {run['what']}")
    return 0


def _show_calls(folder: "RunFolder", as_json: bool) -> int:
    from agent.evidence import Ledger
    from tools.result import Result

    ledger = Ledger()
    for path in sorted(folder.path.glob("*/result.json")):
        ledger.add_result(
            path.parent.name.partition("-")[2], Result.model_validate_json(path.read_text()), folder.run_id, "en"
        )
    if not len(ledger):
        raise BadInput(f"run {folder.run_id} has no result yet; 'ansatz jobs' shows what is running")
    if as_json:
        print_json({"run": folder.run_id, "evidence": [entry.model_dump(mode="json") for entry in ledger]})
    else:
        for entry in ledger:
            print(f"{entry.id}  {entry.source}  {entry.label}: {entry.shown()}")
    return 0
