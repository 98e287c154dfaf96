"""Quantum numbers of a state beside its total S^z."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from physics_engines.lattices.shape import SITES_PER_CELL
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import sector as words

Irrep = Literal["none", "A1", "A2", "B1", "B2"]
SpinFlip = Literal["none", "even", "odd"]


def _parse_momentum(value: object) -> object:
    """Accept 3 and "1,2" beside [1, 2]."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str):
        return tuple(part for part in value.replace("x", ",").split(",") if part.strip())
    return value


Momentum = Annotated[tuple[Annotated[int, Field(ge=-(10**6), le=10**6)], ...], BeforeValidator(_parse_momentum)]


class SectorSpec(SpinModelSpec):
    """A model and the symmetry sector of one of its states."""

    momentum: Momentum = ()
    """Momentum as one integer for each direction, k = 2π m / L; left open where not given."""
    irrep: Annotated[Irrep, words.IRREP] = "none"
    """One-dimensional irrep of the point group about a site (of the little group of the momentum): A or B even or odd
    under the smallest rotation, 1 or 2 even or odd under the reflection; on a chain A1 is even and A2 odd parity."""
    spin_flip: Annotated[SpinFlip, words.SPIN_FLIP] = "none"
    """Even or odd total spin where S^z = 0 is conserved; else the eigenvalue +1 or -1 of the flip of all spins."""

    @property
    def has_sector(self) -> bool:
        """True when a quantum number beside S^z is fixed."""
        return bool(self.momentum) or self.irrep != "none" or self.spin_flip != "none"

    @property
    def n_images(self) -> int:
        """Bound of the number of symmetry elements a projection sums over, for estimates of memory and time."""
        if not self.has_sector:
            return 1
        point = 1
        if self.irrep != "none":
            point = {"chain": 2, "square": 8 if len(set(self.shape)) == 1 else 4}.get(self.lattice, 12)
        cells = self.n_sites // SITES_PER_CELL[self.lattice] if self.momentum else 1
        return point * cells * (2 if self.spin_flip != "none" else 1)

    @model_validator(mode="after")
    def _sector_has_meaning(self) -> "SectorSpec":
        if self.momentum and len(self.momentum) != len(self.shape):
            raise ValueError(
                f"a lattice of {len(self.shape)} extent(s) has momenta of as many integers, not {len(self.momentum)}"
            )
        if self.momentum and self.boundary == "open":
            raise ValueError("an open lattice has no translations, so its states have no momentum; leave momentum out")
        if self.irrep != "none" and self.lattice == "graph":
            raise ValueError("a graph has no point group; leave irrep out")
        if self.spin_flip != "none" and self.total_sz not in (None, 0):
            raise ValueError(
                f"the flip of all spins maps S^z = {self.total_sz:g} onto another sector; leave spin_flip out"
            )
        return self
