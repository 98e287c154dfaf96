"""Speed of the library: python evals/benchmarks/library_speed.py [PASSAGES [CHROMA_PASSAGES]].

One run prints, with wall and CPU seconds: the insertion rate of documents with their lexical index, what one more
document costs the full store, search latencies, memory, and the insertion rate and latencies of Chroma.

The documents are random walks over a vocabulary with Zipf's law, half English and half Japanese, about 900
characters to a passage; the questions are runs of words taken from them. Chroma gets random unit vectors of MiniLM's
dimension, as many as CHROMA_PASSAGES (it says of how many): what MiniLM itself takes is measured on a few passages.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

from knowledge import Library
from knowledge.index.chroma import ChromaIndex, VectorSet
from knowledge.index.embedder import minilm

PASSAGES_PER_DOCUMENT = 200
CHROMA_PASSAGES = 20_000
MINILM_PASSAGES = 32
DIMENSION = 384
TEXTBOOK_QUESTIONS = ("What is a Hopfield network?", "拡散モデルとは何ですか", "Why is noise like a temperature?")
COLD = (
    "import sys, time; start = time.process_time(); from pathlib import Path; from knowledge import Library; "
    "Library.open(Path(sys.argv[1])).answer('What is a restricted Boltzmann machine?'); "
    "print(time.process_time() - start)"
)


class Documents:
    """Writes documents of random words, and keeps a question for each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.questions: list[str] = []
        self._rng = rng = random.Random(7)
        latin = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(3, 10))) for _ in range(20_000)]
        kanji = ["".join(chr(rng.randint(0x4E00, 0x5600)) for _ in range(rng.randint(1, 3))) for _ in range(20_000)]
        self._kinds = [(kanji, 380, "の", "。"), (latin, 140, " ", ".")]
        self._weights = list(accumulate(1 / (rank + 5) for rank in range(20_000)))

    def write(self, n_passages: int = PASSAGES_PER_DOCUMENT) -> Path:
        """One more document."""
        vocabulary, size, join, stop = self._kinds[len(self.questions) % 2]
        paragraphs = [
            join.join(self._rng.choices(vocabulary, cum_weights=self._weights, k=size)) for _ in range(n_passages)
        ]
        self.questions.append(join.join(paragraphs[n_passages // 2].split(join)[10:18]))
        path = self.folder / f"{len(self.questions)}.txt"
        path.write_text("\n\n".join(text + stop for text in paragraphs), encoding="utf-8")
        return path


class Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Wall and CPU seconds."""
        return time.perf_counter() - self._start[0], time.process_time() - self._start[1]


def main() -> None:
    n_passages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    n_chroma = int(sys.argv[2]) if len(sys.argv) > 2 else min(n_passages, CHROMA_PASSAGES)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        _line("load average at the start", " ".join(f"{value:.1f}" for value in os.getloadavg()))
        clock = Clock()
        library = Library.open(home)
        library.answer("What is a restricted Boltzmann machine?")
        _line("first use of the built-in book, index included", _seconds(clock))
        cold = [subprocess.run([sys.executable, "-c", COLD, str(home)], capture_output=True, text=True, check=True)]
        _line("cold question to it, imports included", f"CPU {float(cold[0].stdout):.2f} s")
        times = _quantiles(lambda question: library.answer(question, book="textbook"), TEXTBOOK_QUESTIONS * 20)
        _line("warm answer from it", times)

        documents = Documents(Path(scratch, "documents"))
        for _ in range(max(n_passages // PASSAGES_PER_DOCUMENT, 1)):
            documents.write()
        clock = Clock()
        library.add([documents.folder], book="large")
        stored = sum(item.passages for item in library.documents("large"))
        _line(f"lexical insertion of {stored} passages", f"{_seconds(clock)}, {_rate(stored, clock)}")
        _line("peak memory of the insertion", _peak())
        _lexical(library, documents, stored)
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        _line("disk, SQLite and lexical index", f"{size / 1e6:.0f} MB")
        _line("peak memory with searching", _peak())
        _chroma(Path(scratch, "chroma"), n_chroma, stored)
        _line("peak memory with Chroma", _peak())
        _minilm(documents)
        _line("load average at the end", " ".join(f"{value:.1f}" for value in os.getloadavg()))


def _lexical(library: Library, documents: Documents, stored: int) -> None:
    def search(question: str) -> object:
        return library.search(question, k=10, book="large")

    clock = Clock()
    search(documents.questions[0])
    _line("first search of a process in the large book", _seconds(clock))
    questions = (documents.questions * 200)[:200]
    _line(f"search in {stored} passages", _quantiles(search, questions))
    for n_passages in (PASSAGES_PER_DOCUMENT, 1):
        path = documents.write(n_passages)
        clock = Clock()
        library.add([path], book="large")
        _line(f"one more document, of {n_passages} passages", _seconds(clock))
        clock = Clock()
        search(documents.questions[-1])
        _line("  first search after it", _seconds(clock))
    _line("search after these", _quantiles(search, questions))


def _chroma(folder: Path, n: int, stored: int) -> None:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(n, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    vectors = VectorSet(np.arange(n, dtype=np.int64), rows.astype(np.float16))
    index = ChromaIndex(folder, None, "large", "benchmark")
    clock = Clock()
    index.nearest(lambda: vectors, rows[0], 10)
    part = "" if n >= stored else f", a part of the {stored}"
    _line(f"Chroma insertion of {n} vectors{part}", f"{_seconds(clock)}, {_rate(n, clock)}")
    near = rows[rng.integers(n, size=200)] + 0.02 * rng.normal(size=(200, DIMENSION)).astype(np.float32)
    numbered = {str(number): row / np.linalg.norm(row) for number, row in enumerate(near)}
    times = _quantiles(lambda number: index.nearest(lambda: vectors, numbered[number], 10), list(numbered))
    _line(f"Chroma search in {n} vectors", times)


def _minilm(documents: Documents) -> None:
    embedder = minilm()
    if embedder is None:
        _line("MiniLM", "not installed")
        return
    text = (documents.folder / "2.txt").read_text(encoding="utf-8").split("\n\n")[:MINILM_PASSAGES]
    embedder.embed(text[:1])
    clock = Clock()
    embedder.embed(text)
    _line(f"MiniLM on {len(text)} passages", f"{_seconds(clock)}, {_rate(len(text), clock)}")


def _line(name: str, value: str) -> None:
    print(f"{name:<66}{value}", flush=True)


def _seconds(clock: Clock) -> str:
    return "wall {:.2f} s, CPU {:.2f} s".format(*clock.read())


def _rate(n: int, clock: Clock) -> str:
    wall, cpu = clock.read()
    return f"{n / wall:.0f} per wall second, {n / cpu:.0f} per CPU second"


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB"


def _quantiles(ask: Callable[[str], object], questions: Sequence[str]) -> str:
    wall: list[float] = []
    cpu: list[float] = []
    for question in questions:
        clock = Clock()
        ask(question)
        for times, seconds in zip((wall, cpu), clock.read(), strict=True):
            times.append(1e3 * seconds)
    return ", ".join(
        f"{name} p50 {sorted(times)[len(times) // 2]:.1f} ms, p95 {sorted(times)[int(0.95 * len(times))]:.1f} ms"
        for name, times in (("wall", wall), ("CPU", cpu))
    )


if __name__ == "__main__":
    main()
