"""What names a call: the code that answers it, and the idempotency key of one call in one run."""

import hashlib
import json
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from physics_engines.spec import Spec
from tools.base import Tool

S = TypeVar("S", bound=Spec)
_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("knowledge", "physics_engines", "tools")


class CallIdentity(BaseModel):
    """Everything that makes two calls the same call; written to ``provenance.json`` beside the result."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    """The run the call belongs to; the same call in another run is another calculation."""
    tool: str
    spec_json: str
    """Canonical JSON of the Spec: all fields, defaults included."""
    spec_hash: str
    code_version: str

    @property
    def key(self) -> str:
        """Idempotency key: SHA-256 of run, tool, canonical Spec and code version, in hexadecimal."""
        text = json.dumps([self.run_id, self.tool, self.spec_json, self.code_version])
        return hashlib.sha256(text.encode()).hexdigest()

    def same_calculation(self, other: "CallIdentity") -> bool:
        """Whether both ask for the same thing, whatever the version of the code that answers."""
        return (self.run_id, self.tool, self.spec_json) == (other.run_id, other.tool, other.spec_json)


def identify(tool: Tool[S], spec: S, run_id: str) -> CallIdentity:
    """The identity of a call, with the code as it is now."""
    return CallIdentity(
        run_id=run_id,
        tool=tool.name,
        spec_json=spec.canonical_json(),
        spec_hash=spec.digest(),
        code_version=code_version(tool.function.__module__),
    )


@lru_cache
def code_version(tool_module: str = "tools") -> str:
    """Version of the code a result depends on: the package version and a hash of the source files.

    The hash covers the packages ``tools``, ``physics_engines`` and ``knowledge``, and the file of the tool where it
    comes from elsewhere. It is read from the source files once per process; no version control is needed.

    Args:
        tool_module: Name of the module that defines the tool.
    """
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            _add_file(digest, path.relative_to(_ROOT).as_posix(), path)
    if tool_module.partition(".")[0] not in _PACKAGES:
        file = getattr(sys.modules.get(tool_module), "__file__", None)
        if file is not None:
            _add_file(digest, tool_module, Path(file))
    try:
        released = version("ansatz")
    except PackageNotFoundError:
        released = "0"
    return f"{released}+{digest.hexdigest()[:12]}"


def _add_file(digest: "hashlib._Hash", name: str, path: Path) -> None:
    content = path.read_bytes()
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)
