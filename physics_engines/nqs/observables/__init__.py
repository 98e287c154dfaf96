"""Observables of a variational wave function, each with its error, and the same from an exact state vector."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from physics_engines.nqs.observables.correlation import Correlations, correlations
    from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState
    from physics_engines.nqs.observables.entanglement import renyi_entropy
    from physics_engines.nqs.observables.exact import exact_correlations, exact_magnetisations, exact_renyi_entropy
    from physics_engines.nqs.observables.extrapolation import zero_variance_energy
    from physics_engines.nqs.observables.lanczos import lanczos_step
    from physics_engines.nqs.observables.magnetisation import magnetisations
    from physics_engines.nqs.observables.overlap import fidelity
    from physics_engines.nqs.observables.run import ObservablesResult, ground_state_observables
    from physics_engines.nqs.observables.structure import StructureFactor, staggered_magnetisation, structure_factor

_HOME = {
    "Correlations": "correlation",
    "correlations": "correlation",
    "Ensemble": "ensemble",
    "VariationalState": "ensemble",
    "renyi_entropy": "entanglement",
    "exact_correlations": "exact",
    "exact_magnetisations": "exact",
    "exact_renyi_entropy": "exact",
    "zero_variance_energy": "extrapolation",
    "fidelity": "overlap",
    "lanczos_step": "lanczos",
    "magnetisations": "magnetisation",
    "ObservablesResult": "run",
    "ground_state_observables": "run",
    "StructureFactor": "structure",
    "staggered_magnetisation": "structure",
    "structure_factor": "structure",
}
__all__ = [
    "Correlations",
    "Ensemble",
    "ObservablesResult",
    "StructureFactor",
    "VariationalState",
    "correlations",
    "exact_correlations",
    "exact_magnetisations",
    "exact_renyi_entropy",
    "fidelity",
    "ground_state_observables",
    "lanczos_step",
    "magnetisations",
    "renyi_entropy",
    "staggered_magnetisation",
    "structure_factor",
    "zero_variance_energy",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
