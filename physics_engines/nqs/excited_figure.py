"""The figure of an excited state: how both optimisations converged, and the two levels with the gap between them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from physics_engines.estimate import Estimate
from physics_engines.files import write_atomically
from physics_engines.nqs.excited import ExcitedStateResult
from physics_engines.nqs.figure import with_error
from physics_engines.nqs.labels import figure_title
from physics_engines.nqs.run import GroundStateResult
from physics_engines.nqs.spec import ExcitedStateSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {"ground": "#1f5fa8", "excited": "#b03a2e"}
_EXACT = "#222222"
_UPPER = {
    "spin": "lowest with S$^z$ + 1",
    "sector": "lowest of the sector",
    "penalty": "first excited (penalty)",
}


def draw_levels(
    result: ExcitedStateResult, spec: ExcitedStateSpec, exact: Mapping[str, Estimate], path: Path
) -> tuple[Path, Path]:
    """Energy of both states against iteration, and a level diagram with the gap, exact levels dashed.

    With the penalty the trace of the excited state holds the penalty as well; the level does not.

    Args:
        result: The two finished runs.
        spec: Their Spec.
        exact: ``exact_energy_per_site``, ``exact_ground_energy_per_site`` and ``exact_gap`` where they are known.
        path: File name without suffix.

    Returns:
        The PNG and the SVG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.2), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(5, 3))
    figure.suptitle(figure_title(spec, 110), fontsize=9.5, x=0.01, ha="left")
    ground, excited = result.ground.energy_per_site, result.energy_per_site
    levels = {"ground": (ground, "ground state"), "excited": (excited, _UPPER[spec.method])}
    tops = [
        _draw_trace(left, run, spec, name, levels[name][1])
        for name, run in (("ground", result.ground), ("excited", result.excited))
    ]
    references = {"ground": exact.get("exact_ground_energy_per_site"), "excited": exact.get("exact_energy_per_site")}
    for name, (energy, _) in levels.items():
        _draw_level(right, energy, references[name], name)
    _draw_gap(right, result.gap, exact.get("exact_gap"), ground.value, excited.value)
    if any(references.values()):
        right.plot([], [], color=_EXACT, linewidth=1, linestyle="--", label="exact")
        right.legend(frameon=False, fontsize=8.5, loc="upper right")

    values = [item.value for item in (ground, excited, *references.values()) if item is not None]
    spread = max(max(values) - min(values), 1e-6 * max(map(abs, values)), 1e-12)
    # The start of an optimisation is far above both; the levels must stay apart.
    above = min(max(max(tops) - max(values), 0), 1.5 * spread)
    left.set_ylim(min(values) - 0.25 * spread, max(values) + above + 0.4 * spread)
    left.ticklabel_format(axis="y", useOffset=False)
    left.set_ylabel(f"energy per site{f' / {ground.unit}' if ground.unit else ''}")
    left.set_xlabel("iteration of stochastic reconfiguration")
    left.legend(frameon=False, fontsize=8.5, loc="upper right")
    right.set_xlim(0, 1)
    right.set_xticks([])
    right.set_xlabel("final levels")
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
    right.spines["bottom"].set_visible(False)

    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # Fixed metadata: the same run gives the same bytes.
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg


def _draw_trace(axis: "Axes", run: GroundStateResult, spec: ExcitedStateSpec, name: str, label: str) -> float:
    """The energy with its error band; returns where it began, spikes apart."""
    trace = run.trace
    good = np.isfinite(trace["energy"]) & (trace["rejected"] == 0)
    iteration = np.flatnonzero(good) + 1
    energy, error = trace["energy"][good] * spec.coupling, trace["error"][good] * spec.coupling
    axis.fill_between(iteration, energy - error, energy + error, color=_COLOURS[name], alpha=0.25, linewidth=0)
    axis.plot(iteration, energy, color=_COLOURS[name], linewidth=1.1, label=label)
    axis.set_xlim(0, spec.n_iterations)
    return float(np.quantile(energy, 0.98)) if energy.size else run.energy_per_site.value


def _draw_level(axis: "Axes", energy: Estimate, reference: Estimate | None, name: str) -> None:
    assert energy.error is not None
    axis.plot([0.08, 0.62], [energy.value] * 2, color=_COLOURS[name], linewidth=1.8)
    axis.errorbar([0.35], [energy.value], yerr=[energy.error], color=_COLOURS[name], capsize=3, linestyle="none")
    if reference is not None:
        axis.plot([0.02, 0.68], [reference.value] * 2, color=_EXACT, linewidth=1, linestyle="--")
    side = "top" if name == "ground" else "bottom"
    axis.annotate(
        with_error(energy.value, energy.error), (0.08, energy.value), xytext=(0, -4 if side == "top" else 4),
        textcoords="offset points", va=side, fontsize=8.5, color=_COLOURS[name],
    )  # fmt: skip


def _draw_gap(axis: "Axes", gap: Estimate, exact: Estimate | None, low: float, high: float) -> None:
    assert gap.error is not None
    axis.annotate("", (0.5, high), (0.5, low), arrowprops={"arrowstyle": "<->", "color": "#6b6b6b", "linewidth": 0.9})
    words = f"E₁ − E₀ = {with_error(gap.value, gap.error)}{f' {gap.unit}' if gap.unit else ''}"
    if exact is not None:
        words += f"\nexact {exact.value:.6f}{f' {exact.unit}' if exact.unit else ''}"
    axis.annotate(words, (0.54, (low + high) / 2), va="center", fontsize=8.5)
