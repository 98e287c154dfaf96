"""The first use is all or nothing, whoever is killed and however many start at once."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge import Extract, Library

ROOT = Path(__file__).parents[2]
BOOK = Path(__file__).parents[1] / "fixtures" / "book" / "textbook"
OPEN = (
    "import sys; from pathlib import Path; from knowledge import Library; "
    "Library.open(Path(sys.argv[1]), Path(sys.argv[2]))"
)
ASK = OPEN + ".answer('What is a random walk?').citations"


@pytest.fixture(scope="module")
def large_book(tmp_path_factory):
    """The small book with thirty more chapters, so that the first use takes a while."""
    folder = tmp_path_factory.mktemp("large") / "textbook"
    plan = (BOOK / "book.toml").read_text()
    for language in ("en", "ja"):
        (folder / language).mkdir(parents=True)
        for path in (BOOK / language).glob("*.md"):
            (folder / language / path.name).write_text(path.read_text())
        body = (BOOK / language / "A1.md").read_text().split("\n", 1)[1]
        for number in range(30):
            (folder / language / f"C{number}.md").write_text(f"# C{number} Copy\n{body * 8}")
    for number in range(30):
        plan += f'\n[[chapter]]\nid = "C{number}"\ntitle = {{ en = "Copy", ja = "写し" }}\nread_first = []\n'
    (folder / "book.toml").write_text(plan)
    return folder


def start(code, home, book):
    return subprocess.Popen(
        [sys.executable, "-c", code, str(home), str(book)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def stored_documents(home):
    path = home / "library" / "library.sqlite"
    if not path.exists():
        return 0
    with sqlite3.connect(path) as connection:
        try:
            return connection.execute("SELECT count(*) FROM document").fetchone()[0]
        except sqlite3.OperationalError:
            return 0


def test_a_killed_first_use_leaves_nothing_half(tmp_path, large_book):
    n_documents = len(list(large_book.glob("*/*.md")))
    seen = set()
    for attempt in range(8):
        home = tmp_path / f"home{attempt}"
        process = start(OPEN, home, large_book)
        while not (home / "library" / "library.sqlite-wal").exists() and process.poll() is None:
            time.sleep(0.001)
        time.sleep(0.03 * attempt)
        process.kill()
        process.communicate()
        found = stored_documents(home)
        assert found in (0, n_documents)
        seen.add(found)
    assert 0 in seen
    library = Library.open(tmp_path / "home0", large_book)
    assert library.verify().problems == ()
    assert library.verify().documents == n_documents


def test_two_processes_share_a_first_use(tmp_path, large_book):
    processes = [start(ASK, tmp_path / "home", large_book) for _ in range(3)]
    for process in processes:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors.decode()
    check = Library.open(tmp_path / "home", large_book).verify()
    assert check.problems == () and check.documents == len(list(large_book.glob("*/*.md")))


def test_a_reader_goes_on_while_the_book_is_replaced(tmp_path):
    import shutil

    shutil.copytree(BOOK.parent, tmp_path / "book")
    book = tmp_path / "book" / "textbook"
    reader = Library.open(tmp_path / "home", book)
    chapter = book / "en" / "A1.md"
    for round_ in range(5):
        chapter.write_text(chapter.read_text() + f"\n## §{round_ + 3} Addendum\n\nA zorb{round_} is a new thing.\n")
        Library.open(tmp_path / "home", book)
        answer = reader.answer(f"What is a zorb{round_}?")
        assert isinstance(answer, Extract)
        assert f"A zorb{round_} is a new thing." in [citation.text for citation in answer.citations]
