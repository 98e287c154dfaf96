"""Sentences of Japanese and English prose as exact spans; mathematics is never cut."""

import re
from collections.abc import Iterator

PROTECTED = re.compile(
    r"""
    \$\$.*?\$\$
    | \\\[.*?\\\]
    | \\begin\{(?P<environment>equation|align|gather|multline|eqnarray|displaymath|split|cases)\*?\}
      .*?\\end\{(?P=environment)\*?\}
    | \\\(.*?\\\)
    | `[^`\n]+`
    | (?<!\\)\$(?![\s$])(?:\\.|[^$\\\n]|\n(?!\s*\n))+?\$(?!\d)
    """,
    re.VERBOSE | re.DOTALL,
)
"""Mathematics and inline code: no sentence ends inside."""

_DISPLAY = re.compile(r"\$\$|\\\[|\\begin")
_ENDS_IN_DISPLAY = re.compile(r"(?:\$\$|\\\]|\\end\{\w+\*?\})\s*$")
_END = re.compile(
    r"""
    (?P<japanese>[。！？．]+[」』）)\]"”*_]*)
    | (?P<latin>[.!?]+[)\]"'”’*_]*)(?=\s|$|[\u3040-\u30ff\u4e00-\u9fff])
    | (?P<paragraph>\n[ \t]*\n\s*)
    | (?P<item>\n(?=[ \t]*(?:[-*+]|\d+[.)])[ \t]))
    """,
    re.VERBOSE,
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|resp|approx|Figs?|Eqs?|Refs?|Secs?|Ch|No|al|Dr|Prof|etc|St|viz|ca)|\b[A-Z])\.$"
)
_NEXT_STARTS_SENTENCE = re.compile(r"\s+[\"'“‘(\[*_]*[A-Z0-9$\\`\u3040-\u30ff\u4e00-\u9fff\u0370-\u03ff]|\s*$")
_CONTINUES = re.compile(
    r"\s*(?:[a-z,;]|and\b|(?:で(?!は)|と(?!も|ころ)|を|は|が|の|に|へ|、|，|である|となる|と書|ただし、?ここ))"
)
_QUOTE_GOES_ON = re.compile(r"[とをがはにのでもや]")
_LIST_MARKER = re.compile(r"\s*(?:[-*+]|\d+[.)])[ \t]+")
_CLOSED = re.compile(r"[.!?。！？．][)\]\"'”’」』）*_]*\s*$")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of ``text[start:end]``, in order, without surrounding white space.

    A displayed equation belongs to the sentence it stands in; one that follows a finished sentence is a span of
    its own. Together the spans hold every character that is not white space or a list marker.
    """
    end = len(text) if end is None else end
    protected = [(start + m.start(), start + m.end()) for m in PROTECTED.finditer(text[start:end])]
    cursor = start
    for boundary in _boundaries(text, start, end, protected):
        yield from _trimmed(text, cursor, boundary)
        cursor = boundary
    yield from _trimmed(text, cursor, end)


def _boundaries(text: str, start: int, end: int, protected: list[tuple[int, int]]) -> Iterator[int]:
    position, sentence_start = start, start
    blocks = iter([*protected, (end, end)])
    block = next(blocks)
    while position < end:
        match = _END.search(text, position, end)
        if match is None:
            return
        while block[1] <= match.start() and block[0] < end:
            block = next(blocks)
        if block[0] <= match.start() < block[1]:
            position = block[1]
            # An equation that closes its own sentence ("$$E = mc^2.$$") ends it.
            inside = text[block[0] : block[1]].rstrip("$]\\ \n")
            if _DISPLAY.match(text, block[0]) and inside.endswith((".", "。")):
                yield position
                sentence_start = position
            continue
        position = match.end()
        if _is_boundary(text, match, sentence_start, end):
            yield position
            sentence_start = position


def _is_boundary(text: str, match: re.Match[str], sentence_start: int, end: int) -> bool:
    if match["item"] is not None:
        return True
    if match["japanese"] is not None:
        if match["japanese"][-1] in "」』" and _QUOTE_GOES_ON.match(text, match.end(), end):
            return False
        inside = text[sentence_start : match.end()]
        return all(inside.count(opening) <= inside.count(closing) for opening, closing in ("「」", "『』", "（）"))
    if match["latin"] is not None:
        head = text[max(sentence_start, match.start() - 12) : match.start() + 1]
        if match["latin"].startswith(".") and _ABBREVIATION.search(head):
            return False
        return bool(_NEXT_STARTS_SENTENCE.match(text, match.end(), end)) or text[match.end()] > "\u3040"
    before = text[sentence_start : match.start()]
    after = text[match.end() : match.end() + 40]
    if _DISPLAY.match(after):
        return not before.strip() or bool(_CLOSED.search(before))
    return not (_ENDS_IN_DISPLAY.search(before) and _CONTINUES.match(after))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = text[start:end]
    marker = _LIST_MARKER.match(piece)
    if marker is not None and marker.end() < len(piece):
        start += marker.end()
        piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        yield start, start + len(stripped)
