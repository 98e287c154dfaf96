"""Stored wave functions: the layout of Carleo and Troyer's files, and energies without optimisation."""

import json
from pathlib import Path

import numpy as np
import pytest

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.nqs import ExactSpec, GroundStateSpec, exact_ground_state
from physics_engines.nqs.ansatze.rbm import RbmWeights
from physics_engines.nqs.carleo_troyer import as_dense, load_carleo_troyer, save_carleo_troyer
from physics_engines.nqs.evaluate import evaluate_state, load_network
from physics_engines.nqs.exact import as_configurations, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.spec import EvaluateSpec
from physics_engines.progress import Monitor
from tools import ToolContext
from tools.nqs import evaluate, ground_state

CHAIN = {"lattice": "chain", "shape": 8}


def some_weights(n_sites: int = 8, n_hidden: int = 12) -> RbmWeights:
    rng = np.random.default_rng(3)

    def numbers(*shape: int) -> np.ndarray:
        return 0.3 * (rng.standard_normal(shape) + 0.3j * rng.standard_normal(shape))

    return RbmWeights(numbers(n_sites), numbers(n_hidden), numbers(n_hidden, n_sites))


def amplitudes(weights: RbmWeights, configurations: np.ndarray) -> np.ndarray:
    """psi(s) straight from the formula of the paper."""
    theta = configurations @ weights.weights.T + weights.hidden
    return np.exp(configurations @ weights.visible) * np.prod(2 * np.cosh(theta), axis=1)


def exact_expectation(weights: RbmWeights, spec: GroundStateSpec, rotate: bool = False) -> float:
    hamiltonian = build_hamiltonian(spec)
    states = exact_ground_state(ExactSpec(**CHAIN)).states
    configurations = as_configurations(states, 8)
    psi = amplitudes(weights, configurations)
    if rotate:
        psi = psi * np.prod(np.where(hamiltonian.rotation < 0, configurations, 1), axis=1)
    return float((psi.conj() @ (sparse_matrix(hamiltonian, states) @ psi)).real / np.linalg.norm(psi) ** 2 / 8)


def test_the_layout_is_that_of_the_published_files(tmp_path: Path) -> None:
    file = tmp_path / "two.wf"
    # Two spins, one hidden unit; rows of W run over the spins. Written as the published files are.
    file.write_text("2\n1\n(1.0e-01,0.000000e+00)\n(-2.0e-01,0)\n(3.0e-01,1.0e+00)\n(4.0e-01,0.0)\n(5.0e-01,-2)\n")
    weights = load_carleo_troyer(file)
    assert weights.visible.tolist() == [0.1, -0.2]
    assert weights.hidden.tolist() == [0.3 + 1j]
    assert weights.weights.tolist() == [[0.4, 0.5 - 2j]]


def test_what_is_written_is_read_back_to_the_last_digit(tmp_path: Path) -> None:
    weights = some_weights()
    save_carleo_troyer(tmp_path / "a.wf", weights)
    again = load_carleo_troyer(tmp_path / "a.wf")
    for name in ("visible", "hidden", "weights"):
        assert np.array_equal(getattr(weights, name), getattr(again, name))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "there is no file"),
        ("", "does not begin with the numbers"),
        ("two one\n(1,0)", "does not begin with the numbers"),
        ("0\n1\n", "both must be at least 1"),
        ("2\n1\n(1,0)\n(2,0)\n", "holds 2 parameters, and 2 spins with 1 hidden units have 5"),
        ("1\n1\n(1,0)\n(2,x)\n(3,0)\n", "holds something that is no number"),
        ("1\n1\n(1,0)\n(nan,0)\n(3,0)\n", "not finite"),
    ],
)
def test_a_broken_file_gets_one_sentence(text: str | None, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "broken.wf"
    if text is not None:
        file.write_text(text)
    with pytest.raises(InvalidInput) as caught:
        load_carleo_troyer(file)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_dense_parameters_have_the_same_amplitudes() -> None:
    import torch

    from physics_engines.nqs.ansatze import build_ansatz

    weights = some_weights()
    alpha, parameters = as_dense(weights)
    assert alpha == 2, "12 hidden units on 8 sites are filled up to 16"
    configurations = as_configurations(np.arange(256), 8)
    ansatz = build_ansatz(GroundStateSpec(**CHAIN, ansatz="rbm_complex", alpha=alpha))
    log_psi = ansatz.log_psi(torch.as_tensor(parameters), torch.as_tensor(configurations.astype(complex))).numpy()
    ratio = np.exp(log_psi) / amplitudes(weights, configurations)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)


