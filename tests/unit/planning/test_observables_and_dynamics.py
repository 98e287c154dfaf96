"""What is said to the tools of observables and of time evolution, in both languages."""

import pytest

from agent.planning import plan_by_rules, understand
from tools.registry import load_registry

REGISTRY = load_registry()
OBSERVE, EVOLVE = "nqs.observables", "nqs.dynamics"
CHAIN = {"model": "heisenberg", "lattice": "chain"}
SQUARE = {"model": "heisenberg", "lattice": "square", "shape": (4, 4)}
ISING = {"model": "tfim", "lattice": "chain", "shape": (8,)}

SAID = [
    ("Structure factor of the 4x4 Heisenberg antiferromagnet", OBSERVE, {**SQUARE, "observables": "structure_factor"}),
    ("4×4正方格子ハイゼンベルク反強磁性体の構造因子は？", OBSERVE, {**SQUARE, "observables": "structure_factor"}),
    ("staggered magnetization of the 4x4 heisenberg model", OBSERVE,
     {**SQUARE, "observables": "staggered_magnetisation"}),
    ("4x4ハイゼンベルクの交替磁化", OBSERVE, {**SQUARE, "observables": "staggered_magnetisation"}),
    ("spin correlations of the 16-site heisenberg chain", OBSERVE,
     {**CHAIN, "shape": (16,), "observables": "correlations"}),
    ("16サイトのハイゼンベルク鎖の相関関数を計算して", OBSERVE,
     {**CHAIN, "shape": (16,), "observables": "correlations"}),
    ("What is the Rényi-2 entanglement entropy of the TFIM chain with N=8 at h=1?", OBSERVE,
     {**ISING, "field": 1.0, "observables": "entanglement"}),
    ("N=8、h=1の横磁場イジング鎖のレニーエントロピー", OBSERVE, {**ISING, "field": 1.0, "observables": "entanglement"}),
    ("zero-variance extrapolation of the energy, heisenberg 4x4", OBSERVE, {**SQUARE, "observables": "extrapolation"}),
    ("energy of the 4x4 heisenberg model after a Lanczos step", OBSERVE, {**SQUARE, "observables": "lanczos"}),
    ("4x4ハイゼンベルク模型のランチョス・ステップ後のエネルギー", OBSERVE, {**SQUARE, "observables": "lanczos"}),
    ("quench the tfim chain N=8 from h=0.5 to h=2 up to t=1", EVOLVE,
     {**ISING, "initial_field": 0.5, "field": 2.0, "total_time": 1.0}),
    ("quench of the TFIM chain N=8, h from 0.5 to 2", EVOLVE, {**ISING, "initial_field": 0.5, "field": 2.0}),
    ("quench from h=0.5 to 2, TFIM chain N=8", EVOLVE, {**ISING, "initial_field": 0.5, "field": 2.0}),
    ("横磁場イジング鎖 N=8 を h=0.5 から h=1.5 へクエンチしたときの時間発展", EVOLVE,
     {**ISING, "initial_field": 0.5, "field": 1.5}),
    ("N=8の横磁場イジング鎖で横磁場を0.5から2へクエンチ", EVOLVE, {**ISING, "initial_field": 0.5, "field": 2.0}),
    ("Real-time dynamics of the Heisenberg chain with 8 sites from the Néel state", EVOLVE,
     {**CHAIN, "shape": (8,), "initial": "neel"}),
    ("8サイトのハイゼンベルク鎖のネール状態からの時間発展", EVOLVE, {**CHAIN, "shape": (8,), "initial": "neel"}),
    ("quench dynamics of the J1-J2 chain with 8 sites, J2 from 0 to 0.5", EVOLVE,
     {"model": "j1j2", "lattice": "chain", "shape": (8,), "initial_j2": 0.0, "j2": 0.5}),
    ("Quench the TFIM chain N=8 from h=0.5 to h=1: what is the transverse magnetisation after time t=0.5?", EVOLVE,
     {**ISING, "initial_field": 0.5, "field": 1.0, "total_time": 0.5, "observables": "magnetisation"}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "tool", "spec"), SAID)
def test_one_call_with_what_was_said(question: str, tool: str, spec: dict) -> None:
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert reading.refusal is None and not reading.missing, reading
    assert [(step.tool, step.spec) for step in plan.steps] == [(tool, spec)]
    REGISTRY[tool].parse(spec)


def test_two_values_that_are_no_change_are_two_calls() -> None:
    plan = plan_by_rules(understand("real-time dynamics of the TFIM chain N=8 for h=0.5 and h=1", REGISTRY), REGISTRY)
    assert [step.spec["field"] for step in plan.steps] == [0.5, 1.0]
    plan = plan_by_rules(understand("exact energy of the TFIM chain N=8, h from 0.5 to 1 in steps of 0.25", REGISTRY),
                         REGISTRY)  # fmt: skip
    assert [(step.tool, step.spec["field"]) for step in plan.steps] == [("nqs.exact", h) for h in (0.5, 0.75, 1.0)]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("magnetisation of the Heisenberg chain N=16", "ask for the staggered magnetisation"),
        ("N=16のハイゼンベルク鎖の磁化", "交替磁化を指定"),
        ("staggered magnetisation of the 3x4 heisenberg model", "nothing is staggered"),
        ("correlation length of the heisenberg chain N=16", "No tool here computes this"),
        ("von Neumann entropy of the 16-site Heisenberg chain", "No tool here computes this"),
        ("entanglement entropy after a quench of the TFIM chain N=8 from h=0.5 to h=1", "only correlations"),
    ],
)
def test_what_is_not_computed_is_refused_and_not_taken_for_something_else(question: str, part: str) -> None:
    reading = understand(question, REGISTRY)
    assert reading.refusal is not None and part in reading.refusal.sentence


@pytest.mark.parametrize("question", ["What is a quantum quench?", "Why is the structure factor peaked at (pi,pi)?"])
def test_a_question_about_a_word_goes_to_the_library(question: str) -> None:
    assert understand(question, REGISTRY).intent == "ask"
