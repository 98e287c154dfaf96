"""The energy of a deep Boltzmann machine from imaginary time: summed on small lattices, sampled on others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import Interrupted
from physics_engines.estimate import Estimate
from physics_engines.nqs.dbm.circuit import Circuit, build_circuit
from physics_engines.nqs.dbm.network import count_units
from physics_engines.nqs.dbm.sampled import sampler_of
from physics_engines.nqs.dbm.summed import sum_units
from physics_engines.nqs.exact import sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import DeepBoltzmannSpec
from physics_engines.progress import Monitor
from physics_engines.statistics import gamma_method, sampling_flags, split_r_hat
from physics_engines.text import Text

_EQUILIBRATION = 0.1
_BATCH = 50


@dataclass(frozen=True)
class DbmResult:
    """What a deep Boltzmann machine has for an energy.

    Attributes:
        energy_per_site: <H> of the network, an upper bound whatever the Trotter step.
        variance_per_site: (<H^2> - <H>^2) / N; None where the network was sampled.
        n_hidden: Hidden units.
        n_deep: Deep units.
        states: Basis states of a summed network, else empty.
        amplitudes: Their normalised amplitudes in the basis of the tables.
        energies: Total energy seen in each cluster update, (n_chains, n_per_chain), of a sampled one.
    """

    energy_per_site: Estimate
    variance_per_site: Estimate | None
    n_hidden: int
    n_deep: int
    states: NDArray[np.int64]
    amplitudes: NDArray[np.float64]
    energies: NDArray[np.float64]


def imaginary_time_state(spec: DeepBoltzmannSpec, monitor: Monitor | None = None) -> DbmResult:
    """Build the network of exp(-tau H) and find its energy.

    Args:
        spec: Model, imaginary time and step.
        monitor: Progress and interruption.

    Raises:
        InvalidInput: The model has no such network with positive weights.
        Interrupted: The monitor asked to stop; nothing is kept, as runs are short.
    """
    monitor = monitor or Monitor()
    hamiltonian = build_hamiltonian(spec)
    circuit = build_circuit(hamiltonian, spec.tau, spec.n_steps, spec.trotter_order)
    n_hidden, n_deep = count_units(circuit)
    if spec.is_summed:
        return _summed(spec, hamiltonian, circuit, (n_hidden, n_deep), monitor)
    energies = _sample(spec, hamiltonian, circuit, monitor)
    analysis = gamma_method(energies / spec.n_sites)
    r_hat = split_r_hat(energies)
    energy = _estimate(
        spec,
        analysis.mean,
        analysis.error,
        Text(
            en=f"{_method(spec).en}, {n_deep} deep units sampled in clusters",
            ja=f"{_method(spec).ja}、{n_deep} 個の深層ユニットをクラスター更新でサンプリング",
        ),
        sampling_flags(analysis, r_hat),
    ).model_copy(
        update={
            "n_eff": analysis.n_eff,
            "tau_int": analysis.tau_int,
            "r_hat": r_hat if np.isfinite(r_hat) else None,
        }
    )
    monitor.report(1.0, Text(en="done", ja="完了"), energy=energy.value)
    nothing = np.zeros(0)
    return DbmResult(energy, None, n_hidden, n_deep, nothing.astype(np.int64), nothing, energies)


def _summed(
    spec: DeepBoltzmannSpec, hamiltonian: Hamiltonian, circuit: Circuit, units: tuple[int, int], monitor: Monitor
) -> DbmResult:
    states = sector_states(spec)
    monitor.report(0.1, Text(en=f"summing {units[1]} deep units", ja=f"{units[1]} 個の深層ユニットの和"))
    psi = sum_units(circuit, states)
    image = sparse_matrix(hamiltonian, states) @ psi
    total = float(psi @ image)
    variance = max(float(image @ image) - total**2, 0.0)
    n, scale = spec.n_sites, spec.coupling
    rounding = 1e-14 * max(1.0, abs(total))
    method = Text(
        en=f"{_method(spec).en}, {units[1]} deep units summed",
        ja=f"{_method(spec).ja}、{units[1]} 個の深層ユニットの和",
    )
    unit, per_site = energy_unit(spec), convention(spec)
    monitor.report(1.0, Text(en="done", ja="完了"), energy=total / n * scale)
    return DbmResult(
        _estimate(spec, total / n, rounding / n, method, ()),
        Estimate(
            label=Text(en="energy variance per site", ja="1サイトあたりのエネルギー分散"),
            value=variance * scale**2 / n,
            error=1e-14 * max(1.0, total**2) * scale**2 / n,
            unit=f"{unit}^2" if unit else "",
            exactness="fit",
            method=method,
            convention=Text(en=f"Var(E_total) / N; {per_site.en}", ja=f"Var(E_total) / N、{per_site.ja}"),
        ),
        *units,
        states,
        psi,
        np.zeros((0, 0)),
    )


def _method(spec: DeepBoltzmannSpec) -> Text:
    order_en = {1: "first", 2: "second"}[spec.trotter_order]
    step = spec.tau / spec.n_steps
    return Text(
        en=f"deep Boltzmann machine of imaginary time τ = {spec.tau:g}, step {step:.3g}, {order_en} order",
        ja=f"虚時間 τ = {spec.tau:g}、刻み {step:.3g}、{spec.trotter_order} 次の深層ボルツマンマシン",
    )


def _estimate(spec: DeepBoltzmannSpec, value: float, error: float, method: Text, flags: tuple[str, ...]) -> Estimate:
    return Estimate(
        label=Text(en="ground-state energy per site", ja="1サイトあたりの基底エネルギー"),
        value=value * spec.coupling,
        error=error * spec.coupling,
        unit=energy_unit(spec),
        exactness="upper_bound",
        method=method,
        convention=convention(spec),
        flags=flags,
    )


def _sample(
    spec: DeepBoltzmannSpec, hamiltonian: Hamiltonian, circuit: Circuit, monitor: Monitor
) -> NDArray[np.float64]:
    n_per_chain = -(-spec.n_sweeps // spec.n_chains)
    n_discard = max(20, int(_EQUILIBRATION * n_per_chain))
    energies = np.empty((spec.n_chains, n_per_chain))
    total, done = spec.n_chains * (n_per_chain + n_discard), 0
    for chain, stream in enumerate(np.random.SeedSequence(spec.seed).spawn(spec.n_chains)):
        step, rng = sampler_of(hamiltonian, circuit), np.random.default_rng(stream)
        for k in range(-n_discard, n_per_chain):
            energy = step(rng)
            if k >= 0:
                energies[chain, k] = energy
            done += 1
            if done % _BATCH == 0:
                if monitor.should_stop():
                    raise Interrupted(f"stopped after {done} of {total} cluster updates")
                monitor.report(
                    0.98 * done / total,
                    Text(en=f"cluster update {done} of {total}", ja=f"クラスター更新 {done}/{total}"),
                )
    return energies
