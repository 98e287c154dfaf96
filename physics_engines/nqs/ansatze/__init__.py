"""Variational wave functions: one file each, over the one interface of ``base``."""

from physics_engines.nqs.ansatze.base import Ansatz, Parameters
from physics_engines.nqs.ansatze.build import build_ansatz

__all__ = ["Ansatz", "Parameters", "build_ansatz"]
