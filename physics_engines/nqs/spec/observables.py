"""Observables of a variational ground state."""

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from physics_engines.lattices.shape import is_bipartite
from physics_engines.nqs.spec.ground_state import GroundStateSpec
from physics_engines.nqs.words import observables as words
from physics_engines.spec import invalid
from physics_engines.text import Text

ObservableName = Literal[
    "standard",
    "correlations",
    "structure_factor",
    "staggered_magnetisation",
    "magnetisation",
    "entanglement",
    "fidelity",
    "extrapolation",
]


class ObservablesSpec(GroundStateSpec):
    """Correlations, structure factor, magnetisations, entanglement and more of a variational ground state."""

    takes_fermions: ClassVar[bool] = False

    observables: Annotated[ObservableName | tuple[ObservableName, ...], words.OBSERVABLES] = "standard"
    """What to measure, one name or several. ``standard`` is correlations, structure factor and staggered
    magnetisation for spins, correlations, structure factor and magnetisations for the transverse-field Ising model."""
    block_size: Annotated[int, words.BLOCK_SIZE] = Field(
        default_factory=lambda data: max(1, math.prod(data.get("shape", (2,))) // 2), ge=1
    )
    """Sites of the block whose entanglement entropy is measured: the first ones, row by row; half of all where not
    given."""
    n_observable_samples: int = Field(
        default_factory=lambda data: 16_384 if math.prod(data.get("shape", (2,))) <= 36 else 4096, ge=256, le=1_000_000
    )
    """Samples for off-diagonal correlations and the Lanczos step, which cost much more than an energy: 16384 where
    not given, 4096 on more than 36 sites. The others use ``n_final_samples``."""
    state: str = Field(default="", max_length=4096)
    """A state.npz of an earlier run of the same model and network, or the folder it is in; empty to optimise afresh."""

    @property
    def asked(self) -> tuple[ObservableName, ...]:
        """What to measure, written out."""
        names = (self.observables,) if isinstance(self.observables, str) else self.observables
        last: ObservableName = "staggered_magnetisation" if self.conserves_magnetisation else "magnetisation"
        usual: tuple[ObservableName, ...] = ("correlations", "structure_factor", last)
        if last == "staggered_magnetisation" and not is_bipartite(self.shape, self.boundary):
            usual = usual[:2]
        found: dict[ObservableName, None] = {}
        for name in names:
            found |= dict.fromkeys(usual if name == "standard" else (name,))
        return tuple(found)

    @model_validator(mode="after")
    def _can_be_measured(self) -> "ObservablesSpec":
        if not self.asked:
            raise ValueError("no observable is named; leave the list out for the usual ones")
        if "magnetisation" in self.asked and self.conserves_magnetisation:
            raise invalid(
                "no_magnetisation",
                Text(
                    en="this model is solved in the sector of total S^z zero, where the magnetisation vanishes; ask "
                    "for the staggered magnetisation",
                    ja="この模型は全 S^z がゼロのセクターで解くため、磁化はゼロです。交替磁化を指定してください",
                ),
            )
        if "staggered_magnetisation" in self.asked and not is_bipartite(self.shape, self.boundary):
            raise invalid(
                "no_sublattices",
                Text(
                    en="a periodic lattice with an odd extent has no two sublattices, so nothing is staggered",
                    ja="一辺が奇数の周期格子には二つの副格子がなく、交替磁化は定義できません",
                ),
                unsolvable=True,
            )
        if self.block_size >= self.n_sites:
            raise ValueError(f"a block of {self.block_size} sites leaves nothing of {self.n_sites}")
        return self
