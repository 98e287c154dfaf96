from pathlib import Path

import numpy as np
import pytest

from physics_engines.progress import Monitor
from tools import ToolContext
from tools.errors import BadInput, Stopped
from tools.nqs import exact, ground_state

SMALL = {
    "lattice": "chain", "shape": 8, "alpha": 2, "n_iterations": 60, "n_samples": 256, "n_final_samples": 2048,
}  # fmt: skip


def context(folder: Path, monitor: Monitor | None = None) -> ToolContext:
    return ToolContext(out=folder, home=folder, monitor=monitor or Monitor())


def test_ground_state_puts_the_exact_energy_beside_the_bound(tmp_path: Path) -> None:
    result = ground_state.run(ground_state.parse(SMALL), context(tmp_path))
    bound, truth = result.estimates["energy_per_site"], result.estimates["exact_energy_per_site"]
    assert (bound.exactness, bound.unit, truth.exactness) == ("upper_bound", "J", "exact")
    assert truth.value == pytest.approx(-0.4563866, abs=1e-7)
    assert truth.method.en == "full diagonalisation, 70 states"
    assert bound.value == pytest.approx(truth.value, abs=5e-4)
    assert set(result.estimates) == {
        "energy_per_site",
        "exact_energy_per_site",
        "variance",
        "v_score",
        "relative_distance",
    }
    assert result.reading is not None
    assert result.reading.en == ("Heisenberg antiferromagnet H = J Σ S·S (J = 1), chain of 8 spins, periodic, S^z = 0")
    assert "ハイゼンベルク" in result.reading.ja and "周期境界" in result.reading.ja
    distance = result.estimates["relative_distance"]
    assert distance.value == pytest.approx((bound.value - truth.value) / abs(truth.value)) and distance.error > 0
    assert "v_score" not in result.headline and "relative_distance" in result.headline
    kinds = {artifact.path: artifact.kind for artifact in result.artifacts}
    assert kinds == {"energy.png": "figure", "energy.svg": "figure", "state.npz": "arrays"}
    with np.load(tmp_path / "state.npz") as arrays:
        assert arrays["energy"].shape == (60,)
        assert arrays["parameters"].shape == (2 * 9,)


def test_larger_lattices_stand_beside_a_tabulated_reference(tmp_path: Path) -> None:
    fields = {**SMALL, "shape": 32, "alpha": 1, "n_iterations": 8}
    result = ground_state.run(ground_state.parse(fields), context(tmp_path))
    assert result.estimates["exact_energy_per_site"].value == pytest.approx(-0.4439539825)
    assert "Bethe" in result.estimates["exact_energy_per_site"].method.en
    fields = {**SMALL, "lattice": "square", "shape": "4x6", "alpha": 1, "n_iterations": 8}
    result = ground_state.run(ground_state.parse(fields), context(tmp_path / "other"))
    assert set(result.estimates) == {"energy_per_site", "variance", "v_score"}
    assert result.notes[0].en.startswith("No exact or published reference")


def test_a_stopped_run_leaves_a_restart_file_and_goes_on(tmp_path: Path) -> None:
    spec = ground_state.parse(SMALL)
    seen: list[object] = []
    with pytest.raises(Stopped, match="restart file"):
        ground_state.run(spec, context(tmp_path, Monitor(None, seen.append, lambda: len(seen) >= 7)))
    assert (tmp_path / "restart.npz").exists()
    resumed = ground_state.run(spec, context(tmp_path))
    fresh = ground_state.run(spec, context(tmp_path / "fresh"))
    assert resumed == fresh
    assert (tmp_path / "state.npz").read_bytes() == (tmp_path / "fresh" / "state.npz").read_bytes()


def test_the_bond_of_a_periodic_edge_of_two_is_named(tmp_path: Path) -> None:
    def notes(**fields: object) -> list[str]:
        spec = exact.parse({"lattice": "square", "shape": [2, 2], **fields})
        return [note.en for note in exact.run(spec, context(tmp_path)).notes]

    assert notes() == ["A periodic edge of length 2 has one bond here, not two."]
    assert notes(boundary="open") == notes(shape=[4, 4]) == []
    # On the kagome torus of 2x2 cells no two bonds coincide; the second neighbours of a small torus do.
    assert notes(lattice="kagome") == []
    assert "only 2 pairs are second neighbours" in notes(model="j1j2", lattice="chain", shape=[4])[0]


