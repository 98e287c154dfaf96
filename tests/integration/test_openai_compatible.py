"""The client of OpenAI-compatible servers: the real openai client against a loopback server."""

import socket
import time

import pytest

import agent.llm
from agent.llm import Message, ToolSchema
from agent.llm import errors as faults
from agent.llm.openai_compatible import OpenAICompatible
from agent.settings import load_settings
from tests.loopback import Call, Fault, Raw, Say, Stall, Truncate
from tools.errors import BadInput

HELLO = [Message("system", "Be brief."), Message("user", "Hello")]
TOOL = ToolSchema("demo__add", "Add two numbers.", {"type": "object", "properties": {"a": {"type": "number"}}})
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


def model_at(server, **overrides):
    url = server if isinstance(server, str) else server.url
    fast = {"request_timeout": 0.4, "max_retries": 0, "model": "scripted"} | overrides
    settings = load_settings(base_url=url, **fast)
    return OpenAICompatible(settings, settings.model)


@pytest.mark.parametrize("streamed", [False, True])
async def test_text_and_usage(loopback, streamed):
    server = loopback([Say("The chain is gapless.", thoughts="Hm, a chain.")])
    pieces = []
    model = model_at(server, price_prompt=1.0, price_completion=2.0, temperature=0.0, seed=3)
    reply = await model.complete(HELLO, on_token=pieces.append if streamed else None)
    assert reply.text == "The chain is gapless."
    assert "".join(pieces) == (reply.text if streamed else "")
    assert len(pieces) > 1 or not streamed
    assert (reply.usage.calls, reply.usage.prompt_tokens, reply.usage.completion_tokens) == (1, 2, 5)
    assert reply.usage.cost == pytest.approx((2 * 1.0 + 5 * 2.0) / 1e6)
    assert reply.usage.seconds > 0 and not reply.usage.estimated
    assert server.requests[0]["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (server.requests[0]["temperature"], server.requests[0]["seed"]) == (0.0, 3)
    assert model.tier == "local model scripted"


@pytest.mark.parametrize("streamed", [False, True])
async def test_tool_calls_are_assembled(loopback, streamed):
    server = loopback([Call(("demo__add", {"a": 1.5, "名": "鎖"}), ("demo__add", {"a": 2}))])
    on_token = (lambda _text: None) if streamed else None
    reply = await model_at(server).complete(HELLO, tools=[TOOL], on_token=on_token)
    assert [request.arguments() for request in reply.tool_requests] == [{"a": 1.5, "名": "鎖"}, {"a": 2}]
    assert [request.name for request in reply.tool_requests] == ["demo__add", "demo__add"]
    assert server.requests[0]["tools"][0]["function"]["parameters"] == TOOL.parameters


# As some servers write it: whole calls in one chunk, no usage; and without the index of the call.
ONE_CHUNK = r"""data: {"id": "c", "created": 1, "model": "m", "object": "chat.completion.chunk", "choices": [
 {"index": 0, "delta": {"role": "assistant", "content": null, "tool_calls": [
 {"id": "call_1_0", "type": "function", "function": {"name": "demo__add", "arguments": "{\"a\": 1}"}, FIRST},
 {"id": "call_1_1", "type": "function", "function": {"name": "demo__add", "arguments": "{\"a\": 2}"}, SECOND}
 ]}, "finish_reason": null}]}

data: {"id": "c", "created": 1, "model": "m", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {},
 "finish_reason": "tool_calls"}]}

data: [DONE]

"""


@pytest.mark.parametrize("indices", [('"index": 0', '"index": 1'), ('"index": null', '"index": null')])
async def test_tool_calls_in_one_chunk(loopback, indices):
    text = ONE_CHUNK.replace("FIRST", indices[0]).replace("SECOND", indices[1]).replace("\n ", " ")
    server = loopback([Raw(text.encode(), "text/event-stream")])
    reply = await model_at(server).complete(HELLO, tools=[TOOL], on_token=lambda _text: None)
    assert [request.arguments() for request in reply.tool_requests] == [{"a": 1}, {"a": 2}]


async def test_schema_is_sent(loopback):
    server = loopback([Say('{"n": 3}')])
    reply = await model_at(server).complete(HELLO, schema=SCHEMA)
    assert reply.text == '{"n": 3}'
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("said", ["<think>2+2… <i>hm</i></think>\n\nFour.", "from a template</think>Four.", "Four."])
async def test_thoughts_are_left_out(loopback, said, streamed):
    server = loopback([Say(said, pieces=3)])
    pieces = []
    reply = await model_at(server).complete(HELLO, on_token=pieces.append if streamed else None)
    assert reply.text == "Four."
    if streamed and not said.startswith("from"):
        assert "".join(pieces) == "Four."


async def test_placeholder_and_real_key(loopback):
    server = loopback([Say("a"), Say("b")])
    await model_at(server).complete(HELLO)
    await model_at(server, api_key="sk-secret").complete(HELLO)
    assert server.keys[0] and server.keys[0] != "sk-secret"
    assert server.keys[1] == "sk-secret"


async def test_uncounted_tokens_are_estimated_and_said_so(loopback):
    server = loopback([Say("x" * 40, usage=False)])
    usage = (await model_at(server).complete(HELLO)).usage
    assert usage.estimated and usage.completion_tokens == 10


async def test_the_only_model_of_a_server_is_taken(loopback):
    server = loopback([Say("a")], models=("qwen",))
    model = model_at(server, model=None)
    await model.complete(HELLO)
    assert model.name == "qwen" and server.requests[0]["model"] == "qwen"


async def test_several_models_are_listed_not_guessed(loopback):
    server = loopback([], models=("qwen", "llama"))
    with pytest.raises(faults.ModelNotFound, match=r"ANSATZ_MODEL.*qwen, llama"):
        await model_at(server, model=None).complete(HELLO)


STATUS = [
    (Fault(401, "Incorrect API key provided: sk-secret"), faults.Unauthorized, "OPENAI_API_KEY"),
    (Fault(404, "The model `scripted` does not exist"), faults.ModelNotFound, "ANSATZ_MODEL"),
    (Fault(404, "Not Found"), faults.ModelNotFound, "end in /v1"),
    (Fault(307, headers={"Location": "http://192.0.2.1/v1/chat/completions"}), faults.RequestRefused, "redirects"),
    (Fault(429, "later", headers={"Retry-After": "3600"}), faults.RateLimited, "asks to wait 3600 s"),
    (Fault(429, "pay", code="insufficient_quota"), faults.RateLimited, "quota"),
    (Fault(500, "CUDA error, key sk-secret"), faults.ServerFault, r"failed \(500\): CUDA error"),
    (Fault(400, "maximum context length is 4096 tokens"), faults.ContextOverflow, "maximum context length"),
    (Fault(400, "no", code="content_filter"), faults.ContentFiltered, "content filter"),
    (Fault(422, "top_k must be positive"), faults.RequestRefused, "top_k must be positive"),
    (Say("", finish="stop"), faults.EmptyReply, "nothing at all"),
    (Say("<think>going on", finish="length"), faults.EmptyReply, "ANSATZ_MAX_REPLY_TOKENS"),
    (Say("", finish="content_filter"), faults.ContentFiltered, "refused"),
    (Say("", refusal="I will not."), faults.ContentFiltered, "I will not"),
    (Call(("", {})), faults.MalformedReply, "without a name"),
    (Stall(seconds=5), faults.StalledStream, "ANSATZ_REQUEST_TIMEOUT"),
]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("reply", "error", "words"), STATUS)
async def test_each_fault_has_its_class_and_sentence(loopback, reply, error, words, streamed):
    server = loopback([reply])
    with pytest.raises(error, match=words) as caught:
        await model_at(server, api_key="sk-secret").complete(HELLO, on_token=print if streamed else None)
    assert "sk-secret" not in str(caught.value) and "\n" not in str(caught.value)
    assert int(error.exit_status) in (3, 4)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Raw(b"<html>proxy</html>", "text/html"), faults.MalformedReply),
        (Raw(b'{"choices": ['), faults.MalformedReply),
        (Raw(b'{"id": "x", "object": "chat.completion", "choices": []}'), faults.MalformedReply),
        (Truncate(), faults.Unreachable),
    ],
)
async def test_a_reply_that_is_not_one(loopback, reply, error):
    with pytest.raises(error):
        await model_at(loopback([reply])).complete(HELLO)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Stall("The energy"), faults.StalledStream),
        (Truncate("The energy"), faults.TruncatedStream),
        (Truncate("The energy", cleanly=True), faults.TruncatedStream),
        (Raw(b'data: {"choices": [{"del\n\n', "text/event-stream"), faults.MalformedReply),
        (Raw(b'data: {"error": {"message": "out of memory"}}\n\n', "text/event-stream"), faults.ServerFault),
    ],
)
async def test_broken_streams(loopback, reply, error):
    pieces = []
    server = loopback([reply, Say("again")])
    with pytest.raises(error):
        await model_at(server, max_retries=0).complete(HELLO, on_token=pieces.append)


