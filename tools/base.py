"""A tool is a typed function with a docstring; everything else about it is derived.

>>> from tools import Estimate, Result, Spec, Text, ToolContext, tool
>>> class DimerSpec(Spec):
...     '''Two spins 1/2 coupled by J S·S.'''
...     coupling: float = 1.0
>>> @tool("demo.dimer", title=Text(en="spin dimer", ja="スピン二量体"))
... def dimer(spec: DimerSpec, context: ToolContext) -> Result:
...     '''Exact ground-state energy of two coupled spins.'''
...     energy = Estimate(label=Text(en="energy", ja="エネルギー"), value=-0.75 * spec.coupling, unit="J",
...                       exactness="exact",
    ...                       method=Text(en="two-site diagonalisation", ja="2サイトの対角化"))
...     return Result(estimates={"energy": energy})
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from physics_engines.errors import Interrupted as EngineInterrupted
from physics_engines.errors import InvalidInput
from physics_engines.progress import Monitor
from physics_engines.spec import Spec
from physics_engines.text import Text
from tools.errors import BadInput, Stopped
from tools.result import Result

if TYPE_CHECKING:
    from knowledge import QueryModel

S = TypeVar("S", bound=Spec)
EvidenceKind = Literal["computed", "cited", "proved"]


@dataclass(frozen=True)
class Cost:
    """What a call is expected to take on this machine; estimated before it runs."""

    seconds: float
    gpu_seconds: float = 0.0
    memory_gb: float = 0.0


@dataclass(frozen=True)
class Requirement:
    """Something outside Python that a tool needs.

    Attributes:
        met: Cheap check, without importing anything heavy.
        hint: One clause that completes "needs ...": "Lean: install elan, or set LEAN_SERVER_API_URL".
    """

    met: Callable[[], bool]
    hint: str


@dataclass(frozen=True)
class Example:
    """An utterance that should lead to this tool, for intent matching and for help."""

    en: str
    ja: str


@dataclass
class ToolContext:
    """What a running tool may use: its own folder, the home folder, and the monitor.

    Attributes:
        out: The only folder the tool writes to; the artifact paths of its Result are relative to it.
        home: ``ANSATZ_HOME``, for tools that read a store kept there.
        monitor: Progress, interruption and the restart file.
        query_model: A language model that may help to find passages; None without one, and in jobs.
    """

    out: Path
    home: Path
    monitor: Monitor
    query_model: "QueryModel | None" = None


class ToolCall(BaseModel):
    """A call as it stands in a file: the name of a tool and its Spec. ``ansatz run --spec FILE`` reads this."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    spec: dict[str, object]


@dataclass(frozen=True)
class Tool(Generic[S]):
    """One capability: a name, a Spec type, a function from Spec to Result, and what is known beforehand."""

    name: str
    title: Text
    summary: str
    spec_type: type[S]
    function: Callable[[S, ToolContext], Result]
    evidence: EvidenceKind
    words: Mapping[str, tuple[str, ...]]
    examples: tuple[Example, ...]
    requirements: tuple[Requirement, ...]
    estimate_cost: Callable[[S], Cost]

    @property
    def function_name(self) -> str:
        """The name as model servers accept it (letters, digits, "_" and "-")."""
        return self.name.replace(".", "__")

    def why_unavailable(self) -> str | None:
        """None when ready, else "needs ..." naming what is missing."""
        missing = [requirement.hint for requirement in self.requirements if not requirement.met()]
        return f"needs {'; needs '.join(missing)}" if missing else None

    def parse(self, arguments: Mapping[str, object]) -> S:
        """Validate arguments into the Spec.

        Raises:
            BadInput: One sentence naming each wrong field and its bound.
        """
        try:
            return self.spec_type.model_validate(dict(arguments))
        except ValidationError as error:
            raise BadInput(f"{self.name}: {describe_validation_error(error)}") from error

    def run(self, spec: S, context: ToolContext) -> Result:
        """Run the tool in this process.

        Raises:
            BadInput: The engine found that the request has no solution or does not fit.
            Stopped: The monitor asked the run to stop; the restart file is in ``context.out``.
        """
        try:
            return self.function(spec, context)
        except InvalidInput as error:
            raise BadInput(f"{self.name}: {error}") from error
        except EngineInterrupted as error:
            raise Stopped(f"{self.name}: {error}") from error


def tool(
    name: str,
    *,
    title: Text,
    evidence: EvidenceKind = "computed",
    words: Mapping[str, tuple[str, ...]] | None = None,
    examples: tuple[Example, ...] = (),
    requirements: tuple[Requirement, ...] = (),
    cost: Callable[[S], Cost] | None = None,
) -> Callable[[Callable[[S, ToolContext], Result]], Tool[S]]:
    """Make a tool of a typed function ``(spec, context) -> Result``.

    Args:
        name: Dotted name, "engine.capability".
        title: What it computes, as it stands in a list.
        evidence: The kind of evidence its Result becomes.
        words: Language -> words and phrases that speak for this tool in a question ("ground state", 「基底」).
        examples: Utterances that should lead here, in both languages.
        requirements: What it needs beside Python.
        cost: Estimate from the Spec; without it the call counts as a hundredth of a second.
    """

    def decorate(function: Callable[[S, ToolContext], Result]) -> Tool[S]:
        first_parameter = next(iter(inspect.signature(function).parameters))
        spec_type = get_type_hints(function)[first_parameter]
        summary = inspect.getdoc(function) or ""
        if not summary:
            raise TypeError(f"tool {name} has no docstring, and its docstring is its description")
        return Tool(
            name=name,
            title=title,
            summary=summary,
            spec_type=spec_type,
            function=function,
            evidence=evidence,
            words=dict(words or {}),
            examples=examples,
            requirements=requirements,
            estimate_cost=cost or (lambda _spec: Cost(seconds=0.01)),
        )

    return decorate


def describe_validation_error(error: ValidationError) -> str:
    """One sentence for all that pydantic found: "shape: ...; alpha: ..."."""
    parts = []
    for item in error.errors(include_url=False):
        if item["type"] == "default_factory_not_called":  # only says that another field is wrong
            continue
        place = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        message = message[:1].lower() + message[1:]
        given = item.get("input")
        shown = f" (got {given!r})" if place and not isinstance(given, dict) else ""
        parts.append(f"{place}: {message}{shown}" if place else message)
    return "; ".join(parts)
