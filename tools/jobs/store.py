"""The table of jobs: one SQLite row per idempotency key, shared by askers and workers.

Every change is one short transaction, and every change of state names the attempt it belongs to: an asker that
claims a job raises the attempt number, and a worker of an older attempt can then change nothing any more. That is
what keeps two workers off one key, whoever dies when.

SQLite's write-ahead log needs the file on a local disk of one machine, not on a network file system.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from physics_engines.progress import Progress
from tools.errors import BadInput, Missing
from tools.jobs.failures import Failure
from tools.jobs.identity import CallIdentity

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
StopReason = Literal["interrupt", "cancel"]
ACTIVE: tuple[State, ...] = ("queued", "running")
_SCHEMA_VERSION = 1
_BUSY_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    key TEXT PRIMARY KEY, run_id TEXT NOT NULL, tool TEXT NOT NULL, spec TEXT NOT NULL, spec_hash TEXT NOT NULL,
    code_version TEXT NOT NULL, backend TEXT NOT NULL, backend_id TEXT, state TEXT NOT NULL, attempt INTEGER NOT NULL,
    created REAL NOT NULL, started REAL, ended REAL, heartbeat REAL NOT NULL, progress TEXT, out TEXT NOT NULL,
    stop_requested TEXT, failure TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS jobs_by_creation ON jobs (created);
"""
_COLUMNS = (
    "key, run_id, tool, spec, spec_hash, code_version, backend, backend_id, state, attempt, created, started, ended, "
    "heartbeat, progress, out, stop_requested, failure"
)


