"""Does a passage say what a sentence says of it? What code can see of that: numbers, quoted words, formulas, names,
the words themselves, and a "not" too many or too few.

It cannot see whether an inference holds; a sentence that passes is one nothing speaks against.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.assist.orders import gives_orders
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import STOP_WORDS, coarse, concepts, plain_terms, stem, words_of
from knowledge.ingest.sentences import sentence_spans
from knowledge.text import Language, language_of_document, language_of_question, search_copy

_LEAST_SHARE: dict[Language, float] = {"en": 0.5, "ja": 0.45}
"""Least share of the words of a sentence that stand in the passage or in the question; Japanese by character pairs."""
_LEAST_IN_SENTENCE, _LEAST_IN_CLAUSE = 4, 2
_ALIKE = 0.75
_NEARLY_VERBATIM = 0.9
_JOINT = re.compile(r"[,;:、；：]\s|[、；：]|\b(?:but|while|whereas|which|because|since|so that|although)\b")
_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$(.+?)(?<!\\)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.S)
_NUMBER = re.compile(r"(?<![a-z\d.])\d+(?:\.\d+)*(?:\s*%)?")
_GROUPING = re.compile(r"(?<=\d)[ ,\u2009](?=\d{3}(?!\d))")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,})[”\"]|[「『]([^」』]{2,})[」』]|(?<!\w)[‘']([^’'\n]{4,})[’'](?!\w)")
_NAME = re.compile(r"(?<![.?!] )(?<!^)\b(?:[A-Z][a-zà-ÿ]{2,}|[A-Z]{2,}[a-z]*)\b|[ァ-ヺー]{3,}")
_WORD = re.compile(r"[a-z][a-z'-]+")
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
    r"\b(?:always|all|every|only|exactly|never|any|guarantees?d?|proves?|proven)\b|必ず|常に|すべて|全て|のみ|だけ|完全に|保証"
)
_OPPOSITES = (
    (
        r"\bincreas|\bgrow|\bris(?:e|ing)|\braise|増[加大え]|上が",
        r"\bdecreas|\bshrink|\bfall|\blower(?:s|ed|ing)|減[少り]|下が",
    ),
    (
        r"\blarger?\b|\bgreater|\bmore\b|\bhigh(?:er)?\b|大き|多[いく]|高[いく]",
        r"\bsmaller?\b|\bless\b|\bfewer|\blow(?:er)?\b|小さ|少な|低[いく]",
    ),
    (r"\bupper|\babove|\bmaxim|上界|最大", r"\blower bound|\bbelow|\bminim|下界|最小"),
    (r"\bbefore\b|\bfirst\b|先に", r"\bafter\b|\blast\b|後に"),
    (r"\bsame\b|\bequal|\bidentical|同じ|等し", r"\bdifferent|\bunequal|\bdistinct|異な|違"),
    (r"\bpossible\b|\bcan\b|可能|でき[るた]", r"\bimpossible|\bcannot\b|不可能|できない"),
    (r"\bpositive|正の", r"\bnegative|負の"),
    (r"\bslow|遅[いく]", r"\bfast|\bquick|速[いく]"),
    (r"\blinear|線形", r"\bnon-?linear|非線形"),
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
    told = "\n".join(sources)
    ground = _GROUPING.sub("", search_copy(f"{told}\n{question}"))
    squeezed = re.sub(r"\s+", "", ground)
    for match in _FORMULA.finditer(sentence):
        formula = re.sub(r"\s+", "", search_copy(next(part for part in match.groups() if part))).rstrip(".,。")
        if formula not in squeezed:
            return f"the formula {match[0]} does not stand in the passage"
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
    return _contradiction(prose, sources)


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
    ground = set(plain_terms(f"{told}\n{question}"))
    ground |= {term for name in known for term in plain_terms(name)}
    found = sum(word in ground or (len(word) > 6 and coarse(word) in ground) for word in words)
    if same_language:
        return found / len(words)
    # A sentence about a passage in the other language shares concepts with it, not words.
    said = set(concepts(prose, glossary))
    meant = set(concepts(f"{told}\n{question}", glossary))
    return max(found / len(words), len(said & meant) / len(said) if said else 0.0)


def _words(prose: str) -> list[str]:
    """What carries the meaning of a sentence: stems of English content words, pairs of katakana and kanji."""
    if language_of_question(prose) == "ja":
        return [term for term in plain_terms(prose) if _KANJI_PAIR.fullmatch(term)]
    return [
        stem(word)
        for word in re.findall(r"[a-z][a-z'-]+", search_copy(prose))
        if word not in STOP_WORDS and len(word) > 2
    ]


def _contradiction(prose: str, sources: Sequence[str]) -> str:
    """Whether what is most like the prose, or a clause of it, denies it or says it of fewer cases."""
    for split, least in ((_sentences, _LEAST_IN_SENTENCE), (_clauses, _LEAST_IN_CLAUSE)):
        told = [(other, words) for source in sources for other in split(source) if (words := set(_words(other)))]
        for part in split(prose):
            reason = _denied(part, told, least)
            if reason:
                return reason
    return ""


def _denied(part: str, told: Sequence[tuple[str, set[str]]], least: int) -> str:
    """Why a sentence or clause cannot follow from the one of the passages that shares most words with it."""
    words = set(_words(part))
    common = [(len(words & its), len(words & its) / max(min(len(words), len(its)), 1)) for _, its in told]
    alike = [number for number, (n, share) in enumerate(common) if n >= least and share >= _ALIKE]
    most = max((common[number][0] for number in alike), default=0)
    reasons = []
    for number in alike:
        if common[number][0] == most:
            other, its = told[number]
            extent = most / max(len(words), len(its)) if least == _LEAST_IN_SENTENCE else _ALIKE
            reasons.append(_denial(search_copy(part), search_copy(other), extent))
    return reasons[0] if reasons and all(reasons) else ""


def _sentences(text: str) -> list[str]:
    return [_FORMULA.sub(" ", text[start:end]) for start, end in sentence_spans(text)]


def _clauses(text: str) -> list[str]:
    return [part for sentence in _sentences(text) for part in _JOINT.split(sentence) if part.strip()]


def _denial(said: str, told: str, extent: float) -> str:
    """Why one piece cannot follow from another of nearly the same words; "" where it can.

    Args:
        said: The piece.
        told: The other.
        extent: Share of their words that is common. Negations are compared only where that is most of them: a long
            sentence may hold one that belongs to another of its clauses.
    """
    denied, denying = len(_NOT.findall(told)), len(_NOT.findall(said))
    one_sided = (denied == 0) != (denying == 0)
    if (one_sided and extent >= _ALIKE) or ((denied - denying) % 2 and extent >= _NEARLY_VERBATIM):
        return "the passage says the opposite"
    for one, other in _OPPOSITES:
        for here, there in ((one, other), (other, one)):
            if re.search(here, said) and not re.search(here, told) and re.search(there, told):
                return "the passage says the opposite"
    if set(_UNIVERSAL.findall(said)) - set(_UNIVERSAL.findall(told)):
        return "the passage says it of fewer cases"
    return ""
