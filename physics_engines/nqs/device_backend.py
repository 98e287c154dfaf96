"""The tables of ``kernels`` on any torch device: all chains move together, without a word to the host between steps.

Every step has the same shapes and no branch, so that on a GPU its arithmetic can be fused into few kernels and the
steps of a sweep are queued one after another. A proposal costs O(alpha N), as on the CPU.
"""

from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from physics_engines.nqs.ansatze import Parameters
from physics_engines.nqs.ansatze.rbm import Rbm
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.torch_backend import Numbers, TorchBackend

_BLOCK = 2**24
"""Hidden units of connected configurations held at a time."""


class DeviceRbmBackend(TorchBackend):
    """See ``Backend``; for an RBM.

    Raises:
        InvalidInput: There is no such device.
    """

    def __init__(self, ansatz: Rbm, hamiltonian: Hamiltonian, device: str) -> None:
        super().__init__(ansatz, hamiltonian, device)
        self._rbm = ansatz
        self._second = torch.where(self._is_pair, self._moves[:, 1], self._moves[:, 0])
        # Triton, which the fused kernels need, comes with torch for CUDA.
        is_compiled = self._device.type == "cuda"
        self._step = torch.compile(_step) if is_compiled else _step
        self._ratios = torch.compile(_ratios, dynamic=True) if is_compiled else _ratios

    def set_parameters(self, parameters: Parameters) -> None:
        """See ``Backend``; the tables are made on the device."""
        super().set_parameters(parameters)
        found = self._rbm.rbm_weights(parameters)
        weights, hidden, bias = (
            torch.as_tensor(array, device=self._device) for array in (found.weights.T, found.hidden, found.visible)
        )
        first, second, pair = self._moves[:, 0], self._second, self._is_pair[:, None]
        shift = 2 * (torch.where(pair, weights[second], 0) - weights[first])
        visible = 2 * (torch.where(self._is_pair, bias[second], 0) - bias[first])
        self._weights, self._hidden, self._bias = weights, hidden, bias
        self._growth = torch.exp(torch.stack([shift, -shift], dim=1))
        self._visible = torch.exp(torch.stack([-visible, visible]))

    def _halves(self, spins: torch.Tensor) -> torch.Tensor:
        """q and p of ``kernels`` of configurations (n, n_sites), shape (n, 2, n_hidden)."""
        theta = spins.to(self._weights.dtype) @ self._weights + self._hidden
        is_negative = theta.real < 0
        decayed = torch.exp(torch.where(is_negative, 2 * theta, -2 * theta))
        larger = 1 / (1 + decayed)
        smaller = decayed * larger
        return torch.stack([torch.where(is_negative, larger, smaller), torch.where(is_negative, smaller, larger)], 1)

    def sweep_tempered(
        self, configurations: NDArray[np.int8], uniforms: NDArray[np.float64], powers: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]:
        """See ``Tempered``."""
        spins = torch.as_tensor(configurations, device=self._device).to(torch.float64)
        halves = self._halves(spins)
        n_moves = len(self._moves)
        scaled = torch.as_tensor(uniforms, device=self._device) * n_moves
        moves = scaled.long().clamp(max=n_moves - 1)
        thresholds = scaled - moves
        exponents = torch.as_tensor(powers, device=self._device)
        counts = torch.zeros((2, len(spins)), dtype=torch.int64, device=self._device)
        records = []
        for record in range(len(uniforms)):
            for step in range(uniforms.shape[2]):
                spins, halves, counts = self._step(
                    spins, halves, counts, moves[record, :, step], thresholds[record, :, step], exponents,
                    self._moves[:, 0], self._second, self._is_pair, self._flips, self._growth, self._visible,
                )  # fmt: skip
            records.append(spins.to(torch.int8))
        configurations[...] = records[-1].cpu().numpy()
        proposed, accepted = counts.cpu().numpy()
        return torch.stack(records, dim=1).cpu().numpy(), proposed, accepted

    def local_energies(self, configurations: NDArray[np.int8]) -> Numbers:
        """See ``Backend``; a product over the hidden units for each move, no connected configuration."""
        size = max(1, _BLOCK // (len(self._moves) * self._growth.shape[2]))
        chunks = torch.split(torch.as_tensor(configurations, device=self._device), size)
        return cast(Numbers, torch.cat([self._energies_by_tables(chunk) for chunk in chunks]).cpu().numpy())

    def _energies_by_tables(self, spins: torch.Tensor) -> torch.Tensor:
        products = (spins[:, self._bonds[:, 0]] * spins[:, self._bonds[:, 1]]).to(torch.float64)
        first = spins[:, self._moves[:, 0]]
        connected = ~self._is_pair | (first != spins[:, self._second])
        ratios = self._ratios(self._halves(spins), first > 0, self._growth, self._visible)
        off = torch.where(connected, ratios * self._amplitudes, 0).sum(dim=1)
        return off + self._constant + products @ self._zz


def _ratios(halves: torch.Tensor, is_up: torch.Tensor, growth: torch.Tensor, visible: torch.Tensor) -> torch.Tensor:
    """psi(s')/psi(s) for each move, shape (n, n_moves), from halves (n, 2, n_hidden) and first spins (n, n_moves)."""
    up, down, sign = halves[:, None, 1], halves[:, None, 0], is_up[:, :, None]
    factors = torch.where(sign, up, down) * growth[:, 0] + torch.where(sign, down, up) * growth[:, 1]
    return factors.prod(dim=2) * torch.where(is_up, visible[1], visible[0])


def _step(
    spins: torch.Tensor,
    halves: torch.Tensor,
    counts: torch.Tensor,
    move: torch.Tensor,
    threshold: torch.Tensor,
    power: torch.Tensor,
    first: torch.Tensor,
    second: torch.Tensor,
    is_pair: torch.Tensor,
    flips: torch.Tensor,
    growth: torch.Tensor,
    visible: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One proposal for each chain: spins (n, n_sites), halves (n, 2, n_hidden), counts (2, n) after it."""
    here = spins.gather(1, first[move][:, None])[:, 0]
    there = spins.gather(1, second[move][:, None])[:, 0]
    changes = (here != there) | ~is_pair[move]
    is_up = (here > 0)[:, None]
    table = growth[move]
    grown = table[:, 0] * torch.where(is_up, halves[:, 1], halves[:, 0])
    shrunk = table[:, 1] * torch.where(is_up, halves[:, 0], halves[:, 1])
    factor = grown + shrunk
    ratio = factor.prod(dim=1) * torch.where(is_up[:, 0], visible[1][move], visible[0][move])
    accept = changes & (threshold < (ratio * ratio.conj()).real ** power)
    grown, shrunk = grown / factor, shrunk / factor
    after = torch.stack([torch.where(is_up, shrunk, grown), torch.where(is_up, grown, shrunk)], dim=1)
    return (
        torch.where(accept[:, None], spins * flips[move], spins),
        torch.where(accept[:, None, None], after, halves),
        counts + torch.stack([changes, accept]),
    )
