"""Markdown with ``$...$`` mathematics: headings, paragraphs, displayed equations, code, tables."""

import re
from collections.abc import Iterator

from knowledge.ingest.parsed import Block, ParsedDocument, ParsedSection
from knowledge.ingest.passages import pack
from knowledge.text import language_of_document

_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_DISPLAY_OPEN = re.compile(r"[ \t]*(\$\$|\\\[|\\begin\{(?:equation|align|gather|multline|eqnarray)\*?\})")
_DISPLAY_CLOSE = {"$$": re.compile(r"\$\$"), r"\[": re.compile(r"\\\]")}
_NUMBER = re.compile(r"§\s*(\d+(?:\.\d+)*)")


def parse_markdown(text: str, fallback_title: str) -> ParsedDocument:
    """Split Markdown into sections and passages.

    Args:
        text: The source, with ``\\n`` line ends.
        fallback_title: Title of a document without a level-1 heading, usually its file name.
    """
    language = language_of_document(text)
    blocks = list(_blocks(text))
    title = next((block.title for block in blocks if block.kind == "heading" and block.level == 1), fallback_title)
    sections: list[ParsedSection] = []
    trail: list[tuple[int, str]] = []
    body: list[Block] = []
    level, start = 1, 0

    def close(end: int) -> None:
        passages = pack(text, body, language)
        if passages or trail:
            name = " › ".join(heading for depth, heading in trail if depth > 1) or title
            number = next((m[1] for _, heading in trail if (m := _NUMBER.match(heading))), "")
            sections.append(ParsedSection(level, name, number, start, end, passages))

    for block in blocks:
        if block.kind != "heading":
            body.append(block)
            continue
        close(block.start)
        trail = [(depth, heading) for depth, heading in trail if depth < block.level]
        trail.append((block.level, block.title))
        body, level, start = [], block.level, block.end
    close(len(text))
    return ParsedDocument(text, title, language, tuple(sections))


def _blocks(text: str) -> Iterator[Block]:
    lines = _lines(text)
    index = 0
    while index < len(lines):
        start, end = lines[index]
        line = text[start:end].rstrip("\n")
        if not line.strip():
            index += 1
        elif fence := _FENCE.match(line):
            index = _close_fence(text, lines, index, fence[1])
            yield Block("code", start, lines[index - 1][1])
        elif heading := _HEADING.match(line):
            index += 1
            yield Block("heading", start, end, level=len(heading[1]), title=heading[2])
        elif opening := _DISPLAY_OPEN.match(line):
            index = _close_display(text, lines, index, opening)
            yield Block("display", start, lines[index - 1][1])
        elif line.lstrip().startswith("|"):
            while index < len(lines) and text[lines[index][0] : lines[index][1]].lstrip().startswith("|"):
                index += 1
            yield Block("table", start, lines[index - 1][1])
        else:
            index += 1
            while index < len(lines) and not _interrupts(text[lines[index][0] : lines[index][1]]):
                index += 1
            yield Block("paragraph", start, lines[index - 1][1])


def _lines(text: str) -> list[tuple[int, int]]:
    ends = [match.end() for match in re.finditer(r"\n", text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _interrupts(line: str) -> bool:
    return (
        not line.strip()
        or _FENCE.match(line) is not None
        or _HEADING.match(line.rstrip("\n")) is not None
        or _DISPLAY_OPEN.match(line) is not None
    )


def _close_fence(text: str, lines: list[tuple[int, int]], index: int, fence: str) -> int:
    for position in range(index + 1, len(lines)):
        line = text[lines[position][0] : lines[position][1]].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return position + 1
    return len(lines)


def _close_display(text: str, lines: list[tuple[int, int]], index: int, opening: re.Match[str]) -> int:
    start = lines[index][0]
    if opening[1].startswith(r"\begin"):
        closing = re.compile(re.escape(opening[1].replace("begin", "end", 1)))
    else:
        closing = _DISPLAY_CLOSE[opening[1]]
    match = closing.search(text, start + opening.end())
    if match is None:  # an equation that never ends: take it as far as the paragraph goes
        while index < len(lines) and text[lines[index][0] : lines[index][1]].strip():
            index += 1
        return index
    while lines[index][1] < match.end():
        index += 1
    return index + 1
