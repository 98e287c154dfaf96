"""How much one plan may hold."""

from typing import Any

from agent.planning.plan import Plan
from agent.planning.sentences import numeral
from physics_engines.text import Language


def most_steps() -> int:
    """The largest number of steps of a plan, as its type declares it."""
    metadata: list[Any] = Plan.model_fields["steps"].metadata
    return next(int(item.max_length) for item in metadata if hasattr(item, "max_length"))


def cap_in_words(language: Language) -> str:
    """The same in words."""
    return numeral(most_steps(), language)
