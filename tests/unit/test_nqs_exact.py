import numpy as np
import pytest
from scipy import sparse

from physics_engines.lattices import Lattice
from physics_engines.nqs import ExactSpec, exact_ground_state, reference_energy
from physics_engines.nqs.bethe import bethe_chain_energy, ising_chain_energy, xx_chain_energy

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1.0, -1.0]).astype(complex)


def operator(n_sites: int, factors: dict[int, np.ndarray]) -> sparse.csr_array:
    product = sparse.csr_array(np.eye(1))
    for site in range(n_sites):
        product = sparse.csr_array(sparse.kron(product, factors.get(site, np.eye(2)), format="csr"))
    return product


def couplings_of(spec: ExactSpec) -> list[tuple[int, int, float, float]]:
    """(i, j, J_xy, J_z) of every bond, from the definitions of the models."""
    sign = -1.0 if spec.exchange == "ferromagnetic" else 1.0
    if spec.model == "couplings":
        return list(spec.couplings)
    lattice = Lattice(spec.shape, spec.boundary, spec.lattice)
    near = [(i, j, sign, sign * spec.delta) for i, j in lattice.neighbours]
    return near + [(i, j, spec.j2, spec.j2) for i, j in lattice.next_neighbours if spec.j2]


def kronecker_matrix(spec: ExactSpec) -> sparse.csr_array:
    """The whole Hamiltonian from Kronecker products, without sectors, bases or sign rules."""
    n = spec.n_sites
    matrix = sparse.csr_array((2**n, 2**n), dtype=complex)
    for i, j, xy, z in couplings_of(spec):
        if spec.model == "tfim":
            matrix = matrix + z * operator(n, {i: Z, j: Z})
            continue
        for pauli, strength in ((X, xy), (Y, xy), (Z, z)):
            matrix = matrix + strength / 4 * operator(n, {i: pauli, j: pauli})
    if spec.model == "tfim":
        for i in range(n):
            matrix = matrix - spec.field * operator(n, {i: X})
    return matrix * spec.coupling


def kronecker_energy(spec: ExactSpec) -> float:
    """Lowest energy per site of the sector of the Spec."""
    matrix, n = kronecker_matrix(spec), spec.n_sites
    if spec.total_sz is not None:
        magnetisation = sum(operator(n, {i: Z}).diagonal().real for i in range(n)) / 2
        kept = np.flatnonzero(np.isclose(magnetisation, spec.total_sz))
        matrix = matrix[kept][:, kept]
    return float(np.linalg.eigvalsh(matrix.toarray())[0]) / n


