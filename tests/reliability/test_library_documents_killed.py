"""kill -9 while documents are added or indexed, and a full disk: nothing acknowledged is lost, nothing half is seen."""

import contextlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge import Library, LibraryUnavailable
from tests.unit.test_library import BOOK
from tests.unit.test_library_dense import WordProjection

ROOT = Path(__file__).parents[2]
ADD = """
import sys
from pathlib import Path
from knowledge import Library
library = Library.open(Path(sys.argv[1]))
library.add([Path(sys.argv[2])], on_progress=lambda p: p.files_done and print(p.files_done, flush=True))
print("done", flush=True)
"""


@pytest.mark.parametrize(("least_kills", "n_files"), [(3, 16), pytest.param(30, 160, marks=pytest.mark.slow)])
def test_kill_loop_during_ingestion(tmp_path, least_kills, n_files):
    folder, home = tmp_path / "papers", tmp_path / "home"
    folder.mkdir()
    sentences = {}
    for number in range(n_files):
        lines = [f"Sample{number} has property{number}x{line} at temperature {line}." for line in range(150)]
        (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n" + " ".join(lines) + "\n")
        sentences[f"documents/{number:02}.md"] = lines
    Library.open(home)
    acknowledged, kills, delay = 0, 0, 0.0
    for _ in range(200):
        process = subprocess.Popen(
            [sys.executable, "-c", ADD, str(home), str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        process.stdout.readline()  # at least one file more than before is in
        time.sleep(delay % 0.05)
        delay += 0.007
        finished = process.poll() is not None
        process.kill()
        output = process.stdout.read().split()
        process.wait()
        kills += not finished
        library = Library.open(home)
        stored = {item.id: item for item in library.documents("documents")}
        acknowledged = max([acknowledged, *(int(word) for word in output if word.isdigit())])
        assert len(stored) >= acknowledged
        assert library.verify().problems == ()
        for identifier in stored:
            text = library.source_text(identifier)
            assert all(sentence in text for sentence in sentences[identifier])
        if kills >= least_kills or ("done" in output and len(stored) == n_files):
            break
    library.add([folder])
    assert len(library.documents("documents")) == n_files
    for identifier in list(sentences)[::5]:
        number = int(identifier[-5:-3])
        assert library.search(f"property{number}x3", k=1, book="documents")[0].span.document == identifier
    assert kills >= least_kills


SEARCH = """
import sys
from pathlib import Path
from knowledge import Library
from tests.unit.test_library import BOOK
from tests.unit.test_library_dense import WordProjection
library = Library.open(Path(sys.argv[1]), BOOK, embedder=WordProjection(), chroma_from=1)
print("ready", flush=True)
library.search("property3", k=5, book="documents", lane="dense")
"""


def test_kill_loop_while_chroma_is_built(tmp_path):
    home, document = tmp_path / "home", tmp_path / "long.md"
    document.write_text("# Long\n\n" + "\n\n".join(f"## S{n}\n\nSample{n} has property{n}." for n in range(600)) + "\n")
    library = Library.open(home, BOOK, embedder=WordProjection())
    library.add([document])
    library.embed("documents")
    queries = ["property3", "sample77 has property77"]

    def answers(**options):
        asked = Library.open(home, BOOK, embedder=WordProjection(), **options)
        return [[str(hit.span) for hit in asked.search(q, k=1, book="documents", lane="dense")] for q in queries]

    expected = answers()
    for attempt in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", SEARCH, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        process.stdout.readline()
        time.sleep(0.3 * attempt)
        process.kill()
        process.wait()
        assert answers() == expected
    assert answers(chroma_from=1) == expected
    assert len(list((home / "library" / "chroma").glob("*/manifest.json"))) == 1


@contextlib.contextmanager
def small_disk(folder, megabytes):
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_and_loses_nothing(tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    for number in range(40):
        lines = [f"Sample{number} has property{number}x{line} at temperature {line}." for line in range(1500)]
        (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n" + " ".join(lines) + "\n")
    with small_disk(tmp_path / "disk", 6):
        library = Library.open(tmp_path / "disk" / "home", BOOK)
        with pytest.raises(LibraryUnavailable, match="full"):
            library.add([folder])
        kept = library.documents("documents")
        assert 0 < len(kept) < 40
        again = Library.open(tmp_path / "disk" / "home", BOOK)
        assert again.documents("documents") == kept
        assert again.verify().problems == ()
        assert again.search("property0x3", k=1, book="documents")[0].span.document == "documents/00.md"
