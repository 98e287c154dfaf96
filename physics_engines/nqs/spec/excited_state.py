"""An excited state: which one, and how it is told from the ground state."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from physics_engines.nqs.spec.ground_state import AnsatzName, GroundStateSpec
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.spec.sector import SectorSpec, SpinFlip
from physics_engines.nqs.words import excited_state as words
from physics_engines.nqs.words import ground_state as ground_words
from physics_engines.nqs.words import sector as sector_words
from physics_engines.spec import invalid
from physics_engines.text import Text

Excitation = Literal["energy", "spin"]
Method = Literal["spin", "sector", "penalty"]


def _default_penalty(data: dict[str, Any]) -> float:
    strongest = max(1.0, abs(data.get("delta", 1.0)), data.get("field", 0.0), data.get("j2", 0.0))
    return min(1e4, 3.0 * float(strongest))


class ExcitedStateSpec(SectorSpec):
    """Variational excited state of a spin model and its gap above the ground state."""

    takes_fermions: ClassVar[bool] = False

    spin_flip: Annotated[SpinFlip, sector_words.SPIN_FLIP] = Field(
        default_factory=lambda data: "odd" if data.get("model") == "tfim" and data.get("irrep") == "none" else "none"
    )
    """Even or odd total spin where S^z = 0 is conserved; else the eigenvalue +1 or -1 of the flip of all spins. Where
    not given: odd for the transverse-field Ising model, whose ground state is even and first excited state odd."""
    excitation: Annotated[Excitation, words.EXCITATION] = "energy"
    """energy: the lowest excited state of the sector that is given, or of all states of the same S^z where none is;
    spin: the lowest state with total S^z larger by one, so that the gap is the spin gap."""
    ansatz: Literal["auto"] | AnsatzName = "auto"
    """Network of the excited state; auto takes tied weights where they can carry the sector. The ground state has the
    network of a ground-state run."""
    alpha: Annotated[int | None, ground_words.ALPHA] = Field(default=None, ge=1, le=64)
    """Hidden units per site of the excited state; chosen by size where not given."""
    penalty: float = Field(default_factory=_default_penalty, gt=0, le=1e4)
    """Where no symmetry tells the two states apart: cost of the overlap with the ground state, in units of J; it must
    exceed the gap. Where not given: 3 times the strongest of coupling, anisotropy and field."""
    n_iterations: Annotated[int, ground_words.N_ITERATIONS] = Field(default=300, ge=1, le=100_000)
    """Optimisation steps of each state."""
    n_samples: Annotated[int, ground_words.N_SAMPLES] = Field(default=1024, ge=64, le=1_000_000)
    """Samples per optimisation step."""
    n_final_samples: Annotated[int, ground_words.N_FINAL_SAMPLES] = Field(default=32_768, ge=256, le=10_000_000)
    """Fresh samples for each final energy."""
    seed: Annotated[int, ground_words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    @property
    def method(self) -> Method:
        """How the excited state is kept from falling to the ground state."""
        if self.excitation == "spin":
            return "spin"
        return "sector" if self.has_sector else "penalty"

    @property
    def ground(self) -> GroundStateSpec:
        """The run of the ground state."""
        return GroundStateSpec.model_validate({**self._model(), **self._run()})

    @property
    def excited(self) -> GroundStateSpec:
        """The run of the excited state; for the penalty method without the penalty."""
        fields: dict[str, object] = {**self._model(), **self._run(), "seed": self.seed + 1}
        if self.method == "spin":
            fields["total_sz"] = (self.total_sz or 0) + 1
        if self.has_sector:
            fields |= {"momentum": self.momentum, "irrep": self.irrep, "spin_flip": self.spin_flip}
        if self.ansatz != "auto":
            fields["ansatz"] = self.ansatz
        elif self.method == "penalty" or self.momentum:
            fields["ansatz"] = "rbm_complex"
        elif self.method == "sector" and self.model != "tfim":
            fields["ansatz"] = "rbm_symmetric_complex" if self.boundary == "periodic" else "rbm_complex"
        if self.alpha is not None:
            fields["alpha"] = self.alpha
        elif self.method != "spin":
            # Each image of a projection, and complex weights, cost their share.
            fields["alpha"] = 4
        if self.method == "penalty":
            # Overlaps compare distant parts of both states, of which single moves leave one only rarely.
            n_chains = min(64, self.n_samples // 4, self.n_final_samples // 4)
            fields |= {"sampler": "composite", "n_chains": n_chains}
        return GroundStateSpec.model_validate(fields)

    def _model(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in SpinModelSpec.model_fields}

    def _run(self) -> dict[str, object]:
        names = ("n_iterations", "n_samples", "n_final_samples", "seed")
        return {name: getattr(self, name) for name in names}

    @model_validator(mode="after")
    def _can_be_excited(self) -> "ExcitedStateSpec":
        if self.excitation == "spin":
            if self.total_sz is None:
                raise invalid(
                    "no_spin_gap",
                    Text(
                        en="the transverse-field Ising model does not conserve S^z, so it has no spin gap; ask for the "
                        "energy gap",
                        ja="横磁場イジング模型は S^z を保存しないため、スピンギャップはありません。"
                        "エネルギーギャップを尋ねてください",
                    ),
                    unsolvable=True,
                )
            if self.spin_flip != "none":
                raise ValueError("a sector of S^z = 1 is not mapped onto itself by the spin flip; leave spin_flip out")
        _ = self.ground, self.excited  # what does not fit there does not fit here
        return self
