"""A question with its Japanese in words, for the lane that is indexed by them."""

from collections.abc import Sequence
from dataclasses import replace

from knowledge.index.glossary import Entry, Glossary
from knowledge.index.tokens import in_words
from knowledge.retrieve.question import Question, without_frame
from knowledge.text import search_copy


def with_words(question: Question, glossary: Glossary) -> Question:
    """The question with Japanese words by Sudachi instead of characters and pairs of them.

    Raises:
        LibraryUnavailable: Sudachi is not installed.
    """
    names = _headwords([glossary.entries[number] for number in question.concepts])
    copy = search_copy(question.text)
    own = names if question.language == "ja" else ""
    words = in_words(question.words, f"{without_frame(copy)}\n{own}")
    if not words:
        words = in_words((), copy)
    bridge = in_words(question.bridge, "" if own else names)
    return replace(
        question,
        words=tuple(dict.fromkeys(words)),
        bridge=tuple(dict.fromkeys(word for word in bridge if word not in words)),
        aside=frozenset(in_words(question.aside, "")),
    )


def _headwords(entries: Sequence[Entry]) -> str:
    return "\n".join(search_copy(entry.ja[0]) for entry in entries)
