"""The lane with Japanese in words: an extra, apart from all the others."""

from importlib.metadata import PackageNotFoundError

import pytest

from knowledge import Library, LibraryUnavailable
from knowledge.index import morphemes
from tests.unit.test_library import BOOK

NOTES = """# 覚え書き

## 計算

附属の装置で測り、打ち込みをやり直した。

## 観測

東京都の観測所は山の上にある。
"""


@pytest.fixture
def library(tmp_path):
    library = Library.open(tmp_path / "home", BOOK)
    (tmp_path / "notes.md").write_text(NOTES)
    library.add([tmp_path / "notes.md"])
    return library


def found(library, query, lane):
    return [hit.section for hit in library.search(query, k=5, book="documents", lane=lane)]


def test_words_are_told_apart_and_their_spellings_brought_together(library, tmp_path):
    pytest.importorskip("sudachipy")
    assert found(library, "京都", "lexical") == ["観測"]  # two of the characters of 東京都
    assert found(library, "京都", "sudachi") == []
    assert found(library, "付属", "sudachi") == ["計算"]  # written 附属
    index = tmp_path / "home" / "library" / "index"
    before = set(index.glob("*.npz"))
    library.remove(["documents/notes.md"])
    assert len(before - set(index.glob("*.npz"))) == 2


def test_it_finds_definitions_and_crosses_languages_by_the_glossary(library):
    pytest.importorskip("sudachipy")
    for query, language in (("調和振動子とは何ですか", "ja"), ("調和振動子とは何ですか", "en"), ("random walk", "ja")):
        lexical = library.search(query, k=1, book="textbook", language=language, translations=False)
        by_words = library.search(query, k=1, book="textbook", language=language, lane="sudachi", translations=False)
        assert by_words[0].section == lexical[0].section


def test_without_the_extra_one_sentence_says_what_to_install(library, monkeypatch):
    def absent(_name):
        raise PackageNotFoundError

    expected = found(library, "観測所", "lexical")
    monkeypatch.setattr(morphemes, "version", absent)
    with pytest.raises(LibraryUnavailable, match=r"pip install 'ansatz\[sudachi\]'"):
        found(library, "観測所", "sudachi")
    assert found(library, "観測所", "lexical") == expected
