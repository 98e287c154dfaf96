"""What Lean said, in one form whoever carried it: the REPL, a Kimina server, or ``lean --json``.

Formats: leanprover-community/repl (``REPL/JSON.lean``), project-numina/kimina-lean-server (``/api/check`` and the older
``/verify``), and the one JSON object per line of ``lean --json``.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

Severity = Literal["error", "warning", "info", "trace"]
_SEVERITIES: Mapping[str, Severity] = {
    "error": "error",
    "warning": "warning",
    "info": "info",
    "information": "info",
    "trace": "trace",
}
_NOT_IMPORTED = re.compile(
    r"unknown (?:module prefix|package) '[^']*'|object file '[^']*' of module \S+ does not exist|unknown module '[^']*'"
)


class UnreadableReply(ValueError):
    """The reply is not of a known form; nothing may be concluded from it."""


@dataclass(frozen=True)
class Message:
    """One diagnostic.

    Attributes:
        severity: Its weight; ``info`` is the answer to ``#print`` and ``#eval``.
        text: What Lean wrote.
        line: Line it refers to, from 1; None where it has no place.
        kind: Lean's own name for the diagnostic ("hasSorry"); only ``lean --json`` gives it.
    """

    severity: Severity
    text: str
    line: int | None = None
    kind: str = ""


@dataclass(frozen=True)
class Reply:
    """Everything Lean said about one file.

    Attributes:
        messages: The diagnostics in their order.
        n_sorries: Number of literal ``sorry`` the REPL lists; it does not see those in macros and ``sorryAx``.
        fault: Why the check did not come to its end: "timeout" or "crash"; empty where it did.
        detail: The fault in the words of whoever reported it.
    """

    messages: tuple[Message, ...] = ()
    n_sorries: int = 0
    fault: Literal["", "timeout", "crash"] = ""
    detail: str = ""


def missing_import(reply: Reply) -> str | None:
    """Lean's words where it does not have the imported library; then it says nothing about the proof."""
    for text in [reply.detail, *(message.text for message in reply.messages if message.severity == "error")]:
        found = _NOT_IMPORTED.search(text)
        if found:
            return found.group()
    return None


def parse_repl_reply(reply: object) -> Reply:
    """Read the REPL's reply to a command or a file.

    Raises:
        UnreadableReply: Of another form, or the reply to a single tactic ("no goals left" says nothing about a file).
    """
    fields = _mapping(reply, "a reply")
    if "goals" in fields or "proofStatus" in fields:
        raise UnreadableReply("a reply to a single tactic is no check of a file")
    if isinstance(fields.get("message"), str):
        return Reply(fault="crash", detail=str(fields["message"]))
    sorries = _list(fields.get("sorries"), "sorries")
    return Reply(messages=tuple(map(_message, _list(fields.get("messages"), "messages"))), n_sorries=len(sorries))


def parse_kimina_reply(reply: object, identifier: str) -> Reply:
    """Read a Kimina server's reply to a request with one snippet.

    Raises:
        UnreadableReply: Of another form, or the reply to another request.
    """
    results = _list(_mapping(reply, "a reply").get("results"), "results")
    if len(results) != 1:
        raise UnreadableReply(f"{len(results)} results for one request")
    result = _mapping(results[0], "a result")
    if result.get("id", result.get("custom_id")) != identifier:
        raise UnreadableReply("the result belongs to another request")
    error, response = result.get("error"), result.get("response")
    if isinstance(error, str) and error:
        return Reply(fault="timeout" if "timed out" in error else "crash", detail=error)
    if error:
        raise UnreadableReply("an error that is not a text")
    return parse_repl_reply(response)


def parse_json_lines(text: str) -> Reply:
    """Read the standard output of ``lean --json``: one diagnostic a line, none for a file without any.

    Raises:
        UnreadableReply: A line is something else; then somebody other than Lean wrote it.
    """
    messages = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            messages.append(_message(json.loads(line)))
        except (ValueError, RecursionError) as error:
            raise UnreadableReply(f"not a diagnostic of Lean: {line[:80]!r}") from error
    return Reply(messages=tuple(messages))


def _message(entry: object) -> Message:
    fields = _mapping(entry, "a message")
    severity, text = fields.get("severity"), fields.get("data")
    if not isinstance(severity, str) or severity not in _SEVERITIES or not isinstance(text, str):
        raise UnreadableReply("a message without severity or text")
    place, kind = fields.get("pos"), fields.get("kind")
    line = place.get("line") if isinstance(place, Mapping) else None
    return Message(
        severity=_SEVERITIES[severity],
        text=text,
        line=line if isinstance(line, int) else None,
        kind=kind if isinstance(kind, str) else "",
    )


def _mapping(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise UnreadableReply(f"{what} is not an object")
    return cast(Mapping[str, object], value)


def _list(value: object, what: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableReply(f"{what} is not a list")
    return cast(list[object], value)
