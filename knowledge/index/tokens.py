"""Terms of the lexical index: stems of Latin words, character 1- and 2-grams of Japanese, glossary concepts."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from knowledge.index.glossary import Glossary
from knowledge.text import search_copy

PREFIX = 6
"""Letters of the second, coarser stem that brings "discover" and "discovery" together; written "discov*"."""
TOKENS_VERSION = 4
"""Part of the stamp of every lexical index."""

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
_KANA = re.compile(r"[\u3041-\u3096]+")
_STOP_TEXT = (
    "a an and are as at be been but by can could did do does for from had has have he her his i if in into is it its "
    "may me might my no not of on one or our she should so some such than that the their them then there these they "
    "this those through to too us was we were what when where which who whom whose why will with would you your how "
    "also about between both each more most other only same very just let s t"
)
_STOP_WORDS = frozenset(_STOP_TEXT.split())


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
    found = (match["word"] or match["lettered"] for match in _TERM.finditer(search_text))
    return [stem(part) for word in found if word for part in word.split("-")]


def terms(text: str, glossary: Glossary) -> list[str]:
    """Terms of a passage or a question, repeated as often as they occur."""
    return list(plain_terms(text)) + [f"@{concept}" for concept in concepts(text, glossary)]


def concepts(text: str, glossary: Glossary) -> list[int]:
    """Glossary entries named in a text, in either language, one for each occurrence."""
    copy = search_copy(text)
    return glossary.named_in(copy, words_of(copy))


def plain_terms(text: str) -> Iterator[str]:
    """Terms without the glossary's concepts."""
    for match in _TERM.finditer(_LAYOUT.sub(" ", search_copy(text))):
        if lettered := match["lettered"]:  # "q-learning" is neither Q nor learning
            yield lettered
            yield stem(lettered[2:])
        elif word := match["word"]:
            if word not in _STOP_WORDS and (len(word) > 1 or word.isdigit()):
                yield stem(word)
                if len(word) > PREFIX:
                    yield coarse(word)
        elif run := match["cjk"]:
            yield from (character for character in run if not _KANA.fullmatch(character) and character != "ー")
            yield from (run[index : index + 2] for index in range(len(run) - 1))
        else:
            yield _name_of_greek(match["greek"])


def _name_of_greek(letter: str) -> str:
    """ "α" -> "alpha", as LaTeX writes it."""
    return unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda")
