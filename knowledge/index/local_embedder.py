"""An embedding model in a folder, through sentence-transformers; nothing is ever downloaded."""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.errors import LibraryUnavailable
from knowledge.index.embedder import Vectors, unit_rows
from knowledge.text import Language

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_MARKS = ("modules.json", "config.json")
_SAMPLE = 1 << 16


class LocalEmbedder:
    """A sentence-transformers model, or a plain transformers encoder (mean pooling), that reads both languages.

    What its own files say of pooling, length and prompts for questions and passages is followed.

    Args:
        folder: With the model's files; looked at when it is first needed.
        device: "cpu", "cuda", "cuda:1", "mps", or "auto".
    """

    languages: frozenset[Language] = frozenset({"en", "ja"})

    def __init__(self, folder: Path, device: str = "auto") -> None:
        self._folder = folder
        self._device = None if device == "auto" else device

    @cached_property
    def identifier(self) -> str:
        """Name of the folder and a hash over what is in it: the ends of large files, all of small ones.

        Raises:
            LibraryUnavailable: There is no model in the folder.
        """
        if not any((self._folder / name).is_file() for name in _MARKS):
            raise LibraryUnavailable(
                f"there is no embedding model in {self._folder}: set ANSATZ_EMBEDDER to a folder with the files of a "
                "sentence-transformers or transformers model"
            )
        digest = hashlib.sha256()
        try:
            for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
                size = path.stat().st_size
                digest.update(f"{path.relative_to(self._folder).as_posix()} {size}\n".encode())
                with path.open("rb") as file:
                    digest.update(file.read(_SAMPLE))
                    if size > _SAMPLE:
                        file.seek(-_SAMPLE, os.SEEK_END)
                        digest.update(file.read())
        except OSError as error:
            raise LibraryUnavailable(f"cannot read the embedding model in {self._folder}: {error.strerror}") from error
        return f"{self._folder.resolve().name}/{digest.hexdigest()[:16]}"

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        return int(self.embed(["dimension"]).shape[1])

    def embed(self, texts: Sequence[str], as_query: bool = False) -> Vectors:
        """(n_texts, dimension) unit vectors; text beyond the model's own length is not read."""
        if not texts:
            return unit_rows(self._run(["dimension"], as_query), 1, self._folder.name)[:0]
        return unit_rows(self._run(list(texts), as_query), len(texts), self._folder.name)

    def _run(self, texts: list[str], as_query: bool) -> Vectors:
        encode = self._model.encode_query if as_query else self._model.encode_document
        try:
            return encode(texts, show_progress_bar=False, convert_to_numpy=True)
        except (RuntimeError, ValueError, IndexError, KeyError) as error:
            raise LibraryUnavailable(f"the embedder {self._folder.name} failed: {_first_line(error)}") from error

    @cached_property
    def _model(self) -> "SentenceTransformer":
        name = self.identifier  # tells of a missing folder before anything heavy is imported
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar

            disable_progress_bar()  # type: ignore[no-untyped-call]
            return SentenceTransformer(str(self._folder), device=self._device, local_files_only=True)
        except Exception as error:  # it raises what torch, safetensors, tokenizers and json raise
            raise LibraryUnavailable(f"the embedder {name} cannot be loaded: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:240]