RANDOM_TABLE = [[0, 3, 0.7, -0.2], [1, 2, -1.3], [4, 0, 0.4], [2, 4, 1.1, 0.0], [5, 1, 0.9, 2.0], [3, 5, -0.6, 0.3]]
MODELS = [
    {"lattice": "chain", "shape": 2},
    {"lattice": "chain", "shape": 4},
    {"lattice": "chain", "shape": 8, "boundary": "open", "coupling": 2.5},
    {"lattice": "chain", "shape": 7},
    {"lattice": "chain", "shape": 8, "total_sz": -2},
    {"lattice": "chain", "shape": 5, "total_sz": 2.5},
    {"lattice": "square", "shape": "2x2"},
    {"lattice": "square", "shape": "2x4"},
    {"lattice": "square", "shape": "2x3"},
    {"lattice": "square", "shape": "3x3", "total_sz": 1.5},
    {"lattice": "square", "shape": "2x4", "exchange": "ferromagnetic"},
    {"lattice": "triangular", "shape": "2x2"},
    {"lattice": "triangular", "shape": "3x3"},
    {"lattice": "triangular", "shape": "2x4", "boundary": "open", "coupling": 0.5},
    {"lattice": "honeycomb", "shape": "2x2"},
    {"lattice": "honeycomb", "shape": "2x2", "boundary": "open", "total_sz": 1},
    {"lattice": "kagome", "shape": "2x2", "boundary": "open"},
    {"model": "xxz", "lattice": "chain", "shape": 8, "delta": 0.5},
    {"model": "xxz", "lattice": "chain", "shape": 7, "delta": -0.7, "total_sz": -0.5},
    {"model": "xxz", "lattice": "chain", "shape": 6, "delta": -2.0, "total_sz": 3},
    {"model": "xxz", "lattice": "triangular", "shape": "2x3", "delta": 0.0, "exchange": "ferromagnetic"},
    {"model": "xxz", "lattice": "honeycomb", "shape": "2x2", "delta": 1.5, "boundary": "open"},
    {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.3},
    {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.3, "exchange": "ferromagnetic"},
    {"model": "j1j2", "lattice": "square", "shape": "2x4", "boundary": "open"},
    {"model": "j1j2", "lattice": "square", "shape": "2x3", "j2": 0.8},
    {"model": "j1j2", "lattice": "triangular", "shape": "3x3", "j2": 0.2},
    {"model": "j1j2", "lattice": "honeycomb", "shape": "2x2", "j2": 0.4},
    {"model": "tfim", "lattice": "chain", "shape": 7, "field": 0.7},
    {"model": "tfim", "lattice": "square", "shape": "2x4", "field": 2.0, "coupling": 0.5},
    {"model": "tfim", "lattice": "square", "shape": "3x3", "boundary": "open", "field": 0.0},
    {"model": "tfim", "lattice": "chain", "shape": 7, "field": 0.7, "exchange": "antiferromagnetic"},
    {"model": "tfim", "lattice": "triangular", "shape": "3x3", "field": 0.5, "exchange": "antiferromagnetic"},
    {"model": "tfim", "lattice": "honeycomb", "shape": "2x2", "field": 1.3},
    {"model": "couplings", "couplings": RANDOM_TABLE},
    {"model": "couplings", "shape": 8, "couplings": RANDOM_TABLE, "coupling": 1.5, "total_sz": 1},
    {"model": "couplings", "couplings": [[0, 1, 0.0, 1.0], [1, 2, 0.0, -1.0]]},
]


@pytest.mark.parametrize("fields", MODELS, ids=lambda fields: "-".join(str(v) for k, v in fields.items()))
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


