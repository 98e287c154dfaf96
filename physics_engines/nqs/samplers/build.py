"""From the name of a sampler to the sampler."""

from physics_engines.nqs.ansatze import Ansatz
from physics_engines.nqs.backend import Backend, BackendName, Tempered, build_backend
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.samplers.base import Sampler
from physics_engines.nqs.samplers.metropolis import Metropolis
from physics_engines.nqs.spec import GroundStateSpec


def build_sampler(
    spec: GroundStateSpec,
    ansatz: Ansatz,
    hamiltonian: Hamiltonian,
    backend: Backend,
    name: BackendName = "auto",
    device: str = "cpu",
) -> Sampler:
    """The sampler a Spec names.

    Args:
        spec: The calculation.
        ansatz: Its wave function.
        hamiltonian: Its tables.
        backend: The backend that evaluates energies; samplers that propose its moves share it.
        name: Kind of backend for samplers with moves of their own.
        device: Torch device of that backend.
    """
    if spec.sampler == "exact":
        from physics_engines.nqs.samplers.enumeration import Enumeration

        return Enumeration(backend, hamiltonian, spec.n_chains)
    if spec.sampler == "composite":
        from physics_engines.nqs.samplers.composite import Composite, walking

        walker = build_backend(ansatz, walking(hamiltonian), name, device)
        return Composite(walker, hamiltonian, spec.n_chains)
    if spec.sampler == "parallel_tempering":
        from physics_engines.nqs.samplers.tempering import ParallelTempering

        tempered = backend if isinstance(backend, Tempered) else build_backend(ansatz, hamiltonian, "torch", device)
        if not isinstance(tempered, Tempered):
            raise TypeError(f"{type(tempered).__name__} does not sample powers of |psi|^2")
        return ParallelTempering(tempered, hamiltonian, spec.n_chains, spec.n_replicas)
    return Metropolis(backend, hamiltonian, spec.n_chains)
