"""The restart file of a DMRG run: the tensors after a sweep, and what the sweeps before it found."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs import restart

if TYPE_CHECKING:
    from tenpy.networks.mps import MPS
    from tenpy.networks.site import Site

_FORMAT = 1
Tensors = list[NDArray[np.float64] | NDArray[np.int64]]
COLUMNS = ("bond_dimension", "energy", "truncation_error", "variance")


@dataclass
class DmrgState:
    """Everything the next sweep depends on.

    Attributes:
        tensors: The state in line order, as ``to_tensors`` gives it.
        stage: Which entry of the schedule is running.
        sweep: Sweeps of that stage done.
        trace: One row per sweep done: bond dimension kept, total energy, largest discarded weight of a cut, and the
            energy variance where it was measured (NaN elsewhere). Units of J.
    """

    tensors: Tensors
    stage: int = 0
    sweep: int = 0
    trace: list[tuple[float, float, float, float]] = field(default_factory=list)


def to_tensors(psi: "MPS") -> Tensors:
    """The state as plain arrays, brought to right-canonical form first.

    Returns:
        Per site its tensor (2, left, right), then per bond (both ends included) its singular values and the charges
        of its states, shape (n_states, n_charges).
    """
    psi.canonical_form()
    tensors = [psi.get_B(i, form="B").transpose(["p", "vL", "vR"]).to_ndarray() for i in range(psi.L)]
    values = [psi.get_SL(0), *(psi.get_SR(i) for i in range(psi.L))]
    legs = [psi.get_B(0).get_leg("vL"), *(psi.get_B(i).get_leg("vR").conj() for i in range(psi.L))]
    return [*tensors, *(np.asarray(value) for value in values), *(leg.to_qflat() * leg.qconj for leg in legs)]


def from_tensors(arrays: Tensors, site: "Site") -> "MPS":
    """The state of ``to_tensors``, bit for bit."""
    from tenpy.linalg import np_conserved as npc
    from tenpy.networks.mps import MPS

    n = (len(arrays) - 2) // 3
    tensors, values, charges = arrays[:n], arrays[n : 2 * n + 1], arrays[2 * n + 1 :]
    legs = [npc.LegCharge.from_qflat(site.leg.chinfo, charge.astype(np.int64)).bunch()[1] for charge in charges]
    built = []
    for i, tensor in enumerate(tensors):
        # A copy: TeNPy may change the order inside the leg objects it is given.
        around = [site.leg, legs[i].copy(), legs[i + 1].conj()]
        built.append(npc.Array.from_ndarray(tensor, around, cutoff=0.0, labels=["p", "vL", "vR"]))
    return MPS([site] * n, built, [value.copy() for value in values], bc="finite", form="B", unit_cell_width=n)


def save(path: Path, state: DmrgState, identity: str) -> None:
    """Write the state atomically."""
    meta = {"stage": state.stage, "sweep": state.sweep}
    arrays = {f"tensor_{i}": tensor for i, tensor in enumerate(state.tensors)}
    restart.write(path, identity, _FORMAT, meta, {"trace": np.array(state.trace).reshape(-1, 4), **arrays})


def load(path: Path, identity: str) -> DmrgState | None:
    """Read a state back; None when there is no file, or one that cannot be read (the run then starts afresh).

    Raises:
        InvalidInput: The file is sound but belongs to another calculation; it is left untouched.
    """
    found = restart.read(path, identity, _FORMAT)
    if found is None:
        return None
    meta, arrays = found
    try:
        trace = [(float(a), float(b), float(c), float(d)) for a, b, c, d in arrays["trace"]]
        tensors = [arrays[f"tensor_{i}"] for i in range(len(arrays) - 1)]
        return DmrgState(tensors, int(meta["stage"]), int(meta["sweep"]), trace)
    except (KeyError, ValueError, TypeError):
        return None
