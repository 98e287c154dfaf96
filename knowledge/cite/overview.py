"""Questions about the book itself: its overview, a chapter's, what to read first, what to ask."""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.ingest.book import BookSource, Chapter
from knowledge.ingest.sentences import sentence_spans
from knowledge.model import TEXTBOOK, Citation, Extract, Span
from knowledge.store import Reader, StoredPassage
from knowledge.text import Language, search_copy

Wish = Literal["overview", "read_first", "suggestions"]

_CHAPTER = re.compile(r"(?<![a-z0-9\\_^{$])([abc])-?(\d{1,2})(?![a-z0-9_^}])")
_BOOK = re.compile(
    r"\b(?:this|the|whole|entire|your)\s+(?:text)?book\b|\btextbook\b|\bthe library\b"
    r"|(?:この|本|全体の)?(?:教科書|書籍|テキスト)|この本|本書|本全体"
)
_OVERVIEW = re.compile(
    r"\boverview\b|\bsummar|\boutline\b|\bcontents\b|\bwhat does .* cover\b|\bintroduc"
    r"|\babout (?:this|the) (?:text)?book\b"
    r"|\bbook about\b|概要|要約|まとめ|あらまし|内容|目次|全体像|紹介|どんな(?:本|章|教科書)|何の(?:本|章)"
    r"|(?:この本|本書|この教科書)(?:について|とは|は何|って何)"
)
_READ_FIRST = re.compile(
    r"\bread\b.*\b(?:before|first|prior)\b|\bbefore\b.*\bread|\bprerequisit|\bneed to know (?:before|for)\b"
    r"|\bprepar\w+ for\b|(?:前|先|まえ|さき)に.*(?:読|学|勉強|知)|予備知識|前提(?:知識)?|読む順"
)
_SUGGEST = re.compile(
    r"\bwhat (?:can|could|should|may|might) (?:i|one|we) ask\b|\b(?:suggest|example|sample)\w*\s+(?:of\s+)?questions?\b"
    r"|\bquestions? (?:can|could|should) (?:i|one|we) ask\b"
    r"|(?:どんな|どういう|何の|どのような)(?:質問|こと)が?(?:を|が)?(?:でき|聞け|尋ね|訊け)|何を(?:聞|尋|訊|質問)|質問(?:の)?例|質問を(?:提案|教え)"
)

_CHAPTER_FRAME = re.compile(
    r"chapter|章|第|について|の|は|何|教えて|ください|説明して|です|か|what|does|tell|me|explain|is|in|about|say|[\s?？。.]"
)

_BY_TITLE = re.compile(
    r"(?:what does (?:the|this) (?:text)?book say about|(?:please )?(?:tell me|explain|talk) about)\s+(?P<en>.+?)[?.!]*"
    r"|(?P<ja>.+?)(?:について|に関して)(?:教えて|説明して|話して|解説して)?(?:ください|下さい)?[?.。!]*"
)


@dataclass(frozen=True)
class BookQuestion:
    """A question about the book, not about physics."""

    wish: Wish
    chapter: Chapter | None


def read_book_question(text: str, source: BookSource) -> BookQuestion | None:
    """Recognise a question about the book or one of its chapters; None for all others."""
    copy = search_copy(text)
    match = _CHAPTER.search(copy)
    chapter = source.chapter(match[1] + match[2]) if match else None
    about_book = chapter is not None or _BOOK.search(copy) is not None
    if _SUGGEST.search(copy):
        return BookQuestion("suggestions", chapter)
    if chapter is None and (titled := _asked_by_title(copy, source)) is not None:
        return BookQuestion("overview", titled)
    if chapter is None and about_book is False:
        chapter = _named_chapter(copy, source)
        if chapter is None:
            return None
        if _READ_FIRST.search(copy):
            return BookQuestion("read_first", chapter)
        return BookQuestion("overview", chapter) if re.search(r"\bchapter\b|章", copy) else None
    if _READ_FIRST.search(copy) and chapter is not None:
        return BookQuestion("read_first", chapter)
    if _OVERVIEW.search(copy) or (chapter is not None and _only_names_chapter(copy)):
        return BookQuestion("overview", chapter)
    return None


