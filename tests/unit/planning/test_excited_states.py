"""Questions for gaps and excited states, read with the real tools."""

import pytest

from agent.planning import plan_by_rules, understand
from tools.registry import load_registry

REGISTRY = load_registry()
CHAIN = {"model": "heisenberg", "lattice": "chain"}
ISING = {"model": "tfim", "lattice": "chain"}


@pytest.mark.parametrize(
    ("question", "tool", "fields"),
    [
        ("What is the spin gap of the Heisenberg chain with 8 sites?", "nqs.excited_state",
         {**CHAIN, "excitation": "spin", "shape": (8,)}),
        ("8サイトのハイゼンベルク鎖のスピンギャップは？", "nqs.excited_state",
         {**CHAIN, "excitation": "spin", "shape": (8,)}),
        ("Energy gap of the transverse-field Ising chain, N=10, h=0.8", "nqs.excited_state",
         {**ISING, "field": 0.8, "shape": (10,)}),
        ("10サイトの横磁場イジング鎖、h=0.8のエネルギーギャップを求めて", "nqs.excited_state",
         {**ISING, "field": 0.8, "shape": (10,)}),
        ("First excited state of the Heisenberg chain with 12 sites", "nqs.excited_state", {**CHAIN, "shape": (12,)}),
        ("12サイトのハイゼンベルク鎖の第一励起状態のエネルギー", "nqs.excited_state", {**CHAIN, "shape": (12,)}),
        ("4x4ハイゼンベルク模型の励起エネルギー", "nqs.excited_state",
         {"model": "heisenberg", "lattice": "square", "shape": (4, 4)}),
        ("exact energy gap of the Heisenberg chain N=8", "nqs.exact", {**CHAIN, "n_levels": 2, "shape": (8,)}),
        ("8サイトのハイゼンベルク鎖のエネルギーギャップを厳密対角化で求めて", "nqs.exact",
         {**CHAIN, "n_levels": 2, "shape": (8,)}),
        ("the 5 lowest energies of the Heisenberg chain N=8, exactly", "nqs.exact",
         {**CHAIN, "n_levels": 5, "shape": (8,)}),
    ],
)  # fmt: skip
def test_gaps_and_excited_states_are_computed(question, tool, fields) -> None:
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert reading.refusal is None and not reading.missing
    assert [(step.tool, step.spec) for step in plan.steps] == [(tool, fields)]
    REGISTRY[tool].parse(plan.steps[0].spec)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("spin gap of the TFIM chain N=8", "no spin gap"),
        ("magnon dispersion of the Heisenberg chain N=8", "magnon dispersion"),
    ],
)
def test_what_has_no_gap_is_said(question, part) -> None:
    refusal = understand(question, REGISTRY).refusal
    assert refusal is not None and part in refusal.sentence


@pytest.mark.parametrize("question", ["What is an energy gap?", "スピンギャップとは何ですか"])
def test_what_a_gap_is_stands_in_the_library(question) -> None:
    plan = plan_by_rules(understand(question, REGISTRY), REGISTRY)
    assert [step.tool for step in plan.steps] == ["library.search"]
