"""Leaving out what a reasoning model thinks aloud: ``<think>...</think>`` in the text of some local servers."""

import re

_OPEN, _CLOSE = "<think>", "</think>"


def without_thoughts(text: str) -> str:
    """The text after its thoughts.

    A closing tag without an opening one ends a thought that the chat template had opened; an opening tag without
    a closing one never came to an answer.
    """
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    text = text.rpartition(_CLOSE)[2]
    return text.partition(_OPEN)[0].strip()


class ThoughtFilter:
    """The same for a stream: hands on the pieces outside of thoughts, holding back what may be half a tag."""

    def __init__(self) -> None:
        self._pending = ""
        self._inside = False
        self._begun = False

    def feed(self, piece: str) -> str:
        """What may be shown after this piece."""
        self._pending += piece
        shown = []
        while True:
            tag = _CLOSE if self._inside else _OPEN
            before, found, after = self._pending.partition(tag)
            if not found:
                break
            if not self._inside:
                shown.append(before)
            self._inside, self._pending = not self._inside, after
        held = _length_of_half_tag(self._pending, tag)
        ready, self._pending = self._pending[: len(self._pending) - held], self._pending[len(self._pending) - held :]
        if not self._inside:
            shown.append(ready)
        return self._without_leading_space("".join(shown))

    def rest(self) -> str:
        """What was held back when the stream ended."""
        rest = "" if self._inside else self._pending
        self._pending = ""
        return self._without_leading_space(rest)

    def _without_leading_space(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


def _length_of_half_tag(text: str, tag: str) -> int:
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
