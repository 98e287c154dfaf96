"""A lexical index that grew addition by addition gives what one built at once gives, and growing it costs little."""

import hashlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge import Library
from tests.unit.test_library import BOOK

ROOT = Path(__file__).parents[2]
WORDS = ("phonon", "lattice", "energy", "格子", "比熱", "温度", "entropy", "magnon", "拡散モデル", "gauge", "対称性")
QUERIES = (
    *WORDS,
    "What is the entropy of a phonon?",
    "格子の比熱と温度",
    "拡散モデルとは何ですか",
    "energy of a magnon on the lattice 7",
)


def write(folder, number, edition=0):
    rng = random.Random(f"{number} {edition}")
    lines = [f"# Note {number}", ""]
    for section in range(rng.randint(0, 3)):
        lines += [f"## {rng.choice(WORDS)} {section}", ""]
        lines += [f"{' '.join(rng.choices(WORDS, k=rng.randint(3, 60)))} {number}.\n" for _ in range(rng.randint(1, 4))]
    path = folder / f"note{number}.md"
    path.write_text("\n".join([*lines, "The same line stands in every note.", ""]))
    return path


def hits(library):
    return [
        [(str(hit.span), hit.score) for hit in library.search(query, k=20, book="documents")]
        for query in (*QUERIES, "the same line in every note")
    ]


def index_files(home):
    return {path.name: path.stat().st_ino for path in (home / "library" / "index").glob("????????????????-*.npz")}


@pytest.fixture
def grown(tmp_path):
    """Documents added in many additions, some of them changed and removed in between."""
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    library = Library.open(home, BOOK)
    rng = random.Random(3)
    for number in range(30):
        library.add([write(folder, number)])
        if number % 5 == 4:
            library.add([write(folder, rng.randrange(number), edition=number)])
        if number % 7 == 6:
            library.remove([rng.choice(library.documents("documents")).id])
        if number == 12:
            hits(library)  # a reader that has segments in memory
    return library


def test_grown_and_rebuilt_indexes_give_the_same_hits_and_scores(grown, tmp_path):
    found = hits(grown)
    assert all(found)
    shutil.copytree(tmp_path / "home", tmp_path / "again")
    shutil.rmtree(tmp_path / "again" / "library" / "index")
    again = Library.open(tmp_path / "again", BOOK)
    rebuilt = hits(again)
    assert [[span for span, _ in row] for row in found] == [[span for span, _ in row] for row in rebuilt]
    for row, other in zip(found, rebuilt, strict=True):
        assert [score for _, score in row] == pytest.approx([score for _, score in other], rel=1e-9)
    assert hits(Library.open(tmp_path / "home", BOOK)) == found
    assert grown.verify() == again.verify() and grown.verify().problems == ()


def test_a_book_that_took_another_way_to_the_same_documents_scores_them_the_same(grown, tmp_path):
    sources = {Path(item.source) for item in grown.documents("documents")}
    one = Library.open(tmp_path / "one", BOOK)
    one.add([*sorted(sources)])
    for row, other in zip(hits(grown), hits(one), strict=True):
        assert [score for _, score in row] == pytest.approx([score for _, score in other], rel=1e-9)
        assert min(row) == min(other) or row[-1][1] == other[-1][1]  # equal scores at the end may change places


def test_few_segments_and_the_large_ones_are_left_alone_by_an_addition(tmp_path):
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    for number in range(40):
        write(folder, number)
    library = Library.open(home, BOOK)
    library.add([folder])
    before = index_files(home)
    library.add([write(folder, 40)])
    assert before.items() < index_files(home).items()
    assert len(index_files(home)) == len(before) + 1
    for number in range(41, 60):
        library.add([write(folder, number)])
        assert len(index_files(home)) <= 8
    assert len(library.search("phonon", k=100, book="documents")) > 10


def test_a_removed_document_is_in_no_segment_and_the_rest_is_not_indexed_again(tmp_path, monkeypatch):
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    for number in range(10):
        write(folder, number)
    (folder / "extra.md").write_text("# Extra\n\nA xylozephyr is rare.\n")
    library = Library.open(home, BOOK)
    library.add([folder])
    assert library.search("xylozephyr", k=1, book="documents")
    expected = [len(row) for row in hits(library)]
    library.remove(["documents/extra.md"])
    monkeypatch.setattr("knowledge.indexes.terms", lambda *_: pytest.fail("a passage was read again"))
    other = Library.open(home, BOOK)
    found = [len(row) for row in hits(other)]
    assert found == expected and other.search("xylozephyr", k=1, book="documents") == []
    assert other.verify().problems == ()


@pytest.mark.parametrize("damage", [b"", b"not an index"])
def test_a_damaged_segment_is_built_again(grown, tmp_path, damage):
    expected = hits(grown)
    for name in list(index_files(tmp_path / "home"))[::2]:
        (tmp_path / "home" / "library" / "index" / name).write_bytes(damage)
    library = Library.open(tmp_path / "home", BOOK)
    assert hits(library) == expected and library.verify().problems == ()
    library.add([write(tmp_path / "notes", 99)])
    files = (tmp_path / "home" / "library" / "index").glob("*.npz")
    assert all(path.read_bytes() != damage for path in files)


def test_the_single_file_of_an_older_version_goes(tmp_path):
    (tmp_path / "note.md").write_text("# Note\n\nA phonon is a quantum.\n")
    library = Library.open(tmp_path / "home", BOOK)
    library.add([tmp_path / "note.md"])
    name = hashlib.sha256(b"documents").hexdigest()[:16]
    old = tmp_path / "home" / "library" / "index" / f"{name}.npz"
    old.write_bytes(b"old")
    library.add([write(tmp_path, 1)])
    assert not old.exists() and library.search("phonon", k=1, book="documents")


SEARCH = """
import sys
from pathlib import Path
from knowledge import Library
print("start", flush=True)
while True:
    library = Library.open(Path(sys.argv[1]), Path(sys.argv[2]))
    found = library.search("the same line stands in every note", k=100, book="documents")
    print(len({hit.span.document for hit in found}), flush=True)
"""


def test_readers_see_every_document_while_segments_are_joined(tmp_path):
    folder, home = tmp_path / "notes", tmp_path / "home"
    folder.mkdir()
    library = Library.open(home, BOOK)
    library.add([write(folder, 0)])
    reader = subprocess.Popen(
        [sys.executable, "-c", SEARCH, str(home), str(BOOK)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout.readline() == "start\n"
    for number in range(1, 25):
        library.add([write(folder, number)])
    assert reader.poll() is None
    reader.kill()
    counts = [int(line) for line in reader.communicate()[0].splitlines()]
    assert counts == sorted(counts) and counts
    found = library.search("the same line stands in every note", k=100, book="documents")
    assert len({hit.span.document for hit in found}) == 25
