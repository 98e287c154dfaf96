"""From what Lean said to a rung of the ladder."""

import json

import pytest

from tests.lean_stubs import NO_AXIOMS, STANDARD, STATEMENT, honest_spec, line_of, recorded, repl_reply, warning
from tools.lean.reply import UnreadableReply, parse_json_lines, parse_kimina_reply, parse_repl_reply
from tools.lean.verdict import judge
from tools.proof import ProofSpec

# Lines as Lean 4.31 prints them.
SORRY_LINE = (
    '{"caption":"","data":"declaration uses `sorry`","endPos":{"column":11,"line":3},"fileName":"t.lean",'
    '"isSilent":false,"keepFullRange":false,"kind":"hasSorry","pos":{"column":8,"line":3},"severity":"warning"}'
)
PROOF = "by\n  omega"


def verdict_on(reply, proof=PROOF, **fields):
    spec = ProofSpec(statement=STATEMENT, proof=proof, **fields)
    raw = reply(spec.command().code) if callable(reply) else reply
    return judge(spec.command(), parse_repl_reply(raw), spec.findings())


@pytest.mark.parametrize(
    ("axioms", "listed"),
    [
        (NO_AXIOMS, ()),
        (STANDARD, ("propext", "Classical.choice", "Quot.sound")),
        ("'add_comm'' depends on axioms: [propext]", ("propext",)),
    ],
)
def test_a_complete_answer_is_verified(axioms, listed):
    found = verdict_on(lambda code: repl_reply(code, axioms=axioms))
    assert (found.name, found.level, found.axioms, found.lean_version) == ("verified", 3, listed, "4.28.0")
    assert found.reasons == ()


def test_servers_that_count_lines_from_behind_the_imports_are_understood():
    for shift in (0, 1):
        found = verdict_on(lambda code, shift=shift: repl_reply(code, shift=shift), imports="mathlib")
        assert found.name == "verified"


@pytest.mark.parametrize(
    "reply",
    [
        {"extra": [warning("declaration uses `sorry`")]},
        {"extra": [warning("declaration uses 'sorry'")]},
        {"sorries": [{"pos": {"line": 5, "column": 2}, "goal": "⊢ False", "proofState": 0}]},
        {"axioms": "'add_comm'' depends on axioms: [sorryAx]"},
        {"axioms": "'add_comm'' depends on axioms: [propext,\n sorryAx]"},
    ],
)
def test_each_sign_of_a_gap_is_enough(reply):
    found = verdict_on(lambda code: repl_reply(code, **reply))
    assert (found.name, found.level) == ("compiled_only", 1)


def test_a_gap_in_the_text_is_enough_even_if_lean_is_silent():
    assert verdict_on(repl_reply, proof="by apply?").level == 1


@pytest.mark.parametrize(
    "axiom",
    ["my_axiom", "Lean.ofReduceBool", "E.nd._native.native_decide.ax_1_1", "Lean.trustCompiler", "Classical.choice'"],
)
def test_other_axioms_are_named_and_not_accepted(axiom):
    found = verdict_on(lambda code: repl_reply(code, axioms=f"'add_comm'' depends on axioms: [propext,\n {axiom}]"))
    assert (found.name, found.level) == ("compiled_only", 2)
    assert axiom in found.reasons[0].en


def test_the_compiler_is_not_the_kernel():
    assert verdict_on(repl_reply, proof="by native_decide").level == 2


def test_without_a_version_it_is_only_compiled():
    assert verdict_on(lambda code: repl_reply(code, version=None)).name == "compiled_only"


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"env": 0},
        {"env": 0, "messages": [], "sorries": []},
        {"messages": [warning("unused variable `a`")]},
    ],
)
def test_silence_is_no_success(reply):
    found = verdict_on(reply)
    assert found.name == "failed" and found.axioms == ()


def test_imitated_answers_are_not_taken():
    fake = warning(NO_AXIOMS, severity="info", line=4)
    for reply in (
        {"axioms": None, "extra": [fake]},  # printed from inside the proof
        {"extra": [fake]},  # beside the true one
        {"axioms": "'other' does not depend on any axioms"},
        {"axioms": f"{NO_AXIOMS} and more"},
        {"axioms": f"'evil.{NO_AXIOMS[1:]}"},
    ):
        for imports in ("none", "mathlib"):
            found = verdict_on(lambda code, reply=reply: repl_reply(code, **reply), imports=imports)
            assert found.name == "failed", (reply, imports)


