"""Projected wave functions against the dense projector, the compiled path against the plain one."""

import numpy as np
import pytest

from physics_engines.errors import InvalidInput
from physics_engines.nqs import GroundStateSpec
from physics_engines.nqs.ansatze.projected import Projected
from physics_engines.nqs.ansatze.rbm import DenseRbm
from physics_engines.nqs.ansatze.tied_rbm import SymmetricRbm
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.exact import as_configurations, basis_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.run import projection_of
from physics_engines.nqs.sampling import draw, random_configurations
from physics_engines.nqs.symmetry import Sector, build_projection

CHAIN = {"lattice": "chain", "shape": 8}
ODD_CHAIN = {"lattice": "chain", "shape": 10}
FRUSTRATED = {"model": "j1j2", "lattice": "square", "shape": "2x4"}
ISING = {"model": "tfim", "lattice": "chain", "shape": 6, "field": 0.7}
SQUARE = {"lattice": "square", "shape": "4x4"}
OPEN = {"lattice": "square", "shape": "3x4", "boundary": "open"}
# (model, sector, tied weights, complex weights)
CASES = [
    (CHAIN, Sector(momentum=(0,), irrep="A1", spin_flip="even"), False, False),
    (CHAIN, Sector(momentum=(4,), spin_flip="odd"), False, False),
    (CHAIN, Sector(momentum=(3,)), False, True),
    (ODD_CHAIN, Sector(momentum=(5,), irrep="A2"), True, True),
    (ODD_CHAIN, Sector(spin_flip="odd"), True, False),
    (FRUSTRATED, Sector(irrep="A1", spin_flip="even"), True, True),
    (ISING, Sector(spin_flip="odd", irrep="A1"), True, False),
    (ISING, Sector(momentum=(2,), spin_flip="even"), False, True),
    (SQUARE, Sector(irrep="B1", spin_flip="even"), True, True),
    (OPEN, Sector(irrep="B2", spin_flip="odd"), False, True),
]


def set_up(case, scale: float = 6.0, seed: int = 1):
    fields, sector, tied, is_complex = case
    hamiltonian = build_hamiltonian(GroundStateSpec(**fields))
    projection = build_projection(hamiltonian, sector, tied=tied)
    assert projection is not None
    lattice = hamiltonian.lattice
    base = SymmetricRbm(lattice, 2, is_complex) if tied else DenseRbm(lattice.n_sites, 1, is_complex)
    ansatz = Projected(base, projection)
    parameters = scale * ansatz.initial_parameters(np.random.default_rng(seed))
    backends = []
    for name in ("numba", "torch"):
        backend = build_backend(ansatz, hamiltonian, name)
        backend.set_parameters(parameters)
        backends.append(backend)
    return hamiltonian, ansatz, parameters, *backends


def amplitudes(hamiltonian, plain) -> tuple[np.ndarray, np.ndarray]:
    states = basis_states(hamiltonian.n_sites, hamiltonian.conserves_magnetisation)
    return states, np.exp(plain.log_psi(as_configurations(states, hamiltonian.n_sites)))


