"""Pair-product state times RBM: psi(s) = det F(s) prod_j cosh(b_j + sum_i W_ji s_i), F_kl = f(r_k, d_l).

r are the sites of the up, d those of the down spins (or electrons). For spins this is the Gutzwiller-projected BCS
(resonating-valence-bond) state. Y. Nomura, A. S. Darmawan, Y. Yamaji and M. Imada, Phys. Rev. B 96, 205152 (2017);
Y. Nomura and M. Imada, Phys. Rev. X 11, 031034 (2021).

Signs. All parameters are real, and psi is real with a sign of its own. A basis state is a product of creation
operators: of spins in the order of the sites, of electrons first all up, then all down, each in the order of the
sites. So psi of a spin state is det F (rows and columns in ascending order) times the parity of the permutation that
sorts (r, d), and exchanging two antiparallel spins changes that parity. Where the Hamiltonian is written in the
Marshall basis, psi is multiplied by (-1)^(number of up spins on the negative sublattice) too.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.ansatze.pairing import PairOrbits

if TYPE_CHECKING:
    import torch

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

_NOISE = 0.02
_WEIGHTS = 0.03


@dataclass(frozen=True)
class Images:
    """Symmetry images summed over: psi(s) = sum_g character_g psi_0(g s).

    Attributes:
        permutations: Shape (n_images, n_sites); ``permutations[g, x]`` is where site x goes.
        characters: Shape (n_images,), +1 or -1.
    """

    permutations: Integers
    characters: Reals

    @classmethod
    def identity(cls, n_sites: int) -> "Images":
        """No projection."""
        return cls(np.arange(n_sites)[None, :], np.ones(1))


def parity(permutation: Integers) -> int:
    """+1 for an even, -1 for an odd permutation."""
    seen = np.zeros(len(permutation), dtype=bool)
    sign = 1
    for start in range(len(permutation)):
        x, length = start, 0
        while not seen[x]:
            seen[x] = True
            x, length = int(permutation[x]), length + 1
        if length and length % 2 == 0:
            sign = -sign
    return sign


class PairState:
    """Pair product with tied amplitudes f, times an RBM with tied weights, summed over symmetry images.

    Parameters are phi (amplitudes of f), orbitals (N x (n_up - n_down), row by row: single-particle states of the
    unpaired), b (alpha per cell) and w (row by row), in this order.

    Args:
        orbits: Which pair amplitudes are tied.
        translations: Shape (n_translations, n_sites), those the RBM weights are tied by.
        alpha: Hidden units per site.
        n_up: Up particles.
        n_down: Down particles, at most n_up. With 0, a Slater determinant of n_up orbitals.
        is_spin: Spins, one on each site; otherwise electrons, in units first up, then down.
        start: Mean-field f, shape (n_sites, n_sites).
        images: Symmetry images to sum over.
        sublattice: +1 and -1, shape (n_sites,), where the Hamiltonian is in the Marshall basis.
        has_bias: Hidden biases; without them the RBM is even under spin flip.
        n_species: Kinds of particles that have units of their own: 2 for electrons with spin, else 1.
        orbitals: Start of the orbitals, shape (n_sites, n_up - n_down).
    """

    def __init__(
        self,
        orbits: PairOrbits,
        translations: Integers,
        alpha: int,
        n_up: int,
        n_down: int,
        is_spin: bool,
        start: Reals,
        *,
        images: Images | None = None,
        sublattice: NDArray[np.int8] | None = None,
        has_bias: bool = False,
        n_species: int = 1,
        orbitals: Reals | None = None,
    ) -> None:
        self.orbits = orbits
        self.n_sites = orbits.lattice.n_sites
        self.n_up, self.n_down, self.is_spin = n_up, n_down, is_spin
        self.images = images or Images.identity(self.n_sites)
        self.sublattice = sublattice
        self.n_species = n_species
        self.n_units = n_species * self.n_sites
        self.translations = translations
        self.n_features = alpha * self.n_sites // len(translations)
        self.has_bias = has_bias
        self._start = start
        self._orbitals = np.zeros((self.n_sites, 0)) if orbitals is None else orbitals

    is_complex = False
    has_complex_amplitude = True
    """Real parameters and a real psi, but of both signs."""

    @property
    def n_fixed(self) -> int:
        """Columns of the determinant that are orbitals."""
        return self.n_up - self.n_down

    @property
    def n_orbits(self) -> int:
        """Number of pair amplitudes."""
        return self.orbits.n_orbits if self.n_down else 0

    @property
    def n_parameters(self) -> int:
        """Pair amplitudes, orbitals, hidden biases and weights."""
        return self.n_orbits + self.n_sites * self.n_fixed + self.n_features * (self.n_units + int(self.has_bias))

    def initial_parameters(self, rng: np.random.Generator) -> Reals:
        """The mean-field f with a little noise, and small RBM weights."""
        parts = []
        if self.n_down:
            phi = self.orbits.project(self._start)
            phi = phi / np.abs(phi).max()
            parts.append(phi + _NOISE * rng.standard_normal(len(phi)) * np.abs(phi).mean())
        parts.append((self._orbitals + _NOISE * rng.standard_normal(self._orbitals.shape)).ravel())
        n_rbm = self.n_features * (self.n_units + int(self.has_bias))
        parts.append(_WEIGHTS * rng.standard_normal(n_rbm))
        return np.concatenate(parts)

    def split(self, parameters: "Reals | torch.Tensor") -> tuple:  # type: ignore[type-arg]
        """phi, orbitals (n_sites, n_fixed), b (n_features,) or None, w (n_features, n_units)."""
        first = self.n_orbits
        second = first + self.n_sites * self.n_fixed
        third = second + (self.n_features if self.has_bias else 0)
        return (
            parameters[:first],
            parameters[first:second].reshape(self.n_sites, self.n_fixed),
            parameters[second:third] if self.has_bias else None,
            parameters[third:].reshape(self.n_features, self.n_units),
        )

    def characters(self) -> Reals:
        """Sign of each image of det f_g(r, d) with r and d unsorted: its character times what sorting costs."""
        signs = self.images.characters.copy()
        if not self.is_spin:
            return signs
        for g, permutation in enumerate(self.images.permutations):
            signs[g] *= parity(permutation)
            if self.sublattice is not None and self.sublattice[permutation[0]] != self.sublattice[0]:
                signs[g] *= (-1) ** self.n_up
        return signs

    def gather(self) -> Integers:
        """gather[g, t, v]: the unit of s that weight v of translation t sees in image g."""
        image_inverse = np.argsort(self.images.permutations, axis=1)
        # (g s)_x = s_{g^-1 x}; hidden unit (f, T) sees (g s)_{T v}.
        sites = image_inverse[:, self.translations]
        return np.concatenate([sites + species * self.n_sites for species in range(self.n_species)], axis=2)

    def log_psi(self, parameters: "torch.Tensor", configurations: "torch.Tensor") -> "torch.Tensor":
        """Complex logarithm: log|psi| + i pi where psi is negative. See ``Ansatz.log_psi``."""
        import torch

        phi, orbitals, bias, weights = self.split(parameters)
        n = self.n_sites
        up = configurations[..., :n] > 0
        down = ~up if self.is_spin else configurations[..., n:] > 0
        r = positions(up, self.n_up)
        d = positions(down, self.n_down) if self.n_down else r[..., :0]
        device = configurations.device
        gather = torch.as_tensor(self.gather(), device=device)
        characters = torch.as_tensor(self.characters(), device=device, dtype=parameters.dtype)
        if self.n_down:
            sign = torch.as_tensor(self.orbits.sign, device=device, dtype=parameters.dtype)
            f = sign * phi[torch.as_tensor(self.orbits.orbit, device=device)]
        logs, signs = [], []
        for g, permutation in enumerate(torch.as_tensor(self.images.permutations, device=device)):
            rows = permutation[r]
            columns = []
            if self.n_down:
                columns.append(f[rows[..., :, None], permutation[d][..., None, :]])
            if self.n_fixed:
                columns.append(orbitals[rows])
            det_sign, log_det = torch.linalg.slogdet(torch.cat(columns, dim=-1))
            theta = configurations[..., gather[g]] @ weights.T
            if bias is not None:
                theta = theta + bias
            size = theta.abs()
            log_cosh = size + torch.log1p(torch.exp(-2 * size)) - float(np.log(2))
            logs.append(log_det + log_cosh.sum(dim=(-2, -1)))
            signs.append(det_sign * characters[g])
        log, weight = torch.stack(logs, dim=-1), torch.stack(signs, dim=-1)
        largest = log.amax(dim=-1, keepdim=True).detach()
        total = (weight * torch.exp(log - largest)).sum(dim=-1)
        total_sign = torch.sign(total.detach()) * self._basis_sign(up).to(total.dtype)
        modulus = torch.log(total.abs()) + largest[..., 0]
        return torch.complex(modulus, torch.pi * (total_sign < 0).to(modulus.dtype))

    def _basis_sign(self, up: "torch.Tensor") -> "torch.Tensor":
        """Parity that sorts (r, d) into the order of the sites, and the Marshall sign; +1 for electrons."""
        import torch

        ones = torch.ones(up.shape[:-1], dtype=torch.int64, device=up.device)
        if not self.is_spin:
            return ones
        down_before = torch.cumsum(~up, dim=-1)
        n_inversions = (down_before * up).sum(dim=-1)
        if self.sublattice is not None:
            negative = torch.as_tensor(self.sublattice < 0, device=up.device)
            n_inversions = n_inversions + (up & negative).sum(dim=-1)
        return 1 - 2 * (n_inversions % 2)


def positions(occupied: "torch.Tensor", number: int) -> "torch.Tensor":
    """Sites that are occupied, ascending, shape (..., number)."""
    import torch

    order = torch.argsort((~occupied).to(torch.int8), dim=-1, stable=True)
    return order[..., :number]
