"""Several ansätze on one model."""

from physics_engines.nqs.spec import CompareSpec, DmrgSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.dmrg import dmrg_cost
from tools.nqs.ground_state import ground_state_cost
from tools.nqs.reference import MAX_EXACT_SITES, edge_of_two, exact_spec
from tools.nqs.spoken import ENERGY, NEURAL, SPREAD, VARIATIONAL, together
from tools.result import Artifact, Result


def _cost(spec: CompareSpec) -> Cost:
    """The sum of the parts, one after the other."""
    parts = [spec.part(name) for name in spec.names]
    costs = [dmrg_cost(part) if isinstance(part, DmrgSpec) else ground_state_cost(part) for part in parts]
    return Cost(seconds=sum(cost.seconds for cost in costs), memory_gb=max(cost.memory_gb for cost in costs))


@tool(
    "nqs.compare_ansatze",
    title=Text(en="comparison of ansätze", ja="アンザッツの比較"),
    words=together(
        {
            "en": (
                "compare ansatze",
                "compare ansätze",
                "compare the ansätze",
                "compare the ansatze",
                "comparison of ansätze",
                "comparison of ansatze",
                "compare wave functions",
                "compare variational wave functions",
                "which ansatz",
                "best ansatz",
                "all ansätze",
                "all ansatze",
                "compare all ansätze",
                "compare all ansatze",
            ),
            "ja": (
                "アンザッツを比べ",
                "アンザッツを比較",
                "アンザッツの比較",
                "波動関数を比較",
                "波動関数を比べ",
                "どのアンザッツ",
                "すべてのアンザッツ",
                "全てのアンザッツ",
            ),
        },
        ENERGY,
        SPREAD,
        VARIATIONAL,
        NEURAL,
    ),
    examples=(
        Example(
            en="Compare RBM and MPS for the 16-site Heisenberg chain",
            ja="16サイトのハイゼンベルク鎖でRBMとMPSを比べて",
        ),
        Example(
            en="Compare ansätze for the 4x4 J1-J2 model at J2=0.5",
            ja="4×4のJ1-J2模型、J2=0.5でアンザッツを比較して",
        ),
    ),
    cost=_cost,
)
def compare_ansatze(spec: CompareSpec, context: ToolContext) -> Result:
    """A table and a figure of several variational wave functions on one spin model with the same budget.

    Jastrow factor, restricted Boltzmann machines, deep networks and the matrix product state of DMRG: energy with
    error, relative distance to the exact or best known energy, variance, V-score, parameters, seconds. Finished
    ansätze are not repeated when the comparison is resumed.
    """
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.comparison.figure import draw_comparison
    from physics_engines.nqs.comparison.run import compare_ansatze as run_comparison
    from physics_engines.nqs.comparison.table import distance, write_table
    from physics_engines.nqs.labels import reading

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.json"
    result = run_comparison(spec, context.monitor)
    is_small = spec.n_sites <= MAX_EXACT_SITES
    reference = exact_ground_state(exact_spec(spec)).energy_per_site if is_small else reference_energy(spec)
    found, notes = {}, []
    for row in result.ranked:
        if row.energy_per_site is None:
            notes.append(Text(en=f"{row.label.en} failed: {row.failure}", ja=f"{row.label.ja} は失敗: {row.failure}"))
            continue
        label = Text(
            en=f"{row.energy_per_site.label.en}, {row.label.en}", ja=f"{row.energy_per_site.label.ja}、{row.label.ja}"
        )
        found[f"{row.name}_energy_per_site"] = row.energy_per_site.model_copy(update={"label": label})
        gap = distance(row, reference)
        shown = f"{gap[0]:.1e} ± {gap[1]:.1e}" if gap else ""
        score = f"{row.v_score.value:.1e}" if row.v_score else ""
        notes.append(
            Text(
                en=f"{row.label.en}: relative distance {shown or 'unknown'}, V-score {score or 'not measured'}, "
                f"{row.n_parameters} parameters, {row.seconds:.1f} s of processor time.",
                ja=f"{row.label.ja}: 相対差 {shown or '不明'}、Vスコア {score or '未測定'}、"
                f"パラメータ {row.n_parameters} 個、CPU時間 {row.seconds:.1f} 秒。",
            )
        )
    if reference is not None:
        found["exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"] = reference
    if spec.total_sz is not None:
        notes.append(Text(en=f"Sector S^z = {spec.total_sz:g}.", ja=f"S^z = {spec.total_sz:g} セクター。"))
    notes += edge_of_two(spec)
    png, svg = draw_comparison(result, spec, reference, context.out / "comparison")
    table = context.out / "comparison.tsv"
    write_table(result, reference, table)
    listed = Text(en="All ansätze, best first", ja="全アンザッツ、良い順")
    caption = Text(
        en="Relative distance to the reference energy and V-score of every ansatz",
        ja="各アンザッツの参照エネルギーとの相対差とVスコア",
    )
    return Result(
        estimates=found,
        artifacts=(
            Artifact(path=png.name, kind="figure", caption=caption),
            Artifact(path=svg.name, kind="figure", caption=caption),
            Artifact(path=table.name, kind="table", caption=listed),
        ),
        reading=reading(spec),
        notes=tuple(notes),
    )
