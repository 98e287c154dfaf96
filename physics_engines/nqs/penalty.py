"""Orthogonality to a known state by a penalty: minimise E + lambda |<phi|psi>|^2 / (<phi|phi> <psi|psi>).

S. Pathak et al., J. Chem. Phys. 154, 034101 (2021); K. Choo, G. Carleo, N. Regnault, T. Neupert, Phys. Rev. Lett. 121,
167204 (2018). The squared overlap is the mean over |psi|^2 of c phi/psi with c the mean over |phi|^2 of psi/phi, so the
penalty is one more term lambda c phi(s)/psi(s) of the local energy, and its gradient is that of a local energy.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze.base import Parameters
from physics_engines.nqs.backend import Backend, Numbers
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.statistics import jackknife

_FARTHEST = 200.0
"""Logarithms of amplitude ratios are cut here: beyond it only their sign of size matters."""


class PenalisedBackend:
    """See ``Backend``; its local energies hold the penalty.

    Args:
        backend: Evaluates psi.
        lower: Evaluates phi, with its parameters set.
        sample: Configurations drawn from |phi|^2, int8 (n_samples, n_sites).
        strength: lambda in units of J.
    """

    def __init__(self, backend: Backend, lower: Backend, sample: NDArray[np.int8], strength: float) -> None:
        self._backend, self._lower = backend, lower
        self._sample, self._strength = sample, strength
        self._logs = lower.log_psi(sample)

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``; the overlap is measured once for each set of parameters."""
        self._backend.set_parameters(parameters)
        difference = self._backend.log_psi(self._sample) - self._logs
        with np.errstate(over="ignore", invalid="ignore"):
            self._scale = float(np.max(difference.real))
            self._mean = np.exp(difference - self._scale).mean()

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        return self._backend.log_psi(configurations)

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        return self._backend.sweep(configurations, uniforms)

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """E_loc + lambda c phi/psi."""
        energies = self._backend.local_energies(configurations)
        term = self._strength * self._overlaps(configurations)
        result: Numbers = energies + (term if np.iscomplexobj(energies) else term.real)
        return result

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``."""
        return self._backend.derivatives(configurations)

    def _overlaps(self, configurations: NDArray[np.int8]) -> NDArray[np.complex128]:
        """c phi/psi of each configuration; their mean over |psi|^2 is the squared overlap."""
        difference = self._lower.log_psi(configurations) - self._backend.log_psi(configurations) + self._scale
        cut = np.minimum(difference.real, _FARTHEST) + 1j * difference.imag
        return cast(NDArray[np.complex128], np.exp(cut) * self._mean)

    def squared_overlap(self, configurations: NDArray[np.int8]) -> tuple[float, float]:
        """|<phi|psi>|^2 of the normalised states and its standard error.

        Args:
            configurations: Drawn from |psi|^2, (n_samples, n_sites).
        """
        upper = self._backend.log_psi(self._sample) - self._logs - self._scale
        lower = self._lower.log_psi(configurations) - self._backend.log_psi(configurations) + self._scale
        n = min(len(upper), len(lower))
        columns = np.stack([np.exp(upper[:n]), np.exp(np.minimum(lower.real, _FARTHEST)[:n] + 1j * lower.imag[:n])], 1)
        parts = np.concatenate([columns.real, columns.imag], axis=1)

        def product(kept: NDArray[np.float64]) -> float:
            a, b, c, d = kept.mean(axis=0)
            return float(((a + 1j * c) * (b + 1j * d)).real)

        found = jackknife(parts, product)
        return found.value, found.error
