"""How a turn ends: with an answer, a question back, a refusal, or nothing found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.answer import Answer, AnswerUsage, Status
from agent.binding.bind import REMOVED, Bound
from agent.evidence import Ledger
from agent.graphs.recall import outcomes_of, reading_of
from agent.graphs.state import ChatState, Outcome
from agent.planning.reading import Reading
from agent.report import phrases
from agent.report.compose import not_found
from physics_engines.text import Language
from tools.errors import ExitStatus
from tools.jobs import list_jobs
from tools.registry import Registry

RULES = "rules"
"""The tier that needs no model."""
STATUS_OF: Mapping[int, Status] = {
    ExitStatus.BAD_INPUT: "bad_input",
    ExitStatus.REFUSED: "refused",
    ExitStatus.MISSING: "missing",
    ExitStatus.STOPPED: "stopped",
    ExitStatus.DEFECT: "failed",
}
"""The status of an answer that ends with an exit status."""

Update = dict[str, Any]
"""What a node changes in the state."""


def nothing_to_stand_on(state: ChatState, outcomes: list[Outcome], language: Language) -> Update:
    """End a turn whose steps gave no evidence: why they failed, what the tools said, or that nothing was found."""
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        text = "\n".join(dict.fromkeys(outcome.error for outcome in failed))
        return finish(state, STATUS_OF.get(failed[0].exit_status, "failed"), text)
    # A proof that does not hold is no evidence, but the tool said why.
    said = [note.in_language(language) for outcome in outcomes if outcome.result for note in outcome.result.notes]
    if said:
        return finish(state, "refused", "\n".join(dict.fromkeys(said)))
    return finish(state, "not_found", not_found(outcomes, language))


def finish(state: ChatState, status: Status, text: str) -> Update:
    """End the turn without evidence: a question back, a refusal, nothing found, a stop."""
    return {"answer": answer_of(state, status, text, Ledger(), state["notes"], ()).model_dump(mode="json")}


def answer_of(
    state: ChatState, status: Status, text: str, ledger: Ledger, notes: list[str], removed: tuple[str, ...]
) -> Answer:
    """The answer of a turn; one with evidence begins with how the question was read."""
    reading = reading_of(state)
    line = _reading_line(state, reading)
    if len(ledger):
        text = f"{line}\n\n{text}"
    return Answer(
        question=state["question"],
        answer=text,
        reading=line,
        language=reading.language,
        tier=state["tier"],
        silent_model=state.get("silent_model", ""),
        status=status,
        evidence=tuple(ledger),
        removed=removed,
        notes=tuple(dict.fromkeys(notes)),
        runs=(state["run_id"],),
        usage=AnswerUsage.model_validate(state["usage"]),
    )


def _reading_line(state: ChatState, reading: Reading) -> str:
    """How the question was read: by the rules that planned it, or as the engines understood a model's plan."""
    computed = [outcome.result.reading for outcome in outcomes_of(state) if outcome.result and outcome.result.reading]
    if state["tier"] != RULES and computed:
        texts = dict.fromkeys(text.in_language(reading.language) for text in computed)
        return phrases.COMPUTED.in_language(reading.language).format(what="; ".join(texts))
    return phrases.JOINT.in_language(reading.language).join([reading.summary, *reading.ambiguities])


def questions_back(reading: Reading) -> str:
    """What is missing and has no safe default, as questions."""
    lines = [missing.question.in_language(reading.language) for missing in reading.missing]
    return "\n".join([*lines, *reading.ambiguities])


def capabilities(reading: Reading, registry: Registry) -> str:
    """What can be asked here: the nearest capabilities, or all of them, each with an example."""
    names = reading.nearest or tuple(registry)
    lines = [
        f"- {registry[name].title.in_language(reading.language)} ({name})"
        + "".join(
            f": 「{example.ja}」" if reading.language == "ja" else f': "{example.en}"'
            for example in registry[name].examples[:1]
        )
        for name in names
    ]
    heading = phrases.NOT_UNDERSTOOD if reading.nearest else phrases.HELP
    return "\n".join([heading.in_language(reading.language), *lines])


def jobs_in_words(home: Path, language: Language) -> str:
    """The latest calculations, one a line."""
    jobs = list_jobs(home, limit=10)
    lines = [f"- {job.short_id}  {job.state}  {job.identity.tool}  ({job.identity.run_id})" for job in jobs]
    return "\n".join(lines) or phrases.NO_JOBS.in_language(language)


def remarks(bound: Bound, language: Language) -> list[str]:
    """What was taken out of a model's prose or put right, in one sentence each."""
    corrected = sum(problem.kind == "contradicted_number" for problem in bound.problems)
    dropped = sum(problem.kind == "unsupported_sentence" for problem in bound.problems)
    removed = len(bound.problems) - corrected - dropped
    notes = []
    if removed and REMOVED.in_language(language) in bound.text:
        notes.append(phrases.REMOVED_NOTE.in_language(language).format(count=removed))
    if corrected:
        notes.append(phrases.CORRECTED_NOTE.in_language(language).format(count=corrected))
    if dropped:
        notes.append(phrases.DROPPED_NOTE.in_language(language).format(count=dropped))
    return notes
