"""The plain data the library works with and hands out."""

import re
from dataclasses import dataclass

from knowledge.errors import InvalidRequest
from knowledge.text import Language

TEXTBOOK = "textbook"
"""Name of the built-in book."""

_SPAN = re.compile(r"(?P<document>.+):(?P<start>\d+)-(?P<end>\d+)")


@dataclass(frozen=True)
class Span:
    """A range of characters (Unicode code points, end exclusive) of a stored document."""

    document: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.document}:{self.start}-{self.end}"

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read "textbook/en/A5:1043-1187".

        Raises:
            InvalidRequest: It is not of that form, or empty.
        """
        match = _SPAN.fullmatch(text.strip())
        if match is None or int(match["start"]) >= int(match["end"]):
            raise InvalidRequest(f"{text!r} is not a span; write DOCUMENT:START-END, as in textbook/en/A5:1043-1187")
        return cls(match["document"], int(match["start"]), int(match["end"]))


@dataclass(frozen=True)
class Hit:
    """A passage found by a search; ``score`` is its raw BM25 score."""

    span: Span
    text: str
    score: float
    book: str
    chapter: str
    section: str
    language: Language
    page: int | None = None
    kind: str = "prose"


@dataclass(frozen=True)
class Citation:
    """One or more verbatim sentences: the stored source of ``span.document`` equals ``text`` on the span."""

    span: Span
    text: str
    score: float
    book: str
    chapter: str
    section: str
    language: Language
    page: int | None = None
    context: str = ""
    """The passage the sentences stand in; empty where it was not asked for."""


@dataclass(frozen=True)
class JudgedPassage:
    """What a model said of a passage, for the record.

    Attributes:
        span: The passage.
        before: Its score without the model, from 0 to 1.
        score: What the model gave it, 0 to 10; None where it failed.
        summary: What it says of the passage.
        remark: Why the judgement was left out of account, or ""
    """

    span: str
    before: float
    score: float | None
    summary: str
    remark: str


@dataclass(frozen=True)
class ModelPart:
    """What a model had to do with an answer.

    Attributes:
        translation: The question in the other language, as it was searched for; "" where it was not.
        judged: What it said of each passage.
        faults: Why something it said was left out of account.
        found_by_translation: Whether only the translated question found the answer.
    """

    translation: str
    judged: tuple[JudgedPassage, ...]
    faults: tuple[str, ...]
    found_by_translation: bool = False


@dataclass(frozen=True)
class Extract:
    """An answer in the words of the library.

    Attributes:
        citations: 1-4 verbatim spans in reading order of the answer.
        headings: Headings that belong to the answer: the chapters of a book, the chapters to read first.
        suggestions: Questions the library can answer next.
        model_part: What a model had to do with it; None without one.
    """

    citations: tuple[Citation, ...]
    language: Language
    headings: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    model_part: ModelPart | None = None


@dataclass(frozen=True)
class NotFound:
    """The library does not hold the answer; ``nearest`` headings are an offer, not an answer."""

    query: str
    nearest: tuple[str, ...]
    language: Language
    score: float
    """Raw BM25 score of the best passage; 0 where nothing matched at all."""
    answerability: float
    """Estimated probability that the best passage answers the question; below the threshold it is not shown."""
