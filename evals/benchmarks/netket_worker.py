"""NetKet's side of ``nqs_vs_netket``; needs NetKet, what comes with it and the standard library only.

Started with one case as JSON, it answers one JSON line once it is compiled; then, for each number of iterations read
from standard input, one line with the median seconds of an iteration, on the clock and of the processor, of drawing a
sample and of its local energies.
"""

import contextlib
import itertools
import json
import os
import statistics
import sys
import time
import warnings
from typing import TextIO


def main() -> None:
    case: dict[str, int | float | str] = json.loads(sys.argv[1])
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    warnings.filterwarnings("ignore")
    replies = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):  # NetKet prints notices of its own
        try:
            import netket  # noqa: F401
        except ImportError as error:
            _reply(replies, {"error": f"{sys.executable} cannot import NetKet: {error}"})
            return
        _serve(case, replies)


def _serve(case: dict[str, int | float | str], replies: TextIO) -> None:
    import jax
    import netket as nk

    side, alpha = int(case["side"]), int(case["alpha"])
    graph = nk.graph.Chain(side, pbc=True) if case["lattice"] == "chain" else nk.graph.Square(side, pbc=True)
    hilbert = nk.hilbert.Spin(s=0.5, N=graph.n_nodes, total_sz=0)
    hamiltonian = nk.operator.Heisenberg(hilbert, graph, J=1.0, sign_rule=True)
    if case["ansatz"] == "rbm":
        machine = nk.models.RBM(alpha=alpha, param_dtype=float)
    elif case["ansatz"] == "rbm_symmetric":
        symmetries = graph.translation_group()
        machine = nk.models.RBMSymm(symmetries=symmetries, alpha=alpha, param_dtype=float, use_visible_bias=False)
    else:
        from netket_networks import build  # beside this file, which is started as a program of its own

        machine = build(case)
    sampler = nk.sampler.MetropolisExchange(
        hilbert, graph=graph, n_chains=int(case["n_chains"]), sweep_size=graph.n_nodes
    )
    state = nk.vqs.MCState(
        sampler, machine, n_samples=int(case["n_samples"]), n_discard_per_chain=int(case["n_discard"]), seed=1
    )
    # NTK where there are more parameters than samples: NetKet's own choice.
    driver = nk.driver.VMC_SR(
        hamiltonian,
        nk.optimizer.Sgd(learning_rate=float(case["learning_rate"])),
        variational_state=state,
        diag_shift=float(case["diag_shift"]),
    )

    def iterations(count: int) -> tuple[list[float], list[float]]:
        marks = [(time.perf_counter(), time.process_time())]

        def tick(step: int, log: object, drv: object) -> bool:
            jax.block_until_ready(state.parameters)
            marks.append((time.perf_counter(), time.process_time()))
            return True

        driver.run(count, out=nk.logging.RuntimeLog(), show_progress=False, callback=tick)
        steps = list(itertools.pairwise(marks))
        return [after[0] - before[0] for before, after in steps], [after[1] - before[1] for before, after in steps]

    def parts(count: int) -> tuple[list[float], list[float]]:
        sample, local = [], []
        for _ in range(count):
            state.reset()
            begin = time.perf_counter()
            jax.block_until_ready(state.samples)
            middle = time.perf_counter()
            jax.block_until_ready(state.local_estimators(hamiltonian).data)
            sample.append(middle - begin)
            local.append(time.perf_counter() - middle)
        return sample, local

    iterations(2)
    parts(1)
    _reply(replies, {"version": nk.__version__, "jax": jax.__version__, "n_parameters": int(state.n_parameters)})
    for line in sys.stdin:
        whole, processor = iterations(int(line))
        sample, local = parts(int(line))
        median = statistics.median
        _reply(
            replies,
            {
                "iteration": median(whole),
                "processor": median(processor),
                "sample": median(sample),
                "local_energy": median(local),
            },
        )


def _reply(stream: TextIO, fields: dict[str, object]) -> None:
    stream.write(json.dumps(fields) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
