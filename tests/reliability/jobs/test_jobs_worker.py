"""The worker on the command line, and what the machine refuses it: one sentence, a status, no half file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from job_bench import Bench, until, value
from job_tools import bulky, walk

from tools import Result
from tools.errors import Missing
from tools.jobs import CallFolder, run_call, submit, wait
from tools.jobs.worker import main as worker_main


def test_worker_by_hand_stops_on_ctrl_c_and_goes_on_when_started_again(bench: Bench) -> None:
    spec = bench.spec(n_steps=20)
    call = bench.write_call(spec)
    worker = bench.worker(call, bench.out)
    until(CallFolder(bench.out).restart_file.exists)
    worker.send_signal(signal.SIGINT)
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 5
    assert said.startswith("test.walk: stopped after")
    assert said.count("\n") == 1
    again = bench.worker(call, bench.out)
    again.communicate(timeout=20)
    assert again.returncode == 0
    result = Result.model_validate_json((bench.out / "result.json").read_bytes())
    assert value(result) == bench.uninterrupted(spec)
    assert bench.starts()[1] > 0


async def test_worker_by_hand_finishes_an_interrupted_job(bench: Bench) -> None:
    spec = bench.spec(n_steps=10)
    job = bench.submit(spec)
    until(CallFolder(bench.out).restart_file.exists)
    os.kill(int(str(bench.job(job.key).backend_id).split(":")[-2]), signal.SIGTERM)
    until(lambda: bench.job(job.key).state == "interrupted")
    worker = bench.worker(bench.out / "call.json", bench.out)
    worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert value(await bench.call(spec)) == bench.uninterrupted(spec)
    assert len(bench.starts()) == 2


@pytest.fixture
def own_signals() -> Iterator[None]:
    """The worker takes over the signals of its process, which is ours here."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory"),
        ("{", "is not JSON"),
        ("[1]", "should hold one object"),
        ('{"tool": "test.walk"}', "spec: field required"),
        ('{"tool": "test.wlak", "spec": {}}', "there is no tool named 'test.wlak'; did you mean test.walk?"),
        (
            '{"tool": "test.walk", "spec": {"diary": "/dev/null", "n_steps": "many"}}',
            "n_steps: input should be a valid",
        ),
        (
            '{"tool": "test.walk", "spec": {"diary": "/dev/null", "step_seconds": NaN}}',
            "step_seconds: input should be a finite",
        ),
    ],
)
def test_malformed_call_file(
    bench: Bench, own_signals: None, capsys: pytest.CaptureFixture[str], content: str | None, sentence: str
) -> None:
    call = bench.home / "call.json"
    call.parent.mkdir(parents=True)
    if content is not None:
        call.write_text(content)
    assert worker_main([str(call), str(bench.out), "--home", str(bench.home)]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    failure = json.loads((bench.out / "error.json").read_text())
    assert failure["exit_status"] == 2
    assert sentence in failure["sentence"]


def _bulky_call(folder: Path) -> Path:
    folder.mkdir(parents=True)
    call = folder / "call.json"
    call.write_text('{"tool": "test.bulky", "spec": {}}')
    return call


def test_file_size_limit_leaves_no_half_result(bench: Bench) -> None:
    call = _bulky_call(bench.home)
    limited = ("bash", "-c", 'ulimit -f 100; exec "$@"', "limited")
    worker = bench.worker(call, bench.out, prefix=limited)
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 4
    assert "File too large" in said
    assert said.count("\n") == 1
    assert {path.name for path in bench.out.iterdir()} == {
        ".lock",
        "call.json",
        "error.json",
        "events.jsonl",
        "provenance.json",
    }
    again = bench.worker(call, bench.out)
    again.communicate(timeout=20)
    assert again.returncode == 0
    assert len(Result.model_validate_json((bench.out / "result.json").read_bytes()).notes[0].en) == 1_000_000
    assert not (bench.out / "error.json").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 KiB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a small tmpfs")
    yield place
    until(lambda: subprocess.run(["umount", str(place)], capture_output=True).returncode == 0)  # a worker may be ending


@pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs")
async def test_full_disk_is_said_and_leaves_no_half_result(bench: Bench, small_disk: Path) -> None:
    out = small_disk / "out"
    spec = bulky.parse({})
    for threshold in (3.0, 60.0):
        with pytest.raises(Missing, match="No space left on device"):
            await run_call(bulky, spec, run_id="r1", out=out, home=bench.home, approve_inline_below=threshold)
        assert not (out / "result.json").exists()
        assert not list(out.glob(".*.part"))
    (small_disk / "filler").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096))
    for home in (bench.home, small_disk / "home"):
        with pytest.raises(Missing, match=r"No space left|disk is full|cannot be used"):
            await run_call(bulky, spec, run_id="r2", out=small_disk / "out2", home=home)
    (small_disk / "filler").unlink()
    small = bulky.parse({"n_bytes": 1000})
    await run_call(bulky, small, run_id="r3", out=small_disk / "out3", home=bench.home)


async def test_home_that_cannot_be_written(bench: Bench) -> None:
    bench.home.parent.joinpath("file").write_text("in the way")
    home = bench.home.parent / "file" / "home"
    with pytest.raises(Missing, match=r"the home folder .* cannot be written: Not a directory; set ANSATZ_HOME"):
        submit(walk, bench.spec(), "r1", out=bench.out, home=home)
    worker = subprocess.run(
        [sys.executable, "-m", "tools.jobs.worker", "call.json", str(home / "out"), "--home", str(home), "--key", "k"],
        capture_output=True,
        text=True,
    )
    assert worker.returncode == 4
    assert worker.stderr.startswith("the home folder")
    assert worker.stderr.count("\n") == 1


def test_folder_that_cannot_be_written(bench: Bench) -> None:
    call = bench.write_call(bench.spec())
    worker = bench.worker(call, call / "out")
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 4
    assert said == f"cannot read or write {call / 'out'}: Not a directory\n"


async def test_worker_refuses_code_that_changed_after_submission(bench: Bench) -> None:
    job = bench.submit(bench.spec(n_steps=1))
    await wait(job.key, home=bench.home)
    call = bench.write_call(bench.spec(n_steps=2))
    (bench.out / "result.json").unlink()
    from tools.jobs.store import JobStore

    with JobStore(bench.home) as store:
        assert store.claim(bench.job(job.key), backend="local", out=bench.out)
    worker = bench.worker(call, bench.out, "--run-id", "r1", "--key", job.key, "--attempt", "2")
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 3
    assert "changed after this job was submitted" in said
    assert bench.job(job.key).state == "failed"
