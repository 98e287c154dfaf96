"""Sentence vectors without a deep-learning framework: MiniLM's six layers in numpy.

Written out because the package that carries the weights asks for sentence-transformers and torch, whose import alone
takes longer than a question may; the result differs from theirs by less than 1e-6 (`tests/unit/test_library_dense.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import LibraryUnavailable
from knowledge.index.common_words import minilm_folder
from knowledge.text import Language

Vectors = NDArray[np.float32]

_HEADS = 12
_LAYERS = 6
_LONGEST = 256
_TOKENS_PER_BATCH = 4096


class Embedder(Protocol):
    """Turns text into unit vectors: the packaged MiniLM, a model in a folder, or one on a server."""

    @property
    def identifier(self) -> str:
        """Names the model; vectors of another model are not compared with its own. Known without loading it."""

    @property
    def dimension(self) -> int:
        """Length of a vector; the model may have to be loaded or asked for it."""

    @property
    def languages(self) -> frozenset[Language]:
        """Languages it reads; text in another is given by its gist in English."""

    def embed(self, texts: Sequence[str], as_query: bool = False) -> Vectors:
        """(n_texts, dimension) unit vectors.

        Args:
            texts: None of them empty.
            as_query: They are questions, which some models embed otherwise than what answers them.

        Raises:
            LibraryUnavailable: The model cannot be loaded or asked, or gives no usable vectors.
        """


class MiniLM:
    """all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), mean pooling, from weights that came with pip.

    It knows English only; Japanese text has to be given by its English gist.
    """

    identifier = "all-MiniLM-L6-v2/256"
    dimension = 384
    languages: frozenset[Language] = frozenset({"en"})

    def __init__(self, folder: Path) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST)
        self._tokenizer.no_padding()
        self._file = cast(Any, safe_open)(str(folder / "model.safetensors"), "np")  # the package ships no types
        self._words = self._file.get_slice("embeddings.word_embeddings.weight")
        self._weights: dict[str, Vectors] = {
            name: self._file.get_tensor(name)
            for name in self._file.keys()  # noqa: SIM118 - not a dict
            if name not in ("embeddings.word_embeddings.weight", "embeddings.position_ids")
        }

    def embed(self, texts: Sequence[str], as_query: bool = False) -> Vectors:
        """(n_texts, 384) unit vectors; text beyond 256 word pieces is not read, questions are read like any text."""
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        result = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for batch in _batches([len(ids) for ids in encoded]):
            longest = max(len(encoded[row]) for row in batch)
            ids = np.zeros((len(batch), longest), dtype=np.int64)
            mask = np.zeros((len(batch), longest), dtype=np.float32)
            for place, row in enumerate(batch):
                ids[place, : len(encoded[row])] = encoded[row]
                mask[place, : len(encoded[row])] = 1.0
            hidden = self._forward(ids, mask)
            mean = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
            result[batch] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return result

    def _forward(self, ids: NDArray[np.int64], mask: Vectors) -> Vectors:
        """(batch, length) token numbers -> (batch, length, 384) hidden states of the last layer."""
        weights = self._weights
        distinct, place = np.unique(ids, return_inverse=True)
        rows = np.concatenate([self._words[int(number) : int(number) + 1] for number in distinct])
        x = rows[place.reshape(ids.shape)]
        x = x + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
        x = self._normalise(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        forbidden = (1.0 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(_LAYERS):
            name = f"encoder.layer.{layer}"
            attended = self._attend(x, forbidden, f"{name}.attention.self")
            x = self._normalise(
                x + self._linear(attended, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm"
            )
            inner = _gelu(self._linear(x, f"{name}.intermediate.dense"))
            x = self._normalise(x + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        return x

    def _attend(self, x: Vectors, forbidden: Vectors, name: str) -> Vectors:
        batch, length, width = x.shape
        query, key, value = (
            self._linear(x, f"{name}.{part}").reshape(batch, length, _HEADS, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // _HEADS) ** 0.5) + forbidden
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Vectors = (scores @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)
        return mixed

    def _linear(self, x: Vectors, name: str) -> Vectors:
        result: Vectors = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result

    def _normalise(self, x: Vectors, name: str) -> Vectors:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-12))
        result: Vectors = centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return result


def unit_rows(rows: NDArray[np.floating], n_texts: int, name: str) -> Vectors:
    """(n_texts, dimension) rows of unit length, from what a model gave.

    Raises:
        LibraryUnavailable: It gave another number of vectors, or one that has no direction.
    """
    found: Vectors = np.asarray(rows, dtype=np.float32)
    if found.ndim != 2 or len(found) != n_texts or not found.shape[1]:
        raise LibraryUnavailable(f"the embedder {name} gave an array {found.shape} for {n_texts} texts")
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    if not (np.isfinite(lengths) & (lengths > 0)).all():
        raise LibraryUnavailable(f"the embedder {name} gave a vector of zeros, or of what is no number")
    unit: Vectors = found / lengths
    return unit


def minilm() -> MiniLM | None:
    """The packaged model, or None where the package is not installed: the library then ranks by words alone."""
    folder = minilm_folder()
    return MiniLM(folder) if folder is not None else None


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows of similar length together, so that little of a batch is padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[row] > _TOKENS_PER_BATCH:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _gelu(x: Vectors) -> Vectors:
    """x Phi(x), with erf from Abramowitz and Stegun 7.1.26 (error below 1.5e-7)."""
    z = np.abs(x) * np.float32(0.7071067811865476)
    t = 1.0 / (1.0 + np.float32(0.3275911) * z)
    series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    erf = np.sign(x) * (1.0 - series * np.exp(-z * z))
    result: Vectors = (0.5 * x * (1.0 + erf)).astype(np.float32)
    return result
