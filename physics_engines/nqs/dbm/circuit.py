"""Imaginary-time evolution as a sequence of local factors: the Trotter decomposition of exp(-tau H)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.nqs.hamiltonian import Hamiltonian

Order = Literal[1, 2]


@dataclass(frozen=True)
class Coupling:
    """exp(-dtau zz s_i s_j), diagonal."""

    i: int
    j: int
    exponent: float
    """-dtau zz."""


@dataclass(frozen=True)
class Flip:
    """exp(g sigma^x) on one site, g = -dtau amplitude > 0."""

    i: int
    g: float


@dataclass(frozen=True)
class Exchange:
    """exp(-dtau h) of one bond: h = zz s_i s_j, and ``amplitude`` < 0 between antiparallel spins."""

    i: int
    j: int
    zz: float
    """dtau zz."""
    g: float
    """-dtau amplitude."""

    @property
    def elements(self) -> tuple[float, float, float]:
        """Parallel, antiparallel kept, antiparallel exchanged: all the elements that are not zero."""
        up = float(np.exp(self.zz))
        return 1 / up, up * float(np.cosh(self.g)), up * float(np.sinh(self.g))


Layer = tuple[Coupling, ...] | tuple[Flip, ...] | tuple[Exchange, ...]
"""Factors that commute and act on disjoint sites, or are all diagonal."""


@dataclass(frozen=True)
class Circuit:
    """A start state and the layers that act on it.

    Attributes:
        n_sites: Number of spins.
        layers: In the order they act.
        dimers: Pairs (n_sites / 2, 2) whose product of singlets (of |ud> + |du> in the Marshall basis) is the start
            state; None for the state in which all configurations have the amplitude 1.
    """

    n_sites: int
    layers: tuple[Layer, ...]
    dimers: NDArray[np.int64] | None


def build_circuit(hamiltonian: Hamiltonian, tau: float, n_steps: int, order: Order) -> Circuit:
    """The Trotter decomposition of exp(-tau H) with n_steps steps.

    First order: every group of commuting terms once in a step. Second order (M. Suzuki, Phys. Lett. A 146, 319
    (1990)): half steps forth and back, so that the error of the state falls as the square of the step.

    Raises:
        InvalidInput: Elements of H that are positive, or a lattice without a cover by neighbouring pairs: the network
            would have weights of either sign.
    """
    dtau = tau / n_steps
    if (hamiltonian.amplitudes > 0).any():
        raise InvalidInput("imaginary time is a Boltzmann machine with positive weights only where no element of H is")
    if not hamiltonian.conserves_magnetisation:
        return Circuit(hamiltonian.n_sites, _field_layers(hamiltonian, dtau, n_steps, order), None)
    groups = _disjoint(hamiltonian.moves)
    layers = []
    for part, group in _sequence(len(groups), n_steps, order):
        bonds = groups[group]
        layers.append(
            tuple(
                Exchange(
                    int(hamiltonian.moves[b, 0]),
                    int(hamiltonian.moves[b, 1]),
                    part * dtau * float(hamiltonian.zz[b]),
                    -part * dtau * float(hamiltonian.amplitudes[b]),
                )
                for b in bonds
            )
        )
    return Circuit(hamiltonian.n_sites, tuple(layers), _cover(hamiltonian))


def _field_layers(hamiltonian: Hamiltonian, dtau: float, n_steps: int, order: Order) -> tuple[Layer, ...]:
    """Diagonal couplings and flips in turn; flips come last, where the estimator of the energy needs them."""

    def flips(part: float) -> Layer:
        sites = zip(hamiltonian.moves[:, 0], hamiltonian.amplitudes, strict=True)
        return tuple(Flip(int(i), -part * dtau * float(amplitude)) for i, amplitude in sites)

    pairs = zip(hamiltonian.bonds, hamiltonian.zz, strict=True)
    couplings: Layer = tuple(Coupling(int(i), int(j), -dtau * float(strength)) for (i, j), strength in pairs)
    layers: list[Layer] = [flips(0.5)] if order == 2 else []
    for step in range(n_steps):
        layers += [couplings, flips(0.5 if order == 2 and step == n_steps - 1 else 1.0)]
    return tuple(layers)


def _disjoint(moves: NDArray[np.int64]) -> list[list[int]]:
    """Bonds in groups in which no two share a site, first fit."""
    groups: list[tuple[set[int], list[int]]] = []
    for b, (i, j) in enumerate(moves.tolist()):
        for sites, members in groups:
            if i not in sites and j not in sites:
                sites |= {i, j}
                members.append(b)
                break
        else:
            groups.append(({i, j}, [b]))
    return [members for _, members in groups]


def _sequence(n_groups: int, n_steps: int, order: Order) -> list[tuple[float, int]]:
    """Which group acts for which part of a step, equal neighbours joined."""
    forth = [(0.5 if order == 2 else 1.0, group) for group in range(n_groups)]
    step = forth + forth[::-1] if order == 2 else forth
    joined: list[tuple[float, int]] = []
    for part, group in step * n_steps:
        if joined and joined[-1][1] == group:
            joined[-1] = (joined[-1][0] + part, group)
        else:
            joined.append((part, group))
    return joined


def _cover(hamiltonian: Hamiltonian) -> NDArray[np.int64]:
    """Pairs of neighbours that cover all sites once."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    n, signs = hamiltonian.n_sites, hamiltonian.rotation
    if signs is not None and 2 * (signs > 0).sum() == n and hamiltonian.n_up == n // 2:
        place = np.cumsum(signs > 0) - 1, np.cumsum(signs < 0) - 1
        ends = [(i, j) if signs[i] > 0 else (j, i) for i, j in hamiltonian.moves.tolist() if signs[i] != signs[j]]
        rows = [int(place[0][i]) for i, _ in ends]
        columns = [int(place[1][j]) for _, j in ends]
        graph = csr_array((np.ones(len(ends)), (rows, columns)), shape=(n // 2, n // 2))
        found = maximum_bipartite_matching(graph, perm_type="column")
        if (found >= 0).all():
            return np.stack([np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)[found]], axis=1)
    raise InvalidInput(
        "the deep Boltzmann machine starts from singlets on neighbouring sites, so it takes antiferromagnets with S^z "
        "= 0 on lattices that such pairs cover"
    )
