"""The figure of a comparison: how far each ansatz is from the reference, and how far from any eigenstate."""

from pathlib import Path

from physics_engines.estimate import Estimate
from physics_engines.files import write_atomically
from physics_engines.nqs.comparison.run import ComparisonResult
from physics_engines.nqs.comparison.table import distance
from physics_engines.nqs.labels import figure_title
from physics_engines.nqs.spec import CompareSpec

_DOT = "#1f6fb4"
_SCORE = "#b5522b"
_GREY = "#6b6b6b"


def draw_comparison(
    result: ComparisonResult, spec: CompareSpec, reference: Estimate | None, path: Path
) -> tuple[Path, Path]:
    """Ansätze from best to worst: relative distance to the reference (or energy without one), and V-score.

    An energy within two standard errors of the reference is drawn hollow at its error: that is all it says.

    Args:
        result: The finished comparison.
        spec: Its Spec.
        reference: Best reference energy per site, or None.
        path: File name without suffix.

    Returns:
        The PNG and the SVG file.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = [row for row in result.ranked if row.energy_per_site is not None]
    has_reference = reference is not None and reference.value != 0
    figure = Figure(figsize=(8.4, 1.9 + 0.42 * max(len(rows), 2)), layout="constrained", dpi=160)
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    figure.suptitle(figure_title(spec, 110), fontsize=9.5, x=0.01, ha="left")
    for place, row in enumerate(rows):
        energy, gap = row.energy_per_site, distance(row, reference)
        assert energy is not None
        if gap is not None:
            value, error = gap
            resolved = value > 2 * error and value > 1e-14
            at = value if resolved else max(error, abs(value), 1e-14)
            bar = [[min(error, 0.999 * at)], [error]] if resolved else None
            left.errorbar([at], [place], xerr=bar, color=_DOT, marker="o" if resolved else "<", markersize=6,
                          markerfacecolor=_DOT if resolved else "white", capsize=3, linestyle="none")  # fmt: skip
        else:
            left.errorbar([energy.value], [place], xerr=[energy.error or 0], color=_DOT, marker="o", markersize=6,
                          capsize=3, linestyle="none")  # fmt: skip
        if row.v_score is not None and row.v_score.value > 0:
            right.plot([max(row.v_score.value, 1e-15)], [place], color=_SCORE, marker="D", markersize=5)
        note = f"{row.n_parameters:,} parameters · {'' if row.is_whole else '> '}{row.seconds:.0f} s"
        right.annotate(note, (1.02, place), xycoords=("axes fraction", "data"), fontsize=7.5, va="center", color=_GREY)
    if any((gap := distance(row, reference)) is not None and gap[0] <= 2 * gap[1] for row in rows):
        left.plot([], [], color=_DOT, marker="<", markerfacecolor="white", linestyle="none",
                  label="not told from the reference:\nat its standard error")  # fmt: skip
        left.legend(frameon=False, fontsize=7.5, loc="lower left")
    left.set_yticks(range(len(rows)), [row.label.en for row in rows])
    left.set_ylim(len(rows) - 0.5, -0.5)
    if has_reference:
        assert reference is not None
        left.set_xscale("log")
        named = {"exact": "E₀", "upper_bound": "E_best"}.get(reference.exactness, "E_ref")
        left.set_xlabel(f"(E − {named}) / |{named}|")
        left.set_title(f"{named} / N = {reference.value:.7f}{f' {reference.unit}' if reference.unit else ''}",
                       fontsize=8.5, loc="left", color=_GREY)  # fmt: skip
    else:
        unit = rows[0].energy_per_site.unit if rows and rows[0].energy_per_site else ""
        left.set_xlabel(f"energy per site{f' / {unit}' if unit else ''}")
    right.set_xscale("log")
    right.set_xlabel("V-score  N Var(E) / E²")
    for axis in (left, right):
        axis.grid(axis="x", alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    png, svg = path.with_suffix(".png"), path.with_suffix(".svg")
    # An opaque white ground: the same on a dark page.
    write_atomically(
        png, lambda file: figure.savefig(file, format="png", facecolor="white", metadata={"Software": None})
    )
    write_atomically(svg, lambda file: figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None}))
    return png, svg
