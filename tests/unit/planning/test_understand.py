"""What is read into a question, and what is planned for it."""

import re

import pytest
from registry_fixture import REGISTRY, WITH_MAGNET
from utterances import ASK, BOTH, CHATS, COMPUTE, MISSING, OTHER, REFUSED

from agent.planning import Plan, plan_by_rules, understand
from agent.planning.normalise import normalise
from tools.base import ToolCall


def _computing(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(step.tool, step.spec) for step in plan.steps if step.tool != "library.search"]


@pytest.mark.parametrize(("question", "language", "tools", "specs"), COMPUTE, ids=lambda value: None)
def test_computations(question, language, tools, specs):
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert reading.refusal is None and not reading.missing, reading
    assert (reading.language, reading.intent) == (language, "compute")
    assert _computing(plan) == [(tool, spec) for tool in tools for spec in specs]
    assert len(plan.steps) == len(tools) * len(specs)
    assert reading.summary.startswith("読み取り" if language == "ja" else "Read as")
    for step in plan.steps:
        REGISTRY.parse_call(ToolCall(tool=step.tool, spec=step.spec))


@pytest.mark.parametrize(("question", "language", "spec", "query"), BOTH, ids=lambda value: None)
def test_a_number_and_an_explanation(question, language, spec, query):
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert (reading.language, reading.intent) == (language, "compute_and_ask")
    assert _computing(plan) == [("nqs.ground_state", spec)]
    assert [(step.tool, step.spec, step.expects) for step in plan.steps[1:]] == [
        ("library.search", {"query": query, "language": language}, "cited")
    ]


@pytest.mark.parametrize(("question", "language"), ASK)
def test_questions_for_the_library(question, language):
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert (reading.language, reading.intent, reading.refusal) == (language, "ask", None)
    assert [(step.tool, step.spec) for step in plan.steps] == [
        ("library.search", {"query": question, "language": language})
    ]


@pytest.mark.parametrize(("question", "language", "fields"), MISSING)
def test_what_has_no_safe_default_is_asked(question, language, fields):
    reading = understand(question, REGISTRY)
    assert reading.refusal is None
    assert reading.language == language
    assert {item.field for item in reading.missing} == fields
    assert all(item.question.en.endswith((".", "?")) and item.question.ja for item in reading.missing)
    assert plan_by_rules(reading, REGISTRY) == Plan()


@pytest.mark.parametrize(("question", "language", "code", "status"), REFUSED, ids=lambda value: str(value)[:60])
def test_refusals(question, language, code, status):
    reading = understand(question, REGISTRY)
    assert reading.refusal is not None, reading
    assert (reading.language, reading.refusal.code, reading.refusal.exit_status) == (language, code, status)
    assert plan_by_rules(reading, REGISTRY) == Plan()
    # No number is shown but those of the question.
    asked = set(re.findall(r"\d+(?:\.\d+)?", question + normalise(question)))
    shown = set(re.findall(r"(?<![A-Za-z])\d+(?:\.\d+)?", reading.refusal.sentence + reading.summary))
    assert shown <= asked
    japanese = re.search(r"[ぁ-んァ-ヶ一-龠]", reading.refusal.sentence)
    assert bool(japanese) == (language == "ja")


@pytest.mark.parametrize(("question", "intent"), OTHER)
def test_other_intents_plan_nothing(question, intent):
    reading = understand(question, REGISTRY)
    assert reading.intent == intent
    assert plan_by_rules(reading, REGISTRY) == Plan()


@pytest.mark.parametrize("chat", CHATS, ids=lambda chat: chat[0][0])
def test_a_conversation_goes_on_from_what_was_said(chat):
    previous = None
    for question, tool, specs in chat:
        previous = understand(question, REGISTRY, previous)
        plan = plan_by_rules(previous, REGISTRY)
        assert _computing(plan) == [(tool, spec) for spec in specs], question


def test_a_reading_survives_json_and_is_deterministic():
    for question, *_ in COMPUTE + BOTH + MISSING + REFUSED:
        one, other = understand(question, REGISTRY), understand(question, REGISTRY)
        assert one == other
        assert type(one).model_validate_json(one.model_dump_json()).summary == one.summary


def test_conversation_goes_on_from_a_reading_kept_as_json():
    first = understand("ground-state energy of the 12-site Heisenberg chain", REGISTRY)
    kept = type(first).model_validate_json(first.model_dump_json())
    plan = plan_by_rules(understand("same with open boundaries", REGISTRY, kept), REGISTRY)
    assert [REGISTRY.parse_call(ToolCall(tool=step.tool, spec=step.spec))[1].shape for step in plan.steps] == [(12,)]