def test_a_sector_is_told_from_the_whole_model(tmp_path: Path) -> None:
    def notes(**fields: object) -> str:
        spec = exact.parse({"lattice": "chain", "shape": [8], **fields})
        return " ".join(note.en for note in exact.run(spec, context(tmp_path)).notes)

    assert "not of the whole model" in notes(total_sz=2)
    for fields in ({}, {"shape": [7]}, {"model": "xxz", "delta": 0.5}, {"model": "j1j2"}, {"model": "tfim"}):
        assert "sector" not in notes(**fields)
    for fields in ({"delta": -1.5}, {"delta": 0.5, "boundary": "open"}, {"delta": 1.5, "exchange": "ferromagnetic"}):
        assert "may lie in another S^z sector" in notes(model="xxz", **fields)
    # ... and there it does: all spins up lie lower than the lowest state of S^z = 0.
    zero, up = (
        exact.run(exact.parse({"model": "xxz", "lattice": "chain", "shape": 8, "delta": -1.5, "total_sz": sz}),
                  context(tmp_path)).estimates["energy_per_site"].value
        for sz in (0, 4)
    )  # fmt: skip
    assert up == pytest.approx(-1.5 / 4) and zero > up


def test_exact_agrees_with_the_closed_form(tmp_path: Path) -> None:
    result = exact.run(exact.parse({"model": "tfim", "lattice": "chain", "shape": 10}), context(tmp_path))
    energy = result.estimates["energy_per_site"]
    assert energy.value == pytest.approx(-1.2784906443, abs=1e-10)
    assert energy.error is None and "Pauli" in energy.convention.en
    assert "free fermions" in result.notes[0].en


@pytest.mark.parametrize(
    ("tool", "fields", "sentence"),
    [
        (
            ground_state,
            {"lattice": "chain", "shape": 9, "total_sz": 1},
            "nqs.ground_state: there is no state with that total S^z",
        ),
        (ground_state, {"lattice": "chain", "shape": 10**6}, "at most 1024"),
        (exact, {"lattice": "square", "shape": "6x6"}, "9075135300 states need"),
        (exact, {"lattice": "chain"}, "shape: field required"),
    ],
)
def test_bad_input_is_one_sentence(tool, fields: dict, sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        tool.parse(fields)
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_costs_are_known_before_and_grow_with_the_work() -> None:
    def seconds(**fields: object) -> float:
        return ground_state.estimate_cost(ground_state.parse({"lattice": "square", **fields})).seconds

    assert 3 < seconds(shape="4x4") < 40
    assert seconds(shape="4x4") < seconds(shape="6x6") < seconds(shape="10x10")
    assert seconds(shape="4x4", n_iterations=3000) > 5 * seconds(shape="4x4")
    assert seconds(shape="6x6", model="j1j2") > seconds(shape="6x6")
    large = exact.estimate_cost(exact.parse({"lattice": "chain", "shape": 24}))
    assert large.seconds > 10 and large.memory_gb > 1


@pytest.mark.parametrize("tool", [ground_state, exact])
def test_tools_can_be_found_in_both_languages(tool) -> None:
    assert tool.words["en"] and tool.words["ja"] and tool.title.en and tool.title.ja
    assert all(example.en and example.ja for example in tool.examples)
    assert tool.why_unavailable() is None


def test_the_lowest_state_of_a_sector_stands_beside_the_exact_one_of_that_sector(tmp_path: Path) -> None:
    fields = {**SMALL, "momentum": "π", "n_iterations": 120, "n_samples": 512}
    result = ground_state.run(ground_state.parse(fields), context(tmp_path))
    bound, truth = result.estimates["energy_per_site"], result.estimates["exact_energy_per_site"]
    # The lowest state at π is the triplet; the ground state of eight spins has momentum zero.
    assert truth.value == pytest.approx(exact_energy({"total_sz": 1}, tmp_path), rel=1e-9)
    assert bound.label.en == "lowest energy per site of the sector" and truth.label.en == f"exact {bound.label.en}"
    assert bound.value == pytest.approx(truth.value, rel=5e-3)
    assert any("momentum 2π/L times (4)" in note.en for note in result.notes)


def exact_energy(fields: dict, folder: Path) -> float:
    spec = exact.parse({"lattice": "chain", "shape": 8, **fields})
    return exact.run(spec, context(folder)).estimates["energy_per_site"].value
