"""Deep Boltzmann machines built, not trained: exact representations of imaginary-time evolution.

G. Carleo, Y. Nomura and M. Imada, Nat. Commun. 9, 5322 (2018).
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from physics_engines.nqs.dbm.run import DbmResult, imaginary_time_state

__all__ = ["DbmResult", "imaginary_time_state"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module(f"{__name__}.run"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
