"""A wave function from the files of an earlier run."""

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.ansatze import Parameters, build_ansatz
from physics_engines.nqs.spec import GroundStateSpec, SpinModelSpec


def load_state(path: Path, spec: GroundStateSpec) -> tuple[Parameters, NDArray[np.int8]]:
    """Parameters and last configurations of an earlier ground-state run.

    Args:
        path: The ``state.npz``, or the folder it is in. A ``call.json`` beside it is compared with ``spec``.
        spec: The model and network the parameters are to be used with.

    Raises:
        InvalidInput: No such file, or it belongs to another model or network.
    """
    file = path / "state.npz" if path.is_dir() else path
    try:
        with np.load(file, allow_pickle=False) as stored:
            parameters, configurations = stored["parameters"], stored["configurations"]
    except FileNotFoundError:
        raise InvalidInput(f"there is no state at {file}") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InvalidInput(f"{file} is not the state of a ground-state run ({error})") from error
    _compare(file.with_name("call.json"), spec)
    ansatz = build_ansatz(spec)
    if parameters.shape != (ansatz.n_parameters,) or np.iscomplexobj(parameters) != ansatz.is_complex:
        raise InvalidInput(
            f"{file} holds {parameters.size} {'complex' if np.iscomplexobj(parameters) else 'real'} parameters, and "
            f"{spec.ansatz} with alpha = {spec.alpha} on {spec.n_sites} sites has {ansatz.n_parameters} "
            f"{'complex' if ansatz.is_complex else 'real'} ones; name the model and network of that run"
        )
    if configurations.ndim != 2 or configurations.shape[1] != spec.n_sites:
        raise InvalidInput(f"{file} holds configurations of another lattice than {spec.n_sites} sites")
    return parameters, configurations.astype(np.int8)


def _compare(call: Path, spec: GroundStateSpec) -> None:
    """Refuse a state whose own call names another model: the number of parameters alone would not tell."""
    if not call.exists():
        return
    try:
        written = GroundStateSpec.model_validate(
            {k: v for k, v in json.loads(call.read_text())["spec"].items() if k in GroundStateSpec.model_fields}
        )
    except (ValueError, KeyError, TypeError):
        return
    for name in (*SpinModelSpec.model_fields, "ansatz", "alpha"):
        ours, theirs = getattr(spec, name), getattr(written, name)
        if ours != theirs:
            raise InvalidInput(f"the state beside {call} is one of {name} = {theirs}, not {ours}")
