"""Matrix product states against exact diagonalisation, the Bethe ansatz and free fermions."""

import functools
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.nqs import ExactSpec, exact_ground_state
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.mps import DmrgResult, dmrg_ground_state
from physics_engines.nqs.mps.operators import is_rotated, line_order
from physics_engines.nqs.references import bethe_chain_energy, ising_chain_energy
from physics_engines.nqs.spec import DmrgSpec, SpinModelSpec
from physics_engines.progress import Monitor, Progress

TINY = DmrgSpec(lattice="chain", shape=6, bond_dimension=8)
TRUNCATED = DmrgSpec(lattice="chain", shape=10, bond_dimension=16)
"""Half of the bond dimension 32 that would be exact."""


@functools.cache
def run(spec: DmrgSpec) -> tuple[DmrgResult, tuple[Progress, ...]]:
    """A run and what it reported; several tests look at the same ones."""
    seen: list[Progress] = []
    return dmrg_ground_state(spec, Monitor(on_progress=seen.append)), tuple(seen)


def exact(spec: DmrgSpec):
    return exact_ground_state(ExactSpec(**{name: getattr(spec, name) for name in SpinModelSpec.model_fields}))


def vector(result: DmrgResult, spec: DmrgSpec) -> np.ndarray:
    """Amplitudes of all 2^N states, site i of the lattice in bit i, up = 1, in the sigma^z basis of the tables."""
    joined = functools.reduce(
        lambda left, tensor: np.einsum("...a,sab->...sb", left, tensor), result.tensors, np.ones(1)
    )
    cube = joined[..., 0]
    if is_rotated(build_hamiltonian(spec)):
        turn = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
        for axis in range(spec.n_sites):
            cube = np.moveaxis(np.tensordot(turn, cube, axes=(1, axis)), 0, axis)
    cube = cube.transpose(np.argsort(result.order))
    return cube[(slice(None, None, -1),) * spec.n_sites].transpose().ravel()


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "chain", "shape": 8},
        {"lattice": "chain", "shape": 9, "boundary": "open", "model": "tfim", "field": 0.7},
        {"lattice": "square", "shape": "2x4", "model": "j1j2", "j2": 0.5, "coupling": 2.0},
        {"lattice": "square", "shape": "3x3", "model": "tfim", "field": 2.5},
        {"lattice": "square", "shape": "2x3", "boundary": "open"},
        {"lattice": "honeycomb", "shape": "2x2", "boundary": "open", "total_sz": 1.0},
        {"lattice": "chain", "shape": 7, "boundary": "open", "model": "xxz", "delta": 0.5, "total_sz": -0.5},
        {"model": "couplings", "couplings": [[0, 1, 1.0], [1, 2, -0.5, 2.0], [0, 2, 0.7], [2, 3, 1.1]]},
    ],
    ids=lambda fields: "-".join(map(str, fields.values())),
)
def test_small_lattices_are_exact(fields: dict) -> None:
    spec = DmrgSpec(**{"bond_dimension": 32, **fields})
    result, truth = dmrg_ground_state(spec), exact(spec)
    energy = result.energy_per_site
    assert energy.value == pytest.approx(truth.energy_per_site.value, abs=1e-9)
    assert energy.exactness == "upper_bound" and energy.flags == () and energy.unit == truth.energy_per_site.unit
    assert result.variance_per_site is not None and result.variance_per_site.value < 1e-9
    overlap = float(vector(result, spec)[truth.states] @ truth.amplitudes)
    assert abs(overlap) == pytest.approx(1, abs=1e-9)
    assert result.extrapolated is None


def test_a_truncated_state_is_a_bound_with_the_right_variance() -> None:
    spec = TRUNCATED
    result, truth = run(spec)[0], exact(spec)
    psi = vector(result, spec)[truth.states]
    assert float(psi @ psi) == pytest.approx(1, abs=1e-10), "the S^z = 0 sector holds the whole state"
    from physics_engines.nqs.exact import sparse_matrix

    image = sparse_matrix(build_hamiltonian(spec), truth.states) @ psi
    energy = float(psi @ image)
    assert result.energy_per_site.value * 10 == pytest.approx(energy, abs=1e-10)
    assert result.energy_per_site.value > truth.energy_per_site.value + 1e-6
    assert result.variance_per_site.value * 10 == pytest.approx(float(image @ image) - energy**2, abs=1e-9)
    assert result.v_score.value == pytest.approx(10 * (float(image @ image) - energy**2) / energy**2, rel=1e-6)
    assert result.truncation_error.value > 1e-8
    assert result.entanglement.shape == (9,) and 0 < result.entanglement.max() < np.log(16) + 1e-9


