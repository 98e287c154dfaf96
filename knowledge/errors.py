"""What the library raises; each text is one sentence for the user."""


class LibraryError(Exception):
    """Base of every error the library raises on purpose."""


class InvalidRequest(LibraryError, ValueError):
    """The request has no meaning: an unknown book, a malformed span, an empty query."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryUnavailable(LibraryError):
    """The library's folder cannot be read or written, or the disk is full."""


class LibraryDamaged(LibraryError):
    """The store is not what this version can read; the text says what to do."""


class UnreadableDocument(LibraryError):
    """A file could not be turned into text; the text names the file, and the pages where it has pages."""


class QueryModelFailed(LibraryError):
    """A language model could not be asked, or gave nothing usable; the library goes on without it."""
