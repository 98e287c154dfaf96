"""Does a passage say what a sentence says of it? What code can see of that: numbers, quoted words, formulas, names,
the words themselves, and a "not" too many or too few.

It cannot see whether an inference holds, nor a condition left out, nor a quantifier or a cause changed in words of the
model's own; a sentence that passes is one nothing speaks against.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from knowledge.assist.orders import gives_orders
from knowledge.cite.places import misplaced
from knowledge.cite.reach import other_relation, overreaching
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import STOP_WORDS, concepts, plain_terms, stem, words_of
from knowledge.ingest.sentences import sentence_spans
from knowledge.text import Language, language_of_document, language_of_question, search_copy

_LEAST_SHARE: dict[Language, float] = {"en": 0.5, "ja": 0.45}
"""Least share of the words of a sentence that stand in the passage or in the question; Japanese by character pairs."""
_LEAST_BEYOND, _LEAST_BEYOND_WITH_NUMBERS = 0.35, 0.7
"""The same without the words of the question, which stand in every sentence."""
_LEAST_IN_ORDER, _LEAST_ORDERED = 0.75, 5
_LEAST_IN_SENTENCE, _LEAST_IN_CLAUSE = 4, 2
_ALIKE, _ALIKE_CLAUSES = 0.75, 0.5
_NEARLY_VERBATIM = 0.9
_JOINT = re.compile(
    r"[,;:]\s|[、；：]|\b(?:but|while|whereas|which|because|since|so that|although)\b"
    r"|ので|ため|から(?!な)|とき|ものの|ながら"
)
_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$(.+?)(?<!\\)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.S)
_NUMBER = re.compile(r"(?<![a-z\d.])\d+(?:\.\d+)*(?:\s*%)?")
_GROUPING = re.compile(r"(?<=\d)[ ,\u2009](?=\d{3}(?!\d))")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,})[”\"]|[「『]([^」』]{2,})[」』]|(?<!\w)[‘']([^’'\n]{4,})[’'](?!\w)")
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b(?:[A-Z][a-zà-ÿ]{2,}|[A-Z]{2,}[a-z]*)\b|[ァ-ヺー]{3,}")
_WORD = re.compile(r"[a-z][a-z'-]+")
_ENDING = re.compile(r"(?<=\w{3})(?:e?s|e?d|ing|e|ly|al|ation|ion|y|ies|ied)$")
_NEGATING = ("un", "in", "im", "ir", "dis", "non", "off", "anti")
_KANJI_WORD = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,4}")
_KANJI_PAIR = re.compile(r"[\u30a1-\u30fa\u30fc\u3400-\u9fff]{2}")
_NOT = re.compile(
    r"\b(?:not|no|never|neither|nor|none|without|cannot|hardly|fails?|lacks?|\w+n't|impossible|unlike|false)\b"
    r"|ない|なく|なかっ|ません|ず(?=[、にる。]|と)|ぬ(?=[。、])|不可能|できぬ|無関係"
)
_ACTS = re.compile(
    r"\bI(?:'ll|'m|'ve| will| am| have| shall| would| can| must| should)\b|<[/a-zA-Z!][^>]*>|[{}\[]\s*\"\w+\"\s*:"
    r"|私(?:は|が)|(?:実行|削除|送信)(?:します|しました|いたします)"
)
_UNIVERSAL = re.compile(
    r"\b(?:always|all|every|exactly|never|guarantees?d?|proves?|proven)\b|必ず|常に|すべて|全て|完全に|保証"
)
_STRONG = re.compile(r"\b(?:always|never|guarantee|prove)|必ず|常に|完全に|保証|証明")
"""The strongest of them: no sentence may bring them in."""
_ENDS = "。、,;；:：()（）!?！？|\n"
_ALONE = re.compile(r"([\u30a1-\u30fa\u30fc]{2}|[\u3400-\u9fff]{2})(?:だけ|のみ)")
"""What something is said of alone: 「スコアだけ」."""
_OPPOSITES = (
    (
        r"\bincreas|\bgrow|\bris(?:e|ing)|\braise|増[加大え]|上が",
        r"\bdecreas|\bshrink|\bfall|\blower(?:s|ed|ing)|減[少り]|下が",
    ),
    (
        r"\blarger?\b|\bgreater|\bmore\b|\bhigh(?:er)?\b|大き|多[いく]|高[いく]",
        r"\bsmall(?:er)?\b|\bless\b|\bfewer|\blow(?:er)?\b|小さ|少な|低[いく]",
    ),
    (r"\bupper|\babove|\bmaxim|上界|最大", r"\blower bound|\bbelow|\bminim|下界|最小"),
    (r"\bbefore\b|\bfirst\b|先に", r"\bafter\b|\blast\b|後に"),
    (r"\bsame\b|\bequal|\bidentical|同じ|等し", r"\bdifferent|\bunequal|\bdistinct|異な|違"),
    (r"\bpossible\b|\bcan\b|可能|でき[るた]", r"\bimpossible|\bcannot\b|不可能|できない"),
    (r"\bpositive|正の", r"\bnegative|負の"),
    (r"\bslow|遅[いく]", r"\bfast|\bquick|速[いく]"),
    (r"\blinear|線形", r"\bnon-?linear|非線形"),
    (r"\bnear(?:er|est)?\b|近[いく]", r"\bfar(?:ther|thest)?\b|\bfurthest\b|遠[いく]"),
    (r"\bstrong|強[いく]", r"\bweak|弱[いく]"),
    (r"\bexact|\b正確|厳密", r"\bapproximat|近似"),
    (r"\bsmooth", r"\brough"),
    (r"\beasy|\beasier|容易", r"\bhard(?:er)?\b|\bdifficult|困難"),
    (r"\bgradual|\bcontinuously\b", r"\bdiscontinuous|\babrupt|\bsudden"),
    (r"\bconstant\b|\bfixed\b|一定", r"\bvariable (?:step|size|rate)|可変"),
)
"""Words for one thing and for its opposite."""


def unsupported(sentence: str, sources: Sequence[str], question: str, glossary: Glossary) -> str:
    """Why a sentence cannot stand on passages; "" where nothing speaks against it.

    Args:
        sentence: One sentence, without the marks of its sources.
        sources: The passages it names, with their headings.
        question: The question it answers; its words and numbers may be repeated.
        glossary: Names of concepts in both languages, so that a passage in one can support a sentence in the other.
    """
    if gives_orders(sentence) or _ACTS.search(sentence):
        return "it speaks of acts, not of the subject"
    # What a passage orders is no statement of it.
    sources = [_without_orders(source) for source in sources]
    told = "\n".join(sources)
    ground = _GROUPING.sub("", search_copy(f"{told}\n{question}"))
    squeezed = re.sub(r"\s+", "", ground)
    if _stands_there(sentence, told):
        return ""
    for match in _FORMULA.finditer(sentence):
        formula = re.sub(r"\s+", "", search_copy(next(part for part in match.groups() if part))).rstrip(".,。")
        if formula not in squeezed:
            return f"the formula {match[0]} does not stand in the passage"
    if relation := other_relation(sentence, f"{told}\n{question}"):
        return f"the relation {relation} does not stand in the passage"
    prose = _FORMULA.sub(" ", sentence)
    copy = _GROUPING.sub("", search_copy(prose))
    for match in _NUMBER.finditer(copy):
        if not re.search(rf"(?<![\d.]){re.escape(match[0].replace(' ', ''))}(?![\d]|\.\d)", squeezed):
            return f"the number {match[0]} does not stand in the passage"
    for match in _QUOTED.finditer(prose):
        quoted = search_copy(next(part for part in match.groups() if part)).strip(" .,。、")
        if re.sub(r"\s+", "", quoted) not in squeezed:
            return f"{match[0]} is not what the passage says"
    known = _known_names(ground, glossary)
    language = language_of_question(prose)
    same_language = language == language_of_document(told)
    # Across languages a name is looked for among those of any concept: 「ガウス」 in the passage, "Gaussian" here.
    names = known if same_language else known | _all_names(glossary)
    for match in _NAME.finditer(prose):
        name = search_copy(match[0])
        if not same_language and not name.isascii():  # every loan word of Japanese is written like a name
            continue
        if name not in ground and stem(name) not in names and not any(name in other for other in names):
            return f"the passage does not name {match[0]}"
    if _share(prose, told, question, known, glossary, same_language) < _LEAST_SHARE[language]:
        return "the passage speaks of something else"
    reason = _reversal(copy, search_copy(told), search_copy(question)) or _contradiction(prose, sources, question)
    if reason or not same_language:
        return reason
    if other := _of_another(prose, sources, glossary):
        return f"the passage says it of the {other}"
    least = _LEAST_BEYOND_WITH_NUMBERS if _NUMBER.search(copy) else _LEAST_BEYOND
    if _share_beyond(prose, told, question, known) < least:
        return "what it says beyond the question does not stand in the passage"
    parts = [part for source in sources for part in _whole_sentences(source)]
    alone = set(_ALONE.findall(search_copy(told)))
    if alone and set(_ALONE.findall(copy)) - alone:
        return "the passage says it of something else alone"
    if set(_STRONG.findall(copy)) - set(_STRONG.findall(ground)):
        return "the passage says it of fewer cases"
    if language == "en" and _turned_round(prose, parts):  # Japanese marks its cases with particles
        return "the passage says it in another order"
    if reason := overreaching(sentence, parts, question, lambda text: set(_words(text))):
        return reason
    return misplaced(sentence, parts, lambda text: set(_words(text)))


def _stands_there(sentence: str, told: str) -> bool:
    """Whether a sentence of the passage says just this, or goes on in front of it without denying it.

    「遅くする」 is not said where 「遅くする場合がある」 stands.
    """
    said = re.sub(r"\s+", "", search_copy(sentence)).rstrip(".。")
    for part in _whole_sentences(told):
        whole = re.sub(r"\s+", "", search_copy(part))
        before, found, behind = whole.partition(said)
        if found and (language_of_question(sentence) == "en" or not behind or behind[0] in _ENDS):
            words = search_copy(part)[: len(search_copy(part)) - len(behind)]
            if len(_NOT.findall(words)) <= len(_NOT.findall(search_copy(sentence))) or not before:
                return True
    return False


def _without_orders(source: str) -> str:
    if not gives_orders(source):
        return source
    return "\n".join(part for part in _whole_sentences(source) if not gives_orders(part))


def _whole_sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _of_another(prose: str, sources: Sequence[str], glossary: Glossary) -> str:
    """The concept a passage speaks of where a sentence puts one of the question that no passage names; "" if none."""
    said, told = set(concepts(prose, glossary)), set(concepts("\n".join(sources), glossary))
    if not said - told:
        return ""
    words = set(_words(prose))
    parts = [part for source in sources for part in _whole_sentences(source)]
    nearest = max(parts, key=lambda part: len(words & set(_words(part))), default="")
    if len(words & set(_words(nearest))) < _LEAST_IN_SENTENCE:
        return ""
    begun = list(concepts(nearest, glossary))
    unsaid = [number for number in begun[:3] if number not in said and glossary.entries[number].en]
    return glossary.entries[unsaid[0]].en[0] if unsaid else ""


def _turned_round(prose: str, parts: Sequence[str]) -> bool:
    """Whether a sentence takes its words from one of the passages', but in another order: cause and effect, say."""
    said = list(dict.fromkeys(_words(prose)))
    best = max((list(dict.fromkeys(_words(part))) for part in parts), key=lambda its: len({*said} & {*its}), default=[])
    common = [word for word in said if word in best]
    if len(common) < _LEAST_ORDERED or len(common) < _ALIKE * len(said):
        return False
    places = [best.index(word) for word in common]
    longest: list[int] = []  # lengths of rising sequences, by their smallest end
    for place in places:
        at = bisect_left(longest, place)
        longest[at : at + 1] = [place]
    return len(longest) < _LEAST_IN_ORDER * len(common)


