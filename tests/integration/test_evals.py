"""``ansatz eval`` over the real session, without a model and with a scripted one."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evals.command import register
from evals.outcome import outcome_of_error
from evals.runner import run_evals
from evals.suites import SUITES, ToolSelectionItem, load_items
from tests.loopback import Call
from tools.errors import BadInput

CHAIN = {"lattice": "chain", "shape": [8]}
PLANNED = ToolSelectionItem.model_validate(
    {
        "id": "x",
        "language": "en",
        "style": "plain",
        "question": "What is the exact ground-state energy of the Heisenberg chain with N=8?",
        "expect": {"tools": ["nqs.exact"], "spec": {"nqs.exact": CHAIN}},
    }
)


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch):
    """Run ``ansatz eval`` in an empty folder: exit status, standard output."""
    app = typer.Typer()
    register(app)
    app.command("other")(lambda: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments: str):
        result = CliRunner().invoke(app, ["eval", *arguments], standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        return result.return_value, result.stdout

    return run


def test_table_and_file(evaluate, tmp_path: Path) -> None:
    status, printed = evaluate("unanswerable", "textbook", "--limit", "2")
    assert status == 0
    for expected in ("unanswerable", "textbook", "English", "Japanese", "95 % interval", "eval.json"):
        assert expected in printed
    report = json.loads((tmp_path / "eval.json").read_text())
    assert [suite["suite"] for suite in report["suites"]] == ["unanswerable", "textbook"]
    assert [len(suite["items"]) for suite in report["suites"]] == [2, 2]
    assert report["tier"] == "rules" and report["environment"]["python"]
    assert not [path for path in tmp_path.iterdir() if path.name != "eval.json"]


def test_json_is_the_only_thing_on_standard_output(evaluate, tmp_path: Path) -> None:
    status, printed = evaluate("tool_selection", "--limit", "3", "--json", "--out", "other.json")
    assert status == 0
    assert json.loads(printed) == json.loads((tmp_path / "other.json").read_text())
    (suite,) = json.loads(printed)["suites"]
    assert [item["id"] for item in suite["items"]] == ["ts-01-en", "ts-01-ja", "ts-02-en"]


def test_nothing_is_left_in_the_home_of_the_user(evaluate, tmp_path: Path, monkeypatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("ANSATZ_HOME", str(home))
    evaluate("unanswerable", "--limit", "1")
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(["poetry"], "there is no suite 'poetry'"), (["--out", "absent/eval.json"], "absent")]
)
def test_bad_input_is_one_sentence(arguments: list[str], sentence: str, evaluate) -> None:
    with pytest.raises(BadInput, match=sentence):
        evaluate(*arguments)


async def test_planning_runs_no_call(tmp_path: Path) -> None:
    report = await run_evals([SUITES["tool_selection"]], [[PLANNED]], home=tmp_path)
    (item,) = report.suites[0].items
    assert item.right and item.ending == "planned" and item.calls[0]["tool"] == "nqs.exact"
    assert not list(tmp_path.glob("runs/*/*/call.json"))


async def test_plan_of_a_model_is_scored_the_same_way(loopback, tmp_path: Path, monkeypatch) -> None:
    server = loopback([Call(("nqs__ground_state", CHAIN))])
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("ANSATZ_MODEL", "scripted")
    report = await run_evals([SUITES["tool_selection"]], [[PLANNED]], home=tmp_path)
    (item,) = report.suites[0].items
    assert report.tier == "local model scripted"
    assert not item.right and item.calls[0]["tool"] == "nqs.ground_state"
    assert "nqs.exact is missing" in item.faults()


async def test_number_of_the_run_is_scored_against_the_reference(tmp_path: Path) -> None:
    right = load_items(SUITES["computations"])[0]
    wrong = right.model_copy(update={"id": "w", "expect": right.expect.model_copy(update={"value": -0.4})})
    report = await run_evals([SUITES["computations"]], [[right, wrong]], home=tmp_path)
    first, second = report.suites[0].items
    assert first.right, first.faults()
    assert not second.right and "reference -0.4" in second.faults()


async def test_item_that_fails_does_not_end_the_suite(tmp_path: Path) -> None:
    items = load_items(SUITES["unanswerable"])[-2:]
    too_long = items[0].model_copy(update={"id": "long", "question": "x" * 30_000})
    report = await run_evals([SUITES["unanswerable"]], [[too_long, items[1]]], home=tmp_path)
    first, second = report.suites[0].items
    assert not first.right and first.ending == "bad_input" and "30000 characters" in first.error
    assert second.ending != "crashed"


def test_defect_is_a_crash_with_its_name() -> None:
    outcome = outcome_of_error(KeyError("lattice"))
    assert outcome.ending == "crashed" and outcome.error == "KeyError: 'lattice'"
