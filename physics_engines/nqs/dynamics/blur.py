"""Samples that also reach where the wave function vanishes.

A configuration with psi(s) = 0 is never drawn from |psi|^2, and yet (H psi)(s) moves the state there: sampled forces,
metrics and residuals all miss it (A. Sinibaldi et al., Quantum 7, 1131 (2023)). So configurations are drawn from
pi = |psi|^(2 beta) with beta below 1, and a share q of them makes one move of the Hamiltonian afterwards. Their density
is the mixture

    p(s) = (1 - q) pi(s) + q / M sum_m pi(m(s))

over the M moves m, each its own inverse, known up to a constant. It vanishes nowhere near the state, so the weights
|psi|^2 / p and the second moment |H psi|^2 / p stay bounded: a defensive mixture (T. Hesterberg, Technometrics 37, 185
(1995)).
"""

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.backend import Tempered
from physics_engines.nqs.hamiltonian import moved
from physics_engines.nqs.sampling import Sample

Spins = NDArray[np.int8]
Reals = NDArray[np.float64]

SHARE = 0.5
"""q: share of the samples that make a move."""
POWER = 0.5
"""beta: power of |psi|^2 that is sampled."""
_CHUNK = 2**15


def blur(configurations: Spins, moves: NDArray[np.int64], rng: np.random.Generator) -> Spins:
    """A share ``SHARE`` of the configurations (n, n_units) moved by one of the moves (n_moves, 2) at random."""
    n = len(configurations)
    chosen = moves[rng.integers(len(moves), size=n)]
    is_moved = rng.random(n) < SHARE
    return np.where(is_moved[:, None], moved(configurations, chosen), configurations)


def log_density(log_probability: Callable[[Spins], Reals], configurations: Spins, moves: NDArray[np.int64]) -> Reals:
    """log p of configurations (n, n_units), up to a constant; shape (n,).

    Args:
        log_probability: log |psi|^2 of configurations, up to a constant.
        configurations: From ``blur``.
        moves: The moves they were blurred with, shape (n_moves, 2).
    """
    own = POWER * log_probability(configurations)
    size = max(1, _CHUNK // len(moves))
    around = np.empty(len(configurations))
    for start in range(0, len(configurations), size):
        part = configurations[start : start + size]
        near = moved(np.repeat(part, len(moves), axis=0), np.tile(moves, (len(part), 1)))
        logs = POWER * log_probability(near).reshape(len(part), len(moves))
        largest = logs.max(axis=1)
        around[start : start + size] = largest + np.log(np.exp(logs - largest[:, None]).mean(axis=1))
    with np.errstate(divide="ignore"):
        return cast(Reals, np.logaddexp(own + np.log(1 - SHARE), around + np.log(SHARE)))


def draw(walker: Tempered, configurations: Spins, n_records: int, n_discard: int, rng: np.random.Generator) -> Sample:
    """Move the chains (n_chains, n_sites) on in place under |psi|^(2 beta), and record them once per sweep."""
    n_chains, n_sites = configurations.shape
    powers = np.full(n_chains, POWER)
    uniforms = rng.random((n_discard + n_records, n_chains, n_sites))
    records, proposed, accepted = walker.sweep_tempered(configurations, uniforms, powers)
    total = int(proposed.sum())
    acceptance = int(accepted.sum()) / total if total else float("nan")
    return Sample(np.ascontiguousarray(records[:, n_discard:]), acceptance)
