"""A deep Boltzmann machine built from imaginary time."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from physics_engines.nqs.spec.limits import MAX_SITES
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import deep_boltzmann as words
from physics_engines.spec import invalid
from physics_engines.text import Text

SUMMED_SITES = 16
"""Lattices up to this size are summed exactly."""
_MAX_UNITS = 20_000_000


class DeepBoltzmannSpec(SpinModelSpec):
    """Ground state as a deep Boltzmann machine whose weights follow from imaginary-time evolution, without training.

    Carleo, Nomura and Imada, Nat. Commun. 9, 5322 (2018).
    """

    tau: Annotated[float, words.TAU] = Field(default=6.0, gt=0, le=1000)
    """Imaginary time in units of 1/J."""
    dtau: Annotated[float, words.DTAU] = Field(default=0.1, gt=0, le=1)
    """Longest Trotter step in units of 1/J; shortened so that a whole number of steps makes tau."""
    trotter_order: Annotated[Literal[1, 2], words.TROTTER_ORDER] = 2
    """Order of the Trotter decomposition."""
    n_sweeps: Annotated[int, words.N_SWEEPS] = Field(default=4000, ge=100, le=10_000_000)
    """Cluster updates of all units that are measured, on lattices too large to be summed."""
    n_chains: int = Field(default=4, ge=2, le=256)
    """Independent Markov chains these are spread over."""
    seed: Annotated[int, words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    @property
    def n_steps(self) -> int:
        """Trotter steps."""
        return max(1, -int(-self.tau / self.dtau // 1))

    @property
    def is_summed(self) -> bool:
        """True when all units are summed, and nothing is sampled."""
        return self.n_sites <= SUMMED_SITES

    @model_validator(mode="after")
    def _is_positive(self) -> "DeepBoltzmannSpec":
        if not self.is_sign_free:
            raise invalid(
                "frustrated",
                Text(
                    en="a deep Boltzmann machine from imaginary time has positive weights only without frustration; "
                    "take the variational method",
                    ja="虚時間から作る深層ボルツマンマシンの重みが正になるのはフラストレーションのない模型だけです。"
                    "変分法を使ってください",
                ),
                unsolvable=True,
            )
        if self.n_sites > MAX_SITES:
            raise ValueError(f"{self.n_sites} sites; at most {MAX_SITES}")
        units = 2 * self.n_steps * (self.n_couplings + self.n_sites) * self.trotter_order
        if units > _MAX_UNITS:
            raise ValueError(f"{units} units to sample; at most {_MAX_UNITS}, so lower tau or raise dtau")
        if self.model == "tfim" and self.field == 0:
            raise ValueError("without a transverse field there is nothing to evolve in imaginary time")
        return self
