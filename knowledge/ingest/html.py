"""HTML to Markdown: headings, paragraphs, lists, code, and TeX where the page carries it."""

import re
from html.parser import HTMLParser

_SKIPPED = frozenset({"script", "style", "nav", "noscript", "template", "svg", "head"})
_BLOCK_TAGS = "p div section article main header footer ul ol table tr blockquote figure figcaption dl dt dd br hr"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "source", "wbr", "area", "base", "col", "embed", "track"}
)


def html_to_markdown(source: str) -> str:
    """The readable text of a page."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    text = "".join(reader.parts)
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipping = 0
        self._math = 0
        self._in_annotation = False
        self._preformatted = False
        self._tex_script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and (given.get("type") or "").startswith("math/tex"):
            self._tex_script = "$$" if "display" in (given.get("type") or "") else "$"
            self.parts.append(self._tex_script)
        elif tag in _SKIPPED:
            self._skipping += 1
        elif tag == "math":
            self._math += 1
        elif tag == "annotation" and self._math and "tex" in (given.get("encoding") or ""):
            self._in_annotation = True
            self.parts.append("$")
        elif re.fullmatch(r"h[1-6]", tag):
            self.parts.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "pre":
            self._preformatted = True
            self.parts.append("\n\n```\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._tex_script:
            self.parts.append(self._tex_script)
            self._tex_script = ""
        elif tag in _SKIPPED:
            self._skipping = max(self._skipping - 1, 0)
        elif tag == "math":
            self._math = max(self._math - 1, 0)
        elif tag == "annotation" and self._in_annotation:
            self._in_annotation = False
            self.parts.append("$")
        elif tag == "pre":
            self._preformatted = False
            self.parts.append("\n```\n\n")
        elif tag in _BLOCKS or re.fullmatch(r"h[1-6]", tag):
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._tex_script or self._in_annotation:
            self.parts.append(data.strip())
        elif self._skipping or self._math:
            return
        elif self._preformatted:
            self.parts.append(data)
        else:
            self.parts.append(re.sub(r"\s+", " ", data))
