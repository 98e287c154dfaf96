"""Embedders by setting: a model in a folder, one on a server; what is stored is never compared across them."""

import socket
import subprocess
import sys

import numpy as np
import pytest

from agent.library import choose_embedder, open_library
from agent.settings import load_settings
from knowledge import InvalidRequest, Library, LibraryUnavailable
from knowledge.index.local_embedder import LocalEmbedder
from tests.tiny_embedder import EmbeddingServer, build_tiny_encoder, by_characters
from tests.unit.test_library import BOOK
from tools.errors import AnsatzError, BadInput

TEXTS = ["A restricted Boltzmann machine.", "制限ボルツマンマシンは二部グラフである。", "x"]
NOTES = "# 記録\n\n## 格子\n\n格子振動の量子をフォノンという。\n\n## 市場\n\n銀行が金利を上げると株が下がる。\n"


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return build_tiny_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def notes(tmp_path):
    (tmp_path / "notes.md").write_text(NOTES)
    return tmp_path / "notes.md"


def opened(home, embedder, notes):
    library = Library.open(home, BOOK, embedder=embedder)
    library.add([notes])
    return library


def sections(library, query):
    return [hit.section for hit in library.search(query, k=5, book="documents", lane="dense")]


def test_a_plain_encoder_gives_the_mean_of_its_hidden_states(encoder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(encoder)(TEXTS, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        hidden = AutoModel.from_pretrained(encoder).eval()(**tokens).last_hidden_state
    mask = tokens["attention_mask"][..., None]
    expected = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1)).numpy()
    model = LocalEmbedder(encoder, "cpu")
    np.testing.assert_allclose(model.embed(TEXTS), expected, atol=1e-5)
    assert model.dimension == 32 and model.embed([]).shape == (0, 32)


def test_the_models_own_prompts_are_followed(tmp_path):
    folder = build_tiny_encoder(tmp_path / "prompted", prompts={"query": "query: ", "document": "passage: "})
    prompted, plain = LocalEmbedder(folder, "cpu"), LocalEmbedder(build_tiny_encoder(tmp_path / "plain"), "cpu")
    np.testing.assert_allclose(prompted.embed(["spin"], as_query=True), plain.embed(["query: spin"]), atol=1e-5)
    np.testing.assert_allclose(prompted.embed(["spin"]), plain.embed(["passage: spin"]), atol=1e-5)


def test_nothing_is_asked_of_the_network(encoder):
    code = (
        "import socket, sys; from pathlib import Path\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from knowledge.index.local_embedder import LocalEmbedder\n"
        "print(LocalEmbedder(Path(sys.argv[1]), 'cpu').embed(['spin']).shape)"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(encoder)], capture_output=True, text=True)
    assert ran.stdout.strip() == "(1, 32)", ran.stderr


def test_japanese_is_embedded_itself_and_the_stored_vectors_are_found_again(encoder, notes, tmp_path):
    library = opened(tmp_path / "home", LocalEmbedder(encoder, "cpu"), notes)
    assert library.embed("documents") == 2
    assert sections(library, "市場. 銀行が金利を上げると株が下がる。")[0] == "市場"
    again = Library.open(tmp_path / "home", BOOK, embedder=LocalEmbedder(encoder, "cpu"))
    assert again.embed("documents") == 0
    assert again.verify().vectors == 2 and again.verify().problems == ()


