"""The lowest exact levels of a small lattice, with their quantum numbers."""

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import EngineError, InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.lattices.irreps import (
    IrrepName,
    leaves_invariant,
    point_group_characters,
    wave_vector,
)
from physics_engines.nqs.exact import as_configurations, sector_states, sparse_matrix
from physics_engines.nqs.hamiltonian import Hamiltonian, build_hamiltonian
from physics_engines.nqs.labels import convention, energy_unit
from physics_engines.nqs.spec import ExactSpec, SpinModelSpec
from physics_engines.nqs.symmetry import are_symmetries
from physics_engines.progress import Monitor
from physics_engines.text import Text

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_DENSE_LIMIT = 1024
_DEGENERATE = 1e-8
"""Energies of the whole lattice closer than this are one level, in units of J."""
_IRREPS: tuple[IrrepName, ...] = ("A1", "A2", "B1", "B2")

Vectors = NDArray[np.float64] | NDArray[np.complex128]


@dataclass(frozen=True)
class Level:
    """One eigenstate of the sector of total S^z that is solved.

    Attributes:
        energy: Energy of the whole lattice in units of J.
        momentum: Integers m_d, k_d = 2 pi m_d / L_d; None on an open lattice or a graph.
        total_spin: S, where the model is symmetric under spin rotations.
        spin_flip: "even" or "odd" as in ``Sector``; "" where the flip leaves the sector.
        irrep: One-dimensional irrep of the little group of the momentum; "" where the state belongs to a larger one.
    """

    energy: float
    momentum: tuple[int, ...] | None
    total_spin: float | None
    spin_flip: str
    irrep: str

    def in_words(self) -> Text:
        """The quantum numbers in one line."""
        parts_en, parts_ja = [], []
        if self.momentum is not None:
            shown = ", ".join(map(str, self.momentum))
            shown = f"({shown})" if len(self.momentum) > 1 else shown
            parts_en.append(f"momentum m = {shown}")
            parts_ja.append(f"運動量 m = {shown}")
        if self.total_spin is not None:
            spin = f"{self.total_spin:g}" if self.total_spin % 1 == 0 else f"{round(2 * self.total_spin)}/2"
            parts_en.append(f"S = {spin}")
            parts_ja.append(f"S = {spin}")
        if self.spin_flip:
            parts_en.append(f"{self.spin_flip} under spin flip")
            parts_ja.append({"even": "スピン反転で偶", "odd": "スピン反転で奇"}[self.spin_flip])
        if self.irrep:
            parts_en.append(f"irrep {self.irrep}")
            parts_ja.append(f"既約表現 {self.irrep}")
        return Text(en=", ".join(parts_en), ja="、".join(parts_ja))


@dataclass(frozen=True)
class Spectrum:
    """The lowest eigenstates, degenerate ones each by itself.

    Attributes:
        levels: In ascending order.
        states: Basis states as in ``ExactResult``.
        vectors: Shape (n_states, n_levels), in the basis of ``Hamiltonian``.
        gap: Energy of the first level above the lowest one, of the whole lattice; None where none was found.
        spin_gap: Energy of the first level whose total spin is larger by one; None where none was found.
        method: How they were found.
    """

    levels: tuple[Level, ...]
    states: NDArray[np.int64]
    vectors: Vectors
    gap: Estimate | None
    spin_gap: Estimate | None
    method: Text

    @property
    def degeneracy(self) -> int:
        """How many of the states found share the lowest energy."""
        return sum(level.energy - self.levels[0].energy < _DEGENERATE for level in self.levels)


