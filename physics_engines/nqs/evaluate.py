"""The energy of a stored wave function: fresh samples, no optimisation."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import Interrupted, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.ansatze import Parameters, build_ansatz
from physics_engines.nqs.carleo_troyer import as_dense, load_carleo_troyer
from physics_engines.nqs.evaluation import Measurement, Numbers, estimates, measure
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.observables.stored import load_state
from physics_engines.nqs.optimisation import FinalSample
from physics_engines.nqs.run import Stage, build_stage
from physics_engines.nqs.spec import GroundStateSpec, SpinModelSpec
from physics_engines.nqs.spec.evaluate import EvaluateSpec
from physics_engines.progress import Monitor
from physics_engines.text import Text

_N_EQUILIBRATION = 300
"""Sweeps thrown away: the chains begin far from where a trained state has its weight."""
_BLOCK = 2048


@dataclass(frozen=True)
class EvaluateResult:
    """What was found.

    Attributes:
        energy_per_site: Expectation value per site, an upper bound of the ground-state energy.
        variance_per_site: Variance of the total energy divided by the number of sites.
        v_score: N Var(E) / E^2.
        acceptance: Accepted share of the proposals that change the configuration.
        network: The state as a Spec of its network.
        n_parameters: Its variational parameters.
    """

    energy_per_site: Estimate
    variance_per_site: Estimate
    v_score: Estimate
    acceptance: float
    network: GroundStateSpec
    n_parameters: int


def evaluate_state(spec: EvaluateSpec, monitor: Monitor | None = None) -> EvaluateResult:
    """Sample a stored wave function and measure its energy with an error corrected for autocorrelation.

    Args:
        spec: The model, the file and how much to sample.
        monitor: Progress and interruption.

    Raises:
        InvalidInput: The file cannot be read or does not fit the model.
        Interrupted: The monitor asked to stop; the samples are lost.
    """
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    monitor = monitor or Monitor()
    network, parameters = load_network(spec)
    hamiltonian = build_hamiltonian(network)
    with threadpool_limits(1):
        ansatz = build_ansatz(network)
        stage = build_stage(network, ansatz, hamiltonian)
        stage.backend.set_parameters(parameters)
        stage.sampler.set_parameters(parameters)
        rng = np.random.default_rng(spec.seed)
        walkers = stage.sampler.start(rng)
        if network.sampler == "exact":
            begun = FinalSample(0, walkers, np.zeros((spec.n_chains, 0)), (), ())
            measured = measure(stage.backend, network, rng, stage.sampler, begun)
        else:
            measured = _sampled(spec, stage, walkers, rng, monitor)
        energy, variance, v_score = estimates(measured, network)
    monitor.report(1.0, Text(en="done", ja="完了"), energy=energy.value)
    return EvaluateResult(energy, variance, v_score, measured.acceptance, network, len(parameters))


def _sampled(
    spec: EvaluateSpec, stage: Stage, walkers: NDArray[np.int8], rng: np.random.Generator, monitor: Monitor
) -> Measurement:
    n_per_chain = -(-spec.n_final_samples // spec.n_chains)
    size = max(1, _BLOCK // spec.n_chains)
    parts, weights, acceptances = [], [], []
    for start in range(0, n_per_chain, size):
        if monitor.should_stop():
            raise Interrupted(f"stopped after {start * spec.n_chains} of {spec.n_final_samples} samples")
        n_records = min(size, n_per_chain - start)
        sample = stage.sampler.draw(walkers, n_records, _N_EQUILIBRATION if start == 0 else 0, rng)
        parts.append(stage.backend.local_energies(sample.flat).reshape(spec.n_chains, n_records))
        acceptances.append(sample.acceptance)
        if sample.weights is not None:
            weights.append(sample.weights.reshape(spec.n_chains, n_records) * sample.weights.size)
        mean = float(sample.average(parts[-1].ravel()).real) / spec.n_sites * spec.coupling
        done = (start + n_records) / n_per_chain
        message = Text(en=f"energy per site {mean:.5f}", ja=f"1サイトあたりのエネルギー {mean:.5f}")
        monitor.report(0.98 * done, message, energy=mean)
    energies = cast(Numbers, np.concatenate(parts, axis=1))
    joined = np.concatenate(weights, axis=1) if weights else None
    return Measurement(energies, float(np.mean(acceptances)), joined)


def load_network(spec: EvaluateSpec) -> tuple[GroundStateSpec, Parameters]:
    """The stored state as the Spec of its network and its parameters.

    Raises:
        InvalidInput: As ``evaluate_state``.
    """
    path = Path(spec.state)
    base = {name: getattr(spec, name) for name in GroundStateSpec.model_fields}
    if path.suffix != ".wf":
        base |= _sizes_beside(path)
        if "blur" not in spec.model_fields_set:
            del base["blur"]  # whether there are nodes depends on the ansatz of the file
        network = GroundStateSpec.model_validate(base)
        parameters, _ = load_state(path, network)
        return network, parameters
    weights = load_carleo_troyer(path)
    if weights.visible.size != spec.n_sites:
        raise InvalidInput(f"{path} is a state of {weights.visible.size} spins, and the lattice has {spec.n_sites}")
    rotated = None
    if spec.basis == "plain":
        signs = build_hamiltonian(spec).rotation
        rotated = None if signs is None else signs < 0
    alpha, numbers = as_dense(weights, rotated)
    is_complex = bool(np.abs(numbers.imag).max() > 0)
    sizes = {"ansatz": "rbm_complex" if is_complex else "rbm", "alpha": alpha}
    plain = {name: base[name] for name in SpinModelSpec.model_fields}
    kept = {name: base[name] for name in ("n_final_samples", "n_chains", "seed", "sampler", "n_replicas")}
    kept |= {name: base[name] for name in ("blur",) if name in spec.model_fields_set}
    return GroundStateSpec.model_validate({**plain, **kept, **sizes}), numbers if is_complex else numbers.real.copy()


def _sizes_beside(path: Path) -> dict[str, object]:
    """Ansatz and sizes of the run whose state this is; nothing where its call is not beside it."""
    call = (path if path.is_dir() else path.parent) / "call.json"
    try:
        written = json.loads(call.read_text())["spec"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    taken = set(GroundStateSpec.model_fields) - set(SpinModelSpec.model_fields)
    return {
        name: value
        for name, value in written.items()
        if name in taken and not name.startswith(("n_final", "n_chains", "seed"))
    }
