"""kill -9 while documents are added: nothing acknowledged is lost, nothing half is seen."""

import subprocess
import sys
import time
from pathlib import Path

from knowledge import Library

ROOT = Path(__file__).parents[2]
N_FILES = 16
ADD = """
import sys
from pathlib import Path
from knowledge import Library
library = Library.open(Path(sys.argv[1]))
library.add([Path(sys.argv[2])], on_progress=lambda p: p.files_done and print(p.files_done, flush=True))
print("done", flush=True)
"""


def test_kill_loop_during_ingestion(tmp_path):
    folder, home = tmp_path / "papers", tmp_path / "home"
    folder.mkdir()
    sentences = {}
    for number in range(N_FILES):
        lines = [f"Sample{number} has property{number}x{line} at temperature {line}." for line in range(150)]
        (folder / f"{number:02}.md").write_text(f"# Sample{number}\n\n" + " ".join(lines) + "\n")
        sentences[f"documents/{number:02}.md"] = lines
    Library.open(home)
    acknowledged, kills, delay = 0, 0, 0.0
    for _ in range(60):
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
        if "done" in output and len(stored) == N_FILES:
            break
    library.add([folder])
    assert len(library.documents("documents")) == N_FILES
    for identifier in list(sentences)[::5]:
        number = int(identifier[-5:-3])
        assert library.search(f"property{number}x3", k=1, book="documents")[0].span.document == identifier
    assert kills >= 3
