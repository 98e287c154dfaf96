"""Formal proofs, checked by Lean 4."""

import json
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from physics_engines.files import write_text
from physics_engines.spec import Slot, Spec
from physics_engines.text import Text
from tools.base import Cost, Example, Requirement, ToolContext, tool
from tools.errors import Missing
from tools.lean.backends import HINT, find_backend
from tools.lean.command import Command, write_command
from tools.lean.gate import Finding, inspect
from tools.lean.reply import missing_import
from tools.lean.source import SourceError, is_name, normalised, theorem_name
from tools.lean.verdict import Verdict, judge, refused
from tools.result import Artifact, Proof, Result

_IMPORTS = {"none": (), "mathlib": ("Mathlib",)}
_LADDER = (
    Text(en="L0, text only", ja="L0、文面のみ"),
    Text(en="L1, it compiles", ja="L1、コンパイルは通る"),
    Text(en="L2, it compiles without sorry", ja="L2、sorryなしでコンパイルが通る"),
    Text(en="L3", ja="L3"),
)
_NEEDS_MATHLIB = "set ANSATZ_LEAN_PROJECT to the folder of a Lake project in which it is built"
_OUTCOME = {
    "compiled_only": Text(en="Not established, only compiled", ja="コンパイルのみで、成立は確認できません"),
    "failed": Text(en="The check failed", ja="検査は不合格です"),
    "unknown": Text(en="The check gave no verdict", ja="判定は得られませんでした"),
}
_NOT_EXAMINED = Text(
    en="Whether the statement says what was meant, and whether its hypotheses can hold together, was not examined.",
    ja="命題が意図どおりの内容か、仮定が互いに両立するかは調べていません。",
)


class ProofSpec(Spec):
    """A theorem in Lean 4 and a proof of it."""

    statement: str = Field(min_length=1, max_length=20_000)
    """Header of the theorem without its proof: "theorem add_comm' (a b : Nat) : a + b = b + a"."""
    proof: str = Field(min_length=1, max_length=200_000)
    """What follows ":=", one term or tactic block: "by omega"."""
    imports: Annotated[
        Literal["none", "mathlib"], Slot(en=("imports",), ja=("インポート",), values={"mathlib": ("mathlib",)})
    ] = "none"
    """Library the statement is written in: Lean's own core, or Mathlib."""
    opens: tuple[str, ...] = Field(default=(), max_length=16)
    """Namespaces opened for statement and proof; they become part of what is claimed: ["Real", "Nat"]."""
    timeout_s: Annotated[float, Slot(en=("timeout",), ja=("制限時間",), unit="s")] = Field(default=60.0, ge=1, le=600)
    """Time Lean may take, in seconds."""

    @field_validator("statement", "proof")
    @classmethod
    def _without_comments(cls, text: str) -> str:
        return normalised(text)

    @field_validator("opens")
    @classmethod
    def _are_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not is_name(name) or inspect(name):
                raise ValueError(f"{name!r} is not a namespace")
        return names

    @model_validator(mode="after")
    def _is_one_theorem(self) -> "ProofSpec":
        try:
            self.command()
        except SourceError as error:
            raise ValueError(str(error)) from error
        found = inspect(self._stated()[1].split(maxsplit=1)[1])
        if found:
            raise ValueError(f"statement: {found[0].found}: {found[0].reason.en}")
        return self

    def command(self) -> Command:
        """The file for Lean.

        Raises:
            SourceError: Statement or proof are not of the form that can be checked.
        """
        try:
            name, statement = self._stated()
        except SourceError as error:
            raise SourceError(f"statement: {error}") from error
        try:
            return write_command(name, statement, self.proof, _IMPORTS[self.imports], self.opens)
        except SourceError as error:
            raise SourceError(f"proof: {error}") from error

    def findings(self) -> tuple[Finding, ...]:
        """What the source gate objects to in the proof."""
        return inspect(self.proof)

    def _stated(self) -> tuple[str, str]:
        statement = self.statement.strip()
        return theorem_name(statement), statement


def _cost(spec: ProofSpec) -> Cost:
    return Cost(seconds=30.0 if spec.imports == "mathlib" else 3.0)


@tool(
    "proof.check",
    title=Text(en="check of a formal proof by Lean", ja="Leanによる形式証明の検査"),
    evidence="proved",
    words={
        "en": ("lean", "formal proof", "check the proof"),
        "ja": ("lean", "形式証明", "証明を検査"),
    },
    examples=(
        Example(
            en="Check this Lean proof: theorem t (a b : Nat) : a + b = b + a := by omega",
            ja="このLeanの証明を検査して: theorem t (a b : Nat) : a + b = b + a := by omega",
        ),
    ),
    requirements=(Requirement(met=lambda: find_backend() is not None, hint=HINT),),
    cost=_cost,
)
def check(spec: ProofSpec, context: ToolContext) -> Result:
    """Have Lean 4 check a proof of a theorem: no errors, no gaps, and no axioms but Lean's three standard ones."""
    backend = find_backend()
    if backend is None:
        raise Missing(f"proof.check: needs {HINT}")
    command = spec.command()
    findings = spec.findings()
    if any(finding.weight == "forbidden" for finding in findings):
        verdict, place = refused(findings), "the source gate"
    else:
        reply = backend.check(command.code, spec.timeout_s, context.monitor.should_stop)
        absent = missing_import(reply) if spec.imports != "none" else None
        if absent:
            raise Missing(f"proof.check: Lean at {backend.place} does not have Mathlib ({absent}); {_NEEDS_MATHLIB}")
        verdict, place = judge(command, reply, findings), backend.place
    return Result(
        proofs=_proofs(command, verdict),
        artifacts=_record(command, verdict, place, context),
        reading=Text(en=f"Lean 4 check of {command.name}", ja=f"Lean 4 による {command.name} の検査"),
        notes=(_NOT_EXAMINED,) if verdict.name == "verified" else (_remark(verdict),),
    )


def _proofs(command: Command, verdict: Verdict) -> tuple[Proof, ...]:
    """Evidence of proof is L3 and nothing below: a proof with a gap, or on axioms of its own, compiles as well."""
    if verdict.name != "verified":
        return ()
    return (
        Proof(
            statement=command.statement,
            verdict=verdict.name,
            level=int(verdict.level),
            axioms=verdict.axioms,
            lean_version=verdict.lean_version,
        ),
    )


def _remark(verdict: Verdict) -> Text:
    outcome, rung = _OUTCOME[verdict.name], _LADDER[verdict.level]
    why_en = "; ".join(reason.en for reason in verdict.reasons)
    why_ja = "、".join(reason.ja for reason in verdict.reasons)
    return Text(en=f"{outcome.en} ({rung.en}): {why_en}.", ja=f"{outcome.ja}（{rung.ja}）: {why_ja}。")


def _record(command: Command, verdict: Verdict, place: str, context: ToolContext) -> tuple[Artifact, ...]:
    """The file for Lean and the verdict, so that anybody can repeat the check."""
    record = {
        "statement": command.statement,
        "verdict": verdict.name,
        "level": int(verdict.level),
        "axioms": verdict.axioms,
        "lean_version": verdict.lean_version,
        "reasons": [reason.en for reason in verdict.reasons],
        "checked_by": place,
    }
    write_text(context.out / "check.lean", command.code)
    write_text(context.out / "verdict.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    return (
        Artifact(path="check.lean", kind="text", caption=Text(en="file for Lean", ja="Leanに渡すファイル")),
        Artifact(path="verdict.json", kind="text", caption=Text(en="verdict", ja="判定")),
    )
