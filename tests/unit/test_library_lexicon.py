"""The lexicon: learned from the bilingual book, and what it finds in text of the other language."""

from pathlib import Path

import pytest

from knowledge import TEXTBOOK, Extract, Library
from knowledge.align import SentencePair, learn, sentence_pairs
from knowledge.index.lexicon import Lexicon, Pair
from tests.unit.test_library_textbook import BUILT_IN

SHIPPED = Lexicon.read(BUILT_IN.parent / "lexicon.tsv")


def test_terms_that_always_stand_together_translate_each_other():
    # 波 is "wave", 粒子 is "particle"; 速い and 遅い are "fast" and "slow"
    sentences = [
        ("波は速い", "The wave is fast"),
        ("波は遅い", "The wave is slow"),
        ("粒子は速い", "The particle is fast"),
        ("粒子は遅い", "The particle is slow"),
    ]
    terms = {"波": "波", "粒子": "粒子", "速い": "速い", "遅い": "遅い"}
    pairs = [
        SentencePair("A", tuple(t for t in terms if t in ja), tuple(en.lower().removeprefix("the ").split(" is ")))
        for ja, en in sentences * 5
    ]
    best = {pair.ja: pair.en for pair in sorted(learn(pairs), key=lambda pair: pair.weight)}
    assert best == {"波": "wave", "粒子": "particle", "速い": "fast", "遅い": "slow"}


def test_the_shipped_lexicon_is_what_the_book_teaches():
    learned = {(pair.ja, pair.en): pair for pair in learn(list(sentence_pairs(BUILT_IN)))}
    shipped = {(pair.ja, pair.en): pair for pair in SHIPPED.pairs}
    # Sums in another order may move a weight across the limit, no more.
    assert len(learned.keys() ^ shipped.keys()) <= 0.002 * len(shipped)
    for key in learned.keys() & shipped.keys():
        assert learned[key].weight == pytest.approx(shipped[key].weight, abs=2e-3)
        assert learned[key].only == shipped[key].only


def test_files_that_do_not_correspond_are_told(tmp_path):
    for language, text in (("en", "One.\nTwo."), ("ja", "一。")):
        (tmp_path / language).mkdir()
        (tmp_path / language / "A1.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"A1\.md has 2 lines in English and 1 in Japanese"):
        list(sentence_pairs(tmp_path))


def test_what_only_one_chapter_tells_can_be_left_out(tmp_path):
    lexicon = Lexicon([Pair("忘却", "forget", 0.5, "C8"), Pair("忘却", "lose", 0.1)])
    assert [term for term, _ in lexicon.translations("忘却", "ja")] == ["forget", "lose"]
    assert [term for term, _ in lexicon.translations("忘却", "ja", without="C8")] == ["lose"]
    assert lexicon.translations("forget", "en") == [("忘却", 0.5)]
    assert Lexicon.read(Path(tmp_path, "none.tsv")).pairs == ()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The textbook, and two notes of a user, one in each language."""
    folder = tmp_path_factory.mktemp("notes")
    (folder / "jam.md").write_text(
        "# 渋滞\n\n## 実験\n\n円形の道に車を並べた。\n\n"
        "## 模型\n\n応答の遅れが長いと、一様な流れは不安定になり、小さな揺らぎが成長する。\n",
        encoding="utf-8",
    )
    (folder / "film.md").write_text(
        "# Films\n\n## Growth\n\nThe substrate was heated.\n\n"
        "## Limits\n\nThe network confuses a rotation of the crystal with a change of temperature.\n",
        encoding="utf-8",
    )
    library = Library.open(tmp_path_factory.mktemp("home"))
    for name in ("jam", "film"):
        library.add([folder / f"{name}.md"], book=name)
    return library


@pytest.mark.parametrize(
    ("book", "question", "words"),
    [
        ("jam", "When does the uniform flow become unstable?", "一様な流れは不安定になり"),
        ("film", "温度の変化と混同される回転は何ですか", "confuses a rotation of the crystal"),
    ],
)
def test_a_note_in_the_other_language_is_found_and_quoted(library, book, question, words):
    assert words in library.search(question, k=1, book=book)[0].text
    answer = library.answer(question, book=book)
    assert isinstance(answer, Extract) and words in answer.citations[0].text


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("なぜ新しい課題を覚えると古い課題を忘れるのか", "C8"),
        ("Why does learning a new task destroy the old one?", "C8"),
    ],
)
def test_plain_words_are_found_in_the_text_of_the_other_language_alone(library, question, section):
    other = "ja" if question.isascii() else "en"
    hits = library.search(question, k=3, book=TEXTBOOK, language=other, translations=False)
    assert any(hit.chapter.startswith(section) for hit in hits)
