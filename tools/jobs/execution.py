"""One call, run in this process: the same function serves a worker and a short call inside the asking process."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from physics_engines.progress import Monitor, Progress
from physics_engines.spec import Spec
from tools.base import Tool, ToolContext
from tools.errors import Stopped
from tools.jobs.failures import Failure, expected_error
from tools.jobs.folder import CallFolder
from tools.jobs.identity import identify
from tools.result import Result

if TYPE_CHECKING:
    from knowledge import QueryModel

S = TypeVar("S", bound=Spec)
_EVENT_INTERVAL = 0.1
"""Shortest time between two progress events on disk, in seconds; an engine may report as often as it likes."""


def execute(
    tool: Tool[S],
    spec: S,
    *,
    run_id: str,
    out: Path,
    home: Path,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    query_model: "QueryModel | None" = None,
) -> Result:
    """Run a call in this process and leave its folder complete; a finished call is not run again.

    A restart file left by an earlier attempt of the same call is at the engine's disposal. Two processes that
    execute the same call in one folder run it once: the second waits, and takes the result.

    Args:
        tool: The tool.
        spec: Its Spec.
        run_id: The run the call belongs to.
        out: Folder of this call alone.
        home: ``ANSATZ_HOME``.
        on_progress: Called in this thread, as often as the engine reports.
        should_stop: Polled by the engine; once true it saves its restart file and stops.
        query_model: Handed on to the tool.

    Raises:
        AnsatzError: With the sentence and exit status also found in ``error.json``. A full disk or an unwritable
            folder is ``Missing``, and leaves no half result.
        Stopped: ``should_stop`` became true; call again to go on from the restart file.
    """
    identity = identify(tool, spec, run_id)
    folder = CallFolder(out)
    finished = folder.result_of(identity.key)
    if finished is not None:
        return finished
    try:
        with folder.locked(should_stop):
            finished = folder.result_of(identity.key)
            if finished is not None:
                return finished
            folder.begin(identity)
            monitor = Monitor(folder.restart_file, _progress_writer(folder, on_progress), should_stop)
            return _run(tool, spec, ToolContext(out, home, monitor, query_model), folder)
    except (OSError, MemoryError) as error:
        known = expected_error(error, out)
        if known is None:
            raise
        raise known from error


def _run(tool: Tool[S], spec: S, context: ToolContext, folder: CallFolder) -> Result:
    folder.events.append("resumed" if folder.restart_file.exists() else "started")
    try:
        result = tool.run(spec, context)
        folder.finish(result)
    except Stopped as stopped:
        folder.events.append("interrupted", text=str(stopped))
        raise
    except BaseException as error:
        folder.fail(Failure.of(expected_error(error, folder.path) or error))
        raise
    return result


def _progress_writer(folder: CallFolder, on_progress: Callable[[Progress], None] | None) -> Callable[[Progress], None]:
    last = 0.0

    def write(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVENT_INTERVAL or progress.fraction == 1.0:
            last = now
            folder.events.append("progress", progress)
        if on_progress is not None:
            on_progress(progress)

    return write
