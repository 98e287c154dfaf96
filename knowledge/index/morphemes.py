"""Japanese words by Sudachi, an optional extra: their normal forms, in the shortest units (Takaoka et al. 2018)."""

import re
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from knowledge.errors import LibraryUnavailable

if TYPE_CHECKING:
    from sudachipy import Tokenizer

_JAPANESE = re.compile(r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3005\u3400-\u4dbf\u4e00-\u9fff]")
_SUBJECTS = frozenset({"名詞", "代名詞", "動詞", "形容詞", "形状詞", "副詞", "接頭辞", "接尾辞"})
"""Parts of speech that carry a subject; particles, auxiliary verbs and signs do not."""
_LONGEST = 10_000
"""Characters given to Sudachi at once; it takes no more than 49,149 bytes."""


def has_sudachi() -> bool:
    """Whether the extra is installed."""
    try:
        return bool(sudachi_version())
    except LibraryUnavailable:
        return False


def sudachi_version() -> str:
    """Versions of the program and of the dictionary; part of the stamp of an index made with them.

    Raises:
        LibraryUnavailable: They are not installed.
    """
    try:
        return f"{version('sudachipy')} {version('sudachidict_core')}"
    except PackageNotFoundError:
        raise LibraryUnavailable("the sudachi lane needs an extra: pip install 'ansatz[sudachi]'") from None


def morphemes(copy: str) -> list[str]:
    """Normal forms of the Japanese words of a search copy, in order, each as often as it occurs.

    Raises:
        LibraryUnavailable: Sudachi is not installed.
    """
    tokenizer = _tokenizer()
    found: list[str] = []
    for line in copy.split("\n"):
        for first in range(0, len(line), _LONGEST):
            found += [
                # Marked, so that no word is taken for a pair of characters.
                f"'{item.normalized_form()}"
                for item in tokenizer.tokenize(line[first : first + _LONGEST])
                if item.part_of_speech()[0] in _SUBJECTS and _JAPANESE.search(item.surface())
            ]
    return found


@lru_cache(maxsize=1)
def _tokenizer() -> "Tokenizer":
    sudachi_version()
    from sudachipy import Dictionary, SplitMode

    return Dictionary(dict="core").tokenizer(mode=SplitMode.A)
