"""The reference path in plain torch: any ansatz with a ``log_psi``, on any device, with nothing but ``log_psi``."""

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.hamiltonian import Hamiltonian

Numbers = NDArray[np.float64] | NDArray[np.complex128]
_CHUNK = 2**22
"""Numbers of connected configurations held at a time."""


class TorchBackend:
    """See ``Backend``.

    Raises:
        InvalidInput: There is no such device.
    """

    def __init__(self, ansatz: Ansatz, hamiltonian: Hamiltonian, device: str = "cpu") -> None:
        import torch

        self._torch = torch
        self._ansatz = ansatz
        self._dtype = torch.complex128 if ansatz.is_complex else torch.float64
        try:
            self._device = torch.device(device)
            torch.empty(0, device=self._device)
        except (RuntimeError, AssertionError) as error:
            raise InvalidInput(f"there is no device {device!r} here") from error
        self._moves = torch.as_tensor(hamiltonian.moves, device=self._device)
        self._amplitudes = torch.as_tensor(hamiltonian.amplitudes, device=self._device)
        self._bonds = torch.as_tensor(hamiltonian.bonds, device=self._device)
        self._zz = torch.as_tensor(hamiltonian.zz, device=self._device)
        self._z = None if hamiltonian.z is None else torch.as_tensor(hamiltonian.z, device=self._device)
        self._constant = hamiltonian.constant
        self._is_fermionic = hamiltonian.is_fermionic

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``."""
        self._parameters = self._torch.as_tensor(parameters, dtype=self._dtype, device=self._device)

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """log psi of configurations (..., n_sites), shape (...)."""
        spins = self._torch.as_tensor(configurations, device=self._device).to(self._dtype)
        values: Numbers = self._ansatz.log_psi(self._parameters, spins).cpu().numpy()
        return values

    def sweep(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Backend``; all chains move together."""
        torch = self._torch
        spins = torch.as_tensor(configurations, device=self._device).to(self._dtype)
        n_chains = len(spins)
        chains = torch.arange(n_chains, device=self._device)
        n_moves = len(self._moves)
        proposed = torch.zeros(n_chains, dtype=torch.int64, device=self._device)
        accepted = torch.zeros_like(proposed)
        current = self._ansatz.log_psi(self._parameters, spins)
        records = []
        for block in torch.as_tensor(uniforms, device=self._device):
            for step in range(block.shape[1]):
                scaled = block[:, step] * n_moves
                move = scaled.long().clamp(max=n_moves - 1)
                first, second = self._moves[move].T
                is_flip = second < 0
                changes = is_flip | (spins[chains, first] != spins[chains, second.clamp(min=0)])
                trial = spins.clone()
                trial[chains, first] *= -1
                other = torch.where(is_flip, first, second)
                trial[chains, other] = torch.where(is_flip, trial[chains, other], -trial[chains, other])
                log_psi = self._ansatz.log_psi(self._parameters, trial)
                accept = changes & (scaled - move < torch.exp(2 * (log_psi - current).real))
                spins = torch.where(accept[:, None], trial, spins)
                current = torch.where(accept, log_psi, current)
                proposed += changes
                accepted += accept
            records.append(spins.real.to(torch.int8).cpu().numpy())
        configurations[...] = records[-1]
        return np.stack(records, axis=1), proposed.cpu().numpy(), accepted.cpu().numpy()

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``; every connected configuration is built and evaluated."""
        torch = self._torch
        n_moves, n_sites = len(self._moves), configurations.shape[1]
        flips = torch.ones((n_moves, n_sites), dtype=torch.int8, device=self._device)
        rows = torch.arange(n_moves, device=self._device)
        flips[rows, self._moves[:, 0]] = -1
        is_pair = self._moves[:, 1] >= 0
        flips[rows[is_pair], self._moves[is_pair, 1]] = -1
        size = max(1, _CHUNK // (n_moves * n_sites))
        parts = []
        for chunk in torch.as_tensor(configurations, device=self._device).split(size):
            spins = chunk.to(torch.float64)
            diagonal = self._constant + (spins[:, self._bonds[:, 0]] * spins[:, self._bonds[:, 1]]) @ self._zz
            if self._z is not None:
                diagonal = diagonal + spins @ self._z
            second = self._moves[:, 1].clamp(min=0)
            connected = ~is_pair | (chunk[:, self._moves[:, 0]] != chunk[:, second])
            here = self._ansatz.log_psi(self._parameters, chunk.to(self._dtype))
            there = self._ansatz.log_psi(self._parameters, (chunk[:, None, :] * flips).to(self._dtype))
            ratios = torch.where(connected, torch.exp(there - here[:, None]), 0)
            if self._is_fermionic:
                # Particles up to and including each unit; those strictly between the two of a hop decide its sign.
                count = torch.cumsum(chunk > 0, dim=1)
                low, high = self._moves.amin(dim=1), self._moves.amax(dim=1)
                ratios = ratios * (1 - 2 * ((count[:, high - 1] - count[:, low]) % 2))
            parts.append(diagonal + (ratios * self._amplitudes).sum(dim=1))
        energies: Numbers = torch.cat(parts).cpu().numpy()
        # A real wave function may come with the complex logarithm of its sign.
        return energies if self._ansatz.is_complex else np.ascontiguousarray(energies.real)

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """See ``Backend``; per-sample gradients by reverse-mode differentiation."""
        torch = self._torch
        spins = torch.as_tensor(configurations, device=self._device).to(self._dtype)

        def real_part(parameters: "torch.Tensor", spin: "torch.Tensor") -> "torch.Tensor":  # type: ignore[name-defined]
            return self._ansatz.log_psi(parameters, spin).real

        gradient = torch.func.vmap(torch.func.grad(real_part), in_dims=(None, 0))
        parts = [gradient(self._parameters, chunk) for chunk in spins.split(256)]
        # For holomorphic log psi torch's gradient of the real part is the conjugate of d log psi / d w.
        return ExplicitDerivatives(torch.cat(parts).conj().resolve_conj().cpu().numpy())