def _share_beyond(prose: str, told: str, question: str, known: set[str]) -> float:
    """How much of what a sentence says beyond the words of the question stands in its passages."""
    beyond = set(_words(prose)) - set(_words(question)) - {word for name in known for word in _words(name)}
    ground = {*plain_terms(told), *_english(told)}
    return sum(word in ground for word in beyond) / len(beyond) if beyond else 1.0


def _reversal(said: str, told: str, question: str) -> str:
    """Whether the prose has a word that no passage has, while a passage or the question has its opposite."""
    for word in {*_WORD.findall(said), *_KANJI_WORD.findall(said)}:
        if len(word) > 5 or not word.isascii():
            denying = "(?:" + "|".join(_NEGATING) + ")-?" if word.isascii() else "[不非無反]"
            alone = rf"(?<![\w-]){re.escape(word)}" if word.isascii() else rf"(?<![不非無反]){re.escape(word)}"
            if re.search(denying + re.escape(word), told) and not re.search(alone, told):
                return "the passage says the opposite"
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            ground = f"{told}\n{question}"
            if re.search(here, said) and not re.search(here, ground) and re.search(there, ground):
                return "the passage says the opposite"
    return ""


def _known_names(ground: str, glossary: Glossary) -> set[str]:
    """Every name, and every word of it, of the concepts that the passages and the question name."""
    names: set[str] = set()
    for number in set(concepts(ground, glossary)):
        for name in glossary.entries[number].names:
            copy = search_copy(name)
            names.add(copy)
            names.update(words_of(copy))
    return names


