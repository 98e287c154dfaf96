"""A deep Boltzmann machine built from imaginary time."""

from physics_engines.nqs.spec import DeepBoltzmannSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.reference import MAX_EXACT_SITES, edge_of_two, exact_spec, relative_distance
from tools.nqs.spoken import ENERGY, NEURAL, VARIATIONAL, together
from tools.result import Artifact, Result


def _cost(spec: DeepBoltzmannSpec) -> Cost:
    """A sum over all states for each factor, or a cluster update of all units; one core of an EPYC."""
    factors = spec.n_steps * (spec.n_couplings + spec.n_sites) * spec.trotter_order
    if spec.is_summed:
        seconds = 2.0 + factors * (2e-5 + 6e-8 * spec.n_states)
    else:
        seconds = 4.0 + 1.1 * spec.n_sweeps * factors * 6e-8
    if spec.n_sites <= MAX_EXACT_SITES:
        seconds += exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=0.3 + 2e-8 * factors)


@tool(
    "nqs.deep_boltzmann",
    title=Text(en="deep Boltzmann machine from imaginary time", ja="虚時間から作る深層ボルツマンマシン"),
    words=together(
        {
            "en": (
                "deep boltzmann machine",
                "deep boltzmann",
                "dbm",
                "imaginary time",
                "imaginary-time",
                "imaginary time evolution",
                "imaginary-time evolution",
            ),
            "ja": ("深層ボルツマンマシン", "ディープボルツマンマシン", "虚時間", "虚時間発展"),
        },
        ENERGY,
        VARIATIONAL,
        NEURAL,
    ),
    examples=(
        Example(
            en="Ground-state energy of the 4x4 Heisenberg model from a deep Boltzmann machine built by imaginary time",
            ja="虚時間から作る深層ボルツマンマシンで4×4ハイゼンベルク模型の基底エネルギーを求めて",
        ),
        Example(
            en="Imaginary-time evolution of the transverse-field Ising chain, N=12, h=1, tau=4",
            ja="N=12、h=1の横磁場イジング鎖の虚時間発展、τ=4",
        ),
    ),
    cost=_cost,
)
def deep_boltzmann(spec: DeepBoltzmannSpec, context: ToolContext) -> Result:
    """Ground-state energy per site from a deep Boltzmann machine whose weights follow from exp(-tau H), untrained.

    Antiferromagnets without frustration and the transverse-field Ising model. Up to 16 sites all hidden and deep units
    are summed exactly; on larger lattices they are sampled in clusters. The energy is an upper bound whatever the
    Trotter step.
    """
    from physics_engines.files import write_arrays
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.dbm import imaginary_time_state
    from physics_engines.nqs.labels import reading

    result = imaginary_time_state(spec, context.monitor)
    is_small = spec.n_sites <= MAX_EXACT_SITES
    reference = exact_ground_state(exact_spec(spec)).energy_per_site if is_small else reference_energy(spec)
    found = {"energy_per_site": result.energy_per_site}
    if result.variance_per_site is not None:
        found["variance"] = result.variance_per_site
    if reference is not None:
        found["exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"] = reference
        if reference.value != 0:
            found["relative_distance"] = relative_distance(result.energy_per_site, reference)
    notes = [
        Text(
            en=f"{result.n_hidden} hidden and {result.n_deep} deep units, weights from the Trotter decomposition; "
            "nothing was trained (Carleo, Nomura and Imada 2018).",
            ja=f"隠れユニット {result.n_hidden} 個、深層ユニット {result.n_deep} 個。重みはトロッター分解から決まり、"
            "学習はしていません (Carleo, Nomura, Imada 2018)。",
        )
    ]
    if spec.total_sz is not None:
        notes.append(Text(en=f"Sector S^z = {spec.total_sz:g}.", ja=f"S^z = {spec.total_sz:g} セクター。"))
    notes += edge_of_two(spec)
    path = context.out / "state.npz"
    write_arrays(path, {"states": result.states, "amplitudes": result.amplitudes, "energies": result.energies})
    caption = Text(
        en="Amplitudes of a summed network, or the energies of the cluster updates",
        ja="和をとったネットワークの振幅、またはクラスター更新ごとのエネルギー",
    )
    return Result(
        estimates=found,
        headline=tuple(name for name in found if name != "variance"),
        artifacts=(Artifact(path=path.name, kind="arrays", caption=caption),),
        reading=reading(spec),
        notes=tuple(notes),
    )
