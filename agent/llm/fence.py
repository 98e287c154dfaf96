"""Fences around text that others wrote, so that a model reads it as data."""

import hashlib


def fenced(text: str, kind: str) -> str:
    """The text between two marks that it cannot contain: they carry a hash of the text itself.

    Args:
        text: Passage of a document, output of a tool, or a draft.
        kind: What it is, one word.
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return f"<<<{kind} {mark}\n{text}\n{mark} {kind}>>>"
