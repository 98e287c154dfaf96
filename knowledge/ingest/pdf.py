"""PDF: one section per page, read by pypdfium2, by pdfminer.six where that is garbled, and a gate for the rest."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from knowledge.errors import UnreadableDocument
from knowledge.ingest.parsed import Block, ParsedDocument, ParsedSection
from knowledge.ingest.passages import pack
from knowledge.text import language_of_document

_CID = re.compile(r"\(cid:\d+\)")
_CJK = "\u3041-\u30ff\u3400-\u9fff、。，．「」（）"
_CJK_LINE_BREAK = re.compile(rf"(?<=[{_CJK}])[ \t]*\n[ \t]*(?=[{_CJK}])")
_HYPHEN = re.compile(r"(?<=[a-z])[-\u00ad\u2010\ufffe]\n(?=[a-z])")
_GARBLED_SHARE = 0.05


def parse_pdf(path: Path, on_page: Callable[[int, int], None]) -> tuple[ParsedDocument, str]:
    """Read a PDF.

    Returns:
        The document, whose pages without readable text are left out, and a sentence naming those pages.

    Raises:
        UnreadableDocument: It cannot be opened, or no page can be read.
    """
    pages, unreadable = _readable_pages(path, on_page)
    remark = ""
    if unreadable:
        remark = f"{path.name}: no readable text on page {_ranges(unreadable)} of {len(pages)} (scanned, or garbled)"
    if len(unreadable) == len(pages):
        raise UnreadableDocument(remark or f"{path.name}: it has no pages")
    language = language_of_document("\n".join(pages))
    text, sections, ranges = "", [], []
    for number, page in enumerate(pages, 1):
        start = len(text)
        text += page + "\n\n"
        ranges.append((start, len(text)))
        if page:
            blocks = [
                Block("paragraph", start + match.start(), start + match.end())
                for match in re.finditer(r"\S.*?(?=\n[ \t]*\n|\Z)", page, re.S)
            ]
            title = f"p. {number}: {_first_line(page)}"
            sections.append(ParsedSection(2, title, "", start, len(text), pack(text, blocks, language)))
    return ParsedDocument(text, path.stem, language, tuple(sections), tuple(ranges)), remark


def is_garbled(text: str) -> bool:
    """More than a twentieth of the characters stand for nothing: no glyph, private use, control, "(cid:7)"."""
    letters = [character for character in _CID.sub("\ufffd", text) if not character.isspace()]
    bad = sum(
        character == "\ufffd" or unicodedata.category(character) in ("Cc", "Co", "Cn", "Cs") for character in letters
    )
    return bool(letters) and bad > _GARBLED_SHARE * len(letters)


def _readable_pages(path: Path, on_page: Callable[[int, int], None]) -> tuple[list[str], list[int]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        why = re.search(r"PDFium: ([^)]+?)\.?\)", str(error))  # "Failed to load document (PDFium: Data format error)."
        reason = why[1].lower() if why else str(error)
        raise UnreadableDocument(f"{path.name}: it cannot be opened as a PDF ({reason})") from error
    pages: list[str] = []
    unreadable: list[int] = []
    try:
        for number in range(len(document)):
            text = _tidy(document[number].get_textpage().get_text_bounded())
            if is_garbled(text):
                text = _tidy(_by_pdfminer(path, number))
            if not text or is_garbled(text):
                unreadable.append(number + 1)
                text = ""
            pages.append(text)
            on_page(number + 1, len(document))
    finally:
        document.close()
    return pages, unreadable


def _by_pdfminer(path: Path, page: int) -> str:
    from pdfminer.high_level import extract_text
    from pdfminer.pdfexceptions import PDFException

    try:
        return str(extract_text(path, page_numbers=[page]))
    except PDFException:
        return ""


def _tidy(text: str) -> str:
    """One kind of line end, no break inside a Japanese line, no hyphen at the end of an English one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = _HYPHEN.sub("", text)
    return _CJK_LINE_BREAK.sub("", text).strip()


def _first_line(page: str) -> str:
    line = page.splitlines()[0].strip().lstrip("#")
    return line if len(line) <= 60 else f"{line[:59]}…"


def _ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)
