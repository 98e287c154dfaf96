"""Compiled cluster updates of the units of a deep Boltzmann machine and its mirror image.

|psi|^2 is a sum over the spins and two copies of the deep units, one for psi and one for its conjugate. The deep units
are the spins at earlier imaginary times, so a state of all units is a set of world lines; both updates below sample
them by joining units into clusters and giving every cluster a new sign, which leaves the Boltzmann weight invariant.
"""

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.kernels import compiled, compiled_part


@compiled_part
def _root(parent: NDArray[np.int32], vertex: int) -> int:
    while parent[vertex] != vertex:
        parent[vertex] = parent[parent[vertex]]
        vertex = parent[vertex]
    return vertex


@compiled_part
def _join(parent: NDArray[np.int32], one: int, other: int) -> None:
    a, b = _root(parent, one), _root(parent, other)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@compiled_part
def _resign(
    spins: NDArray[np.int8], parent: NDArray[np.int32], signs: NDArray[np.int8], uniforms: NDArray[np.float64]
) -> None:
    """Every cluster keeps or turns its sign with probability 1/2."""
    flat = spins.ravel()
    for vertex in range(flat.size):
        root = _root(parent, vertex)
        if root == vertex:
            signs[vertex] = 1 if uniforms[vertex] < 0.5 else -1
        parent[vertex] = root
        flat[vertex] *= signs[root]


@compiled
def loop_sweep(
    spins: NDArray[np.int8],
    first: NDArray[np.int64],
    pairs: NDArray[np.int64],
    vertical: NDArray[np.float64],
    dimers: NDArray[np.int64],
    choices: NDArray[np.float64],
    uniforms: NDArray[np.float64],
    parent: NDArray[np.int32],
    signs: NDArray[np.int8],
) -> None:
    """One loop update of an antiferromagnet (H. G. Evertz, G. Lana and M. Marcu, Phys. Rev. Lett. 70, 875 (1993)).

    A factor of a bond is A times the identity plus B times the projection on antiparallel pairs on both sides; a factor
    that keeps an antiparallel pair takes the first with probability A / (A + B).

    Args:
        spins: int8 (n_slices, n_sites), changed in place.
        first: Where the factors between slices t and t + 1 begin in ``pairs``, shape (n_slices,).
        pairs: Sites of each factor, shape (n_factors, 2).
        vertical: A / (A + B) of each factor.
        dimers: Singlets that close the world lines at both ends, shape (n_sites / 2, 2).
        choices: Uniform numbers, one per factor.
        uniforms: Uniform numbers, one per vertex.
        parent: Scratch (n_slices n_sites,); afterwards the loop of every vertex.
        signs: Scratch of that shape.
    """
    n_slices, n_sites = spins.shape
    for vertex in range(n_slices * n_sites):
        parent[vertex] = vertex
    touched = np.zeros(n_sites, dtype=np.bool_)
    for t in range(n_slices - 1):
        low, high = t * n_sites, (t + 1) * n_sites
        touched[:] = False
        for f in range(first[t], first[t + 1]):
            i, j = pairs[f, 0], pairs[f, 1]
            touched[i] = touched[j] = True
            exchanged = spins[t, i] != spins[t + 1, i]
            antiparallel = spins[t, i] != spins[t, j]
            if exchanged or (antiparallel and choices[f] >= vertical[f]):
                _join(parent, low + i, low + j)
                _join(parent, high + i, high + j)
            else:
                _join(parent, low + i, high + i)
                _join(parent, low + j, high + j)
        for i in range(n_sites):
            if not touched[i]:
                _join(parent, low + i, high + i)
    for d in range(len(dimers)):
        i, j = dimers[d, 0], dimers[d, 1]
        _join(parent, i, j)
        _join(parent, (n_slices - 1) * n_sites + i, (n_slices - 1) * n_sites + j)
    _resign(spins, parent, signs, uniforms)


@compiled
def ising_sweep(
    spins: NDArray[np.int8],
    bonds: NDArray[np.int64],
    space: NDArray[np.float64],
    time: NDArray[np.float64],
    choices: NDArray[np.float64],
    uniforms: NDArray[np.float64],
    parent: NDArray[np.int32],
    signs: NDArray[np.int8],
) -> None:
    """One cluster update of a transverse-field Ising model (R. H. Swendsen and J.-S. Wang, PRL 58, 86 (1987)).

    Args:
        spins: int8 (n_slices, n_sites), in signs that make every coupling ferromagnetic, changed in place.
        bonds: Pairs of sites (n_bonds, 2).
        space: Probability that a satisfied bond joins its spins, (n_slices, n_bonds).
        time: The same between slices t and t + 1, (n_slices - 1, n_sites).
        choices: Uniform numbers, n_slices n_bonds + (n_slices - 1) n_sites.
        uniforms: Uniform numbers, one per vertex.
        parent: Scratch (n_slices n_sites,); afterwards the cluster of every vertex.
        signs: Scratch of that shape.
    """
    n_slices, n_sites = spins.shape
    for vertex in range(n_slices * n_sites):
        parent[vertex] = vertex
    k = 0
    for t in range(n_slices):
        low = t * n_sites
        for b in range(len(bonds)):
            i, j = bonds[b, 0], bonds[b, 1]
            if spins[t, i] == spins[t, j] and choices[k] < space[t, b]:
                _join(parent, low + i, low + j)
            k += 1
    for t in range(n_slices - 1):
        low, high = t * n_sites, (t + 1) * n_sites
        for i in range(n_sites):
            if spins[t, i] == spins[t + 1, i] and choices[k] < time[t, i]:
                _join(parent, low + i, high + i)
            k += 1
    _resign(spins, parent, signs, uniforms)
