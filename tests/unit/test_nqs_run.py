"""Whole variational runs: energies against exact ones, repetition, interruption, bad luck."""

from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from physics_engines.errors import EngineError, Interrupted, InvalidInput
from physics_engines.nqs import ExactSpec, GroundStateSpec, exact_ground_state, ground_state
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.classical import classical_angles
from physics_engines.nqs.figure import draw_convergence
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.optimisation import MAX_REJECTED, initial_state, is_acceptable, iterate
from physics_engines.nqs.run import build_stage
from physics_engines.nqs.spec import SpinModelSpec
from physics_engines.progress import Monitor, Progress

TINY = GroundStateSpec(
    lattice="chain", shape=8, alpha=4, n_iterations=24, n_samples=128, n_final_samples=256, n_chains=8,
)  # fmt: skip
TINY_COMPLEX = GroundStateSpec(
    model="j1j2", lattice="square", shape="2x4", ansatz="rbm_complex", n_iterations=12, n_samples=64,
    n_final_samples=256, n_chains=8,
)  # fmt: skip


def exact_energy(spec: GroundStateSpec) -> float:
    fields = {name: getattr(spec, name) for name in SpinModelSpec.model_fields}
    return exact_ground_state(ExactSpec(**fields)).energy_per_site.value


def bits(result) -> tuple:
    arrays = [result.parameters, result.configurations, *result.trace.values()]
    estimates = (result.energy_per_site, result.variance_per_site, result.v_score)
    return (*(item.model_dump_json() for item in estimates), *(array.tobytes() for array in arrays))


@pytest.mark.parametrize(
    ("fields", "accuracy"),
    [
        ({"lattice": "square", "shape": "4x4", "alpha": 8}, 2.5e-4),
        ({"lattice": "chain", "shape": 12, "boundary": "open", "coupling": 2.0}, 3e-4),
        ({"lattice": "chain", "shape": 20, "alpha": 4}, 1e-4),
        ({"model": "tfim", "lattice": "chain", "shape": 16, "alpha": 4}, 5e-5),
        ({"model": "tfim", "lattice": "square", "shape": "3x3", "field": 2.0, "boundary": "open"}, 1e-4),
        ({"model": "j1j2", "lattice": "chain", "shape": 12, "alpha": 2}, 1e-3),
        ({"model": "j1j2", "lattice": "square", "shape": "4x4", "alpha": 2, "n_iterations": 100, "blur": 0}, 2e-2),
        ({"lattice": "honeycomb", "shape": "2x3", "alpha": 4}, 2e-4),
        ({"lattice": "triangular", "shape": "3x3", "alpha": 2, "n_samples": 512}, 2e-3),
        ({"lattice": "kagome", "shape": "2x2", "total_sz": 4, "alpha": 2, "n_samples": 512}, 5e-3),
        ({"lattice": "chain", "shape": 9, "n_samples": 512}, 1e-3),
        ({"model": "xxz", "lattice": "chain", "shape": 12, "delta": 0.5, "alpha": 4}, 2e-4),
        ({"model": "xxz", "lattice": "triangular", "shape": "3x4", "delta": -0.3, "exchange": "ferromagnetic"}, 2e-4),
        ({"lattice": "chain", "shape": 10, "total_sz": 2, "alpha": 4}, 2e-4),
        ({"model": "tfim", "lattice": "triangular", "shape": "3x3", "exchange": "antiferromagnetic"}, 1e-3),
        ({"model": "couplings", "couplings": [[i, j, 1 / (j - i)] for j in range(7) for i in range(j)]}, 5e-3),
    ],
    ids=lambda item: "-".join(map(str, item.values())) if isinstance(item, dict) else "",
)
def test_energies_reach_the_exact_ones_from_above(fields: dict, accuracy: float) -> None:
    spec = GroundStateSpec(**{"n_iterations": 120, "n_final_samples": 8192, **fields})
    result = ground_state(spec)
    energy, exact = result.energy_per_site, exact_energy(spec)
    assert energy.exactness == "upper_bound" and energy.error is not None
    assert energy.value > exact - 4 * energy.error
    assert energy.value - exact < accuracy * max(abs(exact), 0.01) + 3 * energy.error
    assert energy.flags == ()
    assert energy.r_hat == pytest.approx(1, abs=0.02) if spec.sampler != "exact" else energy.error == 0.0
    assert energy.unit == ("J" if spec.coupling == 1 else "")
    # Zero variance means an eigenstate: the distance to it is bounded by sqrt(Var) (Weinstein).
    spread = np.sqrt(result.variance_per_site.value * spec.n_sites) / spec.n_sites
    assert energy.value - exact <= spread + 4 * energy.error
    total = energy.value * spec.n_sites
    assert result.v_score.value == pytest.approx(
        spec.n_sites * result.variance_per_site.value * spec.n_sites / total**2, rel=1e-6
    )


