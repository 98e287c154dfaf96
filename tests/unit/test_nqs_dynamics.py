"""Real-time evolution: against exact evolution, order of the integrators, error measure, restart, flags."""

from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import expm

from physics_engines.errors import EngineError, InvalidInput
from physics_engines.nqs.dynamics import blur, exact_evolution, real_time_evolution
from physics_engines.nqs.dynamics.equation import Cutoffs, Equation, Points
from physics_engines.nqs.dynamics.initial import initial_parameters, rbm_of
from physics_engines.nqs.dynamics.measure import Recorder
from physics_engines.nqs.exact import as_configurations, basis_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState, amplitudes_of
from physics_engines.nqs.spec import DynamicsSpec
from physics_engines.progress import Monitor, Progress
from tools import ToolContext
from tools.errors import BadInput, Stopped
from tools.nqs import dynamics

TFIM = {"model": "tfim", "lattice": "chain", "shape": 6}
NEEL = {"lattice": "chain", "shape": 6, "boundary": "open"}


def points_of(spec: DynamicsSpec) -> Points:
    states = as_configurations(basis_states(spec.n_sites, spec.conserves_magnetisation), spec.n_sites)
    return Points(states, np.zeros(len(states)), True)


def start_of(spec: DynamicsSpec) -> np.ndarray:
    return initial_parameters(spec, Monitor())[0]


@pytest.mark.parametrize("fields", [TFIM, NEEL], ids=["ising", "spins"])
def test_the_equation_of_motion_is_the_projection_of_the_true_motion(fields: dict) -> None:
    spec = DynamicsSpec(**fields, alpha=1)
    h, ansatz = build_hamiltonian(spec), rbm_of(spec)
    rng = np.random.default_rng(2)
    parameters = 0.3 * (rng.standard_normal(ansatz.n_parameters) + 1j * rng.standard_normal(ansatz.n_parameters))
    motion = Equation(ansatz, h).motion(parameters, points_of(spec), Cutoffs(1e-10))

    def vector(values: np.ndarray) -> np.ndarray:
        return amplitudes_of(VariationalState(ansatz, values, h))[1]

    psi = vector(parameters)
    matrix = sparse_matrix(h, basis_states(h.n_sites, h.conserves_magnetisation)).toarray()
    assert motion.energy == pytest.approx(np.vdot(psi, matrix @ psi).real, abs=1e-11)
    assert motion.variance == pytest.approx(np.linalg.norm(matrix @ psi) ** 2 - motion.energy**2, abs=1e-10)
    # Tangent vectors by central differences of the unnormalised state, orthogonal to the state.
    log = lambda values: VariationalState(ansatz, values, h).log_psi(points_of(spec).configurations)  # noqa: E731
    steps = np.eye(ansatz.n_parameters) * 1e-5
    tangents = np.stack([(log(parameters + d) - log(parameters - d)) / 2e-5 for d in steps], axis=1) * psi[:, None]
    tangents -= np.outer(psi, psi.conj() @ tangents)
    true_motion = -1j * (matrix @ psi - motion.energy * psi)
    best = tangents @ np.linalg.lstsq(tangents, true_motion, rcond=1e-6)[0]
    assert tangents @ motion.velocity == pytest.approx(best, abs=1e-5)
    assert motion.residual == pytest.approx(np.linalg.norm(best - true_motion) ** 2, abs=1e-5)


