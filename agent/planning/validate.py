"""The one check every plan passes before it runs, whoever wrote it."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.planning.plan import Plan, Step
from tools.errors import BadInput
from tools.registry import Registry

ProblemKind = Literal["too_many_steps", "unknown_tool", "unavailable", "arguments", "duplicate", "form", "rung"]


class PlanProblem(BaseModel):
    """One reason why a plan cannot run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ProblemKind
    """``form``: what a model wrote is no plan at all; ``rung``: a way of asking the model did not work."""
    message: str
    """One sentence that names what is wrong and what would be right."""
    step: int | None = None
    """Place of the step, from 0; None where it is the whole plan."""

    def __str__(self) -> str:
        return self.message if self.step is None else f"step {self.step + 1}: {self.message}"


def validate_plan(plan: Plan | Sequence[Step], registry: Registry, max_steps: int) -> list[PlanProblem]:
    """All reasons why a plan cannot run; an empty list means that it can.

    Args:
        plan: The plan, or its steps where they may be too many for one.
        registry: The tools there are.
        max_steps: Most steps allowed.
    """
    steps = plan.steps if isinstance(plan, Plan) else tuple(plan)
    problems = []
    if len(steps) > max_steps:
        problems.append(
            PlanProblem(kind="too_many_steps", message=f"{len(steps)} steps are too many: at most {max_steps}")
        )
    seen: dict[tuple[str, str], int] = {}
    for place, step in enumerate(steps[:max_steps]):
        try:
            tool = registry[step.tool]
        except BadInput as error:
            problems.append(PlanProblem(kind="unknown_tool", message=str(error), step=place))
            continue
        reason = tool.why_unavailable()
        if reason is not None:
            problems.append(PlanProblem(kind="unavailable", message=f"{tool.name} {reason}", step=place))
            continue
        try:
            spec = tool.parse(step.spec)
        except BadInput as error:
            problems.append(PlanProblem(kind="arguments", message=str(error), step=place))
            continue
        first = seen.setdefault((tool.name, spec.digest()), place)
        if first != place:
            problems.append(
                PlanProblem(kind="duplicate", message=f"the same call as step {first + 1}; leave one out", step=place)
            )
    return problems
