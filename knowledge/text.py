"""Languages and the search copy of a text: the stored text is never changed."""

import re
import unicodedata
from typing import Literal

Language = Literal["en", "ja"]

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9d]")
_LETTER = re.compile(r"[^\W\d_]")


def search_copy(text: str) -> str:
    """NFKC and case folding: full-width digits, ligatures and capitals all look alike to the search."""
    return unicodedata.normalize("NFKC", text).casefold()


def language_of_question(text: str) -> Language:
    """Japanese as soon as one kana or kanji stands in it: people mix English terms into Japanese questions."""
    return "ja" if _JAPANESE.search(text) else "en"


def language_of_document(text: str) -> Language:
    """Japanese when at least a tenth of the letters are kana or kanji."""
    letters = len(_LETTER.findall(text))
    return "ja" if letters and len(_JAPANESE.findall(text)) >= 0.1 * letters else "en"
