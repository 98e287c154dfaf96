"""What a sample of |psi|^2 misses near nodes, and what blurred samples and sums over all states mend.

    python -m evals.benchmarks.nqs_nodes variance   # variance of the sample against that of all states, after a run
    python -m evals.benchmarks.nqs_nodes pulls      # error bars of 400 evaluations of a state with a heavy tail
    python -m evals.benchmarks.nqs_nodes ansatze    # which ansatz suits a small frustrated lattice, in CPU seconds

Times are CPU seconds of this process.
"""

import argparse
import time

import numpy as np

from physics_engines.nqs import ExactSpec, GroundStateSpec, exact_ground_state, ground_state
from physics_engines.nqs.ansatze import build_ansatz
from physics_engines.nqs.backend import build_backend
from physics_engines.nqs.evaluation import estimates, measure
from physics_engines.nqs.exact import as_configurations, sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import build_hamiltonian
from physics_engines.nqs.optimisation import FinalSample
from physics_engines.nqs.run import build_stage, project

_MAJUMDAR_GHOSH: dict[str, object] = {"model": "j1j2", "lattice": "chain", "shape": 14, "j2": 0.5}
_ODD: dict[str, object] = {
    "lattice": "chain",
    "shape": 10,
    "momentum": 0,
    "spin_flip": "odd",
    "ansatz": "rbm_complex",
    "alpha": 4,
}
_SAMPLING: tuple[dict[str, object], ...] = (
    {"sampler": "metropolis", "blur": 0.0},
    {"sampler": "metropolis", "blur": 0.5},
    {"sampler": "exact"},
)
_FRUSTRATED: dict[str, dict[str, object]] = {
    "square 4x4, J2 = 0.5": {"model": "j1j2", "lattice": "square", "shape": "4x4", "j2": 0.5},
    "chain 16, J2 = 0.4": {"model": "j1j2", "lattice": "chain", "shape": 16, "j2": 0.4},
    "triangular 4x4": {"lattice": "triangular", "shape": "4x4"},
    "kagome 2x2": {"lattice": "kagome", "shape": "2x2"},
    "honeycomb 2x3, J2 = 0.4": {"model": "j1j2", "lattice": "honeycomb", "shape": "2x3", "j2": 0.4},
}


def variances(seed: int) -> None:
    """The final wave function of each run, summed over all states, beside what the run said."""
    for fields in (_MAJUMDAR_GHOSH, _ODD):
        for sampling in _SAMPLING:
            spec = GroundStateSpec.model_validate({**fields, **sampling, "seed": seed})
            start = time.process_time()
            result = ground_state(spec)
            seconds = time.process_time() - start
            hamiltonian = build_hamiltonian(spec)
            evaluator = build_backend(project(build_ansatz(spec), spec, hamiltonian), hamiltonian)
            evaluator.set_parameters(result.parameters)
            states = sector_states(hamiltonian)
            logs = evaluator.log_psi(as_configurations(states, spec.n_sites))
            psi = np.exp(logs - logs.real.max())
            psi /= np.linalg.norm(psi)
            product = sparse_matrix(hamiltonian, states) @ psi
            energy = float(np.vdot(psi, product).real)
            variance = float(np.linalg.norm(product - energy * psi) ** 2)
            said, its_variance = result.energy_per_site, result.variance_per_site.value * spec.n_sites
            print(
                f"{fields['shape']} sites, {spec.sampler}, blur {spec.blur}: E/N {said.value:.8f} +- {said.error:.1e}, "
                f"of all states {energy / spec.n_sites:.8f}; variance {its_variance:.2e}, "
                f"of all states {variance:.2e}; {seconds:.0f} s; {'; '.join(said.flags)}",
                flush=True,
            )


def pulls(n_samples: int, n_seeds: int) -> None:
    """(E - <E>) / error over many seeds, for a random dense RBM on 8 sites."""
    for blur in (0.0, 0.5):
        spec = GroundStateSpec(
            lattice="chain", shape=8, ansatz="rbm_complex", alpha=2, sampler="metropolis", blur=blur,
            n_final_samples=n_samples,
        )  # fmt: skip
        hamiltonian, ansatz = build_hamiltonian(spec), build_ansatz(spec)
        stage = build_stage(spec, ansatz, hamiltonian)
        parameters = 30 * ansatz.initial_parameters(np.random.default_rng(1))
        stage.backend.set_parameters(parameters)
        stage.sampler.set_parameters(parameters)
        states = as_configurations(sector_states(hamiltonian), 8)
        weights = np.exp(2 * stage.backend.log_psi(states).real)
        local = stage.backend.local_energies(states).real
        energy = np.average(local, weights=weights)
        centred = local - energy
        kurtosis = np.average(centred**4, weights=weights) / np.average(centred**2, weights=weights) ** 2
        found, flagged = [], []
        for seed in range(n_seeds):
            rng = np.random.default_rng(seed)
            begun = FinalSample(0, stage.sampler.start(rng), np.zeros((spec.n_chains, 0)), (), ())
            estimate = estimates(measure(stage.backend, spec, rng, stage.sampler, begun), spec)[0]
            found.append((estimate.value - energy / 8) / (estimate.error or np.nan))
            flagged.append(bool(estimate.flags))
        print(
            f"{n_samples} samples, blur {blur}, {n_seeds} seeds (kurtosis {kurtosis:.0f} over |psi|^2): pulls mean "
            f"{np.mean(found):.2f}, std {np.std(found):.2f}, largest {np.abs(found).max():.1f}; "
            f"{sum(flagged)} flagged",
            flush=True,
        )


def ansatze(seeds: list[int]) -> None:
    """Relative distance to the exact energy of the default, the dense complex RBM and the pair product."""
    for name, fields in _FRUSTRATED.items():
        exact = exact_ground_state(ExactSpec.model_validate(fields)).energy_per_site.value
        default = GroundStateSpec.model_validate(fields).ansatz
        for ansatz in dict.fromkeys((default, "rbm_complex", "pair_product")):
            for seed in seeds:
                start = time.process_time()
                result = ground_state(GroundStateSpec.model_validate({**fields, "ansatz": ansatz, "seed": seed}))
                energy = result.energy_per_site
                print(
                    f"{name}, {ansatz}, seed {seed}: {(energy.value - exact) / abs(exact):.1e} "
                    f"({(energy.error or 0) / abs(exact):.0e}), V-score {result.v_score.value:.1e}, "
                    f"{time.process_time() - start:.0f} s",
                    flush=True,
                )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("variance", "pulls", "ansatze"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    parser.add_argument("--samples", type=int, default=8192)
    parser.add_argument("--evaluations", type=int, default=400)
    arguments = parser.parse_args()
    if arguments.part == "variance":
        for seed in arguments.seeds:
            variances(seed)
    elif arguments.part == "pulls":
        pulls(arguments.samples, arguments.evaluations)
    else:
        ansatze(arguments.seeds)


if __name__ == "__main__":
    main()
