"""From what the openai client raises to our error classes, with the sentence a person reads."""

import email.utils
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
import openai

from agent.llm.errors import (
    ContentFiltered,
    ContextOverflow,
    MalformedReply,
    ModelError,
    ModelNotFound,
    RateLimited,
    RequestRefused,
    SchemaUnsupported,
    ServerFault,
    StalledStream,
    ToolsUnsupported,
    TruncatedStream,
    Unauthorized,
    Unreachable,
)

_OVERFLOW = re.compile(
    r"context.{0,12}(length|size|window)|maximum context|too many tokens|prompt is too long|input is too long", re.I
)
_TOOLS = re.compile(r"\btools?\b|tool[_ -]choice|\bfunctions?\b|--jinja", re.I)
_SCHEMA = re.compile(r"response_format|json_schema|json schema|structured output|guided|grammar", re.I)
_FILTER = re.compile(r"content[_ ](filter|policy|management)", re.I)
# In the order they are looked for: the first is a substring of the second.
_OPTIONAL = ("max_completion_tokens", "max_tokens", "stream_options", "temperature", "seed")


class OptionRefused(Exception):
    """The server does not take an optional parameter; the request can be repeated without it."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


@dataclass(frozen=True)
class Asked:
    """What was asked of which server; for the sentence about what went wrong.

    Attributes:
        server: Address without credentials.
        model: Name of the model.
        key: The secret key, only to keep it out of sentences; None for the placeholder.
        tools: Whether tools were sent.
        schema: Whether a schema was sent.
        timeout: Read timeout in seconds.
        began: Whether the reply had begun to arrive.
    """

    server: str
    model: str
    key: str | None = None
    tools: bool = False
    schema: bool = False
    timeout: float = 0.0
    began: bool = False


def translate(error: Exception, asked: Asked) -> ModelError | OptionRefused:
    """The error class and sentence for an exception of the client."""
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        cause = error.__cause__ or error
        if isinstance(cause, httpx2.ConnectTimeout):
            return Unreachable(f"no connection to the model server at {asked.server} in time")
        return StalledStream(
            f"the model server at {asked.server} sent nothing for {asked.timeout:g} s (ANSATZ_REQUEST_TIMEOUT)"
        )
    if isinstance(error, openai.APIStatusError):
        return _by_status(error, asked)
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        if asked.began:
            return TruncatedStream(f"the reply of the model server at {asked.server} broke off before its end")
        return Unreachable(f"no connection to the model server at {asked.server}: is it running? (OPENAI_BASE_URL)")
    if isinstance(error, openai.APIResponseValidationError | json.JSONDecodeError | UnicodeDecodeError):
        return MalformedReply(f"the server at {asked.server} sent a reply that is not valid JSON")
    if isinstance(error, openai.APIError):
        # An error event inside a stream: no status, only a message.
        return _by_message(_message(error, asked), 500, asked)
    return RequestRefused(f"the request to {asked.server} failed: {_clip(str(error), asked)}")


def _by_status(error: openai.APIStatusError, asked: Asked) -> ModelError | OptionRefused:
    status, message = error.status_code, _message(error, asked)
    if status in (401, 403):
        advice = "check OPENAI_API_KEY" if asked.key else "it wants a key: set OPENAI_API_KEY"
        return Unauthorized(f"the model server at {asked.server} refuses access ({status}): {advice}")
    if status == 404:
        if re.search(r"model", message, re.I):
            return ModelNotFound(f"the server at {asked.server} has no model {asked.model!r}: check ANSATZ_MODEL")
        return ModelNotFound(f"there is no model server at {asked.server} (404): does OPENAI_BASE_URL end in /v1?")
    if 300 <= status < 400:
        return RequestRefused(f"the server at {asked.server} redirects elsewhere: set OPENAI_BASE_URL to that address")
    if status == 429:
        if error.code == "insufficient_quota":
            return RateLimited(f"the quota of this key at {asked.server} is spent")
        wait = _retry_after(error.response.headers)
        asks = f" and asks to wait {wait:g} s" if wait is not None else ""
        return RateLimited(f"the model server at {asked.server} is overloaded (429){asks}", wait)
    if status in (400, 413, 422) or status >= 500:
        return _by_message(message, status, asked, error.code, error.param)
    return RequestRefused(f"the model server at {asked.server} refuses the request ({status}): {message}")


def _by_message(
    message: str, status: int, asked: Asked, code: str | None = None, parameter: str | None = None
) -> ModelError | OptionRefused:
    if code == "context_length_exceeded" or _OVERFLOW.search(message):
        return ContextOverflow(f"the conversation does not fit the context of {asked.model}: {message}")
    if code == "content_filter" or _FILTER.search(message):
        return ContentFiltered(f"the content filter of {asked.server} stopped the request")
    if status < 500:
        named = f"{parameter or ''} {message}"
        for option in _OPTIONAL:
            if re.search(rf"\b{option}\b", parameter or message) and not (asked.schema and _SCHEMA.search(named)):
                return OptionRefused(option)
    if asked.tools and _TOOLS.search(message):
        return ToolsUnsupported(f"the server at {asked.server} takes no tool calls for {asked.model}: {message}")
    if asked.schema and _SCHEMA.search(message):
        return SchemaUnsupported(f"the server at {asked.server} takes no JSON schema for {asked.model}: {message}")
    if status >= 500:
        return ServerFault(f"the model server at {asked.server} failed ({status}): {message}")
    return RequestRefused(f"the model server at {asked.server} refuses the request ({status}): {message}")


def _message(error: openai.APIError, asked: Asked) -> str:
    """The server's own words, short and without the key."""
    body = error.body
    if isinstance(body, Mapping):
        inner = body.get("error", body)
        text = inner.get("message") if isinstance(inner, Mapping) else inner
        if isinstance(text, str) and text.strip():
            return _clip(text, asked)
    return _clip(error.message, asked)


def _clip(text: str, asked: Asked) -> str:
    if asked.key:
        text = text.replace(asked.key, "***")
    text = " ".join(text.split()).rstrip(".")
    return text if len(text) <= 240 else text[:239] + "…"


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds to wait by ``Retry-After-Ms`` or ``Retry-After`` (seconds or a date), or None."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        pass
    date = email.utils.parsedate_tz(headers.get("retry-after", ""))
    return max(0.0, email.utils.mktime_tz(date) - time.time()) if date else None
