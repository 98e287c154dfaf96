"""One Lanczos step on a variational state, and what it says about the energy at zero variance.

The state (1 + lambda (H - E)) psi lies lower than psi. Its energy and variance follow from the moments of H, and
these from two nested local energies of the same samples:

    e(s) = <s|H - E|psi> / <s|psi>,
    g(s) = <s|(H - E)^2|psi> / <s|psi> = sum_s' H_ss' (psi(s')/psi(s)) e(s') - E e(s).

S. Sorella, Phys. Rev. B 64, 024512 (2001), section III; the extrapolation: W.-J. Hu et al., PRB 88, 060402 (2013).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_CHUNK = 2**22
"""Numbers of connected configurations held at a time."""


@dataclass(frozen=True)
class Point:
    """Energy and variance of one state, of the whole lattice in units of J, with standard errors."""

    energy: float
    energy_error: float
    variance: float
    variance_error: float


@dataclass(frozen=True)
class LanczosStep:
    """A state before and after one Lanczos step.

    Attributes:
        before: The variational state, measured on the same samples as the state after the step.
        after: The state after the step; its step length was fixed on one half of the chains and its energy is
            measured on the other, so that the energy stays an upper bound.
        step: lambda, in units of 1/J.
        intercept_error: Standard error of the energy at zero variance on the line through both. Their samples are
            the same, so this is not what their own errors would give.
    """

    before: Point
    after: Point
    step: float
    intercept_error: float = 0.0


def lanczos_step(state: VariationalState, ensemble: Ensemble) -> LanczosStep:
    """Measure the energy and variance of a state before and after one Lanczos step.

    Args:
        state: The wave function.
        ensemble: At least two chains, or all states.

    Raises:
        EngineError: The samples do not fix the step (a variance of zero, or too few samples).
    """
    first, second, mean = nested_energies(state, ensemble)
    if ensemble.weights is not None:
        weights = ensemble.weights.ravel()
        moments = weights @ _products(first, second)
        step = _best_step(moments)
        before, after = _point(moments, 0.0, mean), _point(moments, step, mean)
        return LanczosStep(Point(before[0], 0.0, before[1], 0.0), Point(after[0], 0.0, after[1], 0.0), step)
    half = max(1, len(ensemble.configurations) // 2) * ensemble.configurations.shape[1]
    products = _products(first, second)
    step = _best_step(products[:half].mean(axis=0))
    measured = products[half:] if half < len(products) else products

    def numbers(moments: NDArray[np.float64]) -> tuple[float, ...]:
        before, after = _point(moments, 0.0, mean), _point(moments, step, mean)
        fall = before[1] - after[1]
        slope = (before[0] - after[0]) / fall if fall != 0 else 0.0
        return *before, *after, after[0] - slope * after[1]

    values, errors = _jackknife(measured, numbers)
    points = [Point(values[k], errors[k], values[k + 1], errors[k + 1]) for k in (0, 2)]
    return LanczosStep(points[0], points[1], step, errors[4])


def nested_energies(state: VariationalState, ensemble: Ensemble) -> tuple[Numbers, Numbers, float]:
    """e(s), g(s) and the energy E they are measured from."""
    backend = state.evaluator()
    spins = ensemble.flat
    energies = backend.local_energies(spins)
    mean = ensemble.average(np.ascontiguousarray(energies.real)).value
    hamiltonian = state.hamiltonian
    moves = hamiltonian.moves
    n_moves = len(moves)
    is_pair = moves[:, 1] >= 0
    flips = np.ones((n_moves, hamiltonian.n_sites), dtype=np.int8)
    flips[np.arange(n_moves), moves[:, 0]] = -1
    flips[np.flatnonzero(is_pair), moves[is_pair, 1]] = -1
    nested = (hamiltonian.diagonal(spins) - mean) * (energies - mean)
    log_psi = state.log_psi(spins)
    size = max(1, _CHUNK // (n_moves * hamiltonian.n_sites))
    for start in range(0, len(spins), size):
        part = spins[start : start + size]
        second = np.where(is_pair, moves[:, 1], 0)
        sample, move = np.nonzero(~is_pair | (part[:, moves[:, 0]] != part[:, second]))
        connected = part[sample] * flips[move]
        ratio = np.exp(state.log_psi(connected) - log_psi[start + sample])
        terms = hamiltonian.amplitudes[move] * ratio * (backend.local_energies(connected) - mean)
        sums = np.bincount(sample, terms.real, len(part))
        if np.iscomplexobj(nested):
            sums = sums + 1j * np.bincount(sample, terms.imag, len(part))
        nested[start : start + size] += sums
    return energies - mean, nested, mean


def _products(first: Numbers, second: Numbers) -> NDArray[np.float64]:
    """Local values of the moments <(H - E)^k>, k = 0 to 4, shape (n_samples, 5)."""
    ones = np.ones(len(first))
    return np.stack([ones, first.real, np.abs(first) ** 2, (first.conj() * second).real, np.abs(second) ** 2], axis=1)


def _best_step(moments: NDArray[np.float64]) -> float:
    """The lambda that minimises the energy of (1 + lambda (H - E)) psi."""
    _, m1, m2, m3, _ = moments
    # d/dl of (m1 + 2 l m2 + l^2 m3) / (1 + 2 l m1 + l^2 m2) = 0.
    a, b, c = m1 * m3 - m2**2, m3 - m1 * m2, m2 - m1**2
    if not (np.isfinite([a, b, c]).all() and c > 0):
        raise EngineError("the samples do not fix a Lanczos step: the energy variance is zero or not finite")
    # -a l^2 - b l - c = 0 in the sign of the minimum; a < 0 always (Cauchy-Schwarz for m1 = 0).
    roots = np.roots([a, b, c]) if abs(a) > 0 else np.array([-c / b])
    real = roots[np.abs(roots.imag) < 1e-9].real
    if len(real) == 0:
        raise EngineError("the samples do not fix a Lanczos step; take more of them")
    return float(min(real, key=lambda step: _point(moments, float(step), 0.0)[0]))


def _point(moments: NDArray[np.float64], step: float, mean: float) -> tuple[float, float]:
    """Energy and variance of (1 + step (H - E)) psi."""
    m0, m1, m2, m3, m4 = moments
    norm = m0 + 2 * step * m1 + step**2 * m2
    energy = (m1 + 2 * step * m2 + step**2 * m3) / norm
    square = (m2 + 2 * step * m3 + step**2 * m4) / norm
    return float(mean + energy), float(max(square - energy**2, 0.0))


def _jackknife(
    products: NDArray[np.float64], numbers: Callable[[NDArray[np.float64]], tuple[float, ...]]
) -> tuple[list[float], list[float]]:
    """Functions of the moments and their jackknife errors, from sums of bins left out in turn."""
    n_bins = min(64, len(products))
    edges = np.linspace(0, len(products), n_bins + 1).astype(int)
    sums = np.add.reduceat(products, edges[:-1], axis=0)
    rest = (sums.sum(axis=0) - sums) / (len(products) - np.diff(edges))[:, None]
    left_out = np.array([numbers(moments) for moments in rest])
    scatter = left_out - left_out.mean(axis=0)
    errors = np.sqrt((n_bins - 1) / n_bins * (scatter**2).sum(axis=0))
    return list(numbers(products.mean(axis=0))), errors.tolist()
