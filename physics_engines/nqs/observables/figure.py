"""Correlations against distance and the structure factor, as one figure."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.files import write_atomically
from physics_engines.lattices import Lattice
from physics_engines.nqs.labels import reading
from physics_engines.nqs.observables.correlation import Correlations
from physics_engines.nqs.observables.run import ObservablesResult
from physics_engines.nqs.observables.structure import StructureFactor
from physics_engines.nqs.spec import ObservablesSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE = "#1f5fa8"
_EXACT = "#222222"


def draw_observables(result: ObservablesResult, spec: ObservablesSpec, path: Path) -> tuple[Path, Path] | None:
    """Draw what was measured; None where neither correlations nor a structure factor were.

    Args:
        result: The measurement.
        spec: Its Spec.
        path: File name without suffix.

    Returns:
        The PNG and the SVG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    has_correlations = result.correlations is not None and "correlations" in spec.asked
    panels = int(has_correlations) + int(result.structure_factor is not None)
    if panels == 0:
        return None
    figure = Figure(figsize=(4.9 * panels + 0.6, 4.0), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    axes = list(np.atleast_1d(figure.subplots(1, panels)))
    title = reading(spec).en.split(" H = ")[0] + f", {'×'.join(map(str, spec.shape))} sites, {spec.boundary}"
    figure.suptitle(title, fontsize=10)
    if has_correlations and result.correlations is not None:
        _draw_correlations(axes.pop(0), result.correlations, result.exact_correlations, spec)
    if result.structure_factor is not None:
        lattice = Lattice(spec.shape, spec.boundary)
        if len(spec.shape) == 1:
            _draw_line(axes[0], result.structure_factor, result.exact_structure_factor)
        else:
            _draw_map(figure, axes[0], result.structure_factor, lattice)
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # Fixed metadata: the same run gives the same bytes.
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg


def _draw_correlations(axis: "Axes", found: Correlations, exact: Correlations | None, spec: ObservablesSpec) -> None:
    where, main = found.displacements, found.main
    distance = where.distances[1:]
    assert main.errors is not None
    axis.axhline(0, color="#999999", linewidth=0.7)
    axis.errorbar(
        distance, main.values[1:], yerr=main.errors[1:], color=_LINE, marker="o", markersize=4, capsize=2.5,
        linestyle="-" if len(spec.shape) == 1 else "none", linewidth=0.9, label="variational (± one standard error)",
    )  # fmt: skip
    if exact is not None:
        axis.plot(
            distance, exact.main.values[1:], color=_EXACT, marker="x", markersize=7, linestyle="none", label="exact"
        )
    operator = {"S_i·S_j": "S₀·Sᵣ", "S^z_i S^z_j": "Sᶻ₀Sᶻᵣ", "σ^z_i σ^z_j": "σᶻ₀σᶻᵣ"}[found.operator]
    axis.set_xlabel("distance r / lattice constant")
    axis.set_ylabel(f"spin correlation ⟨{operator}⟩")
    axis.legend(frameon=False, fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)


def _draw_line(axis: "Axes", found: StructureFactor, exact: StructureFactor | None) -> None:
    momenta = np.append(found.momenta[:, 0], 2 * np.pi) / np.pi
    values, errors = found.profile.values, found.profile.errors
    assert errors is not None
    axis.errorbar(
        momenta, _closed(values), yerr=_closed(errors), color=_LINE, marker="o", markersize=4, capsize=2.5,
        linewidth=0.9, label="variational (± one standard error)",
    )  # fmt: skip
    if exact is not None:
        axis.plot(
            momenta, _closed(exact.profile.values), color=_EXACT, marker="x", markersize=7, linestyle="none",
            label="exact",
        )  # fmt: skip
    axis.set_xlabel("momentum q / π")
    axis.set_ylabel("structure factor S(q)")
    axis.legend(frameon=False, fontsize=8)
    axis.spines[["top", "right"]].set_visible(False)


def _closed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """With q = 0 once more at 2 pi."""
    return np.append(values, values[0])


def _draw_map(figure: "Figure", axis: "Axes", found: StructureFactor, lattice: Lattice) -> None:
    """The Brillouin zone from -pi to pi, each momentum a cell; momenta at the edge stand on both sides."""
    grid = found.profile.values.reshape(lattice.shape)
    indices = [np.arange(-(length // 2), length - length // 2 + (length % 2 == 0)) for length in lattice.shape]
    values = grid[np.ix_(indices[0] % lattice.shape[0], indices[1] % lattice.shape[1])]
    ticks = [2 * index / length for index, length in zip(indices, lattice.shape, strict=True)]
    mesh = axis.pcolormesh(ticks[0], ticks[1], values.T, cmap="viridis", shading="nearest")
    figure.colorbar(mesh, ax=axis, label="structure factor S(q)")
    axis.set_aspect("equal")
    axis.set_xlabel("q$_x$ / π")
    axis.set_ylabel("q$_y$ / π")
