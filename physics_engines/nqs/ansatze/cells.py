"""Unit cells as the pixels of a network: windows, patches and shifts on a torus or an open lattice.

The sites of a cell are its channels, so a network that treats cells alike is symmetric under the translations of the
lattice, whatever its basis.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from physics_engines.lattices import Lattice

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """The cells of a lattice, numbered row by row; site i lies in cell i // n_basis.

    Attributes:
        shape: Cells in each direction.
        n_basis: Sites in each cell.
        is_periodic: In every direction.
    """

    shape: tuple[int, ...]
    n_basis: int
    is_periodic: bool

    @classmethod
    def of(cls, lattice: Lattice) -> "Cells":
        """Those of a lattice."""
        return cls(lattice.shape, lattice.n_basis, lattice.boundary == "periodic")

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape))

    @cached_property
    def coordinates(self) -> Integers:
        """Shape (n_cells, dimension)."""
        return np.stack(np.unravel_index(np.arange(self.n_cells), self.shape), axis=1)

    def windows(self, extent: int) -> Integers:
        """The cells that a kernel of ``extent`` cells in each direction sees from each cell.

        Args:
            extent: Of the kernel.

        Returns:
            Shape (n_cells, extent^dimension); ``n_cells`` stands for a cell beyond an open edge.

        Raises:
            ValueError: The kernel is larger than the lattice.
        """
        if extent > min(self.shape):
            raise ValueError(
                f"a kernel of {extent} does not fit on a lattice of {_by(self.shape)} cells; it may have at most "
                f"{min(self.shape)}"
            )
        steps = np.array(list(product(range(-((extent - 1) // 2), extent // 2 + 1), repeat=len(self.shape))))
        seen = self.coordinates[:, None, :] + steps
        inside = ((seen >= 0) & (seen < self.shape)).all(axis=-1)
        cells = np.ravel_multi_index(tuple(np.moveaxis(seen % self.shape, -1, 0)), self.shape)
        return np.asarray(cells if self.is_periodic else np.where(inside, cells, self.n_cells), dtype=np.int64)

    def patches(self, extent: int) -> Integers:
        """The sites of square patches that tile the lattice.

        Args:
            extent: Cells in each direction of a patch.

        Returns:
            Shape (n_patches, extent^dimension * n_basis), patches row by row.

        Raises:
            ValueError: The patches do not tile the lattice.
        """
        if any(length % extent for length in self.shape):
            raise ValueError(
                f"patches of {extent} cells in each direction do not tile {_by(self.shape)}; patch must divide "
                f"{' and '.join(map(str, sorted(set(self.shape))))}"
            )
        corners = np.array(list(product(*(range(0, length, extent) for length in self.shape))))
        inner = np.array(list(product(range(extent), repeat=len(self.shape))))
        cells = np.ravel_multi_index(tuple(np.moveaxis(corners[:, None] + inner, -1, 0)), self.shape)
        sites = cells[:, :, None] * self.n_basis + np.arange(self.n_basis)
        return np.asarray(sites.reshape(len(corners), -1), dtype=np.int64)

    @cached_property
    def differences(self) -> Integers:
        """For cells i and j, the number of the shift from i to j; shape (n_cells, n_cells).

        On an open lattice every pair has a number of its own.
        """
        n = self.n_cells
        if not self.is_periodic:
            return np.arange(n * n).reshape(n, n)
        shift = (self.coordinates[None] - self.coordinates[:, None]) % self.shape
        return np.asarray(np.ravel_multi_index(tuple(np.moveaxis(shift, -1, 0)), self.shape), dtype=np.int64)


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
