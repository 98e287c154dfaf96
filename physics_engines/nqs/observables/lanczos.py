"""One Lanczos step on a variational state, and what it says about the energy at zero variance.

The state (1 + lambda (H - E)) psi lies lower than psi. Its energy and variance follow from the moments of H, and
these from two nested local energies of the same samples:

    e(s) = <s|H - E|psi> / <s|psi>,
    g(s) = <s|(H - E)^2|psi> / <s|psi> = sum_s' H_ss' (psi(s')/psi(s)) e(s') - E e(s).

S. Sorella, Phys. Rev. B 64, 024512 (2001), section III; the extrapolation: W.-J. Hu et al., PRB 88, 060402 (2013).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.connected import connected
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_BLOCK = 64
"""Samples whose connected configurations are held at a time."""


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
        after: The state after the step. Each half of the chains is measured with the step length that the other half
            fixed, so that the energy stays an upper bound.
        step: lambda, in units of 1/J; the mean of the two halves.
        gain_error: Standard error of the difference of the energies, whose samples are the same.
        intercept_error: That of the energy at zero variance on the line through both.
    """

    before: Point
    after: Point
    step: float
    gain_error: float = 0.0
    intercept_error: float = 0.0


def lanczos_step(
    state: VariationalState, ensemble: Ensemble, progress: Callable[[float], None] = lambda share: None
) -> LanczosStep:
    """Measure the energy and variance of a state before and after one Lanczos step.

    Args:
        state: The wave function of a spin model.
        ensemble: At least two chains, or all states.
        progress: Called now and then with the share of the samples that is done.

    Raises:
        EngineError: The samples do not fix the step (a variance of zero, or too few samples).
    """
    first, second, mean = nested_energies(state, ensemble, progress)
    products = _products(first, second)
    if ensemble.weights is not None:
        moments = ensemble.weights.ravel() @ products
        step = _best_step(moments)
        before, after = _point(moments, 0.0, mean), _point(moments, step, mean)
        return LanczosStep(Point(before[0], 0.0, before[1], 0.0), Point(after[0], 0.0, after[1], 0.0), step)
    half = len(ensemble.configurations) // 2 * ensemble.configurations.shape[1]
    halves = products[:half], products[half:]
    steps = [_best_step(part.mean(axis=0)) for part in halves]

    def numbers(moments: NDArray[np.float64], step: float) -> tuple[float, ...]:
        before, after = _point(moments, 0.0, mean), _point(moments, step, mean)
        fall = before[1] - after[1]
        slope = (before[0] - after[0]) / fall if fall != 0 else 0.0
        return *before, *after, after[0] - before[0], after[0] - slope * after[1]

    found = [_jackknife(part, partial(numbers, step=step)) for part, step in zip(halves, steps[::-1], strict=True)]
    values = np.mean([values for values, _ in found], axis=0).tolist()
    errors = (np.hypot(found[0][1], found[1][1]) / 2).tolist()
    points = [Point(values[k], errors[k], values[k + 1], errors[k + 1]) for k in (0, 2)]
    return LanczosStep(points[0], points[1], float(np.mean(steps)), errors[4], errors[5])


def nested_energies(
    state: VariationalState, ensemble: Ensemble, progress: Callable[[float], None] = lambda share: None
) -> tuple[Numbers, Numbers, float]:
    """e(s), g(s) and the energy E they are measured from."""
    backend, hamiltonian = state.evaluator(), state.hamiltonian
    spins = ensemble.flat
    energies = backend.local_energies(spins)
    mean = ensemble.average(np.ascontiguousarray(energies.real)).value
    nested = (hamiltonian.diagonal(spins) - mean) * (energies - mean)
    for start in range(0, len(spins), _BLOCK):
        ratios, reached = connected(backend, hamiltonian, spins[start : start + _BLOCK])
        nested[start : start + _BLOCK] += (ratios * (reached - mean)) @ hamiltonian.amplitudes
        progress(min(1.0, (start + _BLOCK) / len(spins)))
    return energies - mean, nested, mean


def _products(first: Numbers, second: Numbers) -> NDArray[np.float64]:
    """Local values of the moments <(H - E)^k>, k = 0 to 4, shape (n_samples, 6).

    The last is <(H - E)^2> once more, from g alone: with it the energy after a step is an average of its local values,
    which hardly scatter where that state is close to an eigenstate.
    """
    ones, square = np.ones(len(first)), np.abs(first) ** 2
    cube, fourth = (first.conj() * second).real, np.abs(second) ** 2
    return np.stack([ones, first.real, square, cube, fourth, second.real], axis=1)


def _best_step(moments: NDArray[np.float64]) -> float:
    """The lambda that minimises the energy of (1 + lambda (H - E)) psi."""
    # Close to an eigenstate <g> alone scatters more than it is worth; only together with <e> does it not.
    moments = np.array([*moments[:5], moments[2]])
    _, m1, m2, m3, *_ = moments
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
    m0, m1, m2, m3, m4, other = moments
    norm = m0 + 2 * step * m1 + step**2 * m2
    energy = (m1 + step * (m2 + other) + step**2 * m3) / norm
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
