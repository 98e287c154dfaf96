"""When all amplitudes of a small system go into a table."""

from math import comb

from physics_engines.nqs.ansatze.base import Ansatz, Even, Invariant

_MAX_SITES = 20
_MAX_AMPLITUDES = 2**14
"""Amplitudes computed per parameter set: no more than an iteration by chains would need."""


def table_size(ansatz: Ansatz, n_sites: int, n_up: int | None) -> int | None:
    """About how many amplitudes differ, by the symmetries of the ansatz; None where a table is not the cheaper way.

    Args:
        ansatz: The wave function.
        n_sites: Number of spins.
        n_up: Up spins of the sector; None where all states are visited.
    """
    if n_sites > _MAX_SITES:
        return None
    n_states = 2**n_sites if n_up is None else comb(n_sites, n_up)
    n_symmetries = len(ansatz.invariances) if isinstance(ansatz, Invariant) else 1
    n_symmetries *= 2 if isinstance(ansatz, Even) and ansatz.is_even else 1
    return n_states // n_symmetries + 1 if n_states <= _MAX_AMPLITUDES * n_symmetries else None
