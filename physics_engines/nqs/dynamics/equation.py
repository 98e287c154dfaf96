"""The equation of motion of the parameters, S da/dt = -i F, and the part of the true motion it misses.

O_k(s) = d log psi(s) / d a_k and the local energy E(s), both centred over |psi|^2, give the metric S = <O^* O> and
the force F = <O^* E> (G. Carleo et al., Sci. Rep. 2, 243 (2012); Carleo and Troyer, Science 355, 602 (2017)). S is
inverted on the directions that carry a signal: M. Schmitt and M. Heyl, Phys. Rev. Lett. 125, 100503 (2020), eqs. 7-9.
Which directions these are is decided by cross-validation: of several cut-offs, the one whose motion misses least of the
true motion on samples that did not enter the equation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.ansatze.rbm import DenseRbm
from physics_engines.nqs.ansatze.tied_rbm import SymmetricRbm
from physics_engines.nqs.backend import Backend, build_backend
from physics_engines.nqs.hamiltonian import Hamiltonian

Complex = NDArray[np.complex128]
_POWER = 6
"""Sharpness of the soft cut-offs."""


@dataclass(frozen=True)
class Points:
    """Configurations with the log-probabilities they were drawn from; a reweighted sum goes over them.

    Attributes:
        configurations: int8, shape (n, n_sites).
        log_reference: log |psi|^2 of the state they were drawn from, shape (n,); zeros when they are all states.
        is_complete: True when they are all states.
    """

    configurations: NDArray[np.int8]
    log_reference: NDArray[np.float64]
    is_complete: bool


@dataclass(frozen=True)
class Cutoffs:
    """Regularisation of the inverse of the metric.

    Attributes:
        value: Relative cut-off of the eigenvalues of S.
        snr: Cut-off of the signal-to-noise ratio of the force along an eigenvector; 0 switches it off.
    """

    value: float
    snr: float = 0.0


@dataclass(frozen=True)
class Motion:
    """The variational motion at one set of parameters.

    Attributes:
        velocity: da/dt, shape (n_parameters,).
        metric: S, shape (n_parameters, n_parameters).
        energy: <H> in units of J.
        variance: Var(H).
        residual: |(d/dt + i (H - E)) psi|^2 / |psi|^2, the squared rate at which the state leaves the true motion.
        n_effective: Effective number of points after reweighting.
    """

    velocity: Complex
    metric: Complex
    energy: float
    variance: float
    residual: float
    n_effective: float

    def length(self, change: Complex) -> float:
        """Distance between the states a and a + change, sqrt(change^dagger S change)."""
        square = float(np.vdot(change, self.metric @ change).real)
        return math.sqrt(max(square, 0.0)) if np.isfinite(square) else math.inf


class Equation:
    """The equation of motion of an RBM.

    Args:
        ansatz: Complex RBM.
        hamiltonian: After the quench.
    """

    def __init__(self, ansatz: DenseRbm | SymmetricRbm, hamiltonian: Hamiltonian) -> None:
        self._ansatz = ansatz
        self.backend: Backend = build_backend(ansatz, hamiltonian)

    def log_probability(self, parameters: Complex, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        """log |psi|^2 up to a constant, shape (n,)."""
        return self._hidden(configurations, parameters)[0]

    def motion(self, parameters: Complex, points: Points, cutoffs: Cutoffs) -> Motion:
        """Velocity, metric and residual on a set of points.

        Raises:
            EngineError: A weight, energy or derivative is not finite.
        """
        return self._motions(parameters, points, (cutoffs,))[0]

    def validated_motion(
        self, parameters: Complex, points: Points, fresh: Points, candidates: Sequence[Cutoffs]
    ) -> tuple[Motion, Cutoffs, NDArray[np.float64]]:
        """The motion of the best of several regularisations, with the residual it has on fresh points.

        The third is the contribution of each fresh point to that residual, shape (n_fresh,): its deviation from the
        mean times its weight over the average weight, so that the mean of these series has the error of the residual.

        Args:
            parameters: Of the RBM.
            points: Samples the equation is set up with.
            fresh: Independent samples the residuals are taken on.
            candidates: Regularisations to try.
        """
        motions = self._motions(parameters, points, candidates)
        weights, energies, derivatives = self._local(parameters, fresh)
        velocities = np.stack([motion.velocity for motion in motions], axis=1)
        missed = derivatives @ velocities + 1j * energies[:, None]
        squares = np.abs(missed - weights @ missed) ** 2
        residuals = weights @ squares
        best = int(np.argmin(residuals))
        spread = weights * len(weights) * (squares[:, best] - residuals[best])
        return replace(motions[best], residual=float(residuals[best])), candidates[best], spread

    def _motions(self, parameters: Complex, points: Points, candidates: Sequence[Cutoffs]) -> list[Motion]:
        weights, energies, derivatives = self._local(parameters, points)
        energy = weights @ energies
        energies = energies - energy
        derivatives = derivatives - weights @ derivatives
        scaled = derivatives * np.sqrt(weights)[:, None]
        metric = scaled.conj().T @ scaled
        force = scaled.conj().T @ (np.sqrt(weights) * energies)
        values, vectors = np.linalg.eigh(metric)
        projected = vectors.conj().T @ force
        noise = np.zeros(len(values))
        if any(item.snr > 0 for item in candidates):
            terms = (derivatives.conj() @ vectors.conj()) * energies[:, None]
            noise = np.sqrt(weights**2 @ np.abs(terms - projected) ** 2)
        # Directions below the rounding of the largest carry nothing, not even a sign.
        safe = np.maximum(values, 1e-15 * max(float(values[-1]), 1e-300))
        found = []
        for cutoffs in candidates:
            kept = _kept(values, np.abs(projected), noise, cutoffs)
            velocity = -1j * (vectors @ (kept * projected / safe))
            missed = derivatives @ velocity + 1j * energies
            found.append(
                Motion(
                    velocity,
                    metric,
                    float(energy.real),
                    float(weights @ np.abs(energies) ** 2),
                    float(weights @ np.abs(missed) ** 2),
                    float(1 / np.sum(weights**2)),
                )
            )
        return found

    def _local(self, parameters: Complex, points: Points) -> tuple[NDArray[np.float64], Complex, Complex]:
        """Normalised weights, local energies and logarithmic derivatives."""
        spins = points.configurations
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            log, tanh = self._hidden(spins, parameters)
            log_weights = log - points.log_reference
            weights = np.exp(log_weights - log_weights.max())
            weights = weights / weights.sum()
            self.backend.set_parameters(parameters)
            energies = cast(Complex, self.backend.local_energies(spins).astype(np.complex128))
            derivatives = cast(Complex, self._ansatz.rbm_jacobian(spins, tanh))
        if not (np.isfinite(weights).all() and np.isfinite(energies).all() and np.isfinite(derivatives).all()):
            raise EngineError(
                "the time evolution has run into a state whose energy is not finite; take a smaller tolerance or "
                "time_step, or a larger alpha"
            )
        return weights, energies, derivatives

    def _hidden(self, configurations: NDArray[np.int8], parameters: Complex) -> tuple[NDArray[np.float64], Complex]:
        """log |psi|^2 and tanh of the hidden angles, both from one exponential of the angles."""
        rbm = self._ansatz.rbm_weights(parameters)
        angles = configurations.astype(np.float64) @ rbm.weights.T + rbm.hidden
        sign = np.where(angles.real < 0, -1.0, 1.0)
        decay = np.exp(-2 * sign * angles)
        below = 1 + decay
        # cosh(x) = e^x (1 + e^(-2x)) / 2 and tanh(x) = (1 - e^(-2x)) / (1 + e^(-2x)) for Re x > 0.
        cosh = np.abs(angles.real).sum(axis=1) + np.log(np.abs(below)).sum(axis=1)
        log = 2 * (configurations @ rbm.visible.real + cosh)
        return cast(NDArray[np.float64], log), cast(Complex, sign * (1 - decay) / below)


def _kept(
    values: NDArray[np.float64], force: NDArray[np.float64], noise: NDArray[np.float64], cutoffs: Cutoffs
) -> NDArray[np.float64]:
    """How much of each eigenvector of S is kept, between 0 and 1."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        kept = 1 / (1 + (cutoffs.value * values[-1] / np.maximum(values, 0)) ** _POWER)
        if cutoffs.snr > 0:
            kept = kept / (1 + (cutoffs.snr * noise / force) ** _POWER)
    return cast(NDArray[np.float64], np.nan_to_num(kept, nan=0.0))
