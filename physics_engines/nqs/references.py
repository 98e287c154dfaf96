"""Reference energies: closed forms, the Bethe ansatz, and a small table of published values.

All per site, in units of J, in the conventions of ``physics_engines.nqs.spec``.
"""

from dataclasses import dataclass

import numpy as np

from physics_engines.estimate import Estimate, Exactness
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


def bethe_chain_energy(n_sites: int) -> float:
    """Ground-state energy per site of the periodic spin-1/2 Heisenberg chain, H = sum S·S.

    Solves the Bethe equations N 2 arctan(2 l_j) = 2 pi I_j + sum_k 2 arctan(l_j - l_k) by Newton's method;
    E = N/4 - sum_j (1/2) / (l_j^2 + 1/4). H. Bethe, Z. Phys. 71, 205 (1931).

    Args:
        n_sites: Even number of at least 4; with 2 sites the ring would count its only bond twice.
    """
    if n_sites < 4 or n_sites % 2:
        raise ValueError(f"the periodic chain needs an even number of at least 4 sites, not {n_sites}")
    half = n_sites // 2
    numbers = np.arange(half) - (half - 1) / 2
    rapidities = np.arcsinh(np.tan(np.pi * numbers / n_sites)) / np.pi
    for _ in range(100):
        difference = rapidities[:, None] - rapidities[None, :]
        residual = 2 * n_sites * np.arctan(2 * rapidities) - 2 * np.pi * numbers - 2 * np.arctan(difference).sum(axis=1)
        kernel = 2 / (1 + difference**2)
        jacobian = kernel + np.diag(4 * n_sites / (1 + 4 * rapidities**2) - kernel.sum(axis=1))
        step = np.linalg.solve(jacobian, residual)
        rapidities = rapidities - step
        if np.abs(step).max() < 1e-14:
            break
    return float(0.25 - np.sum(0.5 / (rapidities**2 + 0.25)) / n_sites)


def ising_chain_energy(n_sites: int, field: float) -> float:
    """Ground-state energy per site of the periodic transverse-field Ising chain, J = 1, Pauli matrices.

    E / N = -(1/N) sum_k sqrt(1 + h^2 - 2 h cos k), k = (2 m + 1) pi / N (free fermions, antiperiodic sector).
    P. Pfeuty, Ann. Phys. 57, 79 (1970).

    Args:
        n_sites: At least 3; with 2 sites the ring would count its only bond twice.
        field: Transverse field h in units of J.
    """
    if n_sites < 3:
        raise ValueError(f"the periodic chain needs at least 3 sites, not {n_sites}")
    k = (2 * np.arange(n_sites) + 1) * np.pi / n_sites
    return float(-np.sqrt(1 + field**2 - 2 * field * np.cos(k)).mean())


def _find(spec: SpinModelSpec) -> _Row | None:
    if spec.boundary != "periodic" or spec.model not in ("heisenberg", "j1j2", "tfim"):
        return None
    if spec.lattice == "square":
        is_ground_state = spec.total_sz == 0 and spec.exchange == "antiferromagnetic"
        return _SQUARE.get((spec.shape, spec.j2)) if is_ground_state else None
    if spec.lattice != "chain":
        return None
    return _find_ising_chain(spec) if spec.model == "tfim" else _find_chain(spec)


def _find_ising_chain(spec: SpinModelSpec) -> _Row | None:
    # On two sublattices the sign of J can be turned away; an odd ring of the antiferromagnet is frustrated.
    if spec.n_sites < 3 or (spec.exchange == "antiferromagnetic" and spec.n_sites % 2):
        return None
    source = Text(en="free fermions (Pfeuty 1970)", ja="自由フェルミオン（Pfeuty 1970）")
    return _Row(ising_chain_energy(spec.n_sites, spec.field), None, "exact", source)


def _find_chain(spec: SpinModelSpec) -> _Row | None:
    n_sites = spec.n_sites
    if spec.exchange != "antiferromagnetic" or spec.total_sz != 0:
        return None
    if spec.j2 == 0 and n_sites >= 4:
        number = n_sites // 2
        source = Text(en=f"Bethe ansatz, {number} equations", ja=f"ベーテ仮説、{number} 本の方程式")
        return _Row(bethe_chain_energy(n_sites), None, "exact", source)
    if spec.model == "j1j2" and spec.j2 == 0.5 and n_sites >= 6:
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
