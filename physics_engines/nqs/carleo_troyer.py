"""RBM parameters in the text layout of G. Carleo and M. Troyer, Science 355, 602 (2017), supplementary code.

The file holds, separated by white space: the number N of spins and M of hidden units, then as "(re,im)" the visible
biases a_i (N), the hidden biases b_j (M) and the weights W_ij (N rows of M). The amplitude is that of
``ansatze.rbm`` for spins +1 and -1, up to a constant factor. Their antiferromagnets are in the Marshall basis, as ours.
"""

import re
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.files import write_text
from physics_engines.nqs.ansatze.rbm import RbmWeights

_LARGEST_FILE = 2**29
_NUMBER = re.compile(r"\(([^,()\s]+),([^,()\s]+)\)")


def load_carleo_troyer(path: Path) -> RbmWeights:
    """Read the weights of such a file.

    Raises:
        InvalidInput: There is no such file, or it does not follow the layout; the sentence says where it ends.
    """
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidInput(f"{path} has {path.stat().st_size} bytes; at most {_LARGEST_FILE} are read")
        head, n_hidden, *rest = path.read_text(encoding="ascii").split(maxsplit=2)
        n_sites, n_units = int(head), int(n_hidden)
    except FileNotFoundError:
        raise InvalidInput(f"there is no file {path}") from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path} does not begin with the numbers of spins and hidden units ({error})") from error
    if n_sites < 1 or n_units < 1:
        raise InvalidInput(f"{path} names {n_sites} spins and {n_units} hidden units; both must be at least 1")
    text = rest[0] if rest else ""
    expected = n_sites + n_units + n_sites * n_units
    try:
        pairs = _NUMBER.findall(text)
        numbers = np.array([complex(float(real), float(imaginary)) for real, imaginary in pairs])
    except ValueError as error:
        raise InvalidInput(f"{path} holds something that is no number ({error})") from error
    if len(numbers) != expected:
        raise InvalidInput(
            f"{path} holds {len(numbers)} parameters, and {n_sites} spins with {n_units} hidden units have {expected}"
        )
    if not np.isfinite(numbers).all():
        raise InvalidInput(f"{path} holds parameters that are not finite")
    visible, hidden, weights = np.split(numbers, [n_sites, n_sites + n_units])
    return RbmWeights(visible, hidden, np.ascontiguousarray(weights.reshape(n_sites, n_units).T))


def save_carleo_troyer(path: Path, weights: RbmWeights) -> None:
    """Write weights in that layout, with all digits."""
    n_units, n_sites = weights.weights.shape
    numbers = np.concatenate([weights.visible, weights.hidden, weights.weights.T.ravel()]).astype(np.complex128)
    lines = [f"({float(number.real)!r},{float(number.imag)!r})" for number in numbers]
    write_text(path, "\n".join([str(n_sites), str(n_units), *lines]) + "\n")


def as_dense(weights: RbmWeights, rotated: NDArray[np.bool_] | None = None) -> tuple[int, NDArray[np.complex128]]:
    """Hidden units per site and parameters of a dense complex RBM (``DenseRbm``) of the same amplitudes.

    Units are filled up to a multiple of the sites with ones that do nothing (cosh 0 = 1).

    Args:
        weights: M hidden units on N sites.
        rotated: Sites (N,) whose basis is turned by pi about z: the amplitude takes the sign (-1)^(up spins on them).
    """
    n_units, n_sites = weights.weights.shape
    alpha = -(-n_units // n_sites)
    hidden = np.zeros(alpha * n_sites, dtype=np.complex128)
    full = np.zeros((alpha * n_sites, n_sites), dtype=np.complex128)
    hidden[:n_units], full[:n_units] = weights.hidden, weights.weights
    visible = weights.visible.astype(np.complex128)
    if rotated is not None:
        # exp(i pi s / 2) = i s: a sign for every turned spin, and a common phase.
        visible = visible + 0.5j * np.pi * rotated
    return alpha, cast(NDArray[np.complex128], np.concatenate([visible, hidden, full.ravel()]))
