"""Comparisons of ansätze: rows, resume, table and figure."""

import csv
from pathlib import Path

import pytest
from pydantic import ValidationError

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.nqs.comparison.run import compare_ansatze
from physics_engines.nqs.spec import CompareSpec
from physics_engines.progress import Monitor, Progress
from tools import ToolContext
from tools.nqs import compare_ansatze as tool

TINY = CompareSpec(
    lattice="chain", shape=6, ansatze=("jastrow", "default_rbm", "mps"), n_iterations=12, n_samples=128,
    n_final_samples=1024, bond_dimension=8,
)  # fmt: skip
EXACT = -0.46712927295533224
"""Heisenberg ring of six spins, per site: (1 + sqrt(13)) / 2 + 1/2 over six, negative."""


def test_the_exact_value_is_right() -> None:
    assert pytest.approx(-(1 + 13**0.5 + 1) / 12, abs=1e-9) == EXACT


def test_every_ansatz_gets_a_row_with_the_same_budget() -> None:
    rows = {row.name: row for row in compare_ansatze(TINY).rows}
    assert list(rows) == ["jastrow", "default_rbm", "mps"]
    assert rows["mps"].energy_per_site.value == pytest.approx(EXACT, abs=1e-9)
    assert rows["mps"].v_score.value < 1e-9
    for name in ("jastrow", "default_rbm"):
        energy = rows[name].energy_per_site
        assert EXACT - 4 * energy.error < energy.value < EXACT + 0.05
        assert "1024 fresh samples" in energy.method.en
    assert all(row.is_whole and row.n_parameters > 0 and row.seconds > 0 for row in rows.values())


def test_a_killed_comparison_repeats_nothing_that_was_finished(tmp_path: Path) -> None:
    expected = compare_ansatze(TINY)

    class Killed(BaseException):
        pass

    seen: list[Progress] = []

    def die_in_the_second(progress: Progress) -> None:
        seen.append(progress)
        if "RBM" in progress.message.en and "5/12" in progress.message.en:
            raise Killed

    file = tmp_path / "restart.json"
    with pytest.raises(Killed):
        compare_ansatze(TINY, Monitor(file, die_in_the_second))
    assert any("Jastrow" in progress.message.en for progress in seen)
    seen.clear()
    with pytest.raises(Interrupted, match="stopped at RBM, 1 of 3 ansätze done"):
        compare_ansatze(TINY, Monitor(file, seen.append, lambda: len(seen) >= 3))
    seen.clear()
    result = compare_ansatze(TINY, Monitor(file, seen.append))
    assert not any("Jastrow" in progress.message.en for progress in seen), "the first ansatz was finished"
    for row, whole in zip(result.rows, expected.rows, strict=True):
        assert row.energy_per_site == whole.energy_per_site
    assert sorted(path.name for path in tmp_path.iterdir()) == ["restart.json"]
    seen.clear()
    assert compare_ansatze(TINY, Monitor(file, seen.append)) == result and len(seen) == 1
    with pytest.raises(InvalidInput, match="another comparison"):
        compare_ansatze(TINY.model_copy(update={"seed": 8}), Monitor(file))


def test_the_tool_gives_a_table_and_a_figure(tmp_path: Path) -> None:
    result = tool.run(TINY, ToolContext(tmp_path, tmp_path, Monitor()))
    assert result.estimates["exact_energy_per_site"].value == pytest.approx(EXACT)
    assert result.estimates["mps_energy_per_site"].label.en == "ground-state energy per site, MPS (DMRG)"
    with (tmp_path / "comparison.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    energies = [float(row["energy_per_site"]) for row in rows[:-1]]
    assert energies == sorted(energies) and rows[-1]["ansatz"] == "reference"
    assert abs(float(next(row for row in rows if row["ansatz"] == "mps")["relative_distance"])) < 1e-8
    assert (tmp_path / "comparison.png").read_bytes().startswith(b"\x89PNG")
    assert {artifact.kind for artifact in result.artifacts} == {"figure", "table"}
    assert sum("Jastrow factor: relative distance" in note.en for note in result.notes) == 1


def test_the_usual_ansatze_fit_the_lattice() -> None:
    assert CompareSpec(lattice="chain", shape=16).names == ("jastrow", "rbm", "rbm_symmetric", "cnn", "mps")
    frustrated = CompareSpec(model="j1j2", lattice="square", shape="4x4", boundary="open").names
    assert "rbm_complex" in frustrated and not any("symmetric" in name for name in frustrated)
    every = CompareSpec(lattice="chain", shape=8, ansatze="all").names
    assert {"jastrow", "rbm", "rbm_symmetric", "mps"} <= set(every) and "all" not in every
    assert CompareSpec(lattice="chain", shape=8, ansatze="rbm, mps,rbm").names == ("rbm", "mps")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ansatze": ()}, "no ansatz is named"),
        ({"ansatze": ("rbm_symmetric",), "boundary": "open"}, "rbm_symmetric cannot be compared here"),
        ({"ansatze": ("rbm", "perceptron")}, "ansatze.1"),
        ({"n_samples": 1}, "n_samples"),
    ],
)
def test_what_cannot_be_compared_is_said(fields: dict, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        CompareSpec(**{"lattice": "chain", "shape": 8, **fields})
