"""Closed solutions of spin chains: the Bethe ansatz, free fermions. Energies per site in units of J."""

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]


def bethe_chain_energy(n_sites: int, delta: float = 1.0, n_down: int | None = None) -> float:
    """Lowest energy per site of a sector of the periodic XXZ chain, H = sum S^x S^x + S^y S^y + delta S^z S^z.

    With delta = cos(gamma) the Bethe equations of M down spins read
    N theta_1(l_j) = 2 pi I_j + sum_k theta_2(l_j - l_k), theta_n(l) = 2 arctan(tanh(l) / tan(n gamma / 2)), with I_j =
    -(M - 1)/2, ..., (M - 1)/2, and E = N delta / 4 - sum_j sin^2(gamma) / (cosh(2 l_j) - cos(gamma)). For delta > 1
    gamma is imaginary, and delta = 1 is the limit l = gamma x. H. Bethe, Z. Phys. 71, 205 (1931); C. N. Yang and
    C. P. Yang, Phys. Rev. 150, 321 (1966).

    Args:
        n_sites: N, an even number of at least 4; with 2 sites the ring would count its only bond twice.
        delta: Anisotropy above -1.
        n_down: M, half of the sites where not given, at most that.

    Raises:
        ValueError: The arguments are outside these bounds.
        ArithmeticError: Newton's method did not converge.
    """
    if n_sites < 4 or n_sites % 2:
        raise ValueError(f"the periodic chain needs an even number of at least 4 sites, not {n_sites}")
    if delta <= -1:
        raise ValueError(f"the anisotropy must be above -1, not {delta}")
    m = n_sites // 2 if n_down is None else n_down
    if not 0 <= m <= n_sites // 2:
        raise ValueError(f"the number of down spins must be between 0 and {n_sites // 2}, not {m}")
    numbers = np.arange(m) - (m - 1) / 2
    phases = _Phases(delta)
    x = phases.scale * np.arcsinh(np.tan(np.pi * numbers / n_sites)) / np.pi
    for _ in range(200):
        difference = x[:, None] - x[None, :]
        residual = n_sites * phases.theta(x, 1) - 2 * np.pi * numbers - phases.theta(difference, 2).sum(axis=1)
        kernel = phases.slope(difference, 2)
        jacobian = kernel + np.diag(n_sites * phases.slope(x, 1) - kernel.sum(axis=1))
        step = np.linalg.solve(jacobian, residual) if m else np.zeros(0)
        largest = float(np.abs(step).max(initial=0.0))
        x = x - step * min(1.0, 0.5 * phases.scale / largest if largest else 1.0)
        if largest < 1e-13:
            return float(delta / 4 - phases.energy(x).sum() / n_sites)
    raise ArithmeticError(f"the Bethe equations of {n_sites} sites at delta = {delta} did not converge")


class _Phases:
    """theta_n, its derivative and the energy of a rapidity, on the three branches of delta."""

    def __init__(self, delta: float) -> None:
        self._delta = delta
        self._kind = "isotropic" if delta == 1 else "critical" if delta < 1 else "massive"
        self._gamma = float(np.arccos(delta)) if delta < 1 else float(np.arccosh(delta))
        self.scale = 1.0 if delta == 1 else self._gamma if delta < 1 else min(self._gamma, 1.0)

    def theta(self, x: Real, n: int) -> Real:
        if self._kind == "isotropic":
            phase: Real = np.arctan(2 * x / n)
        elif self._kind == "critical":
            phase = np.arctan(np.tanh(x) * _cot(n * self._gamma / 2))
        else:
            turns = np.floor(x / np.pi + 0.5)
            phase = np.arctan(np.tan(x - np.pi * turns) / np.tanh(n * self._gamma / 2)) + np.pi * turns
        return 2 * phase

    def slope(self, x: Real, n: int) -> Real:
        if self._kind == "isotropic":
            return 4 * n / (n**2 + 4 * x**2)
        angle = n * self._gamma
        if self._kind == "critical":
            return np.asarray(2 * np.sin(angle) / (np.cosh(2 * x) - np.cos(angle)))
        return np.asarray(2 * np.sinh(angle) / (np.cosh(angle) - np.cos(2 * x)))

    def energy(self, x: Real) -> Real:
        if self._kind == "isotropic":
            return 0.5 / (x**2 + 0.25)
        if self._kind == "critical":
            return np.asarray(np.sin(self._gamma) ** 2 / (np.cosh(2 * x) - self._delta))
        return np.asarray(np.sinh(self._gamma) ** 2 / (self._delta - np.cos(2 * x)))


def _cot(angle: float) -> float:
    return float(np.cos(angle) / np.sin(angle))


def xx_chain_energy(n_sites: int, n_up: int, *, is_periodic: bool, sign: float = 1.0) -> float:
    """Lowest energy per site of a sector of the XX chain, H = sign sum S^x S^x + S^y S^y: free fermions.

    Open: modes cos(k), k = pi m / (N + 1). Periodic: k = 2 pi m / N for an odd number of up spins and
    k = (2 m + 1) pi / N for an even one. E. Lieb, T. Schultz and D. Mattis, Ann. Phys. 16, 407 (1961).

    Args:
        n_sites: N; at least 3 where periodic, with 2 sites the ring would count its only bond twice.
        n_up: Number of up spins, that is of fermions.
        is_periodic: Ring or open chain.
        sign: +1 for the antiferromagnet, -1 for the ferromagnet.
    """
    if is_periodic and n_sites < 3:
        raise ValueError(f"the periodic chain needs at least 3 sites, not {n_sites}")
    if is_periodic:
        k = (2 * np.arange(n_sites) + (n_up + 1) % 2) * np.pi / n_sites
    else:
        k = np.pi * np.arange(1, n_sites + 1) / (n_sites + 1)
    return float(np.sort(sign * np.cos(k))[:n_up].sum() / n_sites)


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
