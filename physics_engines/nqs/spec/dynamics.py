"""Real-time evolution after a quench."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from physics_engines.lattices.shape import SITES_PER_CELL
from physics_engines.nqs.spec.limits import MAX_ENUMERATED, MEMORY_LIMIT
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.spec.observables import ObservableName
from physics_engines.nqs.words import dynamics as words
from physics_engines.nqs.words import ground_state as ground_state_words
from physics_engines.nqs.words import model as model_words
from physics_engines.nqs.words import observables as observable_words
from physics_engines.spec import invalid
from physics_engines.text import Text

InitialState = Literal["ground_state", "polarised", "neel"]
DynamicsAnsatz = Literal["rbm_complex", "rbm_symmetric_complex"]
MAX_FULL_STATES = 4096
"""Largest sector that is summed over in full where the Spec does not say."""


_BEFORE = ("initial_field", "initial_j2", "initial_delta")


def _default_initial(data: dict[str, Any]) -> InitialState:
    if any(data.get(name) is not None for name in _BEFORE):
        return "ground_state"
    return "polarised" if data.get("model") == "tfim" else "neel"


def _default_ansatz(data: dict[str, Any]) -> DynamicsAnsatz:
    invariant = data.get("boundary") == "periodic" and data.get("initial") != "neel"
    return "rbm_symmetric_complex" if invariant else "rbm_complex"


def _default_full(data: dict[str, Any]) -> bool:
    try:
        model = SpinModelSpec.model_validate({name: data[name] for name in SpinModelSpec.model_fields})
    except (KeyError, ValidationError):
        return True  # this Spec is refused for the same reason
    return model.n_sites <= 30 and model.n_states <= MAX_FULL_STATES


class DynamicsSpec(SpinModelSpec):
    """Real-time evolution of a complex RBM by the time-dependent variational principle after a quench.

    ``field`` and ``j2`` are those after the quench. Times are in units of 1/J (hbar = 1).
    """

    takes_fermions: ClassVar[bool] = False

    coupling: Annotated[float, model_words.COUPLING_OF_SPINS] = Field(default=1.0, gt=0, le=1e6)
    """Strength J of the nearest-neighbour coupling, the unit of energy."""
    initial_field: Annotated[float | None, words.INITIAL_FIELD] = Field(default=None, ge=0, le=1e6)
    """Transverse field before the quench, in units of J, of the transverse-field Ising model."""
    initial_j2: Annotated[float | None, words.INITIAL_J2] = Field(default=None, ge=0, le=10)
    """Second-neighbour coupling before the quench, in units of J, of a spin model."""
    initial_delta: Annotated[float | None, words.INITIAL_DELTA] = Field(default=None, ge=-1e3, le=1e3)
    """Anisotropy before the quench, of a Heisenberg or XXZ model."""
    initial: Annotated[InitialState, words.INITIAL] = Field(default_factory=_default_initial)
    """State at time zero: the variational ground state before the quench; all spins along x (transverse-field Ising);
    or a Néel state of spins tilted away from z by ``tilt`` degrees (spin models)."""
    tilt: Annotated[float, words.TILT] = Field(default=30.0, ge=5, le=90)
    """Angle between the spins of the Néel-like state and the z axis, in degrees. At 0 it would be the Néel state
    itself, which no RBM with finite weights represents."""
    total_time: Annotated[float, words.TOTAL_TIME] = Field(default=1.0, gt=0, le=1000)
    """How far to go, in units of 1/J."""
    n_times: int = Field(default=21, ge=2, le=10_001)
    """Equally spaced times, 0 and the last included, at which observables are recorded."""
    ansatz: Annotated[DynamicsAnsatz, ground_state_words.ANSATZ] = Field(default_factory=_default_ansatz)
    """Complex RBM; translation-symmetric on a periodic lattice but for the Néel state."""
    alpha: Annotated[int, ground_state_words.ALPHA] = Field(
        default_factory=lambda data: 4 if "symmetric" in data.get("ansatz", "") else 2, ge=1, le=64
    )
    """Hidden units per site; 4 with translation symmetry, 2 without, where not given."""
    full_sum: bool = Field(default_factory=_default_full)
    """Sum over all basis states instead of sampling; where not given, for sectors of at most 4096 states."""
    n_samples: Annotated[int, ground_state_words.N_SAMPLES] = Field(default=4096, ge=64, le=1_000_000)
    """Samples per time step, where they are not all states."""
    n_chains: int = Field(default=32, ge=2, le=4096)
    """Independent Markov chains."""
    integrator: Literal["heun", "rk4"] = "rk4"
    """Second-order (Heun) or fourth-order (Runge-Kutta) steps."""
    time_step: Annotated[float, words.TIME_STEP] = Field(default=0.02, gt=0, le=1)
    """First step in units of 1/J, and every step where ``tolerance`` is zero."""
    tolerance: float = Field(default=5e-3, ge=0, le=1)
    """Largest integration error per unit of time, in the distance between states; 0 keeps the step fixed."""
    cutoff: float = Field(default=1e-9, gt=0, le=1e-2)
    """Eigenvalues of the metric below this share of the largest are suppressed. With sampling it is the least of
    several shares, up to 1e-2, among which each step chooses by cross-validation."""
    snr_cutoff: float = Field(default=2.0, ge=0, le=100)
    """With sampling, each choice of the cut-off is also tried with directions of a smaller signal-to-noise ratio of
    the force suppressed; 0 tries none."""
    n_iterations: Annotated[int, ground_state_words.N_ITERATIONS] = Field(default=300, ge=1, le=100_000)
    """Optimisation steps for the ground state before the quench."""
    observables: Annotated[ObservableName | tuple[ObservableName, ...], observable_words.OBSERVABLES] = "standard"
    """What an answer states: ``standard``, ``magnetisation`` (transverse-field Ising), ``staggered_magnetisation``
    (spins) or ``correlations``. All of them are recorded in any case."""
    seed: Annotated[int, ground_state_words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    @property
    def n_parameters(self) -> int:
        """Complex parameters of the RBM."""
        n, m = self.n_sites, self.alpha * self.n_sites
        tied = self.alpha * SITES_PER_CELL[self.lattice] * (n + 1)
        return tied if "symmetric" in self.ansatz else n + m + n * m

    @property
    def memory(self) -> int:
        """Bytes needed: derivatives, metric and its eigenvectors, tables of the moves."""
        rows = self.n_states if self.full_sum else self.n_samples
        hidden = self.alpha * self.n_sites
        tables = 5 * self.n_couplings * hidden
        return 16 * (3 * rows * self.n_parameters + 4 * self.n_parameters**2 + tables + 4 * rows * hidden) + 300 * 2**20

    @property
    def asked(self) -> tuple[ObservableName, ...]:
        """The observables an answer states."""
        return (self.observables,) if isinstance(self.observables, str) else self.observables

    @model_validator(mode="after")
    def _can_be_recorded(self) -> "DynamicsSpec":
        last: ObservableName = "magnetisation" if self.model == "tfim" else "staggered_magnetisation"
        offered = ("standard", "correlations", last)
        if any(name not in offered for name in self.asked):
            raise invalid(
                "not_recorded",
                Text(
                    en="along a time evolution of this model only correlations and "
                    + ("the magnetisation" if self.model == "tfim" else "the staggered magnetisation")
                    + " are recorded",
                    ja="この模型の時間発展で記録されるのは相関関数と"
                    + ("磁化" if self.model == "tfim" else "交替磁化")
                    + "だけです",
                ),
            )
        return self

    @model_validator(mode="after")
    def _can_evolve(self) -> "DynamicsSpec":
        offered = {
            "tfim": ("initial_field",),
            "heisenberg": ("initial_j2", "initial_delta"),
            "j1j2": ("initial_j2",),
            "xxz": ("initial_delta",),
        }.get(self.model, ())
        given = tuple(name for name in _BEFORE if getattr(self, name) is not None)
        if any(name not in offered for name in given) or len(given) > 1:
            taken = " or ".join(offered) if offered else "no such parameter"
            raise ValueError(f"a quench of this model starts from one of {taken}, not from {' and '.join(given)}")
        if self.initial == "ground_state" and not given:
            raise ValueError(
                "a ground state to start from needs the parameter before the quench: "
                f"{' or '.join(offered) or 'there is none for a table of couplings'}"
            )
        if self.initial != "ground_state" and given:
            raise ValueError(f"the {self.initial} state has no parameter before the quench; leave {given[0]} out")
        if self.initial == "polarised" and self.model != "tfim":
            raise invalid(
                "no_polarised",
                Text(
                    en="a state polarised along x is no state of total S^z zero; start from the Néel state or a "
                    "ground state",
                    ja="x 方向に偏極した状態は全 S^z がゼロの状態ではありません。"
                    "ネール状態か基底状態から始めてください",
                ),
            )
        if self.initial == "neel":
            if self.model == "tfim" or not self.is_bipartite:
                raise invalid(
                    "no_neel",
                    Text(
                        en="a Néel state needs a spin model on a lattice with two sublattices",
                        ja="ネール状態には、二つの副格子をもつ格子上のスピン模型が必要です",
                    ),
                )
            if "symmetric" in self.ansatz:
                raise ValueError("a Néel state is not invariant under translation; take rbm_complex")
        if "symmetric" in self.ansatz and self.boundary == "open":
            raise ValueError(f"{self.ansatz} needs a periodic lattice, an open one has no translations")
        if self.full_sum and (self.n_sites > 30 or self.n_states > MAX_ENUMERATED):
            raise invalid(
                "too_many_states",
                Text(
                    en="there are too many states to sum over; leave full_sum out to sample them",
                    ja="すべての状態について和を取るには状態が多すぎます。full_sum を省いてサンプリングしてください",
                ),
                bound=f"{self.n_sites} sites; at most {MAX_ENUMERATED} states",
            )
        if self.n_samples < 8 * self.n_chains:
            raise ValueError(f"{self.n_chains} chains need at least {8 * self.n_chains} samples, not {self.n_samples}")
        if self.memory > MEMORY_LIMIT or self.n_parameters > 4000:
            raise ValueError(
                f"alpha = {self.alpha} on {self.n_sites} sites is {self.n_parameters} parameters and needs "
                f"{self.memory / 2**30:.1f} GiB; at most 4000 and {MEMORY_LIMIT // 2**30} GiB, so lower alpha or "
                "n_samples"
            )
        return self
