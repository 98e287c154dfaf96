"""The fast path of pair-product states: tableaux of determinant ratios and tables of the RBM, compiled."""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from physics_engines.nqs import pair_kernels
from physics_engines.nqs.ansatze.base import Parameters
from physics_engines.nqs.ansatze.pair_product import PairState
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.evaluator import Evaluator
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.threads import available_cores, share_out

Reals = NDArray[np.float64]

_PART = 64
"""Samples given to a core at a time."""


class PairBackend:
    """See ``Backend``.

    Attributes:
        worst_deviation: Largest relative deviation so far of an updated amplitude from a fresh one.
    """

    def __init__(self, ansatz: PairState, hamiltonian: Hamiltonian) -> None:
        self._ansatz = ansatz
        self._hamiltonian = hamiltonian
        self.worst_deviation = 0.0
        # Kernels are compiled for a layout; another one would be compiled for as well, for twenty seconds.
        self._gather = np.ascontiguousarray(ansatz.gather())
        self._characters = np.ascontiguousarray(ansatz.characters(), dtype=np.float64)
        self._moves = np.ascontiguousarray(hamiltonian.moves)
        self._moved, self._turned = self._moves_of_images()
        self._signs = self._move_signs()
        self._plain = Evaluator(ansatz)
        self._known: tuple[NDArray[np.int8], Reals] | None = None

    def _moves_of_images(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """For each image the move its units go to, and whether they change places."""
        n = self._ansatz.n_sites
        number = {(int(i), int(j)): m for m, (i, j) in enumerate(self._moves)}
        shape = (len(self._ansatz.images.permutations), len(self._moves))
        moved, turned = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.bool_)
        for g, permutation in enumerate(self._ansatz.images.permutations):
            units = np.concatenate([permutation + species * n for species in range(self._ansatz.n_species)])
            for m, (i, j) in enumerate(units[self._moves]):
                straight = number.get((int(i), int(j)))
                turned[g, m] = straight is None
                moved[g, m] = number[(int(j), int(i))] if straight is None else straight
        return moved, turned

    def _move_signs(self) -> Reals:
        """psi'/psi over det'/det: -1 for an exchange of spins, times the Marshall sign of the bond."""
        signs = np.ones(len(self._moves))
        if self._ansatz.is_spin:
            signs = -signs
            if self._ansatz.sublattice is not None:
                signs = signs * self._ansatz.sublattice[self._moves].prod(axis=1)
        return signs

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        phi, orbitals, bias, weights = self._ansatz.split(cast(Reals, parameters))
        permutations = self._ansatz.images.permutations
        n, n_images = self._ansatz.n_sites, len(permutations)
        if self._ansatz.n_down:
            f = self._ansatz.orbits.matrix(phi)
            self._f = np.ascontiguousarray(f[permutations[:, :, None], permutations[:, None, :]])
        else:
            self._f = np.zeros((n_images, n, 0))
        self._orbitals = np.ascontiguousarray(orbitals[permutations])
        self._weights = np.ascontiguousarray(weights)
        self._bias = np.zeros(len(weights)) if bias is None else np.ascontiguousarray(bias)
        # Columns of the full weights: hidden unit (feature, T) sees unit v through the weight that T brings there.
        full = np.zeros((self._ansatz.n_units, len(weights), self._gather.shape[1]))
        for t, units in enumerate(self._identity_gather()):
            full[units, :, t] = weights.T
        columns = full.reshape(self._ansatz.n_units, -1)
        shift = 2 * (columns[self._moves[:, 1]] - columns[self._moves[:, 0]])
        with np.errstate(over="ignore", invalid="ignore"):
            self._growth = np.exp(np.stack([shift, -shift], axis=1))
        self._known = None
        self._plain.set_parameters(parameters)

    def _identity_gather(self) -> NDArray[np.int64]:
        n = self._ansatz.n_sites
        translations = self._ansatz.translations
        return np.concatenate([translations + species * n for species in range(self._ansatz.n_species)], axis=1)

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: Reals
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        ansatz, n_chains = self._ansatz, len(configurations)
        records = np.empty((n_chains, len(uniforms), configurations.shape[1]), dtype=np.int8)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)

        def move(part: slice) -> float:
            return pair_kernels.sweep(
                configurations[part], ansatz.is_spin, ansatz.n_up, ansatz.n_down,
                self._f, self._orbitals, self._characters, self._gather, self._weights, self._bias,
                self._moves, self._moved, self._turned,
                self._growth,
                np.ascontiguousarray(uniforms[:, part]), records[part], proposed[part], accepted[part],
            )  # fmt: skip

        deviations = share_out(move, n_chains, -(-n_chains // available_cores()))
        self.worst_deviation = max(self.worst_deviation, *deviations)
        return records, proposed, accepted

    def _evaluate(self, configurations: NDArray[np.int8], n_derivatives: int) -> tuple[Reals, Reals]:
        """Local energies, and derivatives of the first so many configurations: all of them, or none."""
        ansatz, n_samples = self._ansatz, len(configurations)
        energies, logs = np.empty(n_samples), np.empty(n_samples)
        n_columns = ansatz.n_parameters + (0 if ansatz.has_bias else ansatz.n_features)
        derivatives = np.empty((n_derivatives, n_columns))

        def evaluate(part: slice) -> None:
            pair_kernels.evaluate(
                configurations[part], ansatz.is_spin, ansatz.n_up, ansatz.n_down,
                self._f, self._orbitals, self._characters, self._gather, self._weights, self._bias,
                self._moves, self._signs, self._moved, self._turned,
                self._growth,
                self._hamiltonian.amplitudes, ansatz.orbits.orbit, ansatz.orbits.sign, ansatz.images.permutations,
                ansatz.n_orbits,
                energies[part], derivatives[part], logs[part],
            )  # fmt: skip

        share_out(evaluate, n_samples, _PART)
        return energies + self._hamiltonian.diagonal(configurations), derivatives

    def log_psi(self, configurations: NDArray[np.int8]) -> NDArray[np.complex128]:
        """See ``Backend``; by the plain path."""
        values = self._plain.log_psi(torch.as_tensor(configurations))
        return np.asarray(values.numpy(), dtype=np.complex128)

    def local_energies(self, configurations: NDArray[np.int8]) -> Reals:
        """See ``Backend``; kept from the derivatives where those of the same configurations were asked for before."""
        if self._known is not None and np.array_equal(self._known[0], configurations):
            return self._known[1]
        return self._evaluate(configurations, 0)[0]

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``; the local energies come with them, at little cost beside that of the determinants."""
        energies, derivatives = self._evaluate(configurations, len(configurations))
        self._known = configurations.copy(), energies
        ansatz = self._ansatz
        if not ansatz.has_bias:
            first = ansatz.n_orbits + ansatz.n_sites * ansatz.n_fixed
            derivatives = np.delete(derivatives, slice(first, first + ansatz.n_features), axis=1)
        return ExplicitDerivatives(derivatives)
