"""What a question names besides model and size: clusters, methods, several quantities, momenta, files."""

import pytest

from agent.planning import plan_by_rules, understand
from physics_engines.nqs.spec import GroundStateSpec
from tools.registry import load_registry

REGISTRY = load_registry()
EXACT, GROUND, EXCITED = "nqs.exact", "nqs.ground_state", "nqs.excited_state"
OBSERVE, EVOLVE, COMPARE, DMRG = "nqs.observables", "nqs.dynamics", "nqs.compare_ansatze", "nqs.dmrg"
CHAIN = {"model": "heisenberg", "lattice": "chain"}
SQUARE = {"model": "heisenberg", "lattice": "square", "shape": (4, 4)}
DIMER = {"model": "hubbard", "lattice": "chain", "shape": (2,)}
ISING = {"model": "tfim", "lattice": "chain"}
XXZ = {"model": "xxz", "lattice": "chain"}

SAID = [
    # Clusters have a size.
    ("What is the ground-state energy of the Hubbard dimer at U = 4?", GROUND, {**DIMER, "interaction": 4.0}),
    ("ハバードダイマーのU=8tでの基底エネルギーは？", GROUND, {**DIMER, "interaction": 8.0}),
    ("Ground state energy of the Heisenberg trimer by exact diagonalisation", EXACT, {**CHAIN, "shape": (3,)}),
    ("三量体のハイゼンベルク模型の厳密な基底エネルギー", EXACT, {**CHAIN, "shape": (3,)}),
    ("Heisenberg plaquette: exact ground state energy", EXACT, {**SQUARE, "shape": (2, 2)}),
    ("ハイゼンベルクのプラケットの厳密なエネルギー", EXACT, {**SQUARE, "shape": (2, 2)}),
    ("Exact ground-state energy of the 4-site Hubbard ring at U/t=8", EXACT,
     {**DIMER, "shape": (4,), "boundary": "periodic", "interaction": 8.0}),
    ("4サイトリングのハバード模型、U=8の厳密な基底エネルギー", EXACT,
     {**DIMER, "shape": (4,), "boundary": "periodic", "interaction": 8.0}),
    ("12-site triangular Heisenberg model, 3x4: exact energy", EXACT,
     {**SQUARE, "lattice": "triangular", "shape": (3, 4)}),
    # What is asked for decides between the tools a method word speaks for.
    ("Estimate the spin gap of the 10-site Heisenberg chain variationally", EXCITED,
     {**CHAIN, "excitation": "spin", "shape": (10,)}),
    ("12サイトのハイゼンベルク鎖のスピンギャップを変分で見積もって", EXCITED,
     {**CHAIN, "excitation": "spin", "shape": (12,)}),
    ("Energy gap of the 10-site XXZ chain at Delta=2 with neural quantum states", EXCITED,
     {**XXZ, "delta": 2.0, "shape": (10,)}),
    ("Exact spin gap of the 8-site Heisenberg chain", EXACT, {**CHAIN, "n_levels": 8, "shape": (8,)}),
    ("8サイトのハイゼンベルク鎖のスピンギャップを厳密に求めて", EXACT, {**CHAIN, "n_levels": 8, "shape": (8,)}),
    ("Fidelity of an RBM with alpha=2 on the 12-site Heisenberg chain", OBSERVE,
     {**CHAIN, "alpha": 2, "observables": "fidelity", "shape": (12,)}),
    ("4x4ハイゼンベルク模型、Jastrow波動関数の忠実度", OBSERVE,
     {**SQUARE, "ansatz": "jastrow", "observables": "fidelity"}),
    ("V-score of a CNN on the 4x4 Heisenberg antiferromagnet", GROUND, {**SQUARE, "ansatz": "cnn"}),
    ("ResNet with 2 blocks and 8 features on the 4x4 Heisenberg model", GROUND,
     {**SQUARE, "ansatz": "resnet", "n_features": 8, "n_layers": 2}),
    ("3層のViT、4ヘッドで4x4のハイゼンベルク模型", GROUND, {**SQUARE, "ansatz": "vit", "n_layers": 3, "n_heads": 4}),
    ("Use a restricted Boltzmann machine to estimate the ground-state energy of the 4x4 Heisenberg model", GROUND,
     SQUARE),
    ("制限ボルツマンマシンで4×4ハイゼンベルク模型の基底エネルギーを見積もって", GROUND, SQUARE),
    ("Compare all ansätze on the 4x4 Heisenberg model", COMPARE, SQUARE),
    # Several observables are measured in one run.
    ("Structure factor and staggered magnetisation of the 4x4 Heisenberg antiferromagnet", OBSERVE,
     {**SQUARE, "observables": ("structure_factor", "staggered_magnetisation")}),
    ("4x4ハイゼンベルク反強磁性体の構造因子と交替磁化を計算して", OBSERVE,
     {**SQUARE, "observables": ("structure_factor", "staggered_magnetisation")}),
    ("Energy and structure factor of the 4x4 Heisenberg antiferromagnet", OBSERVE,
     {**SQUARE, "observables": "structure_factor"}),
    ("Renyi entropy of the 4-site block in the 10-site Heisenberg chain", OBSERVE,
     {**CHAIN, "observables": "entanglement", "block_size": 4, "shape": (10,)}),
    ("10サイトのハイゼンベルク鎖で4サイトのブロックのレニーエントロピー", OBSERVE,
     {**CHAIN, "observables": "entanglement", "block_size": 4, "shape": (10,)}),
    # Numbers go to the name they stand with.
    ("ボンド次元64、40サイトの開放端ハイゼンベルク鎖のDMRGエネルギー", DMRG,
     {**CHAIN, "boundary": "open", "bond_dimension": 64, "shape": (40,)}),
    ("6サイトのハバード鎖、上向き電子2個、下向き電子2個、U=4の厳密な基底エネルギー", EXACT,
     {**DIMER, "shape": (6,), "interaction": 4.0, "particles_up": 2, "particles_down": 2}),
    ("10サイトt-V鎖、粒子数4、V/t=0.5の厳密なエネルギー", EXACT,
     {**DIMER, "model": "tv", "shape": (10,), "interaction": 0.5, "particles_up": 4}),
    ("10-site t-V chain with 4 particles, V/t=0.5, exact energy", EXACT,
     {**DIMER, "model": "tv", "shape": (10,), "interaction": 0.5, "particles_up": 4}),
    ("XXZ鎖8サイトでΔを0から2へクエンチしたときの交替磁化の時間変化", EVOLVE,
     {**XXZ, "delta": 2.0, "initial_delta": 0.0, "observables": "staggered_magnetisation", "shape": (8,)}),
    ("Quench the XXZ chain with 8 sites, Delta from 0 to 2", EVOLVE,
     {**XXZ, "delta": 2.0, "initial_delta": 0.0, "shape": (8,)}),
    ("4x4ハイゼンベルク模型の基底エネルギーをレプリカ交換サンプリングで", GROUND,
     {**SQUARE, "sampler": "parallel_tempering"}),
    ("RBM energy of the 4x4 Heisenberg model by exact summation", GROUND, {**SQUARE, "sampler": "exact"}),
    ("Deep Boltzmann machine energy of the 4x4 Heisenberg model with first-order Trotter", "nqs.deep_boltzmann",
     {**SQUARE, "trotter_order": 1}),
    # Momenta in units of π.
    ("運動量πの8サイトハイゼンベルク鎖の最低エネルギー", GROUND, {**CHAIN, "momentum": ("π",), "shape": (8,)}),
    ("excited state with momentum (pi, 0) of the 4x4 Heisenberg model", EXCITED, {**SQUARE, "momentum": ("pi", "0")}),
    ("Energy of the lowest state with momentum 1 in the 8-site Heisenberg chain", GROUND,
     {**CHAIN, "momentum": (1,), "shape": (8,)}),
    # Names of files.
    ("Evaluate the Carleo-Troyer file Ground/Heisenberg1d_40_1_1.wf on the 40-site Heisenberg chain", "nqs.evaluate",
     {**CHAIN, "shape": (40,), "state": "Ground/Heisenberg1d_40_1_1.wf"}),
    ("ファイル Ground/Ising1d_80_1_1.wf を80サイトの横磁場イジング鎖h=1で評価して", "nqs.evaluate",
     {**ISING, "shape": (80,), "field": 1.0, "state": "Ground/Ising1d_80_1_1.wf"}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "tool", "spec"), SAID)
