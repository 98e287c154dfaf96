"""A library written by an older version is taken over whole; one that cannot be is refused in one sentence."""

import sqlite3
from pathlib import Path

import pytest

from knowledge import Library, LibraryDamaged
from tests.unit.test_library import BOOK
from tests.unit.test_library_dense import WordProjection

RECORDED = Path(__file__).parents[1] / "fixtures" / "library_schema_1.sql"
TABLES = ("document", "section", "passage", "page")


@pytest.fixture
def home(tmp_path):
    (tmp_path / "library").mkdir()
    connection = sqlite3.connect(tmp_path / "library" / "library.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(RECORDED.read_text(encoding="utf-8"))
    connection.close()
    return tmp_path


def rows_of(home):
    connection = sqlite3.connect(home / "library" / "library.sqlite")
    try:
        own = "WHERE document LIKE 'documents/%'"
        found = {name: connection.execute(f"SELECT * FROM {name} {own}").fetchall() for name in TABLES[1:]}
        found["document"] = connection.execute("SELECT * FROM document WHERE book = 'documents' ORDER BY id").fetchall()
        return found, connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()


def test_the_first_schema_is_taken_over_without_loss(home):
    before, version = rows_of(home)
    assert version == 1 and [len(before[name]) for name in TABLES] == [3, 6, 5, 2]
    library = Library.open(home, BOOK, embedder=WordProjection())
    after, version = rows_of(home)
    assert after == before and version == 3
    assert library.verify().problems == ()
    for query, section in (("magnon", "Magnons"), ("plasmon", "plasmon"), ("マグノンとは", "マグノン")):
        hit = library.search(query, k=1, book="documents")[0]
        assert hit.section == section
        assert library.source_text(hit.span.document)[hit.span.start : hit.span.end] == hit.text
    assert library.search("roton", k=1, book="documents")[0].page == 1
    assert library.embed("documents") == 5 and library.verify().vectors == 5
    assert [hit.section for hit in library.search("plasmon", k=1, book="documents", lane="dense")] == ["plasmon"]
    library.remove(["documents/plasmon.txt"])
    assert len(Library.open(home, BOOK).documents("documents")) == 2


def test_the_second_schema_is_taken_over_with_its_vectors(home):
    library = Library.open(home, BOOK, embedder=WordProjection())
    library.embed("documents")
    expected = library.search("plasmon", k=3, book="documents", lane="dense")
    connection = sqlite3.connect(home / "library" / "library.sqlite")
    for name in ("document_of_source", "document_of_file", "document_of_stamp"):
        connection.execute(f"DROP INDEX {name}")
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    again = Library.open(home, BOOK, embedder=WordProjection())
    assert again.search("plasmon", k=3, book="documents", lane="dense") == expected
    assert again.verify().vectors == 5 and again.verify().problems == () and rows_of(home)[1] == 3


def test_what_is_no_library_of_ours_is_refused_and_left_as_it_is(tmp_path):
    (tmp_path / "library").mkdir()
    path = tmp_path / "library" / "library.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE document (id TEXT)")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LibraryDamaged, match="move it away") as caught:
        Library.open(tmp_path, BOOK)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == before