def test_exact_evolution_is_the_matrix_exponential() -> None:
    spec = DynamicsSpec(**TFIM, field=1.3)
    h, times = build_hamiltonian(spec), np.linspace(0, 1.5, 4)
    states = basis_states(6, False)
    start = np.random.default_rng(0).standard_normal(64) + 0j
    start /= np.linalg.norm(start)
    found = exact_evolution(h, start, times)
    matrix = sparse_matrix(h, states).toarray()
    for time, vector in zip(times, found.vectors, strict=True):
        assert vector == pytest.approx(expm(-1j * time * matrix) @ start, abs=1e-10)
    assert found.energies == pytest.approx(found.energies[0], abs=1e-10)
    # Paramagnet without coupling between the spins: every spin precesses on its own.
    polarised = np.full(64, 1 / 8, dtype=complex)
    assert exact_evolution(h, polarised, times).values[0, 0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("fields", "accuracy"),
    [
        ({**TFIM, "field": 1.0, "alpha": 4, "total_time": 0.6}, 2e-3),
        ({**TFIM, "initial_field": 0.5, "field": 1.0, "alpha": 4, "total_time": 0.4}, 5e-3),
        ({**TFIM, "boundary": "open", "field": 1.0, "alpha": 2, "total_time": 0.4}, 5e-3),
        ({**NEEL, "total_time": 1.0}, 2e-3),
        ({"lattice": "square", "shape": "2x3", "model": "j1j2", "boundary": "open", "total_time": 0.6}, 2e-3),
        ({"lattice": "chain", "shape": 6, "initial_j2": 0.4, "coupling": 2.0, "total_time": 0.8}, 2e-3),
        ({"lattice": "chain", "shape": 6, "model": "xxz", "delta": 2.0, "initial_delta": 0.5, "total_time": 0.5}, 4e-3),
    ],
    ids=["polarised", "from-h", "open", "neel", "j1j2", "from-j2", "from-delta"],
)
def test_a_full_sum_follows_the_exact_curve_and_bounds_its_own_error(fields: dict, accuracy: float) -> None:
    spec = DynamicsSpec(**{"n_times": 5, "n_iterations": 100, **fields})
    found = real_time_evolution(spec)
    assert np.abs(found.values - found.exact.values).max() < accuracy
    assert (found.errors == 0).all() and found.estimates["fidelity"].value > 1 - accuracy
    # The rigorous part of the error measure: the true infidelity lies below it.
    assert 1 - found.estimates["fidelity"].value <= found.estimates["infidelity_bound"].value + 1e-12
    scale = spec.coupling / spec.n_sites
    assert found.energies[:, 0] == pytest.approx(found.exact.energies * scale, abs=5e-3 * spec.coupling)
    assert abs(found.estimates["energy_drift"].value) < 5e-3 and found.estimates["energy_drift"].flags == ()
    assert found.times == pytest.approx(np.linspace(0, spec.total_time, 5))
    moved = np.abs(found.exact.values - found.exact.values[0]).max()
    assert moved > 10 * accuracy or "initial_j2" in fields, "the state must move for this to say anything"


@pytest.mark.parametrize(("integrator", "order", "sizes"), [("heun", 2, (0.02, 0.01)), ("rk4", 4, (0.04, 0.02))])
def test_the_error_falls_with_the_order_of_the_integrator(integrator: str, order: int, sizes: tuple) -> None:
    def end(step: float, name: str) -> np.ndarray:
        # Few parameters and a state with weights: no direction is near the cut-off, and the motion is smooth.
        spec = DynamicsSpec(
            **NEEL, alpha=1, tilt=60, total_time=0.08, n_times=2, integrator=name, time_step=step, tolerance=0, seed=4,
        )  # fmt: skip
        h, ansatz = build_hamiltonian(spec), rbm_of(spec)
        rng = np.random.default_rng(1)
        parameters = 0.3 * (rng.standard_normal(ansatz.n_parameters) + 1j * rng.standard_normal(ansatz.n_parameters))
        equation, points = Equation(ansatz, h), points_of(spec)

        def rhs(place: np.ndarray):
            return equation.motion(place, points, Cutoffs(1e-4))

        from physics_engines.nqs.dynamics.integrators import fixed_step

        for _ in range(round(0.08 / step)):
            parameters = fixed_step(name, rhs, parameters, rhs(parameters), step).parameters
        return parameters

    truth = end(0.002, "rk4")
    errors = [np.linalg.norm(end(size, integrator) - truth) for size in sizes]
    assert errors[0] > 1e-9
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.6)


def test_samples_follow_the_exact_curve_within_their_errors() -> None:
    spec = DynamicsSpec(
        **{**TFIM, "field": 1.0}, alpha=2, total_time=0.3, n_times=4, full_sum=False, n_samples=2048, tolerance=2e-2,
    )  # fmt: skip
    found = real_time_evolution(spec)
    deviation = np.abs(found.values - found.exact.values)
    moved = found.errors > 1e-6
    assert moved.any() and (deviation[moved] / found.errors[moved]).max() < 5
    assert found.estimates["fidelity"].value > 0.98
    assert "sampled" in found.estimates["infidelity_bound"].flags[-1]
    drift = found.estimates["energy_drift"]
    assert abs(drift.value) < 5 * drift.error + 5e-3
    assert found.estimates["sigma_x"].error > 0


