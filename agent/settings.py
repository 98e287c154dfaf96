"""Settings: everything a user can configure, from the environment, a ``.env`` file, or keyword arguments.

Names start with ``ANSATZ_``; key and address of a model server keep the OpenAI SDK's own names. Secrets are
``SecretStr``: they show as asterisks and never enter the record of a run.
"""

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tools.base import Cost
from tools.errors import BadInput

LlmChoice = Literal["auto", "openai", "transformers", "none"]
_PREFIX = "ANSATZ_"
_KEY, _BASE_URL = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_ENV_FILE = f"{_PREFIX}ENV_FILE"
# Read where no Settings exist yet: the place of the .env file, and the switch in agent.llm.
_SWITCHES = {_ENV_FILE, f"{_PREFIX}MODEL_REQUESTS"}


class Threshold(BaseModel):
    """What a call may cost before a person is asked; None never asks on that account."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    seconds: float | None = Field(default=60.0, ge=0)
    """Estimated wall seconds."""
    gpu_seconds: float | None = Field(default=60.0, ge=0)
    """Estimated GPU seconds."""
    price: float | None = Field(default=0.0, ge=0)
    """Estimated price, in the currency of the prices per token."""

    def exceeded_by(self, cost: Cost, price: float = 0.0) -> bool:
        """True where a call of this cost and price needs approval."""
        pairs = ((self.seconds, cost.seconds), (self.gpu_seconds, cost.gpu_seconds), (self.price, price))
        return any(limit is not None and value > limit for limit, value in pairs)


def _parse_threshold(value: object) -> object:
    """Accept 60, "60" (seconds), "seconds=60,gpu_seconds=10,price=0.5" and "none" (never ask)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"seconds": value}
    if not isinstance(value, str):
        return value
    if value.strip().lower() == "none":
        return {"seconds": None, "gpu_seconds": None, "price": None}
    if "=" not in value:
        return {"seconds": value.strip()}
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    return {name.strip(): None if text.strip().lower() == "none" else text.strip() for name, _, text in pairs}


def _default_home() -> Path:
    import platformdirs

    return platformdirs.user_data_path("ansatz", appauthor=False)


def _blank_is_absent(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


OptionalText = Annotated[str | None, BeforeValidator(_blank_is_absent)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_blank_is_absent)]


class Settings(BaseSettings):
    """All settings; immutable once read. Make one with :func:`load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        env_file_encoding="utf-8",
        # A .env file may serve other programs too; unknown ANSATZ_ names are refused by load_settings.
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    home: Annotated[Path, AfterValidator(Path.expanduser)] = Field(default_factory=_default_home)
    """Folder of runs, jobs, threads and the library index."""
    chroma_url: str | None = None
    """Address of a Chroma server for the dense lane of large books, such as http://localhost:8000; without it Chroma
    runs inside this process."""
    embedder: OptionalText = None
    """Model for search by meaning: the folder of a multilingual one (sentence-transformers or transformers), or, with
    ANSATZ_EMBEDDER_URL, the name of one on that server; without it the packaged MiniLM."""
    embedder_url: OptionalText = None
    """Address of an OpenAI-compatible server of embeddings, ending in /v1; it gets the text of what is embedded."""
    embedder_key: OptionalSecret = None
    """Key of that server."""
    llm: LlmChoice = "auto"
    """Where the language model comes from: a server, this process, or none; auto takes what is configured."""
    model: OptionalText = None
    """Name of the model on the server, or the folder of a local one."""
    small_model: OptionalText = None
    """Cheaper model for planning; the main model where it is not set."""
    api_key: OptionalSecret = Field(default=None, validation_alias=AliasChoices("api_key", _KEY))
    """Key of the model server (OPENAI_API_KEY)."""
    base_url: OptionalText = Field(default=None, validation_alias=AliasChoices("base_url", _BASE_URL))
    """Address of an OpenAI-compatible server (OPENAI_BASE_URL), ending in /v1."""
    approve_above: Annotated[Threshold, NoDecode, BeforeValidator(_parse_threshold)] = Threshold()
    """Cost above which a call needs approval: "60" (seconds), "seconds=60,gpu_seconds=10" or "none"."""
    price_prompt: float | None = Field(default=None, ge=0)
    """Price of a million prompt tokens, in any currency; without it no cost is shown."""
    price_completion: float | None = Field(default=None, ge=0)
    """Price of a million completion tokens."""
    connect_timeout: float = Field(default=10.0, gt=0, le=600)
    """Seconds to wait for a connection to the model server."""
    request_timeout: float = Field(default=120.0, gt=0, le=86_400)
    """Seconds without any byte from the model server after which it counts as stalled."""
    max_retries: int = Field(default=2, ge=0, le=10)
    """How often a request is repeated after an overload or a fault of the server."""
    max_retry_wait: float = Field(default=30.0, ge=0, le=3600)
    """Longest wait in seconds a server may ask for; one that asks for more is reported instead."""
    max_steps: int = Field(default=8, ge=1, le=8)
    """Most tool calls in one plan."""
    max_model_calls: int = Field(default=40, ge=0)
    """Most requests to the model for one question."""
    max_tokens: int = Field(default=200_000, ge=0)
    """Most tokens, read and written, for one question."""
    max_reply_tokens: int = Field(default=2048, ge=16)
    """Most tokens of one reply."""
    max_wall_time: float = Field(default=3600.0, gt=0)
    """Most seconds the model may take for one question."""
    rerank: int = Field(default=20, ge=0, le=50)
    """How many passages of the library a model judges for one question, a call each; 0 for none."""
    rerank_seconds: float = Field(default=60.0, gt=0, le=3600)
    """Most seconds that judging may take; what is not judged by then keeps its place."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Sampling temperature; the server's own default, or greedy in process, where it is not set."""
    seed: int | None = Field(default=None, ge=0, lt=2**63)
    """Seed given to the model and to tools whose Spec leaves it open."""
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$")
    """Device of an in-process model and of the engines."""

    def for_the_record(self) -> dict[str, object]:
        """All settings but the secrets, as plain JSON types, for the folder of a run."""
        record = self.model_dump(mode="json", exclude={"api_key", "embedder_key"})
        for name in ("base_url", "embedder_url", "chroma_url"):
            if record[name]:
                record[name] = without_credentials(str(record[name]))
        return record


