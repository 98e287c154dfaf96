"""Observables of a variational ground state."""

from pathlib import Path
from typing import TYPE_CHECKING

from physics_engines.estimate import Estimate
from physics_engines.nqs.spec import ObservablesSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.exact import exact_cost
from tools.nqs.ground_state import ground_state_cost
from tools.nqs.reference import edge_of_two, exact_spec, naming_exact, reference_of, relative_distance
from tools.nqs.sectors import leaves_the_ground_state
from tools.nqs.spoken import ENERGY, EXACT, NEURAL, ORDER, SPREAD, TRAINED, VARIATIONAL, together
from tools.nqs.states import find_state
from tools.result import Artifact, Result

if TYPE_CHECKING:
    from physics_engines.nqs.observables import ObservablesResult

_HIDDEN = ("variance", "v_score", "lanczos_variance")


def _cost(spec: ObservablesSpec) -> Cost:
    """The ground state (or three of growing size), then an amplitude ratio for every pair of sites and sample."""
    from physics_engines.nqs.ansatze import build_ansatz

    base = ground_state_cost(spec)
    asked = set(spec.asked)
    seconds = 3.0 if spec.state else base.seconds * (1.75 if "extrapolation" in asked else 1.0)
    per_sample = build_ansatz(spec).work(spec).per_final_sample * spec.n_images
    per_ratio = per_sample / (spec.n_sites + spec.n_couplings / 2)
    if spec.conserves_magnetisation and {"correlations", "structure_factor", "staggered_magnetisation"} & asked:
        seconds += spec.n_observable_samples * spec.n_sites**2 / 4 * per_ratio
    if {"lanczos", "extrapolation"} & asked:
        seconds += spec.n_observable_samples * spec.n_couplings / 2 * per_sample
    seconds += spec.n_final_samples * spec.n_sites * 2e-7
    if spec.is_comparable and not spec.has_sector:
        seconds += 4 * exact_cost(exact_spec(spec)).seconds
    return Cost(seconds=seconds, memory_gb=base.memory_gb + 0.2)


@tool(
    "nqs.observables",
    title=Text(en="observables of a variational ground state", ja="変分基底状態の観測量"),
    words=together(
        ORDER,
        {
            "en": (
                "structure factor",
                "static structure factor",
                "spin structure factor",
                "entanglement entropy",
                "entanglement",
                "renyi entropy",
                "rényi entropy",
                "renyi-2 entropy",
                "rényi-2 entropy",
                "fidelity",
                "lanczos step",
                "lanczos-improved",
                "lanczos improved",
                "zero-variance extrapolation",
                "variance extrapolation",
            ),
            "ja": (
                "構造因子",
                "静的構造因子",
                "スピン構造因子",
                "エンタングルメントエントロピー",
                "エンタングルメント",
                "レニーエントロピー",
                "レニー2エントロピー",
                "忠実度",
                "フィデリティ",
                "ランチョスステップ",
                "ランチョス・ステップ",
                "ゼロ分散外挿",
                "分散外挿",
            ),
        },
        ENERGY,
        SPREAD,
        EXACT,
        VARIATIONAL,
        NEURAL,
        TRAINED,
    ),
    examples=(
        Example(
            en="Spin correlations of the 16-site Heisenberg chain", ja="16サイトのハイゼンベルク鎖のスピン相関関数"
        ),
        Example(
            en="Structure factor of the 4x4 Heisenberg antiferromagnet",
            ja="4×4正方格子ハイゼンベルク反強磁性体の構造因子",
        ),
        Example(
            en="Staggered magnetisation of the 6x6 Heisenberg model", ja="6×6ハイゼンベルク模型の交替磁化を計算して"
        ),
        Example(
            en="Rényi entropy of half the transverse-field Ising chain, N=16, h=1",
            ja="N=16、h=1の横磁場イジング鎖の半分のレニーエントロピー",
        ),
    ),
    cost=_cost,
)
def observables(spec: ObservablesSpec, context: ToolContext) -> Result:
    """Correlations, structure factor, magnetisations, entanglement and more of a ground state, each with its error.

    A restricted Boltzmann machine is optimised (or taken from the state.npz of an earlier run) and measured with fresh
    samples: spin correlations against distance, structure factor S(q), staggered magnetisation squared, magnetisations
    of the transverse-field Ising model, Rényi-2 entropy of a block, fidelity with the exact state, the energy
    after a Lanczos step, zero-variance extrapolation. Exact values stand beside them on small lattices.
    """
    from physics_engines.nqs.labels import reading, sector_in_words
    from physics_engines.nqs.observables import ground_state_observables
    from physics_engines.nqs.observables.figure import draw_observables

    if context.monitor.checkpoint is None:
        context.monitor.checkpoint = context.out / "restart.npz"
    result = ground_state_observables(_with_path(spec, context), context.monitor)
    artifacts = _arrays(result, context.out)
    if (drawn := draw_observables(result, spec, context.out / "observables")) is not None:
        caption = Text(en="Correlations and structure factor", ja="相関関数と構造因子")
        artifacts = [*(Artifact(path=file.name, kind="figure", caption=caption) for file in drawn), *artifacts]
    notes = list(result.notes)
    if spec.conserves_magnetisation:
        sector = sector_in_words(spec)
        notes.append(Text(en=f"Sector {sector}.", ja=f"{sector} セクター。"))
    notes += edge_of_two(spec)
    estimates = naming_exact(result.estimates) | _distance(spec, result.estimates.get("lanczos_energy_per_site"))
    return Result(
        estimates=estimates,
        headline=_headline(result, estimates),
        artifacts=tuple(artifacts),
        reading=reading(spec),
        notes=tuple(notes),
    )


