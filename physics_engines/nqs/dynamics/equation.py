"""The equation of motion of the parameters, S da/dt = -i F, and the part of the true motion it misses.

O_k(s) = d log psi(s) / d a_k and the local energy E(s), both centred over |psi|^2, give the metric S = <O^* O> and
the force F = <O^* E> (G. Carleo et al., Sci. Rep. 2, 243 (2012); Carleo and Troyer, Science 355, 602 (2017)). S is
inverted on the directions that carry a signal: M. Schmitt and M. Heyl, Phys. Rev. Lett. 125, 100503 (2020), eqs. 7-9.
"""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.ansatze.rbm import DenseRbm, SymmetricRbm
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
        cutoff: Relative cut-off of the eigenvalues of S.
        snr_cutoff: Cut-off of the signal-to-noise ratio of the force, used where there is sampling.
    """

    def __init__(
        self, ansatz: DenseRbm | SymmetricRbm, hamiltonian: Hamiltonian, cutoff: float, snr_cutoff: float
    ) -> None:
        self._ansatz = ansatz
        self.backend: Backend = build_backend(ansatz, hamiltonian)
        self._cutoff = cutoff
        self._snr_cutoff = snr_cutoff

    def log_probability(self, parameters: Complex, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        """log |psi|^2, shape (n,)."""
        return self._log_probability(configurations, parameters, self._angles(configurations, parameters))

    def motion(self, parameters: Complex, points: Points) -> Motion:
        """Velocity, metric and residual on a set of points.

        Raises:
            EngineError: A weight, energy or derivative is not finite.
        """
        weights, energies, derivatives = self._local(parameters, points)
        energy = weights @ energies
        energies = energies - energy
        derivatives = derivatives - weights @ derivatives
        scaled = derivatives * np.sqrt(weights)[:, None]
        force_terms = np.sqrt(weights) * energies
        metric = scaled.conj().T @ scaled
        force = scaled.conj().T @ force_terms
        values, vectors = np.linalg.eigh(metric)
        projected = vectors.conj().T @ force
        kept = self._kept(values, vectors, projected, derivatives, energies, weights, points)
        # Directions below the rounding of the largest carry nothing, not even a sign.
        safe = np.maximum(values, 1e-15 * max(float(values[-1]), 1e-300))
        velocity = cast(Complex, -1j * (vectors @ (kept * projected / safe)))
        missed = derivatives @ velocity + 1j * energies
        return Motion(
            velocity,
            metric,
            float(energy.real),
            float(weights @ np.abs(energies) ** 2),
            float(weights @ np.abs(missed) ** 2),
            float(1 / np.sum(weights**2)),
        )

    def residual(self, parameters: Complex, velocity: Complex, points: Points) -> float:
        """The squared residual rate of a velocity on other points than those it was found on."""
        weights, energies, derivatives = self._local(parameters, points)
        missed = (derivatives - weights @ derivatives) @ velocity + 1j * (energies - weights @ energies)
        return float(weights @ np.abs(missed) ** 2)

    def _local(self, parameters: Complex, points: Points) -> tuple[NDArray[np.float64], Complex, Complex]:
        """Normalised weights, local energies and logarithmic derivatives."""
        spins = points.configurations
        angles = self._angles(spins, parameters)
        log_weights = self._log_probability(spins, parameters, angles) - points.log_reference
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            weights = np.exp(log_weights - log_weights.max())
            weights = weights / weights.sum()
            self.backend.set_parameters(parameters)
            energies = cast(Complex, self.backend.local_energies(spins).astype(np.complex128))
            derivatives = cast(Complex, self._ansatz.rbm_jacobian(spins, np.tanh(angles)))
        if not (np.isfinite(weights).all() and np.isfinite(energies).all() and np.isfinite(derivatives).all()):
            raise EngineError(
                "the time evolution has run into a state whose energy is not finite; take a smaller tolerance or "
                "time_step, or a larger alpha"
            )
        return weights, energies, derivatives

    def _angles(self, configurations: NDArray[np.int8], parameters: Complex) -> Complex:
        rbm = self._ansatz.rbm_weights(parameters)
        return cast(Complex, configurations.astype(np.float64) @ rbm.weights.T + rbm.hidden)

    def _log_probability(
        self, configurations: NDArray[np.int8], parameters: Complex, angles: Complex
    ) -> NDArray[np.float64]:
        visible = self._ansatz.rbm_weights(parameters).visible
        size = np.abs(angles.real)
        # |cosh(x + iy)|^2 = (cosh 2x + cos 2y) / 2, without overflow.
        decay = np.exp(-2 * size)
        cosh = 2 * size + np.log((1 + 2 * decay * np.cos(2 * angles.imag) + decay**2) / 4)
        log: NDArray[np.float64] = 2 * (configurations @ visible.real) + cosh.sum(axis=1)
        return log

    def _kept(
        self,
        values: NDArray[np.float64],
        vectors: Complex,
        projected: Complex,
        derivatives: Complex,
        energies: Complex,
        weights: NDArray[np.float64],
        points: Points,
    ) -> NDArray[np.float64]:
        """How much of each eigenvector of S is kept, between 0 and 1."""
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            share = self._cutoff * values[-1] / np.maximum(values, 0)
            kept = 1 / (1 + share**_POWER)
            if not points.is_complete and self._snr_cutoff > 0:
                terms = (derivatives.conj() @ vectors.conj()) * energies[:, None]
                noise = np.sqrt(np.maximum(weights @ np.abs(terms - projected) ** 2 * np.sum(weights**2), 0))
                ratio = self._snr_cutoff * noise / np.abs(projected)
                kept = kept / (1 + ratio**_POWER)
        return cast(NDArray[np.float64], np.nan_to_num(kept, nan=0.0))