def test_the_extrapolated_energy_covers_the_exact_one_and_is_no_bound() -> None:
    result, truth = run(TRUNCATED)[0], exact(TRUNCATED).energy_per_site.value
    last, further = result.energy_per_site, result.extrapolated
    assert further is not None and further.exactness == "fit" and further.value < last.value
    assert abs(further.value - truth) < 2 * further.error
    assert further.error < abs(truth) * 1e-4


def monitor(path: Path, *, stop_after: int) -> Monitor:
    seen: list[Progress] = []
    return Monitor(path, seen.append, lambda: len(seen) >= stop_after)


def test_a_stopped_run_goes_on_with_the_same_numbers(tmp_path: Path) -> None:
    expected, _ = run(TINY)
    file = tmp_path / "restart.npz"
    for reports in (3, 40):
        with pytest.raises(Interrupted, match=r"stopped after \d+ sweeps; restart file"):
            dmrg_ground_state(TINY, monitor(file, stop_after=reports))
    resumed = dmrg_ground_state(TINY, Monitor(file))
    assert resumed.energy_per_site == expected.energy_per_site
    assert resumed.trace["energy"].tobytes() == expected.trace["energy"].tobytes()
    assert all(a.tobytes() == b.tobytes() for a, b in zip(resumed.tensors, expected.tensors, strict=True))
    with pytest.raises(InvalidInput, match="belongs to another calculation"):
        dmrg_ground_state(TINY.model_copy(update={"bond_dimension": 12}), Monitor(file))
    file.write_bytes(file.read_bytes()[:500])
    assert dmrg_ground_state(TINY, Monitor(file)).energy_per_site == expected.energy_per_site


def test_progress_rises_to_one() -> None:
    _, seen = run(TINY)
    fractions = [item.fraction for item in seen]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert "bond dimension 8, sweep 2, energy per site -0.4" in " ".join(item.message.en for item in seen)


def test_the_line_runs_along_the_lattice() -> None:
    spec = DmrgSpec(lattice="square", shape="6x3", boundary="open", model="tfim")
    order = line_order(build_hamiltonian(spec))
    place = np.argsort(order)
    reach = max(abs(place[a] - place[b]) for a, b in build_hamiltonian(spec).bonds)
    assert sorted(order) == list(range(18)) and reach <= 5, "no bond is longer than twice the short side"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"lattice": "chain", "shape": 600}, "DMRG takes at most 512"),
        (
            {"lattice": "square", "shape": "10x10", "bond_dimension": 4096},
            "the bound is 4 GiB, so lower",
        ),
        ({"lattice": "chain", "shape": 8, "bond_dimension": 1}, "greater than or equal to 2"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        DmrgSpec(**fields)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "energy"),
    [
        ({"lattice": "chain", "shape": 16}, bethe_chain_energy(16)),
        ({"lattice": "chain", "shape": 16, "boundary": "open"}, None),
        ({"lattice": "square", "shape": "4x4"}, -0.7017802005),
        ({"lattice": "square", "shape": "4x4", "model": "j1j2"}, -0.5286202095),
        ({"lattice": "chain", "shape": 16, "model": "tfim"}, ising_chain_energy(16, 1.0)),
        ({"lattice": "chain", "shape": 32, "model": "tfim"}, ising_chain_energy(32, 1.0)),
    ],
    ids=lambda item: "-".join(map(str, item.values())) if isinstance(item, dict) else "",
)
def test_sixteen_sites_agree_to_eight_digits(fields: dict, energy: float | None) -> None:
    spec = DmrgSpec(**fields)
    expected = exact(spec).energy_per_site.value if energy is None else energy
    assert dmrg_ground_state(spec).energy_per_site.value == pytest.approx(expected, abs=1e-8)
