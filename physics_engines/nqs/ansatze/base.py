"""What a variational wave function offers to the engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import LatticeName

if TYPE_CHECKING:
    import torch

    from physics_engines.nqs.spec import GroundStateSpec

Parameters = NDArray[np.float64] | NDArray[np.complex128]
"""All variational parameters as one flat vector."""


class Ansatz(Protocol):
    """A wave function psi(s; parameters).

    ``log_psi`` in plain torch is all a new ansatz must bring: sampling, local energies and gradients follow from it.
    Complex parameters mean that log psi is holomorphic in them. Real parameters may give a real log psi (a positive
    amplitude) or a complex one. What else an ansatz offers (``ansatze.rbm.Rbm``, ``ansatze.jastrow.PairProduct``) is
    a fast path that a backend may take.
    """

    @property
    def n_parameters(self) -> int:
        """Length of the parameter vector."""

    @property
    def is_complex(self) -> bool:
        """True when the parameters are complex."""

    @property
    def has_complex_amplitude(self) -> bool:
        """True when log psi is complex."""

    def initial_parameters(self, rng: np.random.Generator) -> Parameters:
        """A random start, shape (n_parameters,)."""

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """Logarithm of the amplitudes.

        Args:
            parameters: Shape (n_parameters,), float64 or complex128.
            configurations: Shape (..., n_sites), spins +1 and -1 in the dtype of the parameters.

        Returns:
            Shape (...).
        """


@runtime_checkable
class Prepared(Ansatz, Protocol):
    """Fast path: work that depends on the parameters only is done once for all configurations."""

    def prepare(self, parameters: "torch.Tensor") -> "Callable[[torch.Tensor], torch.Tensor]":
        """The function log psi of configurations (n, n_sites) for these parameters; not for differentiation."""


@runtime_checkable
class Invariant(Ansatz, Protocol):
    """Permutations of the sites that leave psi as it is, whatever the parameters."""

    @property
    def invariances(self) -> NDArray[np.int64]:
        """Shape (n_permutations, n_sites), a group: entry (p, i) is where site i goes."""


@runtime_checkable
class Phased(Ansatz, Protocol):
    """An ansatz that can begin with the phases of a classical order."""

    def with_phases(self, parameters: Parameters, angles: NDArray[np.float64]) -> Parameters:
        """Parameters of psi(s) prod_i exp(i angle_i s_i / 2), spins turned by angles (n_sites,) about z."""


@runtime_checkable
class Even(Ansatz, Protocol):
    """An ansatz that knows whether the flip of all spins leaves psi as it is, whatever the parameters."""

    @property
    def is_even(self) -> bool:
        """True when psi(-s) = psi(s)."""


@dataclass(frozen=True)
class Defaults:
    """What a Spec takes where it says nothing, for one ansatz on one lattice.

    Attributes:
        sizes: The Spec fields that size this ansatz, with their values; the others are none of its business.
        n_iterations: Optimisation steps.
        n_samples: Samples per step.
        n_final_samples: Samples of the final energy.
        n_chains: Markov chains.
        n_discard: Sweeps after each step before the first recorded one.
        learning_rate: Step of imaginary time in units of 1/J.
        diag_shift: Diagonal shift of the metric at the end of a run.
        first_shift: The same at the beginning, where amplitudes are real. It falls geometrically: at first only the
            directions the sample is sure of are followed, which keeps the noise of the others out of the parameters.
        first_shift_complex: The same where amplitudes are complex: the directions the sample is not sure of are what
            leads out of a wrong set of phases.
    """

    sizes: Mapping[str, int] = field(default_factory=dict)
    n_iterations: int = 300
    n_samples: int = 1024
    n_final_samples: int = 32_768
    n_chains: int = 16
    n_discard: int = 5
    learning_rate: float = 0.1
    diag_shift: float = 1e-3
    first_shift: float = 1.0
    first_shift_complex: float = 0.01


@dataclass(frozen=True)
class Work:
    """Processor seconds of a run, on one core of the machine it was calibrated on.

    Attributes:
        per_iteration: Sampling, local energies, derivatives and solve of one step.
        per_final_sample: Drawing and evaluating one sample of the final energy.
    """

    per_iteration: float
    per_final_sample: float


class SpecifiedAnsatz(Ansatz, Protocol):
    """An ansatz that a Spec can name: what ``ansatze.build`` registers."""

    @classmethod
    def defaults(cls, lattice: LatticeName, shape: tuple[int, ...], n_sites: int) -> Defaults:
        """What a Spec takes where it says nothing, on this lattice."""

    @classmethod
    def from_spec(cls, spec: "GroundStateSpec") -> Self:
        """The ansatz with the sizes of a Spec.

        Raises:
            ValueError: It cannot be put on this lattice; one sentence with the bound that was broken.
        """

    def memory(self, spec: "GroundStateSpec") -> int:
        """Bytes a run needs."""

    def work(self, spec: "GroundStateSpec") -> Work:
        """Estimated seconds of a run."""
