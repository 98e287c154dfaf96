"""Amplitude ratios and local energies of every configuration that the Hamiltonian reaches in one move."""

from typing import Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.backend import Backend, Numbers
from physics_engines.nqs.hamiltonian import Hamiltonian, moved

_BLOCK = 4096
"""Connected configurations evaluated at a time."""


@runtime_checkable
class Connected(Protocol):
    """A backend with a faster way than ``connected_plainly``."""

    def connected(self, configurations: NDArray[np.int8]) -> tuple[Numbers, Numbers]:
        """See ``connected_plainly``."""


def connected(backend: Backend, hamiltonian: Hamiltonian, configurations: NDArray[np.int8]) -> tuple[Numbers, Numbers]:
    """The same as ``connected_plainly``, by the fast way of the backend where it has one."""
    if isinstance(backend, Connected):
        return backend.connected(configurations)
    return connected_plainly(backend, hamiltonian, configurations)


def connected_plainly(
    backend: Backend, hamiltonian: Hamiltonian, configurations: NDArray[np.int8]
) -> tuple[Numbers, Numbers]:
    """psi(s')/psi(s) and the local energy of s' for each move s -> s' of a spin model.

    Args:
        backend: Holds the parameters.
        hamiltonian: The model of the backend.
        configurations: int8 (n_samples, n_sites).

    Returns:
        Both of shape (n_samples, n_moves), 0 where a move changes nothing.
    """
    first, second = hamiltonian.moves.T
    changes = (second < 0) | (configurations[:, first] != configurations[:, second])
    sample, move = np.nonzero(changes)
    here = backend.log_psi(configurations)
    parts = []
    for start in range(0, len(sample), _BLOCK):
        rows, which = sample[start : start + _BLOCK], move[start : start + _BLOCK]
        after = moved(configurations[rows], hamiltonian.moves[which])
        parts.append((np.exp(backend.log_psi(after) - here[rows]), backend.local_energies(after)))
    if not parts:  # all spins point the same way
        return np.zeros(changes.shape), np.zeros(changes.shape)
    ratios, energies = (np.concatenate(values) for values in zip(*parts, strict=True))
    # A wave function of both signs has a complex logarithm, but real ratios.
    dtype = energies.dtype
    whole = [np.zeros(changes.shape, dtype=dtype), np.zeros(changes.shape, dtype=dtype)]
    for target, values in zip(whole, (ratios, energies), strict=True):
        target[changes] = values if np.iscomplexobj(target) else values.real
    return cast(Numbers, whole[0]), cast(Numbers, whole[1])
