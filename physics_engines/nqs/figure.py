"""The convergence figure of a variational run."""

from pathlib import Path

import numpy as np

from physics_engines.estimate import Estimate
from physics_engines.files import write_atomically
from physics_engines.nqs.labels import figure_title
from physics_engines.nqs.run import GroundStateResult
from physics_engines.nqs.spec import GroundStateSpec

_LINE = "#1f5fa8"
_FINAL = "#b03a2e"
_REFERENCE = "#222222"


def draw_convergence(
    result: GroundStateResult, spec: GroundStateSpec, reference: Estimate | None, path: Path
) -> tuple[Path, Path]:
    """Energy per site against iteration with its error band, the final energy and the reference.

    With an exact or statistical reference a second panel shows the relative distance to it on a logarithmic scale.

    Args:
        result: The finished run.
        spec: Its Spec.
        reference: Exact or published energy per site in the same units, or None.
        path: File name without suffix.

    Returns:
        The PNG and the SVG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    trace = result.trace
    good = np.isfinite(trace["energy"]) & (trace["rejected"] == 0)
    iteration = np.flatnonzero(good) + 1
    energy = trace["energy"][good] * spec.coupling
    error = trace["error"][good] * spec.coupling
    has_distance = reference is not None and reference.exactness != "upper_bound" and reference.value != 0

    figure = Figure(figsize=(6.4, 5.4 if has_distance else 3.8), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    if has_distance:
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    else:
        top = figure.subplots()
    top.set_title(figure_title(spec, 78), fontsize=9.5, loc="left")
    top.fill_between(iteration, energy - error, energy + error, color=_LINE, alpha=0.25, linewidth=0)
    top.plot(iteration, energy, color=_LINE, linewidth=1.1, label="optimisation (± one standard error)")
    final = result.energy_per_site
    assert final.error is not None
    top.errorbar(
        [spec.n_iterations * 1.02], [final.value], yerr=[final.error], color=_FINAL, marker="o", markersize=4,
        capsize=3, linestyle="none", label=f"final, fresh samples: {with_error(final.value, final.error)}",
    )  # fmt: skip
    if reference is not None:
        name = {"exact": "exact", "upper_bound": "best published bound"}.get(reference.exactness, "reference")
        top.axhline(
            reference.value, color=_REFERENCE, linewidth=1, linestyle="--", label=f"{name}: {reference.value:.7f}"
        )
    low = min([final.value, *([reference.value] if reference is not None else [])])
    start = float(np.quantile(energy, 0.98)) if energy.size else final.value
    margin = 0.04 * max(start - low, 1e-3 * abs(low), 1e-12)
    top.set_ylim(low - 1.5 * margin, start + margin)
    top.ticklabel_format(axis="y", useOffset=False)
    top.set_ylabel(f"energy per site{f' / {final.unit}' if final.unit else ''}")
    top.legend(frameon=False, fontsize=9, loc="upper right")
    lowest_axis = top
    if has_distance:
        assert reference is not None
        scale = abs(reference.value)
        distance = (energy - reference.value) / scale
        bottom.plot(iteration, np.abs(distance), color=_LINE, linewidth=0.9)
        bottom.plot(iteration, error / scale, color=_LINE, linewidth=0.9, alpha=0.45, linestyle=":")
        bottom.errorbar(
            [spec.n_iterations * 1.02], [max(abs(final.value - reference.value) / scale, 1e-12)],
            yerr=[final.error / scale], color=_FINAL, marker="o", markersize=4, capsize=3, linestyle="none",
        )  # fmt: skip
        bottom.set_yscale("log")
        # A step may hit the reference by chance; such spikes say nothing and would squeeze the rest.
        floor = min([*(error[error > 0] / scale), final.error / scale or 1.0, 1.0])
        bottom.set_ylim(bottom=0.2 * max(floor, 1e-12))
        bottom.set_ylabel("relative distance\n(dotted: error of a step)")
        bottom.grid(axis="y", alpha=0.25)
        lowest_axis = bottom
    lowest_axis.set_xlabel("iteration of stochastic reconfiguration")
    lowest_axis.set_xlim(0, spec.n_iterations * 1.04)
    for axis in figure.axes:
        axis.spines[["top", "right"]].set_visible(False)

    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # Fixed metadata: the same run gives the same bytes.
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg


def with_error(value: float, error: float) -> str:
    """Value with the error in units of its last digits: -0.70174(9)."""
    if error == 0:
        return f"{value:.7f}"
    digits = max(0, -int(np.floor(np.log10(error))) + (1 if error < 2 * 10 ** np.floor(np.log10(error)) else 0))
    return f"{value:.{digits}f}({round(error * 10**digits):d})"
