"""What a result was computed with: versions, devices, threads, code; written beside the runs."""

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from tools.jobs.identity import code_version

_ROOT = Path(__file__).resolve().parents[2]
_PROBE_SECONDS = 5.0
_VERSION = re.compile(r"^Version: *(\S+)", re.MULTILINE)


class Environment(BaseModel):
    """The machine and the software of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    python: str
    platform: str
    packages: dict[str, str]
    """Installed versions of the direct dependencies."""
    devices: tuple[str, ...]
    """The processor with its usable cores and memory, then each accelerator."""
    threads: dict[str, str]
    """The variables that set the number of threads, where set; sums may round differently with another number."""
    git_commit: str | None
    """Commit of the source checkout, where the program runs from one."""
    code_version: str


def describe_environment(*, ask_torch: bool = False) -> Environment:
    """Describe the environment of this process.

    Args:
        ask_torch: Import torch, and name the devices that it can use. Otherwise it is asked only where it is already
            imported, and the driver's own listing stands in for it.
    """
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        packages=_package_versions(),
        devices=(_processor(), *(_torch_devices() if ask_torch or "torch" in sys.modules else _driver_devices())),
        threads={name: value for name, value in sorted(os.environ.items()) if name.endswith("_NUM_THREADS")},
        git_commit=_git_commit(),
        code_version=code_version(),
    )


def _package_versions() -> dict[str, str]:
    try:
        requirements = requires("ansatz") or []
    except PackageNotFoundError:
        requirements = ["numpy", "scipy", "torch", "numba", "pydantic"]
    names = [re.split(r"[^A-Za-z0-9._-]", item)[0] for item in requirements if "extra ==" not in item]
    found = {}
    for name in sorted(names):
        try:
            # The first lines of the file: to parse all of it, the description included, takes milliseconds a package.
            stated = _VERSION.search((distribution(name).read_text("METADATA") or "")[:2000])
            found[name] = stated[1] if stated else version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    memory = psutil.virtual_memory().total / 2**30
    return f"{_processor_name()}, {cores} cores, {memory:.0f} GiB"


def _processor_name() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return named.group(1).strip() if named else platform.machine()


def _torch_devices() -> tuple[str, ...]:
    import torch

    if not torch.cuda.is_available():
        return ()
    return tuple(
        f"cuda:{index} {torch.cuda.get_device_name(index)}, CUDA {torch.version.cuda}"
        for index in range(torch.cuda.device_count())
    )


def _driver_devices() -> tuple[str, ...]:
    command = shutil.which("nvidia-smi")
    if command is None:
        return ()
    query = [command, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    return tuple(line.strip() for line in _output(query).splitlines() if line.strip())


def _git_commit() -> str | None:
    """The commit of our own checkout; never that of a repository we happen to be installed inside."""
    if not (_ROOT / ".git").exists():
        return None
    return _output(["git", "-C", str(_ROOT), "rev-parse", "HEAD"]).strip() or None


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PROBE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
