from pathlib import Path

import pytest

from physics_engines.progress import Monitor, Progress
from physics_engines.text import Text


def said(en: str) -> Text:
    return Text(en=en, ja=en)


def test_a_part_reports_its_share_of_the_whole_with_its_label() -> None:
    seen: list[Progress] = []
    part = Monitor(on_progress=seen.append).part(0.2, 0.6, label=Text(en="second", ja="二番目"))
    for fraction in (0.0, 0.5, 1.0):
        part.report(fraction, said("at work"), energy=fraction)
    assert [progress.fraction for progress in seen] == pytest.approx([0.2, 0.4, 0.6])
    assert seen[1].message == Text(en="second: at work", ja="二番目: at work")
    assert seen[1].values == {"energy": 0.5}


def test_parts_of_parts_stay_within_the_part() -> None:
    seen: list[Progress] = []
    Monitor(on_progress=seen.append).part(0.5, 1.0).part(0.0, 0.5).report(1.0, said("done"))
    assert seen[0].fraction == pytest.approx(0.75)
    assert seen[0].message == said("done")


def test_a_named_part_has_a_restart_file_of_its_own() -> None:
    monitor = Monitor(Path("/runs/restart.npz"))
    assert monitor.part(0, 1, name="ground").checkpoint == Path("/runs/restart-ground.npz")
    assert monitor.part(0, 1).checkpoint == Path("/runs/restart.npz")
    assert Monitor().part(0, 1, name="ground").checkpoint is None


def test_a_part_stops_when_the_run_is_asked_to() -> None:
    asked = []
    part = Monitor(should_stop=lambda: bool(asked)).part(0, 1)
    assert not part.should_stop()
    asked.append(True)
    assert part.should_stop()
