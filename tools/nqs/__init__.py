"""Tools over the neural-quantum-state engine, one file each."""

from tools.nqs.exact import exact
from tools.nqs.ground_state import ground_state
from tools.nqs.observables import observables

__all__ = ["exact", "ground_state", "observables"]
