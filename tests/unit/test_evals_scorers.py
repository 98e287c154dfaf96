"""Each scorer on right and on wrong outcomes."""

import pytest

from agent.answer import Answer
from agent.evidence import Evidence
from agent.planning.plan import Step
from evals.outcome import Outcome, outcome_of_error
from evals.scorers.abstention import abstained, score_unanswerable
from evals.scorers.citations import citation_fault, score_textbook, section_of
from evals.scorers.numeric import respects_bound, score_computation, within_tolerance
from evals.scorers.selection import score_selection
from evals.suites import Reference, SectionRef, Selection, TextbookItem
from knowledge import Library
from tools.errors import BadInput, Refused, Stopped
from tools.registry import load_registry

CHAIN = {"model": "heisenberg", "lattice": "chain", "shape": [8]}
CRASH = outcome_of_error(ZeroDivisionError("division by zero"))


def planned(*calls: tuple[str, dict]) -> Outcome:
    return Outcome("planned", steps=tuple(Step(tool=tool, spec=spec) for tool, spec in calls))


def answered(*evidence: Evidence, text: str = "", status: str = "answered") -> Outcome:
    answer = Answer(
        question="?", answer=text, reading="", language="en", tier="rules", status=status, evidence=evidence
    )
    return Outcome(status, answer)


def passed(checks) -> bool:
    return all(check.passed for check in checks if check.counts)


# ---- selection


@pytest.fixture(scope="module")
def registry():
    return load_registry()


@pytest.mark.parametrize(
    ("outcome", "right"),
    [
        (planned(("nqs.exact", CHAIN)), True),
        (planned(("nqs.exact", {"lattice": "chain", "shape": "8", "boundary": "periodic"})), True),
        (planned(("nqs.exact", CHAIN | {"shape": [10]})), False),
        (planned(("nqs.exact", CHAIN | {"boundary": "open"})), False),
        (planned(("nqs.exact", CHAIN | {"lattice": "kagome"})), False),
        (planned(("nqs.exact", CHAIN | {"nonsense": 1})), False),
        (planned(("nqs.ground_state", CHAIN)), False),
        (planned(("nqs.exact", CHAIN), ("library.search", {"query": "chain"})), False),
        (planned(("nqs.exact", CHAIN), ("nqs.exact", CHAIN | {"shape": [10]})), False),
        (planned(("nqs.unknown", CHAIN)), False),
        (planned(), False),
        (Outcome("needs_input"), False),
        (CRASH, False),
    ],
)
def test_selection_of_one_call(outcome: Outcome, right: bool, registry) -> None:
    expect = Selection(tools=("nqs.exact",), spec={"nqs.exact": CHAIN})
    checks = score_selection(expect, outcome, registry)
    assert {check.name for check in checks} == {"selection", "parameters"}
    assert passed(checks) is right
    assert all(check.detail for check in checks if not check.passed)


@pytest.mark.parametrize(
    ("calls", "right"),
    [
        (["nqs.exact"], True),
        (["nqs.ground_state"], True),
        (["nqs.exact", "nqs.ground_state"], True),
        (["library.search"], False),
    ],
)
def test_pattern_takes_any_of_its_tools(calls: list[str], right: bool, registry) -> None:
    outcome = planned(*((name, CHAIN if name.startswith("nqs") else {"query": "chain"}) for name in calls))
    expect = Selection(tools=("nqs.*",), spec={"nqs.*": CHAIN})
    assert passed(score_selection(expect, outcome, registry)) is right


@pytest.mark.parametrize(
    ("shapes", "right"), [([8, 10, 12], True), ([12, 8, 10], True), ([8, 10], False), ([8, 10, 14], False)]
)
def test_sweep_needs_each_value_once(shapes: list[int], right: bool, registry) -> None:
    expect = Selection(
        tools=("nqs.exact",),
        spec={"nqs.exact": {"lattice": "chain"}},
        sweep={"nqs.exact": {"shape": [[8], [10], [12]]}},
    )
    outcome = planned(*(("nqs.exact", {"lattice": "chain", "shape": [shape]}) for shape in shapes))
    assert passed(score_selection(expect, outcome, registry)) is right


