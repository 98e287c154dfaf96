"""The built-in textbook goes into the store: all of it, when any of it has changed."""

import hashlib

from knowledge.ingest.book import BookSource
from knowledge.ingest.markdown import parse_markdown
from knowledge.model import TEXTBOOK
from knowledge.store import NewDocument, Store


def ingest_textbook(store: Store, source: BookSource) -> None:
    """Bring the textbook in the store up to date; one transaction, so that nobody sees half of it.

    Raises:
        LibraryUnavailable: The disk is full or the folder cannot be written.
        LibraryBusy: Another process has been writing for a minute.
    """
    fingerprint = source.fingerprint()
    with store.reading() as reader:
        if reader.setting("textbook") == fingerprint:
            return
    documents: list[NewDocument] = []
    for identifier, language, path in source.files():
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        chapter = source.chapter(identifier)
        heading = chapter.heading(language) if chapter else source.title[language]
        documents.append(
            NewDocument(
                id=f"{TEXTBOOK}/{language}/{identifier}",
                book=TEXTBOOK,
                ordinal=len(documents),
                chapter=heading,
                chapter_id=identifier,
                format="markdown",
                source="ansatz",
                licence=source.licence,
                source_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
                parsed=parse_markdown(text, heading),
            )
        )
    with store.writing() as writer:
        if writer.setting("textbook") == fingerprint:  # another process was faster
            return
        for item in writer.documents(TEXTBOOK):
            writer.remove(item.id)
        for document in documents:
            writer.replace(document)
        writer.restamp(TEXTBOOK)
        writer.set("textbook", fingerprint)
