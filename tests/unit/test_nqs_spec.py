import subprocess
import sys

import pytest
from pydantic import ValidationError

from physics_engines.nqs import ExactSpec, GroundStateSpec
from physics_engines.nqs.hamiltonian import build_hamiltonian
from tools.base import describe_validation_error

SQUARE = {"lattice": "square", "shape": "4x4"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"lattice": "chain", "shape": 0}, "shape.0: input should be greater than or equal to 2"),
        ({"lattice": "chain", "shape": 1}, "greater than or equal to 2"),
        ({"lattice": "square", "shape": "1x8"}, "greater than or equal to 2"),
        ({"lattice": "chain", "shape": 10**6}, "1000000 sites; at most 1024"),
        ({"lattice": "square", "shape": 16}, "a square lattice takes 2 extent(s), not 1"),
        ({"lattice": "chain", "shape": 9, "total_sz": 0}, "total_sz = 0.0; 9 sites take half-integer values up to 4.5"),
        ({**SQUARE, "model": "j1j2", "total_sz": 0.5}, "16 sites take integer values up to 8"),
        ({**SQUARE, "total_sz": -9}, "there is no state with that total S^z"),
        ({"model": "tfim", **SQUARE, "total_sz": 0}, "does not conserve S^z; leave total_sz out"),
        ({**SQUARE, "delta": 0.5}, "delta belongs to the XXZ model, not to the Heisenberg model"),
        ({"lattice": "kagome", "shape": 12}, "a kagome lattice takes 2 extent(s), not 1"),
        ({"lattice": "graph", "shape": 4}, "belong to the couplings model, not to the Heisenberg model"),
        ({**SQUARE, "couplings": [[0, 1, 1.0]]}, "belong to the couplings model"),
        ({"model": "couplings", "lattice": "graph", "shape": 4}, "needs a table of couplings"),
        ({"model": "couplings", **SQUARE, "couplings": [[0, 1, 1.0]]}, "lives on a graph, not on a square lattice"),
        ({"model": "couplings", "shape": 4, "couplings": [[0, 4, 1.0]]}, "site 4, but the 4 sites are numbered 0 to 3"),
        ({"model": "couplings", "shape": 4, "couplings": [[2, 2, 1.0]]}, "not site 2 with itself"),
        ({"model": "couplings", "shape": 4, "couplings": [[0, 1, 1], [1, 0, 2]]}, "the pair (0, 1) occurs twice"),
        ({"model": "couplings", "shape": 4, "couplings": [[0, 1]]}, "[i, j, J] or [i, j, Jxy, Jz], not [0, 1]"),
        ({"model": "couplings", "shape": 4, "couplings": [[0.5, 1, 1]]}, "two whole site numbers"),
        ({"model": "couplings", "shape": 4, "couplings": [[0, 1, float("nan")]]}, "finite number"),
        ({**SQUARE, "j2": 0.5}, "j2 belongs to the J1-J2 model, not to the Heisenberg model"),
        ({**SQUARE, "field": 1.0}, "a transverse field belongs to the transverse-field Ising model"),
        ({"model": "tfim", **SQUARE, "j2": 0.1}, "j2 belongs to the J1-J2 model"),
        ({**SQUARE, "coupling": -1.0}, "coupling: input should be greater than 0"),
        ({**SQUARE, "coupling": float("nan")}, "coupling"),
        (
            {"model": "kagome", **SQUARE},
            "model: input should be 'heisenberg', 'xxz', 'j1j2', 'tfim', 'couplings', 'hubbard' or 'tv'",
        ),
        (
            {"lattice": "moebius", "shape": 4},
            "lattice: input should be 'chain', 'square', 'triangular', 'honeycomb', 'kagome' or 'graph'",
        ),
        ({**SQUARE, "boundary": "open", "ansatz": "rbm_symmetric"}, "needs a periodic lattice"),
        ({**SQUARE, "n_chains": 512}, "512 chains need at least 2048 samples"),
        ({"lattice": "square", "shape": "32x32", "alpha": 64}, "the bound is 4 GiB"),
        ({**SQUARE, "colour": "blue"}, "colour"),
        *(
            ({**frustrated, "ansatz": ansatz}, "raises the energy of such a state")
            for frustrated in (
                {"lattice": "triangular", "shape": "3x3"},
                {"lattice": "chain", "shape": 7},
                {"model": "j1j2", "lattice": "kagome", "shape": "2x2", "j2": 0.1},
                {"model": "couplings", "couplings": [[0, 1, 1], [1, 2, 1], [0, 2, 1]]},
            )
            for ansatz in ("jastrow", "rbm")
        ),
    ],
)
def test_nonsense_is_refused_in_one_sentence(fields: dict, sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GroundStateSpec(**fields)
    text = describe_validation_error(caught.value)
    assert sentence in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("fields", "states"),
    [
        ({"lattice": "chain", "shape": 28}, "40116600 states"),
        ({"lattice": "square", "shape": "6x6"}, "9075135300 states"),
        ({"model": "tfim", "lattice": "chain", "shape": 26}, "67108864 states"),
        ({"lattice": "chain", "shape": 10**6}, "1000000 sites"),
    ],
)
def test_exact_diagonalisation_names_its_memory_bound(fields: dict, states: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ExactSpec(**fields)
    text = describe_validation_error(caught.value)
    assert states in text and "the limit is 4 GiB" in text and "variational" in text


def test_exact_diagonalisation_takes_what_fits() -> None:
    assert ExactSpec(lattice="chain", shape=24).n_states == 2_704_156
    assert ExactSpec(model="tfim", lattice="chain", shape=20).n_states == 2**20


def test_the_digest_depends_on_the_physics_only() -> None:
    plain = GroundStateSpec(**SQUARE)
    same = [
        GroundStateSpec(lattice="square", shape=[4, 4]),
        GroundStateSpec(lattice="square", shape="4×4", model="heisenberg", j2=0.0, field=0),
        GroundStateSpec(**SQUARE, ansatz="rbm_symmetric", alpha=12, boundary="periodic"),
        GroundStateSpec.model_validate_json(plain.canonical_json()),
    ]
    assert {spec.digest() for spec in same} == {plain.digest()}
    other = [GroundStateSpec(**SQUARE, seed=8), GroundStateSpec(**SQUARE, model="j1j2"), ExactSpec(**SQUARE)]
    assert len({plain.digest(), *(spec.digest() for spec in other)}) == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"lattice": "triangular", "shape": "3x3", "exchange": "ferromagnetic"},
        {"lattice": "triangular", "shape": "3x3", "model": "tfim"},
        {"model": "couplings", "couplings": [[0, 1, 1], [1, 2, 1], [0, 2, 1], [2, 3, -1]]},
        {"lattice": "square", "shape": "4x4", "model": "j1j2"},
        {"model": "couplings", "couplings": [[0, 1, 1], [1, 2, 1], [0, 2, -1]]},
        {"lattice": "triangular", "shape": "3x3", "irrep": "A2", "ansatz": "rbm_symmetric"},
    ],
)
def test_positive_amplitudes_are_taken_where_some_exchange_lowers_their_energy(fields: dict) -> None:
    spec = GroundStateSpec(**{"ansatz": "jastrow", **fields})
    assert spec.ansatz in ("jastrow", "rbm_symmetric")
    if not spec.has_sector:
        assert build_hamiltonian(spec).amplitudes.min() < 0