@lru_cache(maxsize=2)
def _all_names(glossary: Glossary) -> frozenset[str]:
    words = (word for entry in glossary.entries for name in entry.en for word in words_of(search_copy(name)))
    return frozenset(words)


def _share(prose: str, told: str, question: str, known: set[str], glossary: Glossary, same_language: bool) -> float:
    """How much of a sentence consists of what its passages and the question say, in either language."""
    words = _words(prose)
    if not words:
        return 1.0
    every = "\n".join([told, question, *known])
    ground = {*plain_terms(every), *_english(every)}
    found = sum(word in ground for word in words)
    if same_language:
        return found / len(words)
    # A sentence about a passage in the other language shares concepts with it, not words.
    said = set(concepts(prose, glossary))
    meant = set(concepts(f"{told}\n{question}", glossary))
    return max(found / len(words), len(said & meant) / len(said) if said else 0.0)


def _words(prose: str) -> list[str]:
    """What carries the meaning of a sentence: roots of English content words, pairs of katakana and kanji."""
    if language_of_question(prose) == "ja":
        return [term for term in plain_terms(prose) if _KANJI_PAIR.fullmatch(term)]
    return _english(prose)


def _english(text: str) -> list[str]:
    found = _WORD.findall(search_copy(text))
    return [_root(word) for word in found if word not in STOP_WORDS and len(word) > 2]


