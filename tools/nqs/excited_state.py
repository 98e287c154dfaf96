"""A variational excited state and its gap."""

from typing import TYPE_CHECKING

from physics_engines.nqs.spec import ExcitedStateSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.ground_state import ground_state_cost
from tools.nqs.reference import edge_of_two, exact_spec
from tools.nqs.sectors import lowest_of_the_sector
from tools.nqs.spoken import ENERGY, GAP, NEURAL, TRAINED, VARIATIONAL, together
from tools.result import Artifact, Result

if TYPE_CHECKING:
    from physics_engines.nqs.excited import ExcitedStateResult
    from physics_engines.nqs.run import GroundStateResult

_MAX_EXACT_SITES = 16
"""Largest lattice on which the exact states of the sector are found beside a variational run."""


def _excited_state_cost(spec: ExcitedStateSpec) -> Cost:
    """The two runs; the penalty needs the overlap at every step."""
    ground, excited = ground_state_cost(spec.ground), ground_state_cost(spec.excited)
    factor = 1.5 if spec.method == "penalty" else 1.0
    seconds = ground.seconds + factor * excited.seconds
    if spec.n_sites <= _MAX_EXACT_SITES:
        seconds += 10 * exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=max(ground.memory_gb, excited.memory_gb))


@tool(
    "nqs.excited_state",
    title=Text(en="variational excited state and gap", ja="変分励起状態とギャップ"),
    words=together(GAP, ENERGY, VARIATIONAL, NEURAL, TRAINED),
    examples=(
        Example(
            en="Spin gap of the Heisenberg chain with 12 sites",
            ja="12サイトのハイゼンベルク鎖のスピンギャップ",
        ),
        Example(
            en="Energy gap of the transverse-field Ising chain, N=10, h=0.8",
            ja="N=10、h=0.8の横磁場イジング鎖のエネルギーギャップ",
        ),
        Example(
            en="First excited state of the Heisenberg chain with 8 sites",
            ja="8サイトのハイゼンベルク鎖の第一励起状態",
        ),
    ),
    cost=_excited_state_cost,
)
def excited_state(spec: ExcitedStateSpec, context: ToolContext) -> Result:
    """Lowest excited state of a spin-1/2 lattice model, its energy gap or spin gap, from neural quantum states.

    The spin gap compares two sectors of total S^z; a sector of momentum, parity or spin flip is reached by projection;
    without any, the excited state is kept orthogonal to the ground state by a penalty. On small lattices the exact
    energies and the fidelity with the exact state stand beside it.
    """
    from physics_engines.files import write_arrays
    from physics_engines.nqs.excited import excited_state as run_excited_state
    from physics_engines.nqs.excited_figure import draw_levels
    from physics_engines.nqs.labels import reading

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.npz"
    result = run_excited_state(spec, context.monitor)
    found = {
        "gap": result.gap,
        "energy_per_site": result.energy_per_site,
        "ground_energy_per_site": result.ground.energy_per_site,
        "variance": result.excited.variance_per_site,
    }
    if result.overlap is not None:
        found["overlap"] = result.overlap
    is_small = spec.n_sites <= _MAX_EXACT_SITES
    if is_small:
        from physics_engines.nqs.excited import compare_with_exact

        found |= compare_with_exact(spec, result)
    notes = [_method_in_words(spec)]
    if not is_small:
        notes.append(
            Text(
                en="No exact gap is known here for this lattice.",
                ja="この格子の厳密なギャップはここにはありません。",
            )
        )
    notes += edge_of_two(spec)
    arrays = context.out / "state.npz"
    traces = {f"{name}_{key}": column for name, run in _runs(result) for key, column in run.trace.items()}
    write_arrays(arrays, {**traces, **{f"{name}_parameters": run.parameters for name, run in _runs(result)}})
    png, svg = draw_levels(result, spec, found, context.out / "levels")
    caption = Text(
        en="Convergence of both states, and their levels with the gap", ja="両状態の収束と、ギャップを示した準位図"
    )
    headline = ("gap", "exact_gap", "energy_per_site", "exact_energy_per_site", "fidelity", "ground_energy_per_site")
    return Result(
        estimates=found,
        headline=tuple(name for name in headline if name in found),
        artifacts=(
            Artifact(path=png.name, kind="figure", caption=caption),
            Artifact(path=svg.name, kind="figure", caption=caption),
            Artifact(
                path=arrays.name,
                kind="arrays",
                caption=Text(
                    en="Traces of both optimisations and the variational parameters",
                    ja="両方の最適化の履歴と変分パラメータ",
                ),
            ),
        ),
        reading=reading(spec),
        notes=tuple(notes),
    )


def _runs(result: "ExcitedStateResult") -> "tuple[tuple[str, GroundStateResult], ...]":
    return ("ground", result.ground), ("excited", result.excited)


def _method_in_words(spec: ExcitedStateSpec) -> Text:
    if spec.method == "spin":
        low, high = spec.total_sz or 0, (spec.total_sz or 0) + 1
        return Text(
            en=f"Spin gap: lowest energy of S^z = {high:g} minus lowest energy of S^z = {low:g}.",
            ja=f"スピンギャップ: S^z = {high:g} の最低エネルギーと S^z = {low:g} の最低エネルギーの差。",
        )
    if spec.method == "penalty":
        return Text(
            en="The excited state is kept orthogonal to the variational ground state by a penalty; its energy is no "
            "upper bound.",
            ja="励起状態は罰則項により変分基底状態と直交させている。そのエネルギーは上界ではない。",
        )
    return lowest_of_the_sector(spec)
