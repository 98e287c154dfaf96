"""Observables against time with the exact curves, and the error measure below."""

from pathlib import Path

import numpy as np

from physics_engines.files import write_atomically
from physics_engines.nqs.dynamics.estimates import TRUSTED_ANGLE, trusted_time
from physics_engines.nqs.dynamics.run import DynamicsResult
from physics_engines.nqs.labels import figure_title
from physics_engines.nqs.spec import DynamicsSpec

_COLOURS = ("#1f5fa8", "#b03a2e", "#2e7d4f")
_EXACT = "#222222"
_SHOWN = {
    True: {"nearest_zz": "⟨SᶻSᶻ⟩ nearest", "staggered": "staggered ⟨mₛᶻ⟩"},
    False: {"sigma_x": "⟨σˣ⟩", "nearest_zz": "⟨σᶻσᶻ⟩ nearest", "m_squared": "⟨m$_z^2$⟩"},
}


def draw_dynamics(result: DynamicsResult, spec: DynamicsSpec, path: Path) -> tuple[Path, Path]:
    """Draw a time evolution.

    Args:
        result: The evolution.
        spec: Its Spec.
        path: File name without suffix.

    Returns:
        The PNG and the SVG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 5.6), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    top.set_title(figure_title(spec, 84, ", after a quench"), fontsize=9, loc="left")
    labels = _SHOWN[spec.conserves_magnetisation]
    for index, name in enumerate(result.names):
        colour = _COLOURS[index % len(_COLOURS)]
        top.errorbar(
            result.times, result.values[:, index], yerr=result.errors[:, index], color=colour, marker="o",
            markersize=2.8, linewidth=0, elinewidth=0.9, capsize=1.5, label=labels[name],
        )  # fmt: skip
        if result.exact is not None:
            name_exact = "exact" if index == 0 else None
            top.plot(result.times, result.exact.values[:, index], color=_EXACT, linewidth=0.9, label=name_exact)
    top.set_ylabel("observable")
    top.legend(frameon=False, fontsize=8, ncols=2)
    time = result.trace["time"]
    total = result.trace["distance"] + result.trace["integration_error"]
    bottom.plot(time[1:], np.maximum(total[1:], 1e-12), color=_COLOURS[0], linewidth=1.1, label="bound of the angle")
    relative = np.sqrt(np.maximum(result.trace["relative_residual"], 1e-24))
    bottom.plot(time, relative, color=_COLOURS[1], linewidth=0.8, label="residual rate / energy spread")
    bottom.axhline(TRUSTED_ANGLE, color="#888888", linewidth=0.8, linestyle="--")
    beyond = trusted_time(result.trace)
    if beyond is not None:
        for axis in (top, bottom):
            axis.axvspan(beyond, spec.total_time, color="#888888", alpha=0.15, linewidth=0)
    bottom.set_yscale("log")
    bottom.set_ylabel("error measure")
    bottom.set_xlabel("time t J")
    bottom.set_xlim(0, spec.total_time * 1.01)
    bottom.legend(frameon=False, fontsize=8)
    for axis in (top, bottom):
        axis.spines[["top", "right"]].set_visible(False)
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # Fixed metadata: the same run gives the same bytes.
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg
