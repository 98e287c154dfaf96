"""Where Lean is: a Kimina server, a Lake project, or ``lean`` on the path; in that order, and only what is there.

There is no default address: a proof leaves this machine only for a server the user has named.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from tools.lean.reply import Reply

HINT = "Lean: install elan, or set LEAN_SERVER_API_URL"


class LeanBackend(Protocol):
    """Something that has a file checked by Lean."""

    @property
    def place(self) -> str:
        """Where the check takes place, in words for the user."""
        ...

    def check(self, code: str, timeout_s: float, should_stop: Callable[[], bool]) -> Reply:
        """Have one file checked.

        Args:
            code: The file.
            timeout_s: Time Lean may take, in seconds.
            should_stop: True once the check has to be given up.

        Raises:
            Missing: Lean could not be asked; this says nothing about the proof.
            Stopped: The check was given up.
        """
        ...


def find_backend(environment: Mapping[str, str] | None = None) -> LeanBackend | None:
    """The backend the environment offers, or None. Nothing is started and nobody is asked."""
    environment = os.environ if environment is None else environment
    url = environment.get("LEAN_SERVER_API_URL", "").strip()
    if url:
        from tools.lean.kimina import KiminaServer

        return KiminaServer(url, environment.get("LEAN_SERVER_API_KEY", "").strip())
    from tools.lean.local import LocalLean

    project = environment.get("ANSATZ_LEAN_PROJECT", "").strip()
    program = shutil.which("lake" if project else "lean", path=environment.get("PATH"))
    if program is None:
        return None
    return LocalLean(Path(program), Path(project).expanduser().resolve() if project else None, environment)