def name_of(case) -> str:
    fields, sector = case[:2]
    return f"{'-'.join(map(str, fields.values()))}-{sector.momentum}-{sector.irrep}-{sector.spin_flip}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_projected_state_has_its_quantum_numbers_and_commutes_with_the_hamiltonian(case) -> None:
    """psi(g s) = chi(g) psi(s) in the plain basis, and H psi stays in the sector."""
    hamiltonian, _, _, _, plain = set_up(case)
    sector = case[1]
    states, psi = amplitudes(hamiltonian, plain)
    n_sites = hamiltonian.n_sites
    index = np.zeros(2**n_sites, dtype=int)
    index[states] = np.arange(len(states))
    spins = as_configurations(states, n_sites)
    sign = np.ones(len(states))
    if hamiltonian.rotation is not None:
        sign = (-1.0) ** ((spins > 0) & (hamiltonian.rotation < 0)).sum(axis=1)

    def after(image: np.ndarray, vector: np.ndarray) -> np.ndarray:
        return (sign * vector)[index[((image > 0) << np.arange(n_sites)).sum(axis=1)]] * sign

    lattice = hamiltonian.lattice
    for vector in (psi, sparse_matrix(hamiltonian, states) @ psi):
        assert np.linalg.norm(vector) > 1e-6
        scale = np.abs(vector).max()
        if sector.momentum is not None:
            for site in lattice.translations[:, 0]:
                phase = np.exp(
                    -2j * np.pi * np.sum(np.array(sector.momentum) * lattice.coordinates[site] / lattice.shape)
                )
                moved = after(spins[:, lattice.translations[site]], vector)
                np.testing.assert_allclose(moved, phase * vector, atol=1e-9 * scale)
        if sector.irrep is not None:
            for g, character in mirrors(lattice, sector.irrep):
                np.testing.assert_allclose(after(spins[:, g], vector), character * vector, atol=1e-9 * scale)
        if sector.spin_flip != "none":
            wanted = 1 if sector.spin_flip == "even" else -1
            wanted *= (-1) ** (n_sites // 2) if hamiltonian.conserves_magnetisation else 1
            np.testing.assert_allclose(after(-spins, vector), wanted * vector, atol=1e-9 * scale)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_every_declared_invariance_leaves_every_amplitude_as_it_is(case) -> None:
    hamiltonian, ansatz, _, _, plain = set_up(case)
    states, psi = amplitudes(hamiltonian, plain)
    some = np.arange(0, len(states), max(1, len(states) // 500))
    spins, psi = as_configurations(states[some], hamiltonian.n_sites), psi[some]
    signs = (1, -1) if ansatz.is_even else (1,)
    for permutation in ansatz.invariances:
        for sign in signs:
            moved = np.exp(plain.log_psi(sign * spins[:, permutation]))
            np.testing.assert_allclose(moved, psi, atol=1e-9 * np.abs(psi).max())


def mirrors(lattice, irrep: str):
    """The mirror x -> -x and, on a square cluster, the quarter turn, with their characters by hand."""
    first = 1 if irrep[1] == "1" else -1
    turn = 1 if irrep[0] == "A" else -1
    *rest, extent = lattice.shape
    if lattice.boundary == "open":  # C2v of a rectangle; mirror line along the first axis, and the half turn
        grid = np.arange(lattice.n_sites).reshape(lattice.shape)
        return [(grid[:, ::-1].ravel(), first), (grid[::-1, ::-1].ravel(), turn)]
    if not rest:
        return [(-np.arange(extent) % extent, first)]
    x, y = lattice.coordinates.T
    n, m = lattice.shape
    found = [(x * m + (-y % m), first)]
    if n == m:
        found.append(((-y % n) * m + x, turn))
    return found


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_compiled_path_equals_the_plain_one(case) -> None:
    hamiltonian, _, _, fast, plain = set_up(case)
    rng = np.random.default_rng(3)
    # Where the images cancel there is only rounding to compare.
    starts = random_configurations(hamiltonian, 40, rng)
    size = plain.log_psi(starts).real
    chains = starts[size > size.max() - 10][:4]
    uniforms = rng.random((6, 4, hamiltonian.n_sites))
    copy = chains.copy()
    ours, theirs = fast.sweep(chains, uniforms), plain.sweep(copy, uniforms)
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one, other)
    sample = ours[0].reshape(-1, hamiltonian.n_sites)
    np.testing.assert_allclose(fast.local_energies(sample), plain.local_energies(sample), rtol=1e-8, atol=1e-8)
    ours, theirs = fast.derivatives(sample).matrix(), plain.derivatives(sample).matrix()
    np.testing.assert_allclose(ours, theirs[: len(sample)], rtol=1e-8, atol=1e-8)
    # The sign of a real wave function has no derivative: the rows of its phase vanish.
    np.testing.assert_allclose(theirs[len(sample) :], 0, atol=1e-12)
    np.testing.assert_allclose(np.exp(fast.log_psi(sample) - plain.log_psi(sample)), 1, rtol=1e-9)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_local_energies_and_derivatives_are_those_of_the_amplitudes(case) -> None:
    hamiltonian, _, parameters, fast, plain = set_up(case)
    states, psi = amplitudes(hamiltonian, plain)
    kept = np.abs(psi) > 1e-6 * np.abs(psi).max()
    spins = as_configurations(states, hamiltonian.n_sites)[kept]
    dense = ((sparse_matrix(hamiltonian, states) @ psi)[kept]) / psi[kept]
    np.testing.assert_allclose(fast.local_energies(spins), dense, rtol=1e-6, atol=1e-6)
    spins, centred = spins[:12], fast.derivatives(spins[:12]).matrix()
    for index in np.random.default_rng(1).choice(len(parameters), size=4, replace=False):
        step = np.zeros_like(parameters)
        step[index] = 1e-6
        logs = []
        for sign in (1, -1):
            plain.set_parameters(parameters + sign * step)
            logs.append(np.asarray(plain.log_psi(spins), dtype=complex))
        ratio = np.exp(logs[0] - logs[1])
        column = (ratio - 1 / ratio) / 4e-6
        np.testing.assert_allclose(column - column.mean(), centred[:, index], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", [CASES[0], CASES[5]], ids=name_of)
def test_the_chain_samples_the_projected_state(case) -> None:
    from scipy import stats

    hamiltonian, _, _, fast, plain = set_up(case, scale=3.0)
    states, psi = amplitudes(hamiltonian, plain)
    rng = np.random.default_rng(0)
    chains = random_configurations(hamiltonian, 64, rng)
    sample = np.concatenate([draw(fast, chains, 1, 10, rng).flat for _ in range(60)])
    found = ((sample > 0) << np.arange(hamiltonian.n_sites)).sum(axis=1)
    expected = np.abs(psi) ** 2 / (np.abs(psi) ** 2).sum() * len(found)
    counts = np.array([(found == state).sum() for state in states])
    large = expected >= 5
    counts = np.append(counts[large], counts[~large].sum())
    expected = np.append(expected[large], expected[~large].sum())
    kept = expected > 1e-9
    assert counts[~kept].sum() == 0
    assert stats.chisquare(counts[kept], expected[kept]).pvalue > 1e-3


def test_large_amplitudes_do_not_overflow() -> None:
    hamiltonian, ansatz, _, fast, plain = set_up(CASES[5])
    parameters = 3e3 * ansatz.initial_parameters(np.random.default_rng(0))
    fast.set_parameters(parameters)
    plain.set_parameters(parameters)
    spins = random_configurations(hamiltonian, 4, np.random.default_rng(0))
    assert np.isfinite(fast.log_psi(spins)).all() and np.abs(fast.log_psi(spins)).max() > 1e3
    np.testing.assert_allclose(fast.log_psi(spins).real, plain.log_psi(spins).real, rtol=1e-9)


@pytest.mark.parametrize(
    ("fields", "sector", "sentence"),
    [
        ({**CHAIN, "boundary": "open"}, Sector(momentum=(1,)), "no momentum"),
        (CHAIN, Sector(momentum=(1, 2)), "momenta of 1 number"),
        (CHAIN, Sector(irrep="B1"), "no rotation of even order"),
        ({"lattice": "chain", "shape": 2}, Sector(irrep="A2"), "too small"),
    ],
)
def test_sectors_that_do_not_exist_get_a_sentence(fields, sector, sentence) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        build_projection(build_hamiltonian(GroundStateSpec(**fields)), sector)


def test_tied_and_real_weights_know_their_sectors() -> None:
    hamiltonian = build_hamiltonian(GroundStateSpec(**CHAIN))
    with pytest.raises(InvalidInput, match="another momentum"):
        build_projection(hamiltonian, Sector(momentum=(4,)), tied=True)
    projection = build_projection(hamiltonian, Sector(momentum=(1,)))
    with pytest.raises(InvalidInput, match="complex parameters"):
        Projected(DenseRbm(8, 1, False), projection)
    assert build_projection(hamiltonian, Sector()) is None


@pytest.mark.parametrize("case", [CASES[0], CASES[1], CASES[5], CASES[6]], ids=name_of)
def test_a_table_of_orbits_equals_the_plain_path(case) -> None:
    hamiltonian, ansatz, parameters, _, plain = set_up(case)
    table = build_backend(ansatz, hamiltonian, "table")
    table.set_parameters(parameters)
    states, psi = amplitudes(hamiltonian, plain)
    kept = np.abs(psi) > 1e-6 * np.abs(psi).max()
    spins = as_configurations(states, hamiltonian.n_sites)[kept]
    np.testing.assert_allclose(np.exp(table.log_psi(spins) - plain.log_psi(spins)), 1, rtol=1e-9)
    np.testing.assert_allclose(table.local_energies(spins), plain.local_energies(spins), rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(table.derivatives(spins).matrix(), plain.derivatives(spins).matrix(), atol=1e-7)


def test_an_invariant_wave_function_has_no_part_in_another_irrep() -> None:
    spec = GroundStateSpec(lattice="square", shape="4x4", ansatz="rbm_space_group", irrep="B1")
    with pytest.raises(InvalidInput, match="no part in irrep B1"):
        projection_of(spec, build_hamiltonian(spec))
    own = spec.model_copy(update={"irrep": "A1"})
    assert projection_of(own, build_hamiltonian(own)) is not None
