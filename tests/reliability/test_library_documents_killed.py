"""kill -9 while documents are added or indexed, and a full disk: nothing acknowledged is lost, nothing half is seen."""

import contextlib
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from knowledge import Library, LibraryBusy, LibraryUnavailable
from tests.unit.test_library import BOOK
from tests.unit.test_library_dense import WordProjection

ROOT = Path(__file__).parents[2]
ADD = """
import sys
from pathlib import Path
from knowledge import Library
library = Library.open(Path(sys.argv[1]), *map(Path, sys.argv[3:]))
print("start", flush=True)
library.add([Path(sys.argv[2])], on_progress=lambda p: p.files_done and print(p.files_done, flush=True))
print("done", flush=True)
"""


def lines_of(number, edition):
    return [f"Sample{number} has property{number}x{line} at temperature {line}e{edition}." for line in range(150)]


@pytest.mark.parametrize(("least_kills", "n_files"), [(3, 16), pytest.param(30, 16, marks=pytest.mark.slow)])
def test_kill_loop_during_ingestion(tmp_path, least_kills, n_files):
    """Killed at random instants, while new files are added and, once all are in, while changed ones replace them."""
    folder, home, rng = tmp_path / "papers", tmp_path / "home", random.Random(11)
    folder.mkdir()

    def write(edition):
        for number in range(n_files):
            (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n{' '.join(lines_of(number, edition))}\n")

    def edition_of(library, number):
        """Of which edition a stored document is; it has all of that one's sentences and none of another's."""
        text = library.source_text(f"documents/{number:02}.md")
        whole = [e for e in range(edition + 1) if all(line in text for line in lines_of(number, e))]
        assert len(whole) == 1 and text.count("temperature") == 150
        return whole[0]

    edition, acknowledged, kills, most_at_once = 0, 0, 0, 0
    write(edition)
    Library.open(home)
    for _ in range(20 * least_kills):
        process = subprocess.Popen(
            [sys.executable, "-c", ADD, str(home), str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "start\n"
        time.sleep(rng.uniform(0, 0.3))
        finished = process.poll() is not None
        process.kill()
        output = process.stdout.read().split()
        process.wait()
        kills += not finished
        acknowledged = max([acknowledged, *(int(word) for word in output if word.isdigit())])
        library = Library.open(home)
        stored = {item.id for item in library.documents("documents")}
        assert library.verify().problems == ()
        assert all(f"documents/{number:02}.md" in stored for number in range(acknowledged))
        editions = [edition_of(library, int(name[-5:-3])) for name in sorted(stored)]
        assert all(found == edition for found in editions[:acknowledged])
        assert all(found in (edition - 1, edition) for found in editions)
        most_at_once = max(most_at_once, len(set(editions)))
        if kills >= least_kills:
            break
        if acknowledged == n_files:
            edition, acknowledged = edition + 1, 0
            write(edition)
    assert kills >= least_kills
    library.add([folder])
    assert len(library.documents("documents")) == n_files
    for number in range(0, n_files, 5):
        assert edition_of(library, number) == edition
        hit = library.search(f"property{number}x3", k=1, book="documents")[0]
        assert hit.span.document == f"documents/{number:02}.md"
    assert library.verify().problems == ()
    assert least_kills < 30 or (edition and most_at_once == 2)


@pytest.mark.slow
def test_a_removal_killed_at_random_instants_removes_all_or_nothing_and_leaves_no_byte(tmp_path):
    home, paper, rng = tmp_path / "home", tmp_path / "paper.md", random.Random(5)
    (tmp_path / "other.md").write_text("# Other\n\nA phonon is a quantum.\n")
    paper.write_text(f"# Paper\n\n{' '.join(lines_of(1, 0) * 20)}\n")
    remove = "; ".join(
        (
            "import sys",
            "from pathlib import Path",
            "from knowledge import Library",
            "library = Library.open(Path(sys.argv[1]))",
            "print('start', flush=True)",
            "library.remove(['documents/paper.md'])",
        )
    )
    removed = 0
    for _ in range(30):
        library = Library.open(home)
        library.add([paper, tmp_path / "other.md"])
        process = subprocess.Popen([sys.executable, "-c", remove, str(home)], cwd=ROOT, stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.12))
        process.kill()
        process.communicate()
        library = Library.open(home)
        assert library.verify().problems == ()
        data = b"".join(path.read_bytes() for path in (home / "library").rglob("*") if path.is_file())
        is_there = "documents/paper.md" in {item.id for item in library.documents("documents")}
        assert (b"has property1x3 at temperature" in data) == is_there
        removed += not is_there
    assert removed


READ = """
import sys
from pathlib import Path
from knowledge import Library
library = Library.open(Path(sys.argv[1]), Path(sys.argv[2]))
print("start", flush=True)
seen = set()
while True:
    for hit in library.search("property3x3 property5x3 sample"):
        assert library.source_text(hit.span.document)[hit.span.start : hit.span.end] == hit.text
    documents = library.documents()
    seen.add(len(documents))
    print(len(seen), flush=True)
"""


def test_readers_in_other_processes_go_on_while_one_writes_and_a_second_writer_is_refused_at_once(tmp_path):
    folder, home = tmp_path / "papers", tmp_path / "home"
    folder.mkdir()
    for number in range(20):
        (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n{' '.join(lines_of(number, 0))}\n")
    library = Library.open(home, BOOK)
    library.add([folder / "03.md"])
    reader = subprocess.Popen(
        [sys.executable, "-c", READ, str(home), str(BOOK)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    reader.stdout.readline()
    writer = subprocess.Popen(
        [sys.executable, "-c", ADD, str(home), str(folder), str(BOOK)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout.readline() == "start\n" and writer.stdout.readline() == "1\n"
    began = time.monotonic()
    with pytest.raises(LibraryBusy, match="another process is adding or removing"):
        library.remove(["documents/03.md"])
    assert time.monotonic() - began < 2 and writer.poll() is None
    assert writer.communicate(timeout=120)[0].split()[-1] == "done"
    reader.stdout.readline()
    time.sleep(0.2)
    assert reader.poll() is None  # nothing it read was half
    reader.kill()
    assert int(reader.communicate()[0].split()[-1]) > 1
    assert len(library.documents("documents")) == 20 and library.verify().problems == ()


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


LIMITED = """
import resource, signal, sys
from pathlib import Path
from knowledge import Library, LibraryUnavailable
library = Library.open(Path(sys.argv[1]), Path(sys.argv[3]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (800_000, 800_000))
try:
    library.add([Path(sys.argv[2])])
except LibraryUnavailable as error:
    print(error)
"""


def test_a_file_that_may_not_grow_is_told_and_loses_nothing(tmp_path):
    """The same where nobody may mount a disk: files are held to a size."""
    folder, home = tmp_path / "papers", tmp_path / "home"
    folder.mkdir()
    for number in range(12):
        lines = [f"Sample{number} has property{number}x{line} at temperature {line}." for line in range(1500)]
        (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n{' '.join(lines)}\n")
    command = [sys.executable, "-c", LIMITED, str(home), str(folder), str(BOOK)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("cannot use ") and ran.stdout.count("\n") == 1
    library = Library.open(home, BOOK)
    kept = library.documents("documents")
    assert 0 < len(kept) < 12 and library.verify().problems == ()
    assert library.search("property0x3", k=1, book="documents")[0].span.document == "documents/00.md"
    library.add([folder])
    assert len(library.documents("documents")) == 12
