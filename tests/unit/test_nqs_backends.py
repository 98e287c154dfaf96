"""The compiled path against the plain one, and both against enumeration."""

import numpy as np
import pytest
from scipy import stats

from physics_engines.errors import InvalidInput
from physics_engines.nqs import GroundStateSpec
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.ansatze.rbm import DenseRbm
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.connected import connected
from physics_engines.nqs.derivatives import DenseRbmDerivatives, ExplicitDerivatives
from physics_engines.nqs.exact import as_configurations, basis_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.reconfiguration import natural_gradient
from physics_engines.nqs.sampling import draw, random_configurations
from physics_engines.statistics import gamma_method

ANSAETZE = ("rbm", "rbm_complex", "rbm_symmetric", "rbm_symmetric_complex")
CASES = [
    *({"lattice": "square", "shape": "4x4", "ansatz": name, "alpha": 2} for name in ANSAETZE),
    *({"model": "tfim", "lattice": "chain", "shape": 7, "ansatz": name, "alpha": 1} for name in ANSAETZE),
    {"model": "j1j2", "lattice": "square", "shape": "2x4", "ansatz": "rbm_symmetric_complex", "alpha": 3},
    {"lattice": "square", "shape": "3x4", "ansatz": "rbm_complex", "alpha": 1},
    {"lattice": "square", "shape": "4x4", "ansatz": "rbm_space_group", "alpha": 16},
    {"model": "j1j2", "lattice": "chain", "shape": 8, "ansatz": "rbm_space_group_complex", "alpha": 2},
    {"model": "tfim", "lattice": "square", "shape": "3x4", "ansatz": "rbm_space_group", "alpha": 4},
    # Large enough for the derivatives by FFT.
    {"lattice": "square", "shape": "6x10", "ansatz": "rbm_symmetric", "alpha": 1},
    {"model": "tfim", "lattice": "chain", "shape": 50, "ansatz": "rbm_symmetric_complex", "alpha": 1},
    {"lattice": "chain", "shape": 10, "boundary": "open", "ansatz": "rbm", "alpha": 1},
]


def name_of(case: dict) -> str:
    return "-".join(str(value) for value in case.values())


