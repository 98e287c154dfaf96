"""The table of a comparison."""

from pathlib import Path

from physics_engines.estimate import Estimate
from physics_engines.files import write_text
from physics_engines.nqs.comparison.run import ComparisonResult, Row

COLUMNS = (
    "ansatz",
    "energy_per_site",
    "error",
    "relative_distance",
    "relative_distance_error",
    "variance_per_site",
    "v_score",
    "parameters",
    "seconds",
    "flags",
)


def distance(row: Row, reference: Estimate | None) -> tuple[float, float] | None:
    """(E - E_ref) / |E_ref| and its error; None without an energy or a reference."""
    energy = row.energy_per_site
    if energy is None or reference is None or reference.value == 0:
        return None
    error = ((energy.error or 0.0) ** 2 + (reference.error or 0.0) ** 2) ** 0.5
    return (energy.value - reference.value) / abs(reference.value), error / abs(reference.value)


def write_table(result: ComparisonResult, reference: Estimate | None, path: Path) -> None:
    """All rows, lowest energy first, as tab-separated values with a header; the reference is the last row."""
    lines = ["\t".join(COLUMNS)]
    for row in result.ranked:
        energy, gap = row.energy_per_site, distance(row, reference)
        cells = (
            row.name,
            *((repr(energy.value), repr(energy.error)) if energy else ("", "")),
            *((f"{gap[0]:.3e}", f"{gap[1]:.1e}") if gap else ("", "")),
            f"{row.variance_per_site.value:.6e}" if row.variance_per_site else "",
            f"{row.v_score.value:.3e}" if row.v_score else "",
            str(row.n_parameters),
            f"{row.seconds:.1f}" if row.is_whole else f">{row.seconds:.1f}",
            row.failure or "; ".join(energy.flags if energy else ()),
        )
        lines.append("\t".join(cells))
    if reference is not None:
        error = "" if reference.error is None else repr(reference.error)
        lines.append("\t".join(["reference", repr(reference.value), error, *[""] * 6, reference.method.en]))
    write_text(path, "\n".join(lines) + "\n")
