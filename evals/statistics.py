"""Statistics of right and wrong: proportions with their intervals, and paired comparison of two languages."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest

CONFIDENCE = 0.95


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proportion(_Frozen):
    """How many of how many were right, with the Wilson score interval at 95 % confidence.

    E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927): stays within [0, 1] and is not empty at 0 and n.
    """

    right: int
    n: int
    score: float
    low: float
    high: float


class Parity(_Frozen):
    """The same items asked in two languages.

    ``p_value`` is the exact two-sided McNemar test: under equal ability an item that only one language gets right is
    a fair coin. Q. McNemar, Psychometrika 12, 153 (1947).
    """

    pairs: int
    english: int
    """Pairs right in English."""
    japanese: int
    """Pairs right in Japanese."""
    only_english: int
    only_japanese: int
    difference: float
    """Score in Japanese minus score in English."""
    p_value: float


def proportion(verdicts: Sequence[bool]) -> Proportion | None:
    """Score and Wilson interval; None where nothing was asked."""
    if not verdicts:
        return None
    right, n = sum(verdicts), len(verdicts)
    interval = binomtest(right, n).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return Proportion(right=right, n=n, score=right / n, low=float(interval.low), high=float(interval.high))


def parity(pairs: Sequence[tuple[bool, bool]]) -> Parity | None:
    """Compare (English, Japanese) verdicts on the same items; None without pairs."""
    if not pairs:
        return None
    only_english = sum(en and not ja for en, ja in pairs)
    only_japanese = sum(ja and not en for en, ja in pairs)
    discordant = only_english + only_japanese
    return Parity(
        pairs=len(pairs),
        english=sum(en for en, _ in pairs),
        japanese=sum(ja for _, ja in pairs),
        only_english=only_english,
        only_japanese=only_japanese,
        difference=(only_japanese - only_english) / len(pairs),
        p_value=float(binomtest(only_english, discordant).pvalue) if discordant else 1.0,
    )
