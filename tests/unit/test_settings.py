"""Settings: where they come from, what they refuse, and what they keep to themselves."""

import os
import subprocess
import sys

import pytest

from agent.settings import Threshold, load_settings, unknown_environment
from tools import Cost
from tools.errors import BadInput


def test_an_empty_variable_is_no_setting(monkeypatch) -> None:
    monkeypatch.setenv("ANSATZ_HOME", "")
    monkeypatch.setenv("ANSATZ_MAX_STEPS", "")
    assert load_settings().home.is_absolute() and load_settings().max_steps == 8


def test_environment_then_overrides(monkeypatch, tmp_path):
    monkeypatch.setenv("ANSATZ_MODEL", "from-environment")
    monkeypatch.setenv("ANSATZ_MAX_STEPS", "3")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    settings = load_settings(max_steps=5, home=tmp_path)
    assert (settings.model, settings.max_steps, settings.home) == ("from-environment", 5, tmp_path)
    assert settings.base_url == "http://localhost:8000/v1" and settings.api_key is None


def test_env_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ANSATZ_ENV_FILE")
    (tmp_path / ".env").write_text("ANSATZ_MODEL=in-file\nANSATZ_SEED=4\nOPENAI_API_KEY=sk-file\nOTHER_PROGRAM=1\n")
    monkeypatch.setenv("ANSATZ_SEED", "5")
    settings = load_settings()
    assert (settings.model, settings.seed, settings.api_key.get_secret_value()) == ("in-file", 5, "sk-file")
    (tmp_path / ".env").write_text("ANSATZ_MODLE=x\n")
    with pytest.raises(BadInput, match=r"ANSATZ_MODLE; did you mean ANSATZ_MODEL\?"):
        load_settings()
    (tmp_path / ".env").write_bytes(b"ANSATZ_MODEL=\xff\xfe\n")
    with pytest.raises(BadInput, match="cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ("60", Threshold(seconds=60)),
        ("seconds=5, gpu_seconds=10", Threshold(seconds=5, gpu_seconds=10)),
        ("price=0.5,seconds=none", Threshold(seconds=None, price=0.5)),
        ("none", Threshold(seconds=None, gpu_seconds=None, price=None)),
    ],
)
def test_approve_above(monkeypatch, text, threshold):
    monkeypatch.setenv("ANSATZ_APPROVE_ABOVE", text)
    assert load_settings().approve_above == threshold


def test_what_needs_approval():
    threshold = Threshold(seconds=60, gpu_seconds=None, price=0)
    assert not threshold.exceeded_by(Cost(seconds=60, gpu_seconds=1e6))
    assert threshold.exceeded_by(Cost(seconds=61))
    assert threshold.exceeded_by(Cost(seconds=1), price=0.01)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANSATZ_LLM", "gpt"),
        ("ANSATZ_MAX_STEPS", "100"),
        ("ANSATZ_APPROVE_ABOVE", "minutes=1"),
        ("ANSATZ_APPROVE_ABOVE", "nan"),
        ("ANSATZ_APPROVE_ABOVE", "-1"),
        ("ANSATZ_REQUEST_TIMEOUT", "inf"),
        ("ANSATZ_DEVICE", "tpu"),
        ("ANSATZ_SEED", "1.5"),
    ],
)
def test_bad_values_give_one_sentence(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name) as caught:
        load_settings()
    assert "\n" not in str(caught.value) and caught.value.__cause__ is None


def test_misspelt_names(monkeypatch):
    with pytest.raises(BadInput, match="did you mean model"):
        load_settings(modle="x")
    monkeypatch.setenv("ANSATZ_MODLE", "x")
    assert unknown_environment() == ("ANSATZ_MODLE; did you mean ANSATZ_MODEL?",)


def test_secrets_stay_secret(monkeypatch):
    settings = load_settings(api_key="sk-secret", base_url="http://me:pass@host/v1?token=abc")
    for text in (repr(settings), str(settings.for_the_record())):
        assert "sk-secret" not in text
    assert settings.for_the_record()["base_url"] == "http://host/v1"
    assert "api_key" not in settings.for_the_record()
    monkeypatch.setenv("ANSATZ_SEED", "sk-pasted-in-the-wrong-place")
    with pytest.raises(BadInput) as caught:
        load_settings()
    assert "sk-pasted" not in str(caught.value)


def test_every_setting_is_described():
    fields = type(load_settings()).model_fields
    assert [name for name, field in fields.items() if not field.description] == []


def test_light_imports():
    """Settings, the protocol and the choice of a model leave the heavy packages alone."""
    heavy = "{'torch', 'transformers', 'openai', 'numpy', 'langgraph', 'llguidance', 'httpx2'}"
    code = (
        "import sys; from agent.llm import choose_model, write_answer; from agent.settings import load_settings;"
        "from agent.planning import by_model;"
        f"assert choose_model(load_settings()) is None; print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout.strip() == "set()"
