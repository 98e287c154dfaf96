"""Reading Lean source just far enough to know what Lean will see.

Lean is sent the text *without* its comments, so a word that is hidden from the gate in something taken for a comment is
hidden from Lean as well. Where the extent of a string depends on details of Lean's lexer, the text is refused instead
of guessed at: brackets are only counted outside strings.
"""

import re
from collections.abc import Iterator
from typing import Literal

_Kind = Literal["code", "string", "comment"]
_OPENING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⦃": "⦄", "⟦": "⟧"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}
_CHARACTER = re.compile(r"'(?:\\.|[^\\'\n])'")
_NAME = r"[A-Za-z_α-κμ-ω][A-Za-z0-9_'!?α-κμ-ω₀-₉]*"
_DOTTED_NAME = re.compile(rf"{_NAME}(?:\.{_NAME})*")
_HEAD = re.compile(rf"(theorem|lemma)\s+({_DOTTED_NAME.pattern})(?:\.\{{[^{{}}]*\}})?(?=[\s:({{\[⦃])")

_AMBIGUOUS = (
    (re.compile(r"[«»]"), "quoted identifiers «…»"),
    (re.compile(r"'\\?[\"()\[\]{}⟨⟩/-]'"), "character literals of quotes, brackets, '/' and '-'"),
    (re.compile(r"\br#*\""), "raw strings"),
)


class SourceError(ValueError):
    """The text is not of the form that can be checked; one clause that says why."""


def normalised(text: str) -> str:
    """The text with Unix line ends and every comment replaced by blanks; lines and columns stay where they were.

    Raises:
        SourceError: Something is unclosed, or its extent is not certain.
    """
    text = text.replace("\r\n", "\n")
    for pattern, what in _AMBIGUOUS:
        if pattern.search(text):
            raise SourceError(f"{what} are not accepted")
    kept = "".join(re.sub(r"[^\n]", " ", part) if kind == "comment" else part for kind, part in _segments(text))
    if re.search(r"--|/-|-/", kept):
        raise SourceError("a comment mark stands outside a comment")
    return "\n".join(line.rstrip() for line in kept.split("\n")).rstrip("\n")


def without_strings(text: str) -> str:
    """A normalised text with the inside of its strings blanked."""
    return "".join('"' + " " * (len(part) - 2) + '"' if kind == "string" else part for kind, part in _segments(text))


def at_top_level(text: str) -> str:
    """What of a normalised text stands outside all brackets and strings.

    Raises:
        SourceError: Brackets do not match.
    """
    outside = []
    stack: list[str] = []
    for char in without_strings(text):
        if char in _OPENING:
            stack.append(char)
        elif char in _CLOSING:
            if not stack or stack.pop() != _CLOSING[char]:
                raise SourceError(f"a {char!r} closes nothing")
        elif not stack:
            outside.append(char)
    if stack:
        raise SourceError(f"a {stack[-1]!r} is not closed")
    return "".join(outside)


def theorem_name(statement: str) -> str:
    """The name in a normalised statement ``theorem NAME (binders) : proposition``.

    Raises:
        SourceError: It is not one such header, whole and without a proof.
    """
    head = _HEAD.match(statement)
    if head is None:
        raise SourceError("it must start with 'theorem NAME' (or 'lemma NAME') and a plain name")
    outside = at_top_level(statement[head.end() :])
    if ":=" in outside:
        raise SourceError("it must end before ':='; what follows belongs into the proof (put a 'let' into parentheses)")
    if ":" not in outside:
        raise SourceError("it lacks ': proposition'")
    return head[2]


def is_name(text: str) -> bool:
    """Whether a text is a plain, possibly dotted, identifier."""
    return _DOTTED_NAME.fullmatch(text) is not None


def _segments(text: str) -> Iterator[tuple[_Kind, str]]:
    """The text cut into code, strings and comments, nothing left out."""
    position = 0
    code_from = 0
    while position < len(text):
        kind: _Kind
        if text.startswith("/-", position):
            kind, end = "comment", _end_of_block(text, position)
        elif text.startswith("--", position):
            newline = text.find("\n", position)
            kind, end = "comment", len(text) if newline < 0 else newline
        elif text[position] == '"':
            kind, end = "string", _end_of_string(text, position)
        else:
            literal = _CHARACTER.match(text, position)
            position = literal.end() if literal and not _in_identifier(text, position) else position + 1
            continue
        yield "code", text[code_from:position]
        yield kind, text[position:end]
        position = code_from = end
    yield "code", text[code_from:]


def _in_identifier(text: str, position: int) -> bool:
    """Whether a prime continues the word before it."""
    return position > 0 and (text[position - 1].isalnum() or text[position - 1] in "_'!?")


def _end_of_block(text: str, start: int) -> int:
    """Block comments nest."""
    depth = 0
    for mark in re.finditer(r"/-|-/", text[start:]):
        depth += 1 if mark.group() == "/-" else -1
        if depth == 0:
            return start + mark.end()
    raise SourceError("a comment is not closed")


def _end_of_string(text: str, start: int) -> int:
    found = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL).match(text, start)
    if found is None:
        raise SourceError("a string is not closed")
    return found.end()
