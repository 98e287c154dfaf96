"""What stands beside a variational energy: the best reference, and how far it is from it."""

import math

from physics_engines.estimate import Estimate
from physics_engines.nqs.spec import ExactSpec, SpinModelSpec
from physics_engines.text import Text

MAX_EXACT_SITES = 20
"""Largest lattice that is diagonalised beside a variational run."""


def exact_spec(spec: SpinModelSpec) -> ExactSpec:
    """Exact diagonalisation of the model of another Spec."""
    return ExactSpec(**{name: getattr(spec, name) for name in SpinModelSpec.model_fields})


def relative_distance(energy: Estimate, reference: Estimate) -> Estimate:
    """How far the variational energy lies above the reference, relative to it."""
    scale = abs(reference.value)
    errors = (energy.error or 0.0, reference.error or 0.0)
    named = {
        "exact": Text(en="exact energy", ja="厳密値"),
        "upper_bound": Text(en="best published bound", ja="既知の最良の上界"),
    }.get(reference.exactness, Text(en="reference energy", ja="参照値"))
    return Estimate(
        label=Text(en=f"relative distance to the {named.en}", ja=f"{named.ja}との相対差"),
        value=(energy.value - reference.value) / scale,
        error=math.hypot(*errors) / scale,
        exactness="stochastic",
        method=Text(en="difference of the two energies", ja="二つのエネルギーの差"),
    )


def edge_of_two(spec: SpinModelSpec) -> list[Text]:
    """Some authors count the bond of a periodic edge of two sites twice; their energies differ."""
    if spec.boundary == "open" or 2 not in spec.shape:
        return []
    return [
        Text(
            en="A periodic edge of length 2 has one bond here, not two.",
            ja="長さ 2 の周期的な辺のボンドは、ここでは二重に数えず一本とします。",
        )
    ]
