"""Observables of a variational state: full sums against matrices, samples against full sums, whole runs against ED."""

import json
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from physics_engines.errors import InvalidInput
from physics_engines.nqs import ExactSpec, GroundStateSpec, exact_ground_state
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.exact import basis_states, sector_states
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.observables import (
    VariationalState,
    correlations,
    exact_correlations,
    exact_magnetisations,
    exact_renyi_entropy,
    fidelity,
    ground_state_observables,
    lanczos_step,
    magnetisations,
    renyi_entropy,
    staggered_magnetisation,
    structure_factor,
    zero_variance_energy,
)
from physics_engines.nqs.observables.ensemble import amplitudes_of, enumerated, sampled
from physics_engines.nqs.observables.extrapolation import ground_state_spec, stages_of
from physics_engines.nqs.observables.lanczos import Point
from physics_engines.nqs.run import project
from physics_engines.nqs.spec import ObservablesSpec
from physics_engines.progress import Monitor, Progress
from physics_engines.text import Text
from tools import ToolContext
from tools.errors import BadInput
from tools.nqs import ground_state, observables

PAULI = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
STATES = [
    {"lattice": "chain", "shape": 6},
    {"lattice": "chain", "shape": 6, "boundary": "open"},
    {"lattice": "square", "shape": "2x3", "boundary": "open", "model": "j1j2"},
    {"lattice": "square", "shape": "2x3", "ansatz": "rbm_complex"},
    {"lattice": "chain", "shape": 6, "model": "tfim"},
    {"lattice": "square", "shape": "2x3", "model": "tfim", "ansatz": "rbm_complex"},
    {"lattice": "triangular", "shape": "2x3", "ansatz": "rbm_complex"},
    {"lattice": "honeycomb", "shape": "2x2"},
    {"lattice": "honeycomb", "shape": "2x2", "boundary": "open", "model": "xxz", "delta": 0.3, "total_sz": 1},
    {"lattice": "chain", "shape": 7, "model": "xxz", "delta": -0.5, "exchange": "ferromagnetic"},
    {"model": "couplings", "couplings": [[0, 1, 1.0], [1, 2, -0.5], [2, 3, 0.7, 0.1], [3, 4, 1.0], [4, 0, 0.3]],
     "ansatz": "rbm_complex"},
    {"lattice": "chain", "shape": 6, "ansatz": "cnn", "n_features": 4, "alpha": 0},
    {"lattice": "chain", "shape": 6, "ansatz": "jastrow", "alpha": 0},
    {"lattice": "square", "shape": "2x4", "ansatz": "rbm_complex", "momentum": (0, 0), "irrep": "A1"},
]  # fmt: skip


def random_state(fields: dict, scale: float = 4.0, seed: int = 3) -> VariationalState:
    spec = GroundStateSpec(**{"alpha": 2, **fields})
    hamiltonian = build_hamiltonian(spec)
    ansatz = project(build_ansatz(spec), spec, hamiltonian)
    parameters = scale * ansatz.initial_parameters(np.random.default_rng(seed))
    return VariationalState(ansatz, parameters, hamiltonian)


def spin(site: int, axis: int, n_sites: int) -> np.ndarray:
    """sigma of one site on all 2^N states; site i is bit i, up is a set bit."""
    factors = [np.eye(2)] * n_sites
    # Kronecker products number states with the last factor as lowest bit, and with up first.
    factors[n_sites - 1 - site] = PAULI[axis][::-1, ::-1]
    return reduce(np.kron, factors)


def full_vector(state: VariationalState) -> np.ndarray:
    """The state in the unrotated basis of all 2^N states."""
    h = state.hamiltonian
    configurations, psi = amplitudes_of(state)
    if h.rotation is not None:
        down_on_b = ((configurations < 0) & (h.rotation < 0)).sum(axis=1)
        psi = psi * (-1.0) ** down_on_b
    vector = np.zeros(2**h.n_sites, dtype=complex)
    vector[sector_states(h)] = psi
    return vector


