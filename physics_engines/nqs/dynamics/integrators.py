"""One time step of the parameters: Heun or classical Runge-Kutta, with the error from doubling the step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError
from physics_engines.nqs.dynamics.equation import Motion

Complex = NDArray[np.complex128]
Rhs = Callable[[Complex], Motion]
IntegratorName = Literal["heun", "rk4"]
_ORDERS = {"heun": 2, "rk4": 4}
_SMALLEST_STEP = 1e-7
_LARGEST_STEP = 0.2


@dataclass(frozen=True)
class Step:
    """A step that was taken.

    Attributes:
        parameters: After it.
        size: How long it was.
        error: Estimated error in the distance between states; 0 for a fixed step, which is not checked.
        proposal: Size to try next.
    """

    parameters: Complex
    size: float
    error: float
    proposal: float


def _advance(name: IntegratorName, rhs: Rhs, start: Complex, first: Complex, size: float) -> Complex:
    """One step from ``start``, whose velocity is ``first``."""
    if name == "heun":
        second = rhs(start + size * first).velocity
        return start + size / 2 * (first + second)
    second = rhs(start + size / 2 * first).velocity
    third = rhs(start + size / 2 * second).velocity
    fourth = rhs(start + size * third).velocity
    return start + size / 6 * (first + 2 * second + 2 * third + fourth)


def fixed_step(name: IntegratorName, rhs: Rhs, start: Complex, motion: Motion, size: float) -> Step:
    """A step of a given size."""
    return Step(_advance(name, rhs, start, motion.velocity, size), size, 0.0, size)


def adaptive_step(
    name: IntegratorName, rhs: Rhs, start: Complex, motion: Motion, size: float, tolerance: float, largest: float
) -> Step:
    """The largest step near ``size`` whose error per unit of time stays within the tolerance.

    Two halves are compared with the whole (M. Schmitt and M. Heyl, PRL 125, 100503 (2020), supplement); the distance
    is that between the two states, not between their parameters, so that redundant parameters do not count.

    Args:
        name: Integrator.
        rhs: Motion at given parameters.
        start: Parameters now.
        motion: Motion there.
        size: Step to try first.
        tolerance: Error allowed per unit of time.
        largest: Not to be exceeded (time left to the next record).

    Raises:
        EngineError: Not even a step of 1e-7 is good enough.
    """
    order = _ORDERS[name]
    size = min(size, _LARGEST_STEP)
    while size > _SMALLEST_STEP:
        taken = min(size, largest)
        whole = _advance(name, rhs, start, motion.velocity, taken)
        middle = _advance(name, rhs, start, motion.velocity, taken / 2)
        halves = _advance(name, rhs, middle, rhs(middle).velocity, taken / 2)
        error = motion.length(halves - whole) / (2**order - 1)
        finite = bool(np.isfinite(error)) and bool(np.isfinite(halves).all())
        ratio = tolerance * taken / error if finite and error > 0 else (np.inf if finite else 0.0)
        growth = float(np.clip(0.9 * ratio ** (1 / order), 0.2, 2.0))
        if finite and ratio >= 1:
            proposal = max(size, taken * growth) if taken < size else taken * growth
            return Step(halves, taken, error, min(proposal, _LARGEST_STEP))
        if taken <= _SMALLEST_STEP:
            break
        size = taken * min(growth, 0.5)
    raise EngineError(
        f"the equation of motion is too stiff: no step of at least {_SMALLEST_STEP} keeps the error; raise tolerance "
        "or cutoff"
    )