def test_one_call_with_what_was_said(question: str, tool: str, spec: dict) -> None:
    reading = understand(question, REGISTRY)
    plan = plan_by_rules(reading, REGISTRY)
    assert reading.refusal is None and not reading.missing, reading
    assert [(step.tool, step.spec) for step in plan.steps] == [(tool, spec)]
    REGISTRY[tool].parse(spec)
    assert all("left out" not in note and "使わないため" not in note for note in reading.ambiguities)


@pytest.mark.parametrize(
    ("question", "tools"),
    [
        ("Energy gap and transverse magnetisation of the 12-site TFIM chain at h=0.5", [EXCITED, OBSERVE]),
        ("12サイトのTFIM鎖（h=0.5）のエネルギーギャップと横磁化", [EXCITED, OBSERVE]),
        ("exact and variational energy of the Heisenberg chain N=8", [GROUND, EXACT]),
        ("8サイトのハイゼンベルク鎖の厳密なエネルギーと変分エネルギー", [GROUND, EXACT]),
    ],
)
def test_what_one_tool_leaves_out_another_computes(question: str, tools: list[str]) -> None:
    assert [step.tool for step in plan_by_rules(understand(question, REGISTRY), REGISTRY).steps] == tools


@pytest.mark.parametrize(
    ("question", "code", "part"),
    [
        ("DMRG gap of the Heisenberg chain with 16 sites", "not_by_this", "What does: variational excited state"),
        ("DMRGで16サイトのハイゼンベルク鎖の構造因子", "not_by_this", "変分基底状態の観測量"),
        ("exact energy of the Heisenberg chain N=8 in the odd spin-flip sector", "not_by_this", "odd spin-flip"),
        ("Hubbard chain of 6 sites with 4 particles, U=4, exact energy", "unclear_with", "number of up electrons"),
        ("ハバード鎖6サイト、粒子数4、U=4の厳密なエネルギー", "unclear_with", "上向き電子数"),
        ("Hubbard 4x2 ground-state energy at U = 8 with a pfaffian", None, "a network that is not offered"),
        ("couplings.csv の結合の表の基底エネルギーを厳密対角化で", "unknown_system", "--couplings"),
    ],
)
def test_what_a_method_does_not_give_is_said(question: str, code: str | None, part: str) -> None:
    reading = understand(question, REGISTRY)
    if code is None:
        assert any(part in note for note in reading.ambiguities)
    else:
        assert reading.refusal is not None and reading.refusal.code == code and part in reading.refusal.sentence


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Ground-state energy of the Hubbard chain N=6 at U=4", ["U/t = 4", "t = 1"]),
        ("6サイトのハバード鎖、U=4の基底エネルギー", ["U/t = 4", "t = 1"]),
        ("t-V chain with 8 sites, V=2: energy", ["V/t = 2", "t = 1"]),
        ("8サイトのt-V鎖、V=2のエネルギー", ["V/t = 2", "t = 1"]),
        ("J1-J2 chain with 8 sites, J2=0.4: energy", ["J2/J1 = 0.4", "J1 = 1"]),
    ],
)
def test_couplings_go_by_the_names_of_their_model(question: str, words: list[str]) -> None:
    summary = understand(question, REGISTRY).summary
    assert all(word in summary for word in words) and " J = 1" not in summary and "U/t or V/t" not in summary


