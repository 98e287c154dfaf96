"""Run the ansätze of a comparison one after the other; what is finished is never repeated."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from physics_engines.errors import EngineError, Interrupted, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.files import write_text
from physics_engines.nqs.spec import CompareSpec, DmrgSpec, GroundStateSpec
from physics_engines.nqs.words.compare import ANSATZE
from physics_engines.progress import Monitor
from physics_engines.text import Text


class Row(BaseModel):
    """What one ansatz reached.

    Attributes:
        name: Its name in the Spec.
        label: Its name in a sentence.
        energy_per_site: None where the run failed.
        variance_per_site: Var(E) / N, None where it was not measured.
        v_score: N Var(E) / E^2, as above.
        n_parameters: Variational parameters.
        seconds: Processor seconds of this process, without the exact reference.
        is_whole: False when the run was killed on its way, and earlier seconds are not counted.
        failure: Why there is no energy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: Text
    energy_per_site: Estimate | None = None
    variance_per_site: Estimate | None = None
    v_score: Estimate | None = None
    n_parameters: int = 0
    seconds: float = 0.0
    is_whole: bool = True
    failure: str = ""


@dataclass(frozen=True)
class ComparisonResult:
    """Rows in the order of the Spec."""

    rows: tuple[Row, ...]

    @property
    def ranked(self) -> tuple[Row, ...]:
        """Lowest energy first; failed runs last."""
        done = [row for row in self.rows if row.energy_per_site is not None]
        failed = [row for row in self.rows if row.energy_per_site is None]
        return (*sorted(done, key=lambda row: row.energy_per_site.value if row.energy_per_site else 0.0), *failed)


def compare_ansatze(spec: CompareSpec, monitor: Monitor | None = None) -> ComparisonResult:
    """Run every ansatz of the Spec with the same budget.

    With a restart file, finished rows are kept in it and the running calculation in a file of its own beside it: a
    comparison that is stopped or killed goes on within the ansatz it was at.

    Args:
        spec: Model, ansätze and budget.
        monitor: Progress, interruption and restart file.

    Raises:
        Interrupted: The monitor asked to stop.
        InvalidInput: The restart file belongs to another comparison.
    """
    monitor = monitor or Monitor()
    rows, spent = _load(monitor.checkpoint, spec.digest())
    names = spec.names
    for number, name in enumerate(names):
        if name in rows:
            continue
        part = spec.part(name)
        label = ANSATZE.shown[name]
        # Only the whole comparison is ever done to the end.
        inner = monitor.part(number / len(names), min((number + 1) / len(names), 0.999), name=name, label=label)
        is_whole = name in spent or inner.checkpoint is None or not inner.checkpoint.exists()
        begin = time.process_time()
        try:
            found = _run(part, inner)
        except Interrupted as stop:
            spent[name] = spent.get(name, 0.0) + time.process_time() - begin
            _save(monitor.checkpoint, spec.digest(), rows, spent)
            raise Interrupted(f"stopped at {label.en}, {len(rows)} of {len(names)} ansätze done: {stop}") from stop
        except EngineError as error:
            found = {"failure": str(error)}
        seconds = spent.pop(name, 0.0) + time.process_time() - begin
        rows[name] = Row.model_validate(
            {"name": name, "label": label, "seconds": seconds, "is_whole": is_whole, **found}
        )
        _save(monitor.checkpoint, spec.digest(), rows, spent)
        if inner.checkpoint is not None:
            inner.checkpoint.unlink(missing_ok=True)
    monitor.report(1.0, Text(en="done", ja="完了"))
    return ComparisonResult(tuple(rows[name] for name in names))


def _run(part: GroundStateSpec | DmrgSpec, monitor: Monitor) -> dict[str, object]:
    if isinstance(part, DmrgSpec):
        from physics_engines.nqs.mps import dmrg_ground_state

        state = dmrg_ground_state(part, monitor)
        estimates = (state.energy_per_site, state.variance_per_site, state.v_score)
        n_parameters = state.n_parameters
    else:
        from physics_engines.nqs.run import ground_state

        found = ground_state(part, monitor)
        estimates = (found.energy_per_site, found.variance_per_site, found.v_score)
        n_parameters = len(found.parameters)
    names = ("energy_per_site", "variance_per_site", "v_score")
    return {**dict(zip(names, estimates, strict=True)), "n_parameters": n_parameters}


def _save(path: Path | None, identity: str, rows: dict[str, Row], spent: dict[str, float]) -> None:
    if path is not None:
        kept = {"identity": identity, "spent": spent, "rows": [row.model_dump(mode="json") for row in rows.values()]}
        write_text(path, json.dumps(kept, ensure_ascii=False))


def _load(path: Path | None, identity: str) -> tuple[dict[str, Row], dict[str, float]]:
    """Finished rows and seconds of interrupted ones; nothing where there is no file that can be read."""
    if path is None or not path.exists():
        return {}, {}
    try:
        kept = json.loads(path.read_text())
        owner = str(kept["identity"])
        rows = {item["name"]: Row.model_validate(item) for item in kept["rows"]}
        spent = {str(name): float(seconds) for name, seconds in kept["spent"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return {}, {}
    if owner != identity:
        raise InvalidInput(f"the restart file {path} belongs to another comparison; remove it or use another folder")
    return rows, spent
