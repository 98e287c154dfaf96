"""One sweep of two-site DMRG, and expectation values of its result."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from tenpy.algorithms.dmrg import TwoSiteDMRGEngine

if TYPE_CHECKING:
    from tenpy.models.model import MPOModel
    from tenpy.networks.mps import MPS

# TeNPy reports through logging, which nobody here has configured; its warnings would otherwise reach the terminal.
logging.getLogger("tenpy").addHandler(logging.NullHandler())


class Stopped(Exception):
    """The run was asked to stop in the middle of a sweep; the state is that of the sweep before."""


class _Engine(TwoSiteDMRGEngine):  # type: ignore[misc]
    """Two-site DMRG that reports after every update of a pair of sites."""

    after_update: Callable[[], None]

    def post_update_local(self, **data: object) -> None:
        super().post_update_local(**data)
        self.after_update()


def sweep(
    psi: "MPS",
    model: "MPOModel",
    bond_dimension: int,
    mixer: float | None,
    smallest: float,
    within: Callable[[float], None],
) -> float:
    """Optimise every pair of neighbouring tensors from left to right and back, in place.

    Args:
        psi: The state in canonical form.
        model: Holds the Hamiltonian as an operator.
        bond_dimension: Largest number of singular values kept.
        mixer: Amplitude of the subspace expansion, None for none.
        smallest: Singular values below this are dropped.
        within: Called with the share of the sweep done; may raise ``Stopped``.

    Returns:
        Largest weight discarded at one cut.
    """
    options: dict[str, object] = {"trunc_params": {"chi_max": bond_dimension, "svd_min": smallest}, "combine": True}
    if mixer is not None:
        options |= {"mixer": True, "mixer_params": {"amplitude": mixer, "decay": 1.0, "disable_after": 1000}}
    engine = _Engine(psi, model, options)
    n_updates = len(list(engine.get_sweep_schedule()))
    done = 0

    def after_update() -> None:
        nonlocal done
        done += 1
        within(min(done / n_updates, 1.0))

    engine.after_update = after_update
    if mixer is not None:
        engine.mixer_activate()
    try:
        discarded = float(engine.sweep())
        if mixer is not None:
            engine.after_update = lambda: None
            engine.mixer_cleanup()  # the mixer leaves matrices where singular values belong
    finally:
        for config in (engine.options, engine.trunc_params, engine.lanczos_params):
            config.unused.clear()  # options of paths that one sweep does not take are no mistake
    return discarded


def expectation(psi: "MPS", model: "MPOModel") -> float:
    """<H> of a normalised state, in units of J."""
    return float(np.real(model.H_MPO.expectation_value(psi)))


def variance(psi: "MPS", model: "MPOModel", energy: float, memory: int) -> float:
    """<H^2> - <H>^2 by contracting the operator twice; NaN where its largest array needs more than ``memory`` bytes."""
    largest = max(chi**2 * width**2 for chi, width in zip([1, *psi.chi, 1], model.H_MPO.chi, strict=True))
    if 8 * largest > 4 * memory:  # charge conservation leaves less than a quarter of the numbers
        return float("nan")
    return max(float(np.real(model.H_MPO.variance(psi, energy))), 0.0)
