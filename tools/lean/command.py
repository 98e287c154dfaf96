"""The one file Lean sees: our header, the statement as it was asked, the proof, and two questions.

The proof stands in parentheses. Whatever it contains, it stays one term: a command in it is a syntax error, unless it
closes our parenthesis, and brackets that do not match are refused beforehand. Behind it stand ``#print axioms`` and
``#eval Lean.versionString``; their answers are told from imitations printed by the proof by their line. Some servers
count lines from behind the imports, so enough blank lines are left that the two ways of counting cannot be confused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.lean.source import SourceError, at_top_level

MAX_HEARTBEATS = 400_000
"""Lean's own measure of work (default 200 000): finite, so that a proof that runs away ends by itself."""


@dataclass(frozen=True)
class Command:
    """A file for Lean, and where in it what stands. Lines count from 1.

    Attributes:
        code: The file.
        name: Name of the theorem.
        statement: What is claimed: the namespaces opened for it, and its header.
        proof_line: The line the proof begins on.
        axioms_line: The line of ``#print axioms``.
        version_line: The line of ``#eval Lean.versionString``.
        n_import_lines: Lines a server may leave out when it counts.
    """

    code: str
    name: str
    statement: str
    proof_line: int
    axioms_line: int
    version_line: int
    n_import_lines: int

    def answers(self, line: int | None, asked: int) -> bool:
        """Whether a message on a line can be the answer to the question on the line ``asked``."""
        return line is not None and asked - self.n_import_lines <= line <= asked


def write_command(name: str, statement: str, proof: str, imports: Sequence[str], opens: Sequence[str]) -> Command:
    """Put the file together from normalised parts.

    Raises:
        SourceError: The proof is empty, or its brackets do not match.
    """
    if not proof.strip():
        raise SourceError("it is empty")
    if proof.lstrip().startswith(":="):
        raise SourceError("it begins behind ':='")
    at_top_level(proof)
    claim = [f"open {' '.join(opens)}"] if opens else []
    claim += statement.split("\n")
    lines = [f"import {module}" for module in imports]
    lines += [f"set_option maxHeartbeats {MAX_HEARTBEATS}", "set_option autoImplicit false", *claim]
    lines[-1] += " := ("
    proof_line = len(lines) + 1
    gap = [""] * (len(imports) + 1)
    lines += [*proof.split("\n"), ")", *gap, f"#print axioms {name}"]
    axioms_line = len(lines)
    lines += [*gap, "#eval Lean.versionString"]
    return Command(
        code="\n".join(lines) + "\n",
        name=name,
        statement="\n".join(claim),
        proof_line=proof_line,
        axioms_line=axioms_line,
        version_line=len(lines),
        n_import_lines=len(imports),
    )
