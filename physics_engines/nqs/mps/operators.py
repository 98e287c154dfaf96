"""A Hamiltonian table as a matrix-product operator on a line of sites."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from physics_engines.nqs.hamiltonian import Hamiltonian

if TYPE_CHECKING:
    from tenpy.models.model import MPOModel
    from tenpy.networks.site import Site


def line_order(hamiltonian: Hamiltonian) -> NDArray[np.int64]:
    """Sites in the order they stand in on the line, shape (n_sites,).

    Of the numbering itself, rows and columns as snakes, and the reverse Cuthill-McKee order of the bonds, the one
    whose worst cut severs the fewest bonds (that cut carries the entanglement), then the one with the shortest bonds.
    """
    pairs = _pairs(hamiltonian)
    candidates = [np.arange(hamiltonian.n_sites), *_snakes(hamiltonian), _cuthill_mckee(pairs, hamiltonian.n_sites)]
    return min(candidates, key=lambda order: _burden(order, pairs))


def _pairs(hamiltonian: Hamiltonian) -> NDArray[np.int64]:
    exchanges = hamiltonian.moves[hamiltonian.moves[:, 1] >= 0]
    both = np.sort(np.concatenate([hamiltonian.bonds, exchanges]), axis=1)
    return cast(NDArray[np.int64], np.unique(both, axis=0))


def _burden(order: NDArray[np.int64], pairs: NDArray[np.int64]) -> tuple[int, int]:
    place = np.argsort(order)[pairs]
    low, high = place.min(axis=1), place.max(axis=1)
    severed = np.zeros(len(order) + 1, dtype=np.int64)
    np.add.at(severed, low, 1)
    np.add.at(severed, high, -1)
    return int(np.cumsum(severed).max()), int((high - low).sum())


def _snakes(hamiltonian: Hamiltonian) -> list[NDArray[np.int64]]:
    """Row by row and column by column, every second line backwards; none where the sites form no single grid."""
    shape = hamiltonian.lattice.shape
    if len(shape) != 2 or int(np.prod(shape)) != hamiltonian.n_sites:
        return []
    grid = np.arange(hamiltonian.n_sites).reshape(shape)
    return [np.concatenate([line[:: 1 - 2 * (k % 2)] for k, line in enumerate(lines)]) for lines in (grid, grid.T)]


def _cuthill_mckee(pairs: NDArray[np.int64], n_sites: int) -> NDArray[np.int64]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(n_sites, n_sites))
    return np.asarray(reverse_cuthill_mckee(graph, symmetric_mode=True), dtype=np.int64)


def is_rotated(hamiltonian: Hamiltonian) -> bool:
    """True where sigma^x and sigma^z change names, so that the parity of flipped spins becomes a conserved number."""
    return bool(hamiltonian.n_up is None and (hamiltonian.moves[:, 1] < 0).all())


def build_site(hamiltonian: Hamiltonian) -> "Site":
    """A spin one half with the conserved number of the Hamiltonian: S^z, the parity of all spin flips, or none."""
    from tenpy.networks.site import SpinHalfSite

    if hamiltonian.n_up is not None:
        return SpinHalfSite(conserve="Sz")
    return SpinHalfSite(conserve="parity" if is_rotated(hamiltonian) else None)


def build_operator(hamiltonian: Hamiltonian, order: NDArray[np.int64], site: "Site") -> "MPOModel":
    """The exact matrix-product operator of the table, in units of J.

    zz s_i s_j becomes zz sigma^z sigma^z; an exchange of amplitude a becomes a (S+ S- + S- S+), a flip a sigma^x.

    Args:
        hamiltonian: The table.
        order: ``line_order``.
        site: ``build_site``.
    """
    from tenpy.models.lattice import Chain
    from tenpy.models.model import CouplingModel, MPOModel

    class _Table(CouplingModel, MPOModel):  # type: ignore[misc]
        def __init__(self) -> None:
            CouplingModel.__init__(self, Chain(len(order), site, bc="open", bc_MPS="finite"))
            diagonal, flip = ("Sigmax", "Sigmaz") if is_rotated(hamiltonian) else ("Sigmaz", "Sigmax")
            place = np.argsort(order)
            for (a, b), strength in zip(hamiltonian.bonds, hamiltonian.zz, strict=True):
                i, j = sorted((int(place[a]), int(place[b])))
                if strength != 0:
                    self.add_coupling_term(float(strength), i, j, diagonal, diagonal)
            for (a, b), amplitude in zip(hamiltonian.moves, hamiltonian.amplitudes, strict=True):
                if amplitude == 0:
                    continue
                if b < 0:
                    self.add_onsite_term(float(amplitude), int(place[a]), flip)
                    continue
                i, j = sorted((int(place[a]), int(place[b])))
                self.add_coupling_term(float(amplitude), i, j, "Sp", "Sm")
                self.add_coupling_term(float(amplitude), i, j, "Sm", "Sp")
            MPOModel.__init__(self, self.lat, self.calc_H_MPO())

    return cast("MPOModel", _Table())


def start_product(hamiltonian: Hamiltonian, order: NDArray[np.int64]) -> list[str]:
    """A product state of the sector: antiparallel where S^z = 0 is kept, else the state all flips act on alike."""
    n_sites, n_up = len(order), hamiltonian.n_up
    if n_up is None:
        return ["up"] * n_sites
    signs = hamiltonian.rotation
    if signs is not None and 2 * n_up == n_sites and signs.sum() == 0:
        return ["up" if signs[site] > 0 else "down" for site in order]
    # As evenly as the numbers allow.
    return ["up" if (k + 1) * n_up // n_sites > k * n_up // n_sites else "down" for k in range(n_sites)]
