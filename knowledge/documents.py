"""The user's own documents: add, replace, remove; a document is in the library whole or not at all."""

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from knowledge.errors import InvalidRequest, LibraryBusy, LibraryUnavailable, UnreadableDocument
from knowledge.ingest.read import FORMATS, read_document
from knowledge.model import TEXTBOOK
from knowledge.store import DocumentInfo, NewDocument, Store, Writer

DEFAULT_BOOK = "documents"

_REMOVED = "removed"
"""Setting with the books that lost text whose bytes may still be in files."""
_BOOK_NAME = re.compile(r"[^\s/:][^/:\n\t]{0,79}")


@dataclass(frozen=True)
class AddProgress:
    """How far an ``add`` is."""

    document: str
    """Name of the file being read."""
    pages: int
    """Pages read so far, of all files; a file without pages counts as one."""
    files_done: int
    files: int


@dataclass(frozen=True)
class Added:
    """What an ``add`` did; documents are named by their identifiers.

    Attributes:
        remarks: Sentences about pages that could not be read of documents that were added.
        failed: Sentences about files that were not added.
    """

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    remarks: tuple[str, ...]
    failed: tuple[str, ...]
    pages: int


ProgressCallback = Callable[[AddProgress], None]


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold the library's writer lock.

    Raises:
        LibraryBusy: At once, where another process holds it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LibraryBusy("another process is adding or removing documents; try again when it has finished") from None
    except OSError as error:
        raise LibraryUnavailable(f"cannot write to {folder}: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def add_documents(store: Store, paths: Sequence[Path], book: str, licence: str, on_progress: ProgressCallback) -> Added:
    """Add files, and the files of known kinds in folders; see ``Library.add``."""
    if book == TEXTBOOK:
        raise InvalidRequest(f"{TEXTBOOK!r} is the built-in book; choose another name")
    if not _BOOK_NAME.fullmatch(book):
        raise InvalidRequest(f"{book!r} cannot name a book: 1 to 80 characters without '/' and ':'")
    files = _files(paths)
    outcome: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": [], "remarks": [], "failed": []}
    pages = 0
    for number, (path, name) in enumerate(files):
        before = pages

        def on_page(done: int, _total: int, before: int = before, number: int = number, name: str = name) -> None:
            on_progress(AddProgress(name, before + done, number, len(files)))

        try:
            data = path.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            identifier, what = _place(store, book, path, name, digest)
            if what != "unchanged":
                parsed, remark = read_document(path, on_page)
                pages += max(len(parsed.pages), 1)
                document = NewDocument(
                    id=identifier,
                    book=book,
                    ordinal=0,
                    chapter=parsed.title,
                    chapter_id="",
                    format=FORMATS[path.suffix.lower()],
                    source=str(path.resolve()),
                    licence=licence,
                    source_sha256=digest,
                    parsed=parsed,
                )
                with store.writing() as writer:
                    writer.replace(document)
                    writer.restamp(book)
                    if what == "replaced":
                        _note_removal(writer, [book])
                if remark:
                    outcome["remarks"].append(remark)
            outcome[what].append(identifier)
        except UnreadableDocument as error:
            outcome["failed"].append(str(error))
        except OSError as error:
            outcome["failed"].append(f"{name}: it cannot be read ({error.strerror})")
        on_progress(AddProgress(name, pages, number + 1, len(files)))
    return Added(
        added=tuple(outcome["added"]),
        replaced=tuple(outcome["replaced"]),
        unchanged=tuple(outcome["unchanged"]),
        remarks=tuple(outcome["remarks"]),
        failed=tuple(outcome["failed"]),
        pages=pages,
    )


def remove_documents(store: Store, identifiers: Sequence[str]) -> tuple[DocumentInfo, ...]:
    """Remove documents, all or none; their bytes go with ``forget_removed``. See ``Library.remove``."""
    with store.writing() as writer:
        known = {item.id: item for item in writer.documents()}
        for identifier in identifiers:
            if identifier not in known:
                raise InvalidRequest(f"there is no document {identifier!r} in the library")
            if known[identifier].book == TEXTBOOK:
                raise InvalidRequest(f"{identifier} belongs to the built-in book and cannot be removed")
        for identifier in identifiers:
            writer.remove(identifier)
        books = sorted({known[identifier].book for identifier in identifiers})
        for book in books:
            writer.restamp(book)
        _note_removal(writer, books)
    return tuple(known[identifier] for identifier in identifiers)


def forget_removed(store: Store, forget: Callable[[str], None]) -> None:
    """Leave no byte of what was removed; nothing is done where nothing was. The caller holds the writer lock.

    Args:
        store: Noted what was removed in the transaction that removed it, so that a kill in between loses nothing.
        forget: Drops the indexes of a book.

    Raises:
        LibraryBusy: Another process has been reading for a minute; the next writer, or opener, ends this.
    """
    with store.reading() as reader:
        noted = reader.setting(_REMOVED)
    if noted is None:
        return
    for book in json.loads(noted):
        forget(book)
    store.compact()
    with store.writing() as writer:
        writer.unset(_REMOVED)


def finish_removal(store: Store, folder: Path, forget: Callable[[str], None]) -> None:
    """End what a killed process left of a removal; another process that is at it is left alone."""
    with store.reading() as reader:
        if reader.setting(_REMOVED) is None:
            return
    with contextlib.suppress(LibraryBusy, LibraryUnavailable), sole_writer(folder):
        forget_removed(store, forget)


def _note_removal(writer: Writer, books: Sequence[str]) -> None:
    noted = json.loads(writer.setting(_REMOVED) or "[]")
    writer.set(_REMOVED, json.dumps(sorted({*noted, *books})))


def _files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Files with the names they get: relative to the folder they were found in."""
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            for item in sorted(path.rglob("*")):
                if item.is_file() and item.suffix.lower() in FORMATS and not _is_hidden(item.relative_to(path)):
                    found.setdefault(item, item.relative_to(path).as_posix())
        elif path.is_file():
            found.setdefault(path, path.name)
        else:
            raise InvalidRequest(f"there is no file or folder {path}")
    if not found:
        raise InvalidRequest(f"no files to add; kinds that are read: {', '.join(FORMATS)}")
    return list(found.items())


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _place(store: Store, book: str, path: Path, name: str, digest: str) -> tuple[str, str]:
    """The identifier of a file, and what adding it means: "added", "replaced" or "unchanged"."""
    clean = re.sub(r"[\s:]+", "_", name)
    with store.reading() as reader:
        same = reader.document_from(book, str(path.resolve()))
        if same is not None:
            current = reader.source_hash(same)  # None where an older parser read it
            return same, "unchanged" if current == digest else "replaced"
        if (copy := reader.document_like(book, digest)) is not None:
            return copy, "unchanged"
        names = (f"{book}/{clean}~{number}" if number > 1 else f"{book}/{clean}" for number in count(1))
        return next(name for name in names if not reader.has_document(name)), "added"
