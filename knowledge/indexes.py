"""The lexical index of each book: in memory, in a file, or built anew from the store."""

import contextlib
import hashlib
from pathlib import Path

from knowledge.errors import InvalidRequest
from knowledge.index.book import BookIndex
from knowledge.index.definitions import defined_in
from knowledge.index.glossary import Glossary
from knowledge.index.morphemes import sudachi_version
from knowledge.index.tokens import TOKENS_VERSION, terms, terms_by_words
from knowledge.model import TEXTBOOK
from knowledge.store import Reader


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
        versions = f"{TOKENS_VERSION} {self._glossary.fingerprint}"
        if by_words:
            versions += f" sudachi {sudachi_version()}"
        parts = [stamps[TEXTBOOK]] if book == TEXTBOOK else [stamps[book], stamps.get(TEXTBOOK, "")]
        stamp = hashlib.sha256(" ".join([versions, *parts]).encode()).hexdigest()
        index = self._known.get((book, by_words))
        if index is not None and index.stamp == stamp:
            return index
        path = self._file(book, by_words)
        index = BookIndex.load(path, stamp)
        if index is None:
            background = self.of(TEXTBOOK, reader, by_words) if book != TEXTBOOK and TEXTBOOK in stamps else None
            index = BookIndex.build(
                stamp,
                reader.passages_of_book(book),
                lambda text: (terms_by_words if by_words else terms)(text, self._glossary),
                lambda text: [f"={number}" for number in defined_in(text, self._glossary)],
                background,
            )
            with contextlib.suppress(OSError):  # a full disk only costs the next process the time to build it
                index.save(path)
        self._known[book, by_words] = index
        return index

    def forget(self, book: str) -> None:
        """Remove the indexes of a book from memory and from disk."""
        for by_words in (False, True):
            self._file(book, by_words).unlink(missing_ok=True)
            self._known.pop((book, by_words), None)

    def _file(self, book: str, by_words: bool) -> Path:
        name = hashlib.sha256(book.encode()).hexdigest()[:16]
        return self._folder / f"{name}{'-words' if by_words else ''}.npz"
