"""Magnetisations of the transverse-field Ising model."""

from dataclasses import replace

import numpy as np

from physics_engines.errors import InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.nqs.hamiltonian import Hamiltonian
from physics_engines.nqs.observables.ensemble import Ensemble, VariationalState
from physics_engines.nqs.observables.profile import estimate_of
from physics_engines.text import Text

LABELS = {
    "sigma_x": Text(en="transverse magnetisation <σ^x>", ja="横磁化 <σ^x>"),
    "abs_sigma_z": Text(en="magnetisation <|m_z|>", ja="磁化 <|m_z|>"),
    "sigma_z_squared": Text(en="magnetisation squared <m_z^2>", ja="磁化の二乗 <m_z^2>"),
    "nearest_zz": Text(en="nearest-neighbour correlation <σ^z σ^z>", ja="最近接相関 <σ^z σ^z>"),
}
CONVENTIONS = {
    "sigma_x": Text(en="(1/N) Σ_i <σ^x_i>, Pauli matrices", ja="(1/N) Σ_i <σ^x_i>、パウリ行列"),
    "abs_sigma_z": Text(
        en="<|(1/N) Σ_i σ^z_i|>, Pauli matrices; <m_z> itself is zero by symmetry on a finite lattice",
        ja="<|(1/N) Σ_i σ^z_i|>、パウリ行列。<m_z> 自体は有限格子では対称性によりゼロ",
    ),
    "sigma_z_squared": Text(en="<((1/N) Σ_i σ^z_i)^2>, Pauli matrices", ja="<((1/N) Σ_i σ^z_i)^2>、パウリ行列"),
    "nearest_zz": Text(
        en="<σ^z_i σ^z_j> averaged over the bonds, Pauli matrices",
        ja="ボンドについて平均した <σ^z_i σ^z_j>、パウリ行列",
    ),
}


def flip_operator(hamiltonian: Hamiltonian) -> Hamiltonian:
    """(1/N) sum_i sigma^x_i as tables."""
    n_sites = hamiltonian.n_sites
    flips = np.stack([np.arange(n_sites), np.full(n_sites, -1)], axis=1).astype(np.int64)
    return replace(
        hamiltonian,
        bonds=np.empty((0, 2), dtype=np.int64),
        zz=np.empty(0),
        moves=flips,
        amplitudes=np.full(n_sites, 1 / n_sites),
    )


def magnetisations(state: VariationalState, ensemble: Ensemble) -> dict[str, Estimate]:
    """``sigma_x``, ``abs_sigma_z``, ``sigma_z_squared`` and ``nearest_zz`` of a state, each per site.

    Raises:
        InvalidInput: The model is one of spins in the sector S^z = 0, where they vanish.
    """
    hamiltonian = state.hamiltonian
    if hamiltonian.conserves_magnetisation:
        raise InvalidInput("magnetisations belong to the transverse-field Ising model; here total S^z is zero")
    spins = ensemble.flat
    field = spins.mean(axis=1, dtype=np.float64)
    bonds = hamiltonian.lattice.neighbours
    pairs = (spins[:, bonds[:, 0]] * spins[:, bonds[:, 1]]).mean(axis=1, dtype=np.float64)
    values = {
        "sigma_x": state.evaluator(flip_operator(hamiltonian)).local_energies(spins).real,
        "abs_sigma_z": np.abs(field),
        "sigma_z_squared": field**2,
        "nearest_zz": pairs,
    }
    return {
        name: estimate_of(ensemble.average(local), LABELS[name], ensemble, CONVENTIONS[name])
        for name, local in values.items()
    }
