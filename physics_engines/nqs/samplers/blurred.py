"""Importance sampling that reaches what |psi|^2 does not: some samples are moved on by one move of the Hamiltonian.

Where psi is small but (H psi)(s) is not, the local energy is large and the chain is hardly ever there: neither the
gradient nor the variance of a finite sample knows of such configurations, and an optimisation can lose them for good
(heavy tails at nodes: J. R. Trail, Phys. Rev. E 77, 016703 (2008); bias at nodes: A. Sinibaldi, C. Giuliani, G. Carleo,
F. Vicentini, Quantum 7, 1131 (2023)). Here a share b of the samples s ~ |psi|^2 is replaced by m s with a move m chosen
at random, whatever the amplitude there. With M moves, each its own inverse, the samples then follow the mixture

    q(s) = (1 - b) p(s) + b / M sum_m p(m s),    p = |psi|^2 / <psi|psi>,

and mean values are recovered with the weights p / q (the balance heuristic of E. Veach and L. J. Guibas, SIGGRAPH 1995,
419). They lie between 0 and 1 / (1 - b), so few samples are wasted on any lattice; and a configuration is visited at
least b / M times as often as any other that H connects it to, so that |(H psi)(s)|^2 / q(s), and with it the variance
of every estimate, is bounded, at exact zeros of psi too. Its reach is that one move: a configuration whose neighbours
all are rare stays rare.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.backend import Backend
from physics_engines.nqs.hamiltonian import Hamiltonian, moved
from physics_engines.nqs.samplers.base import Sampler
from physics_engines.nqs.sampling import Sample

_NOTHING = 1e-30
"""Weight below which the amplitude is the rounding error of a cancellation and the local energy means nothing."""
_BLOCK = 2**14
"""Configurations whose amplitudes are computed at a time."""
_MOST_BITS = 62


class Blurred:
    """See ``Sampler``; the walkers are those of the sampler inside and follow |psi|^2.

    Args:
        inner: Samples |psi|^2 without weights.
        backend: Gives the amplitudes; has the parameters of the sampler.
        hamiltonian: Its moves are taken.
        share: b, the share of the samples that is moved, in (0, 1).
    """

    def __init__(self, inner: Sampler, backend: Backend, hamiltonian: Hamiltonian, share: float) -> None:
        self._inner, self._backend, self._hamiltonian, self._share = inner, backend, hamiltonian, share

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Sampler``; those of the backend as well."""
        self._backend.set_parameters(parameters)
        self._inner.set_parameters(parameters)

    def start(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return self._inner.start(rng)

    def draw(self, walkers: NDArray[np.int8], n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
        """See ``Sampler``; the weights add up to 1."""
        sample = self._inner.draw(walkers, n_records, n_discard, rng)
        configurations, ratios = blur(self._backend, self._hamiltonian, sample.flat, self._share, rng)
        with np.errstate(invalid="ignore"):
            weights = ratios / ratios.sum()
        return Sample(configurations.reshape(sample.configurations.shape), sample.acceptance, weights)

    def targets(self, walkers: NDArray[np.int8]) -> NDArray[np.int8]:
        """See ``Sampler``."""
        return self._inner.targets(walkers)


def blur(
    backend: Backend,
    hamiltonian: Hamiltonian,
    configurations: NDArray[np.int8],
    share: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Move a share of the configurations on by one move each.

    Args:
        backend: Gives the amplitudes.
        hamiltonian: Its moves are taken.
        configurations: Sample of |psi|^2, int8 (n_samples, n_units); left as they are.
        share: b, the share that is moved.
        rng: Advanced by two numbers for each configuration.

    Returns:
        Configurations of the same shape, and p / q of each, shape (n_samples,), whose mean is 1 up to noise. Where psi
        is no more than rounding, the configuration stays where it was and counts nothing.
    """
    uniforms = rng.random((2, len(configurations)))
    chosen = np.minimum((uniforms[1] * len(hamiltonian.moves)).astype(np.int64), len(hamiltonian.moves) - 1)
    is_moved = uniforms[0] < share
    blurred = configurations.copy()
    blurred[is_moved] = moved(configurations[is_moved], hamiltonian.moves[chosen[is_moved]])
    with np.errstate(over="ignore", divide="ignore"):
        ratios = 1 / ((1 - share) + share * _mean_of_neighbours(backend, hamiltonian, blurred))
    is_nothing = ratios < _NOTHING
    blurred[is_nothing] = configurations[is_nothing]
    ratios[is_nothing] = 0.0
    return blurred, ratios


def _mean_of_neighbours(
    backend: Backend, hamiltonian: Hamiltonian, configurations: NDArray[np.int8]
) -> NDArray[np.float64]:
    """1/M sum_m p(m s) / p(s), shape (n_samples,); a move between equal spins leaves s where it is."""
    distinct, places = _distinct(configurations)
    moves = hamiltonian.moves
    is_flip = moves[:, 1] < 0
    changes = is_flip | (distinct[:, moves[:, 0]] != distinct[:, np.maximum(moves[:, 1], 0)])
    sources, numbers = np.nonzero(changes)
    neighbours, found = _distinct(moved(distinct[sources], moves[numbers]))
    there, here = _log_modulus(backend, neighbours)[found], _log_modulus(backend, distinct)[sources]
    with np.errstate(over="ignore", invalid="ignore"):
        ratios = np.exp(2 * (there - here))
    sums = np.bincount(sources, weights=ratios, minlength=len(distinct)) + (~changes).sum(axis=1)
    return np.asarray(sums[places] / len(moves), dtype=np.float64)


def _distinct(configurations: NDArray[np.int8]) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Each configuration once, and the place of every row among them; as they are where they do not fit an integer."""
    n = configurations.shape[1]
    if n > _MOST_BITS:
        return configurations, np.arange(len(configurations))
    codes = (configurations > 0) @ (np.int64(1) << np.arange(n, dtype=np.int64))
    _, first, places = np.unique(codes, return_index=True, return_inverse=True)
    return configurations[first], places


def _log_modulus(backend: Backend, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
    blocks = range(0, len(configurations), _BLOCK)
    parts = [backend.log_psi(configurations[start : start + _BLOCK]).real for start in blocks]
    return np.concatenate(parts) if parts else np.zeros(0)
