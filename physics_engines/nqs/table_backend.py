"""Small systems: all amplitudes in a table, computed once per parameter set; chains and energies only look them up.

With 16 spins there are 12 870 configurations in S^z = 0, fewer than the proposals of one iteration; where the
amplitude is translation invariant, fewer than a thousand have to be evaluated.
"""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from physics_engines.nqs import table_kernels as kernels
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.ansatze.base import Even, Invariant
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.evaluator import Evaluator
from physics_engines.nqs.exact import as_configurations, sector_states
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.table_size import table_size

Numbers = NDArray[np.float64] | NDArray[np.complex128]


def fits_table(ansatz: Ansatz, hamiltonian: Hamiltonian) -> bool:
    """Whether a table is the cheaper way."""
    # Hops have signs that the table does not know.
    return not hamiltonian.is_fermionic and table_size(ansatz, hamiltonian.n_sites, hamiltonian.n_up) is not None


class TableBackend:
    """See ``Backend``; on the CPU."""

    def __init__(self, ansatz: Ansatz, hamiltonian: Hamiltonian) -> None:
        self._evaluator = Evaluator(ansatz)
        self._parameters: Parameters = np.zeros(0)
        self._hamiltonian = hamiltonian
        n = hamiltonian.n_sites
        self._bits = np.int64(1) << np.arange(n, dtype=np.int64)
        states = sector_states(hamiltonian)
        spins = as_configurations(states, n) > 0
        lowest = states
        for permutation in ansatz.invariances if isinstance(ansatz, Invariant) else ():
            lowest = np.minimum(lowest, spins @ self._bits[permutation])
            if isinstance(ansatz, Even) and ansatz.is_even:
                lowest = np.minimum(lowest, ~spins @ self._bits[permutation])
        representatives, numbers = np.unique(lowest, return_inverse=True)
        self._representatives = as_configurations(representatives, n)
        self._place = np.zeros(2**n, dtype=np.int64)
        self._place[states] = numbers
        self._masks = np.where(hamiltonian.moves >= 0, self._bits[hamiltonian.moves], 0).sum(axis=1)

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``; the table stays where the parameters are those it is of."""
        # A sampler that shares this backend is given the same parameters right after it.
        if np.array_equal(self._parameters, parameters):
            return
        self._parameters = parameters.copy()
        self._evaluator.set_parameters(parameters)
        self._log_psi: Numbers = self._evaluator.log_psi(torch.as_tensor(self._representatives)).numpy()
        self._log_modulus = np.ascontiguousarray(self._log_psi.real)

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        result: Numbers = self._log_psi[self._place[self._codes(configurations)]]
        return result

    def _codes(self, configurations: NDArray[np.int8]) -> NDArray[np.int64]:
        return cast(NDArray[np.int64], (configurations > 0) @ self._bits)

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        codes, n_chains = self._codes(configurations), len(configurations)
        records = np.empty((n_chains, len(uniforms)), dtype=np.int64)
        proposed, accepted = np.zeros(n_chains, dtype=np.int64), np.zeros(n_chains, dtype=np.int64)
        kernels.sweep(
            codes, self._place, self._log_modulus, self._hamiltonian.moves, self._masks, uniforms, records, proposed,
            accepted,
        )  # fmt: skip
        found = as_configurations(records.ravel(), configurations.shape[1])
        found = found.reshape(n_chains, len(uniforms), -1)
        configurations[...] = found[:, -1]
        return found, proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``."""
        model = self._hamiltonian
        energies = cast(Numbers, np.empty(len(configurations), dtype=self._log_psi.dtype))
        kernels.local_energies(
            self._codes(configurations), self._place, self._log_psi, model.bonds, model.zz, model.moves, self._masks,
            model.amplitudes, energies,
        )  # fmt: skip
        return energies

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``; of each representative once."""
        places, numbers = np.unique(self._place[self._codes(configurations)], return_inverse=True)
        real, imaginary = self._evaluator.jacobian(self._representatives[places])
        return ExplicitDerivatives(real[numbers], None if imaginary is None else imaginary[numbers])