async def test_a_stream_is_not_repeated_once_text_was_shown(loopback):
    server = loopback([Truncate("The energy of the chain"), Say("again")])
    with pytest.raises(faults.TruncatedStream):
        await model_at(server, max_retries=2).complete(HELLO, on_token=lambda _text: None)
    assert len(server.requests) == 1


async def test_a_stream_that_showed_nothing_is_repeated(loopback):
    server = loopback([Truncate(""), Say("again")])
    reply = await model_at(server, max_retries=2).complete(HELLO, on_token=lambda _text: None)
    assert reply.text == "again"


async def test_retry_after_is_honoured_and_the_count_bounded(loopback):
    server = loopback([Fault(429, headers={"Retry-After": "1"}), Say("Now.")])
    assert (await model_at(server, max_retries=1).complete(HELLO)).text == "Now."
    assert server.times[1] - server.times[0] >= 1.0
    server = loopback([Fault(503)] * 5)
    with pytest.raises(faults.ServerFault):
        await model_at(server, max_retries=1).complete(HELLO)
    assert len(server.requests) == 2


async def test_a_long_retry_after_is_reported_at_once(loopback):
    server = loopback([Fault(429, headers={"Retry-After": "120"})] * 3)
    began = time.monotonic()
    with pytest.raises(faults.RateLimited) as caught:
        await model_at(server, max_retries=2, max_retry_wait=5.0).complete(HELLO)
    assert caught.value.retry_after == 120 and len(server.requests) == 1 and time.monotonic() - began < 5


