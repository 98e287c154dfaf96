"""Every model and ansatz with its default settings over many seeds: does any run end badly?

A row is written for each finished run, and rows already in the file are not run again, so the table can be made in
pieces. The summary counts crashes and energies that are not finite, energies worse than the median Jastrow factor of
the same model by more than 1 %, quantiles of the relative error, and the pulls (E - E_0) / sigma: an upper bound with
a correct error has none far below zero.

    python -m evals.benchmarks.nqs_robustness --seeds 20 --workers 2

``evals/results/nqs_robustness.tsv`` holds twenty seeds of the usual four models. On the frustrated triangle the ansätze
of positive amplitudes are refused, so there is no Jastrow factor to compare with.
"""

import csv
import math
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from statistics import median
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.table import Table

MODELS: dict[str, dict[str, object]] = {
    "heisenberg chain 8": {"model": "heisenberg", "lattice": "chain", "shape": 8},
    "j1j2 chain 8": {"model": "j1j2", "lattice": "chain", "shape": 8, "j2": 0.4},
    "tfim chain 8": {"model": "tfim", "lattice": "chain", "shape": 8},
    "heisenberg triangle 3x3": {"model": "heisenberg", "lattice": "triangular", "shape": "3x3"},
    "heisenberg open chain 9": {"model": "heisenberg", "lattice": "chain", "shape": 9, "boundary": "open"},
    "heisenberg 2x4": {"model": "heisenberg", "lattice": "square", "shape": "2x4"},
    "xxz chain 8": {"model": "xxz", "lattice": "chain", "shape": 8, "delta": 0.5},
    "tfim 3x3": {"model": "tfim", "lattice": "square", "shape": "3x3", "field": 2.0},
}
USUAL = 4
"""How many of them are run where none is named."""
COLUMNS = ("model", "ansatz", "seed", "status", "energy", "error", "exact", "relative", "pull", "seconds", "flags")
Row = dict[str, str]
Case = tuple[str, str, int]


def _cases(models: list[str], ansatze: list[str], seeds: int) -> Iterator[Case]:
    """Seeds outermost, so that an unfinished table covers everything evenly."""
    from pydantic import ValidationError

    from physics_engines.nqs.spec import GroundStateSpec

    fitting = []
    for model in models:
        for ansatz in ansatze:
            try:
                GroundStateSpec.model_validate({**MODELS[model], "ansatz": ansatz})
            except ValidationError:
                continue
            fitting.append((model, ansatz))
    for seed in range(seeds):
        for model, ansatz in fitting:
            yield model, ansatz, seed


def _run(model: str, ansatz: str, seed: int, exact: float) -> Row:
    """One run in a process of its own pool; whatever it raises is a row."""
    from physics_engines.nqs import ground_state
    from physics_engines.nqs.spec import GroundStateSpec

    row = {"model": model, "ansatz": ansatz, "seed": str(seed), "exact": repr(exact)}
    begin = time.process_time()
    try:
        spec = GroundStateSpec.model_validate({**MODELS[model], "ansatz": ansatz, "seed": seed})
        energy = ground_state(spec).energy_per_site
    except Exception as failure:
        sentence = " ".join(str(failure).split())[:200]
        status = f"{type(failure).__name__}: {sentence}"
        return {**row, "status": status, "seconds": f"{time.process_time() - begin:.1f}"}
    error = energy.error or 0.0
    gap = energy.value - exact
    return {
        **row,
        "status": "ok" if math.isfinite(energy.value) else "not finite",
        "energy": repr(energy.value),
        "error": repr(error),
        "relative": f"{gap / abs(exact):.3e}",
        # An exact state has no spread, and its rounding is no pull.
        "pull": f"{gap / error:.3f}" if error > 1e-10 else "",
        "seconds": f"{time.process_time() - begin:.1f}",
        "flags": "; ".join(energy.flags),
    }


def _exact(model: str) -> float:
    from physics_engines.nqs import ExactSpec, exact_ground_state

    return exact_ground_state(ExactSpec.model_validate(MODELS[model])).energy_per_site.value


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _append(path: Path, row: Row) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", restval="", lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)
        file.flush()
        os.fsync(file.fileno())


