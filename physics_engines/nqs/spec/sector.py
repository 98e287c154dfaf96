"""Quantum numbers of a state beside its total S^z."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from physics_engines.lattices.shape import SITES_PER_CELL
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import sector as words

Irrep = Literal["none", "A1", "A2", "B1", "B2"]
SpinFlip = Literal["none", "even", "odd"]


_OF_PI = re.compile(r"([-+]?)(\d*)\*?(?:π|pi)(?:/(\d+))?")


def _parse_momentum(value: object, info: ValidationInfo) -> object:
    """Accept 3, "1,2", "π" and "π,0" beside [1, 2]; k = π is m = L/2."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, str):
        value = tuple(part for part in value.replace("x", ",").strip(" ()[]").split(",") if part.strip())
    shape = info.data.get("shape", ())
    if shape and isinstance(value, tuple | list) and len(value) == 1 and str(value[0]).strip() == "0":
        return (0,) * len(shape)
    if not isinstance(value, tuple | list) or len(value) != len(shape):
        return value
    return tuple(
        _of_pi(part, extent) if isinstance(part, str) else part for part, extent in zip(value, shape, strict=True)
    )


def _of_pi(text: str, extent: int) -> object:
    """The integer m with 2π m / L equal to a multiple of π; anything else as it is."""
    match = _OF_PI.fullmatch("".join(text.split()))
    if match is None:
        return text
    upper, lower = int(match[2] or 1) * extent, 2 * int(match[3] or 1)
    if lower == 0 or upper % lower:
        raise ValueError(f"{text.strip()} is none of the momenta 2π m / {extent} of that direction")
    return upper // lower * (-1 if match[1] == "-" else 1)


Momentum = Annotated[tuple[Annotated[int, Field(ge=-(10**6), le=10**6)], ...], BeforeValidator(_parse_momentum)]


class SectorSpec(SpinModelSpec):
    """A model and the symmetry sector of one of its states."""

    momentum: Annotated[Momentum, words.MOMENTUM] = ()
    """Momentum as one integer for each direction, k = 2π m / L, or as multiples of π ("π,0"); 0 alone is zero in every
    direction. Left open where not given."""
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
