"""Which glossary entries a passage defines: "A <name> is ...", 「<名前>とは…」."""

import re

from knowledge.index.glossary import Glossary
from knowledge.index.tokens import concepts, plain_terms
from knowledge.ingest.sentences import sentence_spans
from knowledge.text import search_copy

DEFINING_VERB = re.compile(r"\b(?:is|are|means|denotes|refers to)\b|とは|[はを]")
PARENTHESES = re.compile(r"（[^）]*）|\([^)]*\)")
_LONGEST_SUBJECT = 110
_LONGER_THAN_A_VERB = 16


def subject_of(sentence: str) -> str:
    """What stands before the first verb that can define; empty where there is none, or it comes late."""
    copy = search_copy(sentence)
    verb = DEFINING_VERB.search(copy, 0, _LONGEST_SUBJECT + _LONGER_THAN_A_VERB)
    return copy[: verb.start()] if verb is not None and verb.start() <= _LONGEST_SUBJECT else ""


def defined_in(text: str, glossary: Glossary) -> list[int]:
    """Entries whose name is the whole subject of a sentence, in the order of the sentences."""
    found: list[int] = []
    for start, end in sentence_spans(text):
        subject = subject_of(text[start:end])
        if not subject:
            continue
        bare = set(plain_terms(PARENTHESES.sub("", subject)))
        for number in dict.fromkeys(concepts(subject, glossary)):
            if any(set(plain_terms(name)) == bare for name in glossary.entries[number].names):
                found.append(number)
    return found
