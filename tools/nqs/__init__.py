"""Tools over the neural-quantum-state engine, one file each."""

from tools.nqs.compare_ansatze import compare_ansatze
from tools.nqs.deep_boltzmann import deep_boltzmann
from tools.nqs.dmrg import dmrg
from tools.nqs.dynamics import dynamics
from tools.nqs.evaluate import evaluate
from tools.nqs.exact import exact
from tools.nqs.excited_state import excited_state
from tools.nqs.ground_state import ground_state
from tools.nqs.observables import observables

__all__ = [
    "TOOLS",
    "compare_ansatze",
    "deep_boltzmann",
    "dmrg",
    "dynamics",
    "evaluate",
    "exact",
    "excited_state",
    "ground_state",
    "observables",
]

TOOLS = (
    ground_state,
    excited_state,
    exact,
    observables,
    dynamics,
    compare_ansatze,
    dmrg,
    deep_boltzmann,
    evaluate,
)
"""A question that two of them could answer goes to the first."""
