"""A ground state as a matrix product state."""

import math
from typing import Annotated, Any

from pydantic import Field, model_validator

from physics_engines.lattices.shape import count_sites
from physics_engines.nqs.spec.limits import MEMORY_LIMIT
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import dmrg as words

MAX_DMRG_SITES = 512
"""Largest lattice of a DMRG run."""
_EXACT_SITES = 16
"""Up to here the default bond dimension leaves nothing out: 2^(16/2)."""


def default_bond_dimension(data: dict[str, Any]) -> int:
    """What fits the lattice of a Spec that is being validated: see ``DmrgSpec.bond_dimension``."""
    shape = data.get("shape", ())
    if shape and count_sites(shape, data.get("lattice")) <= _EXACT_SITES:
        return 256
    return 192 if len(shape) == 1 else 128


class DmrgSpec(SpinModelSpec):
    """Ground state of a spin model as a matrix product state, by the density-matrix renormalisation group (DMRG)."""

    bond_dimension: Annotated[int, words.BOND_DIMENSION] = Field(default_factory=default_bond_dimension, ge=2, le=4096)
    """Largest bond dimension. Where not given: 256 on up to 16 sites (exact there), else 192 on a chain and 128 on a
    lattice."""
    n_sweeps: Annotated[int, words.N_SWEEPS] = Field(default=6, ge=1, le=1000)
    """Most sweeps at the largest bond dimension; it ends earlier when the energy has settled."""
    tolerance: Annotated[float, words.TOLERANCE] = Field(default=1e-10, ge=1e-14, le=1e-2)
    """The sweeps end when the relative change of the energy in one falls below this."""

    @property
    def operator_width(self) -> int:
        """Rough bond dimension of the Hamiltonian as an operator: two plus three for each bond the worst cut severs."""
        per_site = self.n_couplings / self.n_sites if self.model != "tfim" else len(self.shape)
        if len(self.shape) == 1 and self.lattice != "graph":
            severed = per_site * (1 if self.boundary == "open" else 2)
        elif self.lattice == "graph":
            severed = min(per_site * self.n_sites / 2, self.n_sites)
        else:
            rim = self.n_sites * min(self.shape) / math.prod(self.shape)
            severed = rim * per_site * (0.5 if self.boundary == "open" else 1) + 1
        return int(2 + (1 if self.model == "tfim" else 3) * severed)

    @property
    def memory(self) -> int:
        """Bytes needed: environments of all bonds and Krylov vectors; only blocks of equal charge are stored."""
        chi = min(self.bond_dimension, 2 ** min(self.n_sites // 2, 12))
        dense = 8 * chi**2 * self.operator_width * (self.n_sites + 8)
        return int(dense * (0.35 if self.conserves_magnetisation else 0.55)) + 200 * 2**20

    @model_validator(mode="after")
    def _fits(self) -> "DmrgSpec":
        if self.n_sites > MAX_DMRG_SITES:
            raise ValueError(f"{self.n_sites} sites; DMRG takes at most {MAX_DMRG_SITES} here")
        if self.memory > MEMORY_LIMIT:
            raise ValueError(
                f"bond dimension {self.bond_dimension} on {self.n_sites} sites needs {self.memory / 2**30:.1f} GiB; "
                f"the bound is {MEMORY_LIMIT // 2**30} GiB, so lower bond_dimension"
            )
        return self