def set_up(case: dict, backend: str, scale: float = 8.0, seed: int = 1):
    spec = GroundStateSpec(**case)
    hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
    parameters = scale * ansatz.initial_parameters(np.random.default_rng(seed))
    evaluator = build_backend(ansatz, hamiltonian, backend)
    evaluator.set_parameters(parameters)
    return spec, hamiltonian, ansatz, parameters, evaluator


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_compiled_path_equals_the_plain_one(case: dict) -> None:
    _, hamiltonian, _, _, fast = set_up(case, "numba")
    plain = set_up(case, "torch")[-1]
    rng = np.random.default_rng(3)
    chains = random_configurations(hamiltonian, 8, rng)
    uniforms = rng.random((8, 8, hamiltonian.n_sites))
    copy = chains.copy()
    for ours, theirs in zip(fast.sweep(chains, uniforms), plain.sweep(copy, uniforms), strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(chains, copy)

    sample = fast.sweep(chains, uniforms)[0].reshape(-1, hamiltonian.n_sites)
    ours, theirs = fast.local_energies(sample), plain.local_energies(sample)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)
    for part in (sample, sample[:20]):  # more samples than parameters, and fewer
        energies = plain.local_energies(part)
        ours, theirs = fast.derivatives(part), plain.derivatives(part)
        np.testing.assert_allclose(ours.matrix(), theirs.matrix(), rtol=1e-10, atol=1e-10)
        steps = [natural_gradient(item, energies, 1e-2).vector for item in (ours, theirs)]
        np.testing.assert_allclose(steps[0], steps[1], rtol=0, atol=5e-10 * np.abs(steps[1]).max() + 1e-15)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_tables_on_a_device_are_those_of_the_compiled_path(case: dict) -> None:
    _, hamiltonian, _, _, compiled = set_up(case, "numba")
    on_device = set_up(case, "tables_on_device")[-1]
    rng = np.random.default_rng(5)
    chains = random_configurations(hamiltonian, 8, rng)
    uniforms, copy = rng.random((6, 8, hamiltonian.n_sites)), chains.copy()
    powers = np.linspace(1.0, 0.5, 8)
    expected = compiled.sweep_tempered(chains, uniforms, powers)
    for ours, theirs in zip(on_device.sweep_tempered(copy, uniforms, powers), expected, strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(chains, copy)
    sample = expected[0].reshape(-1, hamiltonian.n_sites)
    ours, theirs = on_device.local_energies(sample), compiled.local_energies(sample)
    assert ours.dtype == theirs.dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", [case for case in CASES if case["shape"] != "6x10"], ids=name_of)
def test_connected_configurations_are_evaluated_from_the_tables_of_the_first(case: dict) -> None:
    _, hamiltonian, _, _, fast = set_up(case, "numba")
    plain = set_up(case, "torch")[-1]
    sample = random_configurations(hamiltonian, 11, np.random.default_rng(3))
    found, expected = connected(fast, hamiltonian, sample), connected(plain, hamiltonian, sample)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == (11, len(hamiltonian.moves))
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-10)
    alone = np.ones((2, hamiltonian.n_sites), dtype=np.int8)
    if hamiltonian.conserves_magnetisation:
        for backend in (fast, plain):
            assert not np.any(connected(backend, hamiltonian, alone)), "there is no antiparallel pair"
    # Both together: off the diagonal, H psi / psi is the sum of the ratios.
    off = plain.local_energies(sample) - hamiltonian.diagonal(sample)
    np.testing.assert_allclose(found[0] @ hamiltonian.amplitudes, off, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_log_psi_is_the_product_formula(case: dict) -> None:
    spec, hamiltonian, ansatz, parameters, plain = set_up(case, "torch", scale=4.0)
    spins = random_configurations(hamiltonian, 16, np.random.default_rng(0))
    weights = ansatz.rbm_weights(parameters)
    theta = spins @ weights.weights.T + weights.hidden
    psi = np.exp(spins @ weights.visible) * np.prod(np.cosh(theta), axis=1)
    np.testing.assert_allclose(np.exp(plain.log_psi(spins)), psi, rtol=1e-10)
    group = {"symmetric": hamiltonian.lattice.translations, "space": hamiltonian.lattice.space_group.distinct}
    for name, elements in group.items():
        if name in spec.ansatz:
            moved = spins[:, elements].reshape(-1, spec.n_sites)
            invariant = plain.log_psi(moved).reshape(16, -1)
            np.testing.assert_allclose(np.exp(invariant), np.repeat(psi[:, None], len(elements), axis=1), rtol=1e-9)


def test_log_psi_does_not_overflow() -> None:
    _, hamiltonian, _, _, plain = set_up(CASES[0], "torch", scale=4e4)
    spins = random_configurations(hamiltonian, 4, np.random.default_rng(0))
    assert np.isfinite(plain.log_psi(spins)).all() and np.abs(plain.log_psi(spins)).max() > 1e3


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_derivatives_are_finite_differences(case: dict) -> None:
    _, hamiltonian, ansatz, parameters, plain = set_up(case, "torch", scale=4.0)
    spins = random_configurations(hamiltonian, 6, np.random.default_rng(0))
    matrix = build_backend(ansatz, hamiltonian, "numba")
    matrix.set_parameters(parameters)
    centred = matrix.derivatives(spins).matrix()
    for index in np.random.default_rng(1).choice(len(parameters), size=5, replace=False):
        step = np.zeros_like(parameters)
        step[index] = 1e-5
        ratios = []
        for sign in (1, -1):
            plain.set_parameters(parameters + sign * step)
            ratios.append(plain.log_psi(spins))
        # The branch of the complex logarithm may differ by 2 pi i between the two sides.
        column = np.exp(ratios[0] - ratios[1])
        column = (column - 1 / column) / 4e-5
        np.testing.assert_allclose(column - column.mean(), centred[:, index], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES[:8], ids=name_of)
def test_local_energies_are_matrix_elements(case: dict) -> None:
    spec, hamiltonian, _, _, fast = set_up(case, "numba", scale=4.0)
    plain = set_up(case, "torch", scale=4.0)[-1]
    states = basis_states(spec.n_sites, spec.conserves_magnetisation)
    spins = as_configurations(states, spec.n_sites)
    psi = np.exp(plain.log_psi(spins))
    np.testing.assert_allclose(fast.local_energies(spins), (sparse_matrix(hamiltonian, states) @ psi) / psi, rtol=1e-8)


@pytest.mark.parametrize("is_complex", [False, True])
def test_dense_derivatives_need_no_matrix(is_complex: bool) -> None:
    rng = np.random.default_rng(5)
    spins = np.asarray(rng.choice([-1, 1], size=(12, 6)), dtype=np.int8)
    theta = rng.standard_normal((12, 6)) + (1j * rng.standard_normal((12, 6)) if is_complex else 0)
    t = np.tanh(theta)
    explicit = ExplicitDerivatives(DenseRbm(6, 1, is_complex).rbm_jacobian(spins, t))
    implicit = DenseRbmDerivatives(spins, t)
    assert implicit.shape == explicit.shape
    samples = rng.standard_normal(12).astype(t.dtype)
    parameters = rng.standard_normal(implicit.shape[1]).astype(t.dtype)
    centred = explicit.matrix()
    for gram in (implicit.gram(), explicit.gram()):
        np.testing.assert_allclose(np.tril(gram), np.tril(centred @ centred.conj().T), atol=1e-12)
    np.testing.assert_allclose(implicit.apply(parameters), explicit.apply(parameters), atol=1e-12)
    np.testing.assert_allclose(implicit.adjoint(samples), explicit.adjoint(samples), atol=1e-12)


@pytest.mark.parametrize("is_complex", [False, True])
@pytest.mark.parametrize("n_samples", [30, 80])
def test_both_forms_of_reconfiguration_solve_the_same_equations(is_complex: bool, n_samples: int) -> None:
    rng = np.random.default_rng(2)

    def numbers(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape) + (1j * rng.standard_normal(shape) if is_complex else 0)

    jacobian, energies, previous = numbers(n_samples, 50), numbers(n_samples), numbers(50)
    centred = jacobian - jacobian.mean(axis=0)
    metric = centred.conj().T @ centred / n_samples
    force = centred.conj().T @ (energies - energies.mean()) / n_samples
    expected = np.linalg.solve(metric + 0.1 * np.eye(50), force + 0.1 * 0.9 * previous)
    step = natural_gradient(ExplicitDerivatives(jacobian), energies, 0.1, previous, 0.9)
    np.testing.assert_allclose(step.vector, expected, rtol=1e-9)
    assert step.speed == pytest.approx(np.sqrt((expected.conj() @ metric @ expected).real))


def test_the_shift_has_a_floor_where_parameters_outnumber_samples() -> None:
    rng = np.random.default_rng(4)
    jacobian, energies = rng.standard_normal((6, 20)), rng.standard_normal(6)
    derivatives = ExplicitDerivatives(jacobian)
    mean_eigenvalue = np.trace(derivatives.gram()) / 36
    raised = natural_gradient(derivatives, energies, 1e-6, floor=0.5).vector
    assert np.allclose(raised, natural_gradient(derivatives, energies, 0.5 * mean_eigenvalue).vector)
    few = ExplicitDerivatives(jacobian[:, :3])
    assert np.array_equal(
        natural_gradient(few, energies, 1e-6, floor=0.5).vector, natural_gradient(few, energies, 1e-6).vector
    )


def test_a_step_from_numbers_that_are_not_finite_is_an_error() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        natural_gradient(ExplicitDerivatives(np.full((4, 2), np.nan)), np.ones(4), 0.1)
    with pytest.raises(np.linalg.LinAlgError):
        natural_gradient(ExplicitDerivatives(np.eye(4)), np.array([1.0, np.inf, 0, 0]), 0.1)


SMALL = [
    {"lattice": "chain", "shape": 8, "ansatz": "rbm", "alpha": 1},
    {"lattice": "square", "shape": "2x4", "ansatz": "rbm_symmetric_complex", "alpha": 1},
    {"model": "tfim", "lattice": "chain", "shape": 6, "ansatz": "rbm", "alpha": 1},
    {"model": "tfim", "lattice": "chain", "shape": 5, "ansatz": "rbm_symmetric", "alpha": 2},
]


@pytest.mark.parametrize("case", SMALL, ids=name_of)
def test_the_histogram_of_the_chains_is_psi_squared(case: dict) -> None:
    spec, hamiltonian, _, _, fast = set_up(case, "numba", scale=6.0)
    plain = set_up(case, "torch", scale=6.0)[-1]
    states = basis_states(spec.n_sites, spec.conserves_magnetisation)
    weight = np.exp(2 * plain.log_psi(as_configurations(states, spec.n_sites)).real)
    weight /= weight.sum()
    rng = np.random.default_rng(17)
    chains = random_configurations(hamiltonian, 64, rng)
    sample = draw(fast, chains, 20_000, 100, rng)
    # Every tenth sweep: far beyond tau_int, so the counts are multinomial and chi-square applies.
    thinned = sample.configurations[:, ::10].reshape(-1, spec.n_sites)
    code = ((thinned > 0).astype(np.int64) << np.arange(spec.n_sites)).sum(axis=1)
    counts = np.bincount(code, minlength=2**spec.n_sites)[states]
    assert counts.sum() == len(thinned), "the chains left the sector"
    common = weight * len(thinned) >= 10
    expected = np.append(weight[common], weight[~common].sum()) * len(thinned)
    observed = np.append(counts[common], counts[~common].sum())
    kept = expected > 0
    assert common.sum() > 5
    assert stats.chisquare(observed[kept], expected[kept]).pvalue > 1e-3


def test_the_energy_estimator_is_unbiased_and_keeps_the_bound() -> None:
    case = {"lattice": "chain", "shape": 8, "ansatz": "rbm", "alpha": 1}
    _, hamiltonian, _, _, fast = set_up(case, "numba", scale=5.0)
    plain = set_up(case, "torch", scale=5.0)[-1]
    states = basis_states(8, True)
    psi = np.exp(plain.log_psi(as_configurations(states, 8)))
    matrix = sparse_matrix(hamiltonian, states)
    energy = float(psi @ (matrix @ psi) / (psi @ psi))
    lowest = float(np.linalg.eigvalsh(matrix.toarray())[0])
    assert energy > lowest
    pulls = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        chains = random_configurations(hamiltonian, 8, rng)
        sample = draw(fast, chains, 200, 50, rng)
        series = fast.local_energies(sample.flat).reshape(8, 200)
        result = gamma_method(series)
        pulls.append((result.mean - energy) / result.error)
        assert result.mean > lowest - 4 * result.error
    # 300 pulls of mean 0 and variance 1, the latter up to the uncertainty of the error itself.
    assert abs(np.mean(pulls)) < 4 / np.sqrt(300)
    assert 0.7 < np.var(pulls) < 1.4


@pytest.mark.parametrize("scale", [20.0, 60.0, 400.0])
@pytest.mark.parametrize("ansatz", ["rbm", "rbm_symmetric_complex"])
def test_large_weights_cost_no_digits(ansatz: str, scale: float) -> None:
    """They drive tanh to 1, where it loses its angle, and cancel in the product formula."""
    case = {"lattice": "chain", "shape": 12, "ansatz": ansatz, "alpha": 1}
    _, hamiltonian, _, _, fast = set_up(case, "numba", scale=scale)
    plain = set_up(case, "torch", scale=scale)[-1]
    rng = np.random.default_rng(0)
    chains = random_configurations(hamiltonian, 4, rng)
    start = chains.copy()
    uniforms = rng.random((30, 4, 12))
    copy = chains.copy()
    sample = fast.sweep(chains, uniforms)[0]
    assert np.array_equal(sample, plain.sweep(copy, uniforms)[0])
    spins = np.concatenate([start, sample.reshape(-1, 12)])
    np.testing.assert_allclose(fast.local_energies(spins), plain.local_energies(spins), rtol=1e-8)


def test_unknown_devices_and_unfit_backends_are_refused() -> None:
    spec = GroundStateSpec(lattice="chain", shape=4)
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    with pytest.raises(InvalidInput, match="no device"):
        build_backend(ansatz, hamiltonian, "torch", "cuda:99")
    with pytest.raises(InvalidInput, match="CPU"):
        build_backend(ansatz, hamiltonian, "numba", "cuda")
