"""All tools, found by name; modules are imported only when the registry is first asked."""

import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from rapidfuzz import process

from physics_engines.spec import Spec
from tools.base import Tool, ToolCall
from tools.errors import BadInput, Missing

_BUILT_IN = ("tools.nqs", "tools.library", "tools.proof")
_ENTRY_POINT_GROUP = "ansatz.tools"
_MODULES_VARIABLE = "ANSATZ_TOOL_MODULES"


class Registry(Mapping[str, Tool[Any]]):
    """Tools by name, in a fixed order."""

    def __init__(self, tools: tuple[Tool[Any], ...]) -> None:
        self._tools = {item.name: item for item in tools}

    def __getitem__(self, name: str) -> Tool[Any]:
        try:
            return self._tools[name]
        except KeyError:
            near = process.extractOne(name, self._tools.keys())
            hint = f"; did you mean {near[0]}?" if near and near[1] > 60 else "; see 'ansatz tools'"
            raise BadInput(f"there is no tool named {name!r}{hint}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __iter__(self) -> Iterator[str]:
        return iter(self._tools)

    def __len__(self) -> int:
        return len(self._tools)

    def parse_call(self, call: ToolCall) -> tuple[Tool[Any], Spec]:
        """The tool of a call and its validated Spec.

        Raises:
            BadInput: Unknown tool, or arguments outside the Spec's bounds.
        """
        found = self[call.tool]
        return found, found.parse(call.spec)


def load_registry() -> Registry:
    """The built-in tools, those of installed packages, and those of one's own modules.

    A package offers a module of tools under the entry point ``ansatz.tools``; a module that is only importable is
    named in ``ANSATZ_TOOL_MODULES``, several separated by commas. Worker processes look in the same places.

    Raises:
        Missing: A module named in ``ANSATZ_TOOL_MODULES`` cannot be imported.
    """
    modules = [import_module(name) for name in _BUILT_IN]
    modules += [point.load() for point in entry_points(group=_ENTRY_POINT_GROUP)]
    own = (name.strip() for name in os.environ.get(_MODULES_VARIABLE, "").split(","))
    modules += [_import_named(name) for name in own if name]
    return Registry(tuple(found for module in modules for found in _tools_of(module)))


def _tools_of(module: ModuleType) -> list[Tool[Any]]:
    """``TOOLS`` of a module in its order, the preferred tool first; else all tools in it, as they were written."""
    return [value for value in getattr(module, "TOOLS", vars(module).values()) if isinstance(value, Tool)]


def _import_named(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ImportError as error:
        raise Missing(f"{_MODULES_VARIABLE} names {name!r}, which cannot be imported: {error}") from error
