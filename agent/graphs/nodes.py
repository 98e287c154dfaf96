"""The nodes of the chat graph: small async functions from state to an update of the state."""

import asyncio
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.answer import Answer, AnswerUsage, Status
from agent.binding.bind import Bound, Problem, bind
from agent.binding.numbers import find_numbers, plain
from agent.evidence import Ledger
from agent.graphs.state import AgentContext, ChatState, Outcome, Turn
from agent.llm.base import Usage
from agent.llm.errors import BudgetSpent, ModelError
from agent.llm.writing import repair, write_answer
from agent.planning.agreement import contradictions
from agent.planning.by_model import plan_with_model
from agent.planning.by_rules import plan_by_rules
from agent.planning.difference import differences
from agent.planning.plan import Plan, Step
from agent.planning.reading import Reading
from agent.planning.understand import understand as read_question
from agent.planning.validate import PlanProblem, validate_plan
from agent.report import phrases
from agent.report.compose import compose, not_found
from agent.report.evidence_rows import evidence_text
from agent.report.markdown import as_markdown
from physics_engines.files import write_text
from physics_engines.progress import Progress
from physics_engines.text import Language
from tools.base import Tool
from tools.errors import AnsatzError, ExitStatus
from tools.jobs import describe_environment, list_jobs, run_call
from tools.registry import Registry

RULES = "rules"
_STATUS_OF: Mapping[int, Status] = {
    ExitStatus.BAD_INPUT: "bad_input",
    ExitStatus.REFUSED: "refused",
    ExitStatus.MISSING: "missing",
    ExitStatus.STOPPED: "stopped",
    ExitStatus.DEFECT: "failed",
}

Update = dict[str, Any]


