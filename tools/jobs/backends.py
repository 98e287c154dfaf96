"""Where workers run. One backend is here, processes on this machine; a scheduler fits the same Protocol."""

import os
import platform
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Protocol

import psutil

from tools.jobs.folder import CallFolder
from tools.jobs.store import Job

_ROOT = Path(__file__).resolve().parents[2]
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


class Backend(Protocol):
    """Starts the worker of a job, says whether it lives, and stops it."""

    @property
    def name(self) -> str:
        """The name that stands in the table of jobs."""

    def start(self, job: Job, home: Path) -> str:
        """Start ``python -m tools.jobs.worker`` for one attempt of a job, whose folder holds ``call.json``.

        Returns:
            What the backend knows the worker by; a text that a later process can use.

        Raises:
            OSError: The worker could not be started.
        """

    def is_alive(self, backend_id: str) -> bool | None:
        """Whether the worker still runs; None where that cannot be told from here, and the heartbeat decides."""

    def cancel(self, backend_id: str, *, force: bool = False) -> None:
        """Ask the worker to save its restart file and stop; with ``force``, kill it with all its children."""


class LocalBackend:
    """Detached processes on this machine: a session of their own, so they outlive the terminal and the asker."""

    name = "local"
    _children: ClassVar[dict[str, "subprocess.Popen[bytes]"]] = {}  # kept so that a dead child is reaped, whoever asks

    def start(self, job: Job, home: Path) -> str:
        """Start a worker process; what it prints goes to ``worker.log`` in the folder of the job."""
        folder = CallFolder(job.out)
        command = [sys.executable, "-P", "-m", "tools.jobs.worker", str(folder.call_file), str(job.out)]
        command += ["--home", str(home), "--run-id", job.identity.run_id]
        command += ["--key", job.key, "--attempt", str(job.attempt)]
        with folder.log_file.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=worker_environment(os.environ),
            )
        backend_id = process_identity(child.pid) or f"{_this_machine()}:{child.pid}:gone"
        self._children[backend_id] = child
        return backend_id

    def is_alive(self, backend_id: str) -> bool | None:
        """Whether the process runs: its pid on this machine with the start time it had."""
        child = self._children.get(backend_id)
        if child is not None and child.poll() is not None:
            del self._children[backend_id]
        pid = self._pid_here(backend_id)
        return None if pid is None else process_identity(pid) == backend_id

    def cancel(self, backend_id: str, *, force: bool = False) -> None:
        """SIGTERM to the worker, or SIGKILL to its whole session; nothing where the process is no longer it."""
        pid = self._pid_here(backend_id)
        if pid is None or process_identity(pid) != backend_id:
            return
        try:
            if force:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            pass

    @staticmethod
    def _pid_here(backend_id: str) -> int | None:
        """The pid, where the process was started on this machine since it was last booted."""
        machine, pid, _ = backend_id.rsplit(":", 2)
        if machine == _this_machine():
            return int(pid)
        same_host = machine.partition("/")[0] == _this_machine().partition("/")[0]
        return -1 if same_host else None


def process_identity(pid: int) -> str | None:
    """ "machine:pid:start time", which no later process with the same pid shares; None where none such runs."""
    try:
        if sys.platform == "linux":
            # Clock ticks since boot: unlike a time of day, not moved by a correction of the clock.
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            state, started = after_name[0], after_name[19]
            dead = state in ("Z", "X")
        else:
            process = psutil.Process(pid)
            started = f"{process.create_time():.2f}"
            dead = process.status() == psutil.STATUS_ZOMBIE
    except (OSError, psutil.Error, IndexError, ValueError):
        return None
    return None if dead else f"{_this_machine()}:{pid}:{started}"


@lru_cache
def _this_machine() -> str:
    """Host name and, where known, the boot: a pid means nothing on another host or after a reboot."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return f"{platform.node()}/{boot}"


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: the asker's, importing the same code, with the number of threads settled.

    The number of threads is ``OMP_NUM_THREADS`` where set, else the physical cores this process may use, for all
    libraries alike. Waiting threads sleep, because several jobs may share the machine.
    """
    result = dict(environment)
    paths = [str(_ROOT), *result.get("PYTHONPATH", "").split(os.pathsep)]
    result["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(path for path in paths if path))
    threads = result.get("OMP_NUM_THREADS") or str(_usable_cores())
    for variable in _THREAD_VARIABLES:
        result.setdefault(variable, threads)
    result.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    result.setdefault("PYTHONUNBUFFERED", "1")
    return result


def _usable_cores() -> int:
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(allowed, psutil.cpu_count(logical=False) or allowed))