def without_credentials(url: str) -> str:
    """An address without the user name, password and query it may carry."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def load_settings(**overrides: object) -> Settings:
    """Read the settings; ``overrides`` win over the environment, which wins over ``.env``.

    ``ANSATZ_ENV_FILE`` names another file than the ``.env`` of the working folder.

    Raises:
        BadInput: One sentence naming each setting that is out of bounds, or a misspelt name.
    """
    env_file = Path(os.environ.get(_ENV_FILE, ".env"))
    misspelt = _unknown_names(_names_in(env_file))
    misspelt += tuple(name for name in overrides if name not in Settings.model_fields)
    if misspelt:
        raise BadInput(f"unknown setting {_with_hint(misspelt[0])}")
    try:
        return Settings(_env_file=env_file, **overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        raise BadInput(_describe(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the .env file cannot be read: {error}") from None


def unknown_environment() -> tuple[str, ...]:
    """``ANSATZ_`` names in the environment that mean nothing, each with the nearest real one, for ``doctor``."""
    return tuple(_with_hint(name) for name in _unknown_names(tuple(os.environ)))


def environment_name(field: str) -> str:
    """The environment variable of a field: ``max_steps`` -> ``ANSATZ_MAX_STEPS``."""
    return {"api_key": _KEY, "base_url": _BASE_URL}.get(field, f"{_PREFIX}{field.upper()}")


def _names_in(path: Path) -> tuple[str, ...]:
    from dotenv import dotenv_values

    try:
        return tuple(dotenv_values(path, interpolate=False)) if path.is_file() else ()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the .env file cannot be read: {error}") from None


def _unknown_names(names: tuple[str, ...]) -> tuple[str, ...]:
    known = {environment_name(field) for field in Settings.model_fields} | _SWITCHES
    return tuple(name for name in names if name.upper().startswith(_PREFIX) and name.upper() not in known)


def _with_hint(name: str) -> str:
    from rapidfuzz import process

    fields = tuple(Settings.model_fields)
    known = fields if name.islower() else tuple(environment_name(field) for field in fields)
    near = process.extractOne(name, known, score_cutoff=70)
    return f"{name}; did you mean {near[0]}?" if near else name


def _describe(error: ValidationError) -> str:
    """One sentence; never the value given, which may be a secret put under the wrong name."""
    parts = []
    for item in error.errors(include_url=False, include_input=False):
        place = [str(part) for part in item["loc"]]
        message = item["msg"].removeprefix("Value error, ")
        inner = f" ({'.'.join(place[1:])})" if len(place) > 1 else ""
        name = environment_name(place[0]) if place and place[0] in Settings.model_fields else "".join(place[:1])
        parts.append(f"{name}{inner}: {message[:1].lower()}{message[1:]}")
    return "; ".join(parts)
