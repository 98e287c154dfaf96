from itertools import combinations, product

import numpy as np
import pytest

from physics_engines.errors import InvalidInput
from physics_engines.lattices import Lattice, is_bipartite
from physics_engines.lattices.irreps import point_group_characters
from physics_engines.lattices.shape import BONDS_PER_CELL


def pairs_at(shape: tuple[int, ...], periodic: bool, wanted: set[tuple[int, ...]]) -> set[tuple[int, int]]:
    """Brute force: pairs whose sorted per-direction distances are in ``wanted``."""
    sites = list(product(*map(range, shape)))
    found = set()
    for (a, x), (b, y) in combinations(enumerate(sites), 2):
        steps = [abs(p - q) for p, q in zip(x, y, strict=True)]
        if periodic:
            steps = [min(step, extent - step) for step, extent in zip(steps, shape, strict=True)]
        if tuple(sorted(steps)) in wanted:
            found.add((a, b))
    return found


def as_set(bonds: np.ndarray) -> set[tuple[int, int]]:
    found = {(int(i), int(j)) for i, j in bonds}
    assert len(found) == len(bonds), "a pair occurs twice"
    return found


@pytest.mark.parametrize("boundary", ["periodic", "open"])
@pytest.mark.parametrize("shape", [(2,), (3,), (4,), (5,), (12,), (2, 2), (2, 3), (3, 3), (4, 4), (2, 6), (5, 4)])
def test_bonds_are_the_pairs_at_the_right_distance(shape: tuple[int, ...], boundary: str) -> None:
    lattice = Lattice(shape, boundary)
    near, far = ({(1,)}, {(2,)}) if len(shape) == 1 else ({(0, 1)}, {(1, 1)})
    periodic = boundary == "periodic"
    assert as_set(lattice.neighbours) == pairs_at(shape, periodic, near)
    assert as_set(lattice.next_neighbours) == pairs_at(shape, periodic, far)


def test_numbers_of_bonds_on_large_lattices() -> None:
    assert len(Lattice((6, 6)).neighbours) == len(Lattice((6, 6)).next_neighbours) == 72
    assert len(Lattice((6, 6), "open").neighbours) == 60
    assert len(Lattice((32,)).neighbours) == len(Lattice((32,)).next_neighbours) == 32


def test_a_periodic_edge_of_length_two_equals_an_open_one() -> None:
    assert as_set(Lattice((2,), "periodic").neighbours) == as_set(Lattice((2,), "open").neighbours) == {(0, 1)}
    assert len(Lattice((2, 4)).neighbours) == 4 + 8


@pytest.mark.parametrize("shape", [(1,), (0,), (1, 4), (4, 1), (), (2, 2, 2)])
def test_impossible_extents_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="extent"):
        Lattice(shape)


@pytest.mark.parametrize(
    ("shape", "boundary", "bipartite"),
    [((4,), "periodic", True), ((5,), "periodic", False), ((5,), "open", True), ((3, 4), "periodic", False)],
)
def test_sublattices_exist_unless_a_ring_is_odd(shape: tuple[int, ...], boundary: str, bipartite: bool) -> None:
    lattice = Lattice(shape, boundary)
    assert is_bipartite(shape, boundary) == bipartite
    if not bipartite:
        assert lattice.sublattice is None
        return
    assert lattice.sublattice is not None
    i, j = lattice.neighbours.T
    assert np.all(lattice.sublattice[i] == -lattice.sublattice[j])


@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3)])
def test_translations_form_the_group_of_the_torus(shape: tuple[int, ...]) -> None:
    lattice = Lattice(shape)
    moves = lattice.translations
    assert len({tuple(row) for row in moves.tolist()}) == len(moves) == lattice.n_sites
    assert np.array_equal(moves[:, 0], np.arange(lattice.n_sites))
    bonds = {frozenset(bond) for bond in lattice.neighbours.tolist()}
    for move in moves:
        assert {frozenset(move[bond].tolist()) for bond in lattice.neighbours} == bonds
    closed = {tuple(row) for row in moves.tolist()}
    assert all(tuple(a[b].tolist()) in closed for a in moves for b in moves)
    assert len(Lattice(shape, "open").translations) == 1


@pytest.mark.parametrize(
    ("shape", "boundary", "order", "fixed"),
    [
        ((8,), "periodic", 16, 2),
        ((7,), "periodic", 14, 2),
        ((8,), "open", 2, 2),
        ((4, 4), "periodic", 8 * 16, 8),
        ((6, 6), "periodic", 8 * 36, 8),
        ((3, 4), "periodic", 4 * 12, 4),
        ((4, 4), "open", 8, 8),
        ((3, 4), "open", 4, 4),
        ((3, 3), "triangular", 12 * 9, 12),
        ((4, 4), "triangular", 12 * 16, 12),
        ((3, 3), "honeycomb", 12 * 9, 12),
        ((3, 3), "kagome", 12 * 9, 12),
        ((2, 3), "honeycomb", 2 * 6, 2),
    ],
)
def test_space_groups_have_the_right_order(shape: tuple[int, ...], boundary: str, order: int, fixed: int) -> None:
    is_kind = boundary not in ("periodic", "open")
    lattice = Lattice(shape, "periodic", boundary) if is_kind else Lattice(shape, boundary)
    assert lattice.space_group.order == len(lattice.space_group.distinct) == order
    assert lattice.point_group.order == fixed
    assert np.array_equal(lattice.space_group.permutations[0], np.arange(lattice.n_sites))


