"""The nodes of the chat graph: small async functions from state to an update of the state."""

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from agent.answer import Answer, Status, Usage
from agent.binding.bind import Bound, bind
from agent.binding.numbers import find_numbers, plain
from agent.evidence import Ledger
from agent.graphs.state import AgentContext, ChatState, Outcome, Turn
from agent.llm.base import ChatModel, ModelError
from agent.planning.by_model import plan_with_model
from agent.planning.by_rules import plan_by_rules
from agent.planning.plan import Plan, Step
from agent.planning.reading import Reading
from agent.planning.understand import understand as read_question
from agent.planning.validate import validate_plan
from agent.report import phrases
from agent.report.compose import compose, not_found
from physics_engines.progress import Progress
from physics_engines.text import Language
from tools.base import Tool
from tools.errors import AnsatzError, ExitStatus
from tools.jobs import run_call
from tools.registry import Registry
from tools.result import Result

RULES = "rules"
_STATUS_OF_ERROR: Mapping[int, Status] = {
    ExitStatus.BAD_INPUT: "bad_input",
    ExitStatus.REFUSED: "refused",
    ExitStatus.MISSING: "missing",
    ExitStatus.STOPPED: "stopped",
    ExitStatus.DEFECT: "failed",
}

Update = dict[str, Any]