def test_a_second_answer_makes_both_worthless():
    for line in (4, 9):
        found = verdict_on(
            lambda code, line=line: {
                "messages": [*repl_reply(code)["messages"], warning(NO_AXIOMS, severity="info", line=line)]
            }
        )
        assert found.name == "failed"


def test_a_proof_cannot_print_where_the_questions_stand():
    for imports in ("none", "mathlib"):
        spec = ProofSpec(statement=STATEMENT, proof="by\n  omega\n  omega", imports=imports)
        command = spec.command()
        end = line_of(command.code, ")")
        for line in range(1, end + 1):
            for shift in range(command.n_import_lines + 1):
                assert not command.answers(line - shift, command.axioms_line)
                assert not command.answers(line - shift, command.version_line)


def test_errors_of_lean_fail_and_are_told_with_their_line():
    error = warning("unsolved goals\n⊢ a = b", line=4, severity="error")
    found = verdict_on(lambda code: repl_reply(code, extra=[error], axioms=None))
    assert (found.name, found.level) == ("failed", 0)
    assert found.reasons[0].en == "Lean: unsolved goals ⊢ a = b (line 1 of the proof)"


def test_lines_of_lean_json():
    reply = parse_json_lines(SORRY_LINE + "\n")
    assert reply.messages[0].kind == "hasSorry" and reply.messages[0].line == 3
    assert parse_json_lines("").messages == ()
    silenced = json.loads(SORRY_LINE) | {"data": "reworded"}
    code = ProofSpec(statement=STATEMENT, proof=PROOF).command()
    said = [silenced, *repl_reply(code.code)["messages"]]
    assert judge(code, parse_json_lines("\n".join(map(json.dumps, said)))).level == 1
    for text in ("Hello", '["a"]', '{"data": 3}', '{"severity": "fatal", "data": "x"}', SORRY_LINE[:-4]):
        with pytest.raises(UnreadableReply):
            parse_json_lines(f"{SORRY_LINE}\n{text}")


def test_replies_of_other_forms_are_refused():
    for reply in (None, [], "ok", {"messages": 3}, {"messages": [1]}, {"messages": [{"data": "x"}]}):
        with pytest.raises(UnreadableReply):
            parse_repl_reply(reply)
    with pytest.raises(UnreadableReply):  # "no goals" of a tactic, recorded beside an error
        parse_repl_reply({"proofStatus": "Completed", "proofState": 1, "goals": []})
    for reply in ({}, {"results": []}, {"results": [{"id": "b", "response": {}}]}, {"results": [{"id": "a"}]}):
        with pytest.raises(UnreadableReply):
            parse_kimina_reply(reply, "a")


def test_the_recorded_repl_transcripts_parse():
    decoder = json.JSONDecoder()
    commands = tactics = 0
    for row in recorded("repl_transcripts.jsonl"):
        text = row["expected"].strip()
        while text:
            raw, end = decoder.raw_decode(text)
            part, text = text[:end], text[end:].strip()
            if "goals" in raw or "proofStatus" in raw:
                tactics += 1
                with pytest.raises(UnreadableReply):
                    parse_repl_reply(raw)
                continue
            commands += 1
            reply = parse_repl_reply(raw)
            errors = sum(message.severity == "error" for message in reply.messages)
            assert errors == part.count('"severity": "error"')
            assert bool(reply.fault) == ("message" in raw)
            assert bool(reply.n_sorries) == ('"sorries"' in part)
            found = verdict_on(raw)
            assert found.name == ("unknown" if reply.fault else "failed")
    assert commands + tactics == 217


def test_the_recorded_server_replies_are_read_and_prove_nothing_by_themselves():
    verdicts = []
    for row in recorded("kimina_replies.jsonl"):
        spec = honest_spec(row["code"])
        identifier = row["reply"]["results"][0]["custom_id"]
        verdicts.append(judge(spec.command(), parse_kimina_reply(row["reply"], identifier)).name)
    assert {name: verdicts.count(name) for name in verdicts} == {"failed": 98, "unknown": 4}


def test_the_warnings_of_honest_proofs_do_no_harm():
    verified = 0
    for row in recorded("kimina_replies.jsonl"):
        result = row["reply"]["results"][0]
        if result["error"]:
            continue
        command = honest_spec(row["code"]).command()
        said = result["response"].get("messages", [])
        raw = repl_reply(command.code, axioms=f"'{command.name}' depends on axioms: [propext]", extra=said)
        verified += judge(command, parse_repl_reply(raw)).name == "verified"
    assert verified == 98