@pytest.mark.parametrize("fields", STATES, ids=lambda f: "-".join(map(str, f.values())))
def test_full_sums_equal_expectation_values_of_matrices(fields: dict) -> None:
    state = random_state(fields)
    h, n = state.hamiltonian, state.hamiltonian.n_sites
    ensemble, vector = enumerated(state), full_vector(state)
    found = correlations(state, ensemble)
    moved = [[spin(i, axis, n) @ vector for i in range(n)] for axis in range(3)]
    table = np.array([[[np.vdot(a, b).real for b in row] for a in row] for row in moved])
    if h.conserves_magnetisation:
        table = table / 4
    expected = table[2] if not h.conserves_magnetisation else table.sum(axis=0)
    for index, pairs in enumerate(found.displacements.pairs[1:], start=1):
        assert found.main.values[index] == pytest.approx(expected[tuple(pairs.T)].mean(), abs=1e-13)
        assert found.longitudinal.values[index] == pytest.approx(table[2][tuple(pairs.T)].mean(), abs=1e-13)
    assert sum(map(len, found.displacements.pairs)) == n * (n - 1) // 2
    assert (np.diff(found.displacements.distances) > -1e-5).all()

    if h.lattice.kind == "graph":
        with pytest.raises(InvalidInput, match="no momenta"):
            structure_factor(found, h.lattice, ensemble)
    else:
        factor = structure_factor(found, h.lattice, ensemble)
        for q, value in zip(factor.momenta, factor.profile.values, strict=True):
            phase = np.exp(1j * (h.lattice.positions @ q))
            assert value == pytest.approx((phase.conj() @ expected @ phase).real / n, abs=1e-8)
    if h.lattice.sublattice is not None:
        sign = h.lattice.sublattice.astype(float)
        moment = staggered_magnetisation(found, h.lattice, ensemble)
        assert moment.value == pytest.approx(sign @ expected @ sign / n**2, abs=1e-13) and moment.error == 0
    exact = exact_correlations(h, sector_states(h), amplitudes_of(state)[1])
    assert np.abs(exact.main.values - found.main.values).max() < 1e-12
    if not h.conserves_magnetisation:
        values = magnetisations(state, ensemble)
        field = np.mean([np.vdot(vector, moved[0][i]).real for i in range(n)])
        assert values["sigma_x"].value == pytest.approx(field, abs=1e-13)
        assert values["sigma_z_squared"].value == pytest.approx(table[2].mean(), abs=1e-13)
        other = exact_magnetisations(h, sector_states(h), amplitudes_of(state)[1])
        assert {k: v.value for k, v in other.items()} == pytest.approx({k: v.value for k, v in values.items()})


@pytest.mark.parametrize("block", [(0,), (0, 1, 2), (1, 4), (0, 1, 2, 3, 4)])
@pytest.mark.parametrize("fields", [STATES[0], STATES[3], STATES[4]], ids=lambda f: str(f.get("model")))
def test_the_entropy_of_a_full_sum_is_that_of_the_schmidt_values(fields: dict, block: tuple) -> None:
    state = random_state(fields)
    tensor = full_vector(state).reshape((2,) * 6).transpose()  # axis i is site i
    rest = [i for i in range(6) if i not in block]
    schmidt = np.linalg.svd(tensor.transpose(*block, *rest).reshape(2 ** len(block), -1), compute_uv=False)
    expected = -np.log(np.sum(schmidt**4))
    assert renyi_entropy(state, enumerated(state), block).value == pytest.approx(expected, abs=1e-12)
    states = basis_states(6, state.hamiltonian.conserves_magnetisation)
    exact = exact_renyi_entropy(state.hamiltonian, states, amplitudes_of(state)[1], block)
    assert exact.exactness == "exact" and exact.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "fields",
    [{"lattice": "square", "shape": "2x4"}, {"lattice": "chain", "shape": 8, "model": "tfim", "ansatz": "rbm_complex"}],
    ids=["spins", "ising"],
)
def test_samples_agree_with_the_full_sum_within_their_errors(fields: dict) -> None:
    state = random_state(fields, scale=2.0)
    h, everything = state.hamiltonian, enumerated(state)
    block = range(4)
    truth = correlations(state, everything)
    exact_factor = structure_factor(truth, h.lattice, everything).profile.values
    exact_entropy = renyi_entropy(state, everything, block).value
    pulls = []
    for seed in range(10):
        ensemble = sampled(state, 2048, 16, np.random.default_rng(seed))
        found = correlations(state, ensemble)
        pulls += ((found.main.values - truth.main.values)[1:] / found.main.errors[1:]).tolist()
        factor = structure_factor(found, h.lattice, ensemble).profile
        varies = factor.errors > 1e-9
        pulls += ((factor.values - exact_factor)[varies] / factor.errors[varies]).tolist()
        entropy = renyi_entropy(state, ensemble, block)
        assert entropy.flags == ()
        pulls.append((entropy.value - exact_entropy) / entropy.error)
        if not h.conserves_magnetisation:
            sure = magnetisations(state, everything)
            pulls += [
                (one.value - sure[name].value) / one.error for name, one in magnetisations(state, ensemble).items()
            ]
    pulls = np.array(pulls)
    assert np.abs(pulls).max() < 5 and 0.7 < pulls.std() < 1.4 and abs(pulls.mean()) < 0.6


