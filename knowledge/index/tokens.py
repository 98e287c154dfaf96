"""Terms of the lexical index: stems of Latin words, character 1- and 2-grams of Japanese, glossary concepts."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from knowledge.index.glossary import Glossary
from knowledge.index.morphemes import morphemes
from knowledge.text import search_copy

PREFIX = 6
"""Letters of the second, coarser stem that brings "discover" and "discovery" together; written "discov*"."""
TOKENS_VERSION = 6
"""Part of the stamp of every lexical index."""

_TEXTS_KEPT = 1 << 11
"""What an answer rereads; the terms of a long passage take 100 kB."""

_LAYOUT = re.compile(
    r"\\(?:[dt]?frac|left|right|[bB]igg?[lr]?|mathrm|mathbf|mathcal|mathbb|boldsymbol|text|operatorname|begin|end|"
    r"aligned|quad|qquad|cdot|ldots|dots|cdots|label|tag|displaystyle|hat|tilde|bar|vec|langle|rangle)\b"
)
_TERM = re.compile(
    r"(?P<lettered>(?<![a-z0-9])[a-z]-[a-z]{3,})"
    r"|(?P<word>[a-z][a-z0-9]*(?:'[a-z]+)?|\d+[a-z]*)"
    r"|(?P<cjk>[\u3041-\u3096\u30a1-\u30fa\u30fc\u3005\u3400-\u4dbf\u4e00-\u9fff]+)"
    r"|(?P<greek>[α-ω])"
)
_CJK = re.compile(r"[\u3041-\u9fff]")
_STOP_TEXT = (
    "a an and are as at be been but by can could did do does for from had has have he her his i if in into is it its "
    "may me might my no not of on one or our she should so some such than that the their them then there these they "
    "this those through to too us was we were what when where which who whom whose why will with would you your how "
    "also about between both each more most other only same very just let s t"
)
STOP_WORDS = frozenset(_STOP_TEXT.split())
"""English words that carry no subject."""


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Strip an English plural, -ing, -ed, -ly; enough to bring the forms of a word together."""
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            if len(word) > 2 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def coarse(word: str) -> str:
    """The first letters of a word: "discov*" for "discover" and "discovery"."""
    return f"{word[:PREFIX]}*"


def words_of(search_text: str) -> list[str]:
    """Stems of the Latin words of a search copy, stop words included, in order."""
    return list(_split(search_text)[1])


def without_layout(copy: str) -> str:
    """A search copy without the LaTeX commands that only set formulas."""
    return _LAYOUT.sub(" ", copy)


def terms(text: str, glossary: Glossary) -> list[str]:
    """Terms of a passage or a question, repeated as often as they occur."""
    copy = without_layout(search_copy(text))
    found, stems = _split(copy)
    return [*found, *(f"@{concept}" for concept in _named(copy, stems, glossary))]


def terms_by_words(text: str, glossary: Glossary) -> list[str]:
    """As ``terms``, but with Japanese in words instead of characters and pairs of them.

    Raises:
        LibraryUnavailable: Sudachi is not installed.
    """
    return in_words(terms(text, glossary), without_layout(search_copy(text)))


def in_words(found: Iterable[str], copy: str) -> list[str]:
    """Terms with those of Japanese characters exchanged for the Japanese words of a search copy."""
    return [*(term for term in found if not _CJK.match(term)), *morphemes(copy)]


def concepts(text: str, glossary: Glossary) -> list[int]:
    """Glossary entries named in a text, in either language, one for each occurrence."""
    copy = without_layout(search_copy(text))
    return list(_named(copy, _split(copy)[1], glossary))


def plain_terms(text: str) -> list[str]:
    """Terms without the glossary's concepts."""
    return list(_split(without_layout(search_copy(text)))[0])


def forget_texts() -> None:
    """Give the memory back that long texts left; answers reread theirs and keep them, an index reads each once."""
    _named.cache_clear()
    _split.cache_clear()


@lru_cache(maxsize=_TEXTS_KEPT)
def _named(copy: str, stems: tuple[str, ...], glossary: Glossary) -> tuple[int, ...]:
    """Entries named in a search copy; kept, as answers reread sentences."""
    return tuple(glossary.named_in(copy, stems))


@lru_cache(maxsize=_TEXTS_KEPT)
def _split(copy: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Terms of a search copy, and the stems of all its Latin words in order; kept, as answers reread sentences."""
    found: list[str] = []
    stems: list[str] = []
    for match in _TERM.finditer(copy):
        token = match[0]
        if match.lastgroup == "cjk":
            found += [character for character in token if not "\u3041" <= character <= "\u3096" and character != "ー"]
            found += [token[index : index + 2] for index in range(len(token) - 1)]
        elif match.lastgroup == "word":
            root = stem(token)
            stems.append(root)
            if token not in STOP_WORDS and (len(token) > 1 or token.isdigit()):
                found.append(root)
                if len(token) > PREFIX:
                    found.append(coarse(token))
        elif match.lastgroup == "lettered":  # "q-learning" is neither Q nor learning
            root = stem(token[2:])
            stems += [token[0], root]
            found += [token, root]
        else:
            found.append(_name_of_greek(token))
    return tuple(found), tuple(stems)


def _name_of_greek(letter: str) -> str:
    """ "α" -> "alpha", as LaTeX writes it."""
    return unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda")