async def test_connection_refused():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(faults.Unreachable, match="is it running"):
        await model_at(f"http://127.0.0.1:{port}/v1").complete(HELLO)


async def test_context_overflow_leaves_out_the_oldest_data_once(loopback):
    overflow = Fault(400, "too long", code="context_length_exceeded")
    messages = [*HELLO, Message("user", "old passage", data=True), Message("user", "new passage", data=True)]
    server = loopback([overflow, Say("Short.")])
    reply = await model_at(server).complete(messages)
    assert reply.shortened
    sent = [message["content"] for message in server.requests[1]["messages"]]
    assert "old passage" not in sent and "new passage" in sent and "Hello" in sent
    server = loopback([overflow, overflow, Say("never")])
    with pytest.raises(faults.ContextOverflow):
        await model_at(server).complete(messages)
    assert len(server.requests) == 2


async def test_malformed_arguments_are_an_error_when_they_are_read(loopback):
    server = loopback([Call(("demo__add", '{"a": 1,')), Call(("demo__add", "[1]"))])
    for _ in range(2):
        reply = await model_at(server).complete(HELLO, tools=[TOOL])
        with pytest.raises(faults.MalformedArguments, match="demo__add"):
            reply.tool_requests[0].arguments()


async def test_servers_without_tools_or_schemas(loopback):
    server = loopback([Say("plain")], tools=False, schemas=False)
    model = model_at(server)
    with pytest.raises(faults.ToolsUnsupported):
        await model.complete(HELLO, tools=[TOOL])
    with pytest.raises(faults.SchemaUnsupported):
        await model.complete(HELLO, schema=SCHEMA)
    assert (await model.complete(HELLO)).text == "plain"


async def test_refused_options_are_dropped_and_remembered(loopback):
    def script(body):
        if "max_tokens" in body:
            return Fault(400, "Use 'max_completion_tokens' instead.", param="max_tokens")
        if "temperature" in body:
            return Fault(400, "Unsupported value: 'temperature' does not support 0.", param="temperature")
        return Say("fine")

    server = loopback(script)
    model = model_at(server, temperature=0.0, max_reply_tokens=99)
    assert (await model.complete(HELLO)).text == "fine"
    await model.complete(HELLO)
    assert len(server.requests) == 4 and server.requests[3]["max_completion_tokens"] == 99


async def test_no_request_leaves_this_machine():
    settings = load_settings(base_url="https://api.example.com/v1", api_key="sk-secret", model="m")
    with pytest.raises(faults.RequestForbidden, match=r"api\.example\.com"):
        OpenAICompatible(settings, "m")
    assert agent.llm.ALLOW_MODEL_REQUESTS is False


async def test_the_switch_holds_for_a_client_made_before_it(monkeypatch):
    monkeypatch.setattr(agent.llm, "ALLOW_MODEL_REQUESTS", True)
    model = OpenAICompatible(load_settings(base_url="http://192.0.2.1/v1", model="m"), "m")
    assert model.tier == "remote model m"
    monkeypatch.setattr(agent.llm, "ALLOW_MODEL_REQUESTS", False)
    with pytest.raises(faults.RequestForbidden):
        await model.complete(HELLO)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost/v1", "http://", "http://[::1"])
def test_an_address_that_is_none(url):
    with pytest.raises(BadInput, match="OPENAI_BASE_URL"):
        model_at(url)
