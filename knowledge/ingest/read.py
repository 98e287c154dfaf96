"""Turn a file into a parsed document, by its kind."""

import re
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import UnreadableDocument
from knowledge.ingest.html import html_to_markdown
from knowledge.ingest.latex import latex_to_markdown
from knowledge.ingest.markdown import parse_markdown
from knowledge.ingest.parsed import Block, ParsedDocument, ParsedSection
from knowledge.ingest.passages import pack
from knowledge.text import language_of_document

PageCallback = Callable[[int, int], None]
"""Called with (pages read, pages in all)."""

FORMATS = {
    ".pdf": "pdf",
    ".tex": "latex",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".txt": "text",
}


def read_document(path: Path, on_page: PageCallback = lambda _done, _total: None) -> tuple[ParsedDocument, str]:
    """Read a file.

    Returns:
        The parsed document, and a sentence about what could not be read of it (unreadable pages), or "".

    Raises:
        UnreadableDocument: Unknown kind of file, no text in it, or text that is garbled on every page.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise UnreadableDocument(f"{path.name}: files of this kind are not read; known are {', '.join(FORMATS)}")
    remark = ""
    if kind == "pdf":
        from knowledge.ingest.pdf import parse_pdf

        parsed, remark = parse_pdf(path, on_page)
    else:
        text = decode(path.read_bytes(), path.name)
        if kind == "text":
            parsed = parse_plain(text, path.stem)
        elif kind == "latex":
            parsed = parse_markdown(latex_to_markdown(text, path.stem), path.stem)
        elif kind == "html":
            parsed = parse_markdown(html_to_markdown(text), path.stem)
        else:
            parsed = parse_markdown(text, path.stem)
        on_page(1, 1)
    if not any(section.passages for section in parsed.sections):
        raise UnreadableDocument(f"{path.name}: there is no text in it")
    return parsed, remark


def decode(data: bytes, name: str) -> str:
    """Text of a file in UTF-8, UTF-16 with a mark, Shift-JIS or EUC-JP, with "\\n" line ends.

    Raises:
        UnreadableDocument: It is in none of them.
    """
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp932", "euc_jp")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableDocument(f"{name}: this is not text in UTF-8, UTF-16, Shift-JIS or EUC-JP")


def parse_plain(text: str, title: str) -> ParsedDocument:
    """Plain text: paragraphs between blank lines, one section."""
    language = language_of_document(text)
    blocks = [
        Block("paragraph", match.start(), match.end()) for match in re.finditer(r"\S.*?(?=\n[ \t]*\n|\Z)", text, re.S)
    ]
    section = ParsedSection(1, title, "", 0, len(text), pack(text, blocks, language))
    return ParsedDocument(text, title, language, (section,))
