"""Restart files: named arrays and a description in one ``.npz``, that only the same calculation goes on from."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.files import write_arrays

Arrays = dict[str, "NDArray[Any]"]


def write(
    path: Path, identity: str, version: int, meta: Mapping[str, object], arrays: Mapping[str, "NDArray[Any]"]
) -> None:
    """Write a restart file atomically.

    Args:
        path: Where.
        identity: Names the calculation; only the same one may go on from the file.
        version: Of the layout.
        meta: What is no array, as JSON.
        arrays: The rest; ``meta`` is no free name.
    """
    head = {**meta, "format": version, "identity": identity}
    write_arrays(path, {"meta": np.array(json.dumps(head)), **arrays})


def read(path: Path, identity: str, version: int) -> tuple[dict[str, Any], Arrays] | None:
    """Description and arrays; None when there is no file, one that cannot be read, or one of another layout.

    Raises:
        InvalidInput: The file is sound but belongs to another calculation; it is left untouched.
    """
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "meta"}
            meta = json.loads(str(file["meta"]))
        owner, found = str(meta["identity"]), meta["format"]
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None
    if owner != identity:
        raise InvalidInput(
            f"the restart file {path} belongs to another calculation ({owner}, not {identity}); remove it or use "
            "another folder"
        )
    return (meta, arrays) if found == version else None


def generator(state: Any) -> np.random.Generator:
    """The random stream whose ``bit_generator.state`` this is.

    Raises:
        ValueError, KeyError, TypeError: It is none.
    """
    rng = np.random.Generator(np.random.PCG64())
    rng.bit_generator.state = state
    return rng
