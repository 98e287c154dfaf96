"""Observables of a variational ground state."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from physics_engines.lattices.shape import count_sites
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
    "lanczos",
    "extrapolation",
]


def _sites(data: dict[str, Any]) -> int:
    return count_sites(data.get("shape", (2,)), data.get("lattice"))


def _affordable(data: dict[str, Any]) -> int:
    if data.get("ansatz") in ("feed_forward", "cnn", "resnet", "vit"):
        return 1024
    if str(data.get("ansatz")).startswith("pair_product"):
        return 2048
    return 16_384 if _sites(data) <= 36 else 4096


class ObservablesSpec(GroundStateSpec):
    """Correlations, structure factor, magnetisations, entanglement and more of a variational ground state."""

    takes_fermions: ClassVar[bool] = False

    observables: Annotated[ObservableName | tuple[ObservableName, ...], words.OBSERVABLES] = "standard"
    """What to measure, one name or several. ``standard`` is correlations, structure factor and staggered
    magnetisation for spins, correlations, structure factor and magnetisations for the transverse-field Ising model.
    ``lanczos`` is the energy after one Lanczos step, ``extrapolation`` that and the line through it and two worse
    states to zero variance."""
    block_size: Annotated[int, words.BLOCK_SIZE] = Field(default_factory=lambda data: max(1, _sites(data) // 2), ge=1)
    """Sites of the block whose entanglement entropy is measured: the first ones, row by row; half of all where not
    given."""
    n_observable_samples: int = Field(default_factory=lambda data: _affordable(data), ge=256, le=1_000_000)
    """Samples for off-diagonal correlations and the Lanczos step, which cost much more than an energy. Where not given:
    16384, 4096 on more than 36 sites, 2048 for a pair product, 1024 for a network of several layers. The others use
    ``n_final_samples``."""
    state: str = Field(default="", max_length=4096)
    """A state.npz of an earlier run of the same model and network, or the folder it is in; empty to optimise afresh."""

    @property
    def asked(self) -> tuple[ObservableName, ...]:
        """What to measure, written out."""
        names = (self.observables,) if isinstance(self.observables, str) else self.observables
        last: ObservableName = "staggered_magnetisation" if self.conserves_magnetisation else "magnetisation"
        usual: tuple[ObservableName, ...] = ("correlations", "structure_factor", last)
        if last == "staggered_magnetisation" and not self.is_bipartite:
            usual = usual[:2]
        if self.lattice == "graph":
            usual = tuple(name for name in usual if name != "structure_factor")
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
                    en="this model is solved in one sector of total S^z, which is its magnetisation; ask for the "
                    "staggered magnetisation",
                    ja="この模型は全 S^z を固定したセクターで解くため、磁化はその値そのものです。"
                    "交替磁化を指定してください",
                ),
            )
        if "staggered_magnetisation" in self.asked and not self.is_bipartite:
            raise invalid(
                "no_sublattices",
                Text(
                    en="the bonds of this lattice do not join two sublattices, so nothing is staggered",
                    ja="この格子のボンドは二つの副格子を結ばないため、交替磁化は定義できません",
                ),
                unsolvable=True,
            )
        if "structure_factor" in self.asked and self.lattice == "graph":
            raise ValueError("a graph has no momenta, so it has no structure factor; ask for the correlations")
        if self.block_size >= self.n_sites:
            raise ValueError(f"a block of {self.block_size} sites leaves nothing of {self.n_sites}")
        return self