def test_an_entropy_that_the_samples_do_not_resolve_is_flagged() -> None:
    state = random_state({"lattice": "chain", "shape": 12, "ansatz": "rbm_complex"}, scale=12.0)
    ensemble = sampled(state, 128, 16, np.random.default_rng(1))
    flags = renyi_entropy(state, ensemble, range(6)).flags
    assert any("noisy" in flag or "not resolved" in flag for flag in flags)
    with pytest.raises(InvalidInput, match="fewer than all 12"):
        renyi_entropy(state, ensemble, range(12))


def test_the_exact_ground_state_obeys_its_sum_rules() -> None:
    spec = ExactSpec(lattice="square", shape="4x4")
    exact, h = exact_ground_state(spec), build_hamiltonian(spec)
    found = exact_correlations(h, exact.states, exact.amplitudes)
    near = found.displacements.distances == 1
    assert found.main.values[near] == pytest.approx(exact.energy_per_site.value / 2)
    assert found.main.values == pytest.approx(3 * found.longitudinal.values), "a singlet is isotropic"
    factor = structure_factor(found, h.lattice, None)
    assert factor.profile.values[0] == pytest.approx(0, abs=1e-12), "total spin zero"
    assert factor.profile.values.mean() == pytest.approx(0.75), "S(q) sums to S(S+1)"
    assert factor.profile.label(factor.peak).en.endswith("q = (π, π)")
    moment = staggered_magnetisation(found, h.lattice, None)
    assert moment.value == pytest.approx(factor.profile.values[factor.peak] / 16)


@pytest.mark.parametrize("fields", [STATES[0], STATES[3], STATES[4]], ids=lambda f: str(f.get("model")))
def test_a_lanczos_step_is_that_of_the_matrix(fields: dict) -> None:
    from physics_engines.nqs.exact import sparse_matrix

    state = random_state(fields, scale=2.0)
    h = state.hamiltonian
    matrix = sparse_matrix(h, basis_states(h.n_sites, h.conserves_magnetisation)).toarray()
    psi = amplitudes_of(state)[1]
    basis = np.linalg.qr(np.stack([psi, matrix @ psi], axis=1))[0]
    energies, vectors = np.linalg.eigh(basis.conj().T @ matrix @ basis)
    lowest = basis @ vectors[:, 0]
    variance = np.linalg.norm(matrix @ lowest) ** 2 - energies[0] ** 2
    step = lanczos_step(state, enumerated(state))
    assert step.after.energy == pytest.approx(energies[0], abs=1e-10)
    assert step.after.variance == pytest.approx(variance, abs=1e-9)
    assert step.before.energy == pytest.approx(np.vdot(psi, matrix @ psi).real, abs=1e-12)

    pulls = []
    for seed in range(8):
        found = lanczos_step(state, sampled(state, 4096, 16, np.random.default_rng(seed)))
        assert found.after.energy < found.before.energy
        # The step of the samples is not the best one, so the truth is the energy at their step.
        moved = psi + found.step * (matrix @ psi - step.before.energy * psi)
        truth = np.vdot(moved, matrix @ moved).real / np.vdot(moved, moved).real
        pulls.append((found.after.energy - truth) / found.after.energy_error)
    assert np.abs(pulls).max() < 5 and abs(np.mean(pulls)) < 1.8


@pytest.mark.parametrize("ansatz", ["rbm_symmetric", "rbm_space_group", "jastrow"])
def test_the_worse_states_of_a_line_exist_for_every_kind_of_ansatz(ansatz: str) -> None:
    spec = ObservablesSpec(lattice="square", shape="4x4", ansatz=ansatz, observables="extrapolation")
    stages = stages_of(spec)
    assert len(stages) == 3 and stages[-1] == ground_state_spec(spec)
    assert all(build_ansatz(stage).n_parameters > 0 for stage in stages)


