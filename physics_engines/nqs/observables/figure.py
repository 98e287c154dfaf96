"""Correlations against distance and the structure factor, as one figure."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.files import write_atomically
from physics_engines.lattices import Lattice
from physics_engines.nqs.hamiltonian import build_lattice
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
    title = reading(spec).en.split(" H = ")[0] + f", {spec.lattice}, {spec.n_sites} sites, {spec.boundary}"
    figure.suptitle(title, fontsize=10)
    if has_correlations and result.correlations is not None:
        _draw_correlations(axes.pop(0), result.correlations, result.exact_correlations, spec)
    if result.structure_factor is not None:
        if len(spec.shape) == 1:
            _draw_line(axes[0], result.structure_factor, result.exact_structure_factor)
        else:
            _draw_map(figure, axes[0], result.structure_factor, build_lattice(spec))
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # Fixed metadata: the same run gives the same bytes.
    write_atomically(png, lambda file: figure.savefig(file, format="png", metadata={"Software": None}))
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", metadata={"Date": None}))
    return png, svg


def _draw_correlations(axis: "Axes", found: Correlations, exact: Correlations | None, spec: ObservablesSpec) -> None:
    where, main = found.displacements, found.main
    distance = where.distances[1:] if where.vectors.shape[1] else np.arange(1.0, len(where.pairs))
    assert main.errors is not None
    axis.axhline(0, color="#999999", linewidth=0.7)
    axis.errorbar(
        distance, main.values[1:], yerr=main.errors[1:], color=_LINE, marker="o", markersize=4, capsize=2.5,
        linestyle="-" if spec.lattice == "chain" else "none", linewidth=0.9, label="variational (± one standard error)",
    )  # fmt: skip
    if exact is not None:
        axis.plot(
            distance, exact.main.values[1:], color=_EXACT, marker="x", markersize=7, linestyle="none", label="exact"
        )
    operator = {"S_i·S_j": "S₀·Sᵣ", "S^z_i S^z_j": "Sᶻ₀Sᶻᵣ", "σ^z_i σ^z_j": "σᶻ₀σᶻᵣ"}[found.operator]
    axis.set_xlabel("distance r / neighbour distance" if found.displacements.vectors.shape[1] else "pair")
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
    """On a square lattice the Brillouin zone, each momentum a cell, those at the edge on both sides; else the momenta
    around zero, each a dot."""
    axis.set_aspect("equal")
    axis.set_xlabel("q$_x$ / π")
    axis.set_ylabel("q$_y$ / π")
    if lattice.kind != "square":
        extents = found.numbers.max(axis=0) + 1
        reciprocal = 2 * np.linalg.inv(lattice.primitive_vectors).T
        centred = (found.numbers - extents * (found.numbers > extents // 2)) / np.array(lattice.shape)
        places = centred @ reciprocal
        size = 9000 / len(places)
        dots = axis.scatter(
            places[:, 0], places[:, 1], c=found.profile.values, s=min(size, 500), cmap="viridis", marker="h"
        )
        figure.colorbar(dots, ax=axis, label="structure factor S(q)")
        return
    grid = found.profile.values.reshape(lattice.shape)
    indices = [np.arange(-(length // 2), length - length // 2 + (length % 2 == 0)) for length in lattice.shape]
    values = grid[np.ix_(indices[0] % lattice.shape[0], indices[1] % lattice.shape[1])]
    ticks = [2 * index / length for index, length in zip(indices, lattice.shape, strict=True)]
    mesh = axis.pcolormesh(ticks[0], ticks[1], values.T, cmap="viridis", shading="nearest")
    figure.colorbar(mesh, ax=axis, label="structure factor S(q)")
