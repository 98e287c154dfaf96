"""The built-in textbook: both languages say the same, every section is complete, every example runs."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "knowledge" / "textbook"
PLAN = tomllib.loads((BOOK / "book.toml").read_text(encoding="utf-8"))
CHAPTERS = [chapter["id"] for chapter in PLAN["chapter"]]
LANGUAGES = ("en", "ja")
EXAMPLE = {"en": "**Example.**", "ja": "**例**"}
REFERENCES = {"en": "**References.**", "ja": "**参考文献**"}
PITFALLS = {"en": "pitfalls", "ja": "落とし穴"}
LIMIT_S = 30

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DISPLAY = re.compile(r"^\$\$\n(.*?)^\$\$$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## §(\d+) (.+)$", re.MULTILINE)


def text(language, chapter):
    return (BOOK / language / f"{chapter}.md").read_text(encoding="utf-8")


def sections(source):
    """Number and body of each section."""
    heads = list(SECTION.finditer(source))
    ends = [head.start() for head in heads[1:]] + [len(source)]
    return [(int(head[1]), source[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def without_code(source):
    return CODE.sub("CODE\n", source)


def paragraphs(source):
    return [piece for piece in re.split(r"\n\s*\n", without_code(source)) if piece.strip()]


def prose(source):
    return re.sub(r"\$[^$]*\$", " ", DISPLAY.sub(" ", CODE.sub(" ", source)))


def bare(equation):
    """An equation without the punctuation of the sentence around it."""
    return [line.rstrip(" .,") for line in equation.splitlines()]


BLOCKS = {
    f"{chapter}-{number}": code
    for chapter in CHAPTERS
    for number, body in sections(text("en", chapter))
    for code in CODE.findall(body)
}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_both_languages_have_the_same_sections_paragraphs_and_code(chapter):
    english, japanese = text("en", chapter), text("ja", chapter)
    numbers = [number for number, _ in sections(english)]
    assert numbers == list(range(1, len(numbers) + 1)) and numbers
    assert numbers == [number for number, _ in sections(japanese)]
    assert english.splitlines()[0].startswith(f"# {chapter} ") and japanese.splitlines()[0].startswith(f"# {chapter} ")
    for (number, one), (_, other) in zip(sections(english), sections(japanese), strict=True):
        assert len(paragraphs(one)) == len(paragraphs(other)), f"§{number}"
        assert CODE.findall(one) == CODE.findall(other), f"§{number}"
        assert len(DISPLAY.findall(one)) == len(DISPLAY.findall(other)), f"§{number}"
    assert len(paragraphs(english)) == len(paragraphs(japanese))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_equations_are_the_same_but_for_punctuation(chapter):
    english, japanese = (DISPLAY.findall(text(language, chapter)) for language in LANGUAGES)
    for one, other in zip(english, japanese, strict=True):
        assert bare(one) == bare(other)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chapter", [*CHAPTERS, "overview"])
def test_mathematics_is_balanced(language, chapter):
    source = without_code(text(language, chapter))
    assert sum(line == "$$" for line in source.splitlines()) == 2 * len(DISPLAY.findall(source))
    for paragraph in paragraphs(DISPLAY.sub("", source)):
        assert paragraph.replace(r"\$", "").count("$") % 2 == 0, paragraph[:80]
    for body in [*DISPLAY.findall(source), *re.findall(r"\$([^$]+)\$", DISPLAY.sub("", source))]:
        plain = body.replace(r"\{", "").replace(r"\}", "")
        assert plain.count("{") == plain.count("}"), body
        assert len(re.findall(r"\\left(?![a-z])", body)) == len(re.findall(r"\\right(?![a-z])", body)), body
        assert re.findall(r"\\begin\{(\w+)\}", body) == re.findall(r"\\end\{(\w+)\}", body), body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_section_is_complete(language, chapter):
    for number, body in sections(text(language, chapter)):
        pieces = paragraphs(body)
        place = f"{language} {chapter} §{number}"
        assert sum(piece.startswith(EXAMPLE[language]) for piece in pieces) == 1, place
        assert sum(piece.startswith(REFERENCES[language]) for piece in pieces) == 1, place
        assert pieces[-1].startswith(REFERENCES[language]), place
        assert PITFALLS[language] in body, place
        assert CODE.search(body) and DISPLAY.search(body), place
        assert re.search(r"\b(?:is|are) (?:the|an?) " if language == "en" else "とは[、，]", prose(body)), place
        assert re.search(r"\bbecause\b" if language == "en" else "から(?:である|に|であり)|ため", prose(body)), place


def test_the_book_is_as_large_as_promised():
    counts = {language: [len(sections(text(language, chapter))) for chapter in CHAPTERS] for language in LANGUAGES}
    assert counts["en"] == counts["ja"] and sum(counts["en"]) >= 45
    english = " ".join(prose(text("en", chapter)) for chapter in CHAPTERS)
    japanese = "".join(prose(text("ja", chapter)) for chapter in CHAPTERS)
    # Prose only, without code and mathematics. Two Japanese characters count as one word.
    words = len(re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", english))
    characters = len(re.findall(r"[\u3040-\u30ff\u3400-\u9fff]", japanese))
    assert words + characters / 2 >= 60_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_overview_names_every_chapter(language):
    source = text(language, "overview")
    assert source.startswith("# ") and [number for number, _ in sections(source)] == [1, 2, 3, 4]
    assert all(re.search(rf"\b{chapter}(?![0-9])", source, re.ASCII) for chapter in CHAPTERS)


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.timeout(2 * LIMIT_S)
def test_example_runs(name, tmp_path):
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", BLOCKS[name]],
        env=os.environ | threads,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stderr