class Job(BaseModel):
    """One row of the table. Times are seconds since 1970-01-01 UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    """Idempotency key."""
    identity: CallIdentity
    backend: str
    backend_id: str | None = None
    """What the backend knows the worker by; for a local process: machine, pid and start time."""
    state: State
    """``interrupted`` and ``cancelled`` jobs go on from their restart file when they are submitted again."""
    attempt: int
    """How many times a worker was started for it."""
    created: float
    started: float | None = None
    ended: float | None = None
    heartbeat: float
    """Last sign of life of the worker, or the time of the claim."""
    progress: Progress | None = None
    out: Path
    stop_requested: StopReason | None = None
    failure: Failure | None = None

    @property
    def short_id(self) -> str:
        """The first characters of the key, enough for a person."""
        return self.key[:12]

    @property
    def active(self) -> bool:
        """Whether a worker has it, or is about to."""
        return self.state in ACTIVE


class JobStore:
    """The table in ``home/jobs.sqlite3``; one connection, safe to use from several threads.

    Raises:
        Missing: The home folder or the table cannot be written or read, in one sentence.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "jobs.sqlite3"
        self._lock = threading.Lock()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Missing(
                f"the home folder {home} cannot be written: {error.strerror}; set ANSATZ_HOME to a folder you can write"
            ) from error
        with self._translated():
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> "JobStore":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def get(self, key: str) -> Job | None:
        """The job of a key."""
        rows = self._rows("WHERE key = ?", (key,))
        return rows[0] if rows else None

    def find(self, name: str) -> Job:
        """The job a person means by the first characters of its key, or by its run where that has one job.

        Raises:
            BadInput: No job or more than one fits.
        """
        found = self._rows("WHERE substr(key, 1, length(?)) = ? OR run_id = ? ORDER BY created", (name,) * 3)
        exact = [job for job in found if job.key == name]
        if exact:
            return exact[0]
        if not name or not found:
            raise BadInput(f"there is no job {name!r}; 'ansatz jobs' lists them")
        if len(found) > 1:
            several = ", ".join(job.short_id for job in found[:5])
            more = ", …" if len(found) > 5 else ""
            raise BadInput(f"{name!r} fits {len(found)} jobs: {several}{more}; give more characters of the key")
        return found[0]

    def recent(self, *, states: Sequence[State] = (), run_id: str | None = None, limit: int = 100) -> tuple[Job, ...]:
        """Jobs, the newest first."""
        conditions = ["1"]
        values: list[object] = []
        if states:
            conditions.append(f"state IN ({', '.join('?' * len(states))})")
            values += states
        if run_id is not None:
            conditions.append("run_id = ?")
            values.append(run_id)
        tail = f"WHERE {' AND '.join(conditions)} ORDER BY created DESC LIMIT ?"
        return tuple(self._rows(tail, (*values, limit)))

    def insert(self, identity: CallIdentity, *, backend: str, out: Path) -> Job | None:
        """A new job, queued and claimed for its first attempt; None where the key has a row already."""
        now = time.time()
        changed = self._change(
            "INSERT INTO jobs (key, run_id, tool, spec, spec_hash, code_version, backend, state, attempt, created, "
            "heartbeat, out) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', 1, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (
                identity.key,
                identity.run_id,
                identity.tool,
                identity.spec_json,
                identity.spec_hash,
                identity.code_version,
                backend,
                now,
                now,
                str(out),
            ),
        )
        return self.get(identity.key) if changed else None

    def claim(self, job: Job, *, backend: str, out: Path) -> Job | None:
        """Claim a job that is not active for one more attempt; None where somebody else was faster."""
        changed = self._change(
            "UPDATE jobs SET state = 'queued', attempt = attempt + 1, backend = ?, backend_id = NULL, heartbeat = ?, "
            "started = NULL, ended = NULL, stop_requested = NULL, failure = NULL, out = ? "
            "WHERE key = ? AND attempt = ? AND state NOT IN ('queued', 'running')",
            (backend, time.time(), str(out), job.key, job.attempt),
        )
        return self.get(job.key) if changed else None

    def set_backend_id(self, job: Job, backend_id: str) -> None:
        """Note what the backend calls the worker of this attempt."""
        self._change("UPDATE jobs SET backend_id = ? WHERE key = ? AND attempt = ?", (backend_id, job.key, job.attempt))

    def begin(self, key: str, attempt: int, backend_id: str) -> Job | None:
        """The worker of an attempt takes it up; None where the attempt is no longer wanted."""
        now = time.time()
        changed = self._change(
            "UPDATE jobs SET state = 'running', started = ?, heartbeat = ?, backend_id = COALESCE(backend_id, ?) "
            "WHERE key = ? AND attempt = ? AND state = 'queued'",
            (now, now, backend_id, key, attempt),
        )
        return self.get(key) if changed else None

    def beat(self, key: str, attempt: int, progress: Progress | None) -> StopReason | Literal["superseded"] | None:
        """A sign of life; returns why the worker should stop, if it should."""
        changed = self._change(
            "UPDATE jobs SET heartbeat = ?, progress = COALESCE(?, progress) "
            "WHERE key = ? AND attempt = ? AND state = 'running'",
            (time.time(), progress.model_dump_json() if progress else None, key, attempt),
        )
        if not changed:
            return "superseded"
        job = self.get(key)
        return job.stop_requested if job else "superseded"

    def end(self, key: str, attempt: int, state: State, failure: Failure | None = None) -> bool:
        """An attempt ends; False where it had ended, or another attempt had begun.

        A stop asked for with ``cancel`` turns ``interrupted`` into ``cancelled``.
        """
        return self._change(
            "UPDATE jobs SET ended = ?, failure = ?, "
            "state = CASE WHEN ? = 'interrupted' AND stop_requested = 'cancel' THEN 'cancelled' ELSE ? END "
            "WHERE key = ? AND attempt = ? AND state IN ('queued', 'running')",
            (time.time(), failure.model_dump_json() if failure else None, state, state, key, attempt),
        )

    def request_stop(self, job: Job, reason: StopReason) -> bool:
        """Ask the worker of this attempt to stop; False where it has ended. A cancellation is not taken back."""
        return self._change(
            "UPDATE jobs SET stop_requested = CASE WHEN stop_requested = 'cancel' THEN 'cancel' ELSE ? END "
            "WHERE key = ? AND attempt = ? AND state IN ('queued', 'running')",
            (reason, job.key, job.attempt),
        )

    def _prepare(self) -> None:
        self._switch_to_wal()
        self._connection.execute("PRAGMA synchronous = NORMAL")
        (found,) = self._connection.execute("PRAGMA user_version").fetchone()
        if found > _SCHEMA_VERSION:
            raise Missing(f"{self.path} was written by a newer version of Ansatz; use that version, or another home")
        if found < _SCHEMA_VERSION:
            self._connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT"
            )

    def _switch_to_wal(self) -> None:
        """Set the journal mode; SQLite does not wait by itself where two processes do this at once."""
        give_up = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                    raise
                time.sleep(0.02)

    def _rows(self, tail: str, values: Sequence[object]) -> list[Job]:
        with self._lock, self._translated():
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM jobs {tail}", tuple(values)).fetchall()
        return [_job(row) for row in rows]

    def _change(self, statement: str, values: Sequence[object]) -> bool:
        """One statement as one transaction; whether it changed a row."""
        with self._lock, self._translated():
            return self._connection.execute(statement, tuple(values)).rowcount == 1

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise Missing(f"the job table {self.path} cannot be used: {error}") from error


def _job(row: Sequence[object]) -> Job:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    identity = {name: values.pop(name) for name in ("run_id", "tool", "spec_hash", "code_version")}
    identity["spec_json"] = values.pop("spec")
    values["progress"] = None if values["progress"] is None else Progress.model_validate_json(str(values["progress"]))
    values["failure"] = None if values["failure"] is None else Failure.model_validate_json(str(values["failure"]))
    return Job.model_validate({**values, "identity": identity})
