"""Configurations an expectation value is taken over: Markov chains, or all states with their exact weights."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError, ResourceLimit
from physics_engines.nqs.ansatze import Ansatz, Parameters
from physics_engines.nqs.backend import Backend, BackendName, build_backend
from physics_engines.nqs.exact import as_configurations, sector_states
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.samplers import Sampler
from physics_engines.nqs.samplers.metropolis import Metropolis
from physics_engines.statistics import gamma_method, sampling_flags, split_r_hat

Numbers = NDArray[np.float64] | NDArray[np.complex128]
MAX_STATES = 2**20
"""Most basis states that are enumerated."""
_CHUNK = 2**15
_N_EQUILIBRATION = 200


@dataclass(frozen=True)
class VariationalState:
    """A wave function: an ansatz with its parameters on a lattice.

    Attributes:
        ansatz: The network.
        parameters: Shape (n_parameters,).
        hamiltonian: Lattice, sector and sign basis of the configurations, and the energy.
        backend: Which evaluation path operators take.
    """

    ansatz: Ansatz
    parameters: Parameters
    hamiltonian: Hamiltonian
    backend: BackendName = "auto"

    def evaluator(self, operator: Hamiltonian | None = None) -> Backend:
        """A backend whose local energies are the local values of ``operator`` (of the Hamiltonian when None)."""
        if operator is None:
            return self._own
        return self._built(operator)

    def log_psi(self, configurations: NDArray[np.int8]) -> Numbers:
        """log psi of configurations (n, n_sites) of the sector, shape (n,)."""
        parts = [self._own.log_psi(configurations[i : i + _CHUNK]) for i in range(0, len(configurations), _CHUNK)]
        return cast(Numbers, np.concatenate(parts))

    @cached_property
    def _own(self) -> Backend:
        return self._built(self.hamiltonian)

    def _built(self, operator: Hamiltonian) -> Backend:
        built = build_backend(self.ansatz, operator, self.backend)
        built.set_parameters(self.parameters)
        return built


@dataclass(frozen=True)
class Average:
    """An expectation value; error 0 for a sum over all states."""

    value: float
    error: float
    tau_int: float | None
    n_eff: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ensemble:
    """Configurations distributed as |psi|^2.

    Attributes:
        configurations: int8, shape (n_chains, n_per_chain, n_sites).
        weights: None for Markov chains; |psi|^2 of all states, shape (1, n_states), normalised, for a full sum.
        acceptance: Accepted share of the proposals that changed the configuration; NaN for a full sum.
    """

    configurations: NDArray[np.int8]
    weights: NDArray[np.float64] | None = None
    acceptance: float = float("nan")

    @cached_property
    def flat(self) -> NDArray[np.int8]:
        """Shape (n_samples, n_sites), chain after chain."""
        return np.ascontiguousarray(self.configurations.reshape(-1, self.configurations.shape[-1]))

    @property
    def is_complete(self) -> bool:
        """True for a sum over all states."""
        return self.weights is not None

    @property
    def n_samples(self) -> int:
        """Number of configurations."""
        return len(self.flat)

    def in_chains(self, values: Numbers) -> Numbers:
        """Values (n_samples,) as (n_chains, n_per_chain)."""
        return cast(Numbers, values.reshape(self.configurations.shape[:2]))

    def average(self, values: NDArray[np.float64]) -> Average:
        """The mean of real local values (n_samples,), with an error corrected for autocorrelation.

        Raises:
            EngineError: A local value is not finite.
        """
        if not np.isfinite(values).all():
            raise EngineError("a local value of an observable is not finite; the wave function has run away")
        if self.weights is not None:
            return Average(float(self.weights.ravel() @ values), 0.0, None, None)
        spread = float(np.ptp(values))
        if spread <= 1e-13 * max(1.0, float(np.abs(values[0]))):
            return Average(float(values.mean()), 0.0, 0.5, float(values.size))
        series = self.in_chains(values)
        analysis = gamma_method(series)
        flags = sampling_flags(analysis, split_r_hat(series))
        return Average(analysis.mean, analysis.error, analysis.tau_int, analysis.n_eff, flags)

    def thinned(self, n_samples: int) -> "Ensemble":
        """At most about ``n_samples`` configurations, evenly spaced along each chain; a full sum stays whole."""
        stride = max(1, self.n_samples // n_samples)
        if self.weights is not None or stride == 1:
            return self
        return replace(self, configurations=np.ascontiguousarray(self.configurations[:, ::stride]))


def sampled(
    state: VariationalState,
    n_samples: int,
    n_chains: int,
    rng: np.random.Generator,
    sampler: Sampler | None = None,
) -> Ensemble:
    """Fresh samples of a state, from chains that start at random and are equilibrated.

    Args:
        state: The wave function.
        n_samples: Configurations over all chains, rounded up to a multiple of ``n_chains``.
        n_chains: Number of chains.
        rng: Random stream.
        sampler: How to sample; the moves of the Hamiltonian where not given.
    """
    if sampler is None:
        sampler = Metropolis(state.evaluator(), state.hamiltonian, n_chains)
    sampler.set_parameters(state.parameters)
    sample = sampler.draw(sampler.start(rng), -(-n_samples // n_chains), _N_EQUILIBRATION, rng)
    return Ensemble(sample.configurations, acceptance=sample.acceptance)


def enumerated(state: VariationalState) -> Ensemble:
    """All states of the sector with their exact weights.

    Raises:
        ResourceLimit: The sector has more than 2^20 states.
    """
    configurations, amplitudes = amplitudes_of(state)
    return Ensemble(configurations[None], (np.abs(amplitudes) ** 2)[None])


def amplitudes_of(state: VariationalState) -> tuple[NDArray[np.int8], Numbers]:
    """All configurations of the sector, in the order of ``sector_states``, and the normalised state vector.

    Raises:
        ResourceLimit: The sector has more than 2^20 states.
    """
    hamiltonian = state.hamiltonian
    if hamiltonian.n_sites > 24:
        raise ResourceLimit(f"a sum over all states takes at most {MAX_STATES} states, not those of "
                            f"{hamiltonian.n_sites} sites")  # fmt: skip
    states = sector_states(hamiltonian)
    if len(states) > MAX_STATES:
        raise ResourceLimit(f"a sum over all states takes at most {MAX_STATES} states, not {len(states)}")
    configurations = as_configurations(states, hamiltonian.n_sites)
    log_psi = state.log_psi(configurations)
    psi = np.exp(log_psi - log_psi.real.max())
    return configurations, cast(Numbers, psi / np.linalg.norm(psi))
