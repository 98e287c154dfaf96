"""Deep Boltzmann machines from imaginary time, against their sums, exact evolution and exact ground states."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.linalg import expm

from physics_engines.errors import InvalidInput, ResourceLimit
from physics_engines.nqs.dbm import imaginary_time_state
from physics_engines.nqs.dbm.circuit import Circuit, build_circuit
from physics_engines.nqs.dbm.network import build_network, count_units
from physics_engines.nqs.dbm.sampled import sampler_of
from physics_engines.nqs.dbm.summed import sum_units
from physics_engines.nqs.exact import as_configurations, basis_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.references import bethe_chain_energy
from physics_engines.nqs.spec import DeepBoltzmannSpec, SpinModelSpec
from physics_engines.statistics import gamma_method

RING = {"lattice": "chain", "shape": 6}
FIELD = {"model": "tfim", "lattice": "chain", "shape": 5, "field": 0.8}
XXZ = {"model": "xxz", "delta": 0.4, "lattice": "chain", "shape": 6, "boundary": "open"}
names = pytest.mark.parametrize("fields", [RING, FIELD, XXZ], ids=["heisenberg", "ising", "xxz"])


def setting(fields: dict):
    spec = SpinModelSpec(**fields)
    hamiltonian = build_hamiltonian(spec)
    states = basis_states(spec.n_sites, spec.conserves_magnetisation, spec.n_up)
    return spec, hamiltonian, states, sparse_matrix(hamiltonian, states).toarray()


def evolved(fields: dict, tau: float) -> np.ndarray:
    """exp(-tau H) on the start state, exactly."""
    spec, hamiltonian, states, matrix = setting(fields)
    circuit = build_circuit(hamiltonian, tau, 1, 2)
    psi = expm(-tau * matrix) @ sum_units(Circuit(spec.n_sites, (), circuit.dimers), states)
    if circuit.dimers is None:
        psi = expm(-tau * matrix) @ np.ones(len(states))
    return psi / np.linalg.norm(psi)


@names
@pytest.mark.parametrize("order", [1, 2])
def test_the_written_network_is_what_is_summed(fields: dict, order: int) -> None:
    spec, hamiltonian, states, _ = setting(fields)
    circuit = build_circuit(hamiltonian, 0.2, 1 if order == 2 else 2, order)
    network = build_network(circuit)
    assert (network.n_hidden, network.n_deep) == count_units(circuit)
    brute = network.amplitudes(as_configurations(states, spec.n_sites))
    assert (brute > -1e-12).all()
    np.testing.assert_allclose(brute / np.linalg.norm(brute), sum_units(circuit, states), atol=1e-12)


def test_its_weights_are_those_of_the_paper() -> None:
    _, hamiltonian, _, _ = setting(RING)
    network = build_network(build_circuit(hamiltonian, 0.1, 1, 1))
    # Three singlets, then one deep and three hidden units for each of six bonds.
    assert network.n_deep == 6 and network.n_hidden == 3 + 3 * 6
    last = network.deep[:, -1]
    assert np.isclose(last, -0.25j * np.pi).any(), "the constraint of the newest bond"
    _, hamiltonian, _, _ = setting(FIELD)
    field = build_network(build_circuit(hamiltonian, 0.1, 1, 1))
    assert not field.deep.imag.any() and not field.visible.imag.any(), "no imaginary weight without exchange"


@names
@pytest.mark.parametrize(("order", "power"), [(1, 1), (2, 2)])
def test_the_state_converges_to_exact_imaginary_time_with_the_order(fields: dict, order: int, power: int) -> None:
    _, hamiltonian, states, _ = setting(fields)
    exact = evolved(fields, 1.5)
    errors = [
        float(np.linalg.norm(sum_units(build_circuit(hamiltonian, 1.5, n, order), states) - exact)) for n in (15, 30)
    ]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(power, abs=0.15)
    assert errors[1] < {1: 0.1, 2: 2e-3}[order]


@names
def test_the_energy_falls_to_the_ground_state_as_tau_grows(fields: dict) -> None:
    _, _, _, matrix = setting(fields)
    ground = float(np.linalg.eigvalsh(matrix)[0])
    n = SpinModelSpec(**fields).n_sites
    energies = []
    for tau in (0.5, 1.0, 2.0, 8.0):
        result = imaginary_time_state(DeepBoltzmannSpec(**fields, tau=tau, dtau=0.02))
        energies.append(result.energy_per_site.value * n)
        psi = result.amplitudes
        assert float(psi @ psi) == pytest.approx(1)
        assert energies[-1] == pytest.approx(float(psi @ matrix @ psi), abs=1e-10)
        spread = float(np.linalg.norm(matrix @ psi) ** 2) - energies[-1] ** 2
        assert result.variance_per_site.value * n == pytest.approx(spread, abs=1e-9)
    assert energies == sorted(energies, reverse=True)
    assert 0 <= energies[-1] - ground < 2e-6 * abs(ground)


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "chain", "shape": 8},
        {"lattice": "square", "shape": "4x2", "boundary": "open", "coupling": 2.0, "trotter_order": 1},
        {"model": "tfim", "lattice": "chain", "shape": 6, "field": 0.7},
        {"model": "tfim", "lattice": "chain", "shape": 6, "exchange": "antiferromagnetic", "trotter_order": 1},
    ],
    ids=lambda fields: "-".join(map(str, fields.values())),
)
def test_sampled_units_give_the_energy_of_the_sum(fields: dict) -> None:
    spec = DeepBoltzmannSpec(**fields, tau=0.8, dtau=0.2)
    hamiltonian = build_hamiltonian(spec)
    exact = imaginary_time_state(spec).energy_per_site.value
    step = sampler_of(hamiltonian, build_circuit(hamiltonian, spec.tau, spec.n_steps, spec.trotter_order))
    chains = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        chains.append(np.array([step(rng) for _ in range(4100)])[100:])
    found = gamma_method(np.array(chains) * spec.coupling / spec.n_sites)
    assert abs(found.mean - exact) < 4 * found.error < 0.03


def test_larger_lattices_are_sampled_with_an_error_bar() -> None:
    spec = DeepBoltzmannSpec(lattice="chain", shape=20, tau=4.0, n_sweeps=4000)
    result = imaginary_time_state(spec)
    energy = result.energy_per_site
    assert abs(energy.value - bethe_chain_energy(20)) < 4 * energy.error and energy.error < 3e-3
    assert energy.exactness == "upper_bound" and energy.tau_int < 3 and energy.r_hat < 1.02
    assert result.variance_per_site is None and result.energies.shape == (4, 1000)
    again = imaginary_time_state(spec)
    assert np.array_equal(again.energies, result.energies)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"model": "j1j2", "lattice": "square", "shape": "4x4"}, "without frustration"),
        ({"lattice": "chain", "shape": 9}, "without frustration"),
        ({"model": "tfim", "lattice": "chain", "shape": 8, "field": 0}, "nothing to evolve"),
        ({"lattice": "square", "shape": "32x32", "tau": 900}, "lower tau or raise dtau"),
    ],
)
def test_models_without_such_a_network_are_refused(fields: dict, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        DeepBoltzmannSpec(**fields)


def test_limits_of_the_engine_are_named() -> None:
    _, hamiltonian, states, _ = setting(RING)
    network = build_network(build_circuit(hamiltonian, 1.0, 10, 2))
    with pytest.raises(ResourceLimit, match="at most 20"):
        network.amplitudes(as_configurations(states, 6))
    with pytest.raises(InvalidInput, match="starts from singlets"):
        imaginary_time_state(DeepBoltzmannSpec(lattice="chain", shape=6, total_sz=1.0))
    with pytest.raises(InvalidInput, match="isotropic"):
        imaginary_time_state(DeepBoltzmannSpec(model="xxz", delta=0.5, lattice="chain", shape=18))
