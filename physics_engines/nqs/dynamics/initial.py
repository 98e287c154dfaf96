"""States at time zero as parameters of a complex RBM."""

import math
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze.build import build_ansatz
from physics_engines.nqs.ansatze.rbm import DenseRbm
from physics_engines.nqs.ansatze.tied_rbm import SymmetricRbm
from physics_engines.nqs.hamiltonian import build_lattice
from physics_engines.nqs.run import GroundStateResult, ground_state
from physics_engines.nqs.spec import DynamicsSpec, GroundStateSpec, SpinModelSpec
from physics_engines.progress import Monitor

_NOISE = 0.02
"""Spread of the weights of a product state: at exactly zero they have no derivative to move along."""


def ground_state_spec(spec: DynamicsSpec) -> GroundStateSpec:
    """The ground state before the quench; for a product state, only its model and network are meant."""
    fields: dict[str, object] = {name: getattr(spec, name) for name in SpinModelSpec.model_fields}
    if spec.initial_field is not None:
        fields["field"] = spec.initial_field
    if spec.initial_j2 is not None:
        fields |= {"j2": spec.initial_j2, "model": "j1j2" if spec.initial_j2 else "heisenberg"}
    if spec.initial_delta is not None:
        fields |= {"delta": spec.initial_delta, "model": "xxz"}
    sampler = "exact" if spec.full_sum else "metropolis"
    network = {"ansatz": spec.ansatz, "alpha": spec.alpha, "seed": spec.seed, "n_iterations": spec.n_iterations}
    return GroundStateSpec.model_validate({**fields, **network, "sampler": sampler})


def rbm_of(spec: DynamicsSpec) -> DenseRbm | SymmetricRbm:
    """The RBM that is evolved."""
    return cast("DenseRbm | SymmetricRbm", build_ansatz(ground_state_spec(spec)))


def initial_parameters(spec: DynamicsSpec, monitor: Monitor) -> tuple[NDArray[np.complex128], GroundStateResult | None]:
    """Parameters at time zero, and the run that found them if they are those of a ground state.

    Raises:
        Interrupted: The monitor asked to stop while the ground state was optimised.
    """
    if spec.initial == "ground_state":
        found = ground_state(ground_state_spec(spec), monitor)
        return found.parameters.astype(np.complex128), found
    rng = np.random.default_rng((spec.seed, 2))
    ansatz = rbm_of(spec)
    noise = rng.standard_normal((2, ansatz.n_parameters))
    parameters = (_NOISE * (noise[0] + 1j * noise[1])).astype(np.complex128)
    if spec.initial == "neel" and isinstance(ansatz, DenseRbm):
        sublattice = build_lattice(spec).sublattice
        assert sublattice is not None
        # exp(b e_i s_i): the amplitude of a turned spin is tan(tilt / 2) = exp(-2 b) of that of the other.
        bias = -0.5 * math.log(math.tan(math.radians(spec.tilt) / 2))
        parameters[: spec.n_sites] = bias * sublattice
    return parameters, None
