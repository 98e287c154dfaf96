"""Exact diagonalisation of a model."""

from typing import Annotated

from pydantic import Field, model_validator

from physics_engines.nqs.spec.limits import MEMORY_LIMIT
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import exact as words
from physics_engines.spec import invalid
from physics_engines.text import Text

MAX_EXACT_BITS = 62
"""A basis state is the bits of one signed 64-bit integer."""


class ExactSpec(SpinModelSpec):
    """Exact diagonalisation of a small lattice."""

    n_levels: Annotated[int, words.N_LEVELS] = Field(default=1, ge=1, le=40)
    """Lowest states to find in the sector of total S^z; from 2 on with their quantum numbers and the energy gap."""

    @property
    def memory(self) -> int:
        """Bytes needed: the sparse matrix while it is assembled, and the Lanczos vectors."""
        per_row = 1 + (self.n_couplings / 2 + 1 if self.conserves_magnetisation else self.n_couplings)
        return int(self.n_states * (32 * per_row + 8 * 28))

    def _memory_bound(self) -> str:
        limit = f"the limit is {MEMORY_LIMIT / 2**30:.0f} GiB"
        if self.n_units > MAX_EXACT_BITS:
            return f"{self.n_sites} sites; {limit}"
        return f"{self.n_states} states need {self.memory / 2**30:.1f} GiB; {limit}"

    @model_validator(mode="after")
    def _fits_memory(self) -> "ExactSpec":
        if self.is_fermionic and self.n_levels > 1:
            raise ValueError("of fermions only the ground state is found; leave n_levels out")
        if self.n_units > MAX_EXACT_BITS or self.memory > MEMORY_LIMIT:
            raise invalid(
                "too_many_states",
                Text(
                    en="exact diagonalisation would not fit into memory; take fewer sites, or the variational method",
                    ja="厳密対角化が使えるメモリに収まりません。サイト数を減らすか変分法を使ってください",
                ),
                bound=self._memory_bound(),
            )
        return self
