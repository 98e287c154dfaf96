import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from physics_engines.progress import Progress
from tools import Result, Spec, Text, ToolContext, tool
from tools.errors import BadInput, Missing, Refused, Stopped
from tools.jobs import code_version
from tools.jobs.backends import process_identity, worker_environment
from tools.jobs.events import EventLog
from tools.jobs.failures import Failure, WorkerLost, expected_error
from tools.jobs.identity import identify
from tools.jobs.store import JobStore
from tools.registry import load_registry

ROOT = Path(__file__).parents[2]


class PairSpec(Spec):
    """Two numbers."""

    a: int = 1
    b: int = 2


@tool("test.pair", title=Text(en="pair", ja="対"))
def pair(spec: PairSpec, context: ToolContext) -> Result:
    """Nothing."""
    return Result()


def test_key_depends_on_run_tool_spec_and_code_alone() -> None:
    key = identify(pair, PairSpec(), "r1").key
    assert key == identify(pair, PairSpec(b=2, a=1), "r1").key
    assert key != identify(pair, PairSpec(a=2), "r1").key
    assert key != identify(pair, PairSpec(), "r2").key
    assert key != identify(pair, PairSpec(), "r1").model_copy(update={"code_version": "0+0"}).key
    assert len(key) == 64


def _version_of_copy(root: Path, cwd: Path) -> str:
    command = [sys.executable, "-P", "-c", "from tools.jobs import code_version; print(code_version())"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_code_version_follows_the_source_and_nothing_else(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    for package in ("tools", "physics_engines", "knowledge"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    assert _version_of_copy(copy, tmp_path) == code_version()
    with (copy / "physics_engines" / "estimate.py").open("a") as file:
        file.write("\n")
    assert _version_of_copy(copy, tmp_path) != code_version()


def test_torn_lines_of_the_event_log_cost_only_themselves(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    log = EventLog(path)
    log.append("started")
    path.write_bytes(path.read_bytes() + b'{"time": 1.0, "ki')
    assert [event.kind for event in log.new()] == ["started"]
    EventLog(path).append("progress", Progress(fraction=0.5, message=Text(en="half", ja="半分")))
    assert [event.kind for event in log.new()] == ["progress"]
    assert list(log.new()) == []


def test_events_that_cannot_be_written_do_not_stop_a_calculation(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "absent" / "events.jsonl")
    log.append("started")
    assert list(log.new()) == []


def test_table_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with JobStore(tmp_path) as store:
        path = store.path
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Missing, match="written by a newer version of Ansatz"):
        JobStore(tmp_path)


def test_file_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "jobs.sqlite3").write_text("not a database, but long enough to be read as one" * 20)
    with pytest.raises(Missing, match=r"the job table .*jobs\.sqlite3 cannot be used: file is not a database"):
        JobStore(tmp_path)


def test_attempts_fence_each_other(tmp_path: Path) -> None:
    identity = identify(pair, PairSpec(), "r1")
    with JobStore(tmp_path) as store, JobStore(tmp_path) as other:
        job = store.insert(identity, backend="local", out=tmp_path / "out")
        assert job is not None
        assert other.insert(identity, backend="local", out=tmp_path / "out") is None
        assert store.claim(job, backend="local", out=tmp_path / "out") is None  # active: nobody may claim it
        assert store.end(job.key, 1, "interrupted")
        assert other.claim(job, backend="local", out=tmp_path / "out") is not None
        assert store.claim(job, backend="local", out=tmp_path / "out") is None
        assert store.begin(job.key, 1, "late") is None
        assert other.begin(job.key, 2, "me") is not None
        assert other.begin(job.key, 2, "twin") is None
        assert store.beat(job.key, 1, None) == "superseded"
        assert not store.end(job.key, 1, "done")
        assert other.beat(job.key, 2, Progress(fraction=0.5, message=Text(en="half", ja="半分"))) is None
        running = store.get(job.key)
        assert running is not None
        assert (running.state, running.attempt, running.backend_id) == ("running", 2, "me")
        assert running.progress is not None
        assert store.request_stop(running, "cancel")
        assert other.beat(job.key, 2, None) == "cancel"
        assert other.end(job.key, 2, "interrupted")
        ended = store.get(job.key)
        assert ended is not None
        assert ended.state == "cancelled"


def test_failures_become_the_exception_they_were() -> None:
    for error in (Missing("needs a disk"), BadInput("odd"), Refused("no"), Stopped("later"), WorkerLost("gone")):
        again = Failure.of(error).exception()
        assert (type(again), str(again)) == (type(error), str(error))
    assert Failure.of(ZeroDivisionError("division by zero")).exit_status == 1
    assert str(expected_error(OSError(28, "No space left on device", "/x"), "/y")) == (
        "cannot read or write /x: No space left on device"
    )
    assert expected_error(ValueError("x"), "/y") is None


def test_dead_and_absent_processes_have_no_identity() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    alive = process_identity(child.pid)
    assert alive is not None
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, but not reaped: a zombie
    assert process_identity(child.pid) is None
    child.wait()
    assert process_identity(child.pid) is None


def test_workers_import_this_code_and_respect_the_thread_count() -> None:
    settled = worker_environment({"OMP_NUM_THREADS": "3", "PYTHONPATH": "/own", "HOME": "/h"})
    assert settled["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "/own"]
    assert {settled[name] for name in settled if name.endswith("_NUM_THREADS")} == {"3"}
    assert settled["HOME"] == "/h"
    assert int(worker_environment({})["OMP_NUM_THREADS"]) >= 1


def test_tools_of_ones_own_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "own_tools_for_this_test.py"
    module.write_text(
        "from tools import Result, Spec, Text, ToolContext, tool\n"
        "class Nothing(Spec):\n    'No fields.'\n"
        "@tool('own.nothing', title=Text(en='nothing', ja='無'))\n"
        "def nothing(spec: Nothing, context: ToolContext) -> Result:\n    'Nothing.'\n    return Result()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("ANSATZ_TOOL_MODULES", "own_tools_for_this_test, ")
    assert "own.nothing" in load_registry()
    monkeypatch.setenv("ANSATZ_TOOL_MODULES", "no_such_module_here")
    with pytest.raises(Missing, match="ANSATZ_TOOL_MODULES names 'no_such_module_here', which cannot be imported"):
        load_registry()
