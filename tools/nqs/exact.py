"""Exact diagonalisation."""

import math

from physics_engines.nqs.spec import ExactSpec
from physics_engines.text import Text
from tools.base import Cost, Example, ToolContext, tool
from tools.nqs.reference import edge_of_two
from tools.result import Result


def exact_cost(spec: ExactSpec) -> Cost:
    """Building the matrix and about a hundred products with it; calibrated on one core of a 2-core EPYC."""
    per_row = spec.n_couplings / 2 + 1 if spec.conserves_magnetisation else spec.n_couplings
    entries = spec.n_states * per_row
    return Cost(seconds=0.6 + 6e-7 * entries, memory_gb=0.1 + spec.memory / 2**30)


@tool(
    "nqs.exact",
    title=Text(en="exact diagonalisation of a spin model", ja="スピン模型の厳密対角化"),
    words={
        "en": (
            "exact",
            "exactly",
            "exact diagonalisation",
            "diagonalise",
            "diagonalising",
            "diagonalisation",
            "lanczos",
            "ed",
            "ground state",
        ),
        "ja": ("厳密", "厳密対角化", "ランチョス", "対角化"),
    },
    examples=(
        Example(
            en="Exact ground-state energy of the 4x4 Heisenberg model",
            ja="4×4ハイゼンベルク模型の厳密な基底エネルギー",
        ),
        Example(
            en="Exact diagonalisation of a TFIM chain, N=12, h=0.5", ja="N=12、h=0.5の横磁場イジング鎖の厳密対角化"
        ),
    ),
    cost=exact_cost,
)
def exact(spec: ExactSpec, context: ToolContext) -> Result:
    """Exact ground-state energy per site of a small spin-1/2 lattice by sparse Lanczos diagonalisation.

    Up to about 24 sites for Heisenberg and J1-J2 (sector S^z = 0) and 22 for the transverse-field Ising model.
    """
    from physics_engines.nqs import exact_ground_state, reference_energy
    from physics_engines.nqs.labels import reading

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
    notes += edge_of_two(spec)
    return Result(estimates={"energy_per_site": result.energy_per_site}, reading=reading(spec), notes=tuple(notes))
