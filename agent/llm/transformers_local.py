"""A model in this process, from a local folder, through ``transformers``; nothing is ever downloaded."""

import asyncio
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.llm.base import Message, OnToken, Reply, Schema, ToolSchema, Usage, shorten
from agent.llm.errors import ContextOverflow, EmptyReply, LocalModelError, ToolsUnsupported
from agent.llm.thoughts import ThoughtFilter, without_thoughts
from agent.settings import Settings

if TYPE_CHECKING:
    from agent.llm.local_engine import LocalEngine


class TransformersLocal:
    """A causal language model held in this process; loaded at the first call, one reply at a time.

    Args:
        folder: Folder with ``config.json``, weights and tokenizer.
        settings: Device, length of replies, temperature and seed.

    Raises:
        LocalModelError: The folder holds no model.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        if not (folder / "config.json").is_file():
            raise LocalModelError(f"ANSATZ_MODEL names {folder}, but there is no model in it (config.json)")
        self._folder = folder.resolve()
        self._settings = settings
        self._lock = threading.Lock()
        self._engine: LocalEngine | None = None

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self._folder.name

    @property
    def tier(self) -> str:
        """ "local model NAME"."""
        return f"local model {self.name}"

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[ToolSchema] = (),
        schema: Schema | None = None,
        on_token: OnToken | None = None,
    ) -> Reply:
        """Continue the conversation; see :class:`agent.llm.base.ChatModel`.

        Native tool calls are not offered: each model family writes them differently. A schema is kept by
        grammar-constrained decoding, whatever the model.
        """
        if tools:
            raise ToolsUnsupported(f"{self.name} runs in this process, without native tool calls")
        loop = asyncio.get_running_loop()
        stop = threading.Event()

        def hand_over(text: str) -> None:
            if on_token is not None and text:
                loop.call_soon_threadsafe(on_token, text)

        try:
            return await asyncio.to_thread(self._complete, tuple(messages), schema, hand_over, stop)
        finally:
            stop.set()  # a cancelled call ends its thread at the next token

    def _complete(
        self, messages: tuple[Message, ...], schema: Schema | None, on_token: OnToken, stop: threading.Event
    ) -> Reply:
        with self._lock:
            began = time.monotonic()
            engine = self._loaded()
            shortened = False
            prompt = engine.encode(messages)
            if not engine.fits(prompt):
                fewer = shorten(messages)
                prompt = engine.encode(fewer) if fewer is not None else prompt
                shortened = fewer is not None
            if not engine.fits(prompt):
                raise ContextOverflow(
                    f"the conversation ({prompt.shape[1]} tokens) does not fit the context of {self.name} "
                    f"({engine.context} tokens)"
                )
            thoughts = ThoughtFilter()
            raw, written, complete = engine.generate(
                prompt,
                schema=schema,
                max_tokens=self._settings.max_reply_tokens,
                temperature=self._settings.temperature or 0.0,
                seed=self._settings.seed or 0,
                on_text=lambda piece: on_token(thoughts.feed(piece)),
                stop=stop,
            )
            on_token(thoughts.rest())
        text = raw if schema is not None else without_thoughts(raw)
        if not text.strip():
            raise EmptyReply(f"{self.name} answered with nothing at all")
        usage = Usage(
            calls=1, prompt_tokens=prompt.shape[1], completion_tokens=written, seconds=time.monotonic() - began
        )
        return Reply(text, (), usage, complete, shortened)

    def _loaded(self) -> "LocalEngine":
        if self._engine is None:
            # Before transformers is imported: it reads these once.
            os.environ.setdefault("HF_HUB_OFFLINE", "1")
            os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
            from agent.llm.local_engine import LocalEngine

            self._engine = LocalEngine(self._folder, self._settings.device)
        return self._engine
