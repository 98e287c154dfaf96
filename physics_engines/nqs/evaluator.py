"""log psi and its derivatives by torch: in chunks, on any device, with nothing but ``log_psi`` of the ansatz."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.ansatze.base import Prepared
from physics_engines.nqs.derivatives import ExplicitDerivatives, LogDerivatives
from physics_engines.nqs.threads import available_cores

Real = NDArray[np.float64]
Numbers = NDArray[np.float64] | NDArray[np.complex128]
_S = TypeVar("_S")
_T = TypeVar("_T")
_CHUNK = {"cpu": 128}
"""Configurations evaluated at a time, by type of device: on a CPU what stays in its cache."""
_LARGE_CHUNK = 2**15


class Evaluator:
    """Evaluates one ansatz.

    On the CPU the chunks are shared out among threads, each of which computes on its own. Where a chunk begins does
    not depend on how many threads there are, so neither do the bits.

    Args:
        ansatz: The wave function.
        device: Torch device.

    Raises:
        InvalidInput: There is no such device.
    """

    def __init__(self, ansatz: Ansatz, device: str = "cpu") -> None:
        self._ansatz = ansatz
        self.dtype = torch.complex128 if ansatz.is_complex else torch.float64
        try:
            self.device = torch.device(device)
            torch.empty(0, device=self.device)
        except (RuntimeError, AssertionError) as error:
            raise InvalidInput(f"there is no device {device!r} here") from error
        self._chunk = _CHUNK.get(self.device.type, _LARGE_CHUNK)
        n_threads = available_cores() if self.device.type == "cpu" else 1
        self._pool = _pool(n_threads) if n_threads > 1 else None

    def set_parameters(self, parameters: Parameters) -> None:
        """Use these parameters from now on."""
        self._parameters = torch.as_tensor(parameters, dtype=self.dtype, device=self.device)
        if isinstance(self._ansatz, Prepared):
            self._function = self._ansatz.prepare(self._parameters)
        else:
            self._function = lambda spins: self._ansatz.log_psi(self._parameters, spins)

    def log_psi(self, spins: torch.Tensor) -> torch.Tensor:
        """log psi of configurations (n, n_sites) of any real dtype, shape (n,)."""
        if len(spins) == 0:
            has_phase = self._ansatz.is_complex or self._ansatz.has_complex_amplitude
            return spins.new_zeros(0, dtype=torch.complex128 if has_phase else torch.float64)
        first = self._function(spins[: self._chunk].to(self.dtype))
        values = first.new_empty(len(spins))
        values[: len(first)] = first

        def fill(start: int) -> None:
            part = slice(start, start + self._chunk)
            # Small results kept apart would pin the large blocks of memory between them.
            values[part] = self._function(spins[part].to(self.dtype))

        self._for_each(fill, range(self._chunk, len(spins), self._chunk))
        return values

    def derivatives(self, configurations: NDArray[np.int8]) -> LogDerivatives:
        """Centred logarithmic derivatives of configurations (n_samples, n_sites)."""
        real, imaginary = self.jacobian(configurations)
        # A real wave function of both signs: its phase is constant wherever it has a derivative.
        return ExplicitDerivatives(real, imaginary if imaginary is not None and imaginary.any() else None)

    def jacobian(self, configurations: NDArray[np.int8]) -> tuple[Numbers, Real | None]:
        """Logarithmic derivatives by reverse-mode differentiation, not centred.

        Args:
            configurations: Shape (n_samples, n_sites).

        Returns:
            Shape (n_samples, n_parameters); and the imaginary part apart, where the parameters are real and the
            amplitude is complex.
        """
        spins = torch.as_tensor(configurations, device=self.device).to(self.dtype)
        if self._ansatz.has_complex_amplitude and not self._ansatz.is_complex:
            pairs = self._in_chunks(self._gradients_of_both_parts, spins)
            real, imaginary = _joined([pair[0] for pair in pairs]), _joined([pair[1] for pair in pairs])
            return real, cast(Real, imaginary)

        def real_part(parameters: torch.Tensor, spin: torch.Tensor) -> torch.Tensor:
            return self._ansatz.log_psi(parameters, spin).real

        gradient = torch.func.vmap(torch.func.grad(real_part), in_dims=(None, 0))
        # For holomorphic log psi torch's gradient of the real part is the conjugate of d log psi / d w.
        return _joined(self._in_chunks(lambda part: gradient(self._parameters, part).conj(), spins)), None

    def _gradients_of_both_parts(self, spins: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        def of_one(spin: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            def parts(parameters: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
                value = self._ansatz.log_psi(parameters, spin)
                return value.real, value.imag

            done = torch.func.vjp(parts, self._parameters)
            values, pull = done[0], done[1]
            one, zero = torch.ones_like(values[0]), torch.zeros_like(values[1])
            return pull((one, zero))[0], pull((zero, one))[0]

        found: tuple[torch.Tensor, torch.Tensor] = torch.func.vmap(of_one)(spins)
        return found

    def _in_chunks(self, function: Callable[[torch.Tensor], _T], spins: torch.Tensor) -> list[_T]:
        return self._for_each(function, torch.split(spins, self._chunk))

    def _for_each(self, function: Callable[[_S], _T], items: Sequence[_S]) -> list[_T]:
        if self._pool is None or len(items) < 2:
            return [function(item) for item in items]
        return list(self._pool.map(function, items))


@cache
def _pool(n_threads: int) -> ThreadPoolExecutor:
    """Shared by all evaluators of a process; torch counts its threads for each of these apart."""
    return ThreadPoolExecutor(n_threads, "torch", initializer=torch.set_num_threads, initargs=(1,))


def _joined(parts: list[torch.Tensor]) -> Numbers:
    """One array of the rows of all parts, without a second copy of them all on the device."""
    arrays = [part.resolve_conj().cpu().numpy() for part in parts]
    return np.concatenate(arrays) if len(arrays) > 1 else arrays[0]
