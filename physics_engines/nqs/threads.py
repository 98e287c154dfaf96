"""Chains and samples shared out over the cores; what is computed does not depend on how many there are."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from threadpoolctl import threadpool_limits

T = TypeVar("T")


def available_cores() -> int:
    """Threads to use: ``OMP_NUM_THREADS`` where it says so, else the cores this process may run on."""
    named = os.environ.get("OMP_NUM_THREADS", "")
    if named.isdecimal() and int(named) > 0:
        return int(named)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_out(function: Callable[[slice], T], n: int, size: int) -> list[T]:
    """Call a function on slices of range(n), at the same time where there are cores for it.

    Args:
        function: Releases the GIL for most of its time. What it does on one slice must not depend on the others.
        n: Length of what is shared out.
        size: Longest slice. Where rounding depends on the length (BLAS), fixed, so that it is the same on any machine.

    Returns:
        What it returned, slice after slice.
    """
    parts = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    if len(parts) < 2 or available_cores() < 2:
        return [function(part) for part in parts]
    return list(_pool(available_cores()).map(function, parts))


@cache
def _pool(n_threads: int) -> ThreadPoolExecutor:
    # Each thread keeps one core busy; BLAS threads of its own would only get in the way.
    return ThreadPoolExecutor(n_threads, "nqs", initializer=threadpool_limits, initargs=(1,))
