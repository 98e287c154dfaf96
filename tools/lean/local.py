"""Lean as a process on this machine: ``lake env lean --json FILE`` in a project, or plain ``lean --json FILE``."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tools.errors import Missing, Stopped
from tools.lean.reply import Reply, UnreadableReply, parse_json_lines

# A proof may run code while it is checked; it gets what Lean and elan need, and none of the user's keys.
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "ELAN_HOME", "ELAN_TOOLCHAIN", "LEAN_PATH", "LEAN_SYSROOT")
_MAX_OUTPUT = 16 * 2**20
_POLL_S = 0.02


class LocalLean:
    """A Lean installation.

    Args:
        program: ``lake`` where a project is given, else ``lean``.
        project: Folder of the Lake project whose libraries may be imported; built beforehand.
        environment: The environment a few harmless variables are taken from.
    """

    def __init__(self, program: Path, project: Path | None, environment: Mapping[str, str]) -> None:
        self._program = program
        self._project = project
        self._environment = {name: environment[name] for name in _PASSED_ON if name in environment}

    @property
    def place(self) -> str:
        """The project folder, or the program."""
        return str(self._project or self._program)

    def check(self, code: str, timeout_s: float, should_stop: Callable[[], bool]) -> Reply:
        """Have one file checked by a process of its own; the process and all it started are gone afterwards.

        Raises:
            Missing: The project folder is not there, or the program cannot be started.
            Stopped: The check was given up.
        """
        if self._project is not None and not self._project.is_dir():
            raise Missing(f"ANSATZ_LEAN_PROJECT names {self._project}, which is not a folder")
        with tempfile.TemporaryDirectory(prefix="ansatz-lean-") as name:
            folder = Path(name)
            (folder / "Check.lean").write_text(code, encoding="utf-8")
            status = self._run(folder, timeout_s, should_stop)
            output, errors = (_read(folder / stream) for stream in ("stdout", "stderr"))
        if status is None:
            return Reply(fault="timeout", detail=f"ended after {timeout_s:g} seconds")
        if len(output) > _MAX_OUTPUT:
            return Reply(fault="crash", detail="more output than can be read")
        try:
            reply = parse_json_lines(output.decode("utf-8", "replace"))
        except UnreadableReply as error:
            return Reply(fault="crash", detail=str(error))
        if status != 0 and not any(message.severity == "error" for message in reply.messages):
            tail = errors.decode("utf-8", "replace").strip()[-300:]
            return Reply(fault="crash", detail=f"exit status {status}; {tail}" if tail else f"exit status {status}")
        return reply

    def _run(self, folder: Path, timeout_s: float, should_stop: Callable[[], bool]) -> int | None:
        """The exit status, or None where the time was up. Output goes to files: a pipe nobody reads would block."""
        arguments = ["env", "lean"] if self._project is not None else []
        deadline = time.monotonic() + timeout_s
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            try:
                process = subprocess.Popen(
                    [str(self._program), *arguments, "--json", str(folder / "Check.lean")],
                    cwd=self._project or folder,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    start_new_session=True,
                )
            except OSError as error:
                raise Missing(f"{self._program} cannot be started: {error.strerror}") from error
            try:
                while process.poll() is None:
                    if time.monotonic() > deadline:
                        return None
                    if should_stop():
                        raise Stopped("the Lean check was given up before it ended")
                    if os.fstat(stdout.fileno()).st_size > _MAX_OUTPUT:
                        break
                    time.sleep(_POLL_S)
                return process.returncode if process.returncode is not None else -1
            finally:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_OUTPUT + 1)
