"""What is removed leaves no byte beneath the library's folder, in any encoding, in any index, even after a kill."""

import importlib.util
import sqlite3

import pytest
from filelock import FileLock

from knowledge import Library, LibraryBusy
from knowledge.documents import remove_documents
from knowledge.store import Store
from tests.unit.test_library import BOOK
from tests.unit.test_library_dense import WordProjection

SECRETS = ("xylozephyrquark", "極秘磁気単極子", "secret_title_qqz")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "cp932", "euc_jp")
TEXT = f"# {SECRETS[2]}\n\n## One\n\nThe {SECRETS[0]} is a particle.\n\n## 二\n\n{SECRETS[1]}は粒子である。\n"


def files_with_secrets(home):
    needles = {secret.encode(encoding) for secret in SECRETS for encoding in ENCODINGS}
    needles |= {needle.upper() for needle in needles}
    found = []
    for path in sorted((home / "library").rglob("*")):
        if path.is_file() and any(needle in path.read_bytes() for needle in needles):
            found.append(path.name)
    return found


@pytest.fixture
def library(tmp_path):
    """Every file there can be: SQLite with vectors, both lexical indexes, Chroma."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / f"{SECRETS[2]}.md").write_text(TEXT)
    for number in range(5):
        (papers / f"other{number}.md").write_text(f"# Other {number}\n\nA phonon {number} is a quantum.\n" * 20)
    library = Library.open(tmp_path / "home", BOOK, embedder=WordProjection(), chroma_from=1)
    library.add([papers])
    library.embed("documents")
    assert library.search(SECRETS[0], k=1, book="documents", lane="dense")
    if importlib.util.find_spec("sudachipy"):
        assert library.search(SECRETS[1], k=1, book="documents", lane="sudachi")
    assert "library.sqlite" in " ".join(files_with_secrets(tmp_path / "home"))
    return library


def test_removing_leaves_no_byte(library, tmp_path):
    held = sqlite3.connect(tmp_path / "home" / "library" / "library.sqlite")  # keeps the log from being deleted
    held.execute("SELECT count(*) FROM document").fetchone()
    library.remove([f"documents/{SECRETS[2]}.md"])
    assert files_with_secrets(tmp_path / "home") == []
    assert not list((tmp_path / "home" / "library" / "chroma").glob("*/chroma.sqlite3"))
    held.close()
    assert library.search("phonon", k=1, book="documents", lane="dense")
    report = library.verify()
    assert report.problems == () and report.vectors > 0
    assert files_with_secrets(tmp_path / "home") == []


def test_replacing_leaves_no_byte(library, tmp_path):
    (tmp_path / "papers" / f"{SECRETS[2]}.md").write_text("# New\n\nAll is new.\n")
    assert len(library.add([tmp_path / "papers"]).replaced) == 1
    (tmp_path / "papers" / f"{SECRETS[2]}.md").rename(tmp_path / "papers" / "new.md")
    names = [*files_with_secrets(tmp_path / "home")]
    store = (tmp_path / "home" / "library" / "library.sqlite").read_bytes()
    assert names == ["library.sqlite"] and SECRETS[0].encode() not in store  # the name of the file stays its own
    assert SECRETS[1].encode() not in store


def test_a_removal_that_was_killed_is_ended_when_the_library_is_next_opened(library, tmp_path):
    remove_documents(Store(tmp_path / "home" / "library" / "library.sqlite"), [f"documents/{SECRETS[2]}.md"])
    with FileLock(tmp_path / "home" / "library" / "writer.lock"):  # another process is at it
        Library.open(tmp_path / "home", BOOK)
        assert list((tmp_path / "home" / "library" / "chroma").glob("*/chroma.sqlite3"))
    Library.open(tmp_path / "home", BOOK)
    assert files_with_secrets(tmp_path / "home") == []
    assert not list((tmp_path / "home" / "library" / "chroma").glob("*/chroma.sqlite3"))


def test_a_reader_that_holds_the_old_text_is_told_of(library, tmp_path, monkeypatch):
    monkeypatch.setattr("knowledge.store._WAIT_SECONDS", 0.2)
    held = sqlite3.connect(tmp_path / "home" / "library" / "library.sqlite", isolation_level=None)
    held.execute("BEGIN")
    held.execute("SELECT count(*) FROM document").fetchone()
    with pytest.raises(LibraryBusy, match="bytes go when the library is next opened"):
        library.remove([f"documents/{SECRETS[2]}.md"])
    assert f"documents/{SECRETS[2]}.md" not in {item.id for item in library.documents()}
    held.close()
    Library.open(tmp_path / "home", BOOK)
    assert files_with_secrets(tmp_path / "home") == []
