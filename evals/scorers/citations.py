"""Citations: verbatim, from the place they name, and from the right section."""

import re
from collections.abc import Sequence

from agent.evidence import Evidence
from evals.outcome import Outcome
from evals.scorers.check import Check
from evals.suites import SectionRef, TextbookItem
from knowledge import InvalidRequest, Library, Span

_SECTION = re.compile(r"§\s*(\d+)")


def score_textbook(item: TextbookItem, outcome: Outcome, library: Library) -> Sequence[Check]:
    """Right when the question is answered by valid quotations, one of them from a gold section."""
    cited = [entry for entry in outcome.answer.evidence if entry.kind == "cited"] if outcome.answer else []
    answered = outcome.ending == "answered" and bool(cited)
    reason = "" if answered else outcome.reason
    faults = [fault for entry in cited if (fault := citation_fault(entry, library))]
    found = [section_of(entry, library) for entry in cited]
    places = ", ".join(dict.fromkeys(str(place) for place in found if place))
    hit = answered and any(place in item.gold for place in found)
    first = answered and found[0] in item.gold
    in_language = answered and all(f"/{item.language}/" in entry.source for entry in cited)
    return [
        Check(name="answered", passed=answered, detail=reason),
        Check(name="citations", passed=answered and not faults, detail=reason or "; ".join(faults)),
        Check(name="section", passed=hit, detail="" if hit else reason or f"quoted {places}"),
        Check(name="first_quote", passed=first, detail="" if first else reason or f"quoted {places}", counts=False),
        Check(name="own_language", passed=in_language, detail=reason, counts=False),
    ]


def citation_fault(entry: Evidence, library: Library) -> str:
    """What is wrong with a citation, "" if nothing: not ``source[span] == quote``, or not from the place it names."""
    if entry.quote is None or entry.span is None:
        return f"{entry.id} has no quotation with its span"
    start, end = entry.span
    try:
        text = library.source_text(entry.source)
    except InvalidRequest as error:
        return f"{entry.id}: {error}"
    if not entry.quote or not 0 <= start < end <= len(text) or text[start:end] != entry.quote:
        return f"{entry.id} is not what {entry.source}:{start}-{end} says"
    place = library.show(Span(entry.source, start, end))
    if place.chapter not in entry.label or place.section not in entry.label:
        return f"{entry.id} is labelled {entry.label!r}, but stands in {place.chapter} {place.section}"
    return ""


def section_of(entry: Evidence, library: Library) -> SectionRef | None:
    """The section of the textbook a quotation truly stands in; None where it stands in no chapter."""
    if entry.span is None:
        return None
    try:
        place = library.show(Span(entry.source, *entry.span))
    except InvalidRequest:
        return None
    return section_named(place.chapter, place.section)


def section_named(chapter: str, section: str) -> SectionRef | None:
    """The section of the textbook with these headings; None where they are of no chapter."""
    identifier = chapter.partition(" ")[0]
    if not re.fullmatch(r"[A-Z]\d{1,2}", identifier):
        return None
    number = _SECTION.search(section)
    return SectionRef(chapter=identifier, section=int(number[1]) if number else 0)
