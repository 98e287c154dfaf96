"""Regular expressions of the lexicon, compiled once."""

import re
from functools import lru_cache


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern that does not look at the case of letters."""
    return re.compile(pattern, re.IGNORECASE)
