"""Logarithmic derivatives O_k(s) = d log psi(s) / d w_k of a sample, centred, as a linear map."""

from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.threads import share_out

Numbers = NDArray[np.float64] | NDArray[np.complex128]


_INNER = 1024
"""Shortest inner dimension that is worth a part of a product."""


def lower_product(matrix: Numbers) -> Numbers:
    """The lower triangle of A A^dagger, half the work of the whole.

    A long inner dimension is cut into parts, which the cores share; how many does not depend on the cores, and the
    products of all parts together are no larger than A.

    Args:
        matrix: A, shape (n, k), contiguous in either order.

    Returns:
        Shape (n, n), zero above the diagonal, fresh and in Fortran order: LAPACK factors it where it stands.
    """
    n, n_inner = matrix.shape
    n_parts = min(n_inner // _INNER, n_inner // max(1, n))
    if n_parts < 2:
        return _lower_product(matrix)
    parts = share_out(lambda part: _lower_product(matrix[:, part]), n_inner, -(-n_inner // n_parts))
    whole = parts[0]
    for part in parts[1:]:
        whole += part
    return whole


def _lower_product(matrix: Numbers) -> Numbers:
    from scipy.linalg.blas import get_blas_funcs

    is_complex = np.iscomplexobj(matrix)
    routine = get_blas_funcs("herk" if is_complex else "syrk", (matrix,))
    if matrix.flags.f_contiguous:
        product: Numbers = routine(1.0, matrix, lower=1)
    else:
        product = routine(1.0, matrix.conj().T, trans=2 if is_complex else 1, lower=1)
    return product


class LogDerivatives(Protocol):
    """The centred matrix O - <O>, without a promise that it exists as an array.

    It has one row for each sample; for real parameters of a complex amplitude it has two, since there the metric is
    Re(O^dagger O) and the force Re(O^dagger E): the real parts of all samples, then the imaginary ones.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """(n_rows, n_parameters)."""

    @property
    def n_samples(self) -> int:
        """Number of samples."""

    def rows(self, values: Numbers) -> Numbers:
        """Centred values of the samples, shape (n_samples,), as the rows of the matrix are counted."""

    def matrix(self) -> Numbers:
        """The centred matrix itself."""

    def gram(self) -> Numbers:
        """O O^dagger, shape (n_rows, n_rows), as ``lower_product`` returns it."""

    def apply(self, vector: Numbers) -> Numbers:
        """O v, shape (n_rows,)."""

    def adjoint(self, vector: Numbers) -> Numbers:
        """O^dagger v, shape (n_parameters,)."""


class ExplicitDerivatives:
    """The matrix stored as an array.

    Args:
        jacobian: Shape (n_samples, n_parameters), not centred.
        imaginary: The imaginary part, where the parameters are real and log psi is complex; the same shape.
        is_given: The array is nobody else's and is centred where it stands.
    """

    def __init__(
        self, jacobian: Numbers, imaginary: NDArray[np.float64] | None = None, *, is_given: bool = False
    ) -> None:
        self._is_stacked = imaginary is not None
        self._n_samples = len(jacobian)
        self._centred = cast(Numbers, np.subtract(jacobian, jacobian.mean(axis=0), out=jacobian if is_given else None))
        if imaginary is not None:
            self._centred = np.concatenate([self._centred, imaginary - imaginary.mean(axis=0)])

    @property
    def shape(self) -> tuple[int, int]:
        """See ``LogDerivatives``."""
        return self._centred.shape[0], self._centred.shape[1]

    @property
    def n_samples(self) -> int:
        """See ``LogDerivatives``."""
        return self._n_samples

    def rows(self, values: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        if self._is_stacked:
            return np.concatenate([values.real, values.imag])
        return values if np.iscomplexobj(self._centred) else values.real

    def matrix(self) -> Numbers:
        """See ``LogDerivatives``."""
        return self._centred

    def gram(self) -> Numbers:
        """See ``LogDerivatives``."""
        return lower_product(self._centred)

    def apply(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        result: Numbers = self._centred @ vector
        return result

    def adjoint(self, vector: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        result: Numbers = self._centred.conj().T @ vector
        return result


class WeightedDerivatives(ExplicitDerivatives):
    """Those of a sample with weights w: centred by the weighted mean, row s times sqrt(n w_s).

    So that sums over its rows are n times weighted means, as they are n times plain means without weights.

    Args:
        derivatives: Of the same configurations, without weights.
        weights: Shape (n_samples,), adding up to 1.
    """

    def __init__(self, derivatives: LogDerivatives, weights: NDArray[np.float64]) -> None:
        self._weights = weights
        self._n_samples = derivatives.n_samples
        self._is_stacked = derivatives.shape[0] != self._n_samples
        parts = np.split(derivatives.matrix(), derivatives.shape[0] // self._n_samples)
        centred = [(part - weights @ part) * np.sqrt(self._n_samples * weights)[:, None] for part in parts]
        self._centred = centred[0] if len(centred) == 1 else np.concatenate(centred)

    def rows(self, values: Numbers) -> Numbers:
        """See ``LogDerivatives``; centred by the weighted mean here."""
        return super().rows((values - self._weights @ values) * np.sqrt(self._n_samples * self._weights))


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

    @property
    def n_samples(self) -> int:
        """See ``LogDerivatives``."""
        return len(self._spins)

    def rows(self, values: Numbers) -> Numbers:
        """See ``LogDerivatives``."""
        return values if np.iscomplexobj(self._t) else values.real

    def matrix(self) -> Numbers:
        """See ``LogDerivatives``."""
        products = (self._t[:, :, None] * self._spins[:, None, :]).reshape(len(self._spins), -1)
        whole = np.concatenate([self._spins.astype(self._t.dtype), self._t, products], axis=1)
        result: Numbers = whole - whole.mean(axis=0)
        return result

    def gram(self) -> Numbers:
        """See ``LogDerivatives``; the constant -1 drops out of the centring."""
        from scipy.linalg.blas import ssyrk

        from physics_engines.nqs import kernels

        gram = lower_product(self._t)
        # Sums of N signs are exact in single precision.
        signs = self._spins.astype(np.float32)
        visible: NDArray[np.float32] = ssyrk(1.0, signs.T, trans=1, lower=1)
        kernels.centred_gram(gram.T, visible.T)
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
