"""The convergence figure of a DMRG run."""

from pathlib import Path

import numpy as np

from physics_engines.estimate import Estimate
from physics_engines.files import write_atomically
from physics_engines.nqs.labels import figure_title
from physics_engines.nqs.mps.dmrg import DmrgResult
from physics_engines.nqs.spec import DmrgSpec

_SWEEPS = "#2f7fd0"
_LINE = "#c0552b"
_REFERENCE = "#8a8a8a"


def draw_dmrg(result: DmrgResult, spec: DmrgSpec, reference: Estimate | None, path: Path) -> tuple[Path, Path]:
    """Energy per site against sweep and, where measured, against its variance with the line that is extrapolated.

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

    energy = result.trace["energy"] * spec.coupling
    variance = result.trace["variance"] * spec.coupling**2 / spec.n_sites
    known = np.flatnonzero(np.isfinite(variance) & (variance > 0))
    figure = Figure(figsize=(8.2, 3.9), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    figure.suptitle(figure_title(spec, 110), fontsize=9, x=0.01, ha="left")
    unit = f" / {result.energy_per_site.unit}" if result.energy_per_site.unit else ""

    sweeps = np.arange(1, len(energy) + 1)
    left.plot(sweeps, energy, color=_SWEEPS, marker="o", markersize=3.5, linewidth=1.1)
    sizes = result.trace["bond_dimension"].astype(int)
    for k in np.flatnonzero(np.diff(sizes, append=-1)):
        left.annotate(f"χ = {sizes[k]}", (sweeps[k], energy[k]), xytext=(0, 7), textcoords="offset points", fontsize=7,
                      ha="center", color=_REFERENCE)  # fmt: skip
    left.set_xlabel("sweep")
    left.set_ylabel(f"energy per site{unit}")

    right.plot(variance[known], energy[known], color=_SWEEPS, marker="o", markersize=4, linestyle="none", label="DMRG")
    if result.extrapolated is not None and len(known) >= 3:
        further = result.extrapolated
        end = variance[known[-3]]
        slope = (energy[known[-1]] - further.value) / variance[known[-1]]
        right.plot([0, end], [further.value, further.value + slope * end], color=_LINE, linewidth=0.9)
        right.errorbar([0], [further.value], yerr=[further.error or 0], color=_LINE, marker="s", markersize=4,
                       capsize=3, linestyle="none", label=f"zero variance: {further.value:.6f}")  # fmt: skip
    right.set_xlabel(f"energy variance per site{unit}{'²' if unit else ''}")
    for axis in (left, right):
        if reference is not None:
            name = {"exact": "exact", "upper_bound": "best published bound"}.get(reference.exactness, "reference")
            axis.axhline(reference.value, color=_REFERENCE, linewidth=1, linestyle="--",
                         label=f"{name}: {reference.value:.7f}" if axis is right else None)  # fmt: skip
        axis.spines[["top", "right"]].set_visible(False)
        axis.ticklabel_format(axis="y", useOffset=False)
    if right.get_legend_handles_labels()[0]:
        right.legend(frameon=False, fontsize=8, loc="upper left")
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg
