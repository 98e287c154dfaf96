"""Exact diagonalisation."""

import math

from physics_engines.estimate import Estimate
from physics_engines.nqs.spec import ExactSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.reference import edge_of_two, of_sector
from tools.nqs.spoken import ENERGY, EXACT, GAP, together
from tools.result import Result


def exact_cost(spec: ExactSpec) -> Cost:
    """Building the matrix and about a hundred products with it; calibrated on one core of a 2-core EPYC."""
    per_row = spec.n_couplings / 2 + 1 if spec.conserves_magnetisation else spec.n_couplings
    entries = spec.n_states * per_row
    return Cost(seconds=0.6 + 6e-7 * entries, memory_gb=0.1 + spec.memory / 2**30)


@tool(
    "nqs.exact",
    title=Text(en="exact diagonalisation", ja="厳密対角化"),
    words=together(
        {
            "en": (
                "exact diagonalisation",
                "diagonalise",
                "diagonalising",
                "diagonalisation",
                "lanczos",
                "ed",
                "ground state",
                "spectrum",
                "energy levels",
            ),
            "ja": ("厳密対角化", "ランチョス", "対角化", "スペクトル", "エネルギー準位"),
        },
        EXACT,
        ENERGY,
        GAP,
    ),
    examples=(
        Example(
            en="Exact ground-state energy of the 4x4 Heisenberg model",
            ja="4×4ハイゼンベルク模型の厳密な基底エネルギー",
        ),
        Example(
            en="Exact energy of the Heisenberg model on a kagome lattice with 2x2 unit cells",
            ja="2×2単位胞のカゴメ格子上のハイゼンベルク模型の厳密なエネルギー",
        ),
        Example(
            en="Exact diagonalisation of a TFIM chain, N=12, h=0.5", ja="N=12、h=0.5の横磁場イジング鎖の厳密対角化"
        ),
    ),
    cost=exact_cost,
)
def exact(spec: ExactSpec, context: ToolContext) -> Result:
    """Exact ground-state energy per site of a small spin-1/2 lattice by sparse Lanczos diagonalisation.

    With n_levels of 2 or more the lowest states with their momentum, total spin and parity, and the energy gap.

    Heisenberg, XXZ, J1-J2, transverse-field Ising models and tables of couplings on chains, square, triangular,
    honeycomb and kagome lattices, in any sector of total S^z. Up to about 24 sites, 22 for the transverse-field Ising
    model, more in a sector of few flipped spins.
    """
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.labels import reading

    if spec.n_levels > 1:
        return _levels(spec, context)
    result = exact_ground_state(spec, context.monitor)
    notes = []
    reference = reference_energy(spec)
    if reference is not None and reference.exactness == "exact":
        agrees = math.isclose(result.energy_per_site.value, reference.value, rel_tol=1e-9, abs_tol=1e-9)
        verb = Text(en="agrees with", ja="一致しています") if agrees else Text(en="differs from", ja="一致しません")
        notes.append(
            Text(
                en=f"The value {verb.en} an independent one within rounding: {reference.method.en}.",
                ja=f"独立な値（{reference.method.ja}）と丸め誤差の範囲で{verb.ja}。",
            )
        )
    notes += of_sector(spec)
    notes += edge_of_two(spec)
    return Result(estimates={"energy_per_site": result.energy_per_site}, reading=reading(spec), notes=tuple(notes))


def _levels(spec: ExactSpec, context: ToolContext) -> Result:
    """The lowest states of the sector of total S^z, their quantum numbers, and the gap."""
    from physics_engines.nqs import exact_levels
    from physics_engines.nqs.labels import convention, energy_unit, reading

    spectrum = exact_levels(spec, context.monitor)
    found: dict[str, Estimate] = {}
    for number, level in enumerate(spectrum.levels):
        label = Text(en="exact ground-state energy per site", ja="1サイトあたりの厳密な基底エネルギー")
        if number:
            label = Text(
                en=f"exact energy per site of state {number}", ja=f"状態 {number} の1サイトあたりの厳密なエネルギー"
            )
        words = level.in_words()
        found["energy_per_site" if number == 0 else f"energy_per_site_{number}"] = Estimate(
            label=label,
            value=level.energy * spec.coupling / spec.n_sites,
            unit=energy_unit(spec),
            exactness="exact",
            method=Text(en=f"{spectrum.method.en}; {words.en}", ja=f"{spectrum.method.ja}、{words.ja}")
            if words.en
            else spectrum.method,
            convention=convention(spec),
        )
    notes = []
    if spectrum.gap is not None:
        found = {"gap": spectrum.gap, **found}
    if spectrum.spin_gap is not None:
        found = {"spin_gap": spectrum.spin_gap, **found}
    if spectrum.degeneracy > 1:
        notes.append(
            Text(
                en=f"The lowest level is {spectrum.degeneracy}-fold degenerate in this sector; the gap is the distance "
                "to the next level.",
                ja=f"最低準位はこのセクターで {spectrum.degeneracy} 重に縮退しており、ギャップは次の準位までの差です。",
            )
        )
    if spectrum.gap is None:
        notes.append(
            Text(
                en="All states found belong to one level; ask for more levels to see a gap.",
                ja="見つかった状態はすべて同じ準位です。ギャップを見るには準位数を増やしてください。",
            )
        )
    notes += of_sector(spec)
    notes += edge_of_two(spec)
    headline: tuple[str, ...] = tuple(name for name in ("spin_gap", "gap", "energy_per_site") if name in found)
    if "gap" not in found:
        headline = tuple(found)
    return Result(estimates=found, headline=headline, reading=reading(spec), notes=tuple(notes))
