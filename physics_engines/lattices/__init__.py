"""Lattices: sites, bonds and boundaries."""

from typing import TYPE_CHECKING

from physics_engines.lattices.shape import Boundary, LatticeName, is_bipartite

if TYPE_CHECKING:
    from physics_engines.lattices.lattice import Lattice

__all__ = ["Boundary", "Lattice", "LatticeName", "is_bipartite"]


def __getattr__(name: str) -> object:
    if name == "Lattice":
        from physics_engines.lattices.lattice import Lattice

        return Lattice
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