def _with_path(spec: ObservablesSpec, context: ToolContext) -> ObservablesSpec:
    """A state named by a run id is looked for among the runs; a path is taken as it is."""
    return spec.model_copy(update={"state": find_state(spec.state, context.home)}) if spec.state else spec


def _distance(spec: ObservablesSpec, energy: Estimate | None) -> dict[str, Estimate]:
    """The best known energy and how far the one after a Lanczos step is from it, where one is known."""
    if energy is None or leaves_the_ground_state(spec) or (reference := reference_of(spec)) is None:
        return {}
    name = "exact_energy_per_site" if reference.exactness == "exact" else "reference_energy_per_site"
    return {name: reference, "relative_distance": relative_distance(energy, reference)}


def _headline(result: "ObservablesResult", estimates: dict[str, Estimate]) -> tuple[str, ...]:
    """Of the correlations, the nearest and the farthest stand in an answer; all are in the evidence."""
    names = [name for name in estimates if name not in _HIDDEN]
    if result.correlations is None:
        return tuple(names)
    along = [name for name in names if name.startswith("correlation_")]
    left_out = {name for place in along[1:-1] for name in (place, f"exact_{place}")}
    return tuple(name for name in names if name not in left_out)


def _arrays(result: "ObservablesResult", out: Path) -> list[Artifact]:
    import numpy as np

    from physics_engines.files import write_arrays

    arrays: dict[str, np.ndarray] = {
        "parameters": result.parameters,
        "configurations": result.ensemble.configurations[:, -1],
    }
    found, exact = result.correlations, result.exact_correlations
    if found is not None:
        arrays["displacements"] = found.displacements.vectors
        for name in ("longitudinal", "transverse", "total"):
            part = getattr(found, name)
            if part is not None:
                arrays |= {f"correlation_{name}": part.values, f"correlation_{name}_error": part.errors}
            if exact is not None and getattr(exact, name) is not None:
                arrays[f"exact_correlation_{name}"] = getattr(exact, name).values
    if result.structure_factor is not None:
        factor = result.structure_factor
        assert factor.profile.errors is not None
        arrays |= {
            "momenta": factor.momenta,
            "structure_factor": factor.profile.values,
            "structure_factor_error": factor.profile.errors,
        }
        if result.exact_structure_factor is not None:
            arrays["exact_structure_factor"] = result.exact_structure_factor.profile.values
    path = out / "state.npz"
    write_arrays(path, {name: np.asarray(array) for name, array in arrays.items()})
    caption = Text(
        en="Correlations, structure factor and their errors, variational parameters, last configurations",
        ja="相関関数、構造因子とその誤差、変分パラメータ、最後の配位",
    )
    return [Artifact(path=path.name, kind="arrays", caption=caption)]