@pytest.mark.parametrize(
    "question",
    [
        "How does the energy of the TFIM chain with 10 sites vary from h=0.5 to h=1.5 in steps of 0.5?",
        "10サイトのTFIM鎖のエネルギーはh=0.5からh=1.5まで0.5刻みでどう変わる？",
    ],
)
def test_how_a_number_varies_over_a_range_is_computed(question: str) -> None:
    steps = plan_by_rules(understand(question, REGISTRY), REGISTRY).steps
    assert [(step.tool, step.spec["field"]) for step in steps] == [(GROUND, h) for h in (0.5, 1.0, 1.5)]


def test_file_is_asked_for_where_none_is_named() -> None:
    reading = understand("Evaluate a Carleo-Troyer file on the 10x10 Heisenberg model", REGISTRY)
    assert [item.field for item in reading.missing] == ["state"]


def test_the_ansatz_of_a_file_is_not_assumed() -> None:
    assert "RBM" not in understand("Evaluate old.wf on the 40-site Heisenberg chain", REGISTRY).summary


@pytest.mark.parametrize(
    ("said", "shape", "momentum"),
    [("π", (8,), (4,)), ("-pi/2", (8,), (-2,)), (("π", "0"), (4, 4), (2, 0)), ("0", (4, 4), (0, 0)), (3, (8,), (3,))],
)
def test_momenta_in_multiples_of_pi_are_integers_of_the_lattice(said: object, shape: tuple, momentum: tuple) -> None:
    lattice = "chain" if len(shape) == 1 else "square"
    assert GroundStateSpec(lattice=lattice, shape=shape, momentum=said).momentum == momentum


def test_momentum_that_the_lattice_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="π/3 is none of the momenta"):
        GroundStateSpec(lattice="chain", shape=(8,), momentum="π/3")
