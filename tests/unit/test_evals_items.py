"""The items themselves: whatever is scored against them must be able to rely on them."""

import math
import re
import tomllib
from collections import Counter
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array, kron
from scipy.sparse.linalg import eigsh, expm_multiply

import knowledge
from evals.suites import (
    SUITES,
    ComputationItem,
    Selection,
    TextbookItem,
    ToolSelectionItem,
    find_suite,
    load_items,
)
from physics_engines.nqs import ExactSpec, exact_ground_state
from tools.base import Tool
from tools.errors import BadInput
from tools.registry import load_registry

BOOK = Path(knowledge.__file__).parent / "textbook"
ITEMS = {name: load_items(suite) for name, suite in SUITES.items()}


@pytest.mark.parametrize(
    ("name", "least"), [("tool_selection", 80), ("textbook", 40), ("unanswerable", 20), ("computations", 12)]
)
def test_suite_is_large_and_bilingual(name: str, least: int) -> None:
    items = ITEMS[name]
    assert len(items) >= least
    japanese = sum(item.language == "ja" for item in items)
    assert 0.4 <= japanese / len(items) <= 0.6


def test_ids_are_unique_over_all_suites_and_questions_in_each() -> None:
    ids = Counter(item.id for suite in ITEMS.values() for item in suite)
    assert [name for name, count in ids.items() if count > 1] == []
    for suite in ITEMS.values():
        questions = Counter(item.question for item in suite)
        assert [text for text, count in questions.items() if count > 1] == []


@pytest.mark.parametrize("name", ["tool_selection", "textbook", "unanswerable", "computations"])
def test_pairs_hold_one_item_of_each_language_with_the_same_expectation(name: str) -> None:
    pairs: dict[str, list] = {}
    for item in ITEMS[name]:
        if item.pair is not None:
            pairs.setdefault(item.pair, []).append(item)
    assert pairs
    for pair, members in pairs.items():
        assert sorted(item.language for item in members) == ["en", "ja"], pair
        first, second = (
            item.model_dump(exclude={"id", "language", "question", "style"}) | {"label": ""} for item in members
        )
        for fields in (first, second):
            fields.get("expect", {}).pop("label", None)
        assert first == second, pair


def test_japanese_items_are_written_in_japanese() -> None:
    for item in (item for suite in ITEMS.values() for item in suite):
        kana = bool(re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", item.question))
        assert kana or item.language == "en", item.id


def test_gold_sections_exist_in_both_languages() -> None:
    chapters = {chapter["id"] for chapter in tomllib.loads((BOOK / "book.toml").read_text())["chapter"]}
    for item in (*ITEMS["textbook"], *ITEMS["knowledge"]):
        assert isinstance(item, TextbookItem)
        for gold in item.gold:
            assert gold.chapter in chapters, item.id
            for language in ("en", "ja"):
                text = (BOOK / language / f"{gold.chapter}.md").read_text(encoding="utf-8")
                assert f"\n## §{gold.section} " in text, f"{item.id}: {gold} in {language}"


def test_half_of_the_textbook_questions_avoid_the_name_of_their_topic() -> None:
    items = ITEMS["textbook"]
    assert sum(item.style == "paraphrase" for item in items) >= len(items) / 2
    for item in items:
        if item.language != "en" or item.style == "direct":
            continue
        titles = [
            re.search(rf"^## §{gold.section} (.+)$", (BOOK / "en" / f"{gold.chapter}.md").read_text(), re.MULTILINE)[1]
            for gold in item.gold
        ]
        for title in titles:
            assert title.lower() not in item.question.lower(), item.id


def test_expected_specs_are_valid_calls() -> None:
    registry = load_registry()
    for item in ITEMS["tool_selection"]:
        assert isinstance(item, ToolSelectionItem)
        for pattern in (*item.expect.tools, *item.expect.also):
            names = [name for name in registry if re.fullmatch(pattern.replace(".", r"\.").replace("*", ".*"), name)]
            assert names, f"{item.id}: no tool meets {pattern}"
            fields = item.expect.spec.get(pattern, {})
            (swept,) = item.expect.sweep.get(pattern, {"": [None]}).items()
            for value in swept[1]:
                arguments = fields | ({swept[0]: value} if swept[0] else {})
                # "nqs.*" also names tools of other tasks, with fields of their own; one that takes the call is enough.
                assert not arguments or any(_accepts(registry[name], arguments) for name in names), item.id


def _accepts(tool: Tool, arguments: dict) -> bool:
    try:
        tool.parse(arguments)
    except BadInput:
        return False
    return True


def test_expectation_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="tools or a status"):
        Selection()


