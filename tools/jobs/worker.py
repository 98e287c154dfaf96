"""``python -m tools.jobs.worker call.json out/``: run one call to its end; by hand, or as the worker of a job.

A SIGTERM or SIGINT lets the engine save its restart file and ends with status 5; started again with the same
arguments, the worker goes on from there. A second SIGINT stops at once. Without ``--key`` no table is touched.
"""

import argparse
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from physics_engines.progress import Progress
from tools.errors import AnsatzError, ExitStatus, Missing, Refused, Stopped
from tools.home import default_home
from tools.jobs.backends import process_identity
from tools.jobs.execution import execute
from tools.jobs.failures import Failure
from tools.jobs.folder import CallFolder, read_call
from tools.jobs.identity import identify
from tools.jobs.store import JobStore, State
from tools.registry import load_registry

_BEAT_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the worker; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.jobs.worker", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("call", type=Path, help='JSON file {"tool": NAME, "spec": {...}}')
    parser.add_argument("out", type=Path, help="folder of this call")
    parser.add_argument("--home", type=Path, default=None, help="home folder (ANSATZ_HOME)")
    parser.add_argument("--run-id", default=None, help="run the call belongs to; default: that of the folder")
    parser.add_argument("--key", default=None, help="idempotency key of the row in the table of jobs")
    parser.add_argument("--attempt", type=int, default=1, help="attempt the row was claimed for")
    given = parser.parse_args(arguments)
    stop = _stop_on_signals()
    out = given.out.absolute()
    home = (given.home or default_home()).absolute()
    if given.key is None:
        return _guarded(given.call, out, home, given.run_id, None, stop)
    try:
        with JobStore(home) as store:
            me = process_identity(os.getpid()) or ""
            if store.begin(given.key, given.attempt, me) is None:
                raise Stopped(f"attempt {given.attempt} of job {given.key[:12]} is no longer wanted")
            with _Heart(store, given.key, given.attempt, stop) as heart:
                return _guarded(given.call, out, home, given.run_id, heart, stop)
    except AnsatzError as error:
        print(error, file=sys.stderr)
        return int(error.exit_status)


class _Heart:
    """Beats in the table of jobs from a thread of its own, so that the calculation never waits for SQLite."""

    def __init__(self, store: JobStore, key: str, attempt: int, stop: threading.Event) -> None:
        self.key = key
        self._store = store
        self._attempt = attempt
        self._stop = stop
        self._latest: Progress | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat_until_ended, name="heartbeat", daemon=True)

    def __enter__(self) -> "_Heart":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def report(self, progress: Progress) -> None:
        """Take over progress with the next beat."""
        self._latest = progress

    def end(self, failure: Failure | None) -> None:
        """The last word in the table; the folder has it already, and is believed where this cannot be written."""
        self._ended.set()
        self._thread.join()
        stopped = failure is not None and failure.exit_status == ExitStatus.STOPPED
        state: State = "done" if failure is None else "interrupted" if stopped else "failed"
        try:
            self._store.beat(self.key, self._attempt, self._latest)
            self._store.end(self.key, self._attempt, state, failure)
        except Missing as error:
            print(error, file=sys.stderr)

    def _beat_until_ended(self) -> None:
        while not self._ended.wait(_BEAT_SECONDS):
            try:
                if self._store.beat(self.key, self._attempt, self._latest) is not None:
                    self._stop.set()
            except Missing as error:  # a full disk now need not be one at the next beat
                print(error, file=sys.stderr)


def _guarded(call: Path, out: Path, home: Path, run_id: str | None, heart: _Heart | None, stop: threading.Event) -> int:
    """Run the call; say what failed on standard error, in ``error.json`` and in the table."""
    failure = None
    try:
        _run(call, out, home, run_id, heart, stop)
    except BaseException as error:
        failure = Failure.of(error)
        if failure.exit_status == ExitStatus.DEFECT:
            traceback.print_exc()
        print(failure.sentence, file=sys.stderr)
    if heart is not None:
        heart.end(failure)
    return int(failure.exit_status) if failure else int(ExitStatus.DONE)


def _run(call: Path, out: Path, home: Path, run_id: str | None, heart: _Heart | None, stop: threading.Event) -> None:
    folder = CallFolder(out)
    try:
        tool, spec = load_registry().parse_call(read_call(call))
        held = folder.identity()
        run = run_id if run_id is not None else held.run_id if held else ""
        if heart is not None and identify(tool, spec, run).key != heart.key:
            raise Refused(
                "the program or the call file changed after this job was submitted; submit it again from a new process"
            )
    except AnsatzError as error:
        if heart is not None or folder.identity() is None:  # never a note in the folder of another calculation
            folder.fail(Failure.of(error))
        raise
    execute(
        tool,
        spec,
        run_id=run,
        out=out,
        home=home,
        on_progress=heart.report if heart else None,
        should_stop=stop.is_set,
    )


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        stop.set()
        if number == signal.SIGINT:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    return stop


if __name__ == "__main__":
    sys.exit(main())
