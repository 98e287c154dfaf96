"""Neural quantum states: variational Monte Carlo for spin lattices, with exact diagonalisation beside it."""

from importlib import import_module
from typing import TYPE_CHECKING

from physics_engines.nqs.spec import ExactSpec, ExcitedStateSpec, GroundStateSpec, SpinModelSpec

if TYPE_CHECKING:
    from physics_engines.nqs.exact import ExactResult, exact_ground_state
    from physics_engines.nqs.excited import ExcitedStateResult, excited_state
    from physics_engines.nqs.references import reference_energy
    from physics_engines.nqs.run import GroundStateResult, ground_state
    from physics_engines.nqs.spectrum import Level, Spectrum, exact_levels

__all__ = [
    "ExactResult",
    "ExactSpec",
    "ExcitedStateResult",
    "ExcitedStateSpec",
    "GroundStateResult",
    "GroundStateSpec",
    "Level",
    "Spectrum",
    "SpinModelSpec",
    "exact_ground_state",
    "exact_levels",
    "excited_state",
    "ground_state",
    "reference_energy",
]

_HOME = {
    "ExactResult": "exact",
    "exact_ground_state": "exact",
    "ExcitedStateResult": "excited",
    "excited_state": "excited",
    "Level": "spectrum",
    "Spectrum": "spectrum",
    "exact_levels": "spectrum",
    "GroundStateResult": "run",
    "ground_state": "run",
    "reference_energy": "references",
}


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
