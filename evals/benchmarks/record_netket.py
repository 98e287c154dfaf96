"""Record NetKet's numbers on fixed parameters and samples, for tests/unit/test_nqs_against_netket.py.

Needs NetKet and nothing of this project, so it runs with the Python of any environment that has NetKet:

    python evals/benchmarks/record_netket.py tests/fixtures/nqs/heisenberg_6x6_rbm.npz

Everything is stored as NetKet returns it (H = sum sigma.sigma, its own step); the README beside the file says how
the conventions convert.
"""

import argparse
import os
import warnings
from pathlib import Path

import numpy as np

SIDE = 6
N_SAMPLES = 1536
"""More than the 1368 parameters, for the step in parameter space; the first ``N_FEW`` serve the one in sample space."""
N_FEW = 256
DIAG_SHIFT = 0.01
SEED = 20
SCALE = 0.12
"""Standard deviation of the parameters: hidden angles of about 0.7, so tanh is neither linear nor saturated."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Record NetKet's numbers on fixed parameters and samples.")
    parser.add_argument("path", type=Path, help="npz file to write")
    path = parser.parse_args().path
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    warnings.filterwarnings("ignore")
    import jax
    import jax.numpy as jnp
    import netket as nk

    graph = nk.graph.Square(SIDE, pbc=True)
    n_sites = graph.n_nodes
    hilbert = nk.hilbert.Spin(s=0.5, N=n_sites, total_sz=0)
    # sign_rule rotates one sublattice: the Marshall basis.
    hamiltonian = nk.operator.Heisenberg(hilbert, graph, J=1.0, sign_rule=True)
    rng = np.random.default_rng(SEED)
    parameters = {
        "Dense": {
            "kernel": jnp.asarray(SCALE * rng.standard_normal((n_sites, n_sites))),
            "bias": jnp.asarray(SCALE * rng.standard_normal(n_sites)),
        },
        "visible_bias": jnp.asarray(SCALE * rng.standard_normal(n_sites)),
    }
    sampler = nk.sampler.MetropolisExchange(hilbert, graph=graph, n_chains=16)
    state = nk.vqs.MCState(
        sampler,
        nk.models.RBM(alpha=1, param_dtype=float),
        n_samples=N_SAMPLES,
        n_discard_per_chain=100,
        seed=SEED,
        sampler_seed=SEED + 1,
    )
    state.parameters = parameters
    samples = state.samples
    everything = samples.reshape(-1, n_sites)

    def measured(configurations: jax.Array, use_ntk: bool) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Local energies and the step of NetKet's driver on these configurations."""
        # The driver reads state.samples; this is the field behind it, filled so that it does not sample anew.
        state._samples = configurations
        driver = nk.driver.VMC_SR(
            hamiltonian,
            nk.optimizer.Sgd(learning_rate=1.0),
            variational_state=state,
            diag_shift=DIAG_SHIFT,
            use_ntk=use_ntk,
            on_the_fly=False,
        )
        energies = np.asarray(state.local_estimators(hamiltonian).data).reshape(-1)
        _, step = driver.compute_loss_and_update()
        return energies, {
            "kernel": np.asarray(step["Dense"]["kernel"]),
            "hidden_bias": np.asarray(step["Dense"]["bias"]),
            "visible_bias": np.asarray(step["visible_bias"]),
        }

    energies, step_many = measured(everything[:, None, :], use_ntk=False)
    energies_few, step_few = measured(everything[:N_FEW, None, :], use_ntk=True)
    if not np.allclose(energies[:N_FEW], energies_few, rtol=1e-12):
        raise SystemExit("NetKet did not evaluate the samples it was given")
    arrays = {
        "edges": np.asarray(graph.edges(), dtype=np.int64),
        "kernel": np.asarray(parameters["Dense"]["kernel"]),
        "hidden_bias": np.asarray(parameters["Dense"]["bias"]),
        "visible_bias": np.asarray(parameters["visible_bias"]),
        "samples": np.asarray(everything, dtype=np.int8),
        "log_psi": np.asarray(state.log_value(everything)),
        "local_energies": energies,
        "n_few": np.asarray(N_FEW),
        "diag_shift": np.asarray(DIAG_SHIFT),
        **{f"step_few_{name}": value for name, value in step_few.items()},
        **{f"step_many_{name}": value for name, value in step_many.items()},
        "netket_version": np.asarray(nk.__version__),
        "jax_version": np.asarray(jax.__version__),
    }
    np.savez_compressed(path, allow_pickle=False, **arrays)
    print(f"{path}: NetKet {nk.__version__}, jax {jax.__version__}, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
