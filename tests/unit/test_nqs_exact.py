import numpy as np
import pytest

from physics_engines.lattices import Lattice
from physics_engines.nqs import ExactSpec, exact_ground_state, reference_energy
from physics_engines.nqs.references import bethe_chain_energy, ising_chain_energy

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0, -1.0]).astype(complex)


def operator(n_sites: int, factors: dict[int, np.ndarray]) -> np.ndarray:
    product = np.eye(1)
    for site in range(n_sites):
        product = np.kron(product, factors.get(site, np.eye(2)))
    return product


def kronecker_energy(spec: ExactSpec) -> float:
    """Lowest energy per site from Kronecker products, without sectors, bases or sign rules."""
    lattice, n = Lattice(spec.shape, spec.boundary), spec.n_sites
    matrix = np.zeros((2**n, 2**n), dtype=complex)
    if spec.model == "tfim":
        for i, j in lattice.neighbours:
            matrix -= operator(n, {i: Z, j: Z})
        for i in range(n):
            matrix -= spec.field * operator(n, {i: X})
    else:
        bonds = [(bond, 1.0) for bond in lattice.neighbours] + [(bond, spec.j2) for bond in lattice.next_neighbours]
        for (i, j), strength in bonds:
            for pauli in (X, Y, Z):
                matrix += strength / 4 * operator(n, {i: pauli, j: pauli})
    return float(np.linalg.eigvalsh(matrix)[0]) * spec.coupling / n


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "chain", "shape": 2},
        {"lattice": "chain", "shape": 4},
        {"lattice": "chain", "shape": 8, "boundary": "open", "coupling": 2.5},
        {"lattice": "square", "shape": "2x2"},
        {"lattice": "square", "shape": "2x4"},
        {"lattice": "square", "shape": "2x3"},
        {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.3},
        {"model": "j1j2", "lattice": "square", "shape": "2x4", "boundary": "open"},
        {"model": "j1j2", "lattice": "square", "shape": "2x3", "j2": 0.8},
        {"model": "tfim", "lattice": "chain", "shape": 7, "field": 0.7},
        {"model": "tfim", "lattice": "square", "shape": "2x4", "field": 2.0, "coupling": 0.5},
        {"model": "tfim", "lattice": "square", "shape": "3x3", "boundary": "open", "field": 0.0},
    ],
)
def test_energies_are_those_of_kronecker_products(fields: dict) -> None:
    spec = ExactSpec(**fields)
    assert exact_ground_state(spec).energy_per_site.value == pytest.approx(kronecker_energy(spec), abs=1e-11)


def test_four_by_four_square() -> None:
    result = exact_ground_state(ExactSpec(lattice="square", shape="4x4"))
    assert result.energy_per_site.value == pytest.approx(-0.7017802005, abs=1e-10)
    assert result.energy_per_site.method.en == "Lanczos, 12870 states"
    assert (result.energy_per_site.exactness, result.energy_per_site.unit) == ("exact", "J")
    # Marshall's theorem: in the rotated basis no amplitude is negative, and they are normalised.
    assert result.amplitudes.min() > 0
    assert np.sum(result.amplitudes**2) == pytest.approx(1.0)
    frustrated = exact_ground_state(ExactSpec(model="j1j2", lattice="square", shape="4x4"))
    assert frustrated.energy_per_site.value == pytest.approx(-0.5286202095, abs=1e-10)


def test_diagonalisation_is_deterministic() -> None:
    spec = ExactSpec(lattice="chain", shape=14)
    first, second = exact_ground_state(spec), exact_ground_state(spec)
    assert first.energy_per_site == second.energy_per_site
    assert np.array_equal(first.amplitudes, second.amplitudes)


@pytest.mark.parametrize(
    ("n_sites", "energy"),
    [(16, -0.4463935225), (20, -0.4452193265), (32, -0.4439539825), (64, -0.4433484591), (80, -0.4432759519)],
)
def test_bethe_ansatz_reproduces_known_energies(n_sites: int, energy: float) -> None:
    assert bethe_chain_energy(n_sites) == pytest.approx(energy, abs=1e-10)


@pytest.mark.parametrize("n_sites", [4, 6, 12, 16])
def test_bethe_ansatz_equals_diagonalisation(n_sites: int) -> None:
    exact = exact_ground_state(ExactSpec(lattice="chain", shape=n_sites)).energy_per_site.value
    assert bethe_chain_energy(n_sites) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize(("n_sites", "field"), [(3, 1.0), (8, 0.4), (9, 1.7), (12, 1.0), (5, 0.0)])
def test_free_fermions_equal_diagonalisation(n_sites: int, field: float) -> None:
    spec = ExactSpec(model="tfim", lattice="chain", shape=n_sites, field=field)
    exact = exact_ground_state(spec).energy_per_site.value
    assert ising_chain_energy(n_sites, field) == pytest.approx(exact, abs=1e-12)
    assert ising_chain_energy(n_sites, 1.0) == pytest.approx(-2 / (n_sites * np.sin(np.pi / 2 / n_sites)))


def test_references_carry_their_source_and_kind() -> None:
    ten = reference_energy(ExactSpec.model_construct(lattice="square", shape=(10, 10)))
    assert ten is not None and (ten.value, ten.error, ten.exactness) == (-0.671549, 4e-6, "stochastic")
    assert "Sandvik" in ten.method.en
    dimers = reference_energy(ExactSpec(model="j1j2", lattice="chain", shape=12, coupling=2.0))
    assert dimers is not None and dimers.value == -0.75
    assert exact_ground_state(ExactSpec(model="j1j2", lattice="chain", shape=12)).energy_per_site.value == (
        pytest.approx(-0.375, abs=1e-12)
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "square", "shape": "4x4", "boundary": "open"},
        {"lattice": "chain", "shape": 2},
        {"model": "tfim", "lattice": "square", "shape": "4x4", "field": 0.0},
        {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.4},
    ],
)
def test_no_reference_is_better_than_a_wrong_one(fields: dict) -> None:
    assert reference_energy(ExactSpec(**fields)) is None
