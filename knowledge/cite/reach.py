"""Does a sentence reach further than its passage, or say it with other symbols? Conditions, reserve, relations.

A condition that is left out is a shorter statement and passes. One that is weakened ("only if" to "if"), a reserve that
is turned round ("may" to "always") and a symbol in another's place are seen where a sentence of the passage has nearly
the same words. Not seen: the same in words of one's own, and whether one inequality follows from another.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from knowledge.text import search_copy

_LEAST_COMMON, _ALIKE, _NEARLY_VERBATIM = 3, 0.75, 0.9
_ONLY_IF = re.compile(
    r"\bonly (?:if|when|where|while|after|under)\b(?P<en>[^.;]*)|"
    r"(?P<ja>[^。、]*)(?:場合|とき|時|条件)に?(?:のみ|だけ|限)"
)
_IF = re.compile(r"\b(?:if|when|whenever|where|once|after|under)\b|場合|とき|なら|れば|時に")
_NEEDED = re.compile(r"\b(?:only|unless|must|needs?|necessary|requires?|without)\b|のみ|だけ|限|必要|なければ")
_RESERVE = re.compile(
    r"\b(?:may|might|could|sometimes|often|frequently|usually|typically|mostly|rarely|seldom|probably|perhaps|possibly|tends?|"
    r"in (?:some|many|most) cases)\b|"
    r"(?:場合|こと)(?:が|も)(?:ある|あり|多い|多く)|かもしれ|とは限ら|得る|うる|しばしば|多くの場合|"
    r"たいてい|通常|可能性|傾向"
)
_SAID_WITH_RESERVE = re.compile(
    rf"{_RESERVE.pattern}|\b(?:can|not (?:always|every|all)|some|most|many)\b|でき|一部|必ずしも"
)
_WITHOUT_EXCEPTION = re.compile(
    r"\b(?:always|all|every|any|never|in general|generally|invariably|necessarily|certainly|universally|"
    r"without exception|whenever|in (?:all|every) cases?)\b|"
    r"必ず|常に|すべて|全て|一般に|いつでも|あらゆる|例外なく|決して|どんな",
    re.I,
)
_FORMULA = re.compile(r"(?<![\\$])\$([^$]+)\$")
_LETTER = re.compile(r"\\?[A-Za-z]+")
_GREEK = "alpha|beta|gamma|delta|epsilon|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega"
_TERM = rf"(?:tanh|cosh|sinh|sin|cos|ln|log|exp|sqrt|max|min|{_GREEK}|[A-Za-zΑ-ω](?:_\w+)?(?![a-z])|\d+(?:\.\d+)?)"
_RELATION = re.compile(
    rf"(?<![\w$\\]){_TERM}(?:\([^()]*\))?\s*(?:=|≤|≥|<=|>=|<|>|∝|≈|≃)\s*[-−+√(]*{_TERM}"
    rf"(?:\s*[-−+*/^·()√!²³]+\s*(?:{_TERM})?|\s+{_TERM}(?![a-z])|{_TERM})*"
)
_SETTING = re.compile(
    r"\\(?:[dt]?frac|left|right|mathrm|mathbf|mathcal|boldsymbol|text|operatorname|cdot|times|quad|[,;:! ])|"
    r"[\s$\\{}^_*·×/]"
)
_SIGNS = {"−": "-", "≤": "le", "≥": "ge", "≈": "approx", "≃": "simeq", "∝": "propto", "√": "sqrt"}


def overreaching(sentence: str, sources: Sequence[str], question: str, words_of: Callable[[str], set[str]]) -> str:
    """Why a sentence says more than the sentence of its passages that is nearest in words; "" where it may stand.

    Args:
        sentence: One sentence.
        sources: The sentences of the passages it names, in its language.
        question: What it answers; words of the question may be repeated.
        words_of: What carries the meaning of a text, as roots.
    """
    words = words_of(_WITHOUT_EXCEPTION.sub(" ", _FORMULA.sub(" ", sentence)))
    nearest, share = _nearest(words, sources, words_of)
    if not nearest:
        return ""
    copy, told, asked = search_copy(sentence), [search_copy(item) for item in nearest], search_copy(question)
    if reason := _condition(copy, told, words_of):
        return reason
    whole = _WITHOUT_EXCEPTION.search(copy) is not None and not _WITHOUT_EXCEPTION.search(" ".join([*told, asked]))
    reserved = all(_RESERVE.search(item) for item in told) and not _SAID_WITH_RESERVE.search(copy)
    if whole and (reserved or share >= _NEARLY_VERBATIM):
        return "the passage says it of fewer cases"
    if reserved and share >= _NEARLY_VERBATIM:
        return "the passage says it with reserve"
    return _other_symbol(sentence, nearest)


def other_relation(sentence: str, ground: str) -> str:
    """The first relation in plain letters, "E = F - T S", that stands nowhere in the ground; "" where all do."""
    whole = _letters(ground)
    for match in _RELATION.finditer(_FORMULA.sub(" ", sentence)):
        relation = match[0].strip()
        if sum(character.isalpha() for character in relation) >= 1 and _letters(relation) not in whole:
            return relation
    return ""


def _nearest(words: set[str], sources: Sequence[str], words_of: Callable[[str], set[str]]) -> tuple[list[str], float]:
    """The sentences that share most words with the one said, if they share most of it, and the share."""
    told = [words_of(_FORMULA.sub(" ", source)) for source in sources]
    common = [len(words & its) for its in told]
    most = max(common, default=0)
    if most < _LEAST_COMMON or most < _ALIKE * len(words):
        return [], 0.0
    return [source for source, n in zip(sources, common, strict=True) if n == most], most / len(words)


def _condition(copy: str, told: Sequence[str], words_of: Callable[[str], set[str]]) -> str:
    if _NEEDED.search(copy) or not _IF.search(copy):
        return ""
    for item in told:
        match = _ONLY_IF.search(item)
        needed = words_of(match["en"] or match["ja"] or "") if match else set()
        if not needed or 2 * len(needed & words_of(copy)) < len(needed):
            return ""
    return "the passage says it only under a condition"


def _other_symbol(sentence: str, nearest: Sequence[str]) -> str:
    """A formula that differs from one in its place by nothing but its letters."""
    here = [match[1] for match in _FORMULA.finditer(sentence)]
    for formula in here:
        reasons = []
        for source in nearest:
            there = [match[1] for match in _FORMULA.finditer(source)]
            if any(_same(formula, other) or _plain(formula) in _plain(other) for other in there):
                break
            free = [other for other in there if not any(_same(other, own) for own in here)]
            reasons += [other for other in free if _shape(other) == _shape(formula)][:1]
        else:
            if len(reasons) == len(nearest):
                return f"the passage has {reasons[0]} where it has {formula}"
    return ""


def _same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(formula: str) -> str:
    return re.sub(r"[\s,.]+", "", formula)


def _shape(formula: str) -> str:
    return _LETTER.sub("•", _plain(formula))


def _letters(text: str) -> str:
    """A formula as its letters, digits and signs in order, however it is set."""
    copy = "".join(_SIGNS.get(character, _name(character)) for character in unicodedata.normalize("NFKC", text))
    for sign, name in (("<=", "le"), (">=", "ge")):
        copy = copy.replace(sign, name)
    return re.sub(r"[(){}\[\]]", "", _SETTING.sub("", copy))


def _name(character: str) -> str:
    if "\u0391" <= character <= "\u03c9":
        return unicodedata.name(character).split()[-1].lower().replace("lamda", "lambda")
    return character
