"""Specs of the neural-quantum-state engine.

Conventions: Heisenberg, XXZ, J1-J2 and tables of couplings use spin-1/2 operators, H = J sum S·S (S = sigma/2), in one
sector of total S^z. The transverse-field Ising model uses Pauli matrices, H = -J sum sigma^z sigma^z - h sum sigma^x.
Energies are per site. Each pair of sites has one bond, also across a periodic edge of length 2.
"""

from physics_engines.lattices.shape import LatticeName
from physics_engines.nqs.spec.dynamics import DynamicsSpec
from physics_engines.nqs.spec.exact import ExactSpec
from physics_engines.nqs.spec.excited_state import ExcitedStateSpec
from physics_engines.nqs.spec.ground_state import AnsatzName, GroundStateSpec
from physics_engines.nqs.spec.limits import MAX_SITES, MEMORY_LIMIT
from physics_engines.nqs.spec.model import Exchange, ModelName, SpinModelSpec
from physics_engines.nqs.spec.observables import ObservableName, ObservablesSpec

__all__ = [
    "MAX_SITES",
    "MEMORY_LIMIT",
    "AnsatzName",
    "DynamicsSpec",
    "ExactSpec",
    "Exchange",
    "ExcitedStateSpec",
    "GroundStateSpec",
    "LatticeName",
    "ModelName",
    "ObservableName",
    "ObservablesSpec",
    "SpinModelSpec",
]
