"""One call of a tool as the graph and the command line make it: in this process if short, as a job if long."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from physics_engines.progress import Progress
from physics_engines.spec import Spec
from tools.base import Tool
from tools.jobs import control
from tools.jobs.execution import execute
from tools.jobs.failures import WorkerLost
from tools.jobs.folder import CallFolder
from tools.jobs.identity import identify
from tools.result import Result

if TYPE_CHECKING:
    from knowledge import QueryModel

S = TypeVar("S", bound=Spec)
_MAX_RESTARTS = 3


async def run_call(
    tool: Tool[S],
    spec: S,
    *,
    run_id: str,
    out: Path,
    home: Path,
    approve_inline_below: float = 3.0,
    on_progress: Callable[[Progress], None] | None = None,
    query_model: "QueryModel | None" = None,
) -> Result:
    """Run one call and return its result; the same call in the same run is never run twice.

    Afterwards ``out`` holds ``call.json``, ``result.json``, ``events.jsonl`` and the artifacts, wherever it ran.
    A worker that is lost is started again as long as each gets further than the one before.

    Cancelling the awaiting task asks the calculation to stop; calling again goes on from its restart file.

    Args:
        tool: A tool of the registry.
        spec: Its Spec.
        run_id: The run the call belongs to.
        out: Folder of this call alone.
        home: ``ANSATZ_HOME``.
        approve_inline_below: A call estimated to take fewer seconds runs in a thread of this process, without a job.
        on_progress: Called in the event loop.
        query_model: A language model for the tools that find passages; a job goes without.

    Raises:
        AnsatzError: Why there is no result, with the exit status.
    """
    out, home = out.absolute(), home.absolute()
    cost = tool.estimate_cost(spec)
    if max(cost.seconds, cost.gpu_seconds) < approve_inline_below:
        return await _run_inline(tool, spec, run_id, out, home, on_progress, query_model)
    finished = CallFolder(out).result_of(identify(tool, spec, run_id).key)
    return finished or await _run_as_job(tool, spec, run_id, out, home, on_progress)


async def _run_inline(
    tool: Tool[S],
    spec: S,
    run_id: str,
    out: Path,
    home: Path,
    on_progress: Callable[[Progress], None] | None,
    query_model: "QueryModel | None",
) -> Result:
    stop = threading.Event()
    loop = asyncio.get_running_loop()

    def report(progress: Progress) -> None:
        if on_progress is not None and not stop.is_set():
            loop.call_soon_threadsafe(on_progress, progress)

    try:
        return await asyncio.to_thread(
            execute,
            tool,
            spec,
            run_id=run_id,
            out=out,
            home=home,
            on_progress=report,
            should_stop=stop.is_set,
            query_model=query_model,
        )
    finally:
        stop.set()


async def _run_as_job(
    tool: Tool[S], spec: S, run_id: str, out: Path, home: Path, on_progress: Callable[[Progress], None] | None
) -> Result:
    furthest, restarts = 0.0, 0
    while True:
        job = await asyncio.to_thread(control.submit, tool, spec, run_id, out=out, home=home)
        if job.stop_requested is not None and job.active:  # on its way out: let it save, then go on from there
            async for _ in control.follow(job.key, home=home, replay=False):
                pass
            continue
        try:
            result = await control.wait(job.key, home=home, on_progress=on_progress)
        except WorkerLost:
            reached = control.get_job(job.key, home=home).progress
            if reached is None or reached.fraction <= furthest or restarts == _MAX_RESTARTS:
                raise
            furthest, restarts = reached.fraction, restarts + 1
            continue
        if job.out != out:  # the same call stands twice in a run: one calculation, two complete folders
            await asyncio.to_thread(
                shutil.copytree, job.out, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*")
            )
        return result
