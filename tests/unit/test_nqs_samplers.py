"""Every way to sample |psi|^2 against its exact histogram; sums over all states against matrices."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import stats

from physics_engines.errors import Interrupted
from physics_engines.nqs import GroundStateSpec, ground_state
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.exact import as_configurations, basis_states, sector_states, sparse_matrix
from physics_engines.nqs.exact_sector import exact_sector
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.nodes import missed_variance
from physics_engines.nqs.reconfiguration import natural_gradient
from physics_engines.nqs.samplers import build_sampler
from physics_engines.nqs.samplers.blurred import Blurred
from physics_engines.nqs.samplers.composite import proposals
from physics_engines.nqs.samplers.metropolis import Metropolis
from physics_engines.nqs.spec import SpinModelSpec
from physics_engines.nqs.table_backend import TableBackend
from physics_engines.progress import Monitor
from tools.base import describe_validation_error

CASES = [
    {"lattice": "chain", "shape": 8, "ansatz": "rbm", "alpha": 1},
    {"lattice": "chain", "shape": 8, "ansatz": "rbm", "alpha": 1, "total_sz": -1},
    {"lattice": "kagome", "shape": "2x2", "boundary": "open", "alpha": 1, "total_sz": 4},
    {"lattice": "honeycomb", "shape": "2x2", "ansatz": "rbm_symmetric_complex", "alpha": 1, "total_sz": 2},
    {"model": "tfim", "lattice": "chain", "shape": 6, "ansatz": "rbm", "alpha": 1},
    {"model": "couplings", "couplings": [[0, 1, 1.0], [1, 2, -0.5, 1.0], [2, 3, 0.3], [0, 4, 0.9], [4, 5, 1]]},
]


def name_of(case: dict) -> str:
    return "-".join(str(value) for value in case.values())


def set_up(case: dict, scale: float = 8.0, backend: str = "numba"):
    spec = GroundStateSpec(**{"n_chains": 64, **case})
    hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
    evaluator = build_backend(ansatz, hamiltonian, backend)
    sampler = build_sampler(spec, ansatz, hamiltonian, evaluator, backend)
    parameters = scale * ansatz.initial_parameters(np.random.default_rng(3))
    for item in (evaluator, sampler):
        item.set_parameters(parameters)
    states = basis_states(spec.n_sites, spec.conserves_magnetisation, spec.n_up)
    psi = np.exp(evaluator.log_psi(as_configurations(states, spec.n_sites)))
    return spec, hamiltonian, evaluator, sampler, states, psi


class StoredAmplitudes(TableBackend):
    """The amplitudes of a given state vector, in the order of ``sector_states``."""

    def __init__(self, ansatz, hamiltonian, log_psi: np.ndarray) -> None:
        super().__init__(ansatz, hamiltonian)
        self._place[sector_states(hamiltonian)] = np.arange(len(log_psi))
        self._log_psi, self._log_modulus = log_psi, np.ascontiguousarray(log_psi.real)


def histogram_agrees(sample, states: np.ndarray, weight: np.ndarray, thin: int) -> bool:
    n_sites = sample.configurations.shape[-1]
    thinned = sample.configurations[:, ::thin].reshape(-1, n_sites)
    code = ((thinned > 0).astype(np.int64) << np.arange(n_sites)).sum(axis=1)
    counts = np.bincount(code, minlength=2**n_sites)[states]
    assert counts.sum() == len(thinned), "the chains left the sector"
    expected = weight / weight.sum() * len(thinned)
    common = expected >= 10
    assert common.sum() > 5
    observed = np.append(counts[common], counts[~common].sum())
    wanted = np.append(expected[common], expected[~common].sum())
    kept = wanted > 0
    return bool(stats.chisquare(observed[kept], wanted[kept]).pvalue > 1e-3)


@pytest.mark.parametrize("case", CASES, ids=name_of)
@pytest.mark.parametrize("name", ["metropolis", "composite", "parallel_tempering"])
def test_the_histogram_of_every_sampler_is_psi_squared(name: str, case: dict) -> None:
    _, _, _, sampler, states, psi = set_up({**case, "sampler": name}, scale=4.0)
    rng = np.random.default_rng(17)
    walkers = sampler.start(rng)
    sample = sampler.draw(walkers, 2000, 100, rng)
    assert sampler.targets(walkers).shape == (64, walkers.shape[1]) and sample.shape == (64, 2000)
    assert 0 < sample.acceptance < 1
    assert histogram_agrees(sample, states, np.abs(psi) ** 2, thin=10)


def test_heated_replicas_sample_powers_and_the_torch_path_follows_the_compiled_one() -> None:
    case = {**CASES[0], "sampler": "parallel_tempering", "n_replicas": 3}
    rng = np.random.default_rng(0)
    _, hamiltonian, fast, sampler, states, psi = set_up(case, scale=6.0)
    plain = set_up(case, scale=6.0, backend="torch")[2]
    walkers = sampler.start(rng)
    assert walkers.shape == (192, 8)
    betas = np.tile([1.0, 2 / 3, 1 / 3], 64)
    uniforms = rng.random((400, 192, 8))
    copy = walkers[:, :].copy()
    records = fast.sweep_tempered(walkers, uniforms, betas)[0]
    assert np.array_equal(records[:, :20], plain.sweep_tempered(copy, uniforms[:20], betas)[0])
    for replica, beta in enumerate((1.0, 2 / 3, 1 / 3)):
        one = type("S", (), {"configurations": records[replica::3, 100:]})
        assert histogram_agrees(one, states, np.abs(psi) ** (2 * beta), thin=12)
    assert hamiltonian.n_up == 4


def test_tempering_crosses_a_valley_that_holds_up_a_chain() -> None:
    """Two far peaks of |psi|^2: the Ising magnet up and down, joined by a global flip only."""
    case = {"model": "tfim", "lattice": "chain", "shape": 12, "ansatz": "rbm", "alpha": 1, "n_chains": 16}

    def share_of_up(name: str) -> np.ndarray:
        spec = GroundStateSpec(**case, sampler=name, n_replicas=12)
        hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
        backend = build_backend(ansatz, hamiltonian)
        sampler = build_sampler(spec, ansatz, hamiltonian, backend)
        parameters = np.zeros(ansatz.n_parameters)
        parameters[24:36] = 1.0  # one hidden unit that sees the whole magnetisation: cosh(sum s), twice per site
        parameters[36:48] = 1.0
        sampler.set_parameters(parameters)
        rng = np.random.default_rng(5)
        walkers = np.ones_like(sampler.start(rng))
        sample = sampler.draw(walkers, 400, 200, rng)
        return (sample.configurations.sum(axis=-1) > 0).mean(axis=1)

    stuck, moving, flipping = (share_of_up(name) for name in ("metropolis", "parallel_tempering", "composite"))
    assert stuck.mean() > 0.95
    assert 0.3 < moving.mean() < 0.7 and 0.45 < flipping.mean() < 0.55


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_composite_moves_hold_those_of_the_hamiltonian(case: dict) -> None:
    hamiltonian = build_hamiltonian(SpinModelSpec(**{k: v for k, v in case.items() if k in SpinModelSpec.model_fields}))
    moves = [tuple(move) for move in proposals(hamiltonian).tolist()]
    assert moves[: len(hamiltonian.moves)] == [tuple(move) for move in hamiltonian.moves.tolist()]
    assert len(set(moves)) == len(moves) and all(i < j or j == -1 for i, j in moves)
    assert len(moves) > len(hamiltonian.moves)


@pytest.mark.parametrize("case", [CASES[0], CASES[3], CASES[4]], ids=name_of)
def test_a_blurred_sample_is_the_mixture_and_its_weights_lead_back(case: dict) -> None:
    spec, hamiltonian, evaluator, sampler, states, psi = set_up({**case, "sampler": "metropolis"}, scale=4.0)
    probability = np.abs(psi) ** 2 / np.sum(np.abs(psi) ** 2)
    # Without diagonal and signs the Hamiltonian is the sum over all moves, those between equal spins apart.
    moves = replace(
        hamiltonian, bonds=hamiltonian.bonds[:0], zz=hamiltonian.zz[:0], amplitudes=np.ones_like(hamiltonian.amplitudes)
    )
    hops = sparse_matrix(moves, states)
    stays = len(hamiltonian.moves) - np.asarray(hops.sum(axis=1)).ravel()
    mixture = 0.4 * probability + 0.6 * (hops @ probability + stays * probability) / len(hamiltonian.moves)
    blurred = Blurred(sampler, evaluator, hamiltonian, 0.6)
    rng = np.random.default_rng(5)
    sample = blurred.draw(blurred.start(rng), 2000, 100, rng)
    assert histogram_agrees(sample, states, mixture, thin=10)
    codes = ((sample.flat > 0).astype(np.int64) << np.arange(spec.n_sites)).sum(axis=1)
    place = np.searchsorted(states, codes)
    np.testing.assert_allclose(
        sample.weights / sample.weights[0],
        (probability / mixture)[place] / (probability / mixture)[place[0]],
        rtol=1e-9,
    )
    assert sample.weights.sum() == pytest.approx(1)


def test_a_blurred_sample_knows_the_variance_that_sits_on_a_node() -> None:
    """A state that is exact but for a small amplitude where it should be zero: |psi|^2 hardly ever goes there."""
    spec = GroundStateSpec(model="j1j2", lattice="chain", shape=8, j2=0.5, sampler="metropolis")
    hamiltonian = build_hamiltonian(spec)
    states = sector_states(hamiltonian)
    matrix = sparse_matrix(hamiltonian, states)
    psi = exact_sector(hamiltonian, None, 1, tied=True).vectors[:, 0].copy()
    zeros = np.abs(psi) < 1e-10
    assert zeros.sum() == 40, "the Majumdar-Ghosh states vanish on most configurations"
    psi[zeros] = 1e-4
    psi /= np.linalg.norm(psi)
    energy = np.vdot(psi, matrix @ psi).real
    variance = float(np.linalg.norm(matrix @ psi - energy * psi) ** 2)

    backend = StoredAmplitudes(build_ansatz(spec), hamiltonian, np.log(psi))
    plain = Metropolis(backend, hamiltonian, 16)
    found, drawn = {}, {}
    for name, sampler in (("plain", plain), ("blurred", Blurred(plain, backend, hamiltonian, 0.5))):
        rng = np.random.default_rng(2)
        sample = sampler.draw(sampler.start(rng), 256, 100, rng)
        drawn[name] = sample.flat
        local = backend.local_energies(sample.flat)
        found[name] = float(sample.average(np.abs(local - energy) ** 2))
    assert found["plain"] < 0.1 * variance
    ratio = missed_variance(backend, hamiltonian, drawn["plain"], energy, found["plain"], np.random.default_rng(3))
    assert ratio is not None and 4 < ratio < 20, "a finished run is told"
    again = missed_variance(backend, hamiltonian, drawn["plain"], energy, variance, np.random.default_rng(3))
    assert again is None
    # About half of it is one move away from where the state lives, the other half two.
    reached = np.abs(matrix) @ ~zeros > 0
    near = float(np.linalg.norm((matrix @ psi - energy * psi)[reached]) ** 2)
    assert 0.4 * variance < near and found["blurred"] == pytest.approx(near, rel=0.2)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_sums_over_all_states_are_expectation_values(case: dict) -> None:
    spec, hamiltonian, evaluator, sampler, states, psi = set_up({**case, "sampler": "exact"}, scale=4.0)
    walkers = sampler.start(np.random.default_rng(1))
    sample = sampler.draw(walkers, 1, 0, np.random.default_rng(1))
    probability = np.abs(psi) ** 2 / np.sum(np.abs(psi) ** 2)
    np.testing.assert_allclose(sample.weights, probability, rtol=1e-10)
    assert np.array_equal(sample.flat, as_configurations(states, spec.n_sites))
    energies = evaluator.local_energies(sample.flat)
    matrix = sparse_matrix(hamiltonian, states)
    expected = np.vdot(psi, matrix @ psi) / np.vdot(psi, psi)
    assert sample.average(energies) == pytest.approx(expected, abs=1e-10)
    # ... and the walkers it leaves behind stand in the sector, where |psi|^2 is.
    assert {tuple(row) for row in walkers} <= {tuple(row) for row in sample.flat}

    derivatives = evaluator.derivatives(sample.flat)
    weights = sample.weights
    centred = derivatives.matrix() - weights @ derivatives.matrix()
    metric = centred.conj().T @ (weights[:, None] * centred) + 1e-2 * np.eye(centred.shape[1])
    force = centred.conj().T @ (weights * (energies - weights @ energies))
    step = natural_gradient(derivatives, energies, 1e-2, weights=weights)
    np.testing.assert_allclose(step.vector, np.linalg.solve(metric, force), rtol=1e-6, atol=1e-10)


def test_a_run_over_all_states_has_no_error_and_reaches_the_ground_state() -> None:
    spec = GroundStateSpec(
        lattice="triangular", shape="2x3", ansatz="rbm_complex", alpha=4, sampler="exact", n_iterations=150
    )
    result = ground_state(spec)
    energy = result.energy_per_site
    hamiltonian = build_hamiltonian(spec)
    matrix = sparse_matrix(hamiltonian, basis_states(6, True, 3)).toarray()
    lowest = float(np.linalg.eigvalsh(matrix)[0]) / 6
    assert energy.error == 0.0 and energy.exactness == "upper_bound" and energy.n_eff is None
    assert energy.value >= lowest - 1e-13
    assert energy.value == pytest.approx(lowest, abs=1e-4)
    assert "exact sum over 20 states" in energy.method.en and energy.flags == ()
    assert result.variance_per_site.error == 0.0
    assert result.configurations.shape == (16, 6)


def bits(result) -> tuple:
    arrays = [result.parameters, result.configurations, *result.trace.values()]
    return (result.energy_per_site.model_dump_json(), *(array.tobytes() for array in arrays))


def test_a_state_that_vanishes_on_most_configurations_is_found_to_the_end() -> None:
    """Majumdar-Ghosh: sampled by |psi|^2, the run ended 2e-6 to 6e-5 high with a hundredth of its true variance."""
    for more in ({}, {"sampler": "metropolis"}):
        fields = {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.5, "alpha": 4, "n_iterations": 150}
        spec = GroundStateSpec(**fields, **more)
        assert (spec.sampler, spec.blur) == (("metropolis", 0.5) if more else ("exact", 0.0))
        result = ground_state(spec)
        hamiltonian = build_hamiltonian(spec)
        evaluator = build_backend(build_ansatz(spec), hamiltonian)
        evaluator.set_parameters(result.parameters)
        states = sector_states(hamiltonian)
        psi = np.exp(evaluator.log_psi(as_configurations(states, 8)))
        psi /= np.linalg.norm(psi)
        product = sparse_matrix(hamiltonian, states) @ psi
        energy = float(np.vdot(psi, product).real)
        variance = float(np.linalg.norm(product - energy * psi) ** 2)
        assert energy / 8 == pytest.approx(-0.375, abs=2e-5)
        assert result.variance_per_site.value * 8 == pytest.approx(variance, rel=0.5)
        error = result.energy_per_site.error
        assert abs(result.energy_per_site.value - energy / 8) <= 4 * error + 1e-12


@pytest.mark.parametrize("name", ["composite", "parallel_tempering", "exact"])
def test_an_interrupted_run_goes_on_with_the_same_bits(name: str, tmp_path: Path) -> None:
    spec = GroundStateSpec(
        lattice="chain", shape=8, alpha=2, n_iterations=12, n_samples=64, n_final_samples=256, n_chains=8, sampler=name
    )
    seen: list[object] = []
    with pytest.raises(Interrupted):
        ground_state(spec, Monitor(tmp_path / "restart.npz", seen.append, lambda: len(seen) >= 5))
    assert bits(ground_state(spec, Monitor(tmp_path / "restart.npz"))) == bits(ground_state(spec))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"shape": 24}, "at most 131072, not those of 2704156 states; take another sampler"),
        ({"shape": 1000}, "not those of 1000 sites"),
        ({"shape": 8, "total_sz": 4}, "has a single state and nothing to vary"),
    ],
)
def test_what_cannot_be_summed_is_refused(fields: dict, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GroundStateSpec(lattice="chain", sampler="exact", **fields)
    assert sentence in describe_validation_error(caught.value)
