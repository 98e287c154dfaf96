"""Language models behind one small protocol: OpenAI-compatible servers, in-process transformers, or none.

>>> from agent.llm import choose_model
>>> from agent.settings import load_settings
>>> choose_model(load_settings(llm="none")) is None
True

``ALLOW_MODEL_REQUESTS`` is the switch of the whole process: while it is False only servers on this machine's
loopback address can be asked. ``ANSATZ_MODEL_REQUESTS=loopback`` turns it off from outside, for child processes too.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.llm.base import ChatModel, Message, Reply, ToolRequest, ToolSchema, Usage
    from agent.llm.budget import Budget
    from agent.llm.choose import choose_model
    from agent.llm.probing import Probe, probe
    from agent.llm.writing import repair, write_answer

ALLOW_MODEL_REQUESTS: bool = os.environ.get("ANSATZ_MODEL_REQUESTS", "all") != "loopback"

_HOMES = {
    "ChatModel": "base",
    "Message": "base",
    "Reply": "base",
    "ToolRequest": "base",
    "ToolSchema": "base",
    "Usage": "base",
    "Budget": "budget",
    "choose_model": "choose",
    "Probe": "probing",
    "probe": "probing",
    "repair": "writing",
    "write_answer": "writing",
}

__all__ = [
    "ALLOW_MODEL_REQUESTS",
    "Budget",
    "ChatModel",
    "Message",
    "Probe",
    "Reply",
    "ToolRequest",
    "ToolSchema",
    "Usage",
    "choose_model",
    "probe",
    "repair",
    "write_answer",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        value: object = getattr(import_module(f"agent.llm.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