def summarise(rows: list[Row]) -> Table:
    """One line for each model and ansatz."""
    table = Table(title="Default settings over seeds")
    for name in ("Model", "Ansatz"):
        table.add_column(name)
    for name in ("runs", "failed", ">1% worse than Jastrow", "median", "90 %", "worst", "min pull", "pulls < -4", "s"):
        table.add_column(name, justify="right")
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["model"], row["ansatz"]), []).append(row)
    baseline = {
        model: median(float(row["energy"]) for row in group if row["status"] == "ok")
        for (model, ansatz), group in groups.items()
        if ansatz == "jastrow" and any(row["status"] == "ok" for row in group)
    }
    for (model, ansatz), group in sorted(groups.items()):
        good = [row for row in group if row["status"] == "ok"]
        relative = sorted(float(row["relative"]) for row in good)
        pulls = [float(row["pull"]) for row in good if row["pull"]]
        base = baseline.get(model)
        worse = sum(float(row["energy"]) > base + 0.01 * abs(base) for row in good) if base is not None else None
        place = min(len(relative) - 1, math.ceil(0.9 * len(relative)) - 1)
        shown = (
            [f"{value:.1e}" for value in (median(relative), relative[place], relative[-1])] if relative else [""] * 3
        )
        table.add_row(
            model,
            ansatz,
            str(len(group)),
            str(len(group) - len(good)),
            "" if worse is None else str(worse),
            *shown,
            f"{min(pulls):.1f}" if pulls else "",
            str(sum(pull < -4 for pull in pulls)),
            f"{median(float(row['seconds']) for row in group):.1f}",
        )
    return table


def _finish(pool: ProcessPoolExecutor, batch: list[Case], exact: dict[str, float]) -> Iterator[Row | None]:
    """Rows as they come; None when a worker has died."""
    running = [pool.submit(_run, *case, exact[case[0]]) for case in batch]
    for future in as_completed(running):
        try:
            yield future.result()
        except BrokenProcessPool:
            yield None
            return


def _alone(case: Case, exact: dict[str, float]) -> Row:
    """A run in a process that may die."""
    with ProcessPoolExecutor(max_workers=1) as pool:
        try:
            return pool.submit(_run, *case, exact[case[0]]).result()
        except BrokenProcessPool:
            model, ansatz, seed = case
            return {"model": model, "ansatz": ansatz, "seed": str(seed), "status": "process died", "seconds": "0"}


def main(
    seeds: Annotated[int, typer.Option(min=1, help="Seeds of every model and ansatz.")] = 20,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    out: Annotated[Path, typer.Option(help="Table to go on with.")] = Path("evals/results/nqs_robustness.tsv"),
    model: Annotated[list[str] | None, typer.Option(help="These models instead of the usual four.")] = None,
    ansatz: Annotated[list[str] | None, typer.Option(help="Only these ansätze.")] = None,
    minutes: Annotated[float, typer.Option(min=0, help="Start no further run after this long.")] = 600.0,
) -> None:
    from physics_engines.nqs.spec import AnsatzName

    # Parents of the workers: a thread pool of BLAS in each would only get in the way.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    models, ansatze = model or list(MODELS)[:USUAL], ansatz or list(get_args(AnsatzName))
    unknown = sorted({*models} - {*MODELS})
    if unknown:
        raise typer.BadParameter(f"no model {', '.join(unknown)}; there are {', '.join(MODELS)}")
    rows = _read(out)
    done = {(row["model"], row["ansatz"], int(row["seed"])) for row in rows}
    todo = [case for case in _cases(models, ansatze, seeds) if case not in done]
    exact = {name: _exact(name) for name in {case[0] for case in todo}}
    console, begin = Console(width=140), time.monotonic()
    pool = ProcessPoolExecutor(max_workers=workers)
    while todo and time.monotonic() - begin < 60 * minutes:
        batch, todo = todo[: 4 * workers], todo[4 * workers :]
        for row in _finish(pool, batch, exact):
            if row is None:  # a worker died: none of this batch is lost, and the guilty one is found alone
                pool = ProcessPoolExecutor(max_workers=workers)
                kept = {(row["model"], row["ansatz"], int(row["seed"])) for row in rows}
                for case in (case for case in batch if case not in kept):
                    rows.append(_alone(case, exact))
                    _append(out, rows[-1])
                break
            rows.append(row)
            _append(out, row)
        console.print(f"{len(rows)} runs, {len(todo)} to go, {time.monotonic() - begin:.0f} s", highlight=False)
    pool.shutdown()
    console.print(summarise([{**dict.fromkeys(COLUMNS, ""), **row} for row in rows]))


if __name__ == "__main__":
    typer.run(main)
