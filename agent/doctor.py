"""The state of an installation, one finding a line."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from agent.llm import choose_model, probe
from agent.llm.errors import ModelError
from agent.settings import Settings
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
        _home(settings),
        _devices(),
        _library(settings),
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
    try:
        found = await probe(model)
    except ModelError as error:
        return [Finding("tier", "ok", model.tier), Finding("model", "fault", str(error))]
    return [Finding("tier", "ok", model.tier), *(Finding("model", "ok", line) for line in found.lines())]


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

    from knowledge import Library

    try:
        report = Library.open(settings.home).verify()
    except (LibraryError, sqlite3.Error) as error:
        return Finding("library", "fault", str(error))
    text = f"{report.documents} documents, {report.passages} passages"
    return Finding("library", "fault" if report.problems else "ok", "; ".join([text, *report.problems]))


def _tools() -> list[Finding]:
    findings = []
    for tool in load_registry().values():
        why = tool.why_unavailable()
        findings.append(Finding(tool.name, "absent" if why else "ok", why or "ready"))
    return findings
