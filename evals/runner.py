"""Runs suites in this process, one item after the other.

Questions go through ``agent.session``, the way every interface asks them, with the model that is configured and
without one by rules. Where only the plan is scored, the same graph runs up to the node that would ask for approval:
whatever plans there, rules or a model, is what is scored, validation and fall-back included, and no call is run.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from langgraph.checkpoint.memory import InMemorySaver

from agent.answer import Answer
from agent.graphs.chat import build_chat_graph
from agent.graphs.state import AgentContext, ChatState
from agent.library import open_library
from agent.llm.query_model import open_query_models
from agent.planning.plan import Plan, Step
from agent.runs import RunFolder, new_run_id
from agent.session import Session, approve_all, open_session
from agent.settings import Settings, load_settings
from evals.lanes import LibraryReport, measure_library
from evals.outcome import Outcome, outcome_of_error
from evals.report import EvalReport, ItemReport, SuiteReport, item_report, suite_report
from evals.scorers import Check, score
from evals.suites import Item, Suite, TextbookItem, UnanswerableItem, find_suite, load_items
from knowledge import Library
from physics_engines.files import write_text
from tools.jobs import describe_environment, read_call

LANES_OF = "knowledge"
"""The suite with which the lanes of the library are measured."""
OnItem = Callable[[Suite, ItemReport], None]


async def run_evals(
    suites: Sequence[Suite],
    items: Sequence[Sequence[Item]],
    *,
    home: Path | None = None,
    out: Path | None = None,
    on_item: OnItem = lambda _suite, _item: None,
) -> EvalReport:
    """Run suites and score them.

    Args:
        suites: The suites, in this order.
        items: The items of each.
        home: ``ANSATZ_HOME`` of the runs; a temporary folder where not given, so that nothing done before helps.
        out: Where the report is written after each suite, whole or not at all.
        on_item: Called after each item.

    Raises:
        Missing: The home folder cannot be written, or the configured model is not there.
        OSError: The report cannot be written.
    """
    started, begin = datetime.now(UTC), time.perf_counter()
    done: list[SuiteReport] = []
    report: EvalReport | None = None
    library: LibraryReport | None = None
    async with AsyncExitStack() as stack:
        if home is None:
            # A worker may still be closing its log when the last item is done.
            home = Path(stack.enter_context(TemporaryDirectory(prefix="ansatz-eval-", ignore_cleanup_errors=True)))
        settings: Settings = load_settings(home=home)
        session = await stack.enter_async_context(open_session(settings))
        tier = session.context.model.tier if session.context.model else "rules"
        environment = describe_environment().model_dump(mode="json")
        for suite, members in zip(suites, items, strict=True):
            reports = []
            for item in members:
                reports.append(await _run_item(suite, item, session))
                on_item(suite, reports[-1])
            done.append(suite_report(suite, reports))
            if suite.name == LANES_OF:
                library = await asyncio.to_thread(_measure_library, home, settings, members)
            report = EvalReport(
                started=started.isoformat(timespec="seconds"),
                seconds=round(time.perf_counter() - begin, 3),
                tier=tier,
                suites=tuple(done),
                environment={**environment, "settings": settings.for_the_record()},
                library=library,
            )
            if out is not None:
                write_text(out, report.model_dump_json(indent=1) + "\n")
    if report is None:
        raise ValueError("no suite to run")
    return report


async def plan_only(question: str, context: AgentContext) -> Outcome:
    """Read and plan a question without running a call."""
    run_id = new_run_id()
    RunFolder(context.home, run_id).create()
    graph = build_chat_graph(InMemorySaver())
    config = {"configurable": {"thread_id": run_id}}
    start = ChatState(question=question, run_id=run_id, started=time.time())
    await graph.ainvoke(start, config, context=context, interrupt_before=["approve"])  # type: ignore[call-overload]
    state = await graph.aget_state(config)  # type: ignore[arg-type]
    if state.next:
        return Outcome("planned", steps=Plan.model_validate(state.values["plan"]).steps)
    answer = Answer.model_validate(state.values["answer"])
    return Outcome(answer.status, answer)


async def ask(question: str, session: Session) -> Outcome:
    """Answer a question; every call is approved. The calls are those the run folder holds."""
    answer = await session.ask(question, approver=approve_all)
    files = [
        file for run in answer.runs for file in sorted(RunFolder(session.context.home, run).path.glob("*/call.json"))
    ]
    calls = [read_call(file) for file in files]
    return Outcome(answer.status, answer, tuple(Step(tool=call.tool, spec=call.spec) for call in calls))


async def _run_item(suite: Suite, item: Item, session: Session) -> ItemReport:
    """Run and score one item; a failure is a wrong answer and does not end the suite."""
    begin = time.perf_counter()
    try:
        if suite.planned_only:
            outcome = await plan_only(item.question, session.context)
        else:
            outcome = await ask(item.question, session)
    except Exception as error:  # one defect must not take the other items with it
        outcome = outcome_of_error(error)
    outcome = Outcome(outcome.ending, outcome.answer, outcome.steps, outcome.error, time.perf_counter() - begin)
    try:
        checks = score(item, outcome, session.context.registry, lambda: _library(session.context.home))
    except Exception as error:  # evidence that cannot even be read is wrong
        checks = [Check(name="scored", passed=False, detail=f"{type(error).__name__}: {error}")]
    return item_report(item, outcome, checks)


def _measure_library(home: Path, settings: Settings, questions: Sequence[Item]) -> LibraryReport:
    """The lanes, with as many unanswerable questions as there are questions at most."""
    unanswerable = load_items(find_suite("knowledge_unanswerable"), len(questions))
    with open_query_models(settings) as model:
        return measure_library(
            open_library(settings, home),
            Library.open(home / "documents"),
            [item for item in questions if isinstance(item, TextbookItem)],
            [item for item in unanswerable if isinstance(item, UnanswerableItem)],
            model,
        )


@cache
def _library(home: Path) -> Library:
    return Library.open(home)
