"""Chroma as a rebuildable index of vectors; SQLite has the truth.

One collection per book and state of the book: a changed book gets a new collection, and the old one goes, so nothing is
ever changed in place and nothing removed stays in a file. Chroma's own embedder (it downloads) and its telemetry are
never used.
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import LibraryBusy, LibraryUnavailable
from knowledge.files import write_atomically
from knowledge.index.embedder import Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_BATCH = 2_000
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class VectorSet:
    """The vectors of a book: identifiers of its passages, ascending, and (n, dimension) half-precision unit rows."""

    identifiers: NDArray[np.int64]
    rows: NDArray[np.float16]

    def nearest(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The ``k`` passages with the largest cosine, best first, by comparing with every one."""
        cosine = np.concatenate([part.astype(np.float32) @ query for part in _parts(self.rows)] or [np.zeros(0)])
        best = np.argsort(-cosine, kind="stable")[:k]
        return [(int(self.identifiers[row]), float(cosine[row])) for row in best if cosine[row] > 0]


class ChromaIndex:
    """The collection of one book.

    Args:
        folder: Where embedded Chroma keeps its files.
        url: Address of a Chroma server to use instead, "http://host:8000".
        book: Name of the book.
        stamp: What the vectors were made from; with Chroma's version it names the collection.
    """

    def __init__(self, folder: Path, url: str | None, book: str, stamp: str) -> None:
        self._root = folder
        self._url = url
        self._book = _hash(book)
        self._stamp = _hash(f"{stamp} {version('chromadb')}")
        self._folder: Path | None = None
        self._name = f"ansatz-{self._book}-{self._stamp}"
        self._collection: Collection | None = None
        self._client: Client | None = None

    def nearest(self, load: Callable[[], VectorSet], query: Vectors, k: int) -> list[tuple[int, float]]:
        """The ``k`` nearest passages; builds the index first where it is missing, stale or damaged.

        Raises:
            LibraryBusy: Another process is building it.
            LibraryUnavailable: Chroma cannot be used.
        """
        for attempt in (1, 2):
            try:
                collection = self._open() or self._build(load())
                found = collection.query(
                    query_embeddings=[query.tolist()], n_results=min(k, collection.count()), include=["distances"]
                )
                distances = (found["distances"] or [[]])[0]
                return [
                    (int(name), 1.0 - float(d)) for name, d in zip(found["ids"][0], distances, strict=True) if d < 1.0
                ]
            except (LibraryBusy, LibraryUnavailable):
                raise
            except Exception as error:  # Chroma raises its own, SQLite's and those of its native part
                self.forget()
                if attempt == 2:
                    raise LibraryUnavailable(f"Chroma cannot be used: {error}") from error
        raise AssertionError

    def count(self) -> int | None:
        """Number of vectors in the finished collection; None where there is none yet.

        Raises:
            LibraryUnavailable: Chroma cannot be used.
        """
        try:
            collection = self._open()
        except Exception as error:
            raise LibraryUnavailable(f"Chroma cannot be used: {error}") from error
        return None if collection is None else collection.count()

    def forget(self) -> None:
        """Drop the collection, so that the next question builds it anew."""
        self._collection = None
        with contextlib.suppress(Exception):
            if self._url:
                self._connect().delete_collection(self._name)
        self._close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    def _close(self) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()
        self._client = None

    def _connect(self) -> "Client":
        if self._client is None:
            if self._url:
                self._client = _server(self._url)
            else:
                import chromadb
                from chromadb.config import Settings

                settings = Settings(anonymized_telemetry=False)
                self._client = cast("Client", chromadb.PersistentClient(str(self._folder), settings))
        return self._client

    def _open(self) -> "Collection | None":
        """The finished collection, or None where it has to be built."""
        if self._url is None and (self._folder is None or not _is_whole(self._folder)):
            self._collection = None
            self._close()
            folders = self._root.glob(f"{self._book}-{self._stamp}-*")
            self._folder = next((path for path in folders if _is_whole(path)), None)
            if self._folder is None:
                return None
        if self._collection is None:
            client = self._connect()
            if self._name not in [item.name for item in client.list_collections()]:
                return None
            collection = client.get_collection(self._name, embedding_function=None)
            metadata = collection.metadata or {}
            if not metadata.get("complete") or collection.count() != metadata.get("vectors"):
                return None
            self._collection = collection
        return self._collection

    def _build(self, vectors: VectorSet) -> "Collection":
        with _builder(self._root):
            if (collection := self._open()) is not None:  # another process was faster
                return collection
            self.forget()
            if self._url is None:
                # A new folder each time: Chroma keeps what it once opened under a path in memory.
                self._folder = Path(tempfile.mkdtemp(dir=self._root, prefix=f"{self._book}-{self._stamp}-"))
            self._drop_others()
            collection = self._connect().create_collection(
                self._name,
                metadata={"complete": False, "vectors": len(vectors.identifiers)},
                embedding_function=None,
                configuration={"hnsw": {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}},
            )
            for first in range(0, len(vectors.identifiers), _BATCH):
                part = slice(first, first + _BATCH)
                collection.add(
                    ids=[str(number) for number in vectors.identifiers[part]],
                    embeddings=vectors.rows[part].astype(np.float32),
                )
            collection.modify(metadata={"complete": True, "vectors": len(vectors.identifiers)})
            if self._folder is not None:
                self._close()  # so that all is on disk before its sizes are noted
                sizes = {
                    str(path.relative_to(self._folder)): path.stat().st_size
                    for path in self._folder.rglob("*")
                    if path.suffix in (".bin", ".sqlite3", ".pickle")
                }
                write_atomically(self._folder / _MANIFEST, lambda file: file.write(json.dumps(sizes).encode()))
            self._collection = None
            reopened = self._open()
            if reopened is None:
                raise LibraryUnavailable("Chroma did not keep the vectors it was given")
            return reopened

    def _drop_others(self) -> None:
        """Remove the collections of other states of the book, and what a killed build left."""
        if self._url:
            _drop_collections(self._connect(), self._book, but=self._name)
        for path in self._root.glob(f"{self._book}-*"):
            if path != self._folder:
                shutil.rmtree(path, ignore_errors=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _server(url: str) -> "Client":
    import chromadb
    from chromadb.config import Settings

    address = urlsplit(url)
    ssl = address.scheme == "https"
    port = address.port or (443 if ssl else 8000)
    settings = Settings(anonymized_telemetry=False)
    return cast("Client", chromadb.HttpClient(address.hostname or "localhost", port, ssl, settings=settings))


def _drop_collections(client: "Client", book: str, but: str = "") -> None:
    for item in client.list_collections():
        if item.name.startswith(f"ansatz-{book}-") and item.name != but:
            client.delete_collection(item.name)


def _is_whole(folder: Path) -> bool:
    """Whether the files have at least the sizes they were left with; Chroma itself may crash on a truncated one."""
    try:
        sizes = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(sizes) and all(
        (path := folder / name).is_file() and path.stat().st_size >= size for name, size in sizes.items()
    )


def forget_book(folder: Path, url: str | None, book: str) -> None:
    """Remove every collection of a book; on a server that cannot be asked they go with the next build."""
    for path in folder.glob(f"{_hash(book)}-*"):
        shutil.rmtree(path, ignore_errors=True)
    if url is not None:
        with contextlib.suppress(Exception):
            _drop_collections(_server(url), _hash(book))


@contextlib.contextmanager
def _builder(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "builder.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LibraryBusy("another process is building the vector index; try again when it has finished") from None
    try:
        yield
    finally:
        lock.release()


def _parts(rows: NDArray[np.float16], size: int = 8_192) -> Iterator[NDArray[np.float16]]:
    """Pieces small enough that their single-precision copies stay small."""
    return (rows[first : first + size] for first in range(0, len(rows), size))
