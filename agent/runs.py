"""Run folders: everything one question or one command left behind, under ``ANSATZ_HOME/runs/ID/``.

run.json          question or command, thread, language, state
ledger.json       the evidence
answer.json       the whole answer
answer.md         the answer as it was shown
transcript.json   reading, plan, approvals, messages of models, problems
environment.json  versions, device, commit
N-TOOL/           one folder per call: call.json, result.json, arrays, figures, log, events
"""

import json
import os
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psutil

from physics_engines.files import write_text
from tools.errors import BadInput, Missing


def new_run_id() -> str:
    """An id that sorts by time and does not collide: ``20260131-142501-3f2a91c4``."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


class RunFolder:
    """The folder of one run."""

    def __init__(self, home: Path, run_id: str) -> None:
        self.home = home
        self.run_id = run_id
        self.path = home / "runs" / run_id

    def create(self) -> None:
        """Make the folder.

        Raises:
            Missing: The home folder cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Missing(
                f"cannot write to {self.home}: {error.strerror or error}; set ANSATZ_HOME to a folder you can write"
            ) from error

    def call_folder(self, index: int, tool: str) -> Path:
        """Folder of the ``index``-th call (from 1)."""
        return self.path / f"{index}-{tool}"

    def write_json(self, name: str, content: object) -> None:
        """Write one JSON file, whole or not at all."""
        write_text(self.path / name, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n")

    def read_json(self, name: str) -> object:
        """Read one JSON file of the run."""
        content: object = json.loads((self.path / name).read_text())
        return content


def find_run(home: Path, name: str) -> RunFolder:
    """The run whose id is, begins or ends with ``name``.

    Raises:
        BadInput: No such run, or several.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise BadInput(f"{name!r} is not a run id; 'ansatz show' lists the runs")
    folder = home / "runs"
    names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    matches = [each for each in names if each == name] or [
        each for each in names if each.startswith(name) or each.endswith(name)
    ]
    if not matches:
        raise BadInput(f"there is no run {name!r} in {folder}")
    if len(matches) > 1:
        raise BadInput(f"{name!r} fits {len(matches)} runs: {', '.join(matches[:5])}")
    return RunFolder(home, matches[0])


def list_runs(home: Path) -> list[dict[str, object]]:
    """Id, state and question (or tools) of every run, the newest first."""
    folder = home / "runs"
    paths = [path for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else []
    runs: list[dict[str, object]] = []
    for path in sorted(paths, key=lambda each: each.name, reverse=True):
        try:
            answer = json.loads((path / "answer.json").read_text())
            state, what = answer["status"], answer["question"]
        except (OSError, ValueError, KeyError):
            calls = sorted(entry.name.partition("-")[2] for entry in path.iterdir() if entry.is_dir())
            state = "done" if list(path.glob("*/result.json")) else "unfinished"
            what = ", ".join(calls)
        runs.append({"id": path.name, "state": state, "what": " ".join(str(what).split())})
    return runs


class OpenQuestion:
    """A mark that a question is being answered, so that asking it again after a crash goes on with the same run.

    The mark is a file named by a hash of what was asked; it holds the run id and the process that asked. It is removed
    when the answer is complete. A process that still lives keeps its question to itself.
    """

    def __init__(self, home: Path, asked: Mapping[str, object]) -> None:
        digest = sha256(json.dumps(asked, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:24]
        self._path = home / "runs" / ".open" / f"{digest}.json"

    def unfinished_run(self) -> str | None:
        """Run id left by a process that died before it could answer; None when there is none."""
        try:
            mark = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return None
        alive = psutil.pid_exists(mark["pid"]) and _started(mark["pid"]) == mark["started"]
        return None if alive else str(mark["run_id"])

    def open(self, run_id: str) -> None:
        """Record that this process answers the question in ``run_id``."""
        pid = os.getpid()
        write_text(self._path, json.dumps({"run_id": run_id, "pid": pid, "started": _started(pid)}))

    def close(self) -> None:
        """The answer is complete."""
        self._path.unlink(missing_ok=True)


def _started(pid: int) -> float | None:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return None
