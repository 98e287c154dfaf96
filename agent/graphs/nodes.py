"""The nodes of the chat graph: small async functions from state to an update of the state."""

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.answer import Answer
from agent.binding.bind import Bound, Problem, bind
from agent.binding.prose import bind_prose
from agent.evidence import Ledger
from agent.graphs.endings import (
    RULES,
    STATUS_OF,
    Update,
    answer_of,
    capabilities,
    finish,
    jobs_in_words,
    nothing_to_stand_on,
    questions_back,
    remarks,
)
from agent.graphs.recall import ledger_of, outcomes_of, own_sentences_of, parameters_of, plan_of, reading_of
from agent.graphs.state import AgentContext, ChatState, Outcome, Turn
from agent.llm.base import Usage
from agent.llm.errors import BudgetSpent, ModelError
from agent.llm.query_model import LibraryModel
from agent.llm.writing import repair, write_answer
from agent.planning.agreement import contradictions
from agent.planning.by_model import plan_with_model
from agent.planning.by_rules import in_own_words, plan_by_rules
from agent.planning.language import is_written_in
from agent.planning.plan import Plan, Step
from agent.planning.reading import Reading
from agent.planning.understand import understand as read_question
from agent.planning.validate import PlanProblem, validate_plan
from agent.report import phrases
from agent.report.compose import compose, with_quotations
from agent.report.evidence_rows import evidence_text
from agent.report.markdown import as_markdown
from physics_engines.files import write_text
from physics_engines.progress import Progress
from tools.base import Tool
from tools.errors import AnsatzError, ExitStatus
from tools.jobs import describe_environment, run_call


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
        "silent_model": "",
        "plan": {"steps": []},
        "notes": [],
        "outcomes": [],
        "draft": "",
        "usage": Usage().model_dump(),
        "transcript": [{"event": "read", "reading": reading.model_dump(mode="json")}],
        "answer": {},
    }
    state = _with(state, fresh)
    if reading.refusal is not None:
        status = STATUS_OF[reading.refusal.exit_status]
        return fresh | finish(state, status, reading.refusal.sentence)
    if reading.missing:
        return fresh | finish(state, "needs_input", questions_back(reading))
    if reading.intent == "status":
        return fresh | finish(state, "answered", jobs_in_words(runtime.context.home, reading.language))
    if reading.intent == "help" and not reading.nearest:
        return fresh | finish(state, "answered", capabilities(reading, registry))
    if reading.nearest and model is None:
        return fresh | finish(state, "not_found", capabilities(reading, registry))
    return fresh