def test_the_step_of_a_t_v_model_is_no_longer_than_a_hop_allows() -> None:
    square = {"model": "tv", "lattice": "square", "shape": "4x4"}
    rates = [GroundStateSpec(**square, interaction=v).learning_rate for v in (0, 1, 4, 8)]
    assert rates[:2] == [0.1, 0.1] and rates[2] == pytest.approx(0.0375) and rates[3] == pytest.approx(rates[2] / 2)
    assert GroundStateSpec(model="tv", lattice="chain", shape=8, interaction=4).learning_rate == 0.1
    assert GroundStateSpec(**square, interaction=4, learning_rate=0.2).learning_rate == 0.2


def test_fields_left_out_resolve_to_the_model() -> None:
    assert GroundStateSpec(model="j1j2", **SQUARE).j2 == 0.5
    assert GroundStateSpec(model="tfim", **SQUARE).field == 1.0
    assert GroundStateSpec(**SQUARE).j2 == GroundStateSpec(**SQUARE).field == 0.0
    ansatz = {
        "rbm_symmetric": [
            {},
            {"model": "tfim"},
            {"model": "tfim", "shape": "3x3"},
            {"lattice": "chain", "shape": 40},
            {"shape": "6x8", "irrep": "B1"},
            {"lattice": "honeycomb"},
            {"model": "xxz", "lattice": "kagome", "shape": "2x2", "delta": -0.5, "exchange": "ferromagnetic"},
        ],
        "rbm_space_group": [
            {"shape": "6x8"},
            {"model": "tfim", "shape": "10x10"},
            {"model": "xxz", "lattice": "kagome", "delta": -0.5, "exchange": "ferromagnetic"},
        ],
        "pair_product_symmetric": [{"model": "j1j2"}, {"model": "j1j2", "shape": "6x6", "j2": 0.3}],
        "rbm_symmetric_complex": [
            {"model": "j1j2", "j2": 0.7},
            {"model": "j1j2", "total_sz": 1},
            {"model": "j1j2", "irrep": "B1"},
            {"model": "j1j2", "lattice": "chain", "shape": 12},
            {"model": "j1j2", "lattice": "honeycomb", "shape": "2x3"},
        ],
        "rbm": [{"boundary": "open"}, {"lattice": "triangular", "boundary": "open", "exchange": "ferromagnetic"}],
        "rbm_complex": [
            {"shape": "3x4"},
            {"model": "j1j2", "boundary": "open"},
            {"lattice": "triangular"},
            {"lattice": "kagome", "shape": "2x2"},
            {"model": "j1j2", "exchange": "ferromagnetic"},
        ],
    }
    for name, cases in ansatz.items():
        for case in cases:
            assert GroundStateSpec(**{**SQUARE, **case}).ansatz == name