@pytest.mark.parametrize("n_sites", [4, 6, 8, 10])
@pytest.mark.parametrize("delta", [-0.95, -0.6, -0.1, 0.0, 0.3, 0.999, 1.0, 1.001, 1.5, 4.0, 20.0])
def test_bethe_ansatz_of_the_xxz_ring_equals_diagonalisation_in_every_sector(n_sites: int, delta: float) -> None:
    for sz in range(n_sites // 2 + 1):
        spec = ExactSpec(model="xxz", lattice="chain", shape=n_sites, delta=delta, total_sz=sz)
        exact = exact_ground_state(spec).energy_per_site.value
        assert bethe_chain_energy(n_sites, delta, n_sites // 2 - sz) == pytest.approx(exact, abs=1e-11)


def test_bethe_ansatz_approaches_the_infinite_chain() -> None:
    """ln 2 - 1/4 of Hulthen, and -1/pi of the XX chain, with corrections of order 1/N^2."""
    assert bethe_chain_energy(512) == pytest.approx(0.25 - np.log(2), abs=2e-5)
    assert bethe_chain_energy(512, 0.0) == pytest.approx(-1 / np.pi, abs=5e-6)
    assert bethe_chain_energy(512, 1e4) / 1e4 == pytest.approx(-0.25, abs=1e-6)
    for arguments in ((5,), (2,), (8, -1.0), (8, 0.5, 5)):
        with pytest.raises(ValueError, match=r"must be|needs"):
            bethe_chain_energy(*arguments)


@pytest.mark.parametrize("boundary", ["periodic", "open"])
@pytest.mark.parametrize("exchange", ["antiferromagnetic", "ferromagnetic"])
@pytest.mark.parametrize("n_sites", [3, 4, 7, 8])
def test_free_fermions_of_the_xx_chain_equal_diagonalisation(n_sites: int, exchange: str, boundary: str) -> None:
    for n_up in range(n_sites + 1):
        spec = ExactSpec(
            model="xxz", lattice="chain", shape=n_sites, delta=0.0, boundary=boundary, exchange=exchange,
            total_sz=n_up - n_sites / 2,
        )  # fmt: skip
        exact = exact_ground_state(spec).energy_per_site.value
        reference = reference_energy(spec)
        assert reference is not None and reference.value == pytest.approx(exact, abs=1e-12)
        sign = 1.0 if exchange == "antiferromagnetic" else -1.0
        assert xx_chain_energy(n_sites, n_up, is_periodic=boundary == "periodic", sign=sign) == reference.value


@pytest.mark.parametrize("fields", MODELS, ids=lambda fields: "-".join(str(v) for k, v in fields.items()))
def test_every_exact_reference_is_the_diagonalised_energy(fields: dict) -> None:
    spec = ExactSpec(**fields)
    reference = reference_energy(spec)
    if reference is not None and reference.exactness == "exact":
        assert reference.value == pytest.approx(exact_ground_state(spec).energy_per_site.value, abs=1e-11)


@pytest.mark.parametrize("kind", ["square", "triangular", "honeycomb", "kagome"])
def test_the_ferromagnet_has_parallel_spins_in_every_sector(kind: str) -> None:
    for sz in (0, 1):
        spec = ExactSpec(lattice=kind, shape="2x2", exchange="ferromagnetic", boundary="open", total_sz=sz, coupling=2)
        reference = reference_energy(spec)
        assert reference is not None and "parallel" in reference.method.en
        assert exact_ground_state(spec).energy_per_site.value == pytest.approx(reference.value, abs=1e-12)


@pytest.mark.parametrize("boundary", ["periodic", "open"])
def test_majumdar_ghosh_chains_are_products_of_singlets(boundary: str) -> None:
    spec = ExactSpec(model="j1j2", lattice="chain", shape=10, boundary=boundary)
    reference = reference_energy(spec)
    assert reference is not None and reference.value == -0.375
    assert exact_ground_state(spec).energy_per_site.value == pytest.approx(-0.375, abs=1e-12)


def test_limits_of_the_models_are_each_other() -> None:
    def energy(**fields: object) -> float:
        return exact_ground_state(ExactSpec(**fields)).energy_per_site.value

    for place in ({"lattice": "triangular", "shape": "2x3"}, {"lattice": "kagome", "shape": "2x2"}):
        assert energy(model="xxz", delta=1.0, **place) == pytest.approx(energy(**place), abs=1e-12)
        assert energy(model="j1j2", j2=0.0, **place) == pytest.approx(energy(**place), abs=1e-12)
    # Every pair of the 2x2 triangular torus is a bond: H = (S(S + 1) - 3) / 2 with S = 0, and S = 1 in S^z = 1.
    assert energy(lattice="triangular", shape="2x2") == pytest.approx(-1.5 / 4, abs=1e-12)
    assert energy(lattice="triangular", shape="2x2", total_sz=1) == pytest.approx(-0.5 / 4, abs=1e-12)
    # A hexagon as a table of couplings is the ring of six, and an odd ring has degenerate S = 1/2 states.
    ring = [[i, (i + 1) % 6, 1.0] for i in range(6)]
    assert energy(model="couplings", couplings=ring) == pytest.approx(energy(lattice="chain", shape=6), abs=1e-12)
    assert energy(lattice="chain", shape=3) == pytest.approx(-0.25, abs=1e-12)
    assert energy(lattice="chain", shape=5, total_sz=-0.5) == pytest.approx(energy(lattice="chain", shape=5), abs=1e-12)


def test_states_of_few_flipped_spins_reach_large_lattices() -> None:
    """One magnon: -J (1 - cos k) above all spins parallel, lowest at k = pi; two of them on 60 sites still fit."""
    spec = ExactSpec(lattice="chain", shape=60, total_sz=29)
    assert exact_ground_state(spec).energy_per_site.value * 60 == pytest.approx(15 - 2, abs=1e-10)
    pair = ExactSpec(model="xxz", lattice="chain", shape=60, delta=0.5, total_sz=28)
    assert exact_ground_state(pair).energy_per_site.value == pytest.approx(bethe_chain_energy(60, 0.5, 2), abs=1e-11)


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
