"""Every command: one JSON object on standard output, one sentence for an error, the documented exit status."""

import json
from pathlib import Path

import pytest

from agent.interfaces.cli.app import run_app
from tests.pdf import make_pdf
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
        ["library", "search", "spin", "--language", "fr"],
        ["library", "search", "spin", "--k", "0"],
        ["library", "search", "spin", "--book", "absent"],
        ["library", "search", "spin", "--lane", "dense"],
        ["library", "search", "--from", "/absent"],
        ["library", "embed", "--book", "absent"],
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


def test_many_queries_in_one_process_are_one_object_a_line(tmp_path: Path, capsys) -> None:
    queries = [
        json.dumps({"id": 1, "query": "What is a Boltzmann machine?"}),
        json.dumps({"id": "ja", "query": "拡散モデルとは"}, ensure_ascii=False),
        "",
        "no object",
        json.dumps({"id": 3}),
        json.dumps({"id": 4, "query": " "}),
        json.dumps({"id": 5, "query": "qqzzxx"}),
    ]
    (tmp_path / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    options = ["--k", "2", "--book", "textbook", "--language", "ja", "--json"]
    assert run_app(["library", "search", "--from", str(tmp_path / "queries.jsonl"), *options]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["id"] for line in lines] == [1, "ja", "line 4", "line 5", 4, 5]
    assert [len(line["results"]) for line in lines] == [2, 2, 0, 0, 0, 0]
    assert ["error" in line for line in lines] == [False, False, True, True, True, False]
    for hit in lines[0]["results"] + lines[1]["results"]:
        assert set(hit) == {"document", "book", "section", "language", "span", "score", "text"}
        assert hit["book"] == "textbook" and hit["language"] == "ja"
        start, end = hit["span"]
        assert run_app(["library", "show", f"{hit['document']}:{start}-{end}", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["text"] == hit["text"]


def test_pages_that_cannot_be_read_are_named_and_the_rest_is_added(tmp_path: Path, capsys) -> None:
    (tmp_path / "mixed.pdf").write_bytes(make_pdf(["A roton is a minimum."], ["(cid:1)(cid:2)(cid:3)"]))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert run_app(["library", "add", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out == "1 added, 0 replaced, 0 unchanged\n"
    assert err.splitlines() == [
        "mixed.pdf: no readable text on page 2 of 2 (scanned, or garbled)",
        "broken.pdf: it cannot be opened as a PDF (data format error)",
    ]
    assert run_app(["library", "add", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "0 added, 0 replaced, 1 unchanged\n"
    assert run_app(["library", "add", str(tmp_path / "broken.pdf")]) == ExitStatus.BAD_INPUT


def test_a_group_without_a_command_shows_its_help(capsys) -> None:
    assert run_app(["library"]) == ExitStatus.BAD_INPUT
    assert capsys.readouterr().err.startswith("Usage: ansatz library")


def test_an_embedder_that_is_not_there_is_one_sentence_and_stops_nothing_else(monkeypatch, capsys) -> None:
    monkeypatch.setenv("ANSATZ_EMBEDDER", "/absent")
    assert run_app(["library", "embed", "--book", "textbook"]) == ExitStatus.MISSING
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("ansatz: there is no embedding model in /absent") and err.count("\n") == 1
    assert run_app(["library", "search", "spin", "--k", "1"]) == 0
    assert run_app(["library", "verify"]) == 0
