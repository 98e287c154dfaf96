"""Real-time evolution after a quench."""

from physics_engines.nqs.spec import DynamicsSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.reference import edge_of_two, naming_exact
from tools.nqs.spoken import NEURAL, ORDER, TRAINED, VARIATIONAL, together
from tools.result import Artifact, Result


def _cost(spec: DynamicsSpec) -> Cost:
    """Steps times evaluations of the equation of motion, each with derivatives, metric and its eigenvectors."""
    rows = spec.n_states if spec.full_sum else 1.5 * spec.n_samples
    hidden = spec.alpha * spec.n_sites
    per_evaluation = rows * hidden * (250e-9 + 10e-9 * spec.n_couplings)
    per_evaluation += rows * spec.n_parameters**2 * 8e-10 + spec.n_parameters**3 * 3e-9 + 1e-3
    steps = spec.total_time / spec.time_step if spec.tolerance == 0 else 60 * spec.total_time + spec.n_times
    evaluations = steps * (5 if spec.integrator == "heun" else 12)
    seconds = 4.0 + evaluations * per_evaluation
    if not spec.full_sum:
        seconds += steps * 1.5 * spec.n_samples * spec.n_sites * (10e-9 * hidden + 50e-9)
    if spec.initial == "ground_state":
        seconds += spec.n_iterations * (1024 * hidden * (1e-8 * spec.n_sites + 1.5e-7) + 5e-3)
    return Cost(seconds=seconds, memory_gb=0.3 + spec.memory / 2**30)


def _headline(spec: DynamicsSpec, recorded: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """The observables that were asked for, and how far they can be trusted."""
    wanted = {
        "standard": recorded,
        "correlations": ("nearest_zz",),
        "magnetisation": ("sigma_x", "m_squared"),
        "staggered_magnetisation": ("staggered",),
    }
    chosen = {item for name in spec.asked for item in wanted[name]}
    left_out = {item for item in recorded if item not in chosen}
    left_out |= {f"exact_{item}" for item in left_out} | {"energy_drift"}
    return tuple(name for name in names if name not in left_out)


@tool(
    "nqs.dynamics",
    title=Text(en="real-time evolution after a quench", ja="クエンチ後の実時間発展"),
    words=together(
        {
            "en": (
                "quench",
                "quenched",
                "quantum quench",
                "real-time",
                "real-time dynamics",
                "real-time evolution",
                "real time evolution",
                "time evolution",
                "time evolve",
                "dynamics",
                "time-dependent variational principle",
                "tdvp",
                "t-vmc",
                "tvmc",
                "evolve",
                "evolved",
                "evolves",
                "time dependence",
            ),
            "ja": (
                "クエンチ",
                "クエンチダイナミクス",
                "量子クエンチ",
                "時間発展",
                "実時間発展",
                "実時間ダイナミクス",
                "ダイナミクス",
                "時間依存変分",
                "時間変化",
                "時間発展させ",
            ),
        },
        ORDER,
        VARIATIONAL,
        NEURAL,
        TRAINED,
    ),
    examples=(
        Example(
            en="Quench of the transverse-field Ising chain with 10 sites from h0=0.5 to h=1, up to t=1",
            ja="10サイトの横磁場イジング鎖をh0=0.5からh=1へクエンチ、時間t=1まで",
        ),
        Example(
            en="Real-time dynamics of the Heisenberg chain with 8 sites from the Néel state",
            ja="8サイトのハイゼンベルク鎖のネール状態からの時間発展",
        ),
        Example(
            en="Time evolution of a polarised state in the TFIM chain, N=10, h=1",
            ja="N=10、h=1の横磁場イジング鎖で偏極状態の時間発展を計算して",
        ),
    ),
    cost=_cost,
)
def dynamics(spec: DynamicsSpec, context: ToolContext) -> Result:
    """Real-time evolution of a spin-1/2 lattice after a quench, by time-dependent variational Monte Carlo.

    A complex restricted Boltzmann machine starts from a product state or from the ground state at other parameters
    and follows the time-dependent variational principle. Magnetisation, correlations and energy against time, with
    an integrated residual that bounds the infidelity, and the exact evolution beside it on small lattices.
    """
    from physics_engines.files import write_arrays
    from physics_engines.nqs.dynamics import real_time_evolution
    from physics_engines.nqs.dynamics.figure import draw_dynamics
    from physics_engines.nqs.labels import reading, sector_in_words

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.npz"
    result = real_time_evolution(spec, context.monitor)
    png, svg = draw_dynamics(result, spec, context.out / "dynamics")
    n = len(result.names)
    arrays = {
        "times": result.times,
        "energy_per_site": result.energies,
        "displacements": result.displacements,
        "correlations_zz": result.values[:, n:],
        "correlations_zz_error": result.errors[:, n:],
        "parameters": result.parameters,
        **{f"step_{name}": column for name, column in result.trace.items()},
    }
    for index, name in enumerate(result.names):
        arrays |= {name: result.values[:, index], f"{name}_error": result.errors[:, index]}
    if result.exact is not None:
        arrays |= {f"exact_{name}": result.exact.values[:, index] for index, name in enumerate(result.names)}
        arrays["exact_correlations_zz"] = result.exact.values[:, n:]
    write_arrays(context.out / "dynamics.npz", arrays)
    start = reading(spec)
    shown = {
        "ground_state": Text(en="the variational ground state before the quench", ja="クエンチ前の変分基底状態"),
        "polarised": Text(en="all spins along x", ja="すべてのスピンが x 方向の状態"),
        "neel": Text(en=f"a Néel state tilted by {spec.tilt:g} degrees", ja=f"{spec.tilt:g} 度傾いたネール状態"),
    }[spec.initial]
    before = (("h", spec.initial_field), ("J2/J", spec.initial_j2), ("Δ", spec.initial_delta))
    detail = "".join(f" ({name} = {value:g})" for name, value in before if value is not None)
    caption = Text(en="Observables against time and the error measure", ja="観測量の時間変化と誤差の指標")
    notes = [
        Text(
            en="Times are in units of 1/J (hbar = 1); the exact curve starts from the same variational state.",
            ja="時間の単位は 1/J（ħ = 1）。厳密な曲線は同じ変分状態から始まります。",
        )
        if result.exact is not None
        else Text(en="Times are in units of 1/J (hbar = 1).", ja="時間の単位は 1/J（ħ = 1）。")
    ]
    if spec.conserves_magnetisation:
        sector = sector_in_words(spec)
        notes.append(Text(en=f"Sector {sector}.", ja=f"{sector} セクター。"))
    notes += edge_of_two(spec)
    return Result(
        estimates=naming_exact(result.estimates),
        headline=_headline(spec, result.names, tuple(result.estimates)),
        artifacts=(
            Artifact(path=png.name, kind="figure", caption=caption),
            Artifact(path=svg.name, kind="figure", caption=caption),
            Artifact(
                path="dynamics.npz",
                kind="arrays",
                caption=Text(
                    en="Observables, correlations, energy and residual against time, final parameters",
                    ja="観測量、相関関数、エネルギー、残差の時間変化、最後の変分パラメータ",
                ),
            ),
        ),
        reading=Text(
            en=f"{start.en}; real-time evolution to t = {spec.total_time:g} / J from {shown.en}{detail}",
            ja=f"{start.ja}。{shown.ja}{detail}から t = {spec.total_time:g} / J までの実時間発展",
        ),
        notes=tuple(notes),
    )
