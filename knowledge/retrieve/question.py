"""What a question asks for, and the words in it that carry its subject."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from knowledge.index.glossary import Entry, Glossary
from knowledge.index.lexicon import Lexicon
from knowledge.index.tokens import concepts, plain_terms
from knowledge.text import Language, language_of_question, search_copy

Aim = Literal["definition", "reason", "method", "quantity", "subject"]
"""What is wanted: what X is, why, how, how much, or what there is to say about X."""

_REASON = re.compile(r"\bwhy\b|\breasons?\b|なぜ|何故|理由|どうして|どういうわけ")
_DEFINITION = re.compile(
    r"\bwhat(?:'s| is| are| does)\b(?!.*\b(?:happens|role|difference|effect|reason|cause)\b)|\bdefin(?:e|ition)\b"
    r"|\bmeaning of\b|\bmeant by\b|とは|って何|何ですか|何です|何か|定義|どんなもの|意味"
)
_METHOD = re.compile(
    r"\bhow\b|どうやって|どのように|どう(?:すれ|した|する|やる|計算|求め)|方法|手順|仕方|いかに|には[?？]?$"
)
_QUANTITY = re.compile(
    r"\bhow (?:many|much|large|big|long|far|fast|high|deep|accurate)\b"
    r"|いくつ|いくら|何(?:個|倍|本|層|回|割|次元|パーセント)|どれ(?:だけ|くらい|ほど)|どの(?:くらい|程度)"
)
_COMPARISON = re.compile(
    r"\bdifferences? between\b|\bdiffers? from\b|\bhow (?:do|does|is|are)\b.*\bdiffer(?:ent)?\b|\bversus\b|\bvs\b"
    r"|\bcompared (?:to|with)\b|違い|どう(?:違|異な)|何が(?:違|異な)|と(?:を)?比べ"
)
_HEAD = re.compile(
    r"\bwhat(?:'s| is| are| does| do)? (?:an? |the )?(?P<en>[^?]+?) (?:of|in|for|on|from|used|inside|within|mean)\b"
    r"|(?:.*の)(?P<ja>[^の]+?)(?:とは|って何|は何|の?定義|の?意味)"
)
_FRAME = re.compile(
    r"(?:\bplease\b|\btell me\b|\bexplain\b|\bdescribe\b|\bexplanation\b|\bdefine\b|\bdefinition\b|\bmeant\b|\bmean\b|"
    r"(?<!-)\bmeans\b|\bteach\b|\bsays?\b|\bgive\b|\bshow\b|\bwant\b|\bknow\b|\bdifference\b|\bwhat's\b|"
    r"\b(?:the|this) book\b|"
    r"\b(?:exactly|actually|really|briefly)\b)"
    r"|(?:とは(?:何|なん|どんな|どういう)?|って何|について|に関して|(?:何|なん)(?:です|でしょう|なの)?か?|どのような|"
    r"どのように|どういう|どうして|どうやって|なぜ|何故|いかに|理由|もの(?=です|か|$)|こと(?=です|か|$)|"
    r"(?:を|か|て)?(?:詳しく|簡単に|簡潔に)?(?:教えて|説明して|述べて|示して|知りたい|説明せよ|述べよ|答えよ|解説して)"
    r"(?:ください|下さい|ほしい|くれ|です)?|ください|下さい|(?:でしょう|です|ます|ました|である|だろう)か?|ですか|"
    r"ますか|のか|のでしょうか|[?？。、])"
)


@dataclass(frozen=True)
class Question:
    """A question as the search sees it.

    Attributes:
        words: Its plain terms, without the phrases that only make it a question, and the terms of the headwords
            of the entries it names by a synonym.
        concepts: Glossary entries it names.
        specific: Those of them that are not part of a longer one: no "Boltzmann machine" in a restricted one.
        defined: Those whose definition is asked for: attention in "the attention of a transformer".
        aside: The other words of such a question, that only say where it belongs.
        compares: Whether the question sets its concepts against each other.
        named: Terms of all names of those entries.
        bridge: Terms of the other language's headwords of those entries.
        translations: Terms of the other language that the lexicon has for a word, each with its weight.
    """

    text: str
    language: Language
    aim: Aim
    words: tuple[str, ...]
    concepts: tuple[int, ...]
    specific: tuple[int, ...]
    defined: tuple[int, ...]
    aside: frozenset[str]
    compares: bool
    named: frozenset[str]
    bridge: tuple[str, ...]
    translations: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)


def read_question(text: str, glossary: Glossary, lexicon: Lexicon | None = None, without: str = "") -> Question:
    """Analyse a question in either language.

    Args:
        text: The question.
        glossary: Names of concepts in both languages.
        lexicon: Translations of single words; none where it is not given.
        without: See ``Lexicon.translations``.
    """
    language = language_of_question(text)
    copy = search_copy(text)
    subject = without_frame(copy)
    words = tuple(dict.fromkeys(plain_terms(subject)))
    if not words:
        words = tuple(dict.fromkeys(plain_terms(copy)))
    numbers = tuple(dict.fromkeys(concepts(subject, glossary)))
    entries = [glossary.entries[number] for number in numbers]
    named = frozenset(term for entry in entries for name in entry.names for term in plain_terms(name))
    other: Language = "en" if language == "ja" else "ja"
    words = tuple(dict.fromkeys([*words, *_headword_terms(entries, language)]))
    bridge = tuple(term for term in _headword_terms(entries, other) if term not in words)
    specific = _specific(numbers, glossary, language)
    compares = _COMPARISON.search(copy) is not None
    defined, aside = specific, frozenset[str]()
    if compares:
        defined = _set_apart(concepts(subject, glossary), glossary, language)
    elif (head := _head(copy)) and (heads := set(concepts(head, glossary)) & set(specific)):
        defined = tuple(number for number in specific if number in heads)
        names = [name for number in heads for name in glossary.entries[number].names]
        aside = frozenset(words) - {term for text in (head, *names) for term in plain_terms(text)}
    known = lexicon or Lexicon()
    translations = {word: found for word in words if (found := known.translations(word, language, without))}
    return Question(
        text, language, _aim(copy), words, numbers, specific, defined, aside, compares, named, bridge, translations
    )


def without_frame(copy: str) -> str:
    """The search copy of a question without the phrases that only make it a question."""
    return _FRAME.sub(" ", copy)


def _specific(numbers: Sequence[int], glossary: Glossary, language: Language) -> tuple[int, ...]:
    words = {number: set(plain_terms(glossary.entries[number].in_language(language)[0])) for number in numbers}
    return tuple(number for number in numbers if not any(words[number] < other for other in words.values()))


def _set_apart(found: Sequence[int], glossary: Glossary, language: Language) -> tuple[int, ...]:
    """The concepts that stand by themselves at least once, if also within a longer one: both Boltzmann machines."""
    words = {number: set(plain_terms(glossary.entries[number].in_language(language)[0])) for number in set(found)}
    inside = {n: sum(found.count(m) for m in words if words[n] < words[m]) for n in words}
    return tuple(number for number in dict.fromkeys(found) if found.count(number) > inside[number])


def _head(copy: str) -> str:
    """The X of "the X of Y" or 「YのX」 in a question what it is; empty where there is none."""
    match = _HEAD.search(copy)
    return (match["en"] or match["ja"]) if match else ""


def _headword_terms(entries: Sequence[Entry], language: Language) -> list[str]:
    names = (entry.in_language(language)[0] for entry in entries)
    return list(dict.fromkeys(term for name in names for term in plain_terms(name)))


def _aim(copy: str) -> Aim:
    if _REASON.search(copy):
        return "reason"
    if _DEFINITION.search(copy):
        return "definition"
    if _QUANTITY.search(copy):
        return "quantity"
    return "method" if _METHOD.search(copy) else "subject"
