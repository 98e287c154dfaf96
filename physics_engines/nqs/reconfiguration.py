"""Stochastic reconfiguration: the natural gradient of the energy.

S. Sorella, Phys. Rev. Lett. 80, 4558 (1998); sample-space form (minSR): A. Chen and M. Heyl, Nat. Phys. 20, 1476
(2024); projected momentum (SPRING): G. Goldshlager et al., J. Comput. Phys. 516, 113351 (2024).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.derivatives import LogDerivatives, WeightedDerivatives, lower_product

Numbers = NDArray[np.float64] | NDArray[np.complex128]


@dataclass(frozen=True)
class Direction:
    """A step direction and its length.

    Attributes:
        vector: Shape (n_parameters,); the parameters move against it.
        speed: Fubini-Study distance per unit step, sqrt(v^dagger S v).
    """

    vector: Numbers
    speed: float


def natural_gradient(
    derivatives: LogDerivatives,
    local_energies: Numbers,
    shift: float,
    previous: Numbers | None = None,
    momentum: float = 0.0,
    weights: NDArray[np.float64] | None = None,
    floor: float = 0.0,
) -> Direction:
    """Solve (S + shift) v = F + shift momentum v_previous for the direction v.

    S = <O^dagger O> and F = <O^dagger E> of the centred derivatives; for real parameters of a complex amplitude,
    their real parts. In parameter space when there are at most as many parameters as rows of derivatives, in sample
    space otherwise; both give the same vector.

    Args:
        derivatives: Centred logarithmic derivatives of the samples.
        local_energies: Shape (n_samples,).
        shift: Diagonal shift added to S.
        previous: Direction of the step before, shape (n_parameters,).
        momentum: Share of the previous direction kept where the samples say nothing.
        weights: Shape (n_samples,), probabilities of the configurations where they are no random sample.
        floor: Smallest shift where there are more parameters than rows, in units of the mean eigenvalue of the metric
            between the samples. Every direction is then one the samples seem to know, most of them noise.

    Raises:
        numpy.linalg.LinAlgError: The shifted matrix is not positive definite, or something is not finite.
    """
    n_rows, n_parameters = derivatives.shape
    n_samples = derivatives.n_samples
    if not np.isfinite(local_energies).all():
        raise np.linalg.LinAlgError("a local energy is not finite")
    if weights is None:
        residual = derivatives.rows(local_energies - local_energies.mean())
    else:
        derivatives = WeightedDerivatives(derivatives, weights)
        residual = derivatives.rows(local_energies)
    kept = None if previous is None or momentum == 0.0 else momentum * previous
    if n_parameters <= n_rows:
        matrix = derivatives.matrix()
        force = derivatives.adjoint(residual)
        if kept is not None:
            force = force + n_samples * shift * kept
        vector = _solve_positive(lower_product(matrix.conj().T), n_samples * shift, force)
    else:
        if kept is not None:
            residual = residual - derivatives.apply(kept)
        gram = derivatives.gram()
        shift = max(shift, floor * float(np.trace(gram).real) / (n_rows * n_samples))
        vector = derivatives.adjoint(_solve_positive(gram, n_samples * shift, residual))
        if kept is not None:
            vector = vector + kept
    moved = derivatives.apply(vector)
    speed = float(np.sqrt(np.vdot(moved, moved).real / n_samples))
    if not (np.isfinite(speed) and np.isfinite(vector).all()):
        raise np.linalg.LinAlgError("the step direction is not finite")
    return Direction(vector, speed)


def _solve_positive(lower: Numbers, shift: float, right: Numbers) -> Numbers:
    """Solve (A + shift) x = right by Cholesky, overwriting A, of which only the lower triangle is given.

    What is not finite comes out as a solution that is not finite, or as a failure of the factorisation.
    """
    from scipy.linalg import cho_factor, cho_solve

    lower[np.diag_indices_from(lower)] += shift
    factor = cho_factor(lower, lower=True, overwrite_a=True, check_finite=False)
    solution: Numbers = cho_solve(factor, right, check_finite=False)
    return solution
