"""Tools over the neural-quantum-state engine, one file each."""

from tools.nqs.exact import exact
from tools.nqs.excited_state import excited_state
from tools.nqs.ground_state import ground_state
from tools.nqs.observables import observables

__all__ = ["exact", "excited_state", "ground_state", "observables"]