def test_the_summary_names_model_size_boundary_convention_and_assumptions():
    summary = understand("gs energy of the 4x4 Heisenberg model", REGISTRY).summary
    for part in ("Heisenberg model", "4x4", "S_i·S_j", "per site", "assumed: square lattice", "periodic"):
        assert part in summary
    said, assumed = understand("gs energy of the Heisenberg chain N=8 obc J=2", REGISTRY).summary.split("; assumed: ")
    assert "open boundary" in said and "J = 2" in said
    assert "boundary" not in assumed and "h/J" not in assumed


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("gs energy for H = J Σ σ_i·σ_j, chain N=8", "4J Σ S·S"),
        ("gs energy for H = \\frac{J}{2}\\sum_{\\langle ij \\rangle} S_i \\cdot S_j, 4x4", "J = 0.5"),
        ("H = 1/2 \\sum_{i\\neq j} \\vec{S}_i \\cdot \\vec{S}_j, 4x4 ground state energy", "twice"),
        ("gs energy of the 4x4 J1-J2 model with J1=2, J2=1", "J2/J1 = 0.5"),
        ("Heisenberg square lattice L=4 ground-state energy", '"L=4" was read as 4x4'),
        ("Heisenberg chain 20 pbc gs energy", '"20" was read as the size'),
        ("ground state energy and energy gap of Heisenberg chain N=10", "energy gap"),
        ("exact ground-state energy of the 8-site Heisenberg chain with seed 3", '"seed 3"'),
        ("energy of the Heisenberg chain N=8 with PEPS", "tensor networks other than"),
        ("energy of the 4x4 Heisenberg model with an autoregressive network", "a network that is not offered"),
        ("total ground state energy of the 4x4 Heisenberg antiferromagnet, exact", "total ground state energy"),
        ("4x4ハイゼンベルクの全エネルギーを厳密に", "サイトあたり"),
        ("exact energy of Heisenberg chain N=8 in kJ/mol", "in kJ/mol"),
        ("exact energy TFIM chain N=8 h=0.5±0.1", '"0.1"'),
        ("is the ground state energy of the 4x4 Heisenberg model -0.75?", '"-0.75"'),
        ("exact energy of the Heisenberg chain with 8 sites and 7 bonds", '"7"'),
        ("J=1.5 meV Heisenberg chain N=8 ground state energy", "1.5 meV"),
    ],
)
def test_what_could_be_read_in_another_way_is_named(question, named):
    assert any(named in sentence for sentence in understand(question, REGISTRY).ambiguities)


def test_a_new_tool_brings_its_own_words():
    sweep = understand("magnetization for T=2.1..2.5 step 0.1", WITH_MAGNET)
    steps = plan_by_rules(sweep, WITH_MAGNET).steps
    assert [(step.tool, step.spec) for step in steps] == [
        ("magnet.magnetisation", {"temperature": value}) for value in (2.1, 2.2, 2.3, 2.4, 2.5)
    ]
    japanese = understand("温度2.1から2.5まで0.1刻みで磁化を計算して", WITH_MAGNET)
    assert [step.spec for step in plan_by_rules(japanese, WITH_MAGNET).steps] == [step.spec for step in steps]
    scaled = understand("magnetization at T = 500 mK with 20 sweeps", WITH_MAGNET)
    assert [step.spec for step in plan_by_rules(scaled, WITH_MAGNET).steps] == [{"temperature": 0.5, "n_sweeps": 20}]
    for question in ("magnetization at T=-1", "温度-1の磁化を計算して"):
        refusal = understand(question, WITH_MAGNET).refusal
        assert refusal is not None and refusal.exit_status == 2


def test_below_the_threshold_the_nearest_capabilities_are_listed():
    reading = understand("book me a flight to Tokyo", REGISTRY)
    assert reading.confidence < 0.3
    assert set(reading.nearest) == set(REGISTRY)


def test_hostile_length_is_read_quickly():
    understand("4x4 " * 1000, REGISTRY)
    understand("N=" * 1900, REGISTRY)
    understand("((((" * 900 + "1", REGISTRY)


def test_a_comma_that_may_be_a_decimal_one_is_asked_back():
    reading = understand("exact energy of the TFIM chain N=8 at h = 0,5", REGISTRY)
    assert [item.field for item in reading.missing] == ["field"]
    listed = understand("exact energy of the TFIM chain N=8 at h = 0, 0.5, 1", REGISTRY)
    assert listed.tools[0].slots and not listed.missing


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("What does exact diagonalisation give for the 8-site Heisenberg ring?", "compute"),
        ("What does exact diagonalisation do with the symmetries of a ring?", "ask"),
    ],
)
def test_what_a_method_gives_for_a_system_is_computed(question, intent):
    assert understand(question, REGISTRY).intent == intent
