"""What a question asks for, and the words in it that carry its subject."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.index.glossary import Entry, Glossary
from knowledge.index.tokens import concepts, plain_terms
from knowledge.text import Language, language_of_question, search_copy

Aim = Literal["definition", "reason", "method", "subject"]
"""What is wanted: what X is, why, how, or what there is to say about X."""

_REASON = re.compile(r"\bwhy\b|\breasons?\b|なぜ|何故|理由|どうして|どういうわけ")
_DEFINITION = re.compile(
    r"\bwhat(?:'s| is| are| does)\b(?!.*\b(?:happens|role|difference|effect|reason|cause)\b)|\bdefin(?:e|ition)\b"
    r"|\bmeaning of\b|\bmeant by\b|とは|って何|何ですか|何です|何か|定義|どんなもの|意味"
)
_METHOD = re.compile(r"\bhow\b|どうやって|どのように|どう(?:する|やる|計算|求め)|方法|手順|仕方|いかに")
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
        named: Terms of all names of those entries.
        bridge: Terms of the other language's headwords of those entries.
    """

    text: str
    language: Language
    aim: Aim
    words: tuple[str, ...]
    concepts: tuple[int, ...]
    specific: tuple[int, ...]
    named: frozenset[str]
    bridge: tuple[str, ...]


def read_question(text: str, glossary: Glossary) -> Question:
    """Analyse a question in either language."""
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
    return Question(text, language, _aim(copy), words, numbers, _specific(numbers, glossary, language), named, bridge)


def without_frame(copy: str) -> str:
    """The search copy of a question without the phrases that only make it a question."""
    return _FRAME.sub(" ", copy)


def _specific(numbers: Sequence[int], glossary: Glossary, language: Language) -> tuple[int, ...]:
    words = {number: set(plain_terms(glossary.entries[number].in_language(language)[0])) for number in numbers}
    return tuple(number for number in numbers if not any(words[number] < other for other in words.values()))


def _headword_terms(entries: Sequence[Entry], language: Language) -> list[str]:
    names = (entry.in_language(language)[0] for entry in entries)
    return list(dict.fromkeys(term for name in names for term in plain_terms(name)))


def _aim(copy: str) -> Aim:
    if _REASON.search(copy):
        return "reason"
    if _DEFINITION.search(copy):
        return "definition"
    return "method" if _METHOD.search(copy) else "subject"