def test_verify_loads_no_model(encoder, notes, tmp_path):
    opened(tmp_path / "home", LocalEmbedder(encoder, "cpu"), notes).embed("documents")
    code = (
        "import sys; from pathlib import Path; from knowledge import Library\n"
        "from knowledge.index.local_embedder import LocalEmbedder\n"
        "report = Library.open(*map(Path, sys.argv[1:3]), embedder=LocalEmbedder(Path(sys.argv[3]))).verify()\n"
        "print(report.vectors, report.problems, 'torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "home"), str(BOOK), str(encoder)]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == "2 () False"


def test_another_model_asks_for_new_vectors(encoder, notes, tmp_path):
    opened(tmp_path / "home", LocalEmbedder(encoder, "cpu"), notes).embed("documents")
    other = Library.open(tmp_path / "home", BOOK, embedder=LocalEmbedder(build_tiny_encoder(tmp_path / "b", seed=1)))
    with pytest.raises(InvalidRequest, match=r"are of .*, not of b/.*anew with: ansatz library embed --book documents"):
        sections(other, "フォノン")
    assert other.embed("documents") == 2
    assert sections(other, "市場. 銀行が金利を上げると株が下がる。")[0] == "市場"


def test_another_dimension_behind_the_same_name_is_told(notes, tmp_path):
    with EmbeddingServer() as server:
        settings = load_settings(embedder="multilingual", embedder_url=server.url)
        opened(tmp_path / "home", choose_embedder(settings), notes).embed("documents")
        server.embed = lambda texts: by_characters(texts, 10)
        library = Library.open(tmp_path / "home", BOOK, embedder=choose_embedder(settings))
        with pytest.raises(
            InvalidRequest, match=r"\(24 dimensions\), not of multilingual@.* \(10 dimensions\); compute them anew"
        ):
            sections(library, "フォノン")
        assert library.embed("documents") == 2 and sections(library, "格子振動")[0] == "格子"
        server.embed = lambda texts: by_characters(texts, 12)
        with pytest.raises(LibraryUnavailable, match="gave 12 numbers for a text, and 10 before"):
            sections(library, "フォノン")


def test_a_server_gives_the_vectors(notes, tmp_path):
    (tmp_path / "long.md").write_text("# Long\n\n" + "".join(f"## S{n}\n\nText {n}.\n\n" for n in range(150)))
    with EmbeddingServer() as server:
        settings = load_settings(
            embedder="multilingual", embedder_url=server.url, embedder_key="sk-embed", home=tmp_path / "home"
        )
        library = open_library(settings)
        library.add([notes, tmp_path / "long.md"])
        assert library.embed("documents") == 152
        assert sections(library, "格子. 格子振動の量子をフォノンという。")[0] == "格子"
        assert set(server.keys) == {"sk-embed"} and {body["model"] for body in server.requests} == {"multilingual"}
        assert max(len(body["input"]) for body in server.requests) <= 64
        assert "sk-embed" not in str(settings.for_the_record())
        stored = library.verify()
    assert stored.vectors == 152 and open_library(settings).verify() == stored  # without the server too


@pytest.mark.parametrize(
    ("embed", "sentence"),
    [
        (lambda _texts: (404, "no model multilingual"), "refused: 404, no model multilingual"),
        (lambda texts: by_characters(texts)[1:], "gave an array|something else"),
        (lambda texts: [[0.0] * 4 for _ in texts], "a vector of zeros"),
        (lambda texts: [[1.0] * (n + 1) for n, _ in enumerate([*texts, ""])], "something else than embeddings"),
    ],
)
def test_what_a_server_gets_wrong_is_one_sentence(embed, sentence):
    with EmbeddingServer(embed) as server:
        settings = load_settings(embedder="multilingual", embedder_url=server.url, max_retries=0)
        with pytest.raises(LibraryUnavailable, match=sentence) as caught:
            choose_embedder(settings).embed(TEXTS)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_down_and_a_folder_that_is_not_there(notes, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    down = open_library(load_settings(embedder="m", embedder_url=url, max_retries=0, home=tmp_path / "home"))
    down.add([notes])  # what needs no vectors goes on
    with pytest.raises(LibraryUnavailable, match="cannot be reached"):
        down.embed("documents")
    absent = open_library(load_settings(embedder=str(tmp_path / "none"), home=tmp_path / "home"))
    assert absent.search("フォノン", book="documents")
    with pytest.raises(LibraryUnavailable, match=r"no embedding model in .*none: set ANSATZ_EMBEDDER"):
        absent.embed("documents")


@pytest.mark.parametrize("damage", ["config.json", "model.safetensors"])
def test_a_damaged_model_is_one_sentence(tmp_path, damage):
    folder = build_tiny_encoder(tmp_path / "model")
    (folder / damage).write_bytes(b"{")
    with pytest.raises(LibraryUnavailable, match="cannot be loaded") as caught:
        LocalEmbedder(folder, "cpu").embed(["x"])
    assert "\n" not in str(caught.value)


def test_settings_that_do_not_fit_together():
    with pytest.raises(BadInput, match="needs ANSATZ_EMBEDDER, the name"):
        choose_embedder(load_settings(embedder_url="http://localhost:1/v1"))
    with pytest.raises(BadInput, match="ANSATZ_EMBEDDER_URL is not an address"):
        choose_embedder(load_settings(embedder="m", embedder_url="localhost"))
    with pytest.raises(AnsatzError, match="switched off"):
        choose_embedder(load_settings(embedder="m", embedder_url="https://embeddings.example/v1"))
    assert choose_embedder(load_settings()) is None
