"""The deep Boltzmann machine of a circuit: its units and weights, written out.

psi(s) = scale sum_d sum_h exp( sum_ji h_j W_ji s_i + sum_jk h_j V_jk d_k ), all units +1 or -1: one layer of hidden
units h between the spins s and the deep units d. Carleo, Nomura and Imada (2018), eq. 2 and its constructions for the
transverse-field Ising model and, with one deep and three hidden units for each bond and step, the Heisenberg model.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import ResourceLimit
from physics_engines.nqs.dbm.circuit import Circuit, Coupling, Exchange, Flip

MAX_SUMMED = 20
"""Deep units whose states are summed one by one."""
_MAX_WEIGHTS = 2**26


@dataclass(frozen=True)
class DeepBoltzmannMachine:
    """Units and weights.

    Attributes:
        visible: W, complex (n_hidden, n_sites).
        deep: V, complex (n_hidden, n_deep).
        log_scale: Logarithm of the factor in front.
    """

    visible: NDArray[np.complex128]
    deep: NDArray[np.complex128]
    log_scale: float

    @property
    def n_hidden(self) -> int:
        """Hidden units."""
        return len(self.visible)

    @property
    def n_deep(self) -> int:
        """Deep units."""
        return int(self.deep.shape[1])

    def amplitudes(self, configurations: NDArray[np.int8]) -> NDArray[np.float64]:
        """psi of configurations (n, n_sites) by summing over every state of the hidden and deep units; shape (n,).

        Raises:
            ResourceLimit: More than ``MAX_SUMMED`` deep units.
        """
        if self.n_deep > MAX_SUMMED:
            raise ResourceLimit(f"{self.n_deep} deep units have too many states to sum; at most {MAX_SUMMED}")
        states = 1 - 2 * ((np.arange(2**self.n_deep)[:, None] >> np.arange(self.n_deep)) & 1)
        below = states @ self.deep.T
        total = np.empty(len(configurations))
        for k, configuration in enumerate(configurations):
            theta = below + self.visible @ configuration
            # The hidden units are independent given the two other layers: each sums to 2 cosh.
            total[k] = np.prod(2 * np.cosh(theta), axis=1).sum().real
        return total * float(np.exp(self.log_scale))


def coupling_weight(exponent: float) -> float:
    """W with exp(exponent s s') = exp(-|exponent|) cosh(W s + sign W s'): cosh 2W = exp(2 |exponent|)."""
    return float(np.arccosh(np.exp(2 * abs(exponent)))) / 2


def exchange_exponents(gate: Exchange) -> tuple[float, float, float]:
    """Weights of an exchange factor in terms of the old spins i, j and a deep unit d.

    d takes the place of spin i, and s_i + s_j - d that of spin j. The factor is
    exp(c + w s_i d + v s_i s_j) cos(pi/8 (s_i + s_j - 2 d)): the cosine (one hidden unit with imaginary weights) is 0
    where the sum of the spins would change, 1 for parallel and 1/sqrt(2) for antiparallel spins.

    Returns:
        c, w and v.
    """
    parallel, kept, exchanged = gate.elements
    w = float(np.log(kept / exchanged)) / 2
    v = float(np.log(parallel / (np.sqrt(2) * kept))) / 2
    return float(np.log(parallel)) - w - v, w, v


class _Builder:
    """Grows a network factor by factor; the newest spins are the visible ones."""

    def __init__(self, n_sites: int) -> None:
        self._visible: list[NDArray[np.complex128]] = []
        self._deep: list[dict[int, complex]] = []
        self._n_sites = n_sites
        self._n_deep = 0
        self._log_scale = 0.0

    def hidden(self, visible: Mapping[int, complex], deep: Mapping[int, complex]) -> None:
        """Add a hidden unit."""
        row = np.zeros(self._n_sites, dtype=np.complex128)
        for site, weight in visible.items():
            row[site] += weight
        self._visible.append(row)
        self._deep.append(dict(deep))
        self._log_scale -= float(np.log(2))

    def coupling(self, exponent: float, i: int, j: int | None = None, deep: int | None = None) -> None:
        """Multiply by exp(exponent s_i s_j) or exp(exponent s_i d)."""
        weight = coupling_weight(exponent)
        other = weight if exponent >= 0 else -weight
        self.hidden({i: weight} | ({j: other} if j is not None else {}), {deep: other} if deep is not None else {})
        self._log_scale -= abs(exponent)

    def unit(self) -> int:
        """Add a deep unit."""
        self._n_deep += 1
        return self._n_deep - 1

    def replace(self, i: int, d: int) -> None:
        """Spin i becomes deep unit d in all units so far."""
        for row, below in zip(self._visible, self._deep, strict=True):
            if row[i] != 0:
                below[d] = below.get(d, 0) + complex(row[i])
                row[i] = 0

    def exchange(self, i: int, j: int, d: int) -> None:
        """Spins i, j become d and s_i + s_j - d in all units so far."""
        for row, below in zip(self._visible, self._deep, strict=True):
            old_i, old_j = complex(row[i]), complex(row[j])
            if old_i != old_j:
                below[d] = below.get(d, 0) + old_i - old_j
            row[i] = row[j] = old_j

    def scale(self, log_factor: float) -> None:
        """Multiply by a number."""
        self._log_scale += log_factor

    def build(self) -> DeepBoltzmannMachine:
        n_hidden = len(self._visible)
        if n_hidden * (self._n_deep + self._n_sites) > _MAX_WEIGHTS:
            raise ResourceLimit(
                f"{n_hidden} hidden and {self._n_deep} deep units have {n_hidden * (self._n_deep + self._n_sites)} "
                f"weights; at most {_MAX_WEIGHTS} are written out"
            )
        deep = np.zeros((n_hidden, self._n_deep), dtype=np.complex128)
        for row, below in zip(deep, self._deep, strict=True):
            for unit, weight in below.items():
                row[unit] = weight
        visible = np.stack(self._visible) if self._visible else np.zeros((0, self._n_sites), dtype=np.complex128)
        return DeepBoltzmannMachine(visible, deep, self._log_scale)


def build_network(circuit: Circuit) -> DeepBoltzmannMachine:
    """All units and weights of a circuit.

    Raises:
        ResourceLimit: Too many to write out.
    """
    builder = _Builder(circuit.n_sites)
    for i, j in circuit.dimers.tolist() if circuit.dimers is not None else []:
        # cos(pi/4 (s_i + s_j)) is 1 for antiparallel spins and 0 for parallel ones.
        builder.hidden({i: 0.25j * np.pi, j: 0.25j * np.pi}, {})
    for layer in circuit.layers:
        for gate in layer:
            if isinstance(gate, Coupling):
                builder.coupling(gate.exponent, gate.i, gate.j)
            elif isinstance(gate, Flip):
                if gate.g == 0:
                    continue
                # <s|exp(g sigma^x)|d> = sqrt(sinh(2g)/2) exp(w s d), w = -ln(tanh g)/2.
                d = builder.unit()
                builder.replace(gate.i, d)
                builder.coupling(-float(np.log(np.tanh(gate.g))) / 2, gate.i, deep=d)
                builder.scale(float(np.log(np.sinh(2 * gate.g) / 2)) / 2)
            else:
                d = builder.unit()
                builder.exchange(gate.i, gate.j, d)
                c, w, v = exchange_exponents(gate)
                eighth = 0.125j * np.pi
                builder.hidden({gate.i: eighth, gate.j: eighth}, {d: -2 * eighth})
                builder.coupling(w, gate.i, deep=d)
                builder.coupling(v, gate.i, gate.j)
                builder.scale(c)
    return builder.build()


def count_units(circuit: Circuit) -> tuple[int, int]:
    """Hidden and deep units of a circuit, without building them."""
    n_hidden = 0 if circuit.dimers is None else len(circuit.dimers)
    n_deep = 0
    for layer in circuit.layers:
        for gate in layer:
            if isinstance(gate, Coupling):
                n_hidden += 1
            elif isinstance(gate, Flip):
                n_hidden += gate.g != 0
                n_deep += gate.g != 0
            else:
                n_hidden += 3
                n_deep += 1
    return n_hidden, n_deep
