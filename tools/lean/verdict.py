"""From Lean's answer to a verdict: the ladder L0 to L3.

Trust never comes from the absence of errors. A server that says nothing, a proof whose ``sorry`` warning was silenced,
and a theorem that Lean dropped without a word all look like success; so each rung asks for something to be *there*.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from physics_engines.text import Text
from tools.lean.command import Command
from tools.lean.gate import Finding
from tools.lean.reply import Message, Reply

VerdictName = Literal["verified", "compiled_only", "failed", "unknown"]
STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
_SORRY = re.compile(r"declaration uses\s+['`‘]?sorry\b")
_VERSION = re.compile(r'"(\d+\.\d+[\w.+-]*)"')
_MAX_ERRORS = 5


class Level(IntEnum):
    """The rungs of the ladder."""

    TEXT = 0
    COMPILES = 1
    NO_SORRY = 2
    STANDARD_AXIOMS = 3


@dataclass(frozen=True)
class Verdict:
    """What is known about a proof.

    Attributes:
        name: "verified" is L3; "compiled_only" is L1 or L2; "failed" was rejected, by Lean or by the gate; "unknown" is
            a check that did not come to its end.
        level: The highest rung reached.
        axioms: Axioms the proof rests on, where Lean told.
        lean_version: Version of Lean, where it told.
        reasons: Why it is not higher.
    """

    name: VerdictName
    level: Level
    axioms: tuple[str, ...] = ()
    lean_version: str = ""
    reasons: tuple[Text, ...] = ()


def refused(findings: Sequence[Finding]) -> Verdict:
    """The verdict on a text the gate does not let through to Lean."""
    return Verdict("failed", Level.TEXT, reasons=tuple(_objection(finding) for finding in findings))


def judge(command: Command, reply: Reply, findings: Sequence[Finding] = ()) -> Verdict:
    """Put a proof on the ladder.

    Args:
        command: The file Lean was given.
        reply: What it said.
        findings: What the gate objected to and still let through; any of it keeps the proof below L3.
    """
    version = _version(command, reply)
    if reply.fault:
        return Verdict("unknown", Level.TEXT, lean_version=version, reasons=(_fault(reply),))
    errors = [message for message in reply.messages if message.severity == "error"]
    if errors:
        reasons = tuple(_error(command, message) for message in errors[:_MAX_ERRORS])
        return Verdict("failed", Level.TEXT, lean_version=version, reasons=reasons)
    axioms = _axioms(command, reply)
    if axioms is None:
        reason = Text(
            en=f"Lean did not say, once and in its place, which axioms {command.name} rests on",
            ja=f"Leanは {command.name} がどの公理に基づくかを所定の位置で一度だけ答えませんでした",
        )
        return Verdict("failed", Level.COMPILES, lean_version=version, reasons=(reason,))
    gaps = _sorry_signals(reply, axioms, findings)
    foreign = sorted(set(axioms) - STANDARD_AXIOMS - {"sorryAx"})
    reasons = gaps + tuple(_objection(finding) for finding in findings if finding.weight != "incomplete")
    if foreign:
        listed = ", ".join(foreign)
        reasons += (
            Text(en=f"it rests on axioms beyond Lean's own: {listed}", ja=f"標準でない公理に基づきます: {listed}"),
        )
    if not version:
        reasons += (Text(en="Lean did not tell its version", ja="Leanのバージョンが得られませんでした"),)
    if reasons:
        level = Level.COMPILES if gaps else Level.NO_SORRY
        return Verdict("compiled_only", level, axioms, version, reasons)
    return Verdict("verified", Level.STANDARD_AXIOMS, axioms, version)


def _axioms(command: Command, reply: Reply) -> tuple[str, ...] | None:
    """The axioms of the theorem; None unless exactly one message names them, and it stands where we asked."""
    name = re.escape(command.name)
    said = re.compile(rf"['`‘]{name}['`’] (?:depends on axioms: \[(?P<list>[^\]]*)\]|does not depend on any axioms)")
    found: list[tuple[Message, re.Match[str]]] = []
    for message in reply.messages:
        match = said.search(" ".join(message.text.split()))
        if match:
            found.append((message, match))
    if len(found) != 1:
        return None
    message, match = found[0]
    whole = match.group() == " ".join(message.text.split())
    if message.severity != "info" or not whole or not command.answers(message.line, command.axioms_line):
        return None
    return tuple(part.strip() for part in (match["list"] or "").split(",") if part.strip())


def _sorry_signals(reply: Reply, axioms: Sequence[str], findings: Sequence[Finding]) -> tuple[Text, ...]:
    """Each sign of a gap by itself; any one is enough."""
    signals = []
    if "sorryAx" in axioms:
        signals.append(Text(en="it rests on sorryAx", ja="sorryAx に基づいています"))
    if any(_SORRY.search(message.text) or message.kind == "hasSorry" for message in reply.messages):
        signals.append(Text(en="Lean warns that it uses sorry", ja="Leanが sorry の使用を警告しています"))
    if reply.n_sorries:
        signals.append(
            Text(en="Lean lists open goals at a sorry", ja="Leanが sorry の箇所に未解決のゴールを挙げています")
        )
    signals += [_objection(finding) for finding in findings if finding.weight == "incomplete"]
    return tuple(signals)


def _version(command: Command, reply: Reply) -> str:
    for message in reply.messages:
        match = _VERSION.fullmatch(message.text.strip())
        if match and message.severity == "info" and command.answers(message.line, command.version_line):
            return match[1]
    return ""


def _fault(reply: Reply) -> Text:
    detail = f": {_shortened(reply.detail)}" if reply.detail else ""
    if reply.fault == "timeout":
        return Text(
            en=f"Lean did not finish in the time allowed{detail}", ja=f"Leanが制限時間内に終わりませんでした{detail}"
        )
    return Text(en=f"Lean broke off{detail}", ja=f"Leanが途中で止まりました{detail}")


def _error(command: Command, message: Message) -> Text:
    text = _shortened(message.text)
    line = (message.line or 0) - command.proof_line + 1
    inside = command.n_import_lines == 0 and command.proof_line <= (message.line or 0) < command.axioms_line
    place_en, place_ja = (f" (line {line} of the proof)", f"（証明の{line}行目）") if inside else ("", "")
    return Text(en=f"Lean: {text}{place_en}", ja=f"Lean: {text}{place_ja}")


def _objection(finding: Finding) -> Text:
    return Text(en=f"{finding.found}: {finding.reason.en}", ja=f"{finding.found}: {finding.reason.ja}")


def _shortened(text: str, limit: int = 400) -> str:
    joined = " ".join(text.split())
    return joined if len(joined) <= limit else f"{joined[: limit - 1]}…"
