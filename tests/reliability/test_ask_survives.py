"""Questions survive killed processes, full disks and damaged stores."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUESTION = "Variational ground-state energy of the Heisenberg chain with N=8"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from agent.interfaces.cli import main; main()", *arguments]


def ask(*arguments: str) -> tuple[int, dict]:
    done = subprocess.run(command("ask", *arguments, "--json"), capture_output=True, text=True, cwd=ROOT, timeout=200)
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout + done.stderr
    return done.returncode, json.loads(lines[0])


def wait_for(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def home() -> Path:
    return Path(os.environ["ANSATZ_HOME"])


def executions(home: Path) -> int:
    events = [json.loads(line) for path in home.glob("runs/*/1-*/events.jsonl") for line in path.open()]
    return sum(event["kind"] == "started" for event in events)


def test_killed_question_goes_on_in_the_same_run_and_computes_once(home: Path) -> None:
    asker = subprocess.Popen(command("ask", QUESTION), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: executions(home) == 1)
    asker.send_signal(signal.SIGKILL)
    asker.wait()
    status, answer = ask(QUESTION)
    assert status == 0 and executions(home) == 1
    assert len(list(home.glob("runs/2*"))) == 1
    again = subprocess.run(
        command("run", "--spec", str(next(home.glob("runs/*/1-*/call.json"))), "--json"),
        capture_output=True, text=True, cwd=ROOT, timeout=200,
    )  # fmt: skip
    repeated = json.loads(again.stdout)["evidence"][0]["value"]
    assert repeated == next(entry["value"] for entry in answer["evidence"] if entry["kind"] == "computed")


def test_interrupted_question_leaves_a_resumable_job(home: Path) -> None:
    asker = subprocess.Popen(
        command("ask", QUESTION, "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: any(home.glob("runs/*/1-*/restart.npz")))
    asker.send_signal(signal.SIGINT)
    output, _ = asker.communicate(timeout=60)
    assert asker.returncode == 5 and json.loads(output)["exit_status"] == 5
    status, _ = ask(QUESTION)
    assert status == 0 and len(list(home.glob("runs/2*"))) == 1


def test_killed_conversation_goes_on(home: Path) -> None:
    chat = subprocess.Popen(
        command("chat", "--thread", "k1"), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert chat.stdin is not None
    chat.stdin.write(QUESTION + "\n")
    chat.stdin.flush()
    wait_for(lambda: executions(home) == 1)
    chat.kill()
    chat.wait()
    chat.stdin.close()
    done = subprocess.run(
        command("chat", "--thread", "k1", "--json"), input="", capture_output=True, text=True, cwd=ROOT, timeout=200
    )
    assert done.returncode == 0 and json.loads(done.stdout)["status"] == "answered"
    assert executions(home) == 1


def test_damaged_thread_store_is_one_sentence(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "threads.sqlite").write_bytes(b"this is no database" * 100)
    status, answer = ask("What is a PINN?")
    assert status == 4 and "threads.sqlite" in answer["error"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_read_only_home_is_one_sentence(home: Path) -> None:
    home.mkdir(parents=True)
    home.chmod(0o500)
    status, answer = ask("What is a PINN?")
    assert status == 4 and "ANSATZ_HOME" in answer["error"]


def test_home_that_is_a_file_is_one_sentence(home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("")
    status, answer = ask("What is a PINN?")
    assert status == 4 and str(home) in answer["error"]


def test_full_disk_leaves_no_half_answer(home: Path) -> None:
    home.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(home)], capture_output=True)
    if mounted.returncode:
        pytest.skip("may not mount a small disk")
    try:
        status, answer = ask("exact energy of the Heisenberg chain N=8")
        assert status == 4 and "\n" not in answer["error"]
        assert not list(home.rglob("*.part"))
        assert not list(home.glob("runs/*/answer.json"))
    finally:
        subprocess.run(["umount", str(home)], check=True)