def test_states_near_an_eigenstate_extrapolate_to_its_energy() -> None:
    rng = np.random.default_rng(5)
    slope, truth = 0.13, -8.0
    common = {"unit": "J", "convention": Text(en="per site", ja="1サイトあたり")}
    pulls = []
    for _ in range(200):
        points = []
        for variance in (0.2, 0.5, 1.0, 1.6):
            energy = truth + slope * variance
            points.append(Point(energy + rng.normal(0, 0.004), 0.004, variance + rng.normal(0, 0.02), 0.02))
        found = zero_variance_energy(points, 8, **common)
        assert found.exactness == "fit" and found.error > 0
        pulls.append((found.value - truth / 8) / found.error)
    # The error grows with chi^2 and never shrinks, so it covers a little more than one sigma.
    assert abs(np.mean(pulls)) < 0.25 and 0.6 < np.std(pulls) < 1.1
    bent = [Point(truth + v**2, 1e-3, v, 1e-3) for v in (0.2, 0.5, 1.0, 1.6)]
    assert any("straight line" in flag for flag in zero_variance_energy(bent, 8, **common).flags)
    assert "two points" in zero_variance_energy(bent[:2], 8, **common).flags[0]
    with pytest.raises(InvalidInput, match="two or more"):
        zero_variance_energy(bent[:1], 8, **common)


def test_fidelity_sums_over_degenerate_ground_states() -> None:
    # Majumdar-Ghosh: the two dimer coverings of the 8-site ring span the ground space.
    state = random_state({"lattice": "chain", "shape": 8, "model": "j1j2", "ansatz": "rbm_complex"}, scale=1.0)
    found = fidelity(state)
    assert "2 degenerate" in found.convention.en and 0 <= found.value <= 1
    h = state.hamiltonian
    configurations, psi = amplitudes_of(state)
    covers = []
    for offset in (0, 1):
        cover = np.ones(len(configurations))
        for k in range(4):
            i, j = (2 * k + offset) % 8, (2 * k + offset + 1) % 8
            # A singlet is symmetric in the Marshall basis.
            cover *= configurations[:, i] != configurations[:, j]
        covers.append(cover / np.linalg.norm(cover))
    assert h.is_rotated
    space = np.linalg.qr(np.stack(covers, axis=1))[0]
    overlaps = np.abs(space.T @ psi) ** 2
    assert found.value == pytest.approx(overlaps.sum(), abs=1e-9)


SMALL = {"lattice": "chain", "shape": 8, "alpha": 2, "n_iterations": 60, "n_samples": 256, "n_final_samples": 4096}


def context(folder: Path) -> ToolContext:
    return ToolContext(out=folder, home=folder, monitor=Monitor())


def test_the_tool_puts_exact_values_beside_and_reuses_a_state(tmp_path: Path) -> None:
    names = ["standard", "entanglement", "fidelity", "extrapolation"]
    result = observables.run(observables.parse({**SMALL, "observables": names}), context(tmp_path))
    found = result.estimates
    for name in ("correlation_1", "correlation_4", "structure_factor_peak", "staggered_magnetisation", "renyi_entropy"):
        value, exact = found[name], found[f"exact_{name}"]
        assert exact.exactness == "exact" and value.error > 0
        assert abs(value.value - exact.value) < 5 * value.error + 0.02 * abs(exact.value)
    assert found["correlation_1"].value == pytest.approx(found["energy_per_site"].value, abs=0.01)
    assert found["fidelity"].value > 0.999
    assert found["zero_variance_energy"].value == pytest.approx(-0.4563866, abs=1e-3)
    assert {artifact.path for artifact in result.artifacts} == {"observables.png", "observables.svg", "state.npz"}
    with np.load(tmp_path / "state.npz") as arrays:
        assert arrays["structure_factor"].shape == (8,) and arrays["correlation_total_error"].shape == (5,)
    assert "correlation_4" in result.headline and "correlation_2" not in result.headline

    earlier = tmp_path / "runs" / "20260101-000000-abcd" / "1-nqs.ground_state"
    earlier.mkdir(parents=True)
    ground_state.run(ground_state.parse(SMALL), context(earlier))
    (earlier / "call.json").write_text(json.dumps({"tool": "nqs.ground_state", "spec": SMALL}))
    for state in ("20260101", str(earlier), str(earlier / "state.npz")):
        again = observables.run(observables.parse({**SMALL, "state": state}), context(tmp_path))
        # The same network, seed and streams: the state found and the one optimised here are one.
        assert again.estimates["structure_factor_peak"] == found["structure_factor_peak"]
    for wrong, match in (({"alpha": 3}, "alpha = 2, not 3"), ({"model": "j1j2"}, "model = heisenberg")):
        fields = {**SMALL, "ansatz": "rbm_symmetric", "state": str(earlier), **wrong}
        with pytest.raises(BadInput, match=match):
            observables.run(observables.parse(fields), context(tmp_path))
    with pytest.raises(BadInput, match="there is no state"):
        observables.run(observables.parse({**SMALL, "state": str(tmp_path / "none" / "state.npz")}), context(tmp_path))