@pytest.mark.parametrize(
    ("fields", "cosine"),
    [
        ({"lattice": "triangular", "shape": "3x3"}, -0.5),
        ({"lattice": "triangular", "shape": "6x6"}, -0.5),
        ({"lattice": "chain", "shape": 9}, np.cos(8 * np.pi / 9)),
        ({"model": "xxz", "lattice": "square", "shape": "3x4", "delta": 0.5}, None),
    ],
)
def test_a_frustrated_run_begins_with_the_classical_order(fields: dict, cosine: float | None) -> None:
    spec = GroundStateSpec(**fields, n_iterations=1)
    hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
    angles = classical_angles(hamiltonian)
    i, j = hamiltonian.moves.T
    mean = float(np.cos(angles[i] - angles[j]).mean())
    if cosine is not None:
        assert mean == pytest.approx(cosine, abs=1e-6)
    # The phases alone give -J/2 |cos| on antiparallel pairs: far below the positive energy of equal amplitudes.
    energy = initial_energy(spec)
    assert energy < 0.7 * len(hamiltonian.moves) / spec.n_sites * mean / 4
    spins = np.array([[1, -1] * (spec.n_sites // 2) + [1] * (spec.n_sites % 2)], dtype=np.int8)
    backend = build_backend(ansatz, hamiltonian)
    plain = np.zeros(ansatz.n_parameters, dtype=complex)
    backend.set_parameters(ansatz.with_phases(plain, angles))
    assert np.exp(backend.log_psi(spins))[0] == pytest.approx(np.exp(0.5j * spins[0] @ angles))


def initial_energy(spec: GroundStateSpec) -> float:
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    stage = build_stage(spec, ansatz, hamiltonian)
    state = initial_state(spec, ansatz, hamiltonian, stage.sampler)
    iterate(state, spec, stage.backend, stage.sampler)
    return float(state.trace["energy"][0])


def test_the_final_energy_is_not_the_minimum_of_the_trace() -> None:
    result = ground_state(TINY)
    assert result.energy_per_site.n_eff is not None and "fresh samples" in result.energy_per_site.method.en
    assert result.trace["energy"].min() < exact_energy(TINY), "the trace is noisy enough to undercut the exact energy"
    energies = [ground_state(TINY.model_copy(update={"seed": seed})).energy_per_site for seed in range(12)]
    pulls = [(energy.value - exact_energy(TINY)) / (energy.error or 1) for energy in energies]
    assert min(pulls) > -4 and np.mean(pulls) > -1.2


def test_an_eigenstate_has_no_error_bar_to_speak_of() -> None:
    spec = GroundStateSpec(lattice="square", shape="2x2", n_iterations=200, n_samples=256, n_final_samples=512)
    energy = ground_state(spec).energy_per_site
    assert energy.value == pytest.approx(-0.5, abs=1e-9)
    assert energy.error is not None and energy.error < 1e-9 and energy.flags == ()


def test_a_classical_magnet_is_found_and_its_frozen_chains_are_flagged() -> None:
    spec = GroundStateSpec(model="tfim", lattice="chain", shape=8, field=0.0, alpha=2, n_iterations=150)
    energy = ground_state(spec).energy_per_site
    assert energy.value == pytest.approx(-1.0, abs=1e-3)
    assert any("chains hardly move" in flag for flag in energy.flags)


@pytest.mark.parametrize("spec", [TINY, TINY_COMPLEX], ids=["real", "complex"])
def test_the_same_spec_gives_the_same_bits_whatever_the_threads(spec: GroundStateSpec) -> None:
    first = bits(ground_state(spec))
    with threadpool_limits(2):
        assert bits(ground_state(spec)) == first
    assert bits(ground_state(spec.model_copy(update={"seed": 8}))) != first


def test_the_plain_backend_finds_the_same_energy() -> None:
    spec = TINY.model_copy(update={"n_iterations": 3, "alpha": 1})
    fast, plain = ground_state(spec), ground_state(spec, backend="torch")
    np.testing.assert_allclose(plain.trace["energy"], fast.trace["energy"], rtol=1e-8)


class Killed(BaseException):
    """Stands for the death of the process: nothing is saved on its way out."""


def monitor(path: Path, *, stop_after: int | None = None, die_after: int | None = None) -> Monitor:
    seen = []

    def on_progress(progress: Progress) -> None:
        seen.append(progress)
        if die_after is not None and len(seen) == die_after:
            raise Killed

    return Monitor(path, on_progress, lambda: stop_after is not None and len(seen) >= stop_after)


@pytest.mark.parametrize("spec", [TINY, TINY_COMPLEX], ids=["real", "complex"])
def test_a_run_that_is_stopped_and_killed_gives_the_same_bits(spec: GroundStateSpec, tmp_path: Path) -> None:
    expected = bits(ground_state(spec))
    file = tmp_path / "restart.npz"
    for iterations in (1, 3, 2):
        with pytest.raises(Interrupted, match=r"stopped after \d+ of"):
            ground_state(spec, monitor(file, stop_after=iterations))
    with pytest.raises(Killed):
        ground_state(spec, monitor(file, die_after=3))
    with pytest.raises(Killed):  # after the last iteration, before the final sample is reported
        ground_state(spec, monitor(file, die_after=spec.n_iterations - 6 + 1))
    assert bits(ground_state(spec, monitor(file))) == expected
    assert bits(ground_state(spec, monitor(file))) == expected, "a finished run repeats from its restart file"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["restart.npz"]


@pytest.mark.parametrize("sampler", ["metropolis", "parallel_tempering"])
def test_a_run_stopped_or_killed_in_its_final_sample_does_not_draw_it_again(sampler: str, tmp_path: Path) -> None:
    spec = TINY.model_copy(update={"n_iterations": 4, "n_final_samples": 5 * 4096, "n_chains": 16, "sampler": sampler})
    expected = bits(ground_state(spec))
    file = tmp_path / "restart.npz"
    with pytest.raises(Interrupted, match="stopped after 8192 of 20480 final samples; restart file"):
        ground_state(spec, monitor(file, stop_after=5))
    with pytest.raises(Killed):
        ground_state(spec, monitor(file, die_after=2))
    seen: list[Progress] = []
    assert bits(ground_state(spec, Monitor(file, seen.append))) == expected
    assert [item.message.en for item in seen] == ["final sample 12288/20480", "final sample 16384/20480", "done"]


def test_stopping_before_the_first_iteration_needs_no_file() -> None:
    with pytest.raises(Interrupted, match="stopped after 0 of 24 iterations"):
        ground_state(TINY, Monitor(should_stop=lambda: True))


@pytest.mark.parametrize("damage", ["empty", "truncated", "text", "other arrays"])
def test_a_damaged_restart_file_means_a_fresh_start(damage: str, tmp_path: Path) -> None:
    file = tmp_path / "restart.npz"
    with pytest.raises(Interrupted):
        ground_state(TINY, monitor(file, stop_after=5))
    whole = file.read_bytes()
    if damage == "other arrays":
        np.savez(file, something=np.zeros(3))
    else:
        file.write_bytes({"empty": b"", "truncated": whole[: len(whole) // 2], "text": b"not an archive"}[damage])
    assert bits(ground_state(TINY, monitor(file))) == bits(ground_state(TINY))


def test_the_restart_file_of_another_calculation_is_refused_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "restart.npz"
    with pytest.raises(Interrupted):
        ground_state(TINY, monitor(file, stop_after=5))
    before = file.read_bytes()
    with pytest.raises(InvalidInput, match="belongs to another calculation"):
        ground_state(TINY.model_copy(update={"seed": 1}), monitor(file))
    assert file.read_bytes() == before


def loop(spec: GroundStateSpec):
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    stage = build_stage(spec, ansatz, hamiltonian)
    return initial_state(spec, ansatz, hamiltonian, stage.sampler), stage


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "chain", "shape": 2, "boundary": "open"},
        {"lattice": "square", "shape": "4x4", "model": "j1j2", "j2": 0.5},
        {"lattice": "chain", "shape": 8, "model": "tfim", "field": 0.7},
        {"lattice": "chain", "shape": 4, "model": "hubbard", "interaction": 4},
        {"lattice": "chain", "shape": 6, "model": "hubbard", "interaction": -2},
        {"lattice": "chain", "shape": 8, "model": "tv", "interaction": 2},
    ],
)
def test_no_energy_is_below_the_bound_of_the_hamiltonian(fields: dict[str, object]) -> None:
    spec = ExactSpec.model_validate(fields)
    bound = build_hamiltonian(spec).lower_bound / spec.n_sites
    exact = exact_ground_state(spec).energy_per_site.value
    assert bound <= exact + 1e-12
    if spec.shape == (2,) and spec.model == "heisenberg":
        assert bound == pytest.approx(exact)  # one bond: -3/4 J


def test_an_energy_below_all_there_can_be_is_no_good_news() -> None:
    state, _ = loop(TINY)
    state.lowest, state.lowest_error = -0.4, 0.01
    row = {"energy": -0.45, "error": 0.01, "variance": 0.1, "acceptance": 0.5}
    assert is_acceptable(row, state) and not is_acceptable({**row, "energy": -1.0}, state)


@pytest.mark.parametrize(
    ("ansatz", "is_warned"),
    [("rbm_complex", False), ("rbm_symmetric_complex", True), ("cnn", True), ("pair_product", True)],
)
def test_zero_momentum_by_construction_is_said_where_it_is_a_guess(ansatz: str, is_warned: bool) -> None:
    few = {"n_iterations": 2, "n_samples": 64, "n_final_samples": 256, "n_chains": 8}
    spec = GroundStateSpec(lattice="triangular", shape="3x3", ansatz=ansatz, **few)
    flags = ground_state(spec).energy_per_site.flags
    assert any("zero momentum" in flag for flag in flags) is is_warned
    known = GroundStateSpec(lattice="square", shape="2x4", ansatz=ansatz, **few)
    assert not any("zero momentum" in flag for flag in ground_state(known).energy_per_site.flags)


@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e300, 1e3])
def test_a_step_into_nonsense_is_undone(poison: float) -> None:
    spec = TINY.model_copy(update={"n_iterations": 60})
    state, stage = loop(spec)
    for _ in range(20):
        iterate(state, spec, stage.backend, stage.sampler)
    good = state.last.parameters
    state.parameters = state.parameters + poison * np.sign(np.arange(len(good)) % 2 - 0.5)
    iterate(state, spec, stage.backend, stage.sampler)
    assert state.trace["rejected"][20] == 1
    assert np.array_equal(state.parameters, good)
    assert state.step_scale == pytest.approx(0.5)
    while state.iteration < spec.n_iterations:
        iterate(state, spec, stage.backend, stage.sampler)
    assert state.trace["rejected"].sum() == 1
    assert state.trace["energy"][-5:].mean() == pytest.approx(exact_energy(spec), rel=2e-2)


def test_chains_caught_in_a_spurious_peak_are_freed_from_an_older_point() -> None:
    spec = TINY.model_copy(update={"n_iterations": 60})
    state, stage = loop(spec)
    for _ in range(25):
        iterate(state, spec, stage.backend, stage.sampler)
    anchor = state.anchor
    assert 0 < anchor.iteration < 25
    # A huge ferromagnetic-domain peak in the last accepted point too, as after a creeping collapse.
    peaked = state.parameters * 0 + 5.0
    state.parameters = peaked
    state.last = type(anchor)(24, peaked, state.direction, state.configurations.copy())
    for _ in range(4):
        iterate(state, spec, stage.backend, stage.sampler)
    assert state.trace["rejected"][25:28].sum() == 3
    while state.iteration < spec.n_iterations:
        iterate(state, spec, stage.backend, stage.sampler)
    assert state.trace["energy"][-5:].mean() == pytest.approx(exact_energy(spec), rel=2e-2)


def test_a_run_that_cannot_go_on_says_so() -> None:
    spec = TINY.model_copy(update={"n_iterations": 100})
    state, stage = loop(spec)
    for _ in range(3):
        iterate(state, spec, stage.backend, stage.sampler)
    poisoned = state.parameters * np.nan
    with pytest.raises(EngineError, match="20 steps in a row"):
        for _ in range(MAX_REJECTED + 2):
            state.parameters = poisoned
            iterate(state, spec, stage.backend, stage.sampler)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reckless_settings_still_end_with_an_honest_number(seed: int) -> None:
    spec = GroundStateSpec(
        lattice="square", shape="4x4", alpha=8, learning_rate=1.0, diag_shift=1e-6, n_iterations=60, n_samples=256,
        n_final_samples=2048, seed=seed,
    )  # fmt: skip
    energy = ground_state(spec).energy_per_site
    assert energy.error is not None
    if not energy.flags:
        assert -0.70178 - 4 * energy.error < energy.value < -0.6


def test_progress_carries_the_energy() -> None:
    seen: list[Progress] = []
    ground_state(TINY, Monitor(on_progress=seen.append))
    assert len(seen) == TINY.n_iterations + 1
    assert [item.fraction for item in seen] == sorted(item.fraction for item in seen)
    assert seen[-1].fraction == 1.0
    assert "energy per site -0.4" in seen[-2].message.en and "エネルギー" in seen[-2].message.ja
    assert seen[-2].values["energy"] == pytest.approx(-0.4564, abs=0.02)


def test_the_figure_is_a_png_and_an_svg_with_the_same_bytes_each_time(tmp_path: Path) -> None:
    result = ground_state(TINY)
    reference = exact_ground_state(ExactSpec(lattice="chain", shape=8)).energy_per_site
    png, svg = draw_convergence(result, TINY, reference, tmp_path / "a")
    assert png.read_bytes().startswith(b"\x89PNG") and b"<svg" in svg.read_bytes()
    again, _ = draw_convergence(result, TINY, reference, tmp_path / "b")
    assert again.read_bytes() == png.read_bytes()
    assert draw_convergence(result, TINY, None, tmp_path / "c")[0].stat().st_size > 5000