async def plan(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Plan with the model where there is one, else by rules; both plans pass the same validation."""
    reading, context = reading_of(state), runtime.context
    notes, transcript, tier = list(state["notes"]), list(state["transcript"]), state["tier"]
    usage, made, silent = Usage.model_validate(state["usage"]), Plan(), state["silent_model"]
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
            tier, silent = RULES, context.model.tier
        else:
            made = in_own_words(planned.plan, reading, context.registry)
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
        "silent_model": silent,
        "notes": notes,
        "transcript": transcript,
    }
    if problems:
        absent = all(problem.kind == "unavailable" for problem in found)
        return update | finish(_with(state, update), "missing" if absent else "bad_input", _unusable(found))
    if not made.steps:
        return update | finish(_with(state, update), "not_found", capabilities(reading, context.registry))
    return update


def _with(state: ChatState, update: Update) -> ChatState:
    """The state as it will be: an answer that ends the turn here says which tier gave it, and why."""
    return {**state, **update}  # type: ignore[typeddict-item]


async def approve(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Ask once for all calls above the approval threshold; a person approves, edits or rejects each."""
    steps = plan_of(state).steps
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
        text = phrases.REJECTED.in_language(reading_of(state).language)
        return {"transcript": transcript} | finish(state, "stopped", text)
    return {"plan": remaining.model_dump(mode="json"), "transcript": transcript}


async def act(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Run all steps at once; a failed step does not take the others with it."""
    context, folder = runtime.context, runtime.context.run_folder(state)
    budget, helper = context.budget(state), None
    if context.model is not None and state["tier"] != RULES:
        helper = LibraryModel(context.model, budget, context.settings, asyncio.get_running_loop())

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
                query_model=helper,
            )
        except AnsatzError as error:
            return Outcome(tool=step.tool, folder=out.name, error=str(error), exit_status=error.exit_status)
        except Exception as error:  # a defect in one tool: its trace is in the folder, the other steps go on
            sentence = f"a defect in {step.tool}: {type(error).__name__}: {error}"
            return Outcome(tool=step.tool, folder=out.name, error=sentence, exit_status=ExitStatus.DEFECT)
        return Outcome(tool=step.tool, folder=out.name, result=result)

    try:
        outcomes = await asyncio.gather(*(run_step(n, step) for n, step in enumerate(plan_of(state).steps, start=1)))
    finally:
        if helper is not None:
            helper.stop()
    return {"outcomes": [outcome.model_dump(mode="json") for outcome in outcomes], "usage": budget.used.model_dump()}


async def write(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Draft the answer: the model's prose where there is one, templates and quotations otherwise."""
    reading, outcomes = reading_of(state), outcomes_of(state)
    ledger = ledger_of(state, runtime.context.registry)
    if not len(ledger):
        return nothing_to_stand_on(state, outcomes, reading.language)
    by_rules = compose(outcomes, ledger, reading.language)
    model = runtime.context.model
    if model is None or state["tier"] == RULES:
        return {"draft": by_rules}
    stream = _SentenceStream(runtime, ledger, parameters_of(state, runtime.context.registry), reading)
    budget = runtime.context.budget(state)
    try:
        reply = await write_answer(
            model, reading.question, reading.language, evidence_text(ledger), stream.token, budget=budget
        )
        stream.end()
    except (ModelError, BudgetSpent) as error:
        note = phrases.FELL_BACK.in_language(reading.language).format(error=error)
        transcript = [*state["transcript"], {"event": "model_failed", "error": str(error)}]
        return {
            "draft": by_rules,
            "notes": [*state["notes"], note],
            "tier": RULES,
            "silent_model": model.tier,
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
    reading, ledger = reading_of(state), ledger_of(state, runtime.context.registry)
    parameters = parameters_of(state, runtime.context.registry)
    by_model = state["tier"] != RULES
    own = own_sentences_of(state, ledger)
    if by_model:
        # A model gets no such allowance: what the tools said may not be put into another sentence of its making.
        bound = bind_prose(state["draft"], ledger, parameters, reading.question, reading.language)
    else:
        bound = bind(state["draft"], ledger, parameters, reading.language, own)
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
            again = bind_prose(reply.text, ledger, parameters, reading.question, reading.language)
            transcript.append({"event": "model_repaired", "text": reply.text})
            transcript.append({"event": "unsupported", "problems": [vars(problem) for problem in again.problems]})
            # A repair that says less than what is left of the draft repairs nothing.
            if len(again.problems) <= len(bound.problems) and set(again.used) >= set(bound.used) and again.used:
                bound = again
    removed = tuple(problem.found for problem in bound.problems)
    foreign = by_model and not is_written_in(bound.text, reading.language)
    if by_model and (foreign or not bound.used):
        # Prose that leans on none of the evidence is no answer: say what the evidence says instead.
        bound = bind(compose(outcomes_of(state), ledger, reading.language), ledger, parameters, reading.language, own)
        why = phrases.OTHER_TONGUE if foreign else phrases.NOTHING_USED
        notes.append(why.in_language(reading.language))
    elif by_model:
        bound = replace(bound, text=with_quotations(bound.text, outcomes_of(state), ledger, reading.language))
        words = phrases.MODEL_WORDS if any(entry.kind != "cited" for entry in ledger) else phrases.HELD_TO_PASSAGES
        notes += [*remarks(bound, reading.language), words.in_language(reading.language)]
    usage = budget.used
    answer = answer_of({**state, "usage": usage.model_dump()}, "answered", bound.text, ledger, notes, removed)
    return {"answer": answer.model_dump(mode="json"), "transcript": transcript, "usage": usage.model_dump()}


async def conclude(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Write the run folder and remember the turn."""
    folder = runtime.context.run_folder(state)
    usage = {**state["usage"], "wall_seconds": round(time.time() - state["started"], 3)}
    outcomes = outcomes_of(state)
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
        self, runtime: Runtime[AgentContext], ledger: Ledger, parameters: frozenset[float], reading: Reading
    ) -> None:
        self._runtime = runtime
        self._ledger = ledger
        self._parameters = parameters
        self._reading = reading
        self._held = ""

    def token(self, text: str) -> None:
        """Take a piece of text; complete sentences go out."""
        self._held += text
        # A reference may follow the full stop: a sentence is complete when something else does.
        *complete, self._held = re.split(r"(?<=[.!?]\s)(?=[^\s\[])|(?<=[。！？\n])(?=[^\s\[])", self._held)
        self._show(complete)

    def end(self) -> None:
        """The text is complete."""
        self._show([self._held])
        self._held = ""

    def _show(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            question, language = self._reading.question, self._reading.language
            bound: Bound = bind_prose(sentence, self._ledger, self._parameters, question, language)
            if bound.text.strip():
                space = sentence[len(sentence.rstrip()) :]
                self._runtime.stream_writer({"kind": "text", "text": bound.text.rstrip() + space})


def _unusable(problems: list[PlanProblem]) -> str:
    """Why a plan cannot run; the place of a step says nothing where there is one reason only."""
    return problems[0].message if len(problems) == 1 else " ".join(str(problem) for problem in problems)


def _fault(problem: Problem) -> str:
    where = problem.reason or f"in {problem.sentence!r}"
    return f"{problem.kind.replace('_', ' ')}: {problem.found!r}, {where}"
