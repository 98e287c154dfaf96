"""Checks on a model's translation of a question: one that says something else is not searched for."""

import re

from knowledge.assist.query_model import QueryModel
from knowledge.errors import QueryModelFailed
from knowledge.index.glossary import Glossary
from knowledge.index.tokens import concepts
from knowledge.text import Language, language_of_question, search_copy

_LONGEST = 2000
_LONGER_BY = 6
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"\d*\.?\d{2,}|\d+\.\d+")
"""Single digits may become words and back: "one-dimensional", 「1次元」."""


def translated(question: str, language: Language, model: QueryModel, glossary: Glossary) -> tuple[str, str]:
    """A question in the other language.

    Args:
        question: The question as it was asked.
        language: Its language.
        model: Who translates.
        glossary: For comparing what the two name.

    Returns:
        The translation, or "" with the reason why there is none that can be used.
    """
    other: Language = "en" if language == "ja" else "ja"
    try:
        text = model.translate(question, other).strip()
    except QueryModelFailed as error:
        return "", str(error)
    fault = translation_fault(question, text, other, glossary)
    return ("", fault) if fault else (text, "")


def translation_fault(question: str, text: str, language: Language, glossary: Glossary) -> str:
    """What shows that a text is no translation of a question; "" where nothing does.

    Numbers have to be the same; at least half the glossary concepts of the question must be named, and hardly
    more others than that.
    """
    if not text or len(text) > min(_LONGEST, _LONGER_BY * len(question) + 60) or _CONTROL.search(text):
        return "the translation is empty, overlong or not one line"
    if language_of_question(text) != language:
        return "the translation is not in the other language"
    if set(_NUMBER.findall(search_copy(text))) != set(_NUMBER.findall(search_copy(question))):
        return "the translation has other numbers than the question"
    asked, said = set(concepts(question, glossary)), set(concepts(text, glossary))
    if 2 * len(asked & said) < len(asked):
        return "the translation lacks what the question names"
    if len(said - asked) > max(len(asked & said), 1) + 1:
        return "the translation names what the question does not"
    return ""
