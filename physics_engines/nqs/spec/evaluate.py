"""The energy of a stored wave function."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from physics_engines.nqs.spec.ground_state import SIZES, GroundStateSpec
from physics_engines.nqs.words import evaluate as words

Basis = Literal["marshall", "plain"]


class EvaluateSpec(GroundStateSpec):
    """Energy of a stored wave function on a model, from fresh samples and without optimising anything.

    The ansatz and its sizes are those of the state: of a run's own ``state.npz`` they are read from the ``call.json``
    beside it, of a Carleo-Troyer file (``.wf``) from its first lines.
    """

    unspoken: ClassVar[frozenset[str]] = frozenset(
        ("ansatz", *SIZES, "n_iterations", "n_samples", "learning_rate", "diag_shift", "sampler")
    )

    state: Annotated[str, words.STATE] = Field(min_length=1, max_length=4096)
    """A state.npz of an earlier run, the folder or the id of that run, or a .wf file in the layout of Carleo and
    Troyer's supplementary code."""
    basis: Basis = "marshall"
    """Signs of the amplitudes in a .wf file: of the basis in which the antiferromagnet has a positive ground state (as
    in Carleo and Troyer's files), or of the plain sigma^z basis."""
