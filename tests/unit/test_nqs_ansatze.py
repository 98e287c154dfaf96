"""Every registered ansatz against enumeration and finite differences, on small lattices of every kind it takes."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from scipy import stats

from physics_engines.errors import Interrupted
from physics_engines.lattices import Lattice
from physics_engines.nqs import GroundStateSpec, ground_state
from physics_engines.nqs.ansatze import ansatz_names, build_ansatz
from physics_engines.nqs.ansatze.base import Invariant, Prepared
from physics_engines.nqs.ansatze.network import Block, Network
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.derivatives import ExplicitDerivatives
from physics_engines.nqs.exact import as_configurations, basis_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian, build_lattice
from physics_engines.nqs.reconfiguration import natural_gradient
from physics_engines.nqs.sampling import draw, random_configurations
from physics_engines.nqs.spec import AnsatzName
from physics_engines.progress import Monitor

NAMES = ansatz_names()
GENERAL = [name for name in NAMES if name not in ("pair_product_symmetric", "neural_backflow")]
LATTICES = {
    "chain": {"lattice": "chain", "shape": 8},
    "honeycomb": {"lattice": "honeycomb", "shape": "2x2"},
    "odd": {"model": "tfim", "lattice": "square", "shape": "3x3"},
    "frustrated": {"model": "j1j2", "lattice": "chain", "shape": 8},
    "open": {"lattice": "square", "shape": "3x2", "boundary": "open"},
}
ONE_FEATURE = {"chain": 2, "honeycomb": 6, "odd": 8, "frustrated": 2}
"""Hidden units per site of a single feature and all its images under the space group."""
TIED = ("rbm_symmetric", "rbm_space_group")


def can_carry(name: str, kind: str) -> bool:
    """Whether an ansatz exists on a lattice; what the others need is in ``test_nqs_pair_product``."""
    if name == "neural_backflow":
        return False
    if name.startswith("pair_product"):
        return name == "pair_product" and kind != "odd"
    return not (name.startswith(TIED) and kind == "open")


CASES = [(name, kind) for name in NAMES for kind in LATTICES if can_carry(name, kind)]


def spec_of(name: str, kind: str, **fields: object) -> GroundStateSpec:
    small = {}
    if name.startswith("rbm"):
        small = {"alpha": ONE_FEATURE[kind] if "space_group" in name else 1}
    return GroundStateSpec(**LATTICES[kind], ansatz=name, **small, **fields)


@cache
def state_of(name: str, kind: str):
    """An ansatz with parameters whose amplitude is neither flat, which would hide mistakes, nor a single peak."""
    spec = spec_of(name, kind)
    ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
    start = ansatz.initial_parameters(np.random.default_rng(1))
    start = start + 0.03 * np.random.default_rng(2).standard_normal(len(start))
    spins = as_configurations(basis_states(spec.n_sites, spec.conserves_magnetisation), spec.n_sites)
    scales = 0.3 * 1.03 ** np.arange(200)
    parameters = next(scale * start for scale in scales if amplitudes(ansatz, scale * start, spins).real.std() > 0.3)
    return spec, hamiltonian, ansatz, parameters


def set_up(name: str, kind: str, backend: str = "torch"):
    spec, hamiltonian, ansatz, parameters = state_of(name, kind)
    evaluator = build_backend(ansatz, hamiltonian, backend)
    evaluator.set_parameters(parameters)
    return spec, hamiltonian, ansatz, parameters, evaluator


def amplitudes(ansatz, parameters: np.ndarray, spins: np.ndarray) -> np.ndarray:
    tensor = torch.as_tensor(parameters)
    return ansatz.log_psi(tensor, torch.as_tensor(spins).to(tensor.dtype)).numpy()


def test_every_name_of_the_spec_is_registered() -> None:
    assert set(get_args(AnsatzName)) == set(NAMES)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_log_psi_takes_any_leading_shape_and_is_what_it_says(name: str, kind: str) -> None:
    spec, hamiltonian, ansatz, parameters, _ = set_up(name, kind)
    assert parameters.shape == (ansatz.n_parameters,)
    assert np.iscomplexobj(parameters) == ansatz.is_complex
    spins = random_configurations(hamiltonian, 12, np.random.default_rng(0))
    values = amplitudes(ansatz, parameters, spins)
    assert values.shape == (12,) and np.isfinite(values).all()
    assert np.iscomplexobj(values) == (ansatz.is_complex or ansatz.has_complex_amplitude)
    nested = amplitudes(ansatz, parameters, spins.reshape(3, 4, spec.n_sites))
    np.testing.assert_allclose(nested.ravel(), values, rtol=1e-12)
    np.testing.assert_allclose([amplitudes(ansatz, parameters, row) for row in spins], values, rtol=1e-12)
    if not name.startswith(("rbm", "pair_product")) and name != "jastrow":
        assert ansatz.has_complex_amplitude == (kind == "frustrated")
    if isinstance(ansatz, Prepared):
        tensor = torch.as_tensor(parameters)
        prepared = ansatz.prepare(tensor)(torch.as_tensor(spins).to(tensor.dtype))
        np.testing.assert_allclose(prepared.numpy(), values, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_derivatives_are_finite_differences(name: str, kind: str) -> None:
    _, hamiltonian, ansatz, parameters, _ = set_up(name, kind)
    spins = random_configurations(hamiltonian, 6, np.random.default_rng(0))
    for backend in ("torch", "table", "auto"):
        found = set_up(name, kind, backend)[-1].derivatives(spins)
        assert found.n_samples == 6
        matrix = found.matrix()
        for index in np.random.default_rng(1).choice(len(parameters), size=min(8, len(parameters)), replace=False):
            step = np.zeros_like(parameters)
            step[index] = 1e-5
            ratio = np.exp(amplitudes(ansatz, parameters + step, spins) - amplitudes(ansatz, parameters - step, spins))
            column = (ratio - 1 / ratio) / 4e-5  # the branch of a complex logarithm may differ on the two sides
            expected = found.rows(column - column.mean())
            np.testing.assert_allclose(matrix[:, index], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_local_energies_are_matrix_elements(name: str, kind: str) -> None:
    spec, hamiltonian, ansatz, parameters, _ = set_up(name, kind)
    states = basis_states(spec.n_sites, spec.conserves_magnetisation)
    spins = as_configurations(states, spec.n_sites)
    psi = np.exp(amplitudes(ansatz, parameters, spins))
    expected = (sparse_matrix(hamiltonian, states) @ psi) / psi
    for backend in ("torch", "table", "auto"):
        found = set_up(name, kind, backend)[-1].local_energies(spins)
        np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-9)


def histogram(spec, hamiltonian, backend, n_chains: int) -> np.ndarray:
    """How often the ends of independent chains, far beyond tau_int, lie in each state of the sector."""
    rng = np.random.default_rng(17)
    chains = random_configurations(hamiltonian, n_chains, rng)
    ends = draw(backend, chains, 1, 15, rng).configurations[:, 0]
    code = ((ends > 0).astype(np.int64) << np.arange(spec.n_sites)).sum(axis=1)
    return np.bincount(code, minlength=2**spec.n_sites)[basis_states(spec.n_sites, spec.conserves_magnetisation)]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_all_backends_follow_the_same_chain_and_it_samples_psi_squared(name: str, kind: str) -> None:
    spec, hamiltonian, ansatz, parameters, plain = set_up(name, kind)
    backends = [set_up(name, kind, backend)[-1] for backend in ("table", "auto")]
    rng = np.random.default_rng(3)
    chains = random_configurations(hamiltonian, 8, rng)
    uniforms = rng.random((2, 8, spec.n_sites))
    expected = plain.sweep(copy := chains.copy(), uniforms)
    for backend in backends:
        moved = chains.copy()
        for ours, theirs in zip(backend.sweep(moved, uniforms), expected, strict=True):
            assert np.array_equal(ours, theirs)
        assert np.array_equal(moved, copy)

    states = basis_states(spec.n_sites, spec.conserves_magnetisation)
    weight = np.exp(2 * amplitudes(ansatz, parameters, as_configurations(states, spec.n_sites)).real)
    weight /= weight.sum()
    n_chains = 16_384
    counts = histogram(spec, hamiltonian, backends[1], n_chains)
    assert counts.sum() == n_chains, "the chains left the sector"
    common = weight * n_chains >= 10
    theory = np.append(weight[common], weight[~common].sum()) * n_chains
    observed = np.append(counts[common], counts[~common].sum())
    kept = theory > 0
    assert common.sum() > 5
    assert stats.chisquare(observed[kept], theory[kept]).pvalue > 1e-3


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_declared_invariance_leaves_every_amplitude_as_it_is(name: str, kind: str) -> None:
    spec, _, ansatz, parameters = state_of(name, kind)
    if not isinstance(ansatz, Invariant):
        assert name in ("rbm", "rbm_complex", "pair_product")
        return
    assert (np.sort(ansatz.invariances) == np.arange(spec.n_sites)).all()
    spins = as_configurations(basis_states(spec.n_sites, spec.conserves_magnetisation), spec.n_sites)
    values = np.exp(amplitudes(ansatz, parameters, spins))
    for permutation in ansatz.invariances:
        np.testing.assert_allclose(np.exp(amplitudes(ansatz, parameters, spins[:, permutation])), values, rtol=1e-9)


@pytest.mark.parametrize("kind", ["chain", "honeycomb", "odd"])
@pytest.mark.parametrize("name", [name for name in GENERAL if name not in ("rbm", "rbm_complex", "pair_product")])
def test_periodic_networks_declare_all_translations(name: str, kind: str) -> None:
    spec, hamiltonian, ansatz, _ = state_of(name, kind)
    assert isinstance(ansatz, Invariant)
    # A ViT with patches moves by whole patches only.
    assert len(ansatz.invariances) == len(hamiltonian.lattice.translations) // (spec.patch or 1) ** len(spec.shape)


def test_a_network_that_declares_no_invariance_gets_a_right_table() -> None:
    """One with a field of its own at every site, the least invariant there is."""

    class SiteFields(Network):
        n_multiplications = 8

        def __init__(self, lattice: Lattice) -> None:
            super().__init__(lattice, False, {"field": Block((lattice.n_sites,), 0.5)})

        @classmethod
        def defaults(cls, lattice, shape, n_sites):
            raise NotImplementedError

        @classmethod
        def from_spec(cls, spec):
            return cls(build_lattice(spec))

        def log_psi(self, parameters: torch.Tensor, configurations: torch.Tensor) -> torch.Tensor:
            return configurations @ parameters

    spec = spec_of("jastrow", "chain")
    ansatz, hamiltonian = SiteFields.from_spec(spec), build_hamiltonian(spec)
    parameters = ansatz.initial_parameters(np.random.default_rng(0))
    spins = as_configurations(basis_states(spec.n_sites, True), spec.n_sites)
    found = {}
    for backend in ("table", "torch"):
        evaluator = build_backend(ansatz, hamiltonian, backend)
        evaluator.set_parameters(parameters)
        found[backend] = evaluator.local_energies(spins)
        np.testing.assert_allclose(evaluator.log_psi(spins), spins @ parameters, atol=1e-12)
    np.testing.assert_allclose(found["table"], found["torch"], rtol=1e-10)


@pytest.mark.parametrize("n_parameters", [10, 50, 300])
def test_real_parameters_of_a_complex_amplitude_follow_the_real_part(n_parameters: int) -> None:
    """Re(O^dagger O) v = Re(O^dagger E), whether there are more parameters or more samples."""
    rng = np.random.default_rng(4)
    jacobian = rng.standard_normal((40, n_parameters)) + 1j * rng.standard_normal((40, n_parameters))
    energies = rng.standard_normal(40) + 1j * rng.standard_normal(40)
    previous = rng.standard_normal(n_parameters)
    centred, residual = jacobian - jacobian.mean(axis=0), energies - energies.mean()
    metric = (centred.conj().T @ centred).real / 40
    force = (centred.conj().T @ residual).real / 40
    expected = np.linalg.solve(metric + 0.1 * np.eye(n_parameters), force + 0.1 * 0.9 * previous)
    derivatives = ExplicitDerivatives(jacobian.real, jacobian.imag)
    assert derivatives.shape == (80, n_parameters) and derivatives.n_samples == 40
    step = natural_gradient(derivatives, energies, 0.1, previous, 0.9)
    assert step.vector.dtype == np.float64
    np.testing.assert_allclose(step.vector, expected, rtol=1e-8, atol=1e-10)
    assert step.speed == pytest.approx(np.sqrt(expected @ metric @ expected))


SHORT = {"n_iterations": 6, "n_samples": 64, "n_final_samples": 256, "n_chains": 16, "n_discard": 2}


@pytest.mark.parametrize("kind", ["honeycomb", "frustrated"])
@pytest.mark.parametrize("name", GENERAL)
def test_a_run_that_is_stopped_and_resumed_gives_the_same_bits(name: str, kind: str, tmp_path: Path) -> None:
    spec = spec_of(name, kind, **SHORT)
    whole = ground_state(spec)
    file, seen = tmp_path / "restart.npz", []
    with pytest.raises(Interrupted):
        ground_state(spec, Monitor(file, seen.append, lambda: len(seen) >= 3))
    again = ground_state(spec, Monitor(file))
    assert again.energy_per_site == whole.energy_per_site
    assert again.parameters.tobytes() == whole.parameters.tobytes()
    assert again.configurations.tobytes() == whole.configurations.tobytes()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_local_energies_of_a_large_network_need_little_memory() -> None:
    # In a process of its own: the peak of this one may be another test's.
    script = """
import resource
import numpy as np
from physics_engines.nqs import GroundStateSpec
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.sampling import random_configurations
spec = GroundStateSpec(lattice="square", shape="12x12", ansatz="cnn")
ansatz, hamiltonian = build_ansatz(spec), build_hamiltonian(spec)
backend = build_backend(ansatz, hamiltonian)
backend.set_parameters(ansatz.initial_parameters(np.random.default_rng(1)))
sample = random_configurations(hamiltonian, spec.n_samples, np.random.default_rng(2))
backend.derivatives(sample)
backend.local_energies(sample)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(peak, spec.memory)
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    peak, promised = map(int, found.stdout.split())
    assert peak < 1.5 * promised
