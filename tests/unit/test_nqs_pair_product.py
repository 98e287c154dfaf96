"""Pair product times RBM: the compiled path against the plain one, and both against exact diagonalisation."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from physics_engines.nqs import ExactSpec, GroundStateSpec, SpinModelSpec, exact_ground_state, ground_state
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.exact import as_configurations, sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.sampling import random_configurations

CASES = [
    {"lattice": "chain", "shape": 8, "ansatz": "pair_product"},
    {"lattice": "chain", "shape": 8, "ansatz": "pair_product", "total_sz": 1},
    {"lattice": "kagome", "shape": "2x2", "ansatz": "pair_product"},
    {"model": "j1j2", "lattice": "square", "shape": "4x4", "ansatz": "pair_product_symmetric"},
    {"model": "hubbard", "lattice": "square", "shape": "4x2"},
    {"model": "hubbard", "lattice": "square", "shape": "4x2", "interaction": -3, "boundary": "open"},
    {"model": "hubbard", "lattice": "chain", "shape": 6, "particles_up": 4, "particles_down": 2},
    {"model": "hubbard", "lattice": "chain", "shape": 5, "particles_up": 2, "particles_down": 0},
    {"model": "hubbard", "lattice": "square", "shape": "6x4"},
    {"model": "tv", "lattice": "chain", "shape": 6},
]
BACKFLOW = [
    {"model": "hubbard", "lattice": "chain", "shape": 5, "particles_up": 3, "particles_down": 2},
    {"model": "tv", "lattice": "square", "shape": "3x2", "boundary": "open"},
]
SMALL = [case for case in CASES if case["shape"] not in ("6x4", "4x4")]


def name_of(case: dict) -> str:
    return "-".join(str(value) for value in case.values())


def set_up(case: dict, backend: str):
    sizes = {"n_features": 4} if case.get("ansatz") == "neural_backflow" else {"alpha": 2}
    spec = GroundStateSpec(**sizes, **case)
    hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
    parameters = ansatz.initial_parameters(np.random.default_rng(1))
    evaluator = build_backend(ansatz, hamiltonian, backend)
    evaluator.set_parameters(parameters)
    return spec, hamiltonian, ansatz, parameters, evaluator


def exact_energy(**model) -> float:
    return exact_ground_state(ExactSpec(**model)).energy_per_site.value


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_compiled_path_equals_the_plain_one(case: dict) -> None:
    _, hamiltonian, _, _, fast = set_up(case, "auto")
    plain = set_up(case, "torch")[-1]
    rng = np.random.default_rng(3)
    chains = random_configurations(hamiltonian, 3, rng)
    uniforms = rng.random((6, 3, hamiltonian.n_units))
    copy = chains.copy()
    for ours, theirs in zip(fast.sweep(chains, uniforms), plain.sweep(copy, uniforms), strict=True):
        assert np.array_equal(ours, theirs)
    assert fast.worst_deviation < 1e-9

    sample = fast.sweep(chains, uniforms)[0].reshape(-1, hamiltonian.n_units)
    np.testing.assert_allclose(fast.local_energies(sample), plain.local_energies(sample), rtol=1e-8, atol=1e-8)
    ours, theirs = fast.derivatives(sample).matrix(), plain.derivatives(sample).matrix()
    # The plain path knows of a complex amplitude; below the real parts stand the imaginary ones, which are zero.
    np.testing.assert_allclose(ours, theirs[: len(sample)], rtol=1e-7, atol=1e-7)
    assert not theirs[len(sample) :].any()


@pytest.mark.parametrize("case", [*SMALL, *({**case, "ansatz": "neural_backflow"} for case in BACKFLOW)], ids=name_of)
def test_local_energies_are_those_of_the_exact_matrix(case: dict) -> None:
    """E_loc = (H psi)(s) / psi(s) with psi from ``log_psi`` and H from the diagonalisation: fixes all the signs."""
    spec, hamiltonian, ansatz, parameters, fast = set_up(case, "auto")
    exact = ExactSpec(**{name: getattr(spec, name) for name in SpinModelSpec.model_fields})
    states = sector_states(exact)
    configurations = as_configurations(states, hamiltonian.n_units)
    log_psi = ansatz.log_psi(torch.as_tensor(parameters), torch.as_tensor(configurations, dtype=torch.float64))
    psi = torch.exp(log_psi).real.numpy()
    acted = sparse_matrix(hamiltonian, states) @ psi
    chosen = np.argsort(-np.abs(psi))[:200]
    local = fast.local_energies(np.ascontiguousarray(configurations[chosen]))
    np.testing.assert_allclose(local, acted[chosen] / psi[chosen], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("case", BACKFLOW, ids=name_of)
def test_backflow_turns_the_orbitals_with_the_configuration(case: dict) -> None:
    """Without hidden units the state is a Slater determinant; with them its derivatives are those of differences."""
    spec, hamiltonian, _, parameters, fast = set_up({**case, "ansatz": "neural_backflow"}, "auto")
    n_orbitals = spec.n_sites * sum(spec.occupied)
    parameters = parameters + 0.3 * np.random.default_rng(2).standard_normal(len(parameters))
    chosen = random_configurations(hamiltonian, 5, np.random.default_rng(3))

    def psi(values: np.ndarray) -> np.ndarray:
        fast.set_parameters(values)
        return np.exp(fast.log_psi(chosen)).real

    slater = parameters.copy()
    slater[n_orbitals:] = 0
    start = 0
    expected = np.ones(5)
    for kind, count in enumerate(spec.occupied):
        orbitals = slater[start : start + spec.n_sites * count].reshape(spec.n_sites, count)
        start += spec.n_sites * count
        up = chosen[:, kind * spec.n_sites : (kind + 1) * spec.n_sites] > 0
        expected *= [np.linalg.det(orbitals[row]) for row in up]
    np.testing.assert_allclose(psi(slater), expected, rtol=1e-9)

    turned = psi(parameters)
    assert np.ptp(turned / expected) > 1e-3
    steps = 1e-6 * np.eye(len(parameters))
    slopes = np.stack([(psi(parameters + d) - psi(parameters - d)) / 2e-6 for d in steps], axis=1) / turned[:, None]
    fast.set_parameters(parameters)
    np.testing.assert_allclose(fast.derivatives(chosen).matrix(), slopes - slopes.mean(axis=0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("interaction", [0.0, 1.0, 4.0, 8.0, 12.0])
def test_hubbard_dimer_has_one_bond(interaction: float) -> None:
    """E = U/2 - sqrt((U/2)^2 + 4 t^2), also where the boundary is periodic."""
    expected = interaction / 2 - np.sqrt((interaction / 2) ** 2 + 4)
    for boundary in ("periodic", "open"):
        found = exact_energy(model="hubbard", lattice="chain", shape=2, boundary=boundary, interaction=interaction)
        assert 2 * found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("lattice", "shape", "boundary"),
    [
        ("chain", (6,), "periodic"),
        ("chain", (7,), "open"),
        ("square", (3, 3), "periodic"),
        ("honeycomb", (2, 2), "open"),
    ],
)
def test_free_fermions_fill_the_levels(lattice: str, shape: tuple[int, ...], boundary: str) -> None:
    model = {"lattice": lattice, "shape": shape, "boundary": boundary, "interaction": 0}
    spinless, electrons = ExactSpec(model="tv", **model), ExactSpec(model="hubbard", **model)
    hopping = np.zeros((spinless.n_sites, spinless.n_sites))
    for i, j in build_hamiltonian(spinless).lattice.neighbours:
        hopping[i, j] = hopping[j, i] = -1.0
    levels = np.linalg.eigvalsh(hopping)
    for spec in (spinless, electrons):
        expected = sum(levels[:count].sum() for count in spec.occupied) / spec.n_sites
        assert exact_ground_state(spec).energy_per_site.value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("interaction", [0.5, 2.0, 5.0])
def test_t_v_ring_is_an_xxz_ring(interaction: float) -> None:
    """Jordan-Wigner: at half filling of 4 m + 2 sites, J_xy = 2 t, J_z = V, and the energy is shifted by V/4 a bond."""
    fermions = exact_energy(model="tv", lattice="chain", shape=6, interaction=interaction)
    spins = exact_energy(model="xxz", lattice="chain", shape=6, delta=interaction / 2)
    assert fermions == pytest.approx(2 * spins + interaction / 4, abs=1e-12)


def test_particle_hole_symmetry_of_the_hubbard_model() -> None:
    """E(U) - E(-U) = U N/4 per half-filled band; here per site, on an open 3x2 lattice."""
    model = {"model": "hubbard", "lattice": "square", "shape": "3x2", "boundary": "open"}
    repulsive, attractive = exact_energy(interaction=5, **model), exact_energy(interaction=-5, **model)
    assert repulsive - attractive == pytest.approx(5 / 2, abs=1e-12)


def test_optimised_dimer_is_exact() -> None:
    spec = GroundStateSpec(model="hubbard", lattice="chain", shape=2, n_iterations=120, n_samples=256, alpha=1)
    energy = ground_state(spec).energy_per_site
    assert 2 * energy.value == pytest.approx(2 - np.sqrt(8), rel=1e-4)
    assert energy.unit == "t" and "one bond" in energy.convention.en and "n_up = 1" in energy.convention.en


@pytest.mark.slow
@pytest.mark.parametrize("interaction", [4.0, 8.0])
@pytest.mark.parametrize(("lattice", "shape"), [("chain", "4"), ("square", "4x2")])
def test_variational_hubbard_energy(lattice: str, shape: str, interaction: float) -> None:
    model = {"model": "hubbard", "lattice": lattice, "shape": shape, "interaction": interaction}
    energy = ground_state(GroundStateSpec(**model, n_final_samples=8192)).energy_per_site
    exact = exact_energy(**model)
    assert exact - 5 * energy.error < energy.value < exact * (1 - 3e-3)


@pytest.mark.slow
def test_variational_j1j2_energy() -> None:
    spec = GroundStateSpec(
        model="j1j2", lattice="square", shape="4x4", ansatz="pair_product_symmetric", alpha=4, n_final_samples=8192
    )
    energy = ground_state(spec).energy_per_site
    assert -0.5286202095 - 5 * energy.error < energy.value < -0.5286202095 * (1 - 2e-3)


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({"model": "hubbard", "ansatz": "rbm"}, "no fermionic signs"),
        ({"model": "hubbard", "particles_up": 5}, "at most one fermion"),
        ({"model": "hubbard", "particles_up": 1, "particles_down": 2}, "exchange the two"),
        ({"model": "tv", "particles_down": 2}, "belongs to the Hubbard model"),
        ({"model": "heisenberg", "interaction": 2}, "belongs to the Hubbard and t-V models"),
        ({"model": "hubbard", "total_sz": 0}, "particles_up and particles_down"),
        ({"model": "tfim", "ansatz": "pair_product"}, r"conserved S\^z"),
        ({"model": "tv", "ansatz": "pair_product_symmetric"}, "symmetry of the ground state"),
        ({"model": "heisenberg", "ansatz": "pair_product_symmetric"}, "L x L"),
        ({"model": "heisenberg", "ansatz": "neural_backflow"}, "wave function of fermions"),
        ({"model": "hubbard", "ansatz": "neural_backflow", "particles_down": 0}, "at least one particle"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_makes_no_sense_is_refused(case: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        GroundStateSpec(lattice="chain", shape=4, **case)
