"""What the library asks of a language model; whoever has one implements it."""

from dataclasses import dataclass
from typing import Protocol

from knowledge.text import Language

HIGHEST_SCORE = 10.0


@dataclass(frozen=True)
class Judgement:
    """What a model says of one passage.

    Attributes:
        summary: What the passage says that bears on the question, in one or two sentences.
        score: How well it answers the question, 0 (not at all) to 10 (fully).
    """

    summary: str
    score: float


class QueryModel(Protocol):
    """A language model that helps to find passages. Its methods are called from several threads at once.

    Nothing it says is evidence: a translation is one more query, a judgement moves a passage up or down, and both are
    checked before they count.
    """

    @property
    def name(self) -> str:
        """Name of the model, for the record."""
        ...

    @property
    def n_passages(self) -> int:
        """How many passages it may be asked to judge for one question; 0 for none."""
        ...

    @property
    def max_concurrent(self) -> int:
        """How many calls may be under way at once."""
        ...

    @property
    def max_seconds(self) -> float:
        """Wall seconds after which the judgements there are have to do."""
        ...

    def translate(self, question: str, language: Language) -> str:
        """The question in the other language.

        Raises:
            QueryModelFailed: The model cannot be asked, or its reply cannot be read.
        """
        ...

    def judge(self, question: str, passage: str) -> Judgement:
        """Summarise one passage with the question in mind, and say how well it answers it.

        Raises:
            QueryModelFailed: The model cannot be asked, or its reply cannot be read.
        """
        ...
