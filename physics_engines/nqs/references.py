"""Reference energies: closed forms, the Bethe ansatz, and a small table of published values.

All per site, in units of J, in the conventions of ``physics_engines.nqs.spec``.
"""

from dataclasses import dataclass

from physics_engines.estimate import Estimate, Exactness
from physics_engines.nqs.bethe import bethe_chain_energy, ising_chain_energy, xx_chain_energy
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import SpinModelSpec
from physics_engines.text import Text


@dataclass(frozen=True)
class _Row:
    value: float
    error: float | None
    exactness: Exactness
    source: Text


_VARBENCH = Text(
    en="exact diagonalisation, V-score benchmark (varbench)", ja="厳密対角化、V-score ベンチマーク（varbench）"
)
# (shape, J2), periodic square lattices.
_SQUARE: dict[tuple[tuple[int, ...], float], _Row] = {
    ((6, 6), 0.0): _Row(-97.7575895972 / 144, None, "exact", _VARBENCH),
    ((10, 10), 0.0): _Row(
        -0.671549,
        4e-6,
        "stochastic",
        Text(
            en="quantum Monte Carlo, A. W. Sandvik, Phys. Rev. B 56, 11678 (1997)",
            ja="量子モンテカルロ法、A. W. Sandvik, Phys. Rev. B 56, 11678 (1997)",
        ),
    ),
    ((6, 6), 0.5): _Row(-72.5485901603 / 144, None, "exact", _VARBENCH),
    ((10, 10), 0.5): _Row(
        -0.4976939,
        2e-7,
        "upper_bound",
        Text(
            en="best published variational bound, CNN-MPS, arXiv:2603.14425",
            ja="既知の最良の変分上界、CNN-MPS、arXiv:2603.14425",
        ),
    ),
}


def _find(spec: SpinModelSpec) -> _Row | None:
    if spec.model == "couplings":
        return None
    if spec.model == "heisenberg" and spec.exchange == "ferromagnetic":
        return _aligned(spec)
    if spec.lattice == "chain":
        return _find_ising_chain(spec) if spec.model == "tfim" else _find_chain(spec)
    is_tabulated = spec.lattice == "square" and spec.boundary == "periodic" and spec.model in ("heisenberg", "j1j2")
    if is_tabulated and spec.total_sz == 0 and spec.exchange == "antiferromagnetic":
        return _SQUARE.get((spec.shape, spec.j2))
    return None


def _aligned(spec: SpinModelSpec) -> _Row:
    """All spins parallel: the multiplet S = N/2 of the ferromagnet has a state in every sector."""
    from physics_engines.lattices import Lattice

    n_bonds = len(Lattice(spec.shape, spec.boundary, spec.lattice).neighbours)
    source = Text(en=f"parallel spins, {n_bonds} bonds of -1/4", ja=f"平行なスピン、{n_bonds} 本のボンドが各 -1/4")
    return _Row(-n_bonds / 4 / spec.n_sites, None, "exact", source)


def _find_ising_chain(spec: SpinModelSpec) -> _Row | None:
    # On two sublattices the sign of J can be turned away; an odd ring of the antiferromagnet is frustrated.
    if spec.boundary == "open" or spec.n_sites < 3 or (spec.exchange == "antiferromagnetic" and spec.n_sites % 2):
        return None
    source = Text(en="free fermions (Pfeuty 1970)", ja="自由フェルミオン（Pfeuty 1970）")
    return _Row(ising_chain_energy(spec.n_sites, spec.field), None, "exact", source)


def _find_chain(spec: SpinModelSpec) -> _Row | None:
    n_sites, n_up = spec.n_sites, spec.n_up
    is_ring = spec.boundary == "periodic"
    if n_up is None or (is_ring and n_sites < 3):
        return None
    if spec.model == "xxz" and spec.delta == 0:
        source = Text(
            en="free fermions (Lieb, Schultz, Mattis 1961)", ja="自由フェルミオン（Lieb, Schultz, Mattis 1961）"
        )
        sign = 1.0 if spec.exchange == "antiferromagnetic" else -1.0
        return _Row(xx_chain_energy(n_sites, n_up, is_periodic=is_ring, sign=sign), None, "exact", source)
    if spec.exchange != "antiferromagnetic" or n_sites % 2:
        return None
    if is_ring and n_sites >= 4 and spec.j2 == 0 and spec.delta > -1:
        number = min(n_up, n_sites - n_up)
        try:
            energy = bethe_chain_energy(n_sites, spec.delta, number)
        except ArithmeticError:
            return None
        source = Text(en=f"Bethe ansatz, {number} equations", ja=f"ベーテ仮説、{number} 本の方程式")
        return _Row(energy, None, "exact", source)
    if spec.model == "j1j2" and spec.j2 == 0.5 and spec.total_sz == 0 and n_sites >= 6:
        source = Text(
            en="Majumdar-Ghosh point, product of singlets (1969)",
            ja="マジュンダー・ゴーシュ点、一重項の積（1969）",
        )
        return _Row(-0.375, None, "exact", source)
    return None


def reference_energy(spec: SpinModelSpec) -> Estimate | None:
    """The best energy per site known without diagonalising, or None."""
    row = _find(spec)
    if row is None:
        return None
    return Estimate(
        label=Text(en="reference energy per site", ja="1サイトあたりの参照エネルギー"),
        value=row.value * spec.coupling,
        error=None if row.error is None else row.error * spec.coupling,
        unit=energy_unit(spec),
        exactness=row.exactness,
        method=row.source,
        convention=convention(spec),
    )
