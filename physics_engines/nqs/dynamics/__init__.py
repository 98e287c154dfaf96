"""Real-time evolution of a complex RBM by the time-dependent variational principle (t-VMC)."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from physics_engines.nqs.dynamics.reference import ExactEvolution, exact_evolution
    from physics_engines.nqs.dynamics.run import DynamicsResult, real_time_evolution

_HOME = {
    "DynamicsResult": "run",
    "ExactEvolution": "reference",
    "exact_evolution": "reference",
    "real_time_evolution": "run",
}
__all__ = ["DynamicsResult", "ExactEvolution", "exact_evolution", "real_time_evolution"]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