def test_a_lanczos_step_lowers_the_energy_and_says_how_far_it_is_from_the_exact_one(tmp_path: Path) -> None:
    fields = {**SMALL, "ansatz": "jastrow", "alpha": 0, "observables": "lanczos", "seed": 5}
    summed = observables.run(observables.parse({**fields, "sampler": "exact"}), context(tmp_path / "sum")).estimates
    found = observables.run(observables.parse(fields), context(tmp_path / "sampled")).estimates
    exact = summed["exact_energy_per_site"].value
    before, after = summed["energy_per_site"].value, summed["lanczos_energy_per_site"].value
    assert exact <= after < exact + 0.5 * (before - exact), "most of the error is gone"
    assert summed["lanczos_variance"].value < summed["variance"].value
    assert summed["relative_distance"].value == pytest.approx((after - exact) / abs(exact))
    # The step costs no more of the error bar than its own samples say, and stays above the exact energy.
    energy = found["lanczos_energy_per_site"]
    assert 0 < energy.error < 3 * found["energy_per_site"].error
    assert energy.value < found["energy_per_site"].value and energy.value > exact - 4 * energy.error
    assert abs(energy.value - after) < 5 * energy.error + 0.1 * (before - exact)


def test_a_stop_during_the_lanczos_step_is_kept_to(tmp_path: Path) -> None:
    from tools.errors import Stopped

    seen: list[Progress] = []
    spec = observables.parse({**SMALL, "observables": "lanczos"})
    stopping = Monitor(None, seen.append, lambda: bool(seen) and seen[-1].message.en.startswith("Lanczos step"))
    with pytest.raises(Stopped, match="while measuring"):
        observables.run(spec, ToolContext(out=tmp_path / "a", home=tmp_path, monitor=stopping))
    resumed = observables.run(spec, context(tmp_path / "a"))
    assert resumed == observables.run(spec, context(tmp_path / "b"))


def test_what_does_not_exist_is_refused_in_a_sentence() -> None:
    for fields, match in (
        ({"observables": "magnetisation"}, "ask for the staggered"),
        ({"block_size": 8}, "leaves nothing"),
        ({"observables": "staggered_magnetisation", "lattice": "square", "shape": "3x4"}, "nothing is staggered"),
        ({"observables": "conductivity"}, "observables"),
    ):
        with pytest.raises(BadInput, match=match):
            observables.parse({**SMALL, **fields})
    assert observables.parse({"model": "tfim", "lattice": "chain", "shape": 7}).asked[-1] == "magnetisation"


def test_a_stop_while_measuring_leaves_a_restart_file_and_the_same_numbers(tmp_path: Path) -> None:
    from tools.errors import Stopped

    seen: list[Progress] = []
    spec = observables.parse(SMALL)
    stopping = Monitor(None, seen.append, lambda: bool(seen) and seen[-1].message.en == "sampling")
    with pytest.raises(Stopped, match="while measuring"):
        observables.run(spec, ToolContext(out=tmp_path / "a", home=tmp_path, monitor=stopping))
    resumed = observables.run(spec, context(tmp_path / "a"))
    assert resumed == observables.run(spec, context(tmp_path / "b"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_observables_of_the_4x4_lattice_over_seeds() -> None:
    pulls = []
    for seed in range(4):
        spec = ObservablesSpec(lattice="square", shape="4x4", seed=seed, observables=("standard", "entanglement"))
        found = ground_state_observables(spec).estimates
        for name in ("correlation_(1,0)", "structure_factor_peak", "staggered_magnetisation", "renyi_entropy"):
            pulls.append((found[name].value - found[f"exact_{name}"].value) / found[name].error)
    assert np.abs(pulls).max() < 4.5 and abs(np.mean(pulls)) < 1