def explain_book(wanted: BookQuestion, source: BookSource, language: Language, reader: Reader, most: int) -> Extract:
    """Answer a question about the book with sentences of its overviews and its headings."""
    suggestions = suggested_questions(source, language, wanted.chapter, reader)
    if wanted.wish == "suggestions":
        identifier = wanted.chapter.id if wanted.chapter else "overview"
        opening = _first_sentences(reader.chapter_overview(TEXTBOOK, identifier, language), 1)
        return Extract(opening, language, suggestions=suggestions)
    if wanted.wish == "read_first" and wanted.chapter is not None:
        needed = source.prerequisites(wanted.chapter)
        citations = tuple(
            citation
            for chapter in needed[-most:]
            for citation in _first_sentences(reader.chapter_overview(TEXTBOOK, chapter.id, language), 1)
        )
        return Extract(citations, language, tuple(chapter.heading(language) for chapter in needed))
    if wanted.chapter is not None:
        overview = reader.chapter_overview(TEXTBOOK, wanted.chapter.id, language)
        headings = reader.headings(TEXTBOOK, wanted.chapter.id, language)
        return Extract(_first_sentences(overview, most), language, tuple(headings), suggestions)
    overview = reader.chapter_overview(TEXTBOOK, "overview", language)
    chapters = tuple(chapter.heading(language) for chapter in source.chapters)
    return Extract(_first_sentences(overview, most), language, chapters, suggestions)


def suggested_questions(
    source: BookSource, language: Language, chapter: Chapter | None, reader: Reader, most: int = 6
) -> tuple[str, ...]:
    """Questions the book answers: one for each section of a chapter, or one for each chapter."""
    if chapter is not None:
        headings = reader.headings(TEXTBOOK, chapter.id, language)
        subjects = [(re.sub(r"^§\s*[\d.]+\s*", "", heading), chapter) for heading in headings]
    else:
        subjects = [(item.title[language], item) for item in source.chapters if _is_there(item, language, reader)]
    if language == "ja":
        return tuple(f"{subject}について教えてください" for subject, _ in subjects[:most])
    texts = {
        item.id: " ".join(passage.text for passage in reader.chapter_overview(TEXTBOOK, item.id, language))
        for _, item in subjects[:most]
    }
    return tuple(
        f"What does the book say about {_lower_first(subject, texts[item.id])}?" for subject, item in subjects[:most]
    )


def _is_there(chapter: Chapter, language: Language, reader: Reader) -> bool:
    return bool(reader.chapter_overview(TEXTBOOK, chapter.id, language))


def _asked_by_title(copy: str, source: BookSource) -> Chapter | None:
    """The chapter whose title is all that the question names: "What does the book say about linear models?"."""
    match = _BY_TITLE.fullmatch(copy.strip())
    subject = (match["en"] or match["ja"] or "").strip(' 「」"') if match else ""
    for chapter in source.chapters:
        if subject and subject in (search_copy(title) for title in chapter.title.values()):
            return chapter
    return None


def _named_chapter(copy: str, source: BookSource) -> Chapter | None:
    for chapter in source.chapters:
        if any(search_copy(title) in copy for title in chapter.title.values()):
            return chapter
    return None


def _only_names_chapter(copy: str) -> bool:
    rest = _CHAPTER.sub("", copy)
    return len(_CHAPTER_FRAME.sub("", rest)) < 3


def _lower_first(subject: str, text: str) -> str:
    """ "Linear models" -> "linear models"; "PINNs", "AdS/DL" and names, which ``text`` writes with a capital, stay."""
    word = re.split(r"[\s,:]", subject)[0]
    is_name = re.search(rf"(?:[a-z,;]|\bA|\bThe) {re.escape(word)}\b", text) is not None
    return subject[0].lower() + subject[1:] if word[1:].islower() and not is_name else subject


def _first_sentences(passages: list[StoredPassage], most: int) -> tuple[Citation, ...]:
    citations = [
        Citation(
            span=Span(passage.document, passage.start + start, passage.start + end),
            text=passage.text[start:end],
            score=0.0,
            book=passage.book,
            chapter=passage.chapter,
            section=passage.section,
            language=passage.language,
            page=passage.page,
        )
        for passage in passages
        for start, end in sentence_spans(passage.text)
    ]
    return tuple(citations[:most])
