"""Shared by all tests: no test can reach a real model, none sees the settings or files of whoever runs it."""

import os

# For this process before anything of ours is imported, and for every child it starts.
os.environ["ANSATZ_MODEL_REQUESTS"] = "loopback"
os.environ["HF_HUB_OFFLINE"] = "1"
# The tests themselves run side by side; threads of each would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

import agent.llm
from tests.loopback import LoopbackServer

_OWN_SWITCHES = ("ANSATZ_MODEL_REQUESTS",)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path_factory):
    """Settings at their defaults, a home of the test's own, no .env file, and the switch off."""
    for name in list(os.environ):
        if name.startswith(("ANSATZ_", "OPENAI_")) and name not in _OWN_SWITCHES:
            monkeypatch.delenv(name)
    folder = tmp_path_factory.mktemp("ansatz")
    monkeypatch.setenv("ANSATZ_HOME", str(folder / "home"))
    monkeypatch.setenv("ANSATZ_ENV_FILE", str(folder / "absent.env"))
    monkeypatch.setattr(agent.llm, "ALLOW_MODEL_REQUESTS", False)


@pytest.fixture
def loopback():
    """A function that starts scripted model servers (see tests/loopback.py) and closes them afterwards."""
    servers = []

    def start(script, **options):
        servers.append(LoopbackServer(script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
