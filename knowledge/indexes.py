"""The lexical index of each book: in memory, in files, or built anew from the store.

A book's index is cut into segments, each a file with the documents of one addition or of several joined ones. A
segment is never changed, and which documents count is read from the store, so files may be lost, left over or written
twice without harm. Readers only ever add a segment for what no file holds; files go only while a writer holds the lock.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Set
from itertools import accumulate
from pathlib import Path

from knowledge.errors import InvalidRequest
from knowledge.index.book import BookIndex
from knowledge.index.definitions import defined_in
from knowledge.index.glossary import Glossary
from knowledge.index.morphemes import sudachi_version
from knowledge.index.segment import Segment, read_contents
from knowledge.index.tokens import TOKENS_VERSION, forget_texts, terms, terms_by_words
from knowledge.model import TEXTBOOK
from knowledge.store import Reader, StoredPassage

_PASSAGES_AT_ONCE = 4_000
_ATTEMPTS = 5


class LexicalIndexes:
    """Indexes by book, each stamped with the text, the tokens and the glossary it was made from.

    Args:
        folder: Where the files are; losing them costs the time to build them again.
        glossary: Names of concepts in both languages.
    """

    def __init__(self, folder: Path, glossary: Glossary) -> None:
        self._folder = folder
        self._glossary = glossary
        self._known: dict[tuple[str, bool], BookIndex] = {}
        self._loaded: dict[tuple[str, bool], dict[Path, Segment]] = {}

    def of(self, book: str, reader: Reader, by_words: bool = False) -> BookIndex:
        """The index of a book as the reader sees it.

        Args:
            book: Name of the book.
            reader: Of the store.
            by_words: With Japanese in words by Sudachi, instead of characters and pairs of them.

        Raises:
            InvalidRequest: There is no such book.
            LibraryUnavailable: Sudachi is wanted and not installed.
        """
        stamps = reader.stamps()
        if book not in stamps:
            raise InvalidRequest(f"there is no book {book!r}; the library has {', '.join(stamps)}")
        parts = [stamps[TEXTBOOK]] if book == TEXTBOOK else [stamps[book], stamps.get(TEXTBOOK, "")]
        stamp = hashlib.sha256(" ".join([self._made_by(by_words), *parts]).encode()).hexdigest()
        index = self._known.get((book, by_words))
        if index is None or index.stamp != stamp:
            background = self.of(TEXTBOOK, reader, by_words) if book != TEXTBOOK and TEXTBOOK in stamps else None
            index = BookIndex(stamp, self._segments(book, reader, by_words), background)
            self._known[book, by_words] = index
        return index

    def forget_removed(self, book: str, reader: Reader) -> None:
        """Remove from every file of a book what the store no longer has.

        The caller holds the writer lock, and the reader began after it was taken.
        """
        current = _states(book, reader).keys()
        for by_words in (False, True):
            self._drop_stale(book, current, by_words)

    def update(self, book: str, reader: Reader) -> None:
        """Index what is new in a book, join small segments and drop stale ones, as ``forget_removed`` does."""
        self.forget_removed(book, reader)
        states = _states(book, reader)
        held = {path: set(keys) for path, (_, keys) in self._contents(book, by_words=False).items()}
        missing = states.keys() - set().union(*held.values())
        for built in self._built({key: states[key] for key in missing}, reader, by_words=False):
            if (path := self._saved(built, book, by_words=False)) is not None:
                held[path] = {int(key) for key in built.documents}
        sizes = sorted(((path.stat().st_size, path) for path in held), reverse=True)
        small = [path for _, path in sizes[_n_large([size for size, _ in sizes]) :]]
        segments = [segment for path in small if (segment := Segment.load(path)) is not None]
        if len(small) > 1 and len(segments) == len(small):
            joined = self._saved(Segment.joined(segments), book, by_words=False)
            for path in small if joined is not None else ():
                path.unlink(missing_ok=True)

    def _segments(self, book: str, reader: Reader, by_words: bool) -> list[Segment]:
        """Segments that hold every document of a book once."""
        states = _states(book, reader)
        before = self._loaded.pop((book, by_words), {})
        for _ in range(_ATTEMPTS):  # a writer may join segments while they are being read
            loaded: dict[Path, Segment] = {}
            found: list[Segment] = []
            missing, gone = dict(states), False
            contents = self._contents(book, by_words)
            for path in sorted(contents, key=lambda path: -len(contents[path][1])):
                stamp, keys = contents[path]
                if stamp != self._made_by(by_words) or missing.keys().isdisjoint(keys):
                    continue
                segment = before.get(path) or Segment.load(path)
                if segment is None:
                    gone = gone or not path.exists()
                    continue
                loaded[path] = segment
                found.append(segment.only(missing.keys() & set(keys)))
                for key in keys:
                    missing.pop(key, None)
            if not gone:
                break
        for built in self._built(missing, reader, by_words):
            self._saved(built, book, by_words)
            loaded[self._file(book, by_words, built.name)] = built
            found.append(built)
        self._loaded[book, by_words] = loaded
        return found

    def _drop_stale(self, book: str, current: Set[int], by_words: bool) -> None:
        """Remove files that cannot be used, and from the others what the store no longer has."""
        kept: set[int] = set()
        written: set[Path | None] = set()
        contents = self._contents(book, by_words)
        for path in sorted(contents, key=lambda path: -len(contents[path][1])):
            stamp, keys = contents[path]
            wanted = (current & set(keys)) - kept if stamp.startswith(self._made_by()) else set()
            if path in written or len(wanted) == len(keys):
                kept |= wanted
                continue
            segment = Segment.load(path) if wanted else None
            if segment is not None:
                written.add(self._saved(segment.only(wanted), book, by_words, stamp))
                kept |= wanted
            path.unlink(missing_ok=True)
        for path in self._files(book, by_words):
            if path not in contents and read_contents(path) is None:
                path.unlink(missing_ok=True)
        self._file(book, by_words).unlink(missing_ok=True)  # of a version that kept one file for a book

    def _contents(self, book: str, by_words: bool) -> dict[Path, tuple[str, list[int]]]:
        """Stamp and keys of the documents of each file of a book that can be read."""
        found = {path: read_contents(path) for path in self._files(book, by_words)}
        return {path: (item[0], [int(key) for key in item[1]]) for path, item in found.items() if item is not None}

    def _built(self, documents: dict[int, str], reader: Reader, by_words: bool) -> Iterator[Segment]:
        """Index documents, given by key and name, in segments small enough to be made in little memory."""
        if not documents:
            return

        def terms_of(text: str) -> list[str]:
            return (terms_by_words if by_words else terms)(text, self._glossary)

        def definitions_of(text: str) -> list[str]:
            return [f"={number}" for number in defined_in(text, self._glossary)]

        keys: dict[str, int] = {}
        passages: list[StoredPassage] = []
        for name, key in sorted((name, key) for key, name in documents.items()):
            keys[name] = key
            passages += reader.passages_of_document(name)
            if len(passages) >= _PASSAGES_AT_ONCE:
                yield Segment.build(passages, keys, terms_of, definitions_of)
                keys, passages = {}, []
        if keys:
            yield Segment.build(passages, keys, terms_of, definitions_of)
        forget_texts()

    def _saved(self, segment: Segment, book: str, by_words: bool, stamp: str | None = None) -> Path | None:
        """The file a segment was written to; None on a full disk, which costs the next process the time to build it."""
        path = self._file(book, by_words, segment.name)
        with contextlib.suppress(OSError):
            segment.save(path, stamp or self._made_by(by_words))
            return path
        return None

    def _made_by(self, by_words: bool = False) -> str:
        """What terms depend on besides the text."""
        versions = f"{TOKENS_VERSION} {self._glossary.fingerprint}"
        return f"{versions} sudachi {sudachi_version()}" if by_words else versions

    def _files(self, book: str, by_words: bool) -> list[Path]:
        return sorted(self._folder.glob(f"{self._file(book, by_words).stem}-{'[0-9a-f]' * 16}.npz"))

    def _file(self, book: str, by_words: bool, name: str = "") -> Path:
        stem = f"{hashlib.sha256(book.encode()).hexdigest()[:16]}{'-words' if by_words else ''}"
        return self._folder / f"{stem}{'-' if name else ''}{name}.npz"


def _states(book: str, reader: Reader) -> dict[int, str]:
    """Key of the present state of each document of a book, and its name; the key does not tell the name."""
    digests = ((hashlib.sha256(repr(state).encode()).digest(), state[0]) for state in reader.states(book))
    return {int.from_bytes(digest[:8], "little"): name for digest, name in digests}


def _n_large(sizes: list[int]) -> int:
    """How many segments, given by size, largest first, are larger than all that follow them together.

    To join the others keeps the number of segments below the logarithm of the size of the book, and copies a passage
    no more often than that.
    """
    after = [sum(sizes) - until for until in accumulate(sizes)]
    return next((place for place, size in enumerate(sizes) if size <= after[place]), len(sizes))
