"""Chains and samples shared out over cores: the same numbers, bit for bit, on however many there are."""

import threading

import pytest

from physics_engines.nqs import ground_state
from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.nqs.threads import available_cores, share_out

_SHORT = {"n_iterations": 6, "n_samples": 384, "n_final_samples": 512, "n_chains": 6, "seed": 3}


def test_slices_come_back_in_order_and_cover_everything() -> None:
    parts = share_out(lambda part: (part.start, part.stop), 10, 4)
    assert parts == [(0, 4), (4, 8), (8, 10)]


def test_work_is_done_on_several_threads_where_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    both = threading.Barrier(2, timeout=20)
    assert len(set(share_out(lambda _: (both.wait(), threading.get_ident())[1], 2, 1))) == 2


def test_an_error_in_one_slice_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")

    def fail(part: slice) -> None:
        if part.start:
            raise FloatingPointError("second slice")

    with pytest.raises(FloatingPointError, match="second slice"):
        share_out(fail, 8, 4)


@pytest.mark.parametrize("named", ["0", "-2", "many", ""])
def test_a_number_of_threads_that_is_none_means_all_cores(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    all_cores = available_cores()
    monkeypatch.setenv("OMP_NUM_THREADS", named)
    assert available_cores() == all_cores >= 1


@pytest.mark.parametrize(
    "fields",
    [
        {"shape": "4x4"},
        {"shape": "4x4", "model": "j1j2", "ansatz": "rbm_complex", "alpha": 1},
        {"shape": "4x4", "ansatz": "rbm", "alpha": 1, "irrep": "A1", "spin_flip": "even"},
        {"shape": "4x4", "model": "j1j2", "ansatz": "pair_product_symmetric", "alpha": 1},
    ],
)
def test_a_run_does_not_depend_on_the_number_of_threads(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, object]
) -> None:
    spec = GroundStateSpec.model_validate({"lattice": "square", **_SHORT, **fields})
    energies = []
    for threads in ("1", "2", "3"):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        energies.append(ground_state(spec).energy_per_site.value)
    assert energies[0] == energies[1] == energies[2]
