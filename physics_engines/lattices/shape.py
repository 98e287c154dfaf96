"""What can be said of a lattice from its extents alone, without building it."""

from collections.abc import Sequence
from typing import Literal

Boundary = Literal["periodic", "open"]


def is_bipartite(shape: Sequence[int], boundary: Boundary) -> bool:
    """True when the nearest-neighbour bonds join two sublattices.

    An odd periodic extent closes a ring of odd length: the antiferromagnet on it is frustrated and no
    Marshall sign rule holds.
    """
    return boundary == "open" or all(extent % 2 == 0 for extent in shape)
