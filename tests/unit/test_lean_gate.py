"""What a statement and a proof may contain."""

import json
import re

import pytest

from tests.lean_stubs import STATEMENT, honest_spec, recorded
from tools.errors import BadInput
from tools.lean.gate import inspect
from tools.lean.source import SourceError, normalised
from tools.proof import check


def spec(proof="by omega", statement=STATEMENT, **fields):
    return check.parse({"statement": statement, "proof": proof, **fields})


def weights(proof):
    """The gravest objection to a proof, or "malformed" where it does not get as far as the gate."""
    try:
        found = spec(proof).findings()
    except BadInput:
        return "malformed"
    return found[0].weight if found else None


@pytest.mark.parametrize(
    ("proof", "weight"),
    [
        ("by sorry", "incomplete"),
        ("by exact sorryAx _ false", "incomplete"),
        ("by admit", "incomplete"),
        ("by\n  intro x\n  stop\n  omega", "incomplete"),
        ("by apply?", "incomplete"),
        ("by exact?", "incomplete"),
        ("by rw?", "incomplete"),
        ("by native_decide", "trusts_compiler"),
        ("by decide +native", "trusts_compiler"),
        ("by simp (config := {native := true})", "trusts_compiler"),
        ("by bv_decide", "trusts_compiler"),
        ("by exact Lean.ofReduceBool _ _ rfl", "forbidden"),
        ("foo\n\naxiom foo : 1 = 2", "forbidden"),
        ("by exact f\n\nopaque v : False := f", "forbidden"),
        ("by omega\n@[implemented_by bad] def good : Nat := 0", "forbidden"),
        ("by omega\n@[extern \"bad\"] def good : Nat := 0", "forbidden"),
        ("by omega\n@[csimp] theorem bad : @f = @g := rfl", "forbidden"),
        ("unsafe (by omega)", "forbidden"),
        ("by\n  set_option debug.skipKernelTC true in omega", "forbidden"),
        ("by\n  set_option warn.sorry false in omega", "forbidden"),
        ("by run_tac do Lean.Elab.Tactic.closeMainGoal", "forbidden"),
        ("by_elab do return .const ``foo []", "forbidden"),
        ("by omega\nrun_cmd modifyEnv fun e => e", "forbidden"),
        ("by omega\nrun_elab addDecl d", "forbidden"),
        ("by omega\n#eval IO.println 1", "forbidden"),
        ("by exact IO.FS.readFile", "forbidden"),
        ("by exact include_str \"/etc/passwd\"", "forbidden"),
        ("by omega\nopen private foo from Bar", "forbidden"),
        ("by omega\nlocal instance : Add Nat := ⟨Nat.mul⟩", "forbidden"),
        ("by omega\nlocal notation \"x\" => y", "forbidden"),
        ("by omega\nmacro_rules | `(1) => `(2)", "forbidden"),
        ("by omega\nmacro \"x\" : term => `(1)", "forbidden"),
        ("by omega\nsyntax \"x\" : term", "forbidden"),
        ("by omega\nelab \"x\" : term => pure 1", "forbidden"),
        ("by omega\nattribute [simp] foo", "forbidden"),
        ("by omega\nopen Evil", "forbidden"),
        ("by omega\nvariable (h : False)", "forbidden"),
        ("by omega\nnamespace Evil", "forbidden"),
        ("by omega\ntheorem other : 1 = 1 := rfl", "forbidden"),
        ("by omega\nimport Lean", "forbidden"),
        ("by omega\n#exit", "forbidden"),
        ("by omega) axiom foo : (1 = 2", "malformed"),
        ("by omega) #eval (1", "malformed"),
        (":= by omega", "malformed"),
        ("by omega /- open for ever", "malformed"),
        ("by exact \"open for ever", "malformed"),
        ("-- nothing but words", "malformed"),
    ],
)  # fmt: skip
def test_known_cheats_are_rejected_or_held_below_the_top(proof, weight):
    assert weights(proof) == weight


@pytest.mark.parametrize(
    "proof",
    [
        "by exact s!\"{sorry}\"",  # code inside a string
        "by exact '\"' sorry '\"'",  # for a naive reader a string
        "by exact «\"» sorry «\"»",  # the same by a quoted identifier
        "by exact r\"\\\" sorry r\"\\\"",  # raw strings have no escapes
        "by exact 1e5sorry",  # digits glued to a word
        "by exact 0x1sorry",
        "by exact 1_000sorry",
        "by exact x⁻¹sorry",
        "by exact xᵀsorry",
        "by /-/- -/ sorry -/ omega",
        "by omega\n/- outer /- inner -/ still a comment -/ sorry",
        "by {x //- sorry -/}",
        "by simp at h |-- sorry",
    ],
)  # fmt: skip
def test_a_gap_cannot_be_hidden_from_the_gate_and_shown_to_lean(proof):
    try:
        sent = spec(proof).command().code
    except BadInput:
        return
    assert "sorry" not in sent or weights(proof) is not None