def test_motions_that_act_alike_on_a_small_cluster_are_told_apart() -> None:
    group = Lattice((2, 4)).space_group
    assert group.order == 4 * 8 and len(group.distinct) == 16


@pytest.mark.parametrize(
    ("shape", "boundary"), [((6,), "periodic"), ((3, 4), "periodic"), ((4, 4), "periodic"), ((3, 3), "open")]
)
def test_space_groups_close_and_keep_the_bonds(shape: tuple[int, ...], boundary: str) -> None:
    lattice = Lattice(shape, boundary)
    moves = lattice.space_group.distinct
    rows = {tuple(row) for row in moves.tolist()}
    assert all(tuple(row) in rows for a in moves[:12] for row in a[moves].tolist())
    for bonds in (lattice.neighbours, lattice.next_neighbours):
        kept = {frozenset(bond) for bond in bonds.tolist()}
        assert all({frozenset(pair) for pair in move[bonds].tolist()} == kept for move in moves)
    assert {tuple(row) for row in lattice.translations.tolist()} <= rows


@pytest.mark.parametrize("shape", [(6,), (4, 4), (3, 4)])
def test_characters_are_homomorphisms(shape: tuple[int, ...]) -> None:
    group = Lattice(shape).point_group
    number = {tuple(row): index for index, row in enumerate(group.permutations.tolist())}
    names = ("A1", "A2") if len(shape) == 1 else ("A1", "A2", "B1", "B2")
    tables = [point_group_characters(group, name) for name in names]
    for i, a in enumerate(group.permutations):
        for j, b in enumerate(group.permutations):
            product_ = number[tuple(a[b].tolist())]
            assert all(table[product_] == table[i] * table[j] for table in tables)
    overlaps = np.array(tables) @ np.array(tables).T
    assert np.array_equal(overlaps, group.order * np.eye(len(names)))


SHELLS = {"triangular": (6, 6), "honeycomb": (3, 6), "kagome": (4, 4)}


@pytest.mark.parametrize("boundary", ["periodic", "open"])
@pytest.mark.parametrize("kind", list(SHELLS))
def test_bonds_of_other_lattices_are_the_pairs_at_the_right_distance(kind: str, boundary: str) -> None:
    lattice = Lattice((4, 5), boundary, kind)
    assert lattice.n_sites == {"triangular": 20, "honeycomb": 40, "kagome": 60}[kind]
    gaps = lattice.positions[:, None, :] - lattice.positions[None, :, :]
    if boundary == "periodic":
        images = np.array(list(product((-1, 0, 1), repeat=2))) * lattice.shape @ lattice.primitive_vectors
        lengths = np.linalg.norm(gaps[:, :, None, :] + images, axis=-1).min(axis=-1)
    else:
        lengths = np.linalg.norm(gaps, axis=-1)
    for bonds, distance in ((lattice.neighbours, 1.0), (lattice.next_neighbours, 3**0.5)):
        wanted = {(i, j) for i, j in np.argwhere(np.isclose(lengths, distance)).tolist() if i < j}
        assert as_set(bonds) == wanted
    if boundary == "periodic":
        shells = (lattice.neighbours, lattice.next_neighbours)
        for bonds, coordination, per_cell in zip(shells, SHELLS[kind], BONDS_PER_CELL[kind], strict=True):
            assert np.all(np.bincount(bonds.ravel(), minlength=lattice.n_sites) == coordination)
            assert len(bonds) == per_cell * lattice.n_cells


@pytest.mark.parametrize("boundary", ["periodic", "open"])
@pytest.mark.parametrize("kind", list(SHELLS))
def test_of_these_only_the_honeycomb_lattice_has_two_sublattices(kind: str, boundary: str) -> None:
    lattice = Lattice((3, 2), boundary, kind)
    assert is_bipartite(lattice.shape, boundary, kind) == (lattice.sublattice is not None) == (kind == "honeycomb")
    if lattice.sublattice is not None:
        i, j = lattice.neighbours.T
        assert np.all(lattice.sublattice[i] == -lattice.sublattice[j])


@pytest.mark.parametrize("kind", list(SHELLS))
def test_translations_move_cells(kind: str) -> None:
    lattice = Lattice((3, 4), "periodic", kind)
    assert lattice.translations.shape == (12, lattice.n_sites)
    for bonds in (lattice.neighbours, lattice.next_neighbours):
        for move in lattice.translations:
            assert as_set(np.sort(move[bonds], axis=1)) == as_set(bonds)
    assert np.array_equal(lattice.basis_index[lattice.translations], np.tile(lattice.basis_index, (12, 1)))


def test_a_graph_is_its_edges() -> None:
    graph = Lattice((5,), "open", "graph", ((3, 0), (1, 2), (2, 3)))
    assert as_set(graph.neighbours) == {(0, 3), (1, 2), (2, 3)} and len(graph.next_neighbours) == 0
    assert graph.sublattice is not None and graph.sublattice.tolist() == [1, -1, 1, -1, 1]
    assert Lattice((3,), "open", "graph", ((0, 1), (1, 2), (0, 2))).sublattice is None
    assert graph.positions.shape == (5, 0) and graph.translations.tolist() == [[0, 1, 2, 3, 4]]
    for edges in (((0, 0),), ((0, 5),), ((0, 1), (1, 0))):
        with pytest.raises(InvalidInput, match="edge"):
            Lattice((5,), "open", "graph", edges)
    with pytest.raises(InvalidInput, match="no boundary"):
        Lattice((5,), "periodic", "graph")