def _is_energy(item: ComputationItem) -> bool:
    tools = ("nqs.exact", "nqs.ground_state", "nqs.dmrg", "nqs.deep_boltzmann", "nqs.compare_ansatze")
    return item.expect.tool in tools and "n_levels" not in item.expect.spec


ENERGIES = {
    item.pair or item.id: item
    for item in ITEMS["computations"]
    if _is_energy(item) and item.expect.spec["shape"] != [20]
}


@pytest.mark.parametrize("pair", ENERGIES)
def test_references_agree_with_a_calculation_of_their_own(pair: str) -> None:
    item = ENERGIES[pair]
    spec = item.expect.spec
    if spec["model"] == "tfim":
        n, h = spec["shape"][0], spec["field"]
        k = (2 * np.arange(n) + 1) * np.pi / n
        expected = -np.sqrt(1 + h**2 - 2 * h * np.cos(k)).mean()
    elif spec["model"] in ("hubbard", "tv"):
        shape, is_electrons = tuple(spec["shape"]), spec["model"] == "hubbard"
        periodic = spec.get("boundary", "periodic") == "periodic"
        expected = _fermion_energy(shape, periodic, spec["interaction"], is_electrons)
    else:
        expected = _spin_energy(spec)
    assert item.expect.value == pytest.approx(expected, rel=2e-9)
    assert item.expect.unit == ("t" if spec["model"] in ("hubbard", "tv") else "J") and item.expect.source


def _is_gap(item: ComputationItem) -> bool:
    return item.expect.tool == "nqs.excited_state" or "n_levels" in item.expect.spec


@pytest.mark.parametrize("item", [item for item in ITEMS["computations"] if _is_gap(item)], ids=lambda item: item.id)
def test_gaps_agree_with_a_calculation_of_their_own(item: ComputationItem) -> None:
    spec = item.expect.spec
    n = spec["shape"][0]
    if spec["model"] == "tfim":  # the odd sector has integer momenta, of which k = 0 costs h - J instead of |h - J|
        h = spec["field"]
        even, odd = ((2 * np.arange(n) + 1) * np.pi / n, 2 * np.arange(1, n) * np.pi / n)
        energies = [-np.sqrt(1 + h**2 - 2 * h * np.cos(k)).sum() for k in (even, odd)]
        expected = energies[1] + (h - 1) - energies[0]
    else:
        chain = {"lattice": "chain", "shape": n, "model": spec["model"], "delta": spec.get("delta", 1.0)}
        singlet, triplet = (exact_ground_state(ExactSpec(**chain, total_sz=sz)).energy_per_site for sz in (0, 1))
        expected = (triplet.value - singlet.value) * n
    assert item.expect.value == pytest.approx(expected, rel=2e-9)
    assert item.expect.unit == "J" and item.expect.source


OBSERVED = {
    item.pair: item.expect
    for item in ITEMS["computations"]
    if item.expect.tool in ("nqs.observables", "nqs.dynamics") and item.language == "en"
}


