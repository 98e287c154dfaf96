"""Which model the settings ask for."""

from importlib.util import find_spec
from pathlib import Path

from agent.llm.base import ChatModel
from agent.settings import Settings
from tools.errors import Missing


def choose_model(settings: Settings, *, small: bool = False) -> ChatModel | None:
    """The model of these settings, or None for the rule-based tier. Nothing is loaded or asked yet.

    ``auto`` takes, in this order: the folder ``ANSATZ_MODEL`` names, a server for which there is a key or an address,
    none.

    Args:
        settings: The settings.
        small: Take ``small_model`` where one is set.

    Raises:
        Missing: What was asked for by name is not there.
        BadInput: OPENAI_BASE_URL is not an address.
        RequestForbidden: The server is outside this machine while that is switched off.
    """
    name = (settings.small_model if small else None) or settings.model
    has_server = settings.api_key is not None or settings.base_url is not None
    if settings.llm == "none":
        return None
    if settings.llm == "transformers":
        return _local(name, settings)
    if settings.llm == "openai":
        if not has_server:
            raise Missing("ANSATZ_LLM=openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own")
        return _remote(name, settings)
    if name is not None and _is_model_folder(name):
        return _local(name, settings)
    if has_server:
        return _remote(name, settings)
    if name is not None:
        raise Missing(
            f"ANSATZ_MODEL is {name!r}, but it is no folder with a model, and neither OPENAI_API_KEY nor "
            "OPENAI_BASE_URL names a server that could have it"
        )
    return None


def _local(name: str | None, settings: Settings) -> ChatModel:
    if name is None:
        raise Missing("ANSATZ_LLM=transformers needs ANSATZ_MODEL: the folder of a model (nothing is downloaded)")
    if not _is_model_folder(name):
        raise Missing(f"ANSATZ_MODEL is {name!r}, which is no folder with a model (config.json); nothing is downloaded")
    missing = [package for package in ("transformers", "torch", "llguidance") if find_spec(package) is None]
    if missing:
        raise Missing(f"a model in this process needs {' and '.join(missing)}: pip install {' '.join(missing)}")
    from agent.llm.transformers_local import TransformersLocal

    return TransformersLocal(Path(name).expanduser(), settings)


def _remote(name: str | None, settings: Settings) -> ChatModel:
    if find_spec("openai") is None:
        raise Missing("a model server needs the package openai: pip install openai")
    from agent.llm.openai_compatible import OpenAICompatible

    return OpenAICompatible(settings, name)


def _is_model_folder(name: str) -> bool:
    return (Path(name).expanduser() / "config.json").is_file()