def exact_levels(spec: ExactSpec, monitor: Monitor | None = None) -> Spectrum:
    """The ``spec.n_levels`` lowest states of the sector of total S^z and what belongs to their last level.

    Raises:
        EngineError: Lanczos did not converge.
    """
    monitor = monitor or Monitor()
    hamiltonian = build_hamiltonian(spec)
    states = sector_states(spec)
    monitor.report(0.0, Text(en=f"building {len(states)} states", ja=f"{len(states)} 状態を構成中"))
    energies, vectors, method = _diagonalise(sparse_matrix(hamiltonian, states), len(states), spec.n_levels)
    monitor.report(0.8, Text(en="quantum numbers", ja="量子数"))
    reader = _Reader(hamiltonian, states, spec)
    levels: list[Level] = []
    columns: list[Vectors] = []
    start = 0
    while start < len(energies):
        stop = start + int((energies[start:] - energies[start] < _DEGENERATE).sum())
        rotated = reader.separate(vectors[:, start:stop])
        levels += [reader.label(float(energies[start]), vector) for vector in rotated.T]
        columns.append(rotated)
        start = stop

    def gap_to(label: Text, energy: float) -> Estimate:
        return Estimate(
            label=label,
            value=(energy - levels[0].energy) * spec.coupling,
            unit=energy_unit(spec),
            exactness="exact",
            method=method,
            convention=gap_convention(spec),
        )

    above = [level.energy for level in levels if level.energy - levels[0].energy >= _DEGENERATE]
    spin = levels[0].total_spin
    larger = [level.energy for level in levels if spin is not None and level.total_spin == spin + 1]
    return Spectrum(
        levels=tuple(levels),
        states=states,
        vectors=cast(Vectors, np.concatenate(columns, axis=1)),
        gap=gap_to(Text(en="energy gap", ja="エネルギーギャップ"), above[0]) if above else None,
        spin_gap=gap_to(Text(en="spin gap", ja="スピンギャップ"), larger[0]) if larger else None,
        method=method,
    )


def gap_convention(spec: SpinModelSpec) -> Text:
    """What a gap of this engine depends on by definition."""
    per_site = convention(spec)
    return Text(
        en=per_site.en.replace("per site, ", "difference of total energies, "),
        ja=per_site.ja.replace("1サイトあたり、", "全エネルギーの差、"),
    )


def _diagonalise(matrix: "csr_array", n_states: int, n_levels: int) -> tuple[NDArray[np.float64], Vectors, Text]:
    """Lowest eigenpairs in ascending order; never a part of a degenerate level but the last found."""
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    if n_states <= _DENSE_LIMIT:
        energies, vectors = np.linalg.eigh(matrix.toarray())
        method = Text(en=f"full diagonalisation, {n_states} states", ja=f"全対角化、{n_states} 状態")
    else:
        start = np.random.default_rng(0).standard_normal(n_states)
        wanted = n_levels + 6  # so that the wanted ones converge with all their partners
        try:
            energies, vectors = eigsh(matrix, k=wanted, ncv=4 * wanted + 20, which="SA", v0=start, tol=0)
        except ArpackNoConvergence as error:
            raise EngineError(f"Lanczos did not converge in {n_states} states: {error}") from error
        order = np.argsort(energies)
        energies, vectors = energies[order], vectors[:, order]
        method = Text(en=f"Lanczos, {n_states} states", ja=f"ランチョス法、{n_states} 状態")
    last = energies[min(n_levels, len(energies)) - 1]
    kept = energies - last < _DEGENERATE
    return energies[kept], vectors[:, kept], method


