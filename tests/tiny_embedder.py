"""A tiny untrained encoder of both languages in a folder, and a server of embeddings on the loopback address."""

import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np


def build_tiny_encoder(folder: Path, *, width: int = 32, seed: int = 0, prompts: dict[str, str] | None = None) -> Path:
    """Write a BERT of one layer over bytes; with prompts, as a sentence-transformers model."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    raw = Tokenizer(models.BPE({piece: number for number, piece in enumerate(pieces)}, []))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=128,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        config = BertConfig(
            vocab_size=len(pieces),
            hidden_size=width,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=2 * width,
            max_position_embeddings=128,
            initializer_range=0.5,
        )
        model = BertModel(config).eval()
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)
    if prompts is not None:
        from sentence_transformers import SentenceTransformer

        SentenceTransformer(str(folder), prompts=prompts, device="cpu", local_files_only=True).save(str(folder))
    return folder


def by_characters(texts: list[str], dimension: int = 24) -> list[list[float]]:
    """Each character has a fixed random direction, a text their sum: near texts share characters, in any language."""

    def direction(character: str) -> np.ndarray:
        seed = int.from_bytes(hashlib.sha256(character.encode()).digest()[:4], "big")
        return np.random.default_rng(seed).normal(size=dimension)

    return [[float(value) for value in sum(direction(c) for c in text.lower())] for text in texts]


Embed = Callable[[list[str]], list[list[float]] | tuple[int, str]]


class EmbeddingServer:
    """``POST /v1/embeddings``: what ``embed`` gives for the texts, or a status and a message.

    Attributes:
        url: Base URL, ending in /v1.
        requests: Bodies of the requests, in order.
        keys: The bearer token of each of them.
    """

    def __init__(self, embed: Embed = by_characters) -> None:
        self.embed = embed
        self.requests: list[dict] = []
        self.keys: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> "EmbeddingServer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def _handler_for(server: EmbeddingServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            server.requests.append(body)
            server.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
            found = server.embed(body["input"]) if self.path == "/v1/embeddings" else (404, f"no path {self.path}")
            if isinstance(found, tuple):
                status, message = found
                self._send({"error": {"message": message, "type": "error", "code": None, "param": None}}, status)
                return
            # Backwards: the order is given by the index, not by the place.
            data = [{"object": "embedding", "index": n, "embedding": row} for n, row in enumerate(found)][::-1]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            self._send({"object": "list", "data": data, "model": body["model"], "usage": usage}, 200)

        def _send(self, value: object, status: int) -> None:
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
