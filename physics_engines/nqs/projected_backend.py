"""The fast path of projected RBMs: one set of tables for all images of a configuration."""

from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import projected_kernels
from physics_engines.nqs.ansatze.projected import Projected
from physics_engines.nqs.ansatze.rbm import Rbm
from physics_engines.nqs.connected import connected_plainly
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.numba_backend import NumbaBackend, Numbers
from physics_engines.nqs.threads import available_cores, share_out

_BLOCK = 2**18
"""Hidden activations a core works on at a time: what stays in its cache."""
_MOST = 128
"""Samples given to a core at a time, at most."""
_NODE = 1e-13
"""Amplitudes that cancel to less than this share count as this share, so that a chain leaves a node at once."""


class ProjectedBackend(NumbaBackend):
    """See ``Backend``."""

    def __init__(self, ansatz: Projected, hamiltonian: Hamiltonian) -> None:
        if not isinstance(ansatz.base, Rbm):
            raise TypeError("the compiled path of a projection takes restricted Boltzmann machines")
        moves, self._moved, self._sites = _images_of_moves(hamiltonian.moves, ansatz.projection.permutations)
        super().__init__(ansatz.base, replace(hamiltonian, moves=moves))  # tables of the images' moves as well
        self._model = hamiltonian
        self._projection = ansatz.projection

    def _prepare(self, configurations: NDArray[np.int8]) -> tuple[NDArray[np.int8], Numbers, Numbers]:
        """Images (n, n_images, n_sites), their hidden angles (n, n_images, n_hidden) and shares (n, n_images)."""
        images = self._projection.images(configurations)
        theta = self._angles(images)
        logs = self._logs(images, theta)
        coefficients: Numbers = self._projection.coefficients
        if not np.iscomplexobj(logs):
            coefficients = coefficients.real
        with np.errstate(over="ignore", invalid="ignore"):
            terms = coefficients * np.exp(logs - logs.real.max(axis=-1, keepdims=True))
        total = terms.sum(axis=-1, keepdims=True)
        size = np.abs(total)
        total = np.where(size < _NODE, _NODE, total)
        return images, theta, cast(Numbers, terms / total)

    def sweep_tempered(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64], powers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Tempered``."""
        n_chains = len(configurations)
        records = np.empty((n_chains, len(uniforms), configurations.shape[1]), dtype=np.int8)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)
        _, theta, shares = self._prepare(configurations)
        halves = self._halves_of(theta)

        def move(part: slice) -> None:
            projected_kernels.sweep(
                configurations[part], halves[part], shares[part], self._model.moves,
                self._moved, self._sites, self._projection.flips,
                self._growth, self._visible,
                np.ascontiguousarray(uniforms[:, part]), records[part], proposed[part], accepted[part], powers[part],
            )  # fmt: skip

        share_out(move, n_chains, -(-n_chains // available_cores()))
        return records, proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        model = self._model
        energies = cast(Numbers, np.empty(len(configurations), dtype=self._weights.dtype))

        def evaluate(part: slice) -> None:
            _, theta, shares = self._prepare(configurations[part])
            projected_kernels.local_energies(
                configurations[part], self._halves_of(theta), shares,
                model.bonds, model.zz, model.moves, model.amplitudes,
                self._moved, self._sites, self._projection.flips,
                self._growth, self._visible, energies[part],
            )  # fmt: skip

        share_out(evaluate, len(configurations), self._part)
        return energies

    def connected(self, configurations: NDArray[np.int8]) -> tuple[Numbers, Numbers]:
        """See ``connected.Connected``; the images have no tables of their own neighbours."""
        return connected_plainly(self, self._model, configurations)

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``; the derivatives of the images, weighted by their shares."""
        shape = (len(configurations), self._ansatz.n_parameters)
        jacobian = cast(Numbers, np.zeros(shape, dtype=self._weights.dtype))

        def differentiate(part: slice) -> None:
            images, theta, shares = self._prepare(configurations[part])
            t = np.tanh(theta)
            for number in range(images.shape[1]):
                rows = self._ansatz.rbm_jacobian(
                    np.ascontiguousarray(images[:, number]), np.ascontiguousarray(t[:, number])
                )
                jacobian[part] += shares[:, number, None] * rows

        share_out(differentiate, len(configurations), self._part)
        return ExplicitDerivatives(jacobian)

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """log psi_P of configurations (n_samples, n_sites), complex where amplitudes have signs."""
        images = self._projection.images(configurations)
        logs = self._logs(images, self._angles(images))
        top = logs.real.max(axis=-1)
        terms = self._projection.coefficients * np.exp(logs - top[:, None])
        with np.errstate(divide="ignore"):
            return cast(Numbers, top + np.log(terms.sum(axis=-1)))

    @property
    def _part(self) -> int:
        """Samples evaluated at a time."""
        n_activations = len(self._projection.flips) * len(self._hidden)
        return max(1, min(_MOST, _BLOCK // n_activations))


def _images_of_moves(
    moves: NDArray[np.int64], permutations: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The moves and all their images; for each element g and move m the number of the move g^-1(m) among them, and the
    site g(its first site), both of shape (n_elements, n_moves).
    """
    numbers = {(min(i, j), max(i, j)): number for number, (i, j) in enumerate(moves.tolist())}
    whole = moves.tolist()
    moved = np.empty((len(permutations), len(moves)), dtype=np.int64)
    for row, inverse in zip(moved, np.argsort(permutations, axis=1), strict=True):
        first = inverse[moves[:, 0]]
        second = np.where(moves[:, 1] < 0, -1, inverse[moves[:, 1]])
        for column, (i, j) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            pair = (min(i, j), max(i, j))
            if pair not in numbers:
                numbers[pair] = len(whole)
                whole.append([i, j])
            row[column] = numbers[pair]
    images = np.array(whole, dtype=np.int64)
    sites = np.take_along_axis(permutations, images[:, 0][moved], axis=1)
    return images, moved, np.ascontiguousarray(sites)
