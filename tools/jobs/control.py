"""Jobs as an asker sees them: submit, wait, follow, list, cancel. All of it works from any process of the home."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Literal, TypeVar

from physics_engines.progress import Progress
from physics_engines.spec import Spec
from tools.base import Tool
from tools.errors import ExitStatus
from tools.jobs.backends import Backend, LocalBackend
from tools.jobs.events import Event
from tools.jobs.failures import Failure, WorkerLost, expected_error
from tools.jobs.folder import CallFolder
from tools.jobs.identity import identify
from tools.jobs.store import ACTIVE, Job, JobStore, State
from tools.result import Result

S = TypeVar("S", bound=Spec)
_STARTUP_SECONDS = 10.0
"""A claim without a worker counts as abandoned after this time: its asker died between the two."""
_STALE_SECONDS = 60.0
"""A heartbeat older than this is none; asked only where the backend cannot tell whether the worker lives."""
_LIVENESS_SECONDS = 0.5
_KILL_SECONDS = 5.0
_BACKENDS: dict[str, Backend] = {LocalBackend.name: LocalBackend()}


def submit(tool: Tool[S], spec: S, run_id: str, *, out: Path, home: Path, backend: Backend = _BACKENDS["local"]) -> Job:
    """Make sure that a call is done or under way; submitting it again, from any process, never runs it twice.

    A finished job is returned as it is, and a job whose worker lives is attached to. Any other (its worker died, it
    was interrupted, cancelled, or it failed) is started again, from its restart file where there is one.

    Args:
        tool: A tool that the registry holds, for the worker looks it up by name.
        spec: Its Spec.
        run_id: The run the call belongs to.
        out: Folder of this call alone. A job that exists already keeps the folder it has.
        home: ``ANSATZ_HOME``.
        backend: Where a new worker is started.

    Raises:
        BadInput: ``out`` holds another calculation.
        Missing: The home folder or ``out`` cannot be written, or no worker could be started.
    """
    out, home = out.absolute(), home.absolute()
    identity = identify(tool, spec, run_id)
    with JobStore(home) as store:
        while True:
            job = store.get(identity.key)
            if job is None:
                CallFolder(out).check_free_for(identity)
                claimed = store.insert(identity, backend=backend.name, out=out)
            else:
                job = _settled(store, job)
                if job.active or (job.state == "done" and CallFolder(job.out).result_of(job.key) is not None):
                    return job
                claimed = store.claim(job, backend=backend.name, out=job.out if job.out.is_dir() else out)
            if claimed is not None:
                return _start(store, claimed, home, backend)


def _start(store: JobStore, job: Job, home: Path, backend: Backend) -> Job:
    try:
        CallFolder(job.out).write_call(job.identity)
        store.set_backend_id(job, backend.start(job, home))
    except OSError as error:
        known = expected_error(error, job.out) or error
        store.end(job.key, job.attempt, "failed", Failure.of(known))
        raise known from error
    return store.get(job.key) or job


async def wait(
    key: str,
    *,
    home: Path,
    on_progress: Callable[[Progress], None] | None = None,
    on_cancel: Literal["stop", "leave"] = "stop",
) -> Result:
    """Wait for a job, and return its result.

    A waiter that is cancelled (Ctrl-C) asks the worker to stop, and does not wait for it: a person who interrupts
    does not expect the machine to go on computing. The worker saves its restart file, and submitting the call again
    goes on from there. With ``on_cancel="leave"`` the worker goes on; so it does when the waiter is killed. Others
    who wait for the same job see it interrupted.

    Args:
        key: Idempotency key.
        home: ``ANSATZ_HOME``.
        on_progress: Called in the event loop, first with the latest progress.
        on_cancel: What becomes of the worker when the waiter is cancelled.

    Raises:
        AnsatzError: Why the job failed, with its exit status.
        Stopped: The job was interrupted or cancelled.
        WorkerLost: The worker died without a word.
    """
    if on_progress is not None:
        job = get_job(key, home=home)
        if job.progress is not None:
            on_progress(job.progress)
    try:
        async with aclosing(follow(key, home=home, replay=False)) as events:
            async for event in events:
                if event.progress is not None and on_progress is not None:
                    on_progress(event.progress)
    except asyncio.CancelledError:
        if on_cancel == "stop":
            interrupt(key, home=home)
        raise
    job = get_job(key, home=home)
    result = CallFolder(job.out).result_of(job.key) if job.state == "done" else None
    if result is not None:
        return result
    if job.failure is not None:
        raise job.failure.exception()
    raise WorkerLost(f"job {job.short_id} ({job.identity.tool}) is {job.state}, but has no result; submit it again")


async def follow(name: str, *, home: Path, replay: bool = True) -> AsyncGenerator[Event, None]:
    """The events of a job as they come, until it ends.

    Args:
        name: First characters of the key, or the run.
        home: ``ANSATZ_HOME``.
        replay: Begin with the events of the past.

    Raises:
        BadInput: No job or more than one fits the name.
    """
    with JobStore(home.absolute()) as store:
        job = store.find(name)
        events = CallFolder(job.out).events
        if not replay:
            events.skip()
        began = checked = time.monotonic()
        job = _settled(store, job)
        while True:
            for event in events.new():
                yield event
            if not job.active:
                return
            now = time.monotonic()
            await asyncio.sleep(0.02 if now - began < 2 else 0.2)
            job = store.get(job.key) or job
            if now - checked >= _LIVENESS_SECONDS:
                checked = now
                job = _settled(store, job)


def list_jobs(
    home: Path, *, states: Sequence[State] = (), run_id: str | None = None, limit: int = 100
) -> tuple[Job, ...]:
    """Jobs, the newest first, each in the state it really is in: a dead worker is not shown as running."""
    with JobStore(home.absolute()) as store:
        for job in store.recent(states=ACTIVE, limit=1_000_000):
            _settled(store, job)
        return store.recent(states=states, run_id=run_id, limit=limit)


def get_job(name: str, *, home: Path) -> Job:
    """One job, by the first characters of its key or by its run.

    Raises:
        BadInput: No job or more than one fits the name.
    """
    with JobStore(home.absolute()) as store:
        return _settled(store, store.find(name))


def interrupt(name: str, *, home: Path) -> Job:
    """Ask the worker of a job to save its restart file and stop, without waiting for it.

    Raises:
        BadInput: No job or more than one fits the name.
    """
    with JobStore(home.absolute()) as store:
        job = _settled(store, store.find(name))
        if job.active and store.request_stop(job, "interrupt"):
            _signal(job, force=False)
        return store.get(job.key) or job


async def cancel(name: str, *, home: Path, grace: float = 30.0) -> Job:
    """Stop a job and wait until it has; what it saved is kept, and submitting it again goes on from there.

    Args:
        name: First characters of the key, or the run.
        home: ``ANSATZ_HOME``.
        grace: Seconds the engine is given to save its restart file before its processes are killed.

    Raises:
        BadInput: No job or more than one fits the name.
    """
    with JobStore(home.absolute()) as store:
        job = _settled(store, store.find(name))
        if job.active and store.request_stop(job, "cancel"):
            _signal(job, force=False)
        began = time.monotonic()
        while job.active and job.backend_id is not None:
            waited = time.monotonic() - began
            if waited > grace:
                _signal(job, force=True)
            if waited > grace + _KILL_SECONDS:  # on a machine that no signal reaches; it stops with its next heartbeat
                return job
            await asyncio.sleep(0.05)
            job = _settled(store, store.get(job.key) or job)
        if job.active:  # claimed, but no worker yet: the one that comes finds its attempt closed
            sentence = "cancelled before a worker began"
            failure = Failure(error="Stopped", sentence=sentence, exit_status=ExitStatus.STOPPED)
            store.end(job.key, job.attempt, "interrupted", failure)
        return store.get(job.key) or job


def _signal(job: Job, *, force: bool) -> None:
    backend = _BACKENDS.get(job.backend)
    if backend is not None and job.backend_id is not None:
        backend.cancel(job.backend_id, force=force)


def _settled(store: JobStore, job: Job) -> Job:
    """The job after a look at its worker: one that died is done if its result is there, else interrupted."""
    if not job.active or _alive(job):
        return job
    if CallFolder(job.out).result_of(job.key) is not None:
        store.end(job.key, job.attempt, "done")
    else:
        store.end(job.key, job.attempt, "interrupted", _loss(job))
    return store.get(job.key) or job


def _alive(job: Job) -> bool:
    age = time.time() - job.heartbeat
    if job.backend_id is None:
        return age < _STARTUP_SECONDS
    backend = _BACKENDS.get(job.backend)
    known = backend.is_alive(job.backend_id) if backend is not None else None
    return age < _STALE_SECONDS if known is None else known


def _loss(job: Job) -> Failure:
    if job.stop_requested is not None:
        sentence = f"job {job.short_id} ({job.identity.tool}) was stopped before it could save its state"
        return Failure(error="Stopped", sentence=sentence, exit_status=ExitStatus.STOPPED)
    share = f" at {job.progress.fraction:.0%}" if job.progress else ""
    sentence = (
        f"the worker of job {job.short_id} ({job.identity.tool}) died{share} without a word "
        "(killed, or out of memory?); submit it again to go on from what it saved; "
        f"its log is {CallFolder(job.out).log_file}"
    )
    return Failure(error=WorkerLost.__name__, sentence=sentence, exit_status=WorkerLost.exit_status)
