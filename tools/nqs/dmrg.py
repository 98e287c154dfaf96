"""A ground state as a matrix product state."""

from physics_engines.nqs.spec import DmrgSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.reference import MAX_EXACT_SITES, edge_of_two, exact_spec, relative_distance
from tools.nqs.spoken import ENERGY, SPREAD, VARIATIONAL, together
from tools.result import Artifact, Result


def dmrg_cost(spec: DmrgSpec) -> Cost:
    """Import, then sweeps whose work grows from overhead per block to bond dimension cubed; one core of an EPYC."""
    chi = min(spec.bond_dimension, 2 ** min(spec.n_sites // 2, 12))
    blocks = 0.15 if spec.conserves_magnetisation else 0.4
    per_sweep = spec.n_sites * (0.03 + 2e-9 * blocks * spec.operator_width * chi**3)
    seconds = 4.0 + (spec.n_sweeps + 5) * per_sweep
    if spec.n_sites <= MAX_EXACT_SITES:
        seconds += exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=0.3 + spec.memory / 2**30)


@tool(
    "nqs.dmrg",
    title=Text(en="ground state by DMRG (matrix product state)", ja="DMRG（行列積状態）による基底状態"),
    words=together(
        {
            "en": (
                "dmrg",
                "density matrix renormalisation group",
                "density matrix renormalization group",
                "density-matrix renormalisation group",
                "density-matrix renormalization group",
                "matrix product state",
                "matrix product states",
                "matrix-product state",
                "mps",
                "tensor network",
                "bond dimension",
            ),
            "ja": ("dmrg", "密度行列繰り込み群", "行列積状態", "テンソルネットワーク", "ボンド次元"),
        },
        ENERGY,
        SPREAD,
        VARIATIONAL,
    ),
    examples=(
        Example(
            en="DMRG ground-state energy of the open Heisenberg chain with 32 sites",
            ja="開放端の32サイトのハイゼンベルク鎖の基底エネルギーをDMRGで求めて",
        ),
        Example(
            en="Energy of the 4x4 Heisenberg model by DMRG with bond dimension 128",
            ja="4×4ハイゼンベルク模型のエネルギーをボンド次元128のDMRGで",
        ),
        Example(
            en="Matrix product state for the transverse-field Ising chain, N=32, h=1",
            ja="N=32、h=1の横磁場イジング鎖の行列積状態",
        ),
    ),
    cost=dmrg_cost,
)
def dmrg(spec: DmrgSpec, context: ToolContext) -> Result:
    """Ground-state energy per site of a spin-1/2 lattice from a matrix product state optimised by DMRG.

    All spin models and lattices of the engine, laid on a line; the conserved S^z is kept. The energy is an upper bound
    without statistical error; its variance, the truncation error and the extrapolation to zero variance stand beside
    it. Best in one dimension; on two-dimensional lattices the bond dimension limits it.
    """
    from physics_engines.files import write_arrays
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.labels import reading
    from physics_engines.nqs.mps import dmrg_ground_state
    from physics_engines.nqs.mps.figure import draw_dmrg

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.npz"
    result = dmrg_ground_state(spec, context.monitor)
    is_small = spec.n_sites <= MAX_EXACT_SITES
    reference = exact_ground_state(exact_spec(spec)).energy_per_site if is_small else reference_energy(spec)
    found = {"energy_per_site": result.energy_per_site, "truncation_error": result.truncation_error}
    optional = {
        "variance": result.variance_per_site,
        "v_score": result.v_score,
        "extrapolated_energy_per_site": result.extrapolated,
    }
    found |= {name: value for name, value in optional.items() if value is not None}
    notes = []
    if reference is not None:
        found["exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"] = reference
        if reference.value != 0:
            found["relative_distance"] = relative_distance(result.energy_per_site, reference)
    if spec.total_sz is not None:
        notes.append(Text(en=f"Sector S^z = {spec.total_sz:g}.", ja=f"S^z = {spec.total_sz:g} セクター。"))
    notes += edge_of_two(spec)
    png, svg = draw_dmrg(result, spec, reference, context.out / "energy")
    arrays = context.out / "state.npz"
    tensors = {f"tensor_{i}": tensor for i, tensor in enumerate(result.tensors)}
    write_arrays(arrays, {**result.trace, "order": result.order, "entanglement": result.entanglement, **tensors})
    caption = Text(
        en="Energy per site against sweep and variance", ja="スイープと分散に対する1サイトあたりのエネルギー"
    )
    kept = Text(
        en=f"Trace of the sweeps, entanglement entropy of every cut, tensors with {result.n_parameters} numbers",
        ja="スイープの履歴、各切断のエンタングルメントエントロピー、テンソル",
    )
    return Result(
        estimates=found,
        headline=tuple(name for name in found if name not in ("variance", "v_score", "truncation_error")),
        artifacts=(
            Artifact(path=png.name, kind="figure", caption=caption),
            Artifact(path=svg.name, kind="figure", caption=caption),
            Artifact(path=arrays.name, kind="arrays", caption=kept),
        ),
        reading=reading(spec),
        notes=tuple(notes),
    )
