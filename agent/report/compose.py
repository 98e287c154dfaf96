"""Write an answer from evidence without a model: templates for numbers, verbatim quotes for words.

The draft refers to evidence as ``[E1]`` and ``[quote E3]``; ``agent.binding`` puts values and quotations in.
"""

from collections.abc import Iterable
from itertools import groupby

from agent.evidence import Evidence, Ledger
from agent.graphs.state import Outcome
from agent.report import phrases
from physics_engines.text import Language


def compose(outcomes: Iterable[Outcome], ledger: Ledger, language: Language) -> str:
    """Markdown draft that refers to evidence as ``[E1]``; every word of it stands in the ledger or in a template."""
    outcomes = list(outcomes)
    parts = [
        _numbers(ledger, language),
        _notes(outcomes, language),
        _proofs(ledger, language),
        _quotes(ledger, language),
    ]
    if any(entry.kind != "cited" for entry in ledger) and not any(entry.kind == "cited" for entry in ledger):
        parts += [phrases.NOT_FOUND_PART.in_language(language) for _ in _empty_searches(outcomes)]
    parts += [
        phrases.STEP_FAILED.in_language(language).format(tool=outcome.tool, error=outcome.error)
        for outcome in outcomes
        if outcome.error
    ]
    return "\n\n".join(part for part in parts if part)


def with_quotations(prose: str, outcomes: Iterable[Outcome], ledger: Ledger, language: Language) -> str:
    """Prose of a model, followed by the quotations themselves where it does not hold them already.

    Where everything is cited, what the tools said in words follows as well.
    """
    cited = [entry for entry in ledger if entry.kind == "cited" and entry.quote]
    missing = [entry for entry in cited if entry.quote and entry.quote not in prose.replace("\n> ", "\n")]
    if cited and len(cited) == len(ledger) and (notes := _notes(outcomes, language)):
        prose = f"{prose}\n\n{notes}"
    if not missing:
        return prose
    blocks = []
    for label, entries in groupby(missing, key=lambda entry: entry.label):
        lines = [line for entry in entries for line in f"{entry.quote} [{entry.id}]".splitlines()]
        blocks.append("\n".join(f"> {line}".rstrip() for line in [*lines, f"— {label}"]))
    return "\n\n".join([prose, phrases.IN_THE_WORDS.in_language(language), *blocks])


def not_found(outcomes: Iterable[Outcome], language: Language) -> str:
    """What to say when the library holds nothing and nothing was computed."""
    results = [outcome.result for outcome in _empty_searches(outcomes) if outcome.result]
    headings = list(dict.fromkeys(name for result in results for name in result.nearest))
    text = phrases.NOT_FOUND.in_language(language)
    if headings:
        joint = "、" if language == "ja" else "; "
        text += "\n\n" + phrases.NEAREST_HEADINGS.in_language(language).format(headings=joint.join(headings[:3]))
    return text


def _empty_searches(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [
        outcome
        for outcome in outcomes
        if (found := outcome.result) and not (found.quotes or found.estimates or found.proofs or found.notes)
    ]


def _numbers(ledger: Ledger, language: Language) -> str:
    joint = "" if language == "ja" else " "
    stated = [entry for entry in ledger if entry.kind == "computed" and entry.headline]
    sentences = [_state(entry, language) for entry in stated]
    conventions = dict.fromkeys(entry.convention for entry in stated if entry.convention)
    sentences += [phrases.CONVENTION.in_language(language).format(convention=text) for text in conventions]
    sentences += [
        phrases.FLAGGED.in_language(language).format(id=entry.id, flags=", ".join(entry.flags))
        for entry in stated
        if entry.flags
    ]
    return joint.join(sentences)


def _state(entry: Evidence, language: Language) -> str:
    template = phrases.STATED[entry.exactness or "stochastic"].in_language(language)
    return template.format(label=entry.label, id=entry.id, method=entry.method)


def _notes(outcomes: Iterable[Outcome], language: Language) -> str:
    notes = [note.in_language(language) for outcome in outcomes if outcome.result for note in outcome.result.notes]
    return ("" if language == "ja" else " ").join(dict.fromkeys(notes))


def _proofs(ledger: Ledger, language: Language) -> str:
    template = phrases.PROVED.in_language(language)
    return "\n".join(template.format(id=entry.id, verdict=entry.verdict) for entry in ledger if entry.kind == "proved")


def _quotes(ledger: Ledger, language: Language) -> str:
    cited = [entry for entry in ledger if entry.kind == "cited" and entry.quote]
    if not cited:
        return ""
    places = groupby(cited, key=lambda entry: entry.label)
    blocks = [f"[quote {' '.join(entry.id for entry in entries)}]" for _, entries in places]
    return "\n\n".join([phrases.IN_THE_WORDS.in_language(language), *blocks])
