"""Every command: one JSON object on standard output, one sentence for an error, the documented exit status."""

import json
from pathlib import Path

import pytest

from agent.interfaces.cli.app import run_app
from tools.errors import ExitStatus


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["ask"],
        ["ask", "energy", "--nope"],
        ["ask", "--from", "/absent"],
        ["ask", "--from", "/"],
        ["run", "nqs.absent"],
        ["run", "nqs.exact"],
        ["run", "nqs.exact", "--lattice", "kagome", "--shape", "4"],
        ["run", "nqs.exact", "--lattice", "chain", "--shape", "8", "--field", "nan"],
        ["run", "nqs.exact", "--lattice", "chain", "--shape", "1000000"],
        ["run", "--spec", "/absent.json"],
        ["run", "--spec", "/dev/null"],
        ["show", "absent"],
        ["show", "../../etc"],
        ["jobs", "show", "absent"],
        ["jobs", "cancel", "absent"],
        ["library", "search", ""],
        ["library", "show", "bogus"],
        ["library", "show", "textbook/en/A5:999999-9999999"],
        ["library", "add", "/absent"],
        ["library", "add", "/dev/null"],
        ["library", "remove", "absent"],
    ],
    ids=" ".join,
)
def test_bad_input_is_one_object_and_one_sentence(arguments: list[str], capsys) -> None:
    assert run_app([*arguments, "--json"]) == ExitStatus.BAD_INPUT
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert content["exit_status"] == ExitStatus.BAD_INPUT and "\n" not in content["error"]
    assert "Traceback" not in err and "Pydantic" not in content["error"]
    assert run_app(arguments) == ExitStatus.BAD_INPUT
    out, err = capsys.readouterr()
    assert "{" not in out and err.startswith("ansatz: ") and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["tools"],
        ["jobs"],
        ["show"],
        ["library", "list"],
        ["library", "verify"],
        ["library", "search", "PINN"],
        ["library", "show", "textbook/en/A5:0-20"],
        ["run", "nqs.exact", "--lattice", "chain", "--shape", "4"],
    ],
    ids=" ".join,
)
def test_results_are_one_object(arguments: list[str], capsys) -> None:
    assert run_app([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert run_app(arguments) == 0
    assert capsys.readouterr().err == ""


def test_documents_are_added_found_and_removed(tmp_path: Path, capsys) -> None:
    document = tmp_path / "note.md"
    document.write_text("# Spin ice\n\nThe residual entropy of spin ice follows from the ice rule of Pauling.\n")
    assert run_app(["library", "add", str(document), "--json"]) == 0
    (added,) = json.loads(capsys.readouterr().out)["added"]
    assert run_app(["library", "search", "residual entropy of spin ice", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["document"] == added
    assert run_app(["library", "remove", added, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": [added]}
