"""Matrix product states by the density-matrix renormalisation group: the conventional baseline of the networks.

The tensors are TeNPy's (J. Hauschild et al., SciPost Phys. Codebases 41 (2024)). It is imported by the modules that
compute, never by this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from physics_engines.nqs.mps.dmrg import DmrgResult, dmrg_ground_state

__all__ = ["DmrgResult", "dmrg_ground_state"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module(f"{__name__}.dmrg"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
