"""Putting a reply together: from one completion, or from the pieces of a stream."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from agent.llm.base import OnToken, ToolRequest
from agent.llm.errors import MalformedReply, TruncatedStream
from agent.llm.thoughts import ThoughtFilter


@dataclass
class RawReply:
    """A reply as the server sent it, before it is judged.

    Attributes:
        text: All text, thoughts included.
        refusal: What the model said instead of an answer.
        finish: The server's reason to stop; "" where it gave none.
        requests: Tool calls in order.
        usage: The server's own count.
    """

    text: str = ""
    refusal: str = ""
    finish: str = ""
    requests: tuple[ToolRequest, ...] = ()
    usage: CompletionUsage | None = None


def from_completion(completion: ChatCompletion, server: str) -> RawReply:
    """The reply in a completion that came in one piece.

    Raises:
        MalformedReply: It has no choices.
    """
    # Typed by the SDK, but not checked by it: a proxy may send HTML with status 200, a server an empty list.
    choices = getattr(completion, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise MalformedReply(f"the server at {server} sent a reply without a message")
    message = choices[0].message
    requests = tuple(
        ToolRequest(call.id or f"call_{place}", call.function.name or "", call.function.arguments or "")
        for place, call in enumerate(message.tool_calls or ())
        if call.type != "custom" and call.function is not None
    )
    finish = choices[0].finish_reason or ("tool_calls" if requests else "stop")
    return RawReply(message.content or "", message.refusal or "", finish, requests, completion.usage)


class StreamAssembler:
    """Adds up the chunks of a stream and hands its text on as it comes.

    Attributes:
        began: True once anything arrived.
        shown: True once text was handed on: the request can then not be repeated unnoticed.
    """

    def __init__(self, on_token: OnToken) -> None:
        self.began = False
        self.shown = False
        self._on_token = on_token
        self._filter = ThoughtFilter()
        self._raw = RawReply()
        self._calls: dict[int, list[str]] = {}

    async def read(self, stream: AsyncIterator[ChatCompletionChunk], server: str) -> RawReply:
        """Read to the end.

        Raises:
            TruncatedStream: The stream ended without the server saying that the reply is complete.
        """
        async for chunk in stream:
            self.began = True
            if chunk.usage is not None:
                self._raw.usage = chunk.usage
            for choice in (chunk.choices or ())[:1]:
                self._raw.finish = choice.finish_reason or self._raw.finish
                if choice.delta is None:
                    continue
                self._raw.refusal += choice.delta.refusal or ""
                if choice.delta.content:
                    self._raw.text += choice.delta.content
                    self._show(self._filter.feed(choice.delta.content))
                for call in choice.delta.tool_calls or ():
                    self._add_call(call)
        if not self._raw.finish:
            raise TruncatedStream(f"the reply of the model server at {server} broke off before its end")
        self._show(self._filter.rest())
        self._raw.requests = tuple(
            ToolRequest(identity or f"call_{place}", name, arguments)
            for place, (identity, name, arguments) in sorted(self._calls.items())
        )
        return self._raw

    def _show(self, text: str) -> None:
        if text:
            self.shown = True
            self._on_token(text)

    def _add_call(self, call: ChoiceDeltaToolCall) -> None:
        # Some servers leave the index out: a new id then starts a new call.
        place = call.index
        if place is None:
            known = [key for key, parts in self._calls.items() if not call.id or parts[0] == call.id]
            place = known[-1] if known else len(self._calls)
        parts = self._calls.setdefault(place, ["", "", ""])
        parts[0] = parts[0] or call.id or ""
        if call.function is not None:
            parts[1] = parts[1] or call.function.name or ""
            parts[2] += call.function.arguments or ""
