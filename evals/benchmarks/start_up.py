"""Seconds from a cold start: ``ansatz --help``, ``ansatz ask`` and ``ansatz library search`` on a textbook question.

Each run is a new process without a model. "Fresh home" starts with an empty ANSATZ_HOME, so the first reading of the
textbook is part of it; "used home" is what every later question takes. CPU seconds tell a busy machine from slow code.
Modules are compiled once, before the first run that counts, as an installation does.
"""

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from evals.benchmarks.timing import print_timings

_MAIN = "import sys; from agent.interfaces.cli import main; sys.argv[0] = 'ansatz'; main()"
_QUESTION = "What is a restricted Boltzmann machine?"
_JAPANESE = "PINNsとは何か"
_IMPORT = re.compile(r"import time:\s*(\d+) \|\s*(\d+) \|(\s*)(\S+)")


def main(
    runs: Annotated[int, typer.Option(min=1, help="Repetitions of each command.")] = 5,
    imports: Annotated[int, typer.Option(min=0, help="Show this many of the slowest imports of each command.")] = 0,
) -> None:
    timings: dict[str, list[float]] = {}
    with TemporaryDirectory(prefix="ansatz-start-up-") as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        for arguments in (["ask", _QUESTION], ["library", "search", _QUESTION]):
            _run(arguments, Path(folder) / "first")
        for index in range(runs):
            home = Path(folder) / str(index)
            _measure("--help", ["--help"], home, timings)
            _measure("ask, fresh home", ["ask", _QUESTION], home, timings)
            _measure("ask, used home", ["ask", _QUESTION], home, timings)
            _measure("ask in Japanese, used home", ["ask", _JAPANESE], home, timings)
            _measure("library search, used home", ["library", "search", _QUESTION], home, timings)
        print_timings(f"Start-up of ansatz, Python {sys.version.split()[0]}", timings)
        if imports:
            for arguments in (["--help"], ["ask", _QUESTION]):
                _print_imports(arguments, Path(folder) / "0", imports)


def _run(arguments: list[str], home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANSATZ_", "OPENAI_"))}
    environment |= {"ANSATZ_HOME": str(home), "ANSATZ_LLM": "none"}
    command = [sys.executable, *options, "-c", _MAIN, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def _measure(name: str, arguments: list[str], home: Path, timings: dict[str, list[float]]) -> None:
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    _run(arguments, home)
    wall, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    timings.setdefault(name, []).append(wall)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    timings.setdefault(f"{name}, CPU", []).append(cpu)


def _print_imports(arguments: list[str], home: Path, count: int) -> None:
    """Modules by the time their own code takes, without what they import."""
    rows = [(int(own), int(whole), name) for own, whole, _, name in _IMPORT.findall(_imports(arguments, home))]
    rows.sort(reverse=True)
    print(f"\nSlowest imports of ansatz {arguments[0]} ({len(rows)} modules)\n  own ms  with its imports ms")
    for own, whole, name in rows[:count]:
        print(f"{own / 1000:8.1f}  {whole / 1000:8.1f}  {name}")


def _imports(arguments: list[str], home: Path) -> str:
    return _run(arguments, home, "-X", "importtime").stderr


if __name__ == "__main__":
    typer.run(main)