class _Reader:
    """Reads quantum numbers off eigenvectors."""

    def __init__(self, hamiltonian: Hamiltonian, states: NDArray[np.int64], spec: SpinModelSpec) -> None:
        self._lattice = lattice = hamiltonian.lattice
        self._states = states
        self._spins = as_configurations(states, hamiltonian.n_sites)
        self._bits = np.int64(1) << np.arange(hamiltonian.n_sites, dtype=np.int64)
        rotation = hamiltonian.rotation
        is_rotated = np.zeros(lattice.n_sites, dtype=bool) if rotation is None else rotation < 0
        # From the rotated (Marshall) to the plain basis, in which a symmetry only permutes the basis states.
        self._sign = (-1.0) ** ((self._spins > 0) & is_rotated).sum(axis=1)
        moves = lattice.translations
        self._is_periodic = len(moves) > 1 and are_symmetries(hamiltonian, moves)
        self._first_steps = []
        for axis in range(len(lattice.shape)) if self._is_periodic else ():
            cell = np.eye(len(lattice.shape), dtype=np.int64)[axis] % lattice.shape
            self._first_steps.append(moves[np.ravel_multi_index(tuple(cell), lattice.shape)])
        group = lattice.point_group
        kept = np.array([are_symmetries(hamiltonian, g[None]) for g in group.permutations])
        self._point_group = group.select(kept)
        couplings = [(xy, z) for *_, xy, z in spec.couplings]
        self._has_spin = spec.model in ("heisenberg", "j1j2") or (spec.model == "xxz" and spec.delta == 1)
        self._has_spin |= spec.model == "couplings" and all(xy == z for xy, z in couplings)
        self._flips = hamiltonian.n_up is None or 2 * hamiltonian.n_up == hamiltonian.n_sites
        self._flip_sign = 1.0 if hamiltonian.n_up is None else (-1.0) ** (hamiltonian.n_sites // 2)

    def _after(self, permutation: NDArray[np.int64], vectors: Vectors) -> Vectors:
        """U_g psi in the plain basis, (U_g psi)(s) = psi(s o g)."""
        images = (self._spins[:, permutation] > 0) @ self._bits
        result: Vectors = vectors[np.searchsorted(self._states, images)]
        return result

    def _flipped(self, vectors: Vectors) -> Vectors:
        images = (self._spins < 0) @ self._bits
        result: Vectors = self._flip_sign * vectors[np.searchsorted(self._states, images)]
        return result

    def _spin_squared(self, vectors: Vectors) -> Vectors:
        """S^2 = 3 N/4 - N (N - 1)/4 + sum of all exchanges of two sites."""
        n = self._lattice.n_sites
        total = (0.75 * n - n * (n - 1) / 4) * vectors
        identity = np.arange(n)
        for i, j in combinations(range(n), 2):
            swap = identity.copy()
            swap[[i, j]] = j, i
            total = total + self._after(swap, vectors)
        return total

    def separate(self, vectors: Vectors) -> Vectors:
        """Turn degenerate eigenvectors into common eigenvectors of all commuting symmetries."""
        if vectors.shape[1] == 1:
            return vectors
        plain = self._sign[:, None] * vectors
        mixture = np.zeros((vectors.shape[1],) * 2, dtype=np.complex128)
        # Any fixed numbers without a common ratio tell the quantum numbers apart.
        for number, step in enumerate(self._first_steps):
            moved = plain.conj().T @ self._after(step, plain)
            mixture += (0.7071 + 0.123 * number) * (moved + moved.conj().T)
            mixture += (0.4142 + 0.217 * number) * 1j * (moved - moved.conj().T)
        if self._flips:
            mixture += 0.3331 * (plain.conj().T @ self._flipped(plain))
        if self._has_spin:
            mixture += 0.0577 * (plain.conj().T @ self._spin_squared(plain))
        if not self._is_periodic:
            mirrors = self._point_group.permutations[~self._point_group.is_proper]
            for permutation in mirrors[:1]:
                moved = plain.conj().T @ self._after(permutation, plain)
                mixture += 1e-3 * (moved + moved.conj().T)
        _, turn = np.linalg.eigh((mixture + mixture.conj().T) / 2)
        if not self._is_periodic:
            turn = turn.real if np.abs(turn.imag).max() < 1e-12 else turn
        return cast(Vectors, vectors @ turn)

    def label(self, energy: float, vector: Vectors) -> Level:
        """The quantum numbers of one eigenvector; those it is no eigenvector of stay open."""
        plain = cast(Vectors, (self._sign * vector)[:, None])

        def expectation(moved: Vectors) -> complex:
            return complex(np.vdot(plain, moved))

        momentum: tuple[int, ...] | None = None
        if self._is_periodic:
            phases = [expectation(self._after(step, plain)) for step in self._first_steps]
            if all(abs(abs(phase) - 1) < 1e-6 for phase in phases):
                numbers = [-np.angle(p) * n / (2 * np.pi) for p, n in zip(phases, self._lattice.shape, strict=True)]
                momentum = tuple(round(x) % n for x, n in zip(numbers, self._lattice.shape, strict=True))
        spin = None
        if self._has_spin:
            squared = expectation(self._spin_squared(plain)).real
            twice = np.sqrt(max(0.0, 1 + 4 * squared)) - 1
            spin = round(twice) / 2 if abs(twice - round(twice)) < 1e-5 else None
        flip = ""
        if self._flips:
            value = expectation(self._flipped(plain)).real
            flip = "even" if value > 1 - 1e-6 else "odd" if value < -1 + 1e-6 else ""
        return Level(energy, momentum, spin, flip, self._irrep(plain, momentum))

    def _irrep(self, plain: Vectors, momentum: tuple[int, ...] | None) -> str:
        group = self._point_group
        if self._lattice.kind == "graph" or (self._is_periodic and momentum is None):
            return ""
        if momentum is not None:
            k = wave_vector(momentum, self._lattice.shape, self._lattice.periods)
            group = group.select(leaves_invariant(group, k, self._lattice.primitive_vectors))
        if group.order == 1:
            return ""
        found = np.array([np.vdot(plain, self._after(g, plain)) for g in group.permutations])
        for name in _IRREPS:
            try:
                characters = point_group_characters(group, name)
            except InvalidInput:
                continue
            if np.abs(found - characters).max() < 1e-6:
                return name
        return ""
