"""Any OpenAI-compatible server: the official service, vLLM, llama.cpp, Ollama, ``transformers serve``."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from functools import cache

import httpx2
import openai
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import ResponseFormat

from agent.llm.address import check_address, is_loopback
from agent.llm.base import Message, OnToken, Reply, Schema, ToolSchema, Usage, shorten
from agent.llm.errors import (
    ContentFiltered,
    ContextOverflow,
    EmptyReply,
    MalformedReply,
    ModelError,
    ModelNotFound,
    RateLimited,
    RequestRefused,
    ServerFault,
    StalledStream,
    TruncatedStream,
)
from agent.llm.openai_faults import Asked, OptionRefused, translate
from agent.llm.openai_stream import RawReply, StreamAssembler, from_completion
from agent.llm.thoughts import without_thoughts
from agent.settings import Settings, without_credentials

OFFICIAL_URL = "https://api.openai.com/v1"
# A small current model of the official service, from the list in the SDK's own types.
OFFICIAL_DEFAULT = "gpt-5.4-mini"
# The SDK refuses to start without a key; local servers ignore it.
_PLACEHOLDER_KEY = "not-needed"
_RETRIED = (RateLimited, ServerFault, StalledStream, TruncatedStream)


class OpenAICompatible:
    """A model behind the chat-completions wire format.

    Args:
        settings: Key, address, timeouts, retries and prices.
        model: Name of the model; None takes the only one the server has.

    Raises:
        BadInput: The address is not one.
        RequestForbidden: The address is outside this machine while that is switched off.
    """

    def __init__(self, settings: Settings, model: str | None = None) -> None:
        self._settings = settings
        self._url = settings.base_url or OFFICIAL_URL
        check_address(self._url)
        self._model = model or (OFFICIAL_DEFAULT if self._url.rstrip("/") == OFFICIAL_URL else None)
        self._refused: set[str] = set()

    @property
    def name(self) -> str:
        """Name of the model; "default" until the server has been asked for its only one."""
        return self._model or "default"

    @property
    def server(self) -> str:
        """Address of the server, without credentials."""
        return without_credentials(self._url)

    @property
    def tier(self) -> str:
        """ "local model NAME" for a server on this machine, else "remote model NAME"."""
        return f"{'local' if is_loopback(self._url) else 'remote'} model {self.name}"

    async def list_models(self) -> tuple[str, ...]:
        """Names of the models the server offers (``GET /v1/models``).

        Raises:
            ModelError: The server cannot be asked.
        """
        async with self._client() as client:
            try:
                page = await client.models.list()
                return tuple(model.id for model in page.data or ())
            except (openai.OpenAIError, httpx2.HTTPError, ValueError, AttributeError) as error:
                fault = translate(error, self._asked())
                raise fault if isinstance(fault, ModelError) else RequestRefused(str(fault)) from None

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolSchema] = (),
        schema: Schema | None = None,
        on_token: OnToken | None = None,
    ) -> Reply:
        """Continue the conversation; see :class:`agent.llm.base.ChatModel`.

        Overloads and faults of the server are retried ``max_retries`` times, as long as no text was shown; a context
        overflow is answered once by leaving out the oldest data message.
        """
        began = time.monotonic()
        if self._model is None:
            self._model = await self._only_model()
        shortened = False
        attempt = 0
        async with self._client() as client:
            while True:
                assembler = StreamAssembler(on_token or (lambda _text: None))
                try:
                    raw = await self._ask(client, messages, tools, schema, assembler if on_token else None)
                    return self._judge(raw, messages, time.monotonic() - began, shortened)
                except OptionRefused as refusal:
                    if refusal.option in self._refused:
                        raise RequestRefused(f"the server at {self.server} refuses {refusal.option}") from None
                    self._refused.add(refusal.option)
                except ContextOverflow:
                    fewer = None if shortened else shorten(messages)
                    if fewer is None:
                        raise
                    messages, shortened = fewer, True
                except _RETRIED as fault:
                    if attempt >= self._settings.max_retries or assembler.shown or not self._wait_is_short(fault):
                        raise
                    await asyncio.sleep(self._wait(fault, attempt))
                    attempt += 1

    async def _ask(
        self,
        client: AsyncOpenAI,
        messages: Sequence[Message],
        tools: Sequence[ToolSchema],
        schema: Schema | None,
        assembler: StreamAssembler | None,
    ) -> RawReply:
        wire: list[ChatCompletionMessageParam] = [_on_the_wire(message) for message in messages]
        functions: list[openai.types.chat.ChatCompletionToolUnionParam] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
            }
            for tool in tools
        ]
        form: ResponseFormat | openai.Omit = openai.omit
        if schema is not None:
            # Not strict: strict mode of the official service forbids defaults, and with them optional arguments.
            form = {"type": "json_schema", "json_schema": {"name": "reply", "schema": dict(schema), "strict": False}}
        asked = self._asked(bool(tools), schema is not None)
        create = client.chat.completions.create
        offered, body = functions or openai.omit, self._options(streaming=assembler is not None)
        try:
            if assembler is None:
                completion = await create(
                    model=self.name, messages=wire, tools=offered, response_format=form, extra_body=body
                )
                return from_completion(completion, self.server)
            stream = await create(
                model=self.name, messages=wire, tools=offered, response_format=form, extra_body=body, stream=True
            )
            async with stream:
                return await assembler.read(stream, self.server)
        except ModelError:
            raise
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if assembler is not None and assembler.began:
                asked = Asked(**{**vars(asked), "began": True})
            raise translate(error, asked) from None

    def _judge(self, raw: RawReply, messages: Sequence[Message], seconds: float, shortened: bool) -> Reply:
        """Refuse what cannot be used, and count what can."""
        if raw.finish == "content_filter" or raw.refusal:
            said = f": {' '.join(raw.refusal.split())[:200]}" if raw.refusal else ""
            raise ContentFiltered(f"{self.name} refused to answer{said}")
        text = without_thoughts(raw.text)
        if not text and not raw.requests:
            if raw.finish == "length":
                raise EmptyReply(f"{self.name} reached the token limit before it answered (ANSATZ_MAX_REPLY_TOKENS)")
            raise EmptyReply(f"{self.name} answered with nothing at all")
        if any(not request.name for request in raw.requests):
            raise MalformedReply(f"the server at {self.server} sent a tool call without a name")
        return Reply(text, raw.requests, self._usage(raw, messages, seconds), raw.finish != "length", shortened)

    def _usage(self, raw: RawReply, messages: Sequence[Message], seconds: float) -> Usage:
        counted = raw.usage is not None and bool(raw.usage.total_tokens)
        if raw.usage is not None and counted:
            read, written = raw.usage.prompt_tokens or 0, raw.usage.completion_tokens or 0
        else:
            read = sum(len(message.content) for message in messages) // 4
            written = (len(raw.text) + sum(len(request.arguments_text) for request in raw.requests)) // 4
        return Usage(
            calls=1,
            prompt_tokens=read,
            completion_tokens=written,
            seconds=seconds,
            cost=price_of(self._settings, read, written),
            estimated=not counted,
        )

    def _client(self) -> AsyncOpenAI:
        # One client per call: a kept one would hold connections of an event loop that may be gone.
        check_address(self._url)
        timeouts = httpx2.Timeout(self._settings.request_timeout, connect=self._settings.connect_timeout)
        http = openai.DefaultAsyncHttpxClient(
            timeout=timeouts,
            verify=_tls_context(self._url.startswith("https:")),
            # A proxy of the environment is for the outside world, not for a server on this machine.
            trust_env=not is_loopback(self._url),
            # A redirect could lead the conversation to where it may not go.
            follow_redirects=False,
        )
        return AsyncOpenAI(
            api_key=self._key() or _PLACEHOLDER_KEY,
            base_url=self._url,
            max_retries=0,
            timeout=timeouts,
            http_client=http,
        )

    def _key(self) -> str | None:
        return self._settings.api_key.get_secret_value() if self._settings.api_key else None

    def _asked(self, tools: bool = False, schema: bool = False) -> Asked:
        return Asked(self.server, self.name, self._key(), tools, schema, self._settings.request_timeout)

    def _options(self, streaming: bool) -> dict[str, object]:
        """Optional parameters of the request: those that are set and that this server has not refused."""
        limit = self._settings.max_reply_tokens
        options: dict[str, object] = {
            "max_tokens": limit,
            "temperature": self._settings.temperature,
            "seed": self._settings.seed,
            "stream_options": {"include_usage": True} if streaming else None,
        }
        if "max_tokens" in self._refused:
            # The newer name of the same limit on the official service.
            options["max_completion_tokens"] = limit
        return {name: value for name, value in options.items() if value is not None and name not in self._refused}

    async def _only_model(self) -> str:
        offered = await self.list_models()
        if len(offered) == 1:
            return offered[0]
        if not offered:
            raise ModelNotFound(f"the server at {self.server} offers no model")
        some = ", ".join(offered[:8])
        raise ModelNotFound(f"set ANSATZ_MODEL to one of the models of {self.server}: {some}")

    def _wait_is_short(self, fault: ModelError) -> bool:
        if not isinstance(fault, RateLimited):
            return True
        return "quota" not in str(fault) and (fault.retry_after or 0.0) <= self._settings.max_retry_wait

    def _wait(self, fault: ModelError, attempt: int) -> float:
        if isinstance(fault, RateLimited) and fault.retry_after is not None:
            return fault.retry_after
        return float(min(0.5 * 2**attempt, self._settings.max_retry_wait))


@cache
def _tls_context(secure: bool) -> ssl.SSLContext:
    """One for all clients: reading the certificates takes 50 ms. Without TLS, an empty one that trusts nobody."""
    return httpx2.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def price_of(settings: Settings, prompt_tokens: int, completion_tokens: int) -> float | None:
    """Price of the tokens, or None where no price is set."""
    if settings.price_prompt is None and settings.price_completion is None:
        return None
    read, written = settings.price_prompt or 0.0, settings.price_completion or 0.0
    return (prompt_tokens * read + completion_tokens * written) / 1e6


def _on_the_wire(message: Message) -> ChatCompletionMessageParam:
    if message.role == "system":
        return {"role": "system", "content": message.content}
    if message.role == "assistant":
        return {"role": "assistant", "content": message.content}
    return {"role": "user", "content": message.content}