def _root(word: str) -> str:
    """What the forms of a word have in common, bluntly: "bias", "biases" and "biased"."""
    return _ENDING.sub("", _ENDING.sub("", word))[:7]


def _contradiction(prose: str, sources: Sequence[str], question: str) -> str:
    """Whether what is most like the prose, or a clause of it, denies it or says it of fewer cases."""
    asked = set(_words(question))
    for split, least in ((_sentences, _LEAST_IN_SENTENCE), (_clauses, _LEAST_IN_CLAUSE)):
        # What the question names stands in every sentence; what is said of it tells them apart.
        for known in (set(), asked):
            told = [
                (part, words) for source in sources for part in split(source) if (words := set(_words(part)) - known)
            ]
            for part in split(prose):
                reason = _denied(part, set(_words(part)) - known, told, least)
                if reason:
                    return reason
    return ""


def _denied(part: str, words: set[str], told: Sequence[tuple[str, set[str]]], least: int) -> str:
    """Why a sentence or clause cannot follow from the one of the passages that shares most words with it."""
    common = [(len(words & its), len(words & its) / max(min(len(words), len(its)), 1)) for _, its in told]
    alike = [number for number, (n, share) in enumerate(common) if n >= least and share >= _ALIKE]
    most = max((common[number][0] for number in alike), default=0)
    reasons = []
    for number in alike:
        if common[number][0] == most:
            other, its = told[number]
            extent = most / max(len(words), len(its))
            comparable = extent >= (_ALIKE if least == _LEAST_IN_SENTENCE else _ALIKE_CLAUSES)
            reasons.append(_denial(search_copy(part), search_copy(other), comparable, extent >= _NEARLY_VERBATIM))
    return reasons[0] if reasons and all(reasons) else ""


def _sentences(text: str) -> list[str]:
    return [_FORMULA.sub(" ", text[start:end]) for start, end in sentence_spans(text)]


def _clauses(text: str) -> list[str]:
    return [part for sentence in _sentences(text) for part in _JOINT.split(sentence) if part.strip()]


def _denial(said: str, told: str, comparable: bool, nearly_verbatim: bool) -> str:
    """Why one piece cannot follow from another of nearly the same words; "" where it can.

    Args:
        said: The piece.
        told: The other.
        comparable: Whether most of their words are common. Else the longer may hold a negation that belongs to what
            is not.
        nearly_verbatim: Whether nearly all are.
    """
    denied, denying = len(_NOT.findall(told)), len(_NOT.findall(said))
    if denied == denying == 1 and comparable:
        # "a failure of the path and not a lack of solutions" turned round
        (said_before, said_behind), (told_before, told_behind) = _around_not(said), _around_not(told)
        if said_behind & told_before and told_behind & said_before and not said_behind & told_behind:
            return "the passage says the opposite"
    one_sided = (denied == 0) != (denying == 0)
    if (one_sided and comparable) or ((denied - denying) % 2 and nearly_verbatim):
        return "the passage says the opposite"
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            if re.search(here, said) and not re.search(here, told) and re.search(there, told):
                return "the passage says the opposite"
    if set(_UNIVERSAL.findall(said)) - set(_UNIVERSAL.findall(told)):
        return "the passage says it of fewer cases"
    return ""


def _around_not(copy: str) -> tuple[set[str], set[str]]:
    """Words before and behind the negation."""
    match = _NOT.search(copy)
    return (set(_words(copy[: match.start()])), set(_words(copy[match.end() :]))) if match else (set(), set())