@pytest.mark.parametrize("fields", [TFIM, NEEL], ids=["ising", "spins"])
def test_blurred_samples_follow_their_density_also_where_the_state_vanishes(fields: dict) -> None:
    h = build_hamiltonian(DynamicsSpec(**fields))
    states = basis_states(h.n_sites, h.conserves_magnetisation)
    configurations = as_configurations(states, h.n_sites)
    rng = np.random.default_rng(4)
    log_probability = rng.normal(0, 2, len(states))
    log_probability[len(states) // 2] = -60.0  # a zero of the wave function

    def look_up(spins: np.ndarray) -> np.ndarray:
        codes = (spins > 0) @ (1 << np.arange(h.n_sites))
        return log_probability[np.searchsorted(states, codes)]

    density = np.exp(blur.log_density(look_up, configurations, h.moves))
    base = np.exp(blur.POWER * log_probability)
    assert density.sum() == pytest.approx(base.sum()), "moves keep the probability"
    assert density[len(states) // 2] > 1e-3 * density.max()
    drawn = configurations[rng.choice(len(states), size=40_000, p=base / base.sum())]
    spread = blur.blur(drawn, h.moves, rng)
    counts = np.bincount(np.searchsorted(states, (spread > 0) @ (1 << np.arange(h.n_sites))), minlength=len(states))
    expected = 40_000 * density / density.sum()
    chi2 = ((counts - expected) ** 2 / expected).sum() / (len(states) - 1)
    assert 0.5 < chi2 < 1.6


def test_warnings_on_recorded_values_are_kept() -> None:
    spec = DynamicsSpec(**{**TFIM, "field": 1.0}, alpha=1)
    h, ansatz = build_hamiltonian(spec), rbm_of(spec)
    state = VariationalState(ansatz, start_of(spec), h)
    chains = np.ones((4, 40, 6), dtype=np.int8)
    chains[2:, :, ::2] = -1  # two and two chains that stand still in different places
    chains[0, 0, 0] = -1
    _, errors, flags = Recorder.of(h).record(state, Ensemble(chains))
    assert len(flags) == len(errors) and any("not equilibrated" in flag for flag in flags[1])


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [0, 1])
def test_samples_follow_a_state_through_its_zeros(seed: int) -> None:
    """From spins along x to t = 0.5 some amplitudes pass through zero, where samples of |psi|^2 see nothing."""
    spec = DynamicsSpec(**{**TFIM, "shape": 8}, field=1.0, total_time=0.5, n_times=3, full_sum=False, seed=seed)
    found = real_time_evolution(spec)
    infidelity, bound = 1 - found.estimates["fidelity"].value, found.estimates["infidelity_bound"]
    assert infidelity < 1e-3
    assert bound.error > 0 and infidelity < 4 * (bound.value + 2 * bound.error) + 1e-5


@pytest.mark.parametrize("full", [True, False])
def test_a_run_that_was_stopped_goes_on_with_the_same_bits(tmp_path: Path, full: bool) -> None:
    spec = DynamicsSpec(
        **{**TFIM, "initial_field": 0.7, "field": 1.0}, alpha=1, total_time=0.1, n_times=3, n_iterations=10,
        full_sum=full, n_samples=256, n_chains=8, tolerance=5e-2,
    )  # fmt: skip
    whole = real_time_evolution(spec)
    for last in (4, 14):  # within the optimisation of the initial state, within the evolution
        seen: list[Progress] = []
        file = tmp_path / f"{last}.npz"

        def stop(seen: list = seen, last: int = last) -> bool:
            return len(seen) >= last

        with pytest.raises(Exception, match="stopped"):
            real_time_evolution(spec, Monitor(file, seen.append, stop))
        resumed = real_time_evolution(spec, Monitor(file))
        assert resumed.parameters.tobytes() == whole.parameters.tobytes()
        assert resumed.values.tobytes() == whole.values.tobytes()
        assert resumed.estimates == whole.estimates
        assert all(resumed.trace[name].tobytes() == column.tobytes() for name, column in whole.trace.items())
    with pytest.raises(InvalidInput, match="another calculation"):
        real_time_evolution(spec.model_copy(update={"seed": 9}), Monitor(file))
    file.write_bytes(b"cut short")
    assert real_time_evolution(spec, Monitor(file)).estimates == whole.estimates


def test_a_time_beyond_the_reach_of_the_network_is_flagged() -> None:
    spec = DynamicsSpec(
        **{**TFIM, "field": 0.5}, alpha=1, total_time=2.0, n_times=5, tolerance=2e-2, cutoff=1e-6,
    )  # fmt: skip
    found = real_time_evolution(spec)
    assert "no longer bounds the infidelity" in found.estimates["sigma_x"].flags[0]
    assert "beyond t = " in found.estimates["sigma_x"].flags[0]
    assert found.estimates["infidelity_bound"].value > 0.09
    near = real_time_evolution(spec.model_copy(update={"total_time": 0.1}))
    assert near.estimates["sigma_x"].flags == ()


def test_a_step_that_is_much_too_long_is_an_error_and_no_answer() -> None:
    spec = DynamicsSpec(
        **{**TFIM, "field": 1.0}, full_sum=False, n_samples=256, n_chains=8, tolerance=0, time_step=1.0, total_time=2.0,
        n_times=3,
    )  # fmt: skip
    with pytest.raises(EngineError, match="smaller time_step"):
        real_time_evolution(spec)


def test_the_tool_gives_exact_values_and_a_figure(tmp_path: Path) -> None:
    context = ToolContext(out=tmp_path, home=tmp_path, monitor=Monitor())
    fields = {**TFIM, "field": 1.0, "alpha": 2, "total_time": 0.2, "n_times": 3}
    result = dynamics.run(dynamics.parse(fields), context)
    assert {artifact.path for artifact in result.artifacts} == {"dynamics.png", "dynamics.svg", "dynamics.npz"}
    assert result.estimates["exact_sigma_x"].exactness == "exact"
    assert result.estimates["sigma_x"].value == pytest.approx(result.estimates["exact_sigma_x"].value, abs=1e-3)
    assert "all spins along x" in result.reading.en and "実時間発展" in result.reading.ja
    with np.load(tmp_path / "dynamics.npz") as arrays:
        assert arrays["correlations_zz"].shape == (3, 4) and arrays["exact_sigma_x"].shape == (3,)
    seen: list[Progress] = []
    stopping = Monitor(None, seen.append, lambda: len(seen) >= 3)
    with pytest.raises(Stopped, match="stopped at t"):
        dynamics.run(dynamics.parse(fields), ToolContext(out=tmp_path / "b", home=tmp_path, monitor=stopping))
    again = dynamics.run(dynamics.parse(fields), ToolContext(out=tmp_path / "b", home=tmp_path, monitor=Monitor()))
    assert again == result


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({**TFIM, "initial": "neel"}, "needs a spin model"),
        ({**NEEL, "initial": "polarised"}, "no state of total S"),
        ({**TFIM, "initial": "ground_state"}, "needs the parameter before"),
        ({**TFIM, "initial_j2": 0.5}, "starts from one of initial_field"),
        ({"lattice": "chain", "shape": 6, "initial_j2": 0.5, "initial_delta": 0.5}, "one of initial_j2 or"),
        ({**TFIM, "initial": "polarised", "initial_field": 0.5}, "no parameter before"),
        ({"lattice": "chain", "shape": 5, "model": "tfim", "boundary": "open", "ansatz": "rbm_symmetric_complex"},
         "no translations"),
        ({"lattice": "square", "shape": "6x6", "full_sum": True}, "too many states"),
        ({"lattice": "square", "shape": "10x10"}, "at most 4000"),
    ],
)  # fmt: skip
def test_what_cannot_be_evolved_is_refused_in_a_sentence(fields: dict, match: str) -> None:
    with pytest.raises(BadInput, match=match):
        dynamics.parse(fields)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_sampled_quenches_agree_with_the_exact_curve_over_seeds() -> None:
    pulls = []
    for seed in range(3):
        spec = DynamicsSpec(
            model="tfim", lattice="chain", shape=8, initial_field=0.5, field=0.8, total_time=0.4, n_times=5,
            full_sum=False, n_samples=4096, seed=seed,
        )  # fmt: skip
        found = real_time_evolution(spec)
        pulls += ((found.values - found.exact.values)[:, :3] / found.errors[:, :3]).ravel().tolist()
    assert np.abs(pulls).max() < 5 and abs(np.mean(pulls)) < 1
