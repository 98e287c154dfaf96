"""The energy of a stored wave function."""

from physics_engines.nqs.spec import EvaluateSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.reference import MAX_EXACT_SITES, edge_of_two, exact_spec, relative_distance
from tools.nqs.spoken import ENERGY, SPREAD, together
from tools.nqs.states import find_state
from tools.result import Result


def _cost(spec: EvaluateSpec) -> Cost:
    """Proposals and local energies of a complex RBM of four hidden units per site; the file says how large it is."""
    hidden = max(spec.alpha, 4) * spec.n_sites
    seconds = 3.0 + spec.n_final_samples * (spec.n_sites + spec.n_couplings / 2) * hidden * 1e-8
    if spec.n_sites <= MAX_EXACT_SITES:
        seconds += exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=0.5)


@tool(
    "nqs.evaluate",
    title=Text(en="energy of a stored wave function", ja="保存した波動関数のエネルギー"),
    words=together(
        {
            "en": ("stored wave function", "stored state", "saved wave function", "carleo-troyer", "wf file"),
            "ja": ("保存した波動関数", "保存済みの波動関数", "保存した状態", "wfファイル"),
        },
        ENERGY,
        SPREAD,
    ),
    examples=(
        Example(
            en="Evaluate the Carleo-Troyer file Heisenberg1d_40_1_1.wf on the Heisenberg chain with 40 sites",
            ja="40サイトのハイゼンベルク鎖でファイル Heisenberg1d_40_1_1.wf の波動関数を評価して",
        ),
    ),
    cost=_cost,
)
def evaluate(spec: EvaluateSpec, context: ToolContext) -> Result:
    """Energy per site of a stored neural quantum state from fresh samples, with error, variance and V-score.

    Takes the state.npz of an earlier run (or its folder or id) and text files in the layout of Carleo and Troyer's
    supplementary code (.wf). Nothing is optimised.
    """
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.evaluate import evaluate_state
    from physics_engines.nqs.labels import reading

    result = evaluate_state(spec.model_copy(update={"state": find_state(spec.state, context.home)}), context.monitor)
    is_small = spec.n_sites <= MAX_EXACT_SITES
    reference = exact_ground_state(exact_spec(spec)).energy_per_site if is_small else reference_energy(spec)
    found = {
        "energy_per_site": result.energy_per_site,
        "variance": result.variance_per_site,
        "v_score": result.v_score,
    }
    if reference is not None:
        found["exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"] = reference
        if reference.value != 0:
            found["relative_distance"] = relative_distance(result.energy_per_site, reference)
    notes = [
        Text(
            en=f"Stored state with {result.n_parameters} parameters; nothing was optimised.",
            ja=f"{result.n_parameters} 個のパラメータをもつ保存済みの状態。最適化はしていません。",
        )
    ]
    if spec.total_sz is not None:
        notes.append(Text(en=f"Sector S^z = {spec.total_sz:g}.", ja=f"S^z = {spec.total_sz:g} セクター。"))
    notes += edge_of_two(spec)
    return Result(
        estimates=found,
        headline=tuple(name for name in found if name not in ("variance", "v_score")),
        reading=reading(spec),
        notes=tuple(notes),
    )