@pytest.mark.parametrize("basis", ["marshall", "plain"])
def test_the_energy_of_a_file_is_that_of_its_amplitudes(basis: str, tmp_path: Path) -> None:
    save_carleo_troyer(tmp_path / "a.wf", some_weights())
    spec = EvaluateSpec(**CHAIN, state=str(tmp_path / "a.wf"), basis=basis, n_final_samples=20_000)
    result = evaluate_state(spec)
    energy, expected = result.energy_per_site, exact_expectation(some_weights(), spec, rotate=basis == "plain")
    assert abs(energy.value - expected) < 4 * energy.error < 0.05
    assert energy.exactness == "upper_bound" and "fresh samples" in energy.method.en
    other = exact_expectation(some_weights(), spec, rotate=basis == "marshall")
    assert abs(other - expected) > 10 * energy.error, "the basis matters for this state"


def test_errors_over_many_seeds_are_those_of_a_normal_distribution(tmp_path: Path) -> None:
    save_carleo_troyer(tmp_path / "a.wf", some_weights())
    # Sampled by |psi|^2 the local energies of this state have a kurtosis of 2000, from amplitudes close to zero, and
    # 2048 samples gave pulls of 5; blurred it is 3.
    spec = EvaluateSpec(**CHAIN, state=str(tmp_path / "a.wf"), n_final_samples=8192)
    assert load_network(spec)[0].blur == 0.5
    expected = exact_expectation(some_weights(), spec)
    ground = exact_ground_state(ExactSpec(**CHAIN)).energy_per_site.value
    found = [evaluate_state(spec.model_copy(update={"seed": seed})).energy_per_site for seed in range(48)]
    pulls = np.array([(energy.value - expected) / energy.error for energy in found])
    assert abs(pulls.mean()) < 4 / np.sqrt(48), "no bias"
    assert 0.75 < pulls.std() < 1.35 and np.abs(pulls).max() < 4.5, "errors neither too small nor too large"
    assert min((energy.value - ground) / energy.error for energy in found) > -4


def test_a_file_of_another_lattice_is_refused(tmp_path: Path) -> None:
    save_carleo_troyer(tmp_path / "a.wf", some_weights())
    with pytest.raises(InvalidInput, match="is a state of 8 spins, and the lattice has 10"):
        evaluate_state(EvaluateSpec(lattice="chain", shape=10, state=str(tmp_path / "a.wf")))


def test_an_evaluation_can_be_stopped(tmp_path: Path) -> None:
    save_carleo_troyer(tmp_path / "a.wf", some_weights())
    with pytest.raises(Interrupted, match="stopped after 0 of"):
        evaluate_state(EvaluateSpec(**CHAIN, state=str(tmp_path / "a.wf")), Monitor(should_stop=lambda: True))


def test_the_tool_takes_the_state_of_an_earlier_run_by_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "20260101-3f2a" / "1-nqs.ground_state"
    folder.mkdir(parents=True)
    arguments = {**CHAIN, "ansatz": "rbm_symmetric", "alpha": 3, "n_iterations": 30, "n_final_samples": 2048}
    trained = ground_state.run(ground_state.parse(arguments), ToolContext(folder, tmp_path, Monitor()))
    (folder / "call.json").write_text(json.dumps({"tool": "nqs.ground_state", "spec": arguments}))
    spec = evaluate.parse({**CHAIN, "state": "3f2a", "n_final_samples": 4096, "seed": 1})
    result = evaluate.run(spec, ToolContext(tmp_path, tmp_path, Monitor()))
    first, again = trained.estimates["energy_per_site"], result.estimates["energy_per_site"]
    assert abs(first.value - again.value) < 4 * (first.error + again.error)
    assert again.value != first.value, "the samples are fresh"
    assert "α = 3" in again.method.en and "exact_energy_per_site" in result.estimates
    assert result.notes[0].en.startswith("Stored state with 27 parameters")
