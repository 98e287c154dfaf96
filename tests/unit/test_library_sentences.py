"""Sentences are exact spans and never cut mathematics."""

from pathlib import Path

import pytest

from knowledge.ingest.markdown import parse_markdown
from knowledge.ingest.sentences import PROTECTED, sentence_spans

BOOK = Path(__file__).parents[1] / "fixtures" / "book" / "textbook"
BUILT_IN = Path(__file__).parents[2] / "knowledge" / "textbook"
TEXTS = sorted(path for folder in (BOOK, BUILT_IN) for path in folder.glob("*/*.md"))


def sentences(text):
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("See e.g. Fig. 3 of Landau et al. 1976. Then stop.", ["See e.g. Fig. 3 of Landau et al. 1976.", "Then stop."]),
        ("J. Smith measured 3.14 m. It was long.", ["J. Smith measured 3.14 m.", "It was long."]),
        ("Let $x. Y$ be given. Then $z$.", ["Let $x. Y$ be given.", "Then $z$."]),
        ("It is called `a. B` here. Next.", ["It is called `a. B` here.", "Next."]),
        ("これは一つ。これは二つ！三つ？", ["これは一つ。", "これは二つ！", "三つ？"]),
        ("彼は「終わった。帰る。」と言った。次。", ["彼は「終わった。帰る。」と言った。", "次。"]),
        ("力は $F=ma。$ である。次。", ["力は $F=ma。$ である。", "次。"]),
        ("The energy is\n\n$$E=mc^2.$$\n\nNext one.", ["The energy is\n\n$$E=mc^2.$$", "Next one."]),
        ("It reads\n\n$$a=b$$\n\nwhere $a$ is big. End.", ["It reads\n\n$$a=b$$\n\nwhere $a$ is big.", "End."]),
        ("方程式は\n\n$$a=b$$\n\nである。次。", ["方程式は\n\n$$a=b$$\n\nである。", "次。"]),
        ("次のようになる。\n\n$$a=b$$\n\n次の段落。", ["次のようになる。", "$$a=b$$", "次の段落。"]),
        ("- One item\n- Another item", ["One item", "Another item"]),
        ("A title without stop\n\nA paragraph.", ["A title without stop", "A paragraph."]),
        ("First line\nwraps here. Second.", ["First line\nwraps here.", "Second."]),
        ("", []),
        ("   \n\n ", []),
        ("An open $ sign costs 5. Fine.", ["An open $ sign costs 5.", "Fine."]),
    ],
)
def test_sentences(text, expected):
    assert sentences(text) == expected


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parents[2].name}-{path.parent.name}-{path.stem}")
def test_nothing_is_lost_and_no_equation_is_cut_in_any_text(path):
    text = path.read_text(encoding="utf-8")
    parsed = parse_markdown(text, "x")
    passages = [passage for section in parsed.sections for passage in section.passages]
    kept = "".join(text[passage.start : passage.end] for passage in passages)
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert all("".join(section.title.split()) for section in parsed.sections) and headings
    assert [(p.start, p.end) for p in passages] == sorted((p.start, p.end) for p in passages)
    for section in parsed.sections:
        body = text[section.start : section.end]
        inside = "".join(text[p.start : p.end] for p in section.passages)
        assert _without_markers(inside) == _without_markers(body)
    for passage in passages:
        piece = text[passage.start : passage.end]
        assert piece == piece.strip() and piece
        assert piece.count("$$") % 2 == 0
        assert piece.count("```") % 2 == 0
        if passage.kind != "prose":
            continue
        for start, end in sentence_spans(piece):
            assert piece[start:end].count("$$") % 2 == 0
            for block in PROTECTED.finditer(piece):
                assert end <= block.start() or start >= block.end() or (start <= block.start() and block.end() <= end)
    assert kept


def _without_markers(text):
    """White space and list markers do not belong to a sentence."""
    lines = [line.lstrip(" ").removeprefix("- ") for line in text.splitlines()]
    return "".join("".join(lines).split()).replace("-", "")


def test_a_comment_in_code_is_not_a_heading():
    parsed = parse_markdown((BOOK / "en" / "A1.md").read_text(encoding="utf-8"), "x")
    assert [section.title for section in parsed.sections] == [
        "A1 Oscillators",
        "§1 The harmonic oscillator",
        "§1 The harmonic oscillator › Energy",
        "§2 Damping and resonance",
    ]
    kinds = [passage.kind for section in parsed.sections for passage in section.passages]
    assert kinds == ["prose", "prose", "prose", "code", "references", "prose"]