async def understand(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Read the question by rules: language, intent, slots, what is missing, what is refused."""
    turns = state.get("turns", [])
    previous = Reading.model_validate(turns[-1]["reading"]) if turns else None
    reading = read_question(state["question"], runtime.context.registry, previous)
    model = runtime.context.model
    return {
        "reading": reading.model_dump(mode="json"),
        "tier": model.tier if model else RULES,
        # A turn starts clean; what an earlier turn of the thread left must not leak into it.
        "plan": {"steps": []},
        "notes": [],
        "outcomes": [],
        "draft": "",
        "repaired": False,
        "usage": Usage().model_dump(),
        "transcript": [{"event": "read", "reading": reading.model_dump(mode="json")}],
        "answer": {},
    }


async def plan(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Plan with the model where there is one, else by rules; both plans pass the same validation."""
    reading = _reading(state)
    context = runtime.context
    transcript = list(state["transcript"])
    notes = list(state["notes"])
    usage, tier = Usage.model_validate(state["usage"]), state["tier"]
    made: Plan | None = None
    if context.model is not None:
        try:
            planned = await plan_with_model(context.model, reading, context.registry, context.settings)
        except ModelError as error:
            notes.append(f"{error} {_fell_back(reading.language)}")
            transcript.append({"event": "model_failed", "error": str(error)})
            tier = RULES
        else:
            usage = _add(usage, planned.usage)
            transcript.append({"event": "model_planned", **planned.model_dump(mode="json")})
            made = planned.plan
    if made is None or not made.steps:
        made = plan_by_rules(reading, context.registry)
        problems = validate_plan(made, context.registry, context.settings.max_steps)
        if problems:
            transcript.append({"event": "plan_refused", "problems": [str(problem) for problem in problems]})
            return _finish(state, "bad_input", " ".join(str(problem) for problem in problems), transcript=transcript)
    transcript.append({"event": "planned", "plan": made.model_dump(mode="json")})
    return {
        "plan": made.model_dump(mode="json"),
        "usage": usage.model_dump(),
        "tier": tier,
        "notes": notes,
        "transcript": transcript,
    }


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
        return _finish(state, "stopped", text, transcript=transcript)
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
        return Outcome(tool=step.tool, folder=out.name, result=result)

    outcomes = await asyncio.gather(*(run_step(n, step) for n, step in enumerate(_plan(state).steps, start=1)))
    return {"outcomes": [outcome.model_dump(mode="json") for outcome in outcomes]}


async def write(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Draft the answer: the model's prose where there is one, templates and quotations otherwise."""
    reading, outcomes = _reading(state), _outcomes(state)
    ledger = _ledger(state)
    if not len(ledger):
        return _nothing_to_stand_on(state, outcomes, reading.language)
    model = runtime.context.model
    if model is None or state["tier"] == RULES:
        return {"draft": compose(outcomes, ledger, reading.language)}
    stream = _SentenceStream(runtime, ledger, _parameters(state, runtime.context.registry), reading.language)
    try:
        reply = await write_answer(model, reading, ledger, stream.token)
    except ModelError as error:
        notes = [*state["notes"], f"{error} {_fell_back(reading.language)}"]
        return {"draft": compose(outcomes, ledger, reading.language), "notes": notes, "tier": RULES}
    return {
        "draft": reply.content,
        "usage": _add(Usage.model_validate(state["usage"]), reply.usage).model_dump(),
        "transcript": [*state["transcript"], {"event": "model_wrote", "text": reply.content}],
    }


async def verify(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Bind the draft to the ledger; a model gets one turn to repair what does not hold, then it is taken out."""
    reading, model = _reading(state), runtime.context.model
    ledger, parameters = _ledger(state), _parameters(state, runtime.context.registry)
    bound = bind(state["draft"], ledger, parameters, reading.language)
    transcript = list(state["transcript"])
    usage = Usage.model_validate(state["usage"])
    if bound.problems:
        transcript.append({"event": "unsupported", "problems": [vars(problem) for problem in bound.problems]})
        if model is not None and state["tier"] != RULES:
            try:
                reply = await repair(model, reading, ledger, state["draft"], bound.problems)
            except ModelError as error:
                transcript.append({"event": "model_failed", "error": str(error)})
            else:
                usage = _add(usage, reply.usage)
                transcript.append({"event": "model_repaired", "text": reply.content})
                again = bind(reply.content, ledger, parameters, reading.language)
                if reply.content.strip() and len(again.problems) <= len(bound.problems):
                    bound = again
                    transcript.append({"event": "unsupported", "problems": [vars(item) for item in again.problems]})
    text, notes = bound.text, list(state["notes"])
    if state["tier"] != RULES and not bound.used:
        # Prose that leans on none of the evidence is not an answer: say what the evidence says instead.
        bound = bind(compose(_outcomes(state), ledger, reading.language), ledger, parameters, reading.language)
        text = bound.text
        notes.append(phrases.NOTHING_USED.in_language(reading.language))
    elif state["tier"] != RULES:
        notes.append(phrases.MODEL_WORDS.in_language(reading.language))
    notes += _remarks(bound, reading.language)
    answer = _answer(state, "answered", text, ledger, usage, notes, tuple(item.found for item in bound.problems))
    return {"answer": answer.model_dump(mode="json"), "transcript": transcript, "usage": usage.model_dump()}


async def conclude(state: ChatState, runtime: Runtime[AgentContext]) -> Update:
    """Write the run folder and remember the turn."""
    answer = Answer.model_validate(state["answer"])
    seconds = time.time() - state["started"]
    answer = answer.model_copy(update={"usage": answer.usage.model_copy(update={"wall_seconds": round(seconds, 3)})})
    folder = runtime.context.run_folder(state)
    folder.write_json("ledger.json", [entry.model_dump(mode="json") for entry in answer.evidence])
    folder.write_json("transcript.json", state["transcript"])
    folder.write_json("environment.json", describe_environment().model_dump(mode="json"))
    folder.write_json("answer.json", answer.model_dump(mode="json"))
    write_text(folder.path / "answer.md", as_markdown(answer))
    turn = Turn(question=state["question"], answer=answer.answer, reading=state["reading"])
    return {"answer": answer.model_dump(mode="json"), "turns": [turn]}


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


def _ledger(state: ChatState) -> Ledger:
    ledger = Ledger()
    for outcome in _outcomes(state):
        if outcome.result is not None:
            ledger.add_result(outcome.tool, outcome.result, state["run_id"], _reading(state).language)
    return ledger


def _parameters(state: ChatState, registry: Registry) -> frozenset[float]:
    """Numbers that describe what was computed: they may be repeated in prose without being evidence."""
    texts = []
    for step, outcome in zip(_plan(state).steps, _outcomes(state), strict=True):
        spec = registry[step.tool].parse(step.spec)
        texts.append(" ".join(f"{value}" for value in _leaves(spec.model_dump(mode="json"))))
        if outcome.result is not None:
            described = [outcome.result.reading, *outcome.result.notes]
            described += [estimate.method for estimate in outcome.result.estimates.values()]
            texts += [text.in_language(language) for text in described if text for language in ("en", "ja")]
            texts += [estimate.convention for estimate in outcome.result.estimates.values()]
    return frozenset(number.value for text in texts for number in find_numbers(plain(text)) if number.value is not None)


def _leaves(content: object) -> list[object]:
    if isinstance(content, dict):
        return [leaf for value in content.values() for leaf in _leaves(value)]
    if isinstance(content, list):
        return [leaf for value in content for leaf in _leaves(value)]
    return [content] if isinstance(content, int | float) and not isinstance(content, bool) else []


def _nothing_to_stand_on(state: ChatState, outcomes: list[Outcome], language: Language) -> Update:
    failed = [outcome for outcome in outcomes if outcome.error]
    if failed and len(failed) == len(outcomes):
        text = "\n".join(dict.fromkeys(outcome.error for outcome in failed))
        return _finish(state, _STATUS_OF_ERROR.get(failed[0].exit_status, "failed"), text)
    return _finish(state, "not_found", not_found(outcomes, language))


def _finish(state: ChatState, status: Status, text: str, *, transcript: list[dict[str, Any]] | None = None) -> Update:
    """End the turn without evidence: a question back, a refusal, nothing found, a stop."""
    answer = _answer(state, status, text, Ledger(), Usage.model_validate(state["usage"]), state["notes"], ())
    update: Update = {"answer": answer.model_dump(mode="json")}
    return update if transcript is None else {**update, "transcript": transcript}


def _answer(
    state: ChatState,
    status: Status,
    text: str,
    ledger: Ledger,
    usage: Usage,
    notes: list[str],
    removed: tuple[str, ...],
) -> Answer:
    reading = _reading(state)
    computed = [outcome for outcome in _outcomes(state) if outcome.result and outcome.result.estimates]
    shown_reading = reading.summary if len(ledger) and computed else ""
    if shown_reading:
        text = f"{phrases.READ_AS.in_language(reading.language).format(reading=shown_reading)}\n\n{text}"
    return Answer(
        question=state["question"],
        answer=text,
        reading=reading.summary,
        language=reading.language,
        tier=state["tier"],
        status=status,
        evidence=tuple(ledger),
        removed=removed,
        notes=tuple(dict.fromkeys(notes)),
        runs=(state["run_id"],),
        usage=usage,
    )
