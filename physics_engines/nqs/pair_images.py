"""Compiled tables of one configuration of a pair product times an RBM, for all symmetry images of a projection.

A sum over images g holds one tableau and one set of hidden angles per image; all share the lists r, d, Y, Z of
``pair_tableau``, since the image acts on f and on the weights instead.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.kernels import Integers, Reals, Spins, compiled_part
from physics_engines.nqs.pair_tableau import place, tabulate

_LARGE = 1e200
"""Product at which its logarithm is taken."""


@compiled_part
def _angles(spins: Spins, gather: Integers, features: Reals, bias: Reals, halves: Reals) -> float:
    """(1 -+ tanh(theta)) / 2 of one image into ``halves`` (2, n_hidden); returns sum log cosh(theta)."""
    n_features, n_visible = features.shape
    n_translations = gather.shape[0]
    total, product = 0.0, 1.0
    image = np.empty(n_visible)
    for t in range(n_translations):
        for v in range(n_visible):
            image[v] = spins[gather[t, v]]
        for feature in range(n_features):
            theta = bias[feature]
            for v in range(n_visible):
                theta += features[feature, v] * image[v]
            decayed = np.exp(-2 * abs(theta))
            larger = 1.0 / (1.0 + decayed)
            h = feature * n_translations + t
            halves[0, h] = larger if theta < 0 else decayed * larger
            halves[1, h] = decayed * larger if theta < 0 else larger
            # log cosh(theta) = |theta| - log(2 max(p, q)); one logarithm serves many factors of at least 1.
            total += abs(theta)
            product *= 2 * larger
            if product > _LARGE:
                total -= np.log(product)
                product = 1.0
    return float(total - np.log(product))


@compiled_part
def refresh(
    spins: Spins, is_spin: bool, n_up: int, n_down: int, f: Reals, orbitals: Reals, characters: Reals,
    gather: Integers, features: Reals, bias: Reals,
    sites: Integers, slot: Integers, tableau: Reals, halves: Reals, weights: Reals, inverse: Reals, swap: Integers,
    ill: NDArray[np.bool_], det_signs: Reals, log_dets: Reals,
) -> float:  # fmt: skip
    """Everything of one configuration from scratch; the weights of the images sum to 1. Returns log|psi|."""
    n_sites = orbitals.shape[1]
    place(spins, is_spin, n_sites, sites, slot)
    largest = -np.inf
    logs = np.empty(len(characters))
    for g in range(len(characters)):
        det_signs[g], log_dets[g], ill[g] = tabulate(f[g], orbitals[g], sites, n_up, n_down, inverse, swap, tableau[g])
        weights[g] = det_signs[g] * characters[g]
        logs[g] = log_dets[g] + _angles(spins, gather[g], features, bias, halves[g])
        largest = max(largest, logs[g])
    total = 0.0
    for g in range(len(characters)):
        weights[g] *= np.exp(logs[g] - largest)
        total += weights[g]
    for g in range(len(characters)):
        weights[g] /= total
    return float(largest + np.log(abs(total)))


@compiled_part
def rbm_ratio(halves: Reals, growth: Reals, a: int) -> float:
    """Ratio of the RBM for a move of one image; ``a`` is 1 where its first unit is filled, tables are of the move."""
    b = 1 - a
    ratio = 1.0
    for k in range(halves.shape[1]):
        ratio *= growth[0, k] * halves[a, k] + growth[1, k] * halves[b, k]
    return float(ratio)


@compiled_part
def turn(halves: Reals, growth: Reals, a: int) -> None:
    """Carry a move out on the hidden angles of one image; arguments as of ``rbm_ratio``."""
    b = 1 - a
    for k in range(halves.shape[1]):
        grown = growth[0, k] * halves[a, k]
        shrunk = growth[1, k] * halves[b, k]
        inverse = 1 / (grown + shrunk)
        halves[a, k] = grown * inverse
        halves[b, k] = shrunk * inverse
