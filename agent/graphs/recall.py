"""What the state of a turn says, as typed objects."""

from agent.binding.numbers import find_numbers, plain
from agent.evidence import Ledger
from agent.graphs.state import ChatState, Outcome
from agent.planning.difference import differences
from agent.planning.plan import Plan
from agent.planning.reading import Reading
from tools.registry import Registry


def reading_of(state: ChatState) -> Reading:
    """How the question was read."""
    return Reading.model_validate(state["reading"])


def plan_of(state: ChatState) -> Plan:
    """The plan."""
    return Plan.model_validate(state["plan"])


def outcomes_of(state: ChatState) -> list[Outcome]:
    """What became of its steps."""
    return [Outcome.model_validate(outcome) for outcome in state["outcomes"]]


def ledger_of(state: ChatState, registry: Registry) -> Ledger:
    """The evidence the steps gave; calls of one tool are told apart in their labels."""
    ledger, language = Ledger(), reading_of(state).language
    for outcome, difference in zip(outcomes_of(state), differences(plan_of(state), registry, language), strict=True):
        if outcome.result is not None:
            ledger.add_result(outcome.tool, outcome.result, state["run_id"], language, difference)
    return ledger


def own_sentences_of(state: ChatState, ledger: Ledger) -> tuple[str, ...]:
    """What the tools said in words: labels, methods, warnings, notes, and why a step gave no result."""
    language, outcomes = reading_of(state).language, outcomes_of(state)
    notes = [note.in_language(language) for outcome in outcomes if outcome.result for note in outcome.result.notes]
    notes += [outcome.error for outcome in outcomes if outcome.error]
    notes += [text for entry in ledger for text in (entry.label, entry.method, *entry.flags) if text]
    return tuple(dict.fromkeys(notes))


def parameters_of(state: ChatState, registry: Registry) -> frozenset[float]:
    """Numbers that describe what was computed: they may be repeated in prose without being evidence."""
    texts = []
    for step, outcome in zip(plan_of(state).steps, outcomes_of(state), strict=True):
        spec = registry[step.tool].parse(step.spec)
        texts.append(" ".join(f"{value}" for value in _leaves(spec.model_dump(mode="json"))))
        if outcome.result is not None:
            described = [outcome.result.reading, *outcome.result.notes]
            for estimate in outcome.result.estimates.values():
                described += [estimate.method, estimate.convention]
            texts += [text.in_language(language) for text in described if text for language in ("en", "ja")]
    return frozenset(number.value for text in texts for number in find_numbers(plain(text)) if number.value is not None)


def _leaves(content: object) -> list[object]:
    if isinstance(content, dict):
        return [leaf for value in content.values() for leaf in _leaves(value)]
    if isinstance(content, list):
        return [leaf for value in content for leaf in _leaves(value)]
    return [content] if isinstance(content, int | float) and not isinstance(content, bool) else []
