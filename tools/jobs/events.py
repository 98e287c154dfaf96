"""``events.jsonl``: what happened to a call, one JSON object a line, only ever appended to."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from physics_engines.progress import Progress

EventKind = Literal["started", "resumed", "progress", "done", "failed", "interrupted"]


class Event(BaseModel):
    """One line of ``events.jsonl``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: float
    """Seconds since 1970-01-01 UTC."""
    kind: EventKind
    progress: Progress | None = None
    text: str = ""
    """Why, where the call failed or was interrupted."""


class EventLog:
    """Appends events to a file, and reads those that came since it last looked.

    Events are for following a calculation, never evidence: a full disk costs events, not the calculation.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0

    def append(self, kind: EventKind, progress: Progress | None = None, text: str = "") -> None:
        """Append one event; does nothing where the file cannot be written."""
        event = Event(time=time.time(), kind=kind, progress=progress, text=text)
        line = event.model_dump_json(exclude_defaults=True).encode() + b"\n"
        try:
            with self.path.open("ab+") as file:
                if file.tell() > 0:
                    file.seek(-1, os.SEEK_END)
                    if file.read(1) != b"\n":  # a line torn by a full disk or a crash must not take this one with it
                        line = b"\n" + line
                file.write(line)
        except OSError:
            pass

    def skip(self) -> None:
        """Leave out all that is in the file now."""
        self._offset = self.path.stat().st_size if self.path.exists() else 0

    def new(self) -> Iterator[Event]:
        """The events appended since the last call; torn lines are passed over."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        for line in whole.splitlines():
            try:
                yield Event.model_validate_json(line)
            except ValidationError:
                continue
