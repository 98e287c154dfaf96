"""The language an answer is given in.

Rule: a wish said in the question ("answer in Japanese", 「英語で」) decides. Else the language of the sentence frame:
the grammar that holds the sentence together, whatever language its technical terms are borrowed from. The frame is
Japanese when its hiragana (particles, inflections) outweigh the English function words; text in quotation marks does
not count. Without any frame ("4x4 基底エネルギー", "heisenberg N=20") kana or kanji make it Japanese.
"""

import re

from agent.planning.phrases import phrases
from physics_engines.text import Language

_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|\"[^\"]*\"|'[^']*'(?![a-z])")
_HIRAGANA = re.compile(r"[ぁ-ゖ]")
_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺー一-鿿]")
_WORDS = re.compile(r"[A-Za-z']+")
_FUNCTION_WORDS = frozenset(
    phrases(
        "a|an|the|is|are|was|were|be|of|in|on|at|for|to|with|and|or|but|what|why|how|who|which|when|where|does|do|did|"
        "can|could|would|should|please|i|me|my|you|your|it|its|this|that|these|those|there|from|by|as|if|not|tell|give|"
        "show|compute|calculate|find|explain|describe|define|mean|means|about|same|than|using|use"
    )
)
_WISHES: tuple[tuple[re.Pattern[str], Language], ...] = (
    (re.compile(r"\b(?:answer|reply|respond|explain|write|say)\b[^.?!。]{0,40}\bin japanese\b", re.I), "ja"),
    (re.compile(r"\b(?:answer|reply|respond|explain|write|say)\b[^.?!。]{0,40}\bin english\b", re.I), "en"),
    (re.compile(r"\bin japanese,? please\b|日本語で(?:答|回答|説明|教|お願|書|返)"), "ja"),
    (re.compile(r"\bin english,? please\b|英語で(?:答|回答|説明|教|お願|書|返)"), "en"),
)


def is_written_in(text: str, language: Language) -> bool:
    """Whether prose is in a language; quotations, names and formulas may be in another.

    Args:
        text: Prose; lines that begin with ">" are quotations.
        language: The language it should be in.
    """
    lines = [line for line in _QUOTED.sub(" ", text).splitlines() if not line.lstrip().startswith(">")]
    prose = "\n".join(lines)
    japanese, words = len(_HIRAGANA.findall(prose)), len(_WORDS.findall(prose))
    if language == "ja":
        return japanese > 0 or words < 4
    return japanese <= 2 * words


def detect_language(text: str) -> Language:
    """The language of the sentence frame of a question (see the rule above)."""
    for wish, language in _WISHES:
        if wish.search(text):
            return language
    frame = _QUOTED.sub(" ", text)
    if not _JAPANESE.search(frame):
        return "ja" if _JAPANESE.search(text) and not _WORDS.search(frame) else "en"
    english = sum(word.lower() in _FUNCTION_WORDS for word in _WORDS.findall(frame))
    # A Japanese particle is one or two characters: two hiragana weigh as much as one English function word.
    return "ja" if len(_HIRAGANA.findall(frame)) >= 2 * english else "en"
