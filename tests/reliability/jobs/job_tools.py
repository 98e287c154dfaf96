"""Tools for the tests of jobs; worker processes find them through ANSATZ_TOOL_MODULES."""

import math
import os
import time
from pathlib import Path

import numpy as np

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.files import write_arrays, write_text
from tools import Artifact, Cost, Estimate, Result, Spec, Text, ToolContext, tool


class WalkSpec(Spec):
    """A pseudo-random walk of slow steps."""

    n_steps: int = 20
    step_seconds: float = 0.03
    seed: int = 1
    estimate: float = 10.0
    """What the cost estimate will say, in seconds."""
    diary: str
    """File that gets one line "pid first-step" for each time the calculation begins."""
    lethal_step: int = -1
    """Step at which the process kills itself as the system would, each time it gets there."""


@tool("test.walk", title=Text(en="walk", ja="歩行"), cost=lambda spec: Cost(seconds=spec.estimate))
def walk(spec: WalkSpec, context: ToolContext) -> Result:
    """Sum of a linear congruential sequence, with a restart file after every step."""
    state, position, first = spec.seed, 0.0, 0
    checkpoint = context.monitor.checkpoint
    if checkpoint is not None and checkpoint.exists():
        with np.load(checkpoint) as saved:
            state, position, first = int(saved["state"]), float(saved["position"]), int(saved["step"])
    with Path(spec.diary).open("a") as diary:
        diary.write(f"{os.getpid()} {first}\n")
    for step in range(first, spec.n_steps):
        if context.monitor.should_stop():
            raise Interrupted(f"stopped after {step} of {spec.n_steps} steps")
        if step == spec.lethal_step:
            time.sleep(0.7)
            os.kill(os.getpid(), 9)
        time.sleep(spec.step_seconds)
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        position += math.sin(state / 2**61)
        if checkpoint is not None:
            saved_state = {"state": np.uint64(state), "position": np.float64(position), "step": np.int64(step + 1)}
            write_arrays(checkpoint, {name: np.asarray(value) for name, value in saved_state.items()})
        context.monitor.report((step + 1) / spec.n_steps, Text(en="walking", ja="歩行中"), position=position)
    write_text(context.out / "trace.txt", f"{position!r}\n")
    estimate = Estimate(
        label=Text(en="position", ja="位置"),
        value=position,
        exactness="exact",
        method=Text(en="steps", ja="手順"),
    )
    trace = Artifact(path="trace.txt", kind="text", caption=Text(en="trace", ja="軌跡"))
    return Result(estimates={"position": estimate}, artifacts=(trace,))


class BulkySpec(Spec):
    """A result of many bytes."""

    n_bytes: int = 1_000_000
    estimate: float = 10.0


@tool("test.bulky", title=Text(en="bulk", ja="大量"), cost=lambda spec: Cost(seconds=spec.estimate))
def bulky(spec: BulkySpec, context: ToolContext) -> Result:
    """A result that may not fit the disk."""
    return Result(notes=(Text(en="x" * spec.n_bytes, ja=""),))


class FailingSpec(Spec):
    """How to fail."""

    how: str
    estimate: float = 10.0


@tool("test.failing", title=Text(en="failure", ja="失敗"), cost=lambda spec: Cost(seconds=spec.estimate))
def failing(spec: FailingSpec, context: ToolContext) -> Result:
    """Fails on its input, by a defect, or by never listening."""
    if spec.how == "input":
        raise InvalidInput("an odd chain has no such sector")
    if spec.how == "deaf":
        (context.out / "listening").touch()
        time.sleep(60)
    return Result(notes=(Text(en=str(1 // 0), ja=""),))
