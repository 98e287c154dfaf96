"""Typed tools: what the agent may call, and nothing else."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "physics_engines.estimate": ("Estimate",),
    "physics_engines.spec": ("Slot", "Spec"),
    "physics_engines.text": ("Text",),
    "tools.base": ("Cost", "Example", "Requirement", "Tool", "ToolContext", "tool"),
    "tools.result": ("Artifact", "Proof", "Quote", "Result"),
}


def __getattr__(name: str) -> object:
    # Imported on first use: ``ansatz --help`` reads tools.errors and must not pay for pydantic.
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
