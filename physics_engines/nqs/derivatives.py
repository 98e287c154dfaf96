"""Logarithmic derivatives O_k(s) = d log psi(s) / d w_k of a sample, centred, as a linear map."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64] | NDArray[np.complex128]


class LogDerivatives(Protocol):
    """The centred matrix O - <O>, shape (n_samples, n_parameters), without a promise that it exists as an array."""

    @property
    def shape(self) -> tuple[int, int]:
        """(n_samples, n_parameters)."""

    def matrix(self) -> Numbers:
        """The centred matrix itself."""

    def gram(self) -> Numbers:
        """O O^dagger, shape (n_samples, n_samples); a fresh array the caller may overwrite."""

    def apply(self, vector: Numbers) -> Numbers:
        """O v, shape (n_samples,)."""

    def adjoint(self, vector: Numbers) -> Numbers:
        """O^dagger v, shape (n_parameters,)."""


class ExplicitDerivatives:
    """The matrix stored as an array.

    Args:
        jacobian: Shape (n_samples, n_parameters), not centred.
    """

    def __init__(self, jacobian: Numbers) -> None:
        self._centred: Numbers = jacobian - jacobian.mean(axis=0)

    @property
    def shape(self) -> tuple[int, int]:
        """See ``LogDerivatives``."""
        return self._centred.shape[0], self._centred.shape[1]

    def matrix(self) -> Numbers:
        """See ``LogDerivatives``."""
        return self._centred

    def gram(self) -> Numbers:
        """See ``LogDerivatives``."""
        result: Numbers = self._centred @ self._centred.conj().T
        return result

    def apply(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        result: Numbers = self._centred @ vector
        return result

    def adjoint(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        result: Numbers = self._centred.conj().T @ vector
        return result


class DenseRbmDerivatives:
    """Those of a dense RBM, never stored: the Gram matrix is (1 + s s^T) * (1 + t t^dagger) - 1, then centred.

    That costs n_samples^2 (N + M) operations instead of n_samples^2 N M, and n_samples^2 numbers of memory.

    Args:
        configurations: int8, shape (n_samples, N).
        t: tanh of the hidden angles, shape (n_samples, M).
    """

    def __init__(self, configurations: NDArray[np.int8], t: Numbers) -> None:
        self._spins = configurations.astype(np.float64)
        self._t = t

    @property
    def shape(self) -> tuple[int, int]:
        """See ``LogDerivatives``."""
        n_samples, n_sites = self._spins.shape
        return n_samples, n_sites + self._t.shape[1] * (n_sites + 1)

    def matrix(self) -> Numbers:
        """See ``LogDerivatives``."""
        products = (self._t[:, :, None] * self._spins[:, None, :]).reshape(len(self._spins), -1)
        whole = np.concatenate([self._spins.astype(self._t.dtype), self._t, products], axis=1)
        result: Numbers = whole - whole.mean(axis=0)
        return result

    def gram(self) -> Numbers:
        """See ``LogDerivatives``; the constant -1 drops out of the centring."""
        gram: Numbers = self._t @ self._t.conj().T
        gram += 1
        visible = self._spins @ self._spins.T
        visible += 1
        gram *= visible
        rows = gram.mean(axis=1)
        gram -= rows[:, None]
        gram -= rows.conj()[None, :]
        gram += rows.mean().real
        return gram

    def apply(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        n, m = self._spins.shape[1], self._t.shape[1]
        weights = vector[n + m :].reshape(m, n)
        values = self._spins @ vector[:n] + self._t @ vector[n : n + m]
        values = values + np.einsum("sj,sj->s", self._t, self._spins @ weights.T)
        result: Numbers = values - values.mean()
        return result

    def adjoint(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        centred = vector - vector.mean()
        weighted = self._t.conj() * centred[:, None]
        parts = [self._spins.T @ centred, weighted.sum(axis=0), (weighted.T @ self._spins).ravel()]
        result: Numbers = np.concatenate(parts)
        return result
