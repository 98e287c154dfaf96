"""The density-matrix renormalisation group: two-site sweeps with a growing bond dimension.

S. R. White, Phys. Rev. Lett. 69, 2863 (1992); U. Schollwöck, Ann. Phys. 326, 96 (2011). The mixer of the first sweeps
of a stage (C. Hubig et al., Phys. Rev. B 91, 155115 (2015)) lets the conserved numbers rearrange.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import Interrupted
from physics_engines.estimate import Estimate
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.mps.operators import build_operator, build_site, line_order, start_product
from physics_engines.nqs.mps.state import COLUMNS, DmrgState, from_tensors, load, save, to_tensors
from physics_engines.nqs.spec import DmrgSpec
from physics_engines.progress import Monitor
from physics_engines.text import Text

if TYPE_CHECKING:
    from tenpy.models.model import MPOModel
    from tenpy.networks.mps import MPS
    from tenpy.networks.site import Site

_SAVE_INTERVAL = 5.0
_SMALLEST_SINGULAR_VALUE = 1e-10
_COMPLETE = 1e-15
"""Discarded weight at which a larger bond dimension changes nothing."""
_VARIANCE_MEMORY = 2**30
"""Bytes of the largest array of <H^2>; where it needs more, the variance is left out."""


@dataclass(frozen=True)
class Stage:
    """Sweeps at one bond dimension.

    Attributes:
        bond_dimension: Largest bond dimension.
        mixers: Amplitude of the mixer in each of the first sweeps.
        n_plain: Most sweeps without mixer after them; at least one is made.
    """

    bond_dimension: int
    mixers: tuple[float, ...]
    n_plain: int


@dataclass(frozen=True)
class DmrgResult:
    """What a DMRG run found.

    Attributes:
        energy_per_site: <H> of the final matrix product state, an upper bound.
        variance_per_site: (<H^2> - <H>^2) / N, None where <H^2> does not fit into memory.
        v_score: N Var(E) / E^2, None as above.
        truncation_error: Largest discarded weight of a cut in the last sweep.
        extrapolated: Energy per site at zero variance, None with fewer than three bond dimensions or a converged run.
        n_parameters: Numbers in the tensors that the conserved quantity leaves free.
        trace: Columns ``bond_dimension``, ``energy`` (per site), ``truncation_error`` and ``variance`` (of the total
            energy; NaN where not measured), one row per sweep, units of J.
        entanglement: Von Neumann entropy of every cut of the line, shape (n_sites - 1,).
        order: Sites in line order, shape (n_sites,).
        tensors: Right-canonical tensors in line order, shape (2, left, right); index 0 is spin up along z, or along x
            in models of single flips only.
    """

    energy_per_site: Estimate
    variance_per_site: Estimate | None
    v_score: Estimate | None
    truncation_error: Estimate
    extrapolated: Estimate | None
    n_parameters: int
    trace: dict[str, NDArray[np.float64]]
    entanglement: NDArray[np.float64]
    order: NDArray[np.int64]
    tensors: tuple[NDArray[np.float64], ...]


def schedule(spec: DmrgSpec) -> tuple[Stage, ...]:
    """Bond dimensions growing to the largest, the last three by doubling; strong mixing first, convergence last."""
    largest = min(spec.bond_dimension, 2 ** (spec.n_sites // 2))
    sizes = [largest]
    while sizes[0] > 16 or (sizes[0] > 4 and len(sizes) < 3):
        sizes.insert(0, sizes[0] // (2 if len(sizes) < 3 else 4))
    stages = []
    for k, size in enumerate(sizes):
        mixers = (1e-2, 1e-3, 1e-4) if k == 0 else (1e-5,)
        stages.append(Stage(size, mixers, spec.n_sweeps if k == len(sizes) - 1 else 1))
    return tuple(stages)


def dmrg_ground_state(spec: DmrgSpec, monitor: Monitor | None = None) -> DmrgResult:
    """Minimise the energy of a matrix product state in the sector of the model (S^z = 0, or even under spin flip).

    Goes on from ``monitor.checkpoint`` where that file holds the same calculation, with the same numbers as a run
    that was never interrupted: every sweep begins from the plain tensors that the file stores.

    Args:
        spec: The calculation.
        monitor: Progress, interruption and restart file.

    Raises:
        Interrupted: The monitor asked to stop; the last whole sweep is in the restart file.
        InvalidInput: The restart file belongs to another calculation.
    """
    import scipy.linalg  # noqa: F401  # its BLAS must be loaded before its threads can be limited
    from threadpoolctl import threadpool_limits

    from physics_engines.nqs.mps.estimates import summarise

    monitor = monitor or Monitor()
    hamiltonian = build_hamiltonian(spec)
    identity = f"{spec.digest()}:dmrg"
    with threadpool_limits(1):
        order = line_order(hamiltonian)
        site = build_site(hamiltonian)
        model = build_operator(hamiltonian, order, site)
        state = load(monitor.checkpoint, identity) if monitor.checkpoint else None
        if state is None:
            state = DmrgState(to_tensors(_product(hamiltonian, order, site)))
        _sweep_all(state, spec, model, site, monitor, identity)
        psi = from_tensors(state.tensors, site)
        entropies = np.asarray(psi.entanglement_entropy(), dtype=np.float64)
    trace = dict(zip(COLUMNS, np.array(state.trace).T, strict=True))
    # TeNPy orders the physical index by charge; ``perm`` says where "up, down" went.
    up_first = np.argsort(site.perm)
    tensors = tuple(np.asarray(tensor, dtype=np.float64)[up_first] for tensor in state.tensors[: spec.n_sites])
    result = summarise(spec, trace, entropies, order, tensors)
    monitor.report(1.0, Text(en="done", ja="完了"), energy=result.energy_per_site.value)
    return result


def _product(hamiltonian: Hamiltonian, order: NDArray[np.int64], site: "Site") -> "MPS":
    from tenpy.networks.mps import MPS

    names = start_product(hamiltonian, order)
    return MPS.from_product_state([site] * len(order), names, bc="finite", unit_cell_width=len(order))


def _sweep_all(
    state: DmrgState, spec: DmrgSpec, model: "MPOModel", site: "Site", monitor: Monitor, identity: str
) -> None:
    """Sweep to the end of the schedule, saving now and then and when asked to stop."""
    from physics_engines.nqs.mps.sweep import Stopped, expectation, sweep, variance

    stages = schedule(spec)
    work = np.cumsum([0.0] + [(len(s.mixers) + s.n_plain) * s.bond_dimension**2.5 for s in stages])
    saved = time.monotonic()

    def keep() -> None:
        if monitor.checkpoint is not None:
            save(monitor.checkpoint, state, identity)

    while state.stage < len(stages):
        stage = stages[state.stage]
        n_most = len(stage.mixers) + stage.n_plain
        begin, end = (float(work[k] / work[-1]) for k in (state.stage, state.stage + 1))
        mixer = stage.mixers[state.sweep] if state.sweep < len(stage.mixers) else None
        energy = state.trace[-1][1] / spec.n_sites if state.trace else float("nan")

        within = _reporter(
            monitor,
            _message(stage, state.sweep, energy * spec.coupling),
            (begin + (end - begin) * state.sweep / n_most, (end - begin) / n_most),
        )
        try:
            within(0.0)
            psi = from_tensors(state.tensors, site)
            discarded = sweep(psi, model, stage.bond_dimension, mixer, _SMALLEST_SINGULAR_VALUE, within)
        except Stopped:
            keep()
            kept = f"; restart file {monitor.checkpoint}" if monitor.checkpoint else "; no restart file was asked for"
            raise Interrupted(f"stopped after {len(state.trace)} sweeps{kept}") from None
        state.tensors = to_tensors(psi)
        psi = from_tensors(state.tensors, site)
        total = expectation(psi, model)
        before = state.trace[-1][1] if state.trace else float("inf")
        state.sweep += 1
        settled = mixer is None and abs(total - before) <= spec.tolerance * abs(total)
        is_last = state.sweep >= n_most or settled
        measured = variance(psi, model, total, _VARIANCE_MEMORY) if is_last else float("nan")
        state.trace.append((float(max(psi.chi)), total, discarded, measured))
        if is_last:
            # Nothing more to gain where nothing is left out any more.
            complete = settled and discarded < _COMPLETE
            state.stage, state.sweep = (len(stages) if complete else state.stage + 1), 0
        if time.monotonic() - saved > _SAVE_INTERVAL:
            keep()
            saved = time.monotonic()
    keep()


def _reporter(monitor: Monitor, message: Text, span: tuple[float, float]) -> Callable[[float], None]:
    """What a sweep calls with the share of it done; ``span`` is where its own share begins and how long it is."""
    from physics_engines.nqs.mps.sweep import Stopped

    def within(share: float) -> None:
        if monitor.should_stop():
            raise Stopped
        monitor.report(0.98 * (span[0] + span[1] * share), message)

    return within


def _message(stage: Stage, sweep: int, energy: float) -> Text:
    shown_en = f", energy per site {energy:.7f}" if np.isfinite(energy) else ""
    shown_ja = f"、1サイトあたりのエネルギー {energy:.7f}" if np.isfinite(energy) else ""
    return Text(
        en=f"bond dimension {stage.bond_dimension}, sweep {sweep + 1}{shown_en}",
        ja=f"ボンド次元 {stage.bond_dimension}、スイープ {sweep + 1}{shown_ja}",
    )
