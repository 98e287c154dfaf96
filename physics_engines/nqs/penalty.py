"""Orthogonality to a known state by a penalty: minimise E + lambda |<phi|psi>|^2 / (<phi|phi> <psi|psi>).

S. Pathak et al., J. Chem. Phys. 154, 034101 (2021); K. Choo, G. Carleo, N. Regnault, T. Neupert, Phys. Rev. Lett. 121,
167204 (2018). Orthogonal states are large where the other is small, and so ratios phi/psi over |psi|^2, or psi/phi over
|phi|^2, have no variance to speak of. Everything is sampled from both states instead (as the overlap of M. T. Entwistle
et al., Nat. Commun. 14, 274 (2023) is), with the weights of the mixture (|u|^2 + |v|^2) / 2 of the normalised states
u = psi/|psi| and v = phi/|phi|: with e^t = |u/v|^2,

    <v|u> = mean of (psi/phi) / |psi/phi| sech(t/2),   weight of |u|^2: 2 / (1 + e^-t),

both bounded. The ratio of the norms is that of C. H. Bennett, J. Comput. Phys. 22, 245 (1976).
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze.base import Parameters
from physics_engines.nqs.backend import Backend, Numbers
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.nqs.samplers import Sampler
from physics_engines.nqs.sampling import Sample
from physics_engines.statistics import jackknife

Spins = NDArray[np.int8]
Reals = NDArray[np.float64]
_FARTHEST = 200.0
"""Logarithms of amplitude ratios are cut here, where a ratio is as good as 0 or infinite."""


def log_norm_ratio(of_upper: Reals, of_lower: Reals) -> float:
    """log(<psi|psi> / <phi|phi>) by Bennett's acceptance ratio.

    Args:
        of_upper: log |psi/phi|^2 of configurations drawn from |psi|^2, shape (n,).
        of_lower: The same of as many drawn from |phi|^2.
    """
    low, high = (float(f(np.concatenate([of_upper, of_lower]))) for f in (np.min, np.max))
    for _ in range(60):
        middle = (low + high) / 2
        # Rises with the ratio: what psi's samples gain, phi's lose.
        excess = _fermi(of_lower - middle).mean() - _fermi(middle - of_upper).mean()
        low, high = (low, middle) if excess < 0 else (middle, high)
    return (low + high) / 2


def _fermi(x: Reals) -> Reals:
    result: Reals = 1 / (1 + np.exp(-np.clip(x, -_FARTHEST, _FARTHEST)))
    return result


class Overlap:
    """A state psi that is optimised beside a fixed state phi.

    Args:
        upper: Evaluates psi; whoever uses this sets its parameters.
        lower: Evaluates phi, with its parameters set.
        sample: Configurations drawn from |phi|^2, int8 (n_samples, n_sites).
    """

    def __init__(self, upper: Backend, lower: Backend, sample: Spins) -> None:
        self._upper, self._lower = upper, lower
        self._sample, self._logs = sample, lower.log_psi(sample)

    def ratios(self, configurations: Spins) -> NDArray[np.complex128]:
        """log(psi/phi) of configurations (n, n_sites), shape (n,)."""
        return cast(
            NDArray[np.complex128],
            (self._upper.log_psi(configurations) - self._lower.log_psi(configurations)).astype(np.complex128),
        )

    def chosen(self, n: int, rng: np.random.Generator) -> tuple[Spins, NDArray[np.complex128]]:
        """n configurations of the sample of phi at random, and their log(psi/phi)."""
        rows = rng.integers(len(self._sample), size=n)
        logs = self._upper.log_psi(self._sample[rows]) - self._logs[rows]
        return self._sample[rows], cast(NDArray[np.complex128], logs.astype(np.complex128))

    def squared(self, configurations: Spins) -> tuple[float, float]:
        """|<phi|psi>|^2 of the normalised states, corrected for its bias, and the standard error.

        Args:
            configurations: Drawn from |psi|^2, (n, n_sites), in the order of the records.
        """
        n = min(len(configurations), len(self._sample))
        upper = self.ratios(configurations[:n])
        lower = (self._upper.log_psi(self._sample[:n]) - self._logs[:n]).astype(np.complex128)
        norm = log_norm_ratio(2 * upper.real, 2 * lower.real)
        values = (bounded(upper, norm) + bounded(lower, norm)) / 2

        def square(kept: Reals) -> float:
            return float((kept.mean(axis=0) ** 2).sum())

        found = jackknife(np.stack([values.real, values.imag], axis=1), square)
        # Next to zero the square has no slope, and its own bias is what is left of the error.
        return found.value - found.bias, float(np.hypot(found.error, found.bias))


def bounded(ratios: NDArray[np.complex128], norm: float) -> NDArray[np.complex128]:
    """Terms of <v|u> in the mixture: phase of psi/phi times sech(t/2), from log(psi/phi) and the log of the norms."""
    return cast(
        NDArray[np.complex128],
        np.exp(1j * ratios.imag) / np.cosh(np.clip(ratios.real - norm / 2, -_FARTHEST, _FARTHEST)),
    )


class PenalisedBackend:
    """See ``Backend``; its local energies hold the penalty lambda <v|u> v/u, with the overlap of the last ``draw``.

    Args:
        backend: Evaluates psi.
        overlap: psi beside phi.
        strength: lambda in units of J.
    """

    def __init__(self, backend: Backend, overlap: Overlap, strength: float) -> None:
        self._backend, self._overlap, self._strength = backend, overlap, strength
        self.norm, self.mean = 0.0, 0j

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        self._backend.set_parameters(parameters)

    def log_psi(self, configurations: Spins) -> Numbers:
        """See ``Backend``."""
        return self._backend.log_psi(configurations)

    def sweep(self, configurations: Spins, uniforms: Reals) -> tuple[Spins, NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        return self._backend.sweep(configurations, uniforms)

    def local_energies(self, configurations: Spins) -> Numbers:
        """E_loc + lambda <v|u> v/u."""
        energies = self._backend.local_energies(configurations)
        inverse = self.norm / 2 - self._overlap.ratios(configurations)
        cut = np.minimum(inverse.real, _FARTHEST) + 1j * inverse.imag
        term = self._strength * self.mean * np.exp(cut)
        result: Numbers = energies + (term if np.iscomplexobj(energies) else term.real)
        return result

    def derivatives(self, configurations: Spins) -> LogDerivatives:
        """See ``Backend``."""
        return self._backend.derivatives(configurations)


class MixedSampler:
    """See ``Sampler``; as many configurations of phi beside those of psi, with weights that make them all psi's.

    Args:
        sampler: Draws from |psi|^2.
        backend: Told the overlap with each draw.
        overlap: psi beside phi.
    """

    def __init__(self, sampler: Sampler, backend: PenalisedBackend, overlap: Overlap) -> None:
        self._sampler, self._backend, self._overlap = sampler, backend, overlap

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``."""
        self._sampler.set_parameters(parameters)
        self._backend.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> Spins:
        """See ``Sampler``."""
        return self._sampler.start(rng)

    def draw(self, walkers: Spins, n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``."""
        own = self._sampler.draw(walkers, n_records, n_discard, rng)
        other, lower = self._overlap.chosen(len(own.flat), rng)
        upper = self._overlap.ratios(own.flat)
        self._backend.norm = norm = log_norm_ratio(2 * upper.real, 2 * lower.real)
        ratios = np.concatenate([upper, lower])
        self._backend.mean = complex(bounded(ratios, norm).mean())
        weights = _fermi(2 * ratios.real - norm)
        both = np.concatenate([own.configurations, other.reshape(own.configurations.shape)])
        return Sample(both, own.acceptance, weights / weights.sum())

    def targets(self, walkers: Spins) -> Spins:
        """See ``Sampler``."""
        return self._sampler.targets(walkers)
