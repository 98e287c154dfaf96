"""What the README shows works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def ansatz(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from agent.interfaces.cli import main; main()", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=120, cwd=ROOT
    )


def test_the_engine_snippet_runs() -> None:
    snippet = next(block for block in BLOCKS if "GroundStateSpec" in block)
    done = subprocess.run([sys.executable, "-c", snippet], capture_output=True, text=True, timeout=120, cwd=ROOT)
    value, error = map(float, done.stdout.split())
    assert abs(value + 0.4563866) < 1e-3 and 0 < error < 1e-3


@pytest.fixture
def own_tool(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "my_tools.py").write_text(next(block for block in BLOCKS if "PendulumSpec" in block))
    return {"ANSATZ_TOOL_MODULES": "my_tools", "PYTHONPATH": f"{tmp_path}:{ROOT}"}


def test_the_new_tool_runs_from_the_command_line(own_tool: dict[str, str]) -> None:
    done = ansatz("run", "mechanics.pendulum", "--length", "1", **own_tool)
    assert done.returncode == 0, done.stderr
    assert "2.0064" in done.stdout


@pytest.mark.parametrize("question", ["period of a pendulum of length 1 m", "長さ1 mの振り子の周期は？"])
def test_the_new_tool_can_be_asked_for(own_tool: dict[str, str], question: str) -> None:
    done = ansatz("ask", question, **own_tool)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2.0064" in done.stdout


def test_a_warning_with_a_number_is_shown_whole(own_tool: dict[str, str], tmp_path: Path) -> None:
    code = (tmp_path / "my_tools.py").read_text()
    (tmp_path / "my_tools.py").write_text(
        code.replace('exactness="exact",', 'exactness="exact", flags=("only below 23.5 degrees",),')
    )
    done = ansatz("ask", "period of a pendulum of length 1 m", **own_tool)
    assert "Caution on" in done.stdout and "only below 23.5 degrees" in " ".join(done.stdout.split())
    assert "⟨" not in done.stdout