def test_what_can_have_nodes_is_sampled_where_psi_is_small() -> None:
    """A sum over a small sector, blurred samples of a larger one; positive wave functions and pair products as ever."""
    chain = {"lattice": "chain", "shape": 8}
    for fields, expected in (
        ({}, ("metropolis", 0.0)),
        ({"momentum": 0}, ("metropolis", 0.0)),
        ({"spin_flip": "odd"}, ("exact", 0.0)),
        ({"spin_flip": "odd", "sampler": "metropolis"}, ("metropolis", 0.5)),
        ({"ansatz": "rbm_complex"}, ("exact", 0.0)),
        ({"model": "j1j2", "shape": 14}, ("exact", 0.0)),
        ({"model": "j1j2", "shape": 16}, ("metropolis", 0.5)),
        ({"model": "j1j2", "shape": 20}, ("metropolis", 0.0)),
        ({"model": "j1j2", "ansatz": "jastrow"}, ("metropolis", 0.0)),
        ({"model": "j1j2", "ansatz": "pair_product"}, ("metropolis", 0.0)),
    ):
        spec = GroundStateSpec(**{**chain, **fields})
        assert (spec.sampler, spec.blur) == expected, fields
    with pytest.raises(ValidationError, match="takes no blur"):
        GroundStateSpec(**chain, sampler="exact", blur=0.3)


def test_a_table_of_couplings_says_how_many_sites_it_has() -> None:
    table = [[1, 0, 0.5], [1, 2, -1.0, 2.0]]
    spec = ExactSpec(model="couplings", couplings=table)
    assert (spec.lattice, spec.shape, spec.boundary, spec.total_sz) == ("graph", (3,), "open", 0.5)
    assert spec.couplings == ((0, 1, 0.5, 0.5), (1, 2, -1.0, 2.0))
    for text in ("1 0 0.5; 1, 2, -1, 2", "site,site,Jxy,Jz\n1,0,0.5\n1,2,-1,2.0\n"):
        assert ExactSpec(model="couplings", couplings=text) == spec
    assert ExactSpec.model_validate_json(spec.canonical_json()) == spec
    assert spec.n_couplings == 2 and spec.is_sign_free and spec.is_bipartite
    assert ExactSpec(model="couplings", couplings=[[0, 1, 1], [1, 2, 1], [0, 2, 1]]).is_sign_free is False
    assert ExactSpec(model="couplings", couplings=[[0, 1, 1], [1, 2, 1], [0, 2, -1]]).is_sign_free is True


def test_sectors_resolve_to_the_lowest_magnetisation() -> None:
    assert (GroundStateSpec(**SQUARE).total_sz, GroundStateSpec(**SQUARE).n_up) == (0, 8)
    odd = GroundStateSpec(lattice="kagome", shape="3x3")
    assert (odd.n_sites, odd.total_sz, odd.n_up) == (27, 0.5, 14)
    assert GroundStateSpec(model="tfim", **SQUARE).total_sz is None
    assert ExactSpec(lattice="honeycomb", shape="2x3", total_sz=-2).n_states == 495
    assert GroundStateSpec(model="tfim", **SQUARE).exchange == "ferromagnetic"
    assert GroundStateSpec(**SQUARE).exchange == "antiferromagnetic"


def test_importing_specs_and_tools_stays_light() -> None:
    code = "import sys; import tools.nqs, physics_engines.nqs, physics_engines.lattices\n"
    code += "print([name for name in ('numpy', 'torch', 'numba', 'scipy', 'matplotlib') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
