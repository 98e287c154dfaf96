"""A scripted OpenAI-compatible server on the loopback address, for every test that needs a model.

It speaks the real wire format (``POST /v1/chat/completions`` with and without streaming, ``GET /v1/models``), so the
real ``openai`` client drives it. What it says is a script: a list of replies, or a function of the request body.

    def test_something(loopback):                       # fixture in conftest.py; closes its servers
        server = loopback([Say("Hello."), Call(("nqs__exact", {"lattice": "chain", "shape": [8]}))])
        settings = load_settings(base_url=server.url, model="scripted")
        ...
        assert server.requests[0]["messages"][-1]["content"] == "Hi"

    loopback(lambda body: Say("ja") if "日本語" in body["messages"][-1]["content"] else Say("en"))
    loopback([Fault(429, "slow down", headers={"Retry-After": "1"}), Say("Now.")])
    loopback([Say("1")], tools=False, schemas=False)    # a server with neither: 400, as vLLM and Ollama answer

For a child process set ``OPENAI_BASE_URL=server.url`` in its environment. A script that has run out answers 400. Use
``itertools.repeat(Call(...))`` for a model that never stops.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Say:
    """Text; ``pieces`` is the length of the chunks when it is streamed."""

    text: str
    finish: str = "stop"
    pieces: int = 7
    usage: bool = True
    refusal: str | None = None
    thoughts: str = ""
    """Sent as ``reasoning_content``, the field some local servers add."""


@dataclass(frozen=True, init=False)
class Call:
    """Native tool calls: pairs of a function name and its arguments; a string is sent as it is, malformed or not."""

    calls: tuple[tuple[str, Mapping[str, object] | str], ...]

    def __init__(self, *calls: tuple[str, Mapping[str, object] | str]) -> None:
        object.__setattr__(self, "calls", calls)


@dataclass(frozen=True)
class Fault:
    """An HTTP error with the body of the official service."""

    status: int
    message: str = "scripted fault"
    code: str | None = None
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stall:
    """Says the text (streamed) or nothing, then stays silent with the connection open."""

    text: str = ""
    seconds: float = 30.0


@dataclass(frozen=True)
class Truncate:
    """Says the text and breaks the connection off; with ``cleanly`` the body ends, but the reply does not."""

    text: str = ""
    cleanly: bool = False


@dataclass(frozen=True)
class Raw:
    """Any bytes with status 200."""

    body: bytes
    content_type: str = "application/json"


Scripted = Say | Call | Fault | Stall | Truncate | Raw
Script = Iterable[Scripted] | Callable[[dict], Scripted]


class LoopbackServer:
    """The server; use it as a context manager or through the ``loopback`` fixture.

    Attributes:
        url: Base URL, ending in /v1.
        requests: Bodies of the completion requests, in order.
        keys: The bearer token of each of them.
        times: When each of them came (``time.monotonic``).
    """

    def __init__(self, script: Script, *, models=("scripted",), tools: bool = True, schemas: bool = True) -> None:
        self.requests: list[dict] = []
        self.keys: list[str] = []
        self.times: list[float] = []
        self.models = tuple(models)
        self.tools, self.schemas = tools, schemas
        self.closing = threading.Event()
        self._script = script if callable(script) else iter(script)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> "LoopbackServer":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def next_reply(self, body: dict, key: str) -> Scripted:
        with self._lock:
            self.requests.append(body)
            self.keys.append(key)
            self.times.append(time.monotonic())
            if (problem := self._problem(body)) is not None:
                return problem
            if callable(self._script):
                return self._script(body)
            return next(self._script, Fault(400, "the script has run out"))

    def _problem(self, body: dict) -> Fault | None:
        """What a real server refuses."""
        messages = body.get("messages")
        if not isinstance(body.get("model"), str) or not isinstance(messages, list) or not messages:
            return Fault(400, "model and messages are required")
        for message in messages:
            if message.get("role") not in ("system", "user", "assistant", "tool") or "content" not in message:
                return Fault(400, f"malformed message {message!r}")
        for tool in body.get("tools", []):
            name = tool["function"]["name"]
            if tool["type"] != "function" or not name.replace("_", "").replace("-", "").isalnum() or len(name) > 64:
                return Fault(400, f"malformed tool {name!r}")
        if "tools" in body and not self.tools:
            return Fault(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
        if "response_format" in body and not self.schemas:
            return Fault(400, "response_format of type json_schema is not supported", param="response_format")
        return None


def _handler_for(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            if self.path != "/v1/models":
                self._send_json({"error": {"message": "no such path"}}, 404)
                return
            data = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in server.models]
            self._send_json({"object": "list", "data": data})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if self.path != "/v1/chat/completions":
                self._send_json({"error": {"message": f"no such path {self.path}"}}, 404)
                return
            key = self.headers.get("Authorization", "").removeprefix("Bearer ")
            reply = server.next_reply(body, key)
            try:
                if isinstance(reply, Fault):
                    error = {"message": reply.message, "type": "error", "code": reply.code, "param": reply.param}
                    self._send_json({"error": error}, reply.status, reply.headers)
                elif isinstance(reply, Raw):
                    self._send(reply.body, reply.content_type)
                elif body.get("stream"):
                    self._stream(body, reply)
                else:
                    self._whole(body, reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client gave up, as it should after a stall

        def _whole(self, body: dict, reply: Say | Call | Stall | Truncate) -> None:
            if isinstance(reply, Stall):
                server.closing.wait(reply.seconds)
                self.close_connection = True
                return
            if isinstance(reply, Truncate):
                self._head(200, "application/json", {"Content-Length": "4096"})
                self.wfile.write(b'{"id": "chatcmpl-1", "choices": [{"mess')
                self.close_connection = True
                return
            message: dict = {"role": "assistant", "content": None}
            finish = "tool_calls"
            if isinstance(reply, Say):
                message |= {"content": reply.text, "refusal": reply.refusal}
                if reply.thoughts:
                    message["reasoning_content"] = reply.thoughts
                finish = reply.finish
            else:
                message["tool_calls"] = _wire_calls(reply)
            whole = _envelope(body, "chat.completion")
            whole["choices"] = [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}]
            if not isinstance(reply, Say) or reply.usage:
                whole["usage"] = _usage(body, message)
            self._send_json(whole)

        def _stream(self, body: dict, reply: Say | Call | Stall | Truncate) -> None:
            self._head(200, "text/event-stream", {"Transfer-Encoding": "chunked"})
            self._delta(body, {"role": "assistant", "content": ""})
            if isinstance(reply, Call):
                for index, call in enumerate(_wire_calls(reply)):
                    text = call["function"]["arguments"]
                    first = call | {"index": index, "function": call["function"] | {"arguments": ""}}
                    self._delta(body, {"tool_calls": [first]})
                    for start in range(0, len(text), 5):
                        part = {"index": index, "function": {"arguments": text[start : start + 5]}}
                        self._delta(body, {"tool_calls": [part]})
                finish: str = "tool_calls"
            else:
                if isinstance(reply, Say):
                    if reply.thoughts:
                        self._delta(body, {"reasoning_content": reply.thoughts})
                    if reply.refusal:
                        self._delta(body, {"refusal": reply.refusal})
                size = reply.pieces if isinstance(reply, Say) else 7
                for start in range(0, len(reply.text), size):
                    self._delta(body, {"content": reply.text[start : start + size]})
                if isinstance(reply, Stall):
                    server.closing.wait(reply.seconds)
                if isinstance(reply, Stall) or (isinstance(reply, Truncate) and not reply.cleanly):
                    self.close_connection = True
                    return
                if isinstance(reply, Truncate):
                    self._chunk(b"")
                    return
                finish = reply.finish
            self._delta(body, {}, finish)
            if body.get("stream_options", {}).get("include_usage") and (not isinstance(reply, Say) or reply.usage):
                last = _envelope(body, "chat.completion.chunk") | {"choices": [], "usage": _usage(body, {})}
                self._event(json.dumps(last))
            self._event("[DONE]")
            self._chunk(b"")

        def _delta(self, body: dict, delta: dict, finish: str | None = None) -> None:
            chunk = _envelope(body, "chat.completion.chunk")
            chunk["choices"] = [{"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}]
            self._event(json.dumps(chunk, ensure_ascii=False))

        def _event(self, data: str) -> None:
            self._chunk(f"data: {data}\n\n".encode())

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def _send_json(self, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
            self._send(json.dumps(value, ensure_ascii=False).encode(), "application/json", status, headers)

        def _send(self, body: bytes, kind: str, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
            self._head(status, kind, {"Content-Length": str(len(body)), **(headers or {})})
            self.wfile.write(body)

        def _head(self, status: int, kind: str, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler


def _envelope(body: dict, kind: str) -> dict:
    return {"id": "chatcmpl-loopback", "object": kind, "created": int(time.time()), "model": body["model"]}


def _wire_calls(reply: Call) -> list[dict]:
    return [
        {
            "id": f"call_{place}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": given if isinstance(given, str) else json.dumps(given, ensure_ascii=False),
            },
        }
        for place, (name, given) in enumerate(reply.calls)
    ]


def _usage(body: dict, message: dict) -> dict:
    """A count that depends on the request, so that sums can be checked: one token a message, five for the reply."""
    read = len(body["messages"])
    return {"prompt_tokens": read, "completion_tokens": 5, "total_tokens": read + 5}
