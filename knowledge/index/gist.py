"""The English gist of Japanese text: the glossary concepts it names, in order, and its Latin words and formulas."""

import re

from knowledge.index.glossary import Glossary
from knowledge.index.tokens import concepts, without_layout
from knowledge.text import search_copy

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9\-]{2,}")


def gist(text: str, glossary: Glossary) -> str:
    """What an English embedder can read of a Japanese text; empty where there is nothing."""
    copy = search_copy(text)
    named = {glossary.entries[number] for number in concepts(text, glossary)}
    # The place of a concept is that of the first of its names in the text.
    ordered = sorted(
        named, key=lambda entry: min((copy.find(n) for n in map(search_copy, entry.ja) if n in copy), default=0)
    )
    words = [entry.en[0] for entry in ordered] + _LATIN.findall(without_layout(text))
    return ", ".join(dict.fromkeys(words))
