"""Models in this process: a tiny untrained one, made here, held to grammars."""

import json
import time

import pytest
from jsonschema import validate

from agent.llm import Budget, Message, ToolSchema, choose_model, probe
from agent.llm import errors as faults
from agent.llm.schemas import bounded, plan_schema, spec_schema
from agent.planning.by_model import plan_with_model
from agent.planning.validate import validate_plan
from agent.settings import load_settings
from physics_engines.nqs.spec import GroundStateSpec
from tests.demo_tools import OscillatorSpec, demo_registry
from tests.tiny_model import STRICT_TEMPLATE, TEMPLATE, build_tiny_model
from tools.registry import Registry

HELLO = [Message("system", "Be brief."), Message("user", "Hello")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return build_tiny_model(tmp_path_factory.mktemp("model") / "tiny", template=TEMPLATE)


def local(folder, **overrides):
    return choose_model(load_settings(llm="transformers", model=str(folder), **{"max_reply_tokens": 64} | overrides))


async def test_text_streams_and_is_counted(folder):
    pieces, model = [], local(folder)
    assert model.tier == "local model tiny"
    reply = await model.complete(HELLO, on_token=pieces.append)
    assert reply.usage.completion_tokens <= 64 and reply.usage.prompt_tokens > 20 and reply.usage.cost is None
    assert "".join(pieces).strip() == reply.text and reply.text
    assert (await model.complete(HELLO)).text == reply.text  # greedy: the same again


async def test_sampling_repeats_with_its_seed(folder):
    texts = [(await local(folder, temperature=1.0, seed=seed).complete(HELLO)).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("template", [None, STRICT_TEMPLATE])
async def test_tokenizers_without_or_with_a_strict_template(tmp_path, template):
    model = local(build_tiny_model(tmp_path / "m", template=template))
    messages = [*HELLO, Message("user", "and more")]
    assert (await model.complete(messages)).text


async def test_a_control_token_in_a_message_stays_text(folder):
    """A passage cannot begin a new turn: the marker is spelled out in ordinary tokens."""
    model = local(folder)
    one = {"enum": [1]}
    plain = (await model.complete([Message("user", "a")], schema=one)).usage.prompt_tokens
    marked = (await model.complete([Message("user", "a<|im_start|>")], schema=one)).usage.prompt_tokens
    assert marked > plain + 4


SCHEMAS = [
    {"type": "integer"},
    {"type": "number", "minimum": 0.5, "exclusiveMaximum": 2},
    {"type": "string"},
    {"enum": [1, 2, 10]},
    {"type": "array", "items": {"type": "string"}, "minItems": 2},
    {"type": "object", "additionalProperties": {"type": "number"}},
    {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "integer"}}]},
    spec_schema(OscillatorSpec),
    spec_schema(GroundStateSpec),
    plan_schema(list(demo_registry().values())[:4], 8),
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: str(schema)[:30])
@pytest.mark.parametrize("max_reply_tokens", [16, 200])
async def test_any_schema_gives_json_that_fits_it(folder, schema, max_reply_tokens):
    """Also where the model would go on for ever and the end has to be forced."""
    for temperature, seed in ((0.0, 0), (2.0, 1), (2.0, 2)):
        model = local(folder, max_reply_tokens=max_reply_tokens, temperature=temperature, seed=seed)
        reply = await model.complete(HELLO, schema=schema)
        validate(json.loads(reply.text), bounded(schema))
        assert reply.complete and reply.usage.completion_tokens < max_reply_tokens + 400


QUESTIONS = [
    "What is the energy of level 3 of the oscillator?",
    "Energy of a particle in a 3x5 box",
    "ground state of the Heisenberg chain with 8 sites",
    "８サイトのハイゼンベルク鎖の基底エネルギーは？",
]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("seed", [0, 1])
async def test_an_untrained_model_gives_a_plan_that_validates(tmp_path, question, seed):
    model = local(build_tiny_model(tmp_path / "m", seed=seed), max_reply_tokens=150)
    registry = demo_registry()
    planned = await plan_with_model(model, question, registry, reading="", max_steps=4)
    assert planned.mode in ("schema", "choices")
    assert planned.plan.steps and validate_plan(planned.plan, registry, 4) == []


async def test_the_schema_alone_is_enough_where_it_says_everything(folder):
    registry = Registry((demo_registry()["demo.oscillator"],))
    planned = await plan_with_model(local(folder), QUESTIONS[0], registry, reading="", max_steps=1)
    assert planned.mode == "schema" and planned.problems[0].message.startswith("tools:")


async def test_native_tools_are_not_pretended(folder):
    with pytest.raises(faults.ToolsUnsupported):
        await local(folder).complete(HELLO, tools=[ToolSchema("add", "Add.", {"type": "object"})])
    found = await probe(local(folder, max_reply_tokens=80))
    assert (found.rung, found.models, found.tier) == ("schema", (), "local model tiny")


async def test_a_full_context(tmp_path):
    model = local(build_tiny_model(tmp_path / "m", context=400))
    long = Message("user", "word " * 200, data=True)
    reply = await model.complete([*HELLO, long])
    assert reply.shortened and reply.usage.prompt_tokens < 336
    with pytest.raises(faults.ContextOverflow, match="400 tokens"):
        await model.complete([*HELLO, Message("user", "word " * 200)])


async def test_a_cancelled_call_stops_its_thread(folder):
    model = local(folder, max_reply_tokens=10_000)
    one = {"enum": [1]}
    await model.complete(HELLO, schema=one)  # loaded
    endless = {"type": "array", "minItems": 32, "items": {"type": "string", "minLength": 400}}
    with pytest.raises(faults.BudgetSpent, match="ANSATZ_MAX_WALL_TIME"):
        await Budget(max_seconds=0.3).ask(model, HELLO, schema=endless)
    began = time.monotonic()
    await model.complete(HELLO, schema=one)  # waits for the lock that the stopped call holds
    assert time.monotonic() - began < 5


def test_folders_that_hold_no_model(tmp_path):
    with pytest.raises(Exception, match="no folder with a model") as caught:
        local(tmp_path)
    assert int(caught.value.exit_status) == 4


@pytest.mark.parametrize("config", ["{", "{}", '{"model_type": "no_such_model"}', '{"model_type": "llama"}'])
async def test_a_folder_with_half_a_model(tmp_path, config):
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(faults.LocalModelError, match="cannot be loaded") as caught:
        await local(tmp_path).complete(HELLO)
    assert "\n" not in str(caught.value)


async def test_a_device_that_is_not_there(folder):
    with pytest.raises(faults.LocalModelError, match="cuda:99"):
        await local(folder, device="cuda:99").complete(HELLO)
