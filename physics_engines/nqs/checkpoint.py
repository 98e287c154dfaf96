"""The restart file of a variational run: everything the next iteration depends on, in one ``.npz``."""

from pathlib import Path
from typing import Any

from physics_engines.nqs import restart
from physics_engines.nqs.optimisation import TRACE_NAMES, FinalSample, RunState, Waypoint

_FORMAT = 1


def save(path: Path, state: RunState, identity: str) -> None:
    """Write the state atomically.

    Args:
        path: The restart file.
        state: The run after any iteration.
        identity: Names the calculation (digest of the Spec and backend); only the same one may go on from it.
    """
    meta: dict[str, Any] = {
        "iteration": state.iteration,
        "bound": state.bound,
        "lowest": state.lowest,
        "lowest_error": state.lowest_error,
        "step_scale": state.step_scale,
        "n_rejected": state.n_rejected,
        "last": state.last.iteration,
        "anchor": state.anchor.iteration,
        "rng": state.rng.bit_generator.state,
    }
    arrays = {
        "parameters": state.parameters,
        "direction": state.direction,
        "configurations": state.configurations,
        **{f"trace_{name}": column for name, column in state.trace.items()},
    }
    for name, point in (("last", state.last), ("anchor", state.anchor)):
        arrays[f"{name}_parameters"] = point.parameters
        arrays[f"{name}_direction"] = point.direction
        arrays[f"{name}_configurations"] = point.configurations
    if state.final is not None:
        meta["final"] = {
            "attempt": state.final.attempt,
            "acceptances": state.final.acceptances,
            "records": state.final.records,
        }
        arrays["final_configurations"] = state.final.configurations
        arrays["final_energies"] = state.final.energies
        if state.final.weights is not None:
            arrays["final_weights"] = state.final.weights
    restart.write(path, identity, _FORMAT, meta, arrays)


def load(path: Path, identity: str) -> RunState | None:
    """Read a state back; None when there is no file, or one that cannot be read (the run then starts afresh).

    Raises:
        InvalidInput: The file is sound but belongs to another calculation; it is left untouched.
    """
    found = restart.read(path, identity, _FORMAT)
    if found is None:
        return None
    meta, arrays = found
    try:
        rng = restart.generator(meta["rng"])
        points = {
            name: Waypoint(
                meta[name],
                arrays[f"{name}_parameters"],
                arrays[f"{name}_direction"],
                arrays[f"{name}_configurations"],
            )
            for name in ("last", "anchor")
        }
        final = None
        if "final" in meta:
            final = FinalSample(
                attempt=meta["final"]["attempt"],
                configurations=arrays["final_configurations"],
                energies=arrays["final_energies"],
                acceptances=tuple(meta["final"]["acceptances"]),
                records=tuple(meta["final"]["records"]),
                weights=arrays.get("final_weights"),
            )
        return RunState(
            iteration=meta["iteration"],
            parameters=arrays["parameters"],
            direction=arrays["direction"],
            configurations=arrays["configurations"],
            last=points["last"],
            anchor=points["anchor"],
            bound=meta["bound"],
            lowest=meta["lowest"],
            lowest_error=meta["lowest_error"],
            step_scale=meta["step_scale"],
            n_rejected=meta["n_rejected"],
            rng=rng,
            trace={name: arrays[f"trace_{name}"] for name in TRACE_NAMES},
            final=final,
        )
    except (KeyError, ValueError, TypeError):
        return None
