"""Prints what the job machinery costs: a call in this process, a call already answered, a submission, a whole job.

Run: ``python evals/benchmarks/job_overhead.py``
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tools import Cost, Result, Spec, Text, ToolContext, tool
from tools.jobs import run_call, submit, wait
from tools.jobs.identity import code_version


class NothingSpec(Spec):
    """A calculation without work."""

    number: int = 0
    seconds: float = 0.0


def _stated_cost(spec: NothingSpec) -> Cost:
    return Cost(seconds=spec.seconds)


@tool("benchmark.nothing", title=Text(en="nothing", ja="無"), cost=_stated_cost)
def nothing(spec: NothingSpec, context: ToolContext) -> Result:
    """Does nothing."""
    return Result()


def milliseconds(action: Callable[[int], object], repeats: int) -> str:
    times = []
    for number in range(repeats):
        began = time.perf_counter()
        action(number)
        times.append(1e3 * (time.perf_counter() - began))
    return f"median {statistics.median(times):8.2f} ms   worst {max(times):8.2f} ms   of {repeats}"


def main() -> None:
    print("code version        ", milliseconds(lambda _: code_version.__wrapped__(), 20))
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        home = Path(folder)

        def call(number: int, seconds: float = 0.0) -> Result:
            spec = NothingSpec(number=number, seconds=seconds)
            return runner.run(run_call(nothing, spec, run_id="b", out=home / f"{seconds}-{number}", home=home))

        def submission(number: int) -> str:
            spec = NothingSpec(number=number, seconds=20.0)
            return submit(nothing, spec, "b", out=home / f"s-{number}", home=home).key

        print("call in this process", milliseconds(call, 50))
        print("call answered before", milliseconds(call, 50))
        print("whole job           ", milliseconds(lambda number: call(number, 10.0), 5))
        print("job answered before ", milliseconds(lambda number: call(number, 10.0), 5))
        keys = []
        print("submission          ", milliseconds(lambda number: keys.append(submission(number)), 3))
        print("attachment          ", milliseconds(submission, 3))
        for key in keys:
            runner.run(wait(key, home=home))


if __name__ == "__main__":
    here = Path(__file__).resolve()
    os.environ["ANSATZ_TOOL_MODULES"] = here.stem
    os.environ["PYTHONPATH"] = os.pathsep.join([str(here.parent), os.environ.get("PYTHONPATH", "")])
    sys.path.insert(0, str(here.parent))
    import_module(here.stem).main()  # imported, so that the tool has the module name the workers know it by
