"""The folder of one call: what lies in it, who may write to it, and whose result it holds.

====================  ==========================================================================
``call.json``         the call with all fields resolved; ``ansatz run --spec`` repeats it
``provenance.json``   run, tool, Spec hash and code version: the identity of the call
``result.json``       the Result; there only when it is whole, and always that of ``provenance.json``
``error.json``        in its place, the sentence and the exit status of a failure
``events.jsonl``      started, progress, done, …
``restart.npz``       state of an unfinished calculation, written by the engine
``worker.log``        what a worker process printed
====================  ==========================================================================
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from physics_engines.files import write_text
from tools.base import ToolCall, describe_validation_error
from tools.errors import BadInput, Stopped
from tools.jobs.events import EventLog
from tools.jobs.failures import Failure
from tools.jobs.identity import CallIdentity
from tools.result import Result

M = TypeVar("M", bound=BaseModel)
_POLL_SECONDS = 0.05


class CallFolder:
    """The files of one call.

    Attributes:
        path: The folder; made when the call begins.
        events: Its event log.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.events = EventLog(path / "events.jsonl")

    @property
    def call_file(self) -> Path:
        """``call.json``."""
        return self.path / "call.json"

    @property
    def restart_file(self) -> Path:
        """``restart.npz``."""
        return self.path / "restart.npz"

    @property
    def log_file(self) -> Path:
        """``worker.log``."""
        return self.path / "worker.log"

    def identity(self) -> CallIdentity | None:
        """Whose calculation the folder holds; None for a new folder."""
        return _read(self.path / "provenance.json", CallIdentity)

    def failure(self) -> Failure | None:
        """Why the last attempt failed, if it did."""
        return _read(self.path / "error.json", Failure)

    def result_of(self, key: str) -> Result | None:
        """The finished result, if it is there and belongs to this idempotency key."""
        identity = self.identity()
        if identity is None or identity.key != key:
            return None
        return _read(self.path / "result.json", Result)

    def check_free_for(self, identity: CallIdentity) -> None:
        """Make sure that no other calculation would be overwritten.

        Raises:
            BadInput: The folder holds another call. The same call by another version of the code is no other call.
        """
        held = self.identity()
        if held is not None and not held.same_calculation(identity):
            raise BadInput(f"{self.path} holds another calculation ({held.tool}); give another folder")

    def begin(self, identity: CallIdentity) -> None:
        """Make the folder ready for a call; to be called under ``locked``.

        What another version of the code left (result, restart file) is removed before the new identity is
        written, so that a result or restart file never stands beside the identity of other code.
        """
        self.check_free_for(identity)
        for torn in self.path.glob(".*.part"):
            if not torn.name.startswith(f".{self.call_file.name}."):  # that one an asker may be writing right now
                torn.unlink(missing_ok=True)
        (self.path / "error.json").unlink(missing_ok=True)
        if self.identity() != identity:
            (self.path / "result.json").unlink(missing_ok=True)
            self.restart_file.unlink(missing_ok=True)
            self.write_call(identity)
            write_text(self.path / "provenance.json", identity.model_dump_json(indent=2))

    def write_call(self, identity: CallIdentity) -> None:
        """Write ``call.json``."""
        call = ToolCall(tool=identity.tool, spec=json.loads(identity.spec_json))
        write_text(self.call_file, call.model_dump_json(indent=2) + "\n")

    def finish(self, result: Result) -> None:
        """Write ``result.json`` and drop the restart file, which has served."""
        write_text(self.path / "result.json", result.model_dump_json(indent=2) + "\n")
        self.restart_file.unlink(missing_ok=True)
        self.events.append("done")

    def fail(self, failure: Failure) -> None:
        """Write ``error.json``, if the disk takes it."""
        with contextlib.suppress(OSError):
            write_text(self.path / "error.json", failure.model_dump_json(indent=2) + "\n")
        if self.path.is_dir():
            self.events.append("failed", text=failure.sentence)

    @contextlib.contextmanager
    def locked(self, should_stop: Callable[[], bool]) -> Iterator[None]:
        """Hold the folder alone; waits for whoever holds it. The system frees it when the holder dies.

        Raises:
            Stopped: Asked to stop while waiting.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if should_stop():
                        raise Stopped(f"stopped while waiting for the process that works in {self.path}") from None
                    time.sleep(_POLL_SECONDS)
            yield
        finally:
            os.close(descriptor)


def read_call(path: Path) -> ToolCall:
    """Read a call from a file.

    Raises:
        BadInput: The file cannot be read, is not JSON, or does not hold a tool's name and a Spec.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadInput(f'{path} should hold one object {{"tool": NAME, "spec": {{...}}}}')
    try:
        return ToolCall.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{path}: {describe_validation_error(error)}") from error


def _read(path: Path, model: type[M]) -> M | None:
    """A model from a JSON file; None where the file is absent or not of this form (an older version, a torn disk)."""
    try:
        return model.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
