"""Budget: how much one question may take from a language model; an object, not a line in a prompt."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.llm.base import ChatModel, Message, OnToken, Reply, Schema, ToolSchema, Usage
from agent.llm.errors import BudgetSpent
from agent.settings import Settings


@dataclass
class Budget:
    """Limits of one question and what it has used; every model call of the question goes through :meth:`ask`.

    Attributes:
        max_calls: Most requests to the model.
        max_tokens: Most tokens, read and written; the call that crosses the limit is the last.
        max_seconds: Most wall seconds inside model calls; a call that would go on longer is cut off.
        used: What has been used, across restarts when handed back in.
    """

    max_calls: int = 40
    max_tokens: int = 200_000
    max_seconds: float = 3600.0
    used: Usage = field(default_factory=Usage)

    @classmethod
    def of(cls, settings: Settings, used: Usage | None = None) -> "Budget":
        """The budget that the settings give one question."""
        return cls(settings.max_model_calls, settings.max_tokens, settings.max_wall_time, used or Usage())

    def check(self) -> None:
        """Raise where nothing is left.

        Raises:
            BudgetSpent: One sentence naming the limit and the setting that moves it.
        """
        if self.used.calls >= self.max_calls:
            raise BudgetSpent(f"the budget of {self.max_calls} model calls is spent (ANSATZ_MAX_MODEL_CALLS)")
        if self.used.tokens >= self.max_tokens:
            raise BudgetSpent(f"the budget of {self.max_tokens} tokens is spent (ANSATZ_MAX_TOKENS)")
        if self.used.seconds >= self.max_seconds:
            raise BudgetSpent(f"the budget of {self.max_seconds:g} s of model time is spent (ANSATZ_MAX_WALL_TIME)")

    async def ask(
        self,
        model: ChatModel,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolSchema] = (),
        schema: Schema | None = None,
        on_token: OnToken | None = None,
    ) -> Reply:
        """Ask the model within what is left, and charge what it took, also where it fails.

        Raises:
            BudgetSpent: A limit is reached before or during the call.
            ModelError: As the model raises it.
        """
        self.check()
        loop = asyncio.get_running_loop()
        began, charged = loop.time(), False
        try:
            async with asyncio.timeout(self.max_seconds - self.used.seconds):
                reply = await model.complete(messages, tools=tools, schema=schema, on_token=on_token)
            self.used += reply.usage
            charged = True
            return reply
        except TimeoutError:
            limit = f"{self.max_seconds:g} s of model time"
            raise BudgetSpent(f"the budget of {limit} is spent (ANSATZ_MAX_WALL_TIME)") from None
        finally:
            if not charged:
                self.used += Usage(calls=1, seconds=loop.time() - began)
