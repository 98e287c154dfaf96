"""A variational ground state."""

from physics_engines.nqs.spec import GroundStateSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.reference import MAX_EXACT_SITES, edge_of_two, exact_spec, of_sector, reference_of, relative_distance
from tools.nqs.sectors import LOWEST, exact_energy_of_sector, leaves_the_ground_state, lowest_of_the_sector
from tools.nqs.spoken import ENERGY, NEURAL, SPREAD, TRAINED, VARIATIONAL, together
from tools.result import Artifact, Result


def ground_state_cost(spec: GroundStateSpec) -> Cost:
    """Imports and compilation, then what the ansatz asks for one step and for one final sample, and for each image."""
    from physics_engines.nqs.ansatze import build_ansatz

    work = build_ansatz(spec).work(spec)
    images = max(1.0, (1 - spec.projected_from) * spec.n_images)
    per_iteration = work.per_iteration * (spec.n_replicas if spec.sampler == "parallel_tempering" else 1)
    n_final = spec.n_states if spec.sampler == "exact" else spec.n_final_samples
    seconds = 3.0 + spec.n_iterations * images * per_iteration
    seconds += n_final * spec.n_images * work.per_final_sample
    if spec.n_units <= MAX_EXACT_SITES:
        seconds += exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=0.2 + spec.memory / 2**30)


@tool(
    "nqs.ground_state",
    title=Text(en="variational ground state", ja="変分基底状態"),
    words=together({"en": ("ground state",), "ja": ("基底状態",)}, ENERGY, SPREAD, VARIATIONAL, NEURAL, TRAINED),
    examples=(
        Example(
            en="What is the ground-state energy per site of the 4x4 Heisenberg antiferromagnet?",
            ja="4x4のハイゼンベルク反強磁性体の基底エネルギーは？",
        ),
        Example(
            en="gs energy of the heisenberg chain N=20 pbc",
            ja="周期境界の20サイトのハイゼンベルク鎖の基底エネルギーを計算して",
        ),
        Example(
            en="Variational energy of the J1-J2 model on a 4x4 square lattice at J2=0.5",
            ja="4×4正方格子のJ1-J2模型、J2=0.5の変分エネルギー",
        ),
        Example(
            en="Ground-state energy of the XXZ chain with 16 sites and Delta = 0.5",
            ja="16サイトのXXZ鎖、Δ=0.5の基底エネルギー",
        ),
        Example(
            en="RBM ground state of the transverse-field Ising chain with 16 sites at h=1",
            ja="16サイトの横磁場イジング鎖、h=1の基底状態をRBMで求めて",
        ),
        Example(
            en="Ground-state energy of the 4x4 Heisenberg model with a ViT",
            ja="ViTで4x4のハイゼンベルク模型の基底エネルギーを求めて",
        ),
    ),
    cost=ground_state_cost,
)
def ground_state(spec: GroundStateSpec, context: ToolContext) -> Result:
    """Ground-state energy per site of a spin-1/2 lattice model from a neural quantum state.

    Heisenberg, XXZ, J1-J2 and transverse-field Ising models on chains, square, triangular, honeycomb and kagome
    lattices, and tables of couplings; a neural network optimised by stochastic reconfiguration. The energy is an upper
    bound with a statistical error bar; the exact or best published value stands beside it where one is known.
    """
    from physics_engines.files import write_arrays
    from physics_engines.nqs import ground_state as run_ground_state
    from physics_engines.nqs.figure import draw_convergence
    from physics_engines.nqs.labels import reading, sector_in_words

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.npz"
    result = run_ground_state(spec, context.monitor)
    energy = result.energy_per_site
    if leaves_the_ground_state(spec):
        reference = exact_energy_of_sector(spec)
        energy = energy.model_copy(update={"label": LOWEST})
    else:
        reference = reference_of(spec)

    found = {"energy_per_site": energy, "variance": result.variance_per_site, "v_score": result.v_score}
    notes = []
    if reference is not None:
        name = "exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"
        found[name] = reference
        if reference.value != 0:
            found["relative_distance"] = relative_distance(energy, reference)
    else:
        notes.append(
            Text(
                en="No exact or published reference energy is known here for this lattice.",
                ja="この格子の厳密または既知の参照エネルギーはここにはありません。",
            )
        )
    sector = sector_in_words(spec)
    if sector:
        notes.append(Text(en=f"Sector {sector}.", ja=f"{sector} セクター。"))
    if spec.has_sector:
        notes.append(lowest_of_the_sector(spec))
    notes += of_sector(spec)
    notes += edge_of_two(spec)

    png, svg = draw_convergence(result, spec, reference, context.out / "energy")
    arrays = context.out / "state.npz"
    write_arrays(arrays, {**result.trace, "parameters": result.parameters, "configurations": result.configurations})
    caption = Text(en="Convergence of the energy per site", ja="1サイトあたりのエネルギーの収束")
    return Result(
        estimates=found,
        headline=tuple(name for name in found if name not in ("variance", "v_score")),
        artifacts=(
            Artifact(path=png.name, kind="figure", caption=caption),
            Artifact(path=svg.name, kind="figure", caption=caption),
            Artifact(
                path=arrays.name,
                kind="arrays",
                caption=Text(
                    en="Trace of the optimisation, variational parameters, last configurations",
                    ja="最適化の履歴、変分パラメータ、最後の配位",
                ),
            ),
        ),
        reading=reading(spec),
        notes=tuple(notes),
    )
