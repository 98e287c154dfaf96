"""The same tool with the real Lean; skipped where there is none."""

import os

import pytest

from tests.lean_stubs import run_check
from tools.proof import check

_NAMES = ("LEAN_SERVER_API_URL", "LEAN_SERVER_API_KEY", "ANSATZ_LEAN_PROJECT")
_SET = {name: os.environ[name] for name in _NAMES if name in os.environ}
pytestmark = pytest.mark.skipif(check.why_unavailable() is not None, reason=f"{check.why_unavailable()}")


@pytest.fixture(autouse=True)
def _lean_of_this_machine(monkeypatch):
    for name, value in _SET.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("statement", "proof", "verdict"),
    [
        ("theorem add_comm' (a b : Nat) : a + b = b + a", "by omega", "verified"),
        ("theorem one (n : Nat) (h : 0 < n) : n ≠ 0", "by\n  intro e\n  -- a remark\n  omega", "verified"),
        ("theorem em' (p : Prop) : p ∨ ¬p", "Classical.em p", "verified"),
        ("theorem two : 1 + 1 = 3", "by omega", "failed"),
        ("theorem three : 1 + 1 = 3", "by sorry", "compiled_only"),
        ("theorem four : 2 ^ 10 = 1024", "by native_decide", "compiled_only"),
        ("theorem five : Undefined = 3", "rfl", "failed"),
    ],
)
def test_lean_agrees(tmp_path, statement, proof, verdict):
    _, record = run_check(tmp_path, proof=proof, statement=statement)
    assert record["verdict"] == verdict, record
