"""Check: one thing that is right or wrong about an outcome."""

from pydantic import BaseModel, ConfigDict


class Check(BaseModel):
    """One verdict of a scorer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    passed: bool
    detail: str = ""
    """What was found instead, where it did not pass."""
    counts: bool = True
    """Whether the item is wrong without it; the others are reported only."""
