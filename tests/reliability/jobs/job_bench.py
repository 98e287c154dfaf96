"""A home folder, the slow test tool in it, and processes to ask, to work and to be killed."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from job_tools import WalkSpec, walk

from physics_engines.progress import Monitor
from tools import Result, ToolContext
from tools.jobs import Job, get_job, run_call, submit

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


@dataclass
class Bench:
    """A home folder, and the means to ask for the slow test tool in it from this process or others."""

    home: Path

    @property
    def out(self) -> Path:
        return self.home / "runs" / "r1" / "walk"

    @property
    def diary(self) -> Path:
        return self.home / "diary.txt"

    def spec(self, **fields: object) -> WalkSpec:
        return WalkSpec.model_validate({"diary": str(self.diary), **fields})

    def starts(self) -> list[int]:
        """The step at which each execution began."""
        return [int(line.split()[1]) for line in self.diary.read_text().splitlines()] if self.diary.exists() else []

    def submit(self, spec: WalkSpec, run_id: str = "r1") -> Job:
        return submit(walk, spec, run_id, out=self.out, home=self.home)

    def job(self, key: str) -> Job:
        return get_job(key, home=self.home)

    async def call(self, spec: WalkSpec, **options: object) -> Result:
        return await run_call(walk, spec, **{"run_id": "r1", "out": self.out, "home": self.home, **options})

    def uninterrupted(self, spec: WalkSpec) -> float:
        """The value that the same calculation gives in one go, in this process, without any files of ours."""
        folder = self.home / "reference"
        folder.mkdir(parents=True)
        quiet = spec.model_copy(update={"diary": "/dev/null", "step_seconds": 0.0, "lethal_step": -1})
        return value(walk.run(quiet, ToolContext(out=folder, home=self.home, monitor=Monitor())))

    def asker(self, spec: WalkSpec, threshold: float = 3.0) -> "subprocess.Popen[str]":
        command = [sys.executable, str(HERE / "asker.py"), str(self.home), str(self.out), "r1", str(threshold)]
        return subprocess.Popen(
            [*command, spec.model_dump_json()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def worker(self, call: Path, out: Path, *options: str, prefix: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        command = [*prefix, sys.executable, "-m", "tools.jobs.worker", str(call), str(out), "--home", str(self.home)]
        return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def write_call(self, spec: WalkSpec) -> Path:
        path = self.home / "call.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{{"tool": "test.walk", "spec": {spec.model_dump_json()}}}')
        return path


def value(result: Result) -> float:
    return result.estimates["position"].value


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


async def until_async(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


def pid_of(job: Job) -> int:
    assert job.backend_id is not None
    return int(job.backend_id.split(":")[-2])


def processes_naming(text: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        command = process.info["cmdline"] or []
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(text in part for part in command):
            found.append(process)
    return found