def test_rounding_of_a_sweep_is_no_difference(registry) -> None:
    fields = {"model": "tfim", "lattice": "chain", "shape": [8]}
    expect = Selection(tools=("nqs.exact",), spec={"nqs.exact": fields}, sweep={"nqs.exact": {"field": [0.3]}})
    assert passed(score_selection(expect, planned(("nqs.exact", fields | {"field": 0.1 + 0.2})), registry))


@pytest.mark.parametrize(
    ("outcome", "right"),
    [
        (Outcome("refused"), True),
        (outcome_of_error(Refused("no")), True),
        (outcome_of_error(BadInput("no")), True),
        (outcome_of_error(Stopped("no")), False),
        (planned(("nqs.exact", CHAIN)), False),
        (Outcome("answered"), False),
        (CRASH, False),
    ],
)
def test_expected_status(outcome: Outcome, right: bool, registry) -> None:
    expect = Selection(status=("refused", "bad_input"))
    assert passed(score_selection(expect, outcome, registry)) is right


# ---- abstention


@pytest.mark.parametrize("status", ["not_found", "refused", "needs_input"])
def test_abstention(status: str) -> None:
    assert abstained(answered(status=status, text="Not found."))
    assert passed(score_unanswerable(answered(status=status)))


@pytest.mark.parametrize("outcome", [answered(), CRASH, Outcome("bad_input"), Outcome("failed"), Outcome("stopped")])
def test_what_is_no_abstention(outcome: Outcome) -> None:
    assert not abstained(outcome)
    assert not passed(score_unanswerable(outcome))


def test_not_found_with_a_quotation_is_no_abstention() -> None:
    entry = Evidence(id="E1", kind="cited", label="A5", source="textbook/en/A5", run_id="r", quote="x", span=(0, 1))
    assert not abstained(answered(entry, status="not_found"))


# ---- numbers

EXACT = -0.4563866761
VARIATIONAL = Reference(
    tool="nqs.ground_state", spec=CHAIN, label="energy per site", exactness="upper_bound", value=EXACT, unit="J",
    relative=1e-3, n_sigma=4, source="diagonalisation",
)  # fmt: skip


def number(value: float, error: float | None = 1e-5, **fields) -> Evidence:
    given = {
        "id": "E1", "kind": "computed", "label": "energy per site (variational)", "source": "nqs.ground_state",
        "run_id": "r", "value": value, "error": error, "unit": "J", "exactness": "upper_bound",
    }  # fmt: skip
    return Evidence.model_validate(given | fields)


def ran(*evidence: Evidence, text: str = "It is −0.456 J [E1].", spec: dict = CHAIN) -> Outcome:
    outcome = answered(*evidence, text=text)
    return Outcome("answered", outcome.answer, (Step(tool="nqs.ground_state", spec=spec),))


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (ran(number(EXACT + 1e-4)), set()),
        (ran(number(EXACT - 3e-5)), set()),
        (ran(number(EXACT + 0.01, error=3e-3)), set()),
        (ran(number(EXACT + 0.01)), {"value"}),
        (ran(number(EXACT - 1e-4)), {"bound"}),
        (ran(number(EXACT - 0.01)), {"value", "bound"}),
        (ran(number(EXACT, unit="eV")), {"unit"}),
        (ran(number(EXACT), text="It is known."), {"shown"}),
        (ran(number(EXACT), spec=CHAIN | {"shape": [10]}), {"parameters"}),
        (ran(number(EXACT), number(EXACT + 0.1, id="E2"), text="[E1] [E2]"), {"value"}),
        (ran(number(EXACT, exactness="stochastic")), {"parameters", "value", "unit", "bound", "shown"}),
        (ran(number(EXACT, source="nqs.exact")), {"parameters", "value", "unit", "bound", "shown"}),
        (ran(number(EXACT, label="variance")), {"parameters", "value", "unit", "bound", "shown"}),
        (ran(number(EXACT, headline=False)), {"parameters", "value", "unit", "bound", "shown"}),
        (answered(), {"parameters", "value", "unit", "bound", "shown"}),
        (CRASH, {"parameters", "value", "unit", "bound", "shown"}),
    ],
)
def test_computation(outcome: Outcome, wrong: set[str], registry) -> None:
    checks = score_computation(VARIATIONAL, outcome, registry)
    assert {check.name for check in checks if not check.passed} == wrong


