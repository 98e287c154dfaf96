"""The dense lane: vectors in SQLite, exact in small books, through Chroma in large ones, the same answers in both."""

import contextlib
import hashlib
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from knowledge import InvalidRequest, Library, LibraryBusy
from knowledge.errors import LibraryDamaged
from knowledge.index.common_words import minilm_folder
from knowledge.index.embedder import minilm
from tests.unit.test_library import BOOK

N_PASSAGES = 400


class WordProjection:
    """Another embedder behind the interface: each word has a fixed random direction, a text their sum."""

    identifier = "word-projection"
    dimension = 48
    languages = frozenset({"en", "ja"})

    def embed(self, texts, as_query=False):
        rows = np.stack([sum(self._direction(word) for word in re.findall(r"\w+", text.lower())) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def _direction(self, word):
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
        return np.random.default_rng(seed).normal(size=self.dimension)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(3)
    words = np.array([f"{a}{b}on" for a in "pkmgtr lsz".replace(" ", "d") for b in ("ha", "eli", "oto", "us", "yr")])
    path = tmp_path / "papers"
    path.mkdir()
    for number in range(8):
        paragraphs = [" ".join(rng.choice(words, 90)) + "." for _ in range(N_PASSAGES // 8)]
        (path / f"{number}.md").write_text(f"# Paper {number}\n\n" + "\n\n".join(paragraphs) + "\n")
    return path


def opened(home, **options):
    return Library.open(home, BOOK, embedder=WordProjection(), **options)


def answers(library):
    queries = ("phaon keliphon motoon", "guson tyron", "relion soton zuson", "phaon")
    return [
        [(str(hit.span), round(hit.score, 3)) for hit in library.search(q, k=5, book="documents", lane="dense")]
        for q in queries
    ]


@pytest.fixture
def embedded(folder, tmp_path):
    library = opened(tmp_path / "home")
    library.add([folder])
    assert library.embed("documents") > 0
    return library


def test_minilm_in_numpy_equals_the_network_in_torch():
    torch = pytest.importorskip("torch")
    from transformers import AutoModel, AutoTokenizer

    texts = ["A restricted Boltzmann machine.", "Why does the gradient vanish in deep networks? " * 9, "x"]
    tokenizer = AutoTokenizer.from_pretrained(minilm_folder())
    network = AutoModel.from_pretrained(minilm_folder()).eval()
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        hidden = network(**tokens).last_hidden_state
    mask = tokens["attention_mask"][..., None]
    mean = (hidden * mask).sum(1) / mask.sum(1)
    expected = torch.nn.functional.normalize(mean).numpy()
    np.testing.assert_allclose(minilm().embed(texts), expected, atol=1e-5)


def test_the_dense_lane_finds_what_shares_no_word(tmp_path):
    library = Library.open(tmp_path / "home", BOOK)
    note = tmp_path / "note.md"
    note.write_text(
        "# Zoo\n\n## Cats\n\nA kitten sleeps on the sofa most of the day.\n\n"
        "## Markets\n\nShares fell sharply after the bank raised rates.\n"
    )
    library.add([note])
    library.embed("documents")
    hits = library.search("Where does the feline rest?", k=1, book="documents", lane="dense")
    assert hits[0].section.endswith("Cats")
    assert library.source_text(hits[0].span.document)[hits[0].span.start : hits[0].span.end] == hits[0].text


def test_vectors_are_computed_once_and_an_interrupt_keeps_those_that_are_done(folder, tmp_path):
    library = opened(tmp_path / "home")
    library.add([folder])
    with pytest.raises(InvalidRequest, match="ansatz library embed"):
        library.search("phaon", book="documents", lane="dense")

    def interrupt(done, total):
        assert 0 < done < total
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.embed("documents", interrupt)
    remarks = library.partly_embedded()
    assert library.verify().remarks == remarks == library.partly_embedded("documents")
    left = library.embed("documents")
    assert 0 < left < library.verify().passages
    assert len(remarks) == 1 and remarks[0].startswith(f"book documents: {left} of ")
    assert remarks[0].endswith("ansatz library embed --book documents")
    assert library.embed("documents") == 0
    assert library.partly_embedded() == library.verify().remarks == ()


def test_chroma_and_the_exact_comparison_find_the_same(embedded, tmp_path):
    through_chroma = opened(tmp_path / "home", chroma_from=1)
    assert answers(through_chroma) == answers(embedded)
    assert list((tmp_path / "home" / "library" / "chroma").glob("*/chroma.sqlite3"))
    assert answers(opened(tmp_path / "home", chroma_from=1)) == answers(embedded)


def test_verify_counts_the_vectors_and_their_copy_in_chroma(embedded, tmp_path):
    library = opened(tmp_path / "home", chroma_from=1)
    answers(library)
    report = library.verify()
    assert report.problems == () and report.vectors >= 200
    with sqlite3.connect(tmp_path / "home" / "library" / "library.sqlite") as connection:
        first = connection.execute("SELECT min(passage) FROM vector").fetchone()[0]
        half = np.full(48, 0.5, dtype=np.float16).tobytes()
        connection.execute("UPDATE vector SET vector = ? WHERE passage = ?", (half, first))
    connection.close()
    assert any("unit length" in problem for problem in opened(tmp_path / "home").verify().problems)


def test_a_chroma_server_gives_the_same(embedded, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("chroma")
    if not program.is_file():
        pytest.skip("the chroma program is not beside this interpreter")
    command = [str(program), "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        url = f"http://127.0.0.1:{port}"
        library = opened(tmp_path / "home", chroma_from=1, chroma_url=url)
        assert answers(library) == answers(embedded)
        import chromadb

        assert [item.count() for item in chromadb.HttpClient("127.0.0.1", port).list_collections()] == [
            library.verify().vectors
        ]
        assert not list((tmp_path / "home" / "library" / "chroma").glob("*/chroma.sqlite3"))
    finally:
        server.kill()
        server.wait()
    assert answers(opened(tmp_path / "home", chroma_from=1, chroma_url=url)) == answers(embedded)


@pytest.mark.parametrize("damage", ["deleted", "truncated", "emptied", "garbled"])
def test_a_damaged_chroma_folder_is_rebuilt(embedded, tmp_path, damage):
    import shutil

    expected = answers(embedded)
    assert answers(opened(tmp_path / "home", chroma_from=1)) == expected
    root = tmp_path / "home" / "library" / "chroma"
    [built] = [path for path in root.iterdir() if path.is_dir()]
    database = built / "chroma.sqlite3"
    binary = next(iter(built.rglob("data_level0.bin")), database)
    if damage == "deleted":
        shutil.rmtree(built)
    elif damage == "truncated":
        binary.write_bytes(binary.read_bytes()[: binary.stat().st_size // 2])
    elif damage == "emptied":
        binary.write_bytes(b"")
    else:
        database.write_bytes(b"\x13" * database.stat().st_size)
    assert answers(opened(tmp_path / "home", chroma_from=1)) == expected
    [rebuilt] = [path for path in root.iterdir() if path.is_dir()]
    assert rebuilt != built and (rebuilt / "manifest.json").is_file()


def test_a_changed_book_gets_a_new_collection_and_the_old_one_goes(embedded, folder, tmp_path):
    library = opened(tmp_path / "home", chroma_from=1)
    answers(library)
    root = tmp_path / "home" / "library" / "chroma"
    before = {path.name for path in root.iterdir() if path.is_dir()}
    library.remove(["documents/3.md"])
    assert not [path for path in root.iterdir() if path.is_dir()]
    found = answers(library)
    assert before.isdisjoint(path.name for path in root.iterdir() if path.is_dir())
    assert not any("3.md" in span for hits in found for span, _ in hits)


def test_a_second_builder_is_refused_and_the_question_is_answered_all_the_same(embedded, tmp_path):
    expected = answers(embedded)
    root = tmp_path / "home" / "library" / "chroma"
    root.mkdir(exist_ok=True)
    with FileLock(root / "builder.lock"):
        assert answers(opened(tmp_path / "home", chroma_from=1)) == expected
    assert not [path for path in root.iterdir() if path.is_dir()]


def test_a_second_writer_of_vectors_is_refused(embedded, tmp_path):
    with FileLock(tmp_path / "home" / "library" / "writer.lock"), pytest.raises(LibraryBusy, match="another process"):
        embedded.embed("documents")


def test_vectors_of_another_embedder_are_not_compared(embedded, tmp_path):
    library = Library.open(tmp_path / "home", BOOK)
    with pytest.raises(InvalidRequest, match="compute them anew"):
        library.search("phaon", book="documents", lane="dense")


def test_both_lanes_together_keep_what_the_words_found(embedded):
    lexical = embedded.search("phaon motoon", k=1, book="documents")
    assert embedded.search("phaon motoon", k=3, book="documents", lane="both")[0].span.document
    assert lexical[0].section in [
        hit.section for hit in embedded.search("phaon motoon", k=8, book="documents", lane="both")
    ]


def test_a_store_of_a_later_schema_is_refused_in_one_sentence(tmp_path):
    opened(tmp_path / "home")
    path = tmp_path / "home" / "library" / "library.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryDamaged, match="schema 99"):
        opened(tmp_path / "home")
