"""The tool ``proof.check`` with a loopback Kimina server and with a program named lean."""

import os
import socket
import time
from pathlib import Path

import pytest

from agent.binding.bind import bind
from agent.evidence import Ledger
from physics_engines.progress import Monitor
from tests.lean_stubs import STANDARD, STATEMENT, FakeLean, KiminaStub, answer, run_check, send, warning
from tools.errors import Missing, Stopped
from tools.lean.kimina import KiminaServer
from tools.proof import check
from tools.registry import Registry


@pytest.fixture(autouse=True)
def _no_lean_of_this_machine(monkeypatch, tmp_path):
    for name in ("LEAN_SERVER_API_URL", "LEAN_SERVER_API_KEY", "ANSATZ_LEAN_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))


@pytest.fixture
def kimina(monkeypatch):
    """Starts a scripted server and names it in the environment."""
    servers = []

    def start(*script):
        servers.append(KiminaStub(*script))
        monkeypatch.setenv("LEAN_SERVER_API_URL", servers[-1].url + "/")
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def lean(monkeypatch, tmp_path):
    """A program named lean on the path, and nothing else there."""
    program = FakeLean(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(program.folder))
    return program


# Without Lean


def test_without_lean_the_tool_says_what_it_needs(tmp_path):
    assert check.why_unavailable() == "needs Lean: install elan, or set LEAN_SERVER_API_URL"
    assert Registry((check,))["proof.check"].why_unavailable() is not None
    with pytest.raises(Missing, match=r"install elan, or set LEAN_SERVER_API_URL"):
        run_check(tmp_path)
    assert not (tmp_path / "verdict.json").exists()


def test_a_project_needs_lake(monkeypatch, lean, tmp_path):
    assert check.why_unavailable() is None
    monkeypatch.setenv("ANSATZ_LEAN_PROJECT", str(tmp_path))
    assert check.why_unavailable() is not None


# A Kimina server


def test_an_honest_answer_becomes_evidence_of_proof(kimina, monkeypatch, tmp_path):
    server = kimina(answer(axioms=STANDARD))
    monkeypatch.setenv("LEAN_SERVER_API_KEY", "very-secret")
    result, record = run_check(tmp_path, timeout_s=7)
    (proof,) = result.proofs
    assert (proof.statement, proof.verdict, proof.level, proof.lean_version) == (STATEMENT, "verified", 3, "4.28.0")
    assert proof.axioms == ("propext", "Classical.choice", "Quot.sound")
    path, headers, body = server.requests[0]
    assert path == "/api/check" and headers["Authorization"] == "Bearer very-secret" and body["timeout"] == 7
    assert body["snippets"][0]["code"] == (tmp_path / "check.lean").read_text()
    assert record["verdict"] == "verified" and record["checked_by"] == server.url
    assert "very-secret" not in str(record) + result.model_dump_json()


def test_an_older_server_is_asked_in_its_own_way(kimina, tmp_path):
    server = kimina(send(404, {"detail": "Not Found"}), answer())
    result, _ = run_check(tmp_path)
    assert len(result.proofs) == 1
    assert [path for path, _, _ in server.requests] == ["/api/check", "/verify"]
    assert "Authorization" not in server.requests[0][1]


@pytest.mark.parametrize(
    ("reply", "verdict", "level"),
    [
        ({"extra": [warning("declaration uses `sorry`")]}, "compiled_only", 1),
        ({"axioms": "'add_comm'' depends on axioms: [sorryAx]"}, "compiled_only", 1),
        ({"axioms": "'add_comm'' depends on axioms: [evil]"}, "compiled_only", 2),
        ({"axioms": None}, "failed", 1),
        ({"axioms": None, "extra": [warning("omega could not", severity="error")]}, "failed", 0),
        ({"error": "Lean REPL command timed out in 30.0 seconds"}, "unknown", 0),
        ({"error": "REPL process exited"}, "unknown", 0),
    ],
)
def test_whatever_is_less_is_no_evidence(kimina, tmp_path, reply, verdict, level):
    kimina(answer(**reply))
    result, record = run_check(tmp_path)
    assert result.proofs == () and len(result.notes) == 1
    assert (record["verdict"], record["level"]) == (verdict, level)


def test_the_remark_on_a_proof_that_fails_is_no_claim_of_proof(kimina, tmp_path):
    for reply in ({"axioms": None}, {"error": "timed out"}, {"axioms": "'add_comm'' depends on axioms: [evil]"}):
        kimina(answer(**reply))
        result, _ = run_check(tmp_path)
        ledger = Ledger()
        ledger.add_result("proof.check", result, "run", "en")
        assert len(ledger) == 0
        for language in ("en", "ja"):
            problems = bind(result.notes[0].in_language(language), ledger, (), language).problems
            assert [problem.kind for problem in problems if problem.kind == "unsupported_proof"] == []


def test_what_the_gate_forbids_is_never_sent(kimina, tmp_path):
    server = kimina(answer())
    result, record = run_check(tmp_path, proof="by run_tac evil")
    assert server.requests == [] and result.proofs == ()
    assert record["verdict"] == "failed" and record["checked_by"] == "the source gate"
    assert "run_tac" in result.notes[0].en


@pytest.mark.parametrize(
    ("responses", "said"),
    [
        ([send(401, {"detail": "Invalid key"})], "LEAN_SERVER_API_KEY"),
        ([send(422, {"detail": []})], "HTTP status 422"),
        ([send(302, {}, Location="http://127.0.0.1:9/")], "HTTP status 302"),
        ([send(404, {})], "HTTP status 404"),
        ([send(200, b"<html>hello</html>")], "is not a Lean server"),
        ([send(200, b"\xff\xfe")], "is not a Lean server"),
        ([send(200, b"[" * 100_000)], "is not a Lean server"),
        ([send(200, {"results": [{"id": "somebody else's", "response": {}}]})], "is not a Lean server"),
        ([send(200, {"results": []})], "is not a Lean server"),
        ([send(429, {}, Retry_After="3600")], "HTTP status 429"),
    ],
)
def test_a_server_that_does_not_serve_is_missing_and_no_verdict(kimina, tmp_path, responses, said):
    kimina(*responses)
    with pytest.raises(Missing, match=said):
        run_check(tmp_path)
    assert not (tmp_path / "verdict.json").exists()


def test_a_busy_server_is_asked_again(kimina, tmp_path):
    server = kimina(send(429, {}, Retry_After="0"), send(503, {}), answer())
    result, _ = run_check(tmp_path)
    assert len(server.requests) == 3 and len(result.proofs) == 1


def test_a_server_that_stays_broken_is_given_up(kimina, tmp_path):
    server = kimina(send(500, {}))
    with pytest.raises(Missing, match="HTTP status 500"):
        run_check(tmp_path)
    assert len(server.requests) == 4


def _drip(handler, _request):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def _stall(_handler, _request):
    time.sleep(3)


@pytest.mark.parametrize("respond", [_drip, _stall])
def test_a_server_that_never_ends_is_left_in_time(kimina, respond):
    server = kimina(respond)
    start = time.monotonic()
    with pytest.raises(Missing, match="did not"):
        KiminaServer(server.url, grace_s=0.3).check("x", 0.5, lambda: False)
    assert time.monotonic() - start < 2.5


def test_nobody_at_the_address(monkeypatch, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url, said in (
        (f"http://user:pass@127.0.0.1:{port}", "cannot be reached"),
        ("ftp://localhost", "must start with http"),
        ("localhost:8000", "must start with http"),
        ("http://localhost:port", "LEAN_SERVER_API_URL is not an address"),
    ):
        monkeypatch.setenv("LEAN_SERVER_API_URL", url)
        with pytest.raises(Missing, match=said) as raised:
            run_check(tmp_path)
        assert "pass" not in str(raised.value)


# A program on this machine


def test_lean_on_the_path(lean, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret")
    monkeypatch.setenv("LEAN_SERVER_API_KEY", "very-secret")
    lean.says(axioms=STANDARD, extra=[("warning", 3, "[anonymous]", "unused variable `a`")])
    result, record = run_check(tmp_path)
    assert result.proofs[0].level == 3 and record["lean_version"] == "4.28.0"
    seen = lean.seen()
    assert seen["argv"][0] == "--json" and "very-secret" not in str(seen["environment"])
    assert not os.path.exists(seen["argv"][1])


def test_lake_in_a_project(monkeypatch, tmp_path):
    lake = FakeLean(tmp_path / "bin", name="lake")
    lake.says()
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.setenv("PATH", str(lake.folder))
    monkeypatch.setenv("ANSATZ_LEAN_PROJECT", str(project))
    result, _ = run_check(tmp_path, imports="mathlib")
    assert len(result.proofs) == 1
    seen = lake.seen()
    assert seen["argv"][:3] == ["env", "lean", "--json"] and seen["cwd"] == str(project)
    project.rmdir()
    with pytest.raises(Missing, match="not a folder"):
        run_check(tmp_path, imports="mathlib")


@pytest.mark.parametrize(
    ("plan", "verdict", "level"),
    [
        ({"extra": [("warning", 3, "hasSorry", "in words of a later version")]}, "compiled_only", 1),
        ({"axioms": "'add_comm'' depends on axioms: [propext,\n evil]"}, "compiled_only", 2),
        ({"version": None}, "compiled_only", 2),
        ({"axioms": None, "version": None}, "failed", 1),
        ({"extra": [("error", 4, "[anonymous]", "unsolved goals")], "status": 1}, "failed", 0),
        ({"status": 134, "stderr": "Stack overflow detected. Aborting."}, "unknown", 0),
        ({"raw": "forged or broken\n"}, "unknown", 0),
        ({"raw": "[" * 100_000}, "unknown", 0),
        ({"raw": "x" * (17 * 2**20)}, "unknown", 0),
    ],
)
def test_what_the_program_says_is_judged_in_the_same_way(lean, tmp_path, plan, verdict, level):
    lean.says(**plan)
    result, record = run_check(tmp_path)
    assert result.proofs == () and (record["verdict"], record["level"]) == (verdict, level)


def test_a_library_that_is_not_there_is_missing_and_no_failed_proof(lean, kimina, tmp_path):
    text = (
        "unknown module prefix 'Mathlib'\n\nNo directory 'Mathlib' or file 'Mathlib.olean' in the search path entries"
    )
    lean.says(axioms=None, version=None, extra=[("error", 1, "[anonymous]", text)], status=1)
    with pytest.raises(Missing, match="ANSATZ_LEAN_PROJECT"):
        run_check(tmp_path, imports="mathlib")
    kimina(answer(axioms=None, extra=[warning(text, severity="error")]))
    with pytest.raises(Missing, match="does not have Mathlib"):
        run_check(tmp_path, imports="mathlib")


def _is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_proof_that_hangs_is_ended_with_all_it_started(lean, tmp_path):
    lean.says(hang=True)
    result, record = run_check(tmp_path, timeout_s=1)
    assert result.proofs == () and record["verdict"] == "unknown" and "did not finish" in record["reasons"][0]
    deadline = time.monotonic() + 5
    while any(map(_is_alive, lean.seen("pids"))) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert [pid for pid in lean.seen("pids") if _is_alive(pid)] == []


def test_a_check_can_be_stopped(lean, tmp_path):
    lean.says(hang=True)
    with pytest.raises(Stopped):
        run_check(tmp_path, monitor=Monitor(should_stop=(lean.folder / "pids.json").exists))
    assert not (tmp_path / "verdict.json").exists()