@pytest.mark.parametrize("pair", OBSERVED)
def test_references_of_observables_agree_with_matrices_of_their_own(pair: str) -> None:
    expect = OBSERVED[pair]
    spec = expect.spec
    n, h = int(np.prod(spec["shape"])), spec.get("field", 0.0)
    bonds = _bonds(tuple(spec["shape"]))
    if spec["model"] == "tfim":
        x = sum(_product(n, {i: "x"}) for i in range(n)) / n
        zz = sum(_product(n, {i: "z", j: "z"}) for i, j in bonds)
        state = _ground_state(-zz - spec.get("initial_field", h) * n * x)
        if "initial_field" in spec:
            state = expm_multiply(1j * spec["total_time"] * (zz + h * n * x), state.astype(complex))
        value = np.vdot(state, x @ state).real
        if spec.get("observables") == "entanglement":
            value = -np.log(np.sum(np.linalg.svd(state.reshape(2 ** (n // 2), -1), compute_uv=False) ** 4))
    else:
        before = spec.get("initial_delta", spec.get("delta", 1.0))
        state = _ground_state(sum(_exchange(n, i, j, before) for i, j in bonds))
        if "initial_delta" in spec:
            matrix = sum(_exchange(n, i, j, spec["delta"]) for i, j in bonds)
            state = expm_multiply(-1j * spec["total_time"] * matrix, state.astype(complex))
            zz = sum(_product(n, {i: "z", j: "z"}) for i, j in bonds) / (4 * len(bonds))
            assert expect.value == pytest.approx(np.vdot(state, zz @ state).real, rel=1e-9)
            return
        from_first = [state @ (_exchange(n, 0, j) @ state) for j in range(1, n)]
        position = np.stack(np.unravel_index(np.arange(n), spec["shape"]), axis=1).sum(axis=1)
        peak = 0.75 + np.sum((-1.0) ** position[1:] * from_first)
        energy = sum(state @ (_exchange(n, i, j, before) @ state) for i, j in bonds) / n
        values = {
            "correlations": from_first[n // 2 - 1], "structure_factor": peak, "staggered_magnetisation": peak / n,
            "lanczos": energy,
        }  # fmt: skip
        names = spec["observables"]
        value = values[names if isinstance(names, str) else names[-1]]
    assert expect.value == pytest.approx(value, rel=1e-9)
    assert expect.unit == ("J" if expect.exactness == "upper_bound" else "") and expect.source


def _bonds(shape: tuple[int, ...]) -> set[tuple[int, int]]:
    sites = np.arange(np.prod(shape)).reshape(shape)
    pairs = [np.stack([sites, np.roll(sites, -1, axis)], axis=-1).reshape(-1, 2) for axis in range(len(shape))]
    return {tuple(sorted(pair)) for pair in np.concatenate(pairs).tolist()}


def _product(n: int, factors: dict[int, str]):
    """A product of Pauli matrices; "u" is i sigma^y."""
    matrices = {"x": [[0, 1], [1, 0]], "u": [[0, 1], [-1, 0]], "z": [[1, 0], [0, -1]], "1": [[1, 0], [0, 1]]}
    parts = [csr_array(np.array(matrices[factors.get(site, "1")], dtype=float)) for site in range(n)]
    return reduce(lambda one, other: kron(one, other, format="csr"), parts)


def _exchange(n: int, i: int, j: int, delta: float = 1.0):
    flips = _product(n, {i: "x", j: "x"}) - _product(n, {i: "u", j: "u"})
    return (flips + delta * _product(n, {i: "z", j: "z"})) / 4


def _ground_state(matrix) -> np.ndarray:
    return eigsh(matrix, k=1, which="SA", v0=np.random.default_rng(1).standard_normal(matrix.shape[0]))[1][:, 0]


def test_twenty_site_reference_lies_between_its_neighbours() -> None:
    (item,) = [item for item in ITEMS["computations"] if item.expect.spec["shape"] == [20]]
    # Finite-size ground-state energies of the ring rise to 1/4 - ln 2.
    assert -0.4463935225 < item.expect.value < 0.25 - math.log(2)


def test_unknown_suite_is_named() -> None:
    with pytest.raises(BadInput, match="there is no suite 'textbok'"):
        find_suite("textbok")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "a", "language": "en", "question": "?"', "line 2"),
        ('{"id": "a", "language": "fr", "question": "?", "distance": "far"}', "language"),
        ('{"id": "first", "language": "en", "question": "?", "distance": "far"}', "the id first stands twice"),
    ],
)
def test_broken_line_is_named(line: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    file.write_text('{"id": "first", "language": "en", "question": "?", "distance": "far"}\n' + line + "\n")
    with pytest.raises(BadInput, match=message):
        load_items(SUITES["unanswerable"], file=file)


def _fermion_energy(shape: tuple[int, ...], periodic: bool, interaction: float, is_electrons: bool) -> float:
    """Energy per site at half filling, from matrices that anticommute: Kronecker products, one bond for each pair."""
    from scipy.sparse import csr_array, diags_array, identity, kron
    from scipy.sparse.linalg import eigsh

    n = math.prod(shape)
    modes = 2 * n if is_electrons else n
    lower = csr_array([[0.0, 1.0], [0.0, 0.0]])
    strings = [diags_array(reduce(np.kron, [[1.0, -1.0]] * k, np.ones(1))) for k in range(modes)]
    destroy = [
        kron(kron(strings[k], lower, format="csr"), identity(2 ** (modes - k - 1)), format="csr") for k in range(modes)
    ]
    number = [operator.T @ operator for operator in destroy]
    bonds = set()
    for site in np.ndindex(*shape):
        for axis in range(len(shape)):
            other = list(site)
            other[axis] += 1
            if periodic or other[axis] < shape[axis]:
                pair = (np.ravel_multi_index(site, shape), np.ravel_multi_index(other, shape, mode="wrap"))
                bonds.add((int(min(pair)), int(max(pair))))
    energy = csr_array((2**modes, 2**modes))
    for i, j in bonds:
        for shift in (0, n) if is_electrons else (0,):
            hop = destroy[i + shift].T @ destroy[j + shift]
            energy = energy - hop - hop.T
        if not is_electrons:
            energy = energy + interaction * (number[i] @ number[j])
    blocks = [number[:n], number[n:]] if is_electrons else [number]
    if is_electrons:
        for i in range(n):
            energy = energy + interaction * (number[i] @ number[i + n])
    filled = np.all([np.rint(sum(block).diagonal()) == n // 2 for block in blocks], axis=0)
    inside = np.flatnonzero(filled)
    sector = energy.tocsr()[inside][:, inside]
    lowest = np.linalg.eigvalsh(sector.toarray())[0] if len(inside) < 500 else eigsh(sector, k=1, which="SA")[0][0]
    return float(lowest) / n


_CELLS = {
    "chain": ([[1.0]], [[0.0]]),
    "square": ([[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0]]),
    "triangular": ([[1.0, 0.0], [0.5, 0.75**0.5]], [[0.0, 0.0]]),
    "honeycomb": ([[3**0.5, 0.0], [0.75**0.5, 1.5]], [[0.0, 0.0], [0.0, 1.0]]),
    "kagome": ([[2.0, 0.0], [1.0, 3**0.5]], [[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]]),
}
"""Primitive vectors and sites of a cell; nearest neighbours are one apart."""


def _neighbours(lattice: str, shape: tuple[int, ...], periodic: bool, distance: float) -> set[tuple[int, int]]:
    """Pairs of sites that far apart, each once, with the images of a torus."""
    vectors, basis = (np.array(part) for part in _CELLS[lattice])
    cells = np.array(list(np.ndindex(*shape)))
    sites = ((cells @ vectors)[:, None, :] + basis).reshape(-1, len(vectors))
    turns = np.array(list(np.ndindex(*(3,) * len(shape)))) - 1 if periodic else np.zeros((1, len(shape)), dtype=int)
    apart = sites[None, :, None] - sites[:, None, None] + (turns * shape @ vectors)[None, None]
    near = np.isclose(np.linalg.norm(apart, axis=-1), distance).any(axis=-1)
    return {(int(i), int(j)) for i, j in np.argwhere(near) if i < j}


def _spin_energy(spec: dict) -> float:
    """Energy per site by sparse diagonalisation with S^z = 0, in a sector of momentum where one is given."""
    from scipy.sparse import coo_matrix

    shape, periodic = tuple(spec["shape"]), spec.get("boundary", "periodic") == "periodic"
    delta, j2 = spec.get("delta", 1.0), spec.get("j2", 0.0)
    far = 2.0 if len(shape) == 1 else 2**0.5
    near = _neighbours(spec["lattice"], shape, periodic, 1.0)
    bonds = dict.fromkeys(_neighbours(spec["lattice"], shape, periodic, far) if j2 else (), (j2, j2))
    bonds |= dict.fromkeys(near, (1.0, delta))
    n = math.prod(shape) * len(_CELLS[spec["lattice"]][1])
    states = np.array([state for state in range(1 << n) if state.bit_count() == n // 2])
    diagonal, rows, columns, values = np.zeros(len(states)), [], [], []
    for (i, j), (xy, z) in bonds.items():
        opposite = np.flatnonzero((states >> i & 1) != (states >> j & 1))
        sign = np.full(len(states), 0.25)
        sign[opposite] = -0.25
        diagonal += z * sign
        rows.append(np.searchsorted(states, states[opposite] ^ (1 << i) ^ (1 << j)))
        columns.append(opposite)
        values.append(np.full(len(opposite), xy / 2))
    every = np.arange(len(states))
    matrix = coo_matrix(
        (np.concatenate([*values, diagonal]), (np.concatenate([*rows, every]), np.concatenate([*columns, every])))
    ).tocsr()
    if spec.get("momentum") == ["π"]:
        moved = np.searchsorted(states, (states << 1 | states >> (n - 1)) & ((1 << n) - 1))
        step = np.zeros((len(states), len(states)))
        step[moved, every] = -1.0
        inside = sum(np.linalg.matrix_power(step, r) for r in range(n)) / n
        levels = np.linalg.eigvalsh(inside @ matrix.toarray() @ inside + 100 * (np.eye(len(states)) - inside))
        return float(levels[0] / n)
    return float(eigsh(matrix, k=1, which="SA", tol=1e-12)[0][0] / n)
