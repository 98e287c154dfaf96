"""Several ansätze on one model."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from physics_engines.nqs.spec.dmrg import DmrgSpec, default_bond_dimension
from physics_engines.nqs.spec.ground_state import AnsatzName, GroundStateSpec
from physics_engines.nqs.spec.model import SpinModelSpec
from physics_engines.nqs.words import compare as words
from physics_engines.nqs.words import dmrg as dmrg_words
from physics_engines.nqs.words import ground_state as ground_state_words

ComparedName = AnsatzName | Literal["default_rbm", "mps", "all"]
_USUAL: dict[bool, tuple[ComparedName, ...]] = {
    False: ("jastrow", "rbm", "rbm_symmetric", "cnn", "mps"),
    True: ("jastrow", "rbm_complex", "rbm_symmetric_complex", "cnn", "mps"),
}


def _as_tuple(value: object) -> object:
    """Accept one name and "rbm,mps" beside a list."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _usual(data: dict[str, Any]) -> tuple[ComparedName, ...]:
    try:
        model = SpinModelSpec.model_validate({name: data[name] for name in SpinModelSpec.model_fields})
    except (KeyError, ValidationError):
        return ()  # this Spec is refused for the same reason
    usual = _USUAL[model.model == "j1j2" or not model.is_sign_free]
    return tuple(name for name in usual if _fits(model, name))


def _fits(model: SpinModelSpec, name: ComparedName) -> bool:
    fields = {field: getattr(model, field) for field in SpinModelSpec.model_fields}
    try:
        if name == "mps":
            DmrgSpec.model_validate(fields)
        else:
            GroundStateSpec.model_validate({**fields, "ansatz": name})
    except (ValidationError, ValueError):
        return False
    return True


class CompareSpec(SpinModelSpec):
    """Several ansätze on one model with the same budget of samples and steps, beside the best reference."""

    ansatze: Annotated[tuple[ComparedName, ...], BeforeValidator(_as_tuple), words.ANSATZE] = Field(
        default_factory=_usual
    )
    """What to compare. Where not given: Jastrow factor, dense and translation-symmetric RBM (with complex weights for
    frustrated models), CNN and matrix product state, as far as they fit the lattice. ``default_rbm`` is the RBM that
    nqs.ground_state takes, ``all`` every ansatz that fits."""
    n_iterations: Annotated[int, ground_state_words.N_ITERATIONS] = Field(default=200, ge=1, le=100_000)
    """Optimisation steps of every network."""
    n_samples: Annotated[int, ground_state_words.N_SAMPLES] = Field(default=1024, ge=64, le=1_000_000)
    """Samples per step of every network."""
    n_final_samples: Annotated[int, ground_state_words.N_FINAL_SAMPLES] = Field(default=16_384, ge=256, le=10_000_000)
    """Fresh samples of every final energy."""
    bond_dimension: Annotated[int, dmrg_words.BOND_DIMENSION] = Field(
        default_factory=default_bond_dimension, ge=2, le=4096
    )
    """Bond dimension of the matrix product state; where not given, as in nqs.dmrg."""
    seed: Annotated[int, ground_state_words.SEED] = Field(default=7, ge=0, lt=2**63)
    """Seed of all random streams."""

    @property
    def names(self) -> tuple[ComparedName, ...]:
        """What is compared, written out, each once and in the order named."""
        found: dict[ComparedName, None] = {}
        for name in self.ansatze:
            if name == "all":
                every: tuple[ComparedName, ...] = (*get_args(AnsatzName), "mps")
                found |= dict.fromkeys(one for one in every if _fits(self, one))
            else:
                found[name] = None
        return tuple(found)

    def part(self, name: ComparedName) -> GroundStateSpec | DmrgSpec:
        """The calculation of one of them.

        Raises:
            ValueError: It does not fit the lattice; one sentence.
        """
        model = {field: getattr(self, field) for field in SpinModelSpec.model_fields}
        if name == "mps":
            return DmrgSpec.model_validate({**model, "bond_dimension": self.bond_dimension})
        budget = {field: getattr(self, field) for field in ("n_iterations", "n_samples", "n_final_samples", "seed")}
        chosen = {} if name == "default_rbm" else {"ansatz": name}
        return GroundStateSpec.model_validate({**model, **budget, **chosen})

    @model_validator(mode="after")
    def _parts_fit(self) -> "CompareSpec":
        if not self.ansatze:
            raise ValueError("no ansatz is named; leave the list out for the usual ones")
        for name in self.names:
            try:
                self.part(name)
            except ValidationError as error:
                first = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"{name} cannot be compared here: {first[:1].lower() + first[1:]}") from error
        return self