def test_exact_value_has_no_room_for_errors() -> None:
    expect = VARIATIONAL.model_copy(update={"relative": 1e-8, "n_sigma": 0.0})
    assert within_tolerance(EXACT * (1 + 5e-9), None, expect)
    assert not within_tolerance(EXACT * (1 + 5e-8), 1.0, expect)
    assert respects_bound(EXACT * (1 + 5e-10), None, expect) and not respects_bound(EXACT * (1 + 5e-9), None, expect)


# ---- citations


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Library:
    return Library.open(tmp_path_factory.mktemp("home"))


def quotation(library: Library, heading: str, document: str = "textbook/en/A5", length: int = 60, **fields) -> Evidence:
    """Evidence as a tool gives it, quoting the first characters under a heading."""
    text = library.source_text(document)
    start = text.index("\n", text.index(heading)) + 2
    place = library.show(f"{document}:{start}-{start + length}")
    given = {
        "id": "E1", "kind": "cited", "label": f"{place.chapter} {place.section}", "source": document, "run_id": "r",
        "quote": place.text, "span": (start, start + length),
    }  # fmt: skip
    return Evidence.model_validate(given | fields)


TEXTBOOK_ITEM = TextbookItem(
    id="t", language="en", question="?", gold=(SectionRef(chapter="A5", section=2),), style="direct"
)


def test_valid_quotation_from_the_gold_section(library: Library) -> None:
    entry = quotation(library, "## §2 ")
    assert citation_fault(entry, library) == ""
    assert section_of(entry, library) == SectionRef(chapter="A5", section=2)
    assert all(check.passed for check in score_textbook(TEXTBOOK_ITEM, answered(entry), library))


def test_valid_quotation_from_another_section_is_no_hit(library: Library) -> None:
    checks = score_textbook(TEXTBOOK_ITEM, answered(quotation(library, "## §3 ")), library)
    assert {check.name for check in checks if not check.passed} == {"section", "first_quote"}
    assert "A5 §3" in next(check.detail for check in checks if check.name == "section")


def test_second_quotation_may_hit(library: Library) -> None:
    outcome = answered(quotation(library, "## §3 "), quotation(library, "## §2 ", id="E2"))
    checks = score_textbook(TEXTBOOK_ITEM, outcome, library)
    assert passed(checks) and {check.name for check in checks if not check.passed} == {"first_quote"}


def test_quotation_in_the_other_language_is_reported(library: Library) -> None:
    checks = score_textbook(TEXTBOOK_ITEM, answered(quotation(library, "## §2 ", "textbook/ja/A5", 20)), library)
    assert passed(checks) and {check.name for check in checks if not check.passed} == {"own_language"}


@pytest.mark.parametrize(
    "forged",
    [
        {"quote": "Summing over the hidden units proves the Riemann hypothesis."},
        {"quote": ""},
        {"quote": None},
        {"span": None},
        {"span": (0, 5)},
        {"span": (-5, 5)},
        {"span": (0, 10**9)},
        {"source": "textbook/en/Z9"},
        {"label": "A1 Linear models §1 Least squares and maximum likelihood"},
    ],
)
def test_forged_citation_is_invalid(forged: dict, library: Library) -> None:
    entry = quotation(library, "## §2 ", **forged)
    assert citation_fault(entry, library)
    checks = score_textbook(TEXTBOOK_ITEM, answered(entry), library)
    assert not next(check.passed for check in checks if check.name == "citations")


@pytest.mark.parametrize("outcome", [CRASH, answered(), answered(status="not_found"), Outcome("needs_input")])
def test_no_answer_fails_every_check(outcome: Outcome, library: Library) -> None:
    checks = score_textbook(TEXTBOOK_ITEM, outcome, library)
    assert len(checks) == 5 and not any(check.passed for check in checks)
