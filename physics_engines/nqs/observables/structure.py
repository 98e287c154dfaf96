"""Structure factor and staggered magnetisation, both sums of correlations."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from physics_engines.errors import InvalidInput
from physics_engines.estimate import Estimate
from physics_engines.lattices import Lattice
from physics_engines.nqs.observables.correlation import Correlations
from physics_engines.nqs.observables.ensemble import Ensemble
from physics_engines.nqs.observables.profile import Profile, estimate_of, exact_profile, profile
from physics_engines.text import Text


@dataclass(frozen=True)
class StructureFactor:
    """S(q) on all momenta of the lattice.

    S(q) = (1/N) sum_ij exp(i q (r_i - r_j)) <S_i·S_j>, with sigma^z sigma^z in place of S·S for the transverse-field
    Ising model. On an open lattice the same momenta q = 2 pi n / L are taken.

    Attributes:
        momenta: Shape (n_sites, dimension), components in [0, 2 pi).
        profile: The values, in the order of ``momenta``.
    """

    momenta: NDArray[np.float64]
    profile: Profile

    @property
    def peak(self) -> int:
        """Index of the largest value; of equal ones (q and -q) the first."""
        values = self.profile.values
        return int(np.flatnonzero(values >= values.max() - 1e-12 * abs(values.max()))[0])


def momenta_of(lattice: Lattice) -> NDArray[np.float64]:
    """q = 2 pi n / L, shape (n_sites, dimension), numbered like the sites."""
    momenta: NDArray[np.float64] = 2 * np.pi * lattice.coordinates / np.array(lattice.shape)
    return momenta


def momentum_name(lattice: Lattice, index: int) -> str:
    """ "q = (π, π/2)" from the whole numbers of the momentum."""
    names = []
    for n, length in zip(lattice.coordinates[index].tolist(), lattice.shape, strict=True):
        divisor = np.gcd(2 * n, length)
        top, bottom = 2 * n // divisor, length // divisor
        multiple = "" if top == 1 else str(top)
        names.append("0" if n == 0 else f"{multiple}π" if bottom == 1 else f"{multiple}π/{bottom}")
    return f"q = {names[0]}" if len(names) == 1 else f"q = ({', '.join(names)})"


def structure_factor(correlations: Correlations, lattice: Lattice, ensemble: Ensemble | None) -> StructureFactor:
    """S(q) from correlations; with ``ensemble`` None from exact ones.

    Args:
        correlations: Of the state.
        lattice: Its lattice.
        ensemble: The configurations the correlations were measured on.
    """
    where = correlations.displacements
    momenta = momenta_of(lattice)
    # r and -r are one displacement: their phases add up to a cosine.
    kernel = np.cos(where.vectors @ momenta.T) * where.multiplicity[:, None]

    def label(index: int) -> Text:
        at = momentum_name(lattice, index)
        return Text(en=f"structure factor S(q) at {at}", ja=f"{at} の構造因子 S(q)")

    formula = f"S(q) = (1/N) Σ_ij exp(iq·(r_i - r_j)) <{correlations.operator}>"
    convention = Text(en=formula, ja=formula)
    if ensemble is None:
        main = correlations.main
        return StructureFactor(momenta, exact_profile(main.values @ kernel, label, main.method, convention))
    assert correlations.local is not None
    return StructureFactor(momenta, profile(ensemble, correlations.local @ kernel, label, convention))


def staggered_magnetisation(correlations: Correlations, lattice: Lattice, ensemble: Ensemble | None) -> Estimate:
    """Square of the staggered magnetisation per site, <m_s^2> = (1/N^2) sum_ij e_i e_j <S_i·S_j>, e = +1, -1.

    It tends to the square of the order parameter as the lattice grows; its largest value on N sites is
    1/4 + 1/(2 N) for spins 1/2. With only <S^z S^z> at hand, three times the longitudinal sum is given, which is the
    same in a state of total spin zero.

    Raises:
        InvalidInput: The lattice has no two sublattices.
    """
    if lattice.sublattice is None:
        raise InvalidInput("a periodic lattice with an odd extent has no two sublattices, so nothing is staggered")
    where = correlations.displacements
    kernel = where.sign * where.multiplicity / lattice.n_sites
    is_part = correlations.is_spin and correlations.total is None
    factor, prefactor = (3.0, "3/N^2") if is_part else (1.0, "1/N^2")
    formula = f"<m_s^2> = ({prefactor}) Σ_ij ε_i ε_j <{correlations.operator}>, ε = ±1"
    convention = Text(en=f"{formula} on the two sublattices", ja=f"{formula}（二つの副格子）")
    label = Text(en="staggered magnetisation squared", ja="交替磁化の二乗")
    if ensemble is None:
        main = correlations.main
        value = factor * float(main.values @ kernel)
        return Estimate(label=label, value=value, exactness="exact", method=main.method, convention=convention)
    assert correlations.local is not None
    return estimate_of(ensemble.average(factor * (correlations.local @ kernel)), label, ensemble, convention)
