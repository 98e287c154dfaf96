"""Pack the blocks of a section into passages: whole sentences, whole equations, whole code blocks."""

import re
from collections.abc import Iterator, Sequence

from knowledge.ingest.parsed import Block, ParsedPassage, PassageKind
from knowledge.ingest.sentences import sentence_spans
from knowledge.text import Language

LONGEST = {"ja": 800, "en": 1200}
"""Characters of a passage; a longer sentence or equation is still kept whole."""

_REFERENCES = re.compile(
    r"\s*(?:#+\s*)?\**\s*(?:references|bibliography|参考文献|文献)\**\s*[.:。：]?\**", re.IGNORECASE
)


def pack(text: str, blocks: Sequence[Block], language: Language) -> tuple[ParsedPassage, ...]:
    """Passages of one section, in order; they do not overlap."""
    passages: list[ParsedPassage] = []
    for kind, start, end in _runs(text, blocks):
        if kind != "prose":
            passages.append(ParsedPassage(start, end, kind))
        else:
            passages += _packed(text, start, end, LONGEST[language])
    return tuple(passages)


def _runs(text: str, blocks: Sequence[Block]) -> Iterator[tuple[PassageKind, int, int]]:
    """Join neighbouring paragraphs and equations into runs of prose."""
    run: tuple[int, int] | None = None
    for block in blocks:
        kind = _kind(text, block)
        if kind == "prose":
            run = (run[0] if run else block.start, block.end)
            continue
        if run is not None:
            yield "prose", *run
            run = None
        stripped = text[block.start : block.end].rstrip()
        yield kind, block.start, block.start + len(stripped)
    if run is not None:
        yield "prose", *run


def _kind(text: str, block: Block) -> PassageKind:
    if block.kind in ("code", "table"):
        return "code" if block.kind == "code" else "table"
    if block.kind == "paragraph" and _REFERENCES.match(text, block.start, block.start + 40):
        return "references"
    return "prose"


def _packed(text: str, start: int, end: int, longest: int) -> Iterator[ParsedPassage]:
    """Fill passages with sentences; prefer to end one where a paragraph ends."""
    sentences = list(sentence_spans(text, start, end))
    first = 0
    while first < len(sentences):
        last = first
        while last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= longest:
            last += 1
        if last + 1 < len(sentences):
            for cut in range(last, first, -1):
                gap = text[sentences[cut][1] : sentences[cut + 1][0]]
                if "\n\n" in gap and sentences[cut][1] - sentences[first][0] >= longest // 2:
                    last = cut
                    break
        yield ParsedPassage(sentences[first][0], sentences[last][1], "prose")
        first = last + 1
