"""The general path: any ansatz with a ``log_psi``, on any device."""

import numpy as np
import torch
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.derivatives import LogDerivatives
from physics_engines.nqs.evaluator import Evaluator
from physics_engines.nqs.hamiltonian import Hamiltonian

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_CODED_SITES = 62
"""Up to so many sites a configuration is one integer, and equal ones are found by sorting."""
_BLOCK = 2**24
"""Numbers of connected configurations held at a time."""


class TorchBackend:
    """See ``Backend``.

    Raises:
        InvalidInput: There is no such device.
    """

    def __init__(self, ansatz: Ansatz, hamiltonian: Hamiltonian, device: str = "cpu") -> None:
        self._evaluator = Evaluator(ansatz, device)
        self._has_phase = ansatz.is_complex or ansatz.has_complex_amplitude
        self._device = self._evaluator.device
        self._moves = torch.as_tensor(hamiltonian.moves, device=self._device)
        self._amplitudes = torch.as_tensor(hamiltonian.amplitudes, device=self._device)
        self._bonds = torch.as_tensor(hamiltonian.bonds, device=self._device)
        self._zz = torch.as_tensor(hamiltonian.zz, device=self._device)
        self._z = None if hamiltonian.z is None else torch.as_tensor(hamiltonian.z, device=self._device)
        self._constant = hamiltonian.constant
        self._is_fermionic = hamiltonian.is_fermionic
        n_moves, self._n_sites = len(self._moves), hamiltonian.n_units
        self._is_pair = self._moves[:, 1] >= 0
        self._flips = torch.ones((n_moves, self._n_sites), dtype=torch.int8, device=self._device)
        rows = torch.arange(n_moves, device=self._device)
        self._flips[rows, self._moves[:, 0]] = -1
        self._flips[rows[self._is_pair], self._moves[self._is_pair, 1]] = -1

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        self._evaluator.set_parameters(parameters)

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """log psi of configurations (..., n_sites), shape (...)."""
        spins = torch.as_tensor(configurations, device=self._device)
        values = self._evaluator.log_psi(spins.reshape(-1, self._n_sites))
        found: Numbers = values.cpu().numpy().reshape(configurations.shape[:-1])
        return found

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``."""
        return self.sweep_tempered(configurations, uniforms, np.ones(len(configurations)))

    def sweep_tempered(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64], powers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Tempered``; all chains move together, and only moves that change something are evaluated."""
        spins = torch.as_tensor(configurations, device=self._device).to(self._evaluator.dtype)
        n_chains, n_moves = len(spins), len(self._moves)
        proposed = torch.zeros(n_chains, dtype=torch.int64, device=self._device)
        accepted = torch.zeros_like(proposed)
        current = self._evaluator.log_psi(spins).real
        flips = self._flips.to(spins.dtype)
        scaled = torch.as_tensor(uniforms, device=self._device) * n_moves
        moves = scaled.long().clamp(max=n_moves - 1)
        # |psi'/psi|^(2 beta) > u where 2 beta (log psi' - log psi) > log u.
        thresholds = torch.log(scaled - moves) / (2 * torch.as_tensor(powers, device=self._device)[:, None])
        first, second = self._moves[:, 0], torch.where(self._is_pair, self._moves[:, 1], self._moves[:, 0])
        records = []
        for record in range(len(uniforms)):
            for step in range(uniforms.shape[2]):
                move = moves[record, :, step]
                here = spins.gather(1, first[move][:, None])[:, 0]
                there = spins.gather(1, second[move][:, None])[:, 0]
                chains = ((here != there) | ~self._is_pair[move]).nonzero()[:, 0]
                trial = spins[chains] * flips[move[chains]]
                values = self._evaluator.log_psi(trial).real
                accept = values - current[chains] > thresholds[record, chains, step]
                proposed[chains] += 1
                moved = chains[accept]
                accepted[moved] += 1
                spins[moved] = trial[accept]
                current[moved] = values[accept]
            records.append(spins.real.to(torch.int8).cpu().numpy())
        configurations[...] = records[-1]
        return np.stack(records, axis=1), proposed.cpu().numpy(), accepted.cpu().numpy()

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``; each configuration that occurs is evaluated once."""
        size = max(1, _BLOCK // (len(self._moves) * self._n_sites))
        chunks = torch.split(torch.as_tensor(configurations, device=self._device), size)
        parts = [self._local_energies(chunk) for chunk in chunks]
        whole = torch.cat(parts)
        # A real wave function of both signs has a complex logarithm, but real local energies.
        energies: Numbers = (whole if self._has_phase else whole.real).cpu().numpy()
        return energies

    def _local_energies(self, spins: torch.Tensor) -> torch.Tensor:
        products = (spins[:, self._bonds[:, 0]] * spins[:, self._bonds[:, 1]]).to(torch.float64)
        diagonal = self._constant + products @ self._zz
        if self._z is not None:
            diagonal = diagonal + spins.to(torch.float64) @ self._z
        connected = ~self._is_pair | (spins[:, self._moves[:, 0]] != spins[:, self._moves[:, 1]])
        sample, move = connected.nonzero().T
        if self._n_sites <= _CODED_SITES:
            powers = 2 ** torch.arange(self._n_sites, device=self._device)
            codes = ((spins > 0) * powers).sum(dim=1)
            masks = ((self._flips < 0) * powers).sum(dim=1)
            unique, index = torch.unique(torch.cat([codes, codes[sample] ^ masks[move]]), return_inverse=True)
            occurring = 2 * ((unique[:, None] & powers) > 0).to(torch.int8) - 1
            values = self._evaluator.log_psi(occurring)[index]
        else:
            values = self._evaluator.log_psi(torch.cat([spins, spins[sample] * self._flips[move]]))
        here, there = values[: len(spins)], values[len(spins) :]
        ratios = torch.exp(there - here[sample]) * self._amplitudes[move]
        if self._is_fermionic:
            # Particles up to and including each unit; those strictly between the two of a hop decide its sign.
            count = torch.cumsum(spins > 0, dim=1)
            low, high = self._moves.amin(dim=1)[move], self._moves.amax(dim=1)[move]
            ratios = ratios * (1 - 2 * ((count[sample, high - 1] - count[sample, low]) % 2))
        return diagonal.to(ratios.dtype).index_add(0, sample, ratios)

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``."""
        return self._evaluator.derivatives(configurations)