@pytest.mark.parametrize(
    "proof",
    [
        r"""f '"' ) foo ( '"'""",
        r"""f '\"' ) foo ( '\"'""",
        r"""f «"» ) foo ( «"»""",
        r"""f r"\" ) foo ( r"\" "b\"" """,
        r"""f a'('b ) foo""",
    ],
)
def test_our_parenthesis_cannot_be_closed_in_what_only_looks_like_a_string(proof):
    with pytest.raises(BadInput):
        spec(proof)


def test_words_in_comments_neither_count_nor_reach_lean():
    honest = spec("by\n  -- sorry for this axiom, see `open Nat`\n  /- a /- nested -/ macro -/\n  omega")
    assert honest.findings() == ()
    code = honest.command().code
    assert "sorry" not in code and "macro" not in code and "  omega\n" in code


@pytest.mark.parametrize(
    "char",
    ["\u0430", "\u200b", "\u202e", "\uff53", "\u00a0", "\t", "\r", "\x00", "\u0391", "\u03bf", "\u0301", "\ue000"],
)  # fmt: skip
def test_invisible_characters_and_lookalikes_are_rejected(char):
    assert [finding.weight for finding in inspect(f"x{char}y")] == ["forbidden"]


def test_the_signs_of_mathematics_are_not():
    assert (
        inspect("∀ ε > 0, ∃ δ, ‖x - y‖ < δ → |f x − f y| ≤ ℏ * ψ₁ᵀ • ∑ i ∈ s, 𝓝 x ⟨λ⟩ ℝ≥0∞ a⁻¹ ⌊b⌋ xᵢ ⊢ ¬p × α") == ()
    )


@pytest.mark.parametrize(
    "proof",
    [
        "by\n  open Real in\n  exact pi_pos",
        "by set_option maxHeartbeats 800000 in omega",
        "by exact List.prefix_append _ _",
        "by simp [Finset.sum_range_succ, h.end, this.instance_x]",
        "by decide",
        "fun h => by\n  rcases h with ⟨x, hx⟩\n  exact ⟨x, by norm_num [hx]⟩",
    ],
)
def test_honest_proofs_pass(proof):
    assert spec(proof).findings() == ()


def test_the_recorded_honest_proofs_pass():
    rows = recorded("kimina_replies.jsonl")
    assert len(rows) == 102
    assert {row["name"]: honest_spec(row["code"]).findings() for row in rows} == {row["name"]: () for row in rows}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("1 + 1 = 2", "must start with 'theorem NAME'"),
        ("axiom foo : False", "must start with"),
        ("@[simp] theorem foo : True", "must start with"),
        ("theorem «foo bar» : True", "quoted identifiers"),
        ("theorem foo; #eval 1 : True", "must start with"),
        ("theorem foo", "must start with"),
        ("theorem foo (h : False", "not closed"),
        ("theorem foo : 1 = 1 := rfl", "must end before ':='"),
        ("theorem foo : True := trivial theorem bar : False", "must end before ':='"),
        ("theorem foo : True | x => x theorem bar : True", "theorem:"),
        ("theorem foo : sorry", "sorry"),
        ("theorem foo : 2 = 2 open Evil", "open Evil"),
        ("theorem foo (а : Nat) : а = а", "U+0430"),
        ("theorem foo (a b)", "lacks ': proposition'"),
    ],
)
def test_a_malformed_statement_is_bad_input(statement, said):
    with pytest.raises(BadInput, match=f"proof.check: .*{re.escape(said)}") as raised:
        spec(statement=statement)
    assert "\n" not in str(raised.value)


def test_namespaces_must_be_names_and_become_part_of_the_claim():
    with pytest.raises(BadInput, match="is not a namespace"):
        spec(opens=["Nat in theorem x : True := trivial\nopen Real"])
    assert spec(opens=["Real", "Nat"]).command().statement == f"open Real Nat\n{STATEMENT}"


def test_the_file_holds_statement_and_proof_once_and_asks_for_the_axioms():
    code = spec("by\n  omega", imports="mathlib").command().code
    lines = code.splitlines()
    assert lines[0] == "import Mathlib"
    assert lines[1:7] == [
        "set_option maxHeartbeats 400000",
        "set_option autoImplicit false",
        f"{STATEMENT} := (",
        "by",
        "  omega",
        ")",
    ]
    assert [line for line in lines[7:] if line] == ["#print axioms add_comm'", "#eval Lean.versionString"]


def test_comments_keep_the_lines_and_columns_of_what_is_left():
    assert normalised("a /- x\n y -/ b -- c\n\td") == "a\n      b\n\td"
    with pytest.raises(SourceError):
        normalised("a -/ b")


def test_the_spec_survives_a_file():
    one = spec("by\n  omega -- done", opens=["Nat"])
    again = check.parse(json.loads(one.canonical_json()))
    assert again == one and again.digest() == one.digest()
