"""Grammar-constrained decoding: whatever a model would like to say, its tokens spell JSON that fits a schema.

``llguidance`` turns the schema into a grammar and gives, for each step, the tokens that may follow. Lengths are
bounded twice: by the schema (see :func:`agent.llm.schemas.bounded`) and by a token budget, after which the shortest
way to the end is forced.
"""

import json

import numpy as np
import torch
from llguidance import LLMatcher, LLTokenizer
from transformers import LogitsProcessor, PreTrainedTokenizerBase

from agent.llm.base import Schema
from agent.llm.errors import SchemaUnsupported


class ShortestEnd:
    """Ranks tokens by how surely they lead to the end of a JSON text; made once for a tokenizer.

    First the end itself, then what closes a string (``"``), an array, an object; then separators; then all else. In a
    string the quote comes before the braces, which would only be content there; between values a quote is not
    allowed where a bracket is, except to begin an element or key that ends at once.
    """

    def __init__(self, tokenizer: LLTokenizer, n_tokens: int) -> None:
        ranks = np.full(n_tokens, 5, dtype=np.int8)
        for token in range(min(n_tokens, tokenizer.vocab_size)):
            text = tokenizer.decode_bytes([token])
            if tokenizer.is_special_token(token) or not text:
                continue
            if text[:1] == b'"' and not text.strip(b'"]}'):
                ranks[token] = 1
            elif not text.strip(b"]}"):
                ranks[token] = 2
            elif not text.strip(b",:"):
                ranks[token] = 3
            elif text in (b"0", b"1"):
                ranks[token] = 4
        ranks[[token for token in tokenizer.eos_tokens if token < n_tokens]] = 0
        self.ranks = ranks


class JsonConstraint(LogitsProcessor):
    """Keeps one sequence inside the grammar of a schema.

    Args:
        tokenizer: The tokenizer as llguidance sees it.
        schema: JSON schema.
        ending: Ranks for the forced end.
        prompt_length: Tokens of the prompt, which the grammar does not see.
        free_tokens: After so many tokens the end is forced.

    Raises:
        SchemaUnsupported: The schema uses what the grammar cannot express.
    """

    def __init__(
        self, tokenizer: LLTokenizer, schema: Schema, ending: ShortestEnd, prompt_length: int, free_tokens: int
    ) -> None:
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides={"whitespace_flexible": False})
        self._matcher = LLMatcher(tokenizer, grammar, log_level=0)
        if self._matcher.is_error():
            raise SchemaUnsupported(f"the schema cannot be made a grammar: {self._matcher.get_error()}")
        self._ending = ending
        self._seen = prompt_length
        self._forced_from = prompt_length + free_tokens

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """Mask the scores of shape (1, n_tokens) to what may follow ``input_ids`` of shape (1, length)."""
        new = input_ids[0, self._seen :].tolist()
        self._seen = input_ids.shape[1]
        if new and not self._matcher.is_stopped():
            self._matcher.consume_tokens(new)
        allowed = self._allowed(scores.shape[-1])
        if self._seen >= self._forced_from:
            ranks = np.where(allowed, self._ending.ranks[: allowed.size], np.iinfo(np.int8).max)
            allowed &= ranks == ranks.min()
        mask = torch.from_numpy(~allowed).to(scores.device)
        # An untrained or overflowing model may give NaN; every allowed token is then as good as another.
        finite = torch.nan_to_num(scores, nan=0.0, posinf=1e4, neginf=-1e4)
        return finite.masked_fill(mask, float("-inf"))  # type: ignore[return-value]

    def _allowed(self, n_tokens: int) -> np.ndarray:
        if self._matcher.is_error():
            raise SchemaUnsupported(f"the grammar of the schema failed: {self._matcher.get_error()}")
        bits = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.uint8)
        allowed = np.unpackbits(bits, bitorder="little")[:n_tokens].astype(bool)
        return np.pad(allowed, (0, n_tokens - allowed.size))


def tokenizer_for_grammar(tokenizer: PreTrainedTokenizerBase, n_tokens: int, ends: list[int]) -> LLTokenizer:
    """The tokenizer of a model as llguidance sees it.

    Args:
        tokenizer: Of the model.
        n_tokens: Size of the model's output, which may be larger than the vocabulary.
        ends: Tokens that end a reply.

    Raises:
        SchemaUnsupported: Only "fast" tokenizers can be read.
    """
    from llguidance.hf import from_tokenizer

    if not ends:
        raise SchemaUnsupported("this tokenizer has no token that ends a reply")
    try:
        return from_tokenizer(tokenizer, n_vocab=n_tokens, eos_token=ends)  # type: ignore[arg-type]
    except (ValueError, RuntimeError) as error:
        raise SchemaUnsupported(f"this tokenizer cannot be held to a grammar: {error}") from None
