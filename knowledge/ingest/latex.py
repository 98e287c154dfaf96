"""LaTeX source to Markdown with its mathematics untouched."""

import re

from knowledge.ingest.sentences import PROTECTED

_COMMENT = re.compile(r"(?<!\\)%.*?$\n?", re.MULTILINE)
_BODY = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_TITLE = re.compile(r"\\title(?:\[[^]]*\])?\{((?:[^{}]|\{[^{}]*\})*)\}", re.DOTALL)
_HEADINGS = {"part": "#", "chapter": "##", "section": "##", "subsection": "###", "subsubsection": "####"}
_HEADING = re.compile(rf"\\({'|'.join(_HEADINGS)})\*?(?:\[[^]]*\])?\{{((?:[^{{}}]|\{{[^{{}}]*\}})*)\}}")
_DISPLAY = re.compile(r"\$\$|\\\[|\\begin\{(?:equation|align|gather|multline|eqnarray)")
_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"\\begin\{(figure|table)\*?\}.*?(\\caption\{((?:[^{}]|\{[^{}]*\})*)\}.*?)?\\end\{\1\*?\}", re.S),
        r"\n\n\3\n\n",
    ),
    (re.compile(r"\\begin\{abstract\}"), "\n\n## Abstract\n\n"),
    (re.compile(r"\\begin\{thebibliography\}(?:\{[^}]*\})?"), "\n\n**References.** "),
    (re.compile(r"\\bibitem(?:\[[^]]*\])?\{[^}]*\}"), " "),
    (re.compile(r"\\item(?:\[([^]]*)\])?"), r"\n- \1"),
    (re.compile(r"\\(?:begin|end)\{[^}]*\}(?:\[[^]]*\])?"), "\n\n"),
    (
        re.compile(
            r"\\(?:label|vspace|hspace|bibliographystyle|bibliography|usepackage|includegraphics)\*?(?:\[[^]]*\])?\{[^}]*\}"
        ),
        "",
    ),
    (
        re.compile(r"\\(?:maketitle|tableofcontents|newpage|clearpage|noindent|centering|medskip|bigskip|smallskip)\b"),
        "",
    ),
    (re.compile(r"\\cite[a-z]*\*?(?:\[[^]]*\])*\{([^}]*)\}"), r"[\1]"),
    (re.compile(r"\\(?:eq|auto|page|c|C)?ref\{([^}]*)\}"), r"(\1)"),
    (
        re.compile(
            r"\\(?:emph|text(?:bf|it|tt|sc|rm|sf)?|underline|mbox|url|footnote|title|author|date)\{((?:[^{}]|\{[^{}]*\})*)\}"
        ),
        r"\1",
    ),
    (re.compile(r"``|''"), '"'),
    (re.compile(r"(?<!\\)~"), " "),
    (re.compile(r"\\([%&#_$ ])"), r"\1"),
    (re.compile(r"\n[ \t]*\n\s*\n"), "\n\n"),
)


def latex_to_markdown(source: str, fallback_title: str) -> str:
    """The body of a LaTeX document with Markdown headings; formulas stay as they are written."""
    text = _COMMENT.sub("", source)
    title = _TITLE.search(text)
    body = _BODY.search(text)
    text = body[1] if body else text
    parts, last = [], 0
    for match in PROTECTED.finditer(text):
        parts.append(_prose(text[last : match.start()]))
        # A displayed equation starts its own line, so that it is seen as one.
        formula = match[0]
        parts.append(f"\n{formula}\n" if _DISPLAY.match(formula) else formula)
        last = match.end()
    parts.append(_prose(text[last:]))
    heading = " ".join(_prose(title[1]).split()) if title else fallback_title
    return f"# {heading}\n\n{''.join(parts).strip()}\n"


def _prose(text: str) -> str:
    text = _HEADING.sub(_heading, text)
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text


def _heading(found: re.Match[str]) -> str:
    return f"\n\n{_HEADINGS[found[1]]} {' '.join(found[2].split())}\n\n"
