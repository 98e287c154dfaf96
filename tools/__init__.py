"""Typed tools: what the agent may call, and nothing else."""

from physics_engines.estimate import Estimate
from physics_engines.spec import Slot, Spec
from physics_engines.text import Text
from tools.base import Cost, Example, Requirement, Tool, ToolContext, tool
from tools.result import Artifact, Proof, Quote, Result

__all__ = [
    "Artifact",
    "Cost",
    "Estimate",
    "Example",
    "Proof",
    "Quote",
    "Requirement",
    "Result",
    "Slot",
    "Spec",
    "Text",
    "Tool",
    "ToolContext",
    "tool",
]
