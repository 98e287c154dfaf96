"""The energy of a large deep Boltzmann machine: its units sampled in clusters."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.lattices.shape import signs_of
from physics_engines.nqs.dbm.circuit import Circuit, Coupling, Exchange, Flip
from physics_engines.nqs.hamiltonian import Hamiltonian

Step = Callable[[np.random.Generator], float]
"""One update of all units; returns the total energy seen in it, in units of J."""


def sampler_of(hamiltonian: Hamiltonian, circuit: Circuit) -> Step:
    """A Markov chain over all units, and an unbiased estimator of <psi|H|psi> / <psi|psi> on it.

    Raises:
        InvalidInput: Couplings the cluster updates do not know.
    """
    if circuit.dimers is not None:
        return _antiferromagnet(hamiltonian, circuit, circuit.dimers)
    return _ising(hamiltonian, circuit)


def _antiferromagnet(hamiltonian: Hamiltonian, circuit: Circuit, dimers: NDArray[np.int64]) -> Step:
    """The state is a singlet, as the start is and every factor conserves total spin: <S·S> = 3 <S^z S^z>.

    Improved estimator: <S^z S^z> is -1/4 for two sublattices in one loop of the slice psi and its image share, else 0.
    """
    from physics_engines.nqs.dbm.kernels import loop_sweep

    if not np.allclose(hamiltonian.amplitudes, -2 * hamiltonian.zz, rtol=1e-12):
        raise InvalidInput(
            "larger deep Boltzmann machines are sampled for isotropic antiferromagnets without frustration and for the "
            "transverse-field Ising model; take 16 sites or fewer for others"
        )
    layers = [[gate for gate in layer if isinstance(gate, Exchange)] for layer in circuit.layers]
    # From the start of psi up to the shared spins and back down through the image.
    path = [*layers, *layers[::-1]]
    first = np.cumsum([0, *(len(layer) for layer in path)])
    pairs = np.array([(gate.i, gate.j) for layer in path for gate in layer], dtype=np.int64)
    elements = np.array([gate.elements for layer in path for gate in layer])
    vertical = elements[:, 0] / (elements[:, 0] + elements[:, 2])
    n_slices, n_sites, middle = len(path) + 1, circuit.n_sites, len(layers)
    signs = np.array(hamiltonian.rotation, dtype=np.int8)
    spins = np.tile(signs, (n_slices, 1))
    parent, turned = np.empty(spins.size, dtype=np.int32), np.empty(spins.size, dtype=np.int8)
    bonds, strength = hamiltonian.bonds, 4 * hamiltonian.zz

    def step(rng: np.random.Generator) -> float:
        loop_sweep(
            spins, first, pairs, vertical, dimers, rng.random(len(pairs)), rng.random(spins.size), parent, turned
        )
        loop = parent[middle * n_sites : (middle + 1) * n_sites]
        return float(-0.75 * strength[loop[bonds[:, 0]] == loop[bonds[:, 1]]].sum())

    return step


def _ising(hamiltonian: Hamiltonian, circuit: Circuit) -> Step:
    """A classical Ising model in one more dimension, with free ends where the start state is uniform.

    Improved estimators: s_i s_j is 1 for spins of one cluster, else 0 on average. sigma^x stands between the last
    flips of psi and those of its image, so with the shared spin summed it is tanh 2g for equal spins below and above
    and coth 2g for opposite ones.
    """
    from physics_engines.nqs.dbm.kernels import ising_sweep

    bonds, zz = hamiltonian.bonds, hamiltonian.zz
    gauge = signs_of(hamiltonian.n_sites, [(int(i), int(j), bool(x > 0)) for (i, j), x in zip(bonds, zz, strict=True)])
    if gauge is None:
        raise InvalidInput(
            "larger deep Boltzmann machines are sampled without frustration only; take 16 sites or fewer here"
        )
    fields = -hamiltonian.amplitudes
    if not (fields > 0).all():
        raise InvalidInput("without a transverse field there is nothing to evolve in imaginary time")
    couplings, steps = _slices(circuit)
    # psi from its start to the shared slice, then its image; the shared slice has no coupling of its own.
    strengths = [*couplings, np.zeros(len(bonds)), *couplings[::-1]]
    between = [*steps, *steps[::-1]]
    space = -np.expm1(-2 * np.abs(np.array(strengths)))
    # 1 - exp(-2w) with w = -ln(tanh g)/2.
    time = 1 - np.tanh(np.array(between))
    n_slices, n_sites, middle = len(strengths), circuit.n_sites, len(couplings)
    spins = np.ones((n_slices, n_sites), dtype=np.int8)
    parent, turned = np.empty(spins.size, dtype=np.int32), np.empty(spins.size, dtype=np.int8)
    n_choices = n_slices * len(bonds) + (n_slices - 1) * n_sites
    joined = np.tanh(2 * between[middle])
    apart = (joined + 1 / joined) / 2

    def step(rng: np.random.Generator) -> float:
        ising_sweep(spins, bonds, space, time, rng.random(n_choices), rng.random(spins.size), parent, turned)
        cluster = parent.reshape(n_slices, n_sites)
        here = cluster[middle]
        diagonal = -np.abs(zz)[here[bonds[:, 0]] == here[bonds[:, 1]]].sum()
        flips = np.where(cluster[middle - 1] == cluster[middle + 1], joined, apart)
        return float(diagonal - (fields * flips).sum())

    return step


def _slices(circuit: Circuit) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Couplings of every slice below the shared one, and the flips above each.

    Flips before the first couplings act on the uniform state, which they leave as it is.
    """
    couplings: list[NDArray[np.float64]] = []
    steps: list[NDArray[np.float64]] = []
    for layer in circuit.layers:
        if isinstance(layer[0], Coupling):
            couplings.append(np.array([gate.exponent for gate in layer if isinstance(gate, Coupling)]))
        elif couplings:
            steps.append(np.array([gate.g for gate in layer if isinstance(gate, Flip)]))
    return couplings, steps
