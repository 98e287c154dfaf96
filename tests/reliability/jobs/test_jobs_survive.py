"""Who dies when, and what must come out all the same."""

import asyncio
import os
import signal
import time

import pytest
from job_bench import Bench, pid_of, processes_naming, until, until_async, value

from tools.errors import Stopped
from tools.jobs import CallFolder, WorkerLost, cancel, list_jobs, wait
from tools.jobs.backends import process_identity
from tools.jobs.identity import identify
from tools.jobs.store import JobStore


async def test_killed_asker_then_the_same_call_attaches_and_runs_once(bench: Bench) -> None:
    spec = bench.spec(n_steps=40)
    asker = bench.asker(spec)
    until(lambda: len(bench.starts()) == 1)
    asker.send_signal(signal.SIGKILL)
    asker.communicate()
    (job,) = list_jobs(bench.home)
    assert job.state == "running"
    result = await bench.call(spec)
    assert value(result) == bench.uninterrupted(spec)
    assert bench.starts() == [0]


async def test_killed_worker_is_restarted_and_gives_the_uninterrupted_numbers(bench: Bench) -> None:
    spec = bench.spec(n_steps=60)
    call = asyncio.create_task(bench.call(spec))
    await until_async(lambda: any(job.progress for job in list_jobs(bench.home)))
    (job,) = list_jobs(bench.home)
    os.kill(pid_of(job), signal.SIGKILL)
    result = await call
    assert value(result) == bench.uninterrupted(spec)
    first, second = bench.starts()
    assert first == 0
    assert second > 0
    assert bench.job(job.key).attempt == 2
    assert not CallFolder(bench.out).restart_file.exists()


async def test_worker_killed_while_nobody_waits_resumes_on_submission(bench: Bench) -> None:
    spec = bench.spec(n_steps=20)
    job = bench.submit(spec)
    until(CallFolder(bench.out).restart_file.exists)
    os.kill(pid_of(bench.job(job.key)), signal.SIGKILL)
    until(lambda: bench.job(job.key).state == "interrupted")
    assert "died" in bench.job(job.key).failure.sentence
    again = bench.submit(spec)
    assert (again.key, again.attempt) == (job.key, 2)
    assert value(await wait(again.key, home=bench.home)) == bench.uninterrupted(spec)
    assert bench.starts()[1] > 0


async def test_worker_that_dies_at_the_same_place_each_time_is_given_up(bench: Bench) -> None:
    spec = bench.spec(n_steps=10, lethal_step=4)
    with pytest.raises(WorkerLost, match="died at 40% without a word"):
        await bench.call(spec)
    assert bench.starts() == [0, 4]


async def test_sigterm_saves_and_the_next_submission_goes_on(bench: Bench) -> None:
    spec = bench.spec(n_steps=20)
    job = bench.submit(spec)
    until(CallFolder(bench.out).restart_file.exists)
    os.kill(pid_of(bench.job(job.key)), signal.SIGTERM)
    with pytest.raises(Stopped, match="stopped after"):
        await wait(job.key, home=bench.home)
    assert bench.job(job.key).state == "interrupted"
    assert not (bench.out / "result.json").exists()
    assert value(await bench.call(spec)) == bench.uninterrupted(spec)
    kinds = [event.kind for event in CallFolder(bench.out).events.new() if event.kind != "progress"]
    assert kinds == ["started", "interrupted", "resumed", "done"]


async def test_ctrl_c_of_the_asker_leaves_a_resumable_job_and_no_worker(bench: Bench) -> None:
    spec = bench.spec(n_steps=40)
    asker = bench.asker(spec)
    until(CallFolder(bench.out).restart_file.exists)
    asker.send_signal(signal.SIGINT)
    asker.communicate(timeout=10)
    until(lambda: not processes_naming(str(bench.home)))
    (job,) = list_jobs(bench.home)
    assert (job.state, job.stop_requested) == ("interrupted", "interrupt")
    assert value(await bench.call(spec)) == bench.uninterrupted(spec)
    assert len(bench.starts()) == 2


async def test_call_made_while_the_worker_is_stopping_goes_on_afterwards(bench: Bench) -> None:
    spec = bench.spec(n_steps=6, step_seconds=0.4)
    call = asyncio.create_task(bench.call(spec))
    await until_async(CallFolder(bench.out).restart_file.exists)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert value(await bench.call(spec)) == bench.uninterrupted(spec)
    assert len(bench.starts()) == 2


async def test_cancelled_waiter_may_leave_the_worker_running(bench: Bench) -> None:
    spec = bench.spec(n_steps=20)
    job = bench.submit(spec)
    waiter = asyncio.create_task(wait(job.key, home=bench.home, on_cancel="leave"))
    await until_async(CallFolder(bench.out).restart_file.exists)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    assert value(await wait(job.key, home=bench.home)) == bench.uninterrupted(spec)
    assert bench.starts() == [0]


