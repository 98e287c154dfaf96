"""What lies in the folder of a call afterwards: the whole result or none, and one sentence on why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from job_bench import Bench, until, value
from job_tools import failing, walk

from physics_engines.progress import Progress
from tools import Result
from tools.errors import BadInput, ExitStatus
from tools.jobs import (
    CallFolder,
    JobFailed,
    describe_environment,
    follow,
    get_job,
    list_jobs,
    read_call,
    run_call,
    submit,
)


@pytest.mark.parametrize("threshold", [3.0, 60.0], ids=["as a job", "in process"])
async def test_folder_is_complete_and_a_second_call_runs_nothing(bench: Bench, threshold: float) -> None:
    spec = bench.spec(n_steps=4)
    seen: list[Progress] = []
    first = await bench.call(spec, approve_inline_below=threshold, on_progress=seen.append)
    second = await bench.call(spec, approve_inline_below=threshold)
    assert first == second == Result.model_validate_json((bench.out / "result.json").read_bytes())
    assert value(first) == bench.uninterrupted(spec)
    assert bench.starts() == [0]
    assert seen[-1].fraction == 1.0
    assert seen[-1].values == {"position": value(first)}
    call = read_call(bench.out / "call.json")
    assert walk.parse(call.spec) == spec
    assert set(call.spec) == set(type(spec).model_fields)
    assert (bench.out / first.artifacts[0].path).read_text() == f"{value(first)!r}\n"
    kinds = [event.kind for event in CallFolder(bench.out).events.new()]
    assert kinds[0] == "started"
    assert kinds[-1] == "done"
    assert "progress" in kinds
    assert not list(bench.out.glob("*.part")) + list(bench.out.glob(".*.part"))


async def test_same_call_in_another_run_is_calculated_again(bench: Bench) -> None:
    spec = bench.spec(n_steps=2)
    await bench.call(spec, approve_inline_below=60.0)
    await bench.call(spec, approve_inline_below=60.0, run_id="r2", out=bench.home / "runs" / "r2")
    assert bench.starts() == [0, 0]


async def test_same_call_twice_in_a_run_is_one_job_and_two_whole_folders(bench: Bench) -> None:
    spec = bench.spec(n_steps=3)
    first = await bench.call(spec)
    other = bench.home / "runs" / "r1" / "again"
    assert await bench.call(spec, out=other) == first
    assert bench.starts() == [0]
    assert {"call.json", "result.json", "events.jsonl", "trace.txt"} <= {path.name for path in other.iterdir()}


async def test_folder_of_another_calculation_is_not_overwritten(bench: Bench) -> None:
    first = await bench.call(bench.spec(n_steps=2), approve_inline_below=60.0)
    for threshold in (60.0, 3.0):
        with pytest.raises(BadInput, match="holds another calculation"):
            await bench.call(bench.spec(n_steps=3), approve_inline_below=threshold)
    assert Result.model_validate_json((bench.out / "result.json").read_bytes()) == first
    assert bench.starts() == [0]


async def test_result_that_was_removed_is_calculated_again(bench: Bench) -> None:
    spec = bench.spec(n_steps=2)
    first = await bench.call(spec)
    (bench.out / "result.json").unlink()
    assert await bench.call(spec) == first
    assert bench.starts() == [0, 0]


async def test_engine_error_arrives_with_its_class_and_status(bench: Bench) -> None:
    for threshold in (3.0, 60.0):
        out = bench.home / f"{threshold}"
        spec = failing.parse({"how": "input"})
        with pytest.raises(BadInput, match=r"test\.failing: an odd chain has no such sector"):
            await run_call(failing, spec, run_id="r1", out=out, home=bench.home, approve_inline_below=threshold)
        failure = CallFolder(out).failure()
        assert failure is not None
        assert (failure.exit_status, failure.error) == (ExitStatus.BAD_INPUT, "BadInput")
        assert not (out / "result.json").exists()


async def test_defect_of_a_tool_is_reported_with_its_log(bench: Bench) -> None:
    with pytest.raises(JobFailed, match="ZeroDivisionError"):
        await run_call(failing, failing.parse({"how": "defect"}), run_id="r1", out=bench.out, home=bench.home)
    assert "Traceback" in CallFolder(bench.out).log_file.read_text()
    (job,) = list_jobs(bench.home, states=("failed",))
    assert job.failure is not None
    assert job.failure.exit_status == ExitStatus.DEFECT


async def test_follow_tells_the_whole_story_and_ends(bench: Bench) -> None:
    job = bench.submit(bench.spec(n_steps=8))
    live = [event async for event in follow(job.short_id, home=bench.home)]
    told_again = [event async for event in follow(job.key, home=bench.home)]
    assert live == told_again
    assert (live[0].kind, live[-1].kind) == ("started", "done")
    fractions = [event.progress.fraction for event in live if event.progress]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_jobs_are_found_by_prefix_and_by_run(bench: Bench) -> None:
    jobs = [
        submit(walk, bench.spec(n_steps=1, seed=seed), "r1", out=bench.home / f"{seed}", home=bench.home)
        for seed in range(20)
        if seed in (1, 2)
    ]
    for job in jobs:
        until(lambda job=job: bench.job(job.key).state == "done")
        assert get_job(job.key[:20], home=bench.home).key == job.key
    with pytest.raises(BadInput, match="fits 2 jobs"):
        get_job("r1", home=bench.home)
    with pytest.raises(BadInput, match="there is no job 'zzz'"):
        get_job("zzz", home=bench.home)
    with pytest.raises(BadInput, match="there is no job ''"):
        get_job("", home=bench.home)
    assert [job.key for job in list_jobs(bench.home, run_id="r1")] == [jobs[1].key, jobs[0].key]
    assert list_jobs(bench.home, run_id="r2") == ()


def test_result_of_other_code_is_not_taken_for_ours(bench: Bench) -> None:
    """The tool's own file is part of the code version; here it is edited between two runs by hand."""
    copy = bench.home / "own"
    copy.mkdir(parents=True)
    source = Path(__file__).parent / "job_tools.py"
    os.environ["PYTHONPATH"] = os.pathsep.join([str(copy), os.environ["PYTHONPATH"]])
    call = bench.write_call(bench.spec(n_steps=2))
    for edit in ("", "", "\n# edited\n"):
        (copy / "job_tools.py").write_text(source.read_text() + edit)
        worker = bench.worker(call, bench.out)
        assert worker.communicate(timeout=20) == ("", "")
    assert bench.starts() == [0, 0]


def test_environment_is_described_without_heavy_imports(bench: Bench) -> None:
    described = describe_environment()
    assert described.packages["pydantic"].startswith("2.")
    assert "cores" in described.devices[0]
    assert described.threads["OMP_NUM_THREADS"] == "1"
    code = (
        "import sys, tools.jobs as j; j.describe_environment(); print({'torch', 'numpy', 'scipy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
