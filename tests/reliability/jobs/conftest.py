import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from job_bench import HERE, ROOT, Bench, processes_naming


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The bench; no process that names its home may outlive the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("ANSATZ_TOOL_MODULES", "job_tools")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(HERE)]))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield Bench(home)
    deadline = time.monotonic() + 5  # a worker says it is done a moment before its interpreter has ended
    while (left := processes_naming(str(home))) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in left:
        process.kill()
    assert not left, f"left behind: {left}"
