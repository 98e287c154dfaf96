"""Questions for DMRG, comparisons and imaginary time, read with the real tools."""

import pytest

from agent.planning import plan_by_rules, understand
from tools.registry import load_registry

REGISTRY = load_registry()
CHAIN = {"model": "heisenberg", "lattice": "chain"}
SQUARE = {"model": "heisenberg", "lattice": "square", "shape": (4, 4)}
ISING = {"model": "tfim", "lattice": "chain"}
DMRG, COMPARE, DEEP = "nqs.dmrg", "nqs.compare_ansatze", "nqs.deep_boltzmann"


@pytest.mark.parametrize(
    ("question", "tool", "fields"),
    [
        ("DMRG ground-state energy of the open Heisenberg chain with 32 sites", DMRG,
         {**CHAIN, "boundary": "open", "shape": (32,)}),
        ("開放端の32サイトのハイゼンベルク鎖の基底エネルギーをDMRGで求めて", DMRG,
         {**CHAIN, "boundary": "open", "shape": (32,)}),
        ("4×4ハイゼンベルク模型のエネルギーをボンド次元128のDMRGで", DMRG, {**SQUARE, "bond_dimension": 128}),
        ("dmrg heisenberg chain 40 obc chi=100", DMRG,
         {**CHAIN, "boundary": "open", "bond_dimension": 100, "shape": (40,)}),
        ("ground state energy of TFIM chain N=16 h=1 with MPS", DMRG, {**ISING, "field": 1.0, "shape": (16,)}),
        ("N=32、h=1の横磁場イジング鎖の行列積状態", DMRG, {**ISING, "field": 1.0, "shape": (32,)}),
        ("compare RBM and MPS for the 16-site Heisenberg chain", COMPARE,
         {**CHAIN, "ansatze": ("default_rbm", "mps"), "shape": (16,)}),
        ("16サイトのハイゼンベルク鎖でRBMとMPSを比べて", COMPARE,
         {**CHAIN, "ansatze": ("default_rbm", "mps"), "shape": (16,)}),
        ("RBM vs DMRG heisenberg chain 20 obc", COMPARE,
         {**CHAIN, "boundary": "open", "ansatze": ("default_rbm", "mps"), "shape": (20,)}),
        ("Compare the complex RBM, the symmetric RBM and MPS on the 4x4 Heisenberg model", COMPARE,
         {**SQUARE, "ansatze": ("rbm_complex", "rbm_symmetric", "mps")}),
        ("Compare ansätze for the 4x4 Heisenberg model", COMPARE, SQUARE),
        ("4x4ハイゼンベルク模型でアンザッツを比較して", COMPARE, SQUARE),
        ("Ground-state energy of the 4x4 Heisenberg model from a deep Boltzmann machine", DEEP, SQUARE),
        ("虚時間から作る深層ボルツマンマシンで4×4ハイゼンベルク模型の基底エネルギーを求めて", DEEP, SQUARE),
        ("Imaginary-time evolution of the transverse-field Ising chain, N=12, h=1, tau=4", DEEP,
         {**ISING, "field": 1.0, "tau": 4.0, "shape": (12,)}),
        # One method alone stays with its own tool.
        ("RBM energy of the Heisenberg chain N=8", "nqs.ground_state", {**CHAIN, "shape": (8,)}),
        ("complex RBM energy of the Heisenberg chain N=8", "nqs.ground_state",
         {**CHAIN, "ansatz": "rbm_complex", "shape": (8,)}),
    ],
)  # fmt: skip
def test_methods_lead_to_their_tools(question, tool, fields) -> None:
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert reading.refusal is None and not reading.missing, reading
    assert [(step.tool, step.spec) for step in plan.steps] == [(tool, fields)]
    REGISTRY[tool].parse(plan.steps[0].spec)


def test_a_network_is_compared_with_exact_diagonalisation_by_both_tools() -> None:
    reading = understand("compare RBM with exact diagonalisation for the Heisenberg chain N=8", REGISTRY)
    steps = plan_by_rules(reading, REGISTRY).steps
    assert [step.tool for step in steps] == ["nqs.ground_state", "nqs.exact"]


@pytest.mark.parametrize("question", ["What is DMRG?", "行列積状態とは何ですか", "Explain imaginary-time evolution."])
def test_questions_about_the_methods_go_to_the_library(question) -> None:
    assert [step.tool for step in plan_by_rules(understand(question, REGISTRY), REGISTRY).steps] == ["library.search"]
