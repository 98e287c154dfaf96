"""An embedding model on an OpenAI-compatible server; used only where a person has named one."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from knowledge.errors import LibraryUnavailable
from knowledge.index.embedder import Vectors, unit_rows
from knowledge.text import Language

if TYPE_CHECKING:
    from openai import OpenAI

_PER_REQUEST = 64


class EndpointEmbedder:
    """``POST /embeddings`` of a server, for a model that reads both languages. It gets the text of every passage.

    Args:
        url: Address of the server, ending in /v1.
        model: Name of the model there.
        key: Key of the server, or "".
        shown: The address without credentials, for messages and for the stamp of the vectors.
        connect_timeout: Seconds to wait for a connection.
        timeout: Seconds to wait for a reply.
        max_retries: How often a request is repeated after an overload or a fault of the server.
    """

    languages: frozenset[Language] = frozenset({"en", "ja"})

    def __init__(
        self,
        url: str,
        model: str,
        key: str,
        shown: str,
        connect_timeout: float = 10.0,
        timeout: float = 120.0,
        max_retries: int = 2,
    ) -> None:
        self._url = url
        self._name = model
        self._key = key
        self._shown = shown
        self._timeouts = connect_timeout, timeout
        self._max_retries = max_retries
        self._found: int | None = None

    @property
    def identifier(self) -> str:
        """Name of the model and of the server."""
        return f"{self._name}@{self._shown}"

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the server where it has not been asked yet."""
        return int(self.embed(["dimension"]).shape[1]) if self._found is None else self._found

    def embed(self, texts: Sequence[str], as_query: bool = False) -> Vectors:
        """(n_texts, dimension) unit vectors; questions are sent like any text."""
        rows = [self._ask(list(texts[first : first + _PER_REQUEST])) for first in range(0, len(texts), _PER_REQUEST)]
        if not rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.concatenate(rows)

    def _ask(self, texts: list[str]) -> Vectors:
        import openai

        where = f"the embedding server {self._shown}"
        try:
            reply = self._client.embeddings.create(model=self._name, input=texts, encoding_format="float")
        except openai.APITimeoutError as error:
            raise LibraryUnavailable(f"{where} did not answer in time") from error
        except openai.APIConnectionError as error:
            raise LibraryUnavailable(f"{where} cannot be reached") from error
        except openai.APIStatusError as error:
            raise LibraryUnavailable(f"{where} refused: {error.status_code}, {_reason(error)}") from error
        except (openai.OpenAIError, ValueError) as error:
            raise LibraryUnavailable(f"{where} sent no embeddings: {str(error)[:240]}") from error
        try:
            rows = [item.embedding for item in sorted(reply.data, key=lambda item: item.index)]
            if len({len(row) for row in rows}) > 1:
                raise ValueError
            found = unit_rows(np.array(rows, dtype=np.float32), len(texts), self.identifier)
        except (AttributeError, TypeError, ValueError) as error:
            raise LibraryUnavailable(f"{where} sent something else than embeddings") from error
        if self._found not in (None, found.shape[1]):
            raise LibraryUnavailable(
                f"the embedder {self.identifier} gave {found.shape[1]} numbers for a text, and {self._found} before"
            )
        self._found = found.shape[1]
        return found

    @cached_property
    def _client(self) -> "OpenAI":
        import httpx2
        from openai import OpenAI

        connect, read = self._timeouts
        return OpenAI(
            api_key=self._key or "not-needed",  # the client wants one; servers without keys ignore it
            base_url=self._url,
            timeout=httpx2.Timeout(read, connect=connect),
            max_retries=self._max_retries,
        )


def _reason(error: Exception) -> str:
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, dict) else None
    return " ".join(str(message or error).split())[:240]
