"""Specs of the neural-quantum-state engine.

Conventions: Heisenberg and J1-J2 use spin-1/2 operators, H = J sum S·S (S = sigma/2), in the S^z = 0 sector. The
transverse-field Ising model uses Pauli matrices, H = -J sum sigma^z sigma^z - h sum sigma^x. Energies are per site.
Each pair of sites has one bond, also across a periodic edge of length 2.
"""

from physics_engines.nqs.spec.dmrg import DmrgSpec
from physics_engines.nqs.spec.exact import ExactSpec
from physics_engines.nqs.spec.ground_state import AnsatzName, GroundStateSpec
from physics_engines.nqs.spec.limits import MAX_SITES, MEMORY_LIMIT
from physics_engines.nqs.spec.model import LatticeName, ModelName, SpinModelSpec

__all__ = [
    "MAX_SITES",
    "MEMORY_LIMIT",
    "AnsatzName",
    "DmrgSpec",
    "ExactSpec",
    "GroundStateSpec",
    "LatticeName",
    "ModelName",
    "SpinModelSpec",
]