@pytest.mark.parametrize("threshold", [3.0, 60.0], ids=["as a job", "in process"])
def test_processes_asking_at_once_run_the_call_once(bench: Bench, threshold: float) -> None:
    spec = bench.spec(n_steps=10)
    askers = [bench.asker(spec, threshold) for _ in range(3)]
    answers = [asker.communicate(timeout=60) for asker in askers]
    assert {out for out, _ in answers} == {f"{bench.uninterrupted(spec)!r}\n"}, answers
    assert bench.starts() == [0]


def test_racing_submissions_claim_each_attempt_once(bench: Bench) -> None:
    """A job whose worker died, and many threads that each see it dead."""
    from concurrent.futures import ThreadPoolExecutor

    spec = bench.spec(n_steps=4)
    job = bench.submit(spec)
    os.kill(pid_of(job), signal.SIGKILL)
    with ThreadPoolExecutor(8) as pool:
        keys = {future.result().key for future in [pool.submit(bench.submit, spec) for _ in range(16)]}
    assert keys == {job.key}
    until(lambda: bench.job(job.key).state == "done")
    assert bench.job(job.key).attempt == 2


def _abandoned(bench: Bench, backend_id: str | None, age: float) -> str:
    """A row that looks as a worker left it: running, under this identity, silent for so many seconds."""
    from job_tools import walk

    identity = identify(walk, bench.spec(n_steps=4), "r1")
    with JobStore(bench.home) as store:
        job = store.insert(identity, backend="local", out=bench.out)
        assert job is not None
        if backend_id is not None:
            store.begin(job.key, 1, backend_id)
        store._connection.execute("UPDATE jobs SET heartbeat = ?", (time.time() - age,))
    return identity.key


async def test_recycled_pid_is_not_taken_for_the_worker(bench: Bench) -> None:
    mine = process_identity(os.getpid())
    assert mine is not None
    recycled = f"{mine.rpartition(':')[0]}:12345"
    key = _abandoned(bench, recycled, age=300)
    assert bench.job(key).state == "interrupted"
    await bench.call(bench.spec(n_steps=4))
    assert bench.job(key).attempt == 2
    assert bench.starts() == [0]


def test_living_process_is_the_worker_however_old_its_heartbeat(bench: Bench) -> None:
    key = _abandoned(bench, process_identity(os.getpid()), age=300)
    assert bench.submit(bench.spec(n_steps=4)).attempt == 1
    assert bench.job(key).state == "running"


@pytest.mark.parametrize(("age", "state"), [(1.0, "running"), (300.0, "interrupted")])
def test_worker_on_another_machine_is_judged_by_its_heartbeat(bench: Bench, age: float, state: str) -> None:
    assert bench.job(_abandoned(bench, "elsewhere/boot:1:1", age)).state == state


def test_process_of_an_earlier_boot_is_dead(bench: Bench) -> None:
    mine = process_identity(os.getpid())
    assert mine is not None
    host = mine.partition("/")[0]
    assert bench.job(_abandoned(bench, f"{host}/other-boot:{os.getpid()}:1", age=1.0)).state == "interrupted"


@pytest.mark.parametrize(("age", "state"), [(1.0, "queued"), (30.0, "interrupted")])
def test_claim_whose_asker_died_before_starting_a_worker(bench: Bench, age: float, state: str) -> None:
    assert bench.job(_abandoned(bench, None, age)).state == state


def test_worker_of_a_superseded_attempt_does_nothing(bench: Bench) -> None:
    key = _abandoned(bench, None, age=30.0)
    assert bench.job(key).state == "interrupted"
    call = bench.write_call(bench.spec(n_steps=4))
    late = bench.worker(call, bench.out, "--run-id", "r1", "--key", key, "--attempt", "1")
    _, said = late.communicate(timeout=20)
    assert late.returncode == 5
    assert "no longer wanted" in said
    assert bench.starts() == []


async def test_cancel_keeps_what_was_saved(bench: Bench) -> None:
    spec = bench.spec(n_steps=40)
    job = bench.submit(spec)
    until(CallFolder(bench.out).restart_file.exists)
    assert (await cancel(job.short_id, home=bench.home)).state == "cancelled"
    assert CallFolder(bench.out).restart_file.exists()
    assert value(await bench.call(spec)) == bench.uninterrupted(spec)


async def test_cancel_kills_a_worker_that_does_not_listen(bench: Bench) -> None:
    from job_tools import failing

    from tools.jobs import submit

    job = submit(failing, failing.parse({"how": "deaf"}), "r1", out=bench.out, home=bench.home)
    until((bench.out / "listening").exists)
    assert (await cancel(job.key, home=bench.home, grace=0.5)).state == "cancelled"
    assert not processes_naming(str(bench.home))


async def test_cancel_before_a_worker_began(bench: Bench) -> None:
    key = _abandoned(bench, None, age=0.0)
    assert (await cancel(key, home=bench.home)).state == "cancelled"
