"""Suites: files of items, one JSON object a line, and what each kind of item holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from agent.answer import Status
from physics_engines.estimate import Exactness
from physics_engines.text import Language
from tools.base import describe_validation_error
from tools.errors import BadInput


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Item(_Frozen):
    """One question."""

    id: str = Field(min_length=1)
    language: Language
    """Language the answer is expected in."""
    question: str = Field(min_length=1)
    pair: str | None = None
    """Shared by the two items that ask the same in English and in Japanese."""

    @property
    def kind(self) -> str:
        """What the scores are broken down by, within a suite."""
        return ""


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Selection(_Frozen):
    """What a question should lead to: calls of tools, or an end without any, or either."""

    tools: tuple[str, ...] = ()
    """Patterns of tool names ("nqs.*"): each is met by a planned tool, and each planned tool meets one."""
    also: tuple[str, ...] = ()
    """Patterns of tools that may be planned beside them."""
    spec: dict[str, dict[str, object]] = {}
    """Pattern -> fields of the Spec; fields that are left out keep their default."""
    sweep: dict[str, dict[str, list[object]]] = {}
    """Pattern -> one field and its values, one call for each."""
    status: Annotated[tuple[Status, ...], BeforeValidator(_as_tuple)] = ()
    """How the question may end instead of being planned."""

    @model_validator(mode="after")
    def _says_something(self) -> "Selection":
        if not self.tools and not self.status:
            raise ValueError("an item expects tools or a status")
        unused = [pattern for pattern in (*self.spec, *self.sweep) if pattern not in (*self.tools, *self.also)]
        # A pattern such as "nqs.*" may describe several of the expected tools at once.
        unused = [pattern for pattern in unused if "*" not in pattern]
        if unused:
            raise ValueError(f"{unused[0]} has arguments, but is not expected")
        if any(len(fields) != 1 for fields in self.sweep.values()):
            raise ValueError("a sweep runs over exactly one field")
        return self


class ToolSelectionItem(Item):
    """A question and the calls it should be planned as."""

    style: str
    """How it is written: careful, sloppy, latex, typo, mixed, sweep, hostile, impossible, …"""
    expect: Selection

    @property
    def kind(self) -> str:
        """The style."""
        return self.style


class SectionRef(_Frozen):
    """A section of the textbook."""

    chapter: str = Field(pattern=r"^[A-Z]\d{1,2}$")
    section: int = Field(ge=0)
    """Number of the section; 0 is the introduction of the chapter."""

    def __str__(self) -> str:
        return f"{self.chapter} §{self.section}" if self.section else f"{self.chapter}, introduction"


class TextbookItem(Item):
    """A question the textbook answers."""

    gold: tuple[SectionRef, ...] = Field(min_length=1)
    """Sections that answer it; a quotation from one of them is right."""
    style: Literal["direct", "paraphrase"]
    """A paraphrase avoids the name of its topic."""

    @property
    def kind(self) -> str:
        """Direct or paraphrase."""
        return self.style


class UnanswerableItem(Item):
    """A question neither the textbook nor a tool answers."""

    distance: Literal["near", "far"]
    """Near: physics or machine learning; far: anything else."""

    @property
    def kind(self) -> str:
        """Near or far."""
        return self.distance


class Reference(_Frozen):
    """A number known from elsewhere, and how close a computed one has to come."""

    tool: str
    spec: dict[str, object]
    """The calculation; fields that are left out keep their default."""
    label: str
    """Words in the label of the evidence that holds the number."""
    exactness: Exactness
    value: float
    unit: str
    relative: float = Field(gt=0)
    """Largest accepted deviation in units of the reference value."""
    n_sigma: float = Field(default=0.0, ge=0)
    """Standard errors a value may be off as well; also how far below the reference an upper bound may lie."""
    source: str = Field(min_length=1)
    """Where the value comes from."""


class ComputationItem(Item):
    """A question whose answer is a number known exactly."""

    expect: Reference

    @property
    def kind(self) -> str:
        """The tool."""
        return self.expect.tool


@dataclass(frozen=True)
class Suite:
    """A file of items and how they are run.

    Attributes:
        name: Name of the suite and of its file.
        item_type: What a line of the file holds.
        planned_only: Whether a question is read and planned, but its calls are not run.
    """

    name: str
    item_type: type[Item]
    planned_only: bool = False


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite("tool_selection", ToolSelectionItem, planned_only=True),
        Suite("textbook", TextbookItem),
        Suite("unanswerable", UnanswerableItem),
        # The large sets of the library: every section, both languages, both styles.
        Suite("knowledge", TextbookItem),
        Suite("knowledge_unanswerable", UnanswerableItem),
        Suite("computations", ComputationItem),
    )
}


def find_suite(name: str) -> Suite:
    """The suite of this name.

    Raises:
        BadInput: There is none.
    """
    if name not in SUITES:
        raise BadInput(f"there is no suite {name!r}; there are {', '.join(SUITES)}")
    return SUITES[name]


def load_items(suite: Suite, limit: int | None = None, file: Traversable | None = None) -> tuple[Item, ...]:
    """The items of a suite, the first ``limit`` of them where one is given.

    Args:
        suite: The suite.
        limit: Most items.
        file: Another file of items than the suite's own.

    Raises:
        BadInput: A line is not an item of this suite, or an id stands twice.
    """
    file = file or files("evals").joinpath("items", f"{suite.name}.jsonl")
    items: dict[str, Item] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{file.name}, line {number}"
        try:
            item = suite.item_type.model_validate(json.loads(line))
        except ValidationError as error:
            raise BadInput(f"{place}: {describe_validation_error(error)}") from error
        except ValueError as error:
            raise BadInput(f"{place}: {error}") from error
        if item.id in items:
            raise BadInput(f"{place}: the id {item.id} stands twice")
        items[item.id] = item
    return tuple(items.values())[:limit]
