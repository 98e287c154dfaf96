"""Both evaluation paths against numbers recorded with NetKet; conventions in tests/fixtures/nqs/README.md."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from physics_engines.nqs import GroundStateSpec
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import Backend, BackendName, build_backend
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.reconfiguration import natural_gradient

RECORD = Path(__file__).parents[1] / "fixtures" / "nqs" / "heisenberg_6x6_rbm.npz"
ENERGY_RATIO = 4
"""sigma.sigma over S.S."""
STEP_RATIO = 2 * ENERGY_RATIO
"""NetKet's step is (S + shift)^-1 of the whole gradient 2 F, ours that of F."""


@pytest.fixture(scope="module")
def record() -> dict[str, NDArray[np.generic]]:
    with np.load(RECORD) as stored:
        return dict(stored)


def flat(record: dict, prefix: str = "") -> NDArray[np.float64]:
    """Our order: a, b, W row by row; NetKet's kernel is W transposed."""
    visible, hidden, kernel = (record[prefix + part] for part in ("visible_bias", "hidden_bias", "kernel"))
    return np.concatenate([visible, hidden, kernel.T.ravel()])


def evaluator(record: dict, name: BackendName) -> Backend:
    spec = GroundStateSpec(model="heisenberg", lattice="square", shape="6x6", ansatz="rbm", alpha=1)
    backend = build_backend(build_ansatz(spec), build_hamiltonian(spec), name)
    backend.set_parameters(flat(record))
    return backend


def test_the_record_is_of_our_lattice_and_sector(record: dict) -> None:
    spec = GroundStateSpec(model="heisenberg", lattice="square", shape="6x6")
    ours = {tuple(sorted(bond)) for bond in build_hamiltonian(spec).bonds.tolist()}
    assert ours == {tuple(sorted(edge)) for edge in record["edges"].tolist()}
    assert record["samples"].shape == (1536, 36)
    assert not record["samples"].sum(axis=1).any()


@pytest.mark.parametrize("name", ["torch", "numba"])
def test_local_energies_are_those_of_netket(record: dict, name: BackendName) -> None:
    ours = evaluator(record, name).local_energies(record["samples"])
    np.testing.assert_allclose(ENERGY_RATIO * ours, record["local_energies"], rtol=1e-10)


def test_log_psi_is_that_of_netket_up_to_the_norm(record: dict) -> None:
    """The plain path; the compiled one has no log psi, its ratios are tested through the local energies."""
    ours = evaluator(record, "torch").log_psi(record["samples"])
    theirs = record["log_psi"]
    scale = np.ptp(theirs)
    np.testing.assert_allclose(ours - ours[0], theirs - theirs[0], rtol=0, atol=1e-10 * scale)


@pytest.mark.parametrize("name", ["torch", "numba"])
@pytest.mark.parametrize("form", ["few", "many"])
def test_the_step_is_that_of_netket(record: dict, name: BackendName, form: str) -> None:
    """Few samples: sample space on both sides. Many: parameter space on both sides."""
    samples = record["samples"][: int(record["n_few"])] if form == "few" else record["samples"]
    energies = record["local_energies"][: len(samples)] / ENERGY_RATIO
    derivatives = evaluator(record, name).derivatives(samples)
    assert (derivatives.shape[0] < derivatives.shape[1]) == (form == "few")
    ours = natural_gradient(derivatives, energies, float(record["diag_shift"])).vector
    theirs = flat(record, f"step_{form}_")
    assert np.linalg.norm(STEP_RATIO * ours - theirs) <= 1e-10 * np.linalg.norm(theirs)
    np.testing.assert_allclose(STEP_RATIO * ours, theirs, rtol=0, atol=1e-10 * np.abs(theirs).max())
