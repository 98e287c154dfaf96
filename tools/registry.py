"""All tools, found by name; modules are imported only when the registry is first asked."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from rapidfuzz import process

from physics_engines.spec import Spec
from tools.base import Tool, ToolCall
from tools.errors import BadInput

_BUILT_IN = ("tools.nqs", "tools.library", "tools.proof")
_ENTRY_POINT_GROUP = "ansatz.tools"


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
    """The built-in tools and those that installed packages offer under the entry point ``ansatz.tools``."""
    modules = [import_module(name) for name in _BUILT_IN]
    modules += [point.load() for point in entry_points(group=_ENTRY_POINT_GROUP)]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Tool)]
    return Registry(tuple(found))
