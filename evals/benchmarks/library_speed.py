"""Speed of the library: python evals/benchmarks/library_speed.py [PASSAGES] prints rates, latencies and memory.

The documents are random walks over a vocabulary with Zipf's law, half English and half Japanese, about 900
characters to a passage; the questions are runs of words taken from them.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

from knowledge import Library

PASSAGES_PER_DOCUMENT = 200
TEXTBOOK_QUESTIONS = ("What is a Hopfield network?", "拡散モデルとは何ですか", "Why is noise like a temperature?")
COLD = (
    "import sys, time; start = time.perf_counter(); from pathlib import Path; from knowledge import Library; "
    "Library.open(Path(sys.argv[1])).answer('What is a restricted Boltzmann machine?'); "
    "print(time.perf_counter() - start)"
)


def main() -> None:
    n_passages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    rng = random.Random(7)
    latin = ["".join(rng.choices("abcdefghijklmnoprstuvw", k=rng.randint(3, 10))) for _ in range(20_000)]
    kanji = ["".join(chr(rng.randint(0x4E00, 0x5600)) for _ in range(rng.randint(1, 3))) for _ in range(20_000)]
    weights = list(accumulate(1 / (rank + 5) for rank in range(20_000)))
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch, "home")
        start = time.perf_counter()
        library = Library.open(home)
        library.answer("What is a restricted Boltzmann machine?")
        print(f"first use of the built-in book, with index and calibration  {time.perf_counter() - start:8.2f} s")
        for _ in range(3):
            shown = subprocess.run([sys.executable, "-c", COLD, str(home)], capture_output=True, text=True, check=True)
            print(f"cold question (imports included, interpreter start not)     {float(shown.stdout):8.3f} s")
        questions = []
        folder = Path(scratch, "documents")
        folder.mkdir()
        for number in range(n_passages // PASSAGES_PER_DOCUMENT):
            vocabulary, size, join = (latin, 140, " ") if number % 2 else (kanji, 380, "の")
            paragraphs = [
                join.join(rng.choices(vocabulary, cum_weights=weights, k=size)) for _ in range(PASSAGES_PER_DOCUMENT)
            ]
            questions.append(join.join(paragraphs[3].split(join)[10:18]))
            (folder / f"{number}.txt").write_text(
                "\n\n".join(f"{text}{'.' if number % 2 else '。'}" for text in paragraphs)
            )
        start, cpu = time.perf_counter(), time.process_time()
        library.add([folder], book="large")
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        info = library.documents("large")
        stored = sum(item.passages for item in info)
        rate = f"{stored / seconds:.0f} passages/s (CPU {cpu:.1f} s, {stored / cpu:.0f} passages/s)"
        print(f"added {stored} passages, index included {seconds:.1f} s, {rate}")
        times = _quantiles(lambda question: library.search(question, k=10, book="large"), (questions * 200)[:200])
        print(f"search in {stored} passages: {times}")
        times = _quantiles(lambda question: library.answer(question, book="textbook"), TEXTBOOK_QUESTIONS * 20)
        print(f"warm answer from the built-in book: {times}")
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"disk {size / 1e6:.0f} MB, peak memory {peak / 1e3:.0f} MB")


def _quantiles(ask: Callable[[str], object], questions: Sequence[str]) -> str:
    wall, cpu = [], []
    for question in questions:
        start, used = time.perf_counter(), time.process_time()
        ask(question)
        wall.append(1e3 * (time.perf_counter() - start))
        cpu.append(1e3 * (time.process_time() - used))
    return ", ".join(
        f"{name} p50 {sorted(times)[len(times) // 2]:.1f} ms, p95 {sorted(times)[int(0.95 * len(times))]:.1f} ms"
        for name, times in (("wall", wall), ("CPU", cpu))
    )


if __name__ == "__main__":
    main()
