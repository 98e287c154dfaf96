"""The fast path: an RBM evaluated from tables of the Hamiltonian's moves by compiled kernels."""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import kernels
from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.ansatze.rbm import DenseRbm, Rbm
from physics_engines.nqs.derivatives import DenseRbmDerivatives, ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.threads import available_cores, share_out

Numbers = NDArray[np.float64] | NDArray[np.complex128]

_PART = 128
"""Samples given to a core at a time."""
_PART_CONNECTED = 8
"""The same where all configurations connected with them are evaluated."""
_MOVES = 128
"""Connected configurations of one sample held at a time."""


class NumbaBackend:
    """See ``Backend``. The tables hold n_moves x n_hidden numbers and are made once per parameter set."""

    def __init__(self, ansatz: Rbm, hamiltonian: Hamiltonian) -> None:
        self._ansatz = ansatz
        self._hamiltonian = hamiltonian
        self._parameters: Parameters = np.zeros(0)
        self._evaluated: tuple[NDArray[np.int8], Numbers] | None = None

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``; the tables stay where the parameters are those they are of."""
        # A sampler that shares this backend is given the same parameters right after it.
        if np.array_equal(self._parameters, parameters):
            return
        self._parameters, self._evaluated = parameters.copy(), None
        weights = self._ansatz.rbm_weights(parameters)
        moves = self._hamiltonian.moves
        pairs = moves[:, 1] >= 0
        second = np.where(pairs, moves[:, 1], 0)
        columns = cast(Numbers, np.ascontiguousarray(weights.weights.T))
        shift = 2 * (np.where(pairs[:, None], columns[second], 0) - columns[moves[:, 0]])
        visible = 2 * (np.where(pairs, weights.visible[second], 0) - weights.visible[moves[:, 0]])
        with np.errstate(over="ignore", invalid="ignore"):  # a runaway step shows up as a non-finite energy
            self._growth = np.exp(np.stack([shift, -shift], axis=1))
            self._visible = cast(Numbers, np.exp(np.stack([-visible, visible])))
        self._weights = columns
        self._hidden = weights.hidden
        self._bias = weights.visible

    def _angles(self, configurations: NDArray[np.int8]) -> Numbers:
        """Hidden angles theta, shape (..., n_hidden)."""
        with np.errstate(over="ignore", invalid="ignore"):
            angles: Numbers = configurations.astype(np.float64) @ self._weights + self._hidden
            return angles

    def _halves(self, configurations: NDArray[np.int8]) -> Numbers:
        """q and p of ``kernels``, both with all their digits, shape (n_samples, 2, n_hidden).

        Kept for the next call: the derivatives are asked for where the local energies were. Not to be written to.
        """
        if self._evaluated is not None and np.array_equal(configurations, self._evaluated[0]):
            return self._evaluated[1]
        n_samples, n_hidden = len(configurations), len(self._hidden)
        halves = cast(Numbers, np.empty((n_samples, 2, n_hidden), dtype=self._weights.dtype))

        def fill(part: slice) -> None:
            kernels.fill_halves(self._angles(configurations[part]), halves[part])

        share_out(fill, n_samples, _PART)
        self._evaluated = configurations.copy(), halves
        return halves

    def _halves_of(self, theta: Numbers) -> Numbers:
        """The same of hidden angles (..., n_hidden), shape (..., 2, n_hidden)."""
        halves = cast(Numbers, np.empty((*theta.shape[:-1], 2, theta.shape[-1]), dtype=theta.dtype))
        kernels.fill_halves(theta.reshape(-1, theta.shape[-1]), halves.reshape(-1, 2, theta.shape[-1]))
        return halves

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        return self._logs(configurations, self._angles(configurations))

    def _logs(self, configurations: NDArray[np.int8], theta: Numbers) -> Numbers:
        """a . s + sum log cosh theta, without overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            folded = np.where(theta.real < 0, -theta, theta)
            log_cosh = folded + np.log1p(np.exp(-2 * folded)) - np.log(2)
            return cast(Numbers, configurations @ self._bias + log_cosh.sum(axis=-1))

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        return self.sweep_tempered(configurations, uniforms, np.ones(len(configurations)))

    def sweep_tempered(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64], powers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Tempered``."""
        n_chains = len(configurations)
        records = np.empty((n_chains, len(uniforms), configurations.shape[1]), dtype=np.int8)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)
        halves = self._halves_of(self._angles(configurations))

        def move(part: slice) -> None:
            kernels.sweep(
                configurations[part], halves[part], self._hamiltonian.moves,
                self._growth, self._visible,
                np.ascontiguousarray(uniforms[:, part]), records[part], proposed[part], accepted[part], powers[part],
            )  # fmt: skip

        share_out(move, n_chains, -(-n_chains // available_cores()))
        return records, proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        model = self._hamiltonian
        energies = cast(Numbers, np.empty(len(configurations), dtype=self._weights.dtype))
        halves = self._halves(configurations)

        def evaluate(part: slice) -> None:
            kernels.local_energies(
                configurations[part], halves[part], model.bonds, model.zz, model.moves, model.amplitudes,
                self._growth, self._visible, energies[part],
            )  # fmt: skip

        share_out(evaluate, len(configurations), _PART)
        return energies

    def connected(self, configurations: NDArray[np.int8]) -> tuple[Numbers, Numbers]:
        """See ``connected.Connected``; the hidden units after a move follow from those before."""
        model, dtype = self._hamiltonian, self._weights.dtype
        (n_samples, n_sites), n_moves, n_hidden = configurations.shape, len(model.moves), len(self._hidden)
        ratios = cast(Numbers, np.zeros((n_samples, n_moves), dtype=dtype))
        energies = cast(Numbers, np.zeros((n_samples, n_moves), dtype=dtype))
        size = min(n_moves, _MOVES)

        def evaluate(part: slice) -> None:
            reached = np.empty((size, n_sites), dtype=np.int8)
            halves = cast(Numbers, np.empty((size, 2, n_hidden), dtype=dtype))
            ratio, energy = cast(Numbers, np.empty(size, dtype=dtype)), cast(Numbers, np.empty(size, dtype=dtype))
            numbers = np.empty(size, dtype=np.int64)
            here = self._halves_of(self._angles(configurations[part]))
            for start in range(0, n_moves, size):
                block = slice(start, start + size)
                visible = cast(Numbers, np.ascontiguousarray(self._visible[:, block]))
                for row in range(*part.indices(n_samples)):
                    n = kernels.connect(
                        configurations[row], here[row - part.start], model.moves[block], self._growth[block], visible,
                        reached, halves, ratio, numbers,
                    )  # fmt: skip
                    kernels.local_energies(
                        reached[:n], halves[:n], model.bonds, model.zz, model.moves, model.amplitudes,
                        self._growth, self._visible, energy,
                    )  # fmt: skip
                    ratios[row, start + numbers[:n]] = ratio[:n]
                    energies[row, start + numbers[:n]] = energy[:n]

        share_out(evaluate, n_samples, _PART_CONNECTED)
        return ratios, energies

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``."""
        halves = self._halves(configurations)

        def tanh(part: slice) -> Numbers:
            t: Numbers = halves[part, 1] - halves[part, 0]
            return t

        if isinstance(self._ansatz, DenseRbm) and self._ansatz.n_parameters > len(configurations):
            return DenseRbmDerivatives(configurations, tanh(slice(None)))
        shape = len(configurations), self._ansatz.n_parameters
        jacobian = cast(Numbers, np.empty(shape, dtype=halves.dtype))

        def fill(part: slice) -> None:
            jacobian[part] = self._ansatz.rbm_jacobian(configurations[part], tanh(part))

        share_out(fill, len(configurations), _PART)
        return ExplicitDerivatives(jacobian, is_given=True)
