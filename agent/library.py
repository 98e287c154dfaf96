"""The library as the settings want it."""

from pathlib import Path
from typing import TYPE_CHECKING

from agent.settings import Settings, without_credentials
from tools.errors import BadInput

if TYPE_CHECKING:
    from knowledge import Library
    from knowledge.index.embedder import Embedder


def open_library(settings: Settings, home: Path | None = None) -> "Library":
    """Open the library, with the embedder and the Chroma server of the settings.

    Args:
        settings: Of the user.
        home: Instead of the home folder of the settings.

    Raises:
        BadInput: The settings of the embedder do not fit together.
        LibraryError: The library cannot be used.
    """
    from knowledge import Library

    return Library.open(home or settings.home, embedder=choose_embedder(settings), chroma_url=settings.chroma_url)


def choose_embedder(settings: Settings) -> "Embedder | None":
    """The embedder of the settings, not yet loaded or asked; None for the packaged MiniLM.

    Raises:
        BadInput: An address without the name of a model, or one that is none.
        RequestForbidden: The address is outside this machine while that is switched off.
    """
    if settings.embedder_url is not None:
        from agent.llm.address import check_address
        from knowledge.index.endpoint_embedder import EndpointEmbedder

        if settings.embedder is None:
            raise BadInput("ANSATZ_EMBEDDER_URL needs ANSATZ_EMBEDDER, the name of an embedding model on that server")
        check_address(settings.embedder_url, "ANSATZ_EMBEDDER_URL")
        return EndpointEmbedder(
            settings.embedder_url,
            settings.embedder,
            settings.embedder_key.get_secret_value() if settings.embedder_key else "",
            shown=without_credentials(settings.embedder_url),
            connect_timeout=settings.connect_timeout,
            timeout=settings.request_timeout,
            max_retries=settings.max_retries,
        )
    if settings.embedder is not None:
        from knowledge.index.local_embedder import LocalEmbedder

        return LocalEmbedder(Path(settings.embedder).expanduser(), settings.device)
    return None