async def understand(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Read the question by rules: language, intent, slots; what is refused or missing ends the turn here."""
    turns = state.get("turns", [])
    previous = Reading.model_validate(turns[-1]["reading"]) if turns else None
    registry, model = runtime.context.registry, runtime.context.model
    reading = read_question(state["question"], registry, previous)
    # A turn starts clean: what an earlier turn of the thread left must not leak into it.
    fresh: Update = {
        "reading": reading.model_dump(mode="json"),
        "tier": model.tier if model else RULES,
        "plan": {"steps": []},
        "notes": [],
        "outcomes": [],
        "draft": "",
        "usage": Usage().model_dump(),
        "transcript": [{"event": "read", "reading": reading.model_dump(mode="json")}],
        "answer": {},
    }
    state = {**state, **fresh}  # type: ignore[typeddict-item]
    if reading.refusal is not None:
        status = _STATUS_OF[reading.refusal.exit_status]
        return fresh | _finish(state, status, reading.refusal.sentence)
    if reading.missing:
        return fresh | _finish(state, "needs_input", _questions_back(reading))
    if reading.intent == "status":
        return fresh | _finish(state, "answered", _jobs(runtime.context.home, reading.language))
    if reading.intent == "help" and not reading.nearest:
        return fresh | _finish(state, "answered", _capabilities(reading, registry))
    if reading.nearest and model is None:
        return fresh | _finish(state, "not_found", _capabilities(reading, registry))
    return fresh


async def plan(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Plan with the model where there is one, else by rules; both plans pass the same validation."""
    reading, context = _reading(state), runtime.context
    notes, transcript, tier = list(state["notes"]), list(state["transcript"]), state["tier"]
    usage, made = Usage.model_validate(state["usage"]), Plan()
    if context.model is not None:
        budget = context.budget(state)
        try:
            planned = await plan_with_model(
                context.model,
                reading.question,
                context.registry,
                reading=reading.summary,
                budget=budget,
                max_steps=context.settings.max_steps,
            )
        except (ModelError, BudgetSpent) as error:
            notes.append(phrases.FELL_BACK.in_language(reading.language).format(error=error))
            transcript.append({"event": "model_failed", "error": str(error)})
            tier = RULES
        else:
            made = planned.plan
            troubles = [str(problem) for problem in planned.problems]
            transcript.append({"event": "model_planned", "mode": planned.mode, "problems": troubles})
        usage = budget.used
        wrong = contradictions(made, reading, context.registry)
        if wrong:
            transcript.append({"event": "plan_refused", "problems": wrong})
            notes.append(phrases.PLAN_REPLACED.in_language(reading.language).format(problems="; ".join(wrong)))
            made = Plan()
    if not made.steps:
        made = plan_by_rules(reading, context.registry)
    found = validate_plan(made, context.registry, context.settings.max_steps)
    problems = [str(problem) for problem in found]
    transcript.append({"event": "planned", "plan": made.model_dump(mode="json"), "problems": problems})
    update = {
        "plan": made.model_dump(mode="json"),
        "usage": usage.model_dump(),
        "tier": tier,
        "notes": notes,
        "transcript": transcript,
    }
    if problems:
        absent = all(problem.kind == "unavailable" for problem in found)
        return update | _finish(state, "missing" if absent else "bad_input", _unusable(found))
    if not made.steps:
        return update | _finish(state, "not_found", _capabilities(reading, context.registry))
    return update


async def approve(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Ask once for all calls above the approval threshold; a person approves, edits or rejects each."""
    steps = _plan(state).steps
    settings, registry = runtime.context.settings, runtime.context.registry
    pending = []
    for index, step in enumerate(steps):
        tool, spec = registry[step.tool], registry[step.tool].parse(step.spec)
        cost = tool.estimate_cost(spec)
        if settings.approve_above.exceeded_by(cost):
            pending.append(
                {
                    "index": index,
                    "tool": step.tool,
                    "spec": spec.model_dump(mode="json"),
                    "seconds": cost.seconds,
                    "gpu_seconds": cost.gpu_seconds,
                    "memory_gb": cost.memory_gb,
                }
            )
    if not pending:
        return {}
    decisions = interrupt(pending)
    kept: list[Step | None] = list(steps)
    for call, decision in zip(pending, decisions, strict=True):
        index = int(str(call["index"]))
        if decision["action"] == "reject":
            kept[index] = None
        elif decision["action"] == "edit":
            registry[steps[index].tool].parse(decision["spec"])
            kept[index] = steps[index].model_copy(update={"spec": decision["spec"]})
    remaining = Plan(steps=tuple(step for step in kept if step is not None))
    transcript = [*state["transcript"], {"event": "approval", "pending": pending, "decisions": decisions}]
    if not remaining.steps:
        text = phrases.REJECTED.in_language(_reading(state).language)
        return {"transcript": transcript} | _finish(state, "stopped", text)
    return {"plan": remaining.model_dump(mode="json"), "transcript": transcript}


async def act(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Run all steps at once; a failed step does not take the others with it."""
    context, folder = runtime.context, runtime.context.run_folder(state)

    async def run_step(number: int, step: Step) -> Outcome:
        tool: Tool[Any] = context.registry[step.tool]
        out = folder.call_folder(number, step.tool)

        def on_progress(progress: Progress) -> None:
            runtime.stream_writer({"kind": "progress", "tool": step.tool, **progress.model_dump(mode="json")})

        runtime.stream_writer({"kind": "started", "tool": step.tool, "reason": step.reason})
        try:
            result = await run_call(
                tool,
                tool.parse(step.spec),
                run_id=state["run_id"],
                out=out,
                home=context.home,
                on_progress=on_progress,
            )
        except AnsatzError as error:
            return Outcome(tool=step.tool, folder=out.name, error=str(error), exit_status=error.exit_status)
        except Exception as error:  # a defect in one tool: its trace is in the folder, the other steps go on
            sentence = f"a defect in {step.tool}: {type(error).__name__}: {error}"
            return Outcome(tool=step.tool, folder=out.name, error=sentence, exit_status=ExitStatus.DEFECT)
        return Outcome(tool=step.tool, folder=out.name, result=result)

    outcomes = await asyncio.gather(*(run_step(n, step) for n, step in enumerate(_plan(state).steps, start=1)))
    return {"outcomes": [outcome.model_dump(mode="json") for outcome in outcomes]}


async def write(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Draft the answer: the model's prose where there is one, templates and quotations otherwise."""
    reading, outcomes = _reading(state), _outcomes(state)
    ledger = _ledger(state, runtime.context.registry)
    if not len(ledger):
        return _nothing_to_stand_on(state, outcomes, reading.language)
    by_rules = compose(outcomes, ledger, reading.language)
    model = runtime.context.model
    if model is None or state["tier"] == RULES:
        return {"draft": by_rules}
    stream = _SentenceStream(runtime, ledger, _parameters(state, runtime.context.registry), reading.language)
    budget = runtime.context.budget(state)
    try:
        reply = await write_answer(
            model, reading.question, reading.language, evidence_text(ledger), stream.token, budget=budget
        )
    except (ModelError, BudgetSpent) as error:
        note = phrases.FELL_BACK.in_language(reading.language).format(error=error)
        transcript = [*state["transcript"], {"event": "model_failed", "error": str(error)}]
        return {
            "draft": by_rules,
            "notes": [*state["notes"], note],
            "tier": RULES,
            "usage": budget.used.model_dump(),
            "transcript": transcript,
        }
    return {
        "draft": reply.text,
        "usage": budget.used.model_dump(),
        "transcript": [*state["transcript"], {"event": "model_wrote", "text": reply.text}],
    }


async def verify(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Bind the draft to the ledger; a model gets one turn to repair what does not hold, then it is taken out."""
    reading, ledger = _reading(state), _ledger(state, runtime.context.registry)
    parameters = _parameters(state, runtime.context.registry)
    by_model = state["tier"] != RULES
    own = _own_sentences(state, ledger)
    # A model gets no such allowance: what the tools said may not be put into another sentence of its making.
    bound = bind(state["draft"], ledger, parameters, reading.language, () if by_model else own)
    notes, transcript, budget = list(state["notes"]), list(state["transcript"]), runtime.context.budget(state)
    if bound.problems:
        transcript.append({"event": "unsupported", "problems": [vars(problem) for problem in bound.problems]})
    if bound.problems and by_model and runtime.context.model is not None:
        faults = [_fault(problem) for problem in bound.problems]
        evidence, draft = evidence_text(ledger), state["draft"]
        try:
            reply = await repair(
                runtime.context.model, reading.question, reading.language, evidence, draft, faults, budget=budget
            )
        except (ModelError, BudgetSpent) as error:
            transcript.append({"event": "model_failed", "error": str(error)})
        else:
            again = bind(reply.text, ledger, parameters, reading.language)
            transcript.append({"event": "model_repaired", "text": reply.text})
            transcript.append({"event": "unsupported", "problems": [vars(problem) for problem in again.problems]})
            if again.used and len(again.problems) <= len(bound.problems):
                bound = again
    removed = tuple(problem.found for problem in bound.problems)
    if by_model and not bound.used:
        # Prose that leans on none of the evidence is no answer: say what the evidence says instead.
        bound = bind(compose(_outcomes(state), ledger, reading.language), ledger, parameters, reading.language, own)
        notes.append(phrases.NOTHING_USED.in_language(reading.language))
    elif by_model:
        notes += [*_remarks(bound, reading.language), phrases.MODEL_WORDS.in_language(reading.language)]
    usage = budget.used
    answer = _answer({**state, "usage": usage.model_dump()}, "answered", bound.text, ledger, notes, removed)
    return {"answer": answer.model_dump(mode="json"), "transcript": transcript, "usage": usage.model_dump()}


async def conclude(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Write the run folder and remember the turn."""
    folder = runtime.context.run_folder(state)
    usage = {**state["usage"], "wall_seconds": round(time.time() - state["started"], 3)}
    outcomes = _outcomes(state)
    answer = Answer.model_validate(
        {
            **state["answer"],
            "usage": usage,
            "figures": [path for outcome in outcomes for path in _figures(folder.path / outcome.folder, outcome)],
            "repeat": [
                f"ansatz run --spec {folder.path / outcome.folder / 'call.json'}"
                for outcome in outcomes
                if outcome.result is not None and outcome.result.estimates
            ],
        }
    )
    folder.write_json("ledger.json", [entry.model_dump(mode="json") for entry in answer.evidence])
    folder.write_json("transcript.json", state["transcript"])
    folder.write_json("environment.json", describe_environment().model_dump(mode="json"))
    folder.write_json("answer.json", answer.model_dump(mode="json"))
    write_text(folder.path / "answer.md", as_markdown(answer))
    turn = Turn(question=state["question"], answer=answer.answer, reading=state["reading"])
    return {"answer": answer.model_dump(mode="json"), "turns": [turn]}


def _figures(folder: Path, outcome: Outcome) -> list[str]:
    artifacts = outcome.result.artifacts if outcome.result else ()
    return [str(folder / artifact.path) for artifact in artifacts if artifact.kind == "figure"]


class _SentenceStream:
    """Passes a model's prose on sentence by sentence, each bound to the evidence before anyone sees it."""

    def __init__(
        self, runtime: Runtime[AgentContext], ledger: Ledger, parameters: frozenset[float], language: Language
    ) -> None:
        self._runtime = runtime
        self._ledger = ledger
        self._parameters = parameters
        self._language = language
        self._held = ""

    def token(self, text: str) -> None:
        """Take a piece of text; complete sentences go out."""
        self._held += text
        *complete, self._held = re.split(r"(?<=[.!?]\s)|(?<=[。！？\n])", self._held)
        for sentence in complete:
            bound: Bound = bind(sentence, self._ledger, self._parameters, self._language)
            self._runtime.stream_writer({"kind": "text", "text": bound.text})


def _reading(state: ChatState) -> Reading:
    return Reading.model_validate(state["reading"])


def _plan(state: ChatState) -> Plan:
    return Plan.model_validate(state["plan"])


def _outcomes(state: ChatState) -> list[Outcome]:
    return [Outcome.model_validate(outcome) for outcome in state["outcomes"]]


def _ledger(state: ChatState, registry: Registry) -> Ledger:
    ledger, language = Ledger(), _reading(state).language
    for outcome, difference in zip(_outcomes(state), differences(_plan(state), registry, language), strict=True):
        if outcome.result is not None:
            ledger.add_result(outcome.tool, outcome.result, state["run_id"], language, difference)
    return ledger


def _unusable(problems: list[PlanProblem]) -> str:
    """Why a plan cannot run; the place of a step says nothing where there is one reason only."""
    return problems[0].message if len(problems) == 1 else " ".join(str(problem) for problem in problems)


def _own_sentences(state: ChatState, ledger: Ledger) -> tuple[str, ...]:
    """What the tools said in words: labels, methods, notes, and why a step gave no result."""
    language, outcomes = _reading(state).language, _outcomes(state)
    notes = [note.in_language(language) for outcome in outcomes if outcome.result for note in outcome.result.notes]
    notes += [outcome.error for outcome in outcomes if outcome.error]
    notes += [text for entry in ledger for text in (entry.label, entry.method) if text]
    return tuple(dict.fromkeys(notes))


def _parameters(state: ChatState, registry: Registry) -> frozenset[float]:
    """Numbers that describe what was computed: they may be repeated in prose without being evidence."""
    texts = []
    for step, outcome in zip(_plan(state).steps, _outcomes(state), strict=True):
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


def _nothing_to_stand_on(state: ChatState, outcomes: list[Outcome], language: Language) -> Update:
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed:
        text = "\n".join(dict.fromkeys(outcome.error for outcome in failed))
        return _finish(state, _STATUS_OF.get(failed[0].exit_status, "failed"), text)
    # A proof that does not hold is no evidence, but the tool said why.
    said = [note.in_language(language) for outcome in outcomes if outcome.result for note in outcome.result.notes]
    if said:
        return _finish(state, "refused", "\n".join(dict.fromkeys(said)))
    return _finish(state, "not_found", not_found(outcomes, language))


def _finish(state: ChatState, status: Status, text: str) -> Update:
    """End the turn without evidence: a question back, a refusal, nothing found, a stop."""
    return {"answer": _answer(state, status, text, Ledger(), state["notes"], ()).model_dump(mode="json")}


def _answer(
    state: ChatState, status: Status, text: str, ledger: Ledger, notes: list[str], removed: tuple[str, ...]
) -> Answer:
    reading = _reading(state)
    line = ("；" if reading.language == "ja" else "; ").join([reading.summary, *reading.ambiguities])
    if any(entry.kind != "cited" for entry in ledger):
        text = f"{line}\n\n{text}"
    return Answer(
        question=state["question"],
        answer=text,
        reading=line,
        language=reading.language,
        tier=state["tier"],
        status=status,
        evidence=tuple(ledger),
        removed=removed,
        notes=tuple(dict.fromkeys(notes)),
        runs=(state["run_id"],),
        usage=AnswerUsage.model_validate(state["usage"]),
    )


def _questions_back(reading: Reading) -> str:
    lines = [missing.question.in_language(reading.language) for missing in reading.missing]
    return "\n".join([*lines, *reading.ambiguities])


def _capabilities(reading: Reading, registry: Registry) -> str:
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


def _jobs(home: Path, language: Language) -> str:
    jobs = list_jobs(home, limit=10)
    lines = [f"- {job.short_id}  {job.state}  {job.identity.tool}  ({job.identity.run_id})" for job in jobs]
    return "\n".join(lines) or phrases.NO_JOBS.in_language(language)


def _fault(problem: Problem) -> str:
    return f"{problem.kind.replace('_', ' ')}: {problem.found!r} in {problem.sentence!r}"


def _remarks(bound: Bound, language: Language) -> list[str]:
    corrected = sum(problem.kind == "contradicted_number" for problem in bound.problems)
    removed = len(bound.problems) - corrected
    notes = []
    if removed:
        notes.append(phrases.REMOVED_NOTE.in_language(language).format(count=removed))
    if corrected:
        notes.append(phrases.CORRECTED_NOTE.in_language(language).format(count=corrected))
    return notes
