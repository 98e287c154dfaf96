"""Variational wave functions: one file each, over the one interface of ``base``."""

from physics_engines.nqs.ansatze.base import Ansatz, Defaults, Parameters, SpecifiedAnsatz, Work
from physics_engines.nqs.ansatze.build import ansatz_class, ansatz_names, build_ansatz

__all__ = [
    "Ansatz",
    "Defaults",
    "Parameters",
    "SpecifiedAnsatz",
    "Work",
    "ansatz_class",
    "ansatz_names",
    "build_ansatz",
]
