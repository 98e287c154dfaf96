"""Loading and running a causal language model with torch and transformers; imported only where one is used."""

import threading
from collections.abc import Sequence
from pathlib import Path

import torch
from jinja2 import TemplateError
from llguidance import LLTokenizer
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BatchEncoding,
    LogitsProcessorList,
    PreTrainedModel,
    StoppingCriteria,
    StoppingCriteriaList,
    TextStreamer,
)
from transformers.utils.logging import disable_progress_bar

from agent.llm.base import Message, OnToken, Schema
from agent.llm.constrained import JsonConstraint, ShortestEnd, tokenizer_for_grammar
from agent.llm.errors import LocalModelError
from agent.llm.schemas import bounded

# Tokens kept free for a reply when it is checked whether a prompt fits, and for the forced end of a JSON text.
_LEAST_REPLY = 64
_FORCED_END = 512


class LocalEngine:
    """A loaded model with its tokenizer.

    Args:
        folder: Folder of the model.
        device: "auto", "cpu", "cuda", "cuda:N" or "mps".

    Raises:
        LocalModelError: The model cannot be loaded.

    Attributes:
        context: Most tokens of prompt and reply together.
    """

    def __init__(self, folder: Path, device: str) -> None:
        disable_progress_bar()  # type: ignore[no-untyped-call]
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, dtype="auto"
            )
            self._model = model.to(torch.device(device)).eval()  # type: ignore[arg-type]
        except Exception as error:  # a folder of unknown content fails in as many ways as there are formats
            first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise LocalModelError(f"the model in {folder} cannot be loaded on {device}: {first_line[:240]}") from error
        config = self._model.config.get_text_config()
        longest = [getattr(config, "max_position_embeddings", None), self._tokenizer.model_max_length]
        self.context = int(min(limit for limit in longest if limit))
        self._n_tokens = int(self._model.get_output_embeddings().weight.shape[0])
        self._for_grammar: tuple[LLTokenizer, ShortestEnd] | None = None

    def encode(self, messages: Sequence[Message]) -> torch.Tensor:
        """Token ids of the prompt, shape (1, length)."""
        turns = _merged(messages)
        if self._tokenizer.chat_template is None:
            text = "".join(f"{turn['role'].capitalize()}: {turn['content']}\n\n" for turn in turns) + "Assistant:"
            encoded = self._tokenizer(text, split_special_tokens=True, return_tensors="pt")
        else:
            try:
                encoded = self._templated(turns)
            except TemplateError:
                # Some templates know no system role: its text then opens the first turn of the user.
                encoded = self._templated(_without_system(turns))
        prompt: torch.Tensor = encoded["input_ids"]
        return prompt.to(self._model.device)

    def fits(self, prompt: torch.Tensor) -> bool:
        """True where the context has room for the prompt and a short reply."""
        return bool(prompt.shape[1] + _LEAST_REPLY <= self.context)

    def generate(
        self,
        prompt: torch.Tensor,
        *,
        schema: Schema | None,
        max_tokens: int,
        temperature: float,
        seed: int,
        on_text: OnToken,
        stop: threading.Event,
    ) -> tuple[str, int, bool]:
        """Continue a prompt.

        Args:
            prompt: Token ids, shape (1, length).
            schema: JSON schema the text is held to, or None.
            max_tokens: Most tokens of the reply; a JSON text is led to its end after so many.
            temperature: 0 takes the most likely token each time.
            seed: Seed of the sampling.
            on_text: Receives the text as it is written.
            stop: Ends the generation when set.

        Returns:
            The text, its number of tokens, and whether it came to its own end.
        """
        length, room = prompt.shape[1], self.context - prompt.shape[1]
        processors = LogitsProcessorList()
        limit = min(max_tokens, room)
        if schema is not None:
            for_grammar, ending = self._grammar_tokenizer()
            limit = min(max_tokens + _FORCED_END, room)
            free = max(0, min(max_tokens, room - _FORCED_END))
            processors.append(JsonConstraint(for_grammar, bounded(schema), ending, length, free))
        with torch.random.fork_rng(devices=_devices(self._model.device)), torch.inference_mode():
            torch.manual_seed(seed)
            output = self._model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=limit,
                do_sample=temperature > 0,
                temperature=temperature or None,
                top_p=None,
                top_k=None,
                num_beams=1,
                pad_token_id=self._ends()[0] if self._ends() else 0,
                eos_token_id=self._ends() or None,
                logits_processor=processors,
                stopping_criteria=StoppingCriteriaList([_StopWhenSet(stop)]),
                streamer=_Handover(self._tokenizer, on_text),
            )
        new = output[0, length:].tolist()
        ended = bool(new) and new[-1] in self._ends()
        return str(self._tokenizer.decode(new, skip_special_tokens=True)), len(new), ended

    def _templated(self, turns: list[dict[str, str]]) -> BatchEncoding:
        # Sanitised: what looks like a control token inside a passage stays plain text.
        encoded = self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, sanitize_control_tokens=True, return_tensors="pt", return_dict=True
        )
        assert isinstance(encoded, BatchEncoding)
        return encoded

    def _ends(self) -> list[int]:
        """Tokens that end a reply."""
        configured = self._model.generation_config.eos_token_id
        ends = configured if isinstance(configured, list) else [configured]
        return [token for token in dict.fromkeys([*ends, self._tokenizer.eos_token_id]) if token is not None]

    def _grammar_tokenizer(self) -> tuple[LLTokenizer, ShortestEnd]:
        if self._for_grammar is None:
            tokenizer = tokenizer_for_grammar(self._tokenizer, self._n_tokens, self._ends())
            self._for_grammar = tokenizer, ShortestEnd(tokenizer, self._n_tokens)
        return self._for_grammar


class _StopWhenSet(StoppingCriteria):
    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor, **_rest: object) -> torch.BoolTensor:
        return torch.full((input_ids.shape[0],), self._stop.is_set(), device=input_ids.device)  # type: ignore[return-value]


class _Handover(TextStreamer):
    """Hands text on instead of printing it."""

    def __init__(self, tokenizer: object, on_text: OnToken) -> None:
        super().__init__(tokenizer, skip_prompt=True, skip_special_tokens=True)  # type: ignore[arg-type]
        self._on_text = on_text

    def on_finalized_text(self, text: str, stream_end: bool = False) -> None:
        """Called by the base class with each finished piece."""
        if text:
            self._on_text(text)


def _merged(messages: Sequence[Message]) -> list[dict[str, str]]:
    """The messages with neighbours of one role joined: many chat templates insist that roles alternate."""
    turns: list[dict[str, str]] = []
    for message in messages:
        if turns and turns[-1]["role"] == message.role:
            turns[-1]["content"] += f"\n\n{message.content}"
        else:
            turns.append({"role": message.role, "content": message.content})
    return turns


def _without_system(turns: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(turns) < 2 or turns[0]["role"] != "system":
        return turns
    return [{"role": "user", "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}, *turns[2:]]


def _devices(device: torch.device) -> list[torch.device]:
    return [device] if device.type == "cuda" else []
