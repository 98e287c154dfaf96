"""How a question becomes a plan of typed tool calls."""

from agent.planning.by_rules import plan_by_rules
from agent.planning.plan import Plan, Step
from agent.planning.reading import Reading
from agent.planning.understand import understand

__all__ = ["Plan", "Reading", "Step", "plan_by_rules", "understand"]
