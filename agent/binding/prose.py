"""Bind a model's prose, and drop the sentences about passages that the passages do not bear out."""

from collections.abc import Collection

from agent.binding.bind import REMOVED, Bound, Problem, bind
from agent.evidence import Ledger
from knowledge import check_prose
from physics_engines.text import Language


def bind_prose(draft: str, ledger: Ledger, parameters: Collection[float], question: str, language: Language) -> Bound:
    """Bind a draft of a model (see :func:`agent.binding.bind.bind`) and hold its sentences to their passages.

    Where all evidence is cited, a sentence that names no passage is dropped; beside computed evidence it stays, as a
    model's own words.

    Args:
        draft: Prose with references such as ``[E1]``.
        ledger: The evidence.
        parameters: Numbers that describe what was computed.
        question: The question; its words may be repeated.
        language: Language of the marks that are left where something was removed.
    """
    bound = bind(draft, ledger, parameters, language)
    sources = {entry.id: f"{entry.label}\n\n{entry.told}" for entry in ledger if entry.kind == "cited"}
    if not sources:
        return bound
    others = [entry.id for entry in ledger if entry.kind != "cited"]
    alone = not others
    removed = REMOVED.in_language(language) if alone else ""
    checked = check_prose(bound.text, sources, question, others, needs_key=alone, removed=removed)
    problems = [
        *bound.problems,
        *(Problem("unsupported_sentence", item.sentence, item.sentence, item.reason) for item in checked.dropped),
    ]
    used = tuple(name for name in bound.used if name in checked.keys or name in others)
    return Bound(checked.text, tuple(problems), used if alone else bound.used)
