"""What stands beside a variational energy: the best reference, and how far it is from it."""

import math
from collections.abc import Mapping

from physics_engines.estimate import Estimate
from physics_engines.lattices.shape import BONDS_PER_CELL
from physics_engines.nqs.spec import ExactSpec, SpinModelSpec
from physics_engines.text import Text

MAX_EXACT_SITES = 20
"""Largest lattice that is diagonalised beside a variational run."""

_ROUNDING = 1e-14
"""Two energies are not told apart below this, relative to them."""


def exact_spec(spec: SpinModelSpec) -> ExactSpec:
    """Exact diagonalisation of the model of another Spec."""
    return ExactSpec(**{name: getattr(spec, name) for name in SpinModelSpec.model_fields})


def reference_of(spec: SpinModelSpec) -> Estimate | None:
    """The ground-state energy per site: diagonalised on small lattices, else from the table of references."""
    from physics_engines.nqs import exact_ground_state, reference_energy

    if spec.n_units <= MAX_EXACT_SITES:
        return exact_ground_state(exact_spec(spec)).energy_per_site
    return reference_energy(spec)


def relative_distance(energy: Estimate, reference: Estimate) -> Estimate:
    """How far the variational energy lies above the reference, relative to it."""
    scale = abs(reference.value)
    errors = (energy.error or 0.0, reference.error or 0.0, _ROUNDING * scale)
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


def naming_exact(found: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """The same estimates; those named "exact_..." say so in their label, beside the variational ones of the same."""
    named = dict(found)
    for name, estimate in found.items():
        if name.startswith("exact_") and not estimate.label.en.startswith("exact"):
            label = Text(en=f"exact {estimate.label.en}", ja=f"{estimate.label.ja}の厳密値")
            named[name] = estimate.model_copy(update={"label": label})
    return named


def edge_of_two(spec: SpinModelSpec) -> list[Text]:
    """Some authors count the bond of a periodic edge of two sites twice; their energies differ."""
    if spec.boundary == "open":
        return []
    from physics_engines.lattices import Lattice

    lattice = Lattice(spec.shape, spec.boundary, spec.lattice)
    near, far = (count * lattice.n_cells for count in BONDS_PER_CELL[spec.lattice])
    notes = []
    n_far = len(lattice.next_neighbours)
    if len(lattice.neighbours) < near:
        notes.append(
            Text(
                en="A periodic edge of length 2 has one bond here, not two.",
                ja="長さ 2 の周期的な辺のボンドは、ここでは二重に数えず一本とします。",
            )
        )
    if spec.j2 and n_far < far:
        notes.append(
            Text(
                en=f"On so small a torus only {n_far} pairs are second neighbours; each has one "
                "bond, and none that is a nearest-neighbour pair as well.",
                ja=f"この小さなトーラスでは第二近接の対は {n_far} 組だけです。各対のボンドは一本で、"
                "最近接でもある対は除きます。",
            )
        )
    return notes


def of_sector(spec: SpinModelSpec) -> list[Text]:
    """Whether the lowest state of the sector is the ground state of the model."""
    if spec.total_sz is None:
        return []
    if abs(spec.total_sz) > 0.5:
        return [
            Text(
                en="This is the lowest energy of its S^z sector, not of the whole model.",
                ja="これは S^z セクターの最低エネルギーで、模型全体の最低エネルギーとは限りません。",
            )
        ]
    if all(xy == z for *_, xy, z in spec.couplings) and spec.delta == 1:
        return []  # full spin rotation symmetry: every multiplet has a state of lowest |S^z|
    sign = 1 if spec.exchange == "antiferromagnetic" else -1
    is_ring = spec.lattice == "chain" and spec.boundary == "periodic" and spec.n_sites % 2 == 0
    if is_ring and sign * spec.delta > -1:
        return []  # C. N. Yang and C. P. Yang, Phys. Rev. 150, 321 (1966)
    return [
        Text(
            en="Without spin rotation symmetry the ground state of the whole model may lie in another S^z sector.",
            ja="スピン回転対称性がないため、模型全体の基底状態は別の S^z セクターにあるかもしれません。",
        )
    ]
