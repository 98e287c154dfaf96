"""The protocol of a chat model, and the plain types that go in and come out."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from agent.llm.errors import MalformedArguments

Role = Literal["system", "user", "assistant"]
OnToken = Callable[[str], None]
Schema = Mapping[str, object]


@dataclass(frozen=True)
class Message:
    """One message of a conversation.

    Attributes:
        role: Who speaks.
        content: The text.
        data: True for text that came from a tool or a document. When the context of the model is full, the oldest
            of these is left out.
    """

    role: Role
    content: str
    data: bool = False


@dataclass(frozen=True)
class ToolSchema:
    """A tool as a model server sees it: a function name, what it does, and the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Schema = field(hash=False)


@dataclass(frozen=True)
class ToolRequest:
    """A call the model asks for; its arguments as the text the model wrote."""

    id: str
    name: str
    arguments_text: str

    def arguments(self) -> dict[str, object]:
        """The arguments as a mapping.

        Raises:
            MalformedArguments: The text is not one JSON object.
        """
        try:
            value = json.loads(self.arguments_text or "{}")
        except ValueError as error:
            raise MalformedArguments(f"the arguments of {self.name} are not valid JSON: {error}") from None
        if not isinstance(value, dict):
            raise MalformedArguments(f"the arguments of {self.name} are not a JSON object")
        return value


class Usage(BaseModel):
    """What model calls took; adds up with ``+``."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    calls: int = Field(default=0, ge=0)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    seconds: float = Field(default=0.0, ge=0)
    """Wall time of the calls."""
    cost: float | None = None
    """Price of the tokens; None where no price is set."""
    estimated: bool = False
    """True where a server did not count and the tokens are a quarter of the characters."""

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
            cost=sum(costs) if costs else None,
            estimated=self.estimated or other.estimated,
        )

    def since(self, before: "Usage") -> "Usage":
        """What was added to an earlier count; the opposite of ``+``."""
        cost = None if self.cost is None else max(0.0, self.cost - (before.cost or 0.0))
        return Usage(
            calls=self.calls - before.calls,
            prompt_tokens=self.prompt_tokens - before.prompt_tokens,
            completion_tokens=self.completion_tokens - before.completion_tokens,
            seconds=max(0.0, self.seconds - before.seconds),
            cost=cost,
            estimated=self.estimated,
        )


@dataclass(frozen=True)
class Reply:
    """What the model said.

    Attributes:
        text: Its text, without thoughts (``<think>``); empty where it only calls tools.
        tool_requests: The calls it asks for, in order.
        usage: What the call took.
        complete: False where the reply ended at the token limit.
        shortened: True where data had to be left out to fit the context of the model.
    """

    text: str
    tool_requests: tuple[ToolRequest, ...] = ()
    usage: Usage = field(default_factory=Usage)
    complete: bool = True
    shortened: bool = False


class ChatModel(Protocol):
    """Anything that continues a conversation."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    @property
    def tier(self) -> str:
        """What stands on an answer: "remote model NAME" or "local model NAME"."""
        ...

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolSchema] = (),
        schema: Schema | None = None,
        on_token: OnToken | None = None,
    ) -> Reply:
        """Continue the conversation.

        Args:
            messages: The conversation so far.
            tools: Functions the model may call natively.
            schema: JSON schema the reply text must satisfy.
            on_token: Receives the text piece by piece while it is written.

        Raises:
            ToolsUnsupported: The model has no native tool calls.
            SchemaUnsupported: The model cannot be held to a schema.
            ModelError: Any other fault, in one sentence.
        """
        ...


def shorten(messages: Sequence[Message]) -> tuple[Message, ...] | None:
    """The conversation without the text of its oldest data message, or None where there is none left."""
    left_out = "[left out: the context of the model is full]"
    for place, message in enumerate(messages):
        if message.data and message.content != left_out:
            replaced = Message(message.role, left_out, data=True)
            return (*messages[:place], replaced, *messages[place + 1 :])
    return None
