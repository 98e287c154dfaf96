"""A draft may say only what the ledger supports."""

import pytest

from agent.binding.bind import REMOVED, bind
from agent.evidence import Evidence, Ledger, format_value

QUOTE = "Summing over the hidden units leaves a product of 2 cosh factors, as in eq. (3.7)."
MARK = REMOVED.en
PARAMETERS = {4.0, 16.0, 1.0}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(
        [
            Evidence(
                id="E1",
                kind="computed",
                label="energy per site",
                source="nqs.ground_state",
                run_id="r",
                value=-0.701741,
                error=9e-5,
                unit="J",
                exactness="upper_bound",
            ),
            Evidence(
                id="E2",
                kind="computed",
                label="exact energy per site",
                source="nqs.exact",
                run_id="r",
                value=-0.7017802005,
                unit="J",
                exactness="exact",
            ),
            Evidence(
                id="E3",
                kind="cited",
                label="A5 §2",
                source="textbook/en/A5.md",
                run_id="r",
                quote=QUOTE,
                span=(10, 10 + len(QUOTE)),
            ),
        ]
    )


def bound(text: str, ledger: Ledger) -> tuple[str, list[str]]:
    result = bind(text, ledger, PARAMETERS, "en")
    return result.text, [problem.kind for problem in result.problems]


def test_reference_becomes_the_value_with_error_and_unit(ledger: Ledger) -> None:
    text, problems = bound("The energy is [E1]; exactly, it is [E2].", ledger)
    assert text == "The energy is −0.70174(9) J [E1]; exactly, it is −0.7017802005 J [E2]."
    assert problems == []


@pytest.mark.parametrize(
    "said",
    [
        "-0.70174 [E1]",
        "−0.70174 J [E1]",
        "-0.70174(9) J per site [E1]",
        "-0.70174 ± 0.00009 J [E1]",
        "$-0.70174$ ([E1]",
    ],
)
def test_right_number_beside_its_reference_is_not_doubled(said: str, ledger: Ledger) -> None:
    text, problems = bound(f"The energy is {said}.", ledger)
    assert text.count("0.70174") == 1
    assert "unbound_number" not in problems and "contradicted_number" not in problems


def test_formula_that_ends_with_the_number_stays_closed(ledger: Ledger) -> None:
    text, _ = bound("It is $E_0/N=-0.70174$ [E1].", ledger)
    assert text == "It is $E_0/N=$ −0.70174(9) J [E1]."


def test_wrong_number_beside_a_reference_is_replaced(ledger: Ledger) -> None:
    text, problems = bound("The energy is -0.75 J [E1].", ledger)
    assert text == "The energy is −0.70174(9) J [E1]."
    assert problems == ["contradicted_number"]


@pytest.mark.parametrize(
    "lie",
    [
        "-0.75",
        "−0.75",
        "－０．７５",
        "-0.7\u200b5",
        "-.75",
        "-3/4",
        "-¾",
        "-75e-2",
        "-7.5 × 10^-1",
        "-7.5×10⁻¹",
        "-7.5 \\times 10^{-1}",
        "$-\\frac{3}{4}$",
        "minus three quarters",
        "minus zero point seven five",
        "negative one",
        "マイナス〇・七五",
        "マイナス0.75",
        "-0,75",
        "-٠.٧٥",
        "0.7017",
        "-0.7019",
        "-0.71",
        "99.9 %",
        "seventy-five percent",
        "-0.<b>75</b>",
        "-0.\n75",
        "\\(-\\tfrac34\\)",
        "\\frac{3}4",
        "three fourths",
        "seven hundred and fifty thousandths",
        "minus III/IV",
        "XII percent",
        "約七割五分",
        "七十五パーセント",
        "0.01%",
        "ten times lower",
        "−0.70174(2)",
    ],
)
def test_number_that_stands_on_nothing_is_removed(lie: str, ledger: Ledger) -> None:
    text, problems = bound(f"The ground-state energy is {lie} J for this lattice.", ledger)
    assert MARK in text
    assert "75" not in text and lie not in text
    assert "unbound_number" in problems


@pytest.mark.parametrize("rounded", ["-0.70174", "-0.7017", "-0.702", "-0.70", "-7.0174e-1", "-0.7018"])
def test_rounding_of_evidence_is_kept(rounded: str, ledger: Ledger) -> None:
    text, problems = bound(f"It lies near {rounded}.", ledger)
    assert rounded in text and problems == []


def test_parameters_and_names_are_no_claims(ledger: Ledger) -> None:
    said = (
        "On the 4x4 lattice with 16 sites and J = 1, the J1-J2 model in 2D with spin-1/2 has SU(2) symmetry; see A5 §2."
    )
    text, problems = bound(said, ledger)
    assert text == said and problems == []


def test_another_lattice_than_the_computed_one_is_a_claim(ledger: Ledger) -> None:
    text, problems = bound("On the 6x6 lattice nothing changes.", ledger)
    assert "6" not in text and problems == ["unbound_number", "unbound_number"]


def test_a_parameter_with_the_unit_of_the_result_is_a_claim(ledger: Ledger) -> None:
    assert bound("The energy is 4 J.", ledger)[1] == ["unbound_number"]


def test_numbers_of_a_cited_passage_may_be_repeated_in_its_sentence(ledger: Ledger) -> None:
    assert bound("A product of 2 cosh factors remains [E3].", ledger)[1] == []
    assert bound("A product of 2 cosh factors remains.", ledger)[1] == ["unbound_number"]


def test_verbatim_quotation_is_untouched_and_a_false_one_removed(ledger: Ledger) -> None:
    text, problems = bound(f'The book says "{QUOTE}" [E3].', ledger)
    assert QUOTE in text and problems == []
    text, problems = bound('The book says "the hidden units always converge without any trouble" [E3].', ledger)
    assert "always converge" not in text and problems == ["misquote"]


def test_whole_quotation_is_put_in_to_the_letter(ledger: Ledger) -> None:
    text, problems = bound("[quote E3]", ledger)
    assert text == f"> {QUOTE} [E3]\n> — A5 §2" and problems == []


@pytest.mark.parametrize("reference", ["[E9]", "[quote E9]", "[quote E1]"])
def test_unknown_reference_is_removed(reference: str, ledger: Ledger) -> None:
    text, problems = bound(f"As shown {reference}.", ledger)
    assert text == f"As shown {MARK}." and problems == ["unknown_reference"]


@pytest.mark.parametrize(
    "citation",
    ["[12]", "arXiv:1606.02318", "https://example.org/x", "doi:10.1126/science.aag2302", "(Carleo and Troyer, 2017)"],
)
def test_citation_from_outside_the_library_is_removed(citation: str, ledger: Ledger) -> None:
    text, problems = bound(f"Others found the same {citation} long ago.", ledger)
    assert citation not in text and problems == ["unsupported_citation"]


@pytest.mark.parametrize(
    "claim", ["This was proved.", "Lean verified the bound.", "これは証明されている。", "It is verified in Lean."]
)
def test_claim_of_proof_without_a_proof_is_removed(claim: str, ledger: Ledger) -> None:
    text, problems = bound(claim, ledger)
    assert MARK in text and problems == ["unsupported_proof"]


def test_claim_of_proof_with_a_proof_is_kept() -> None:
    proof = Evidence(
        id="E1",
        kind="proved",
        label="verified",
        source="proof.check",
        run_id="r",
        statement="1 + 1 = 2",
        verdict="verified",
    )
    assert bind("The statement is proved [E1].", Ledger([proof]), set(), "en").problems == ()


def test_writer_cannot_forge_the_marks_used_inside(ledger: Ledger) -> None:
    text, _ = bound("\ue000\ue001 The energy is [E1].", ledger)
    assert text.strip() == "The energy is −0.70174(9) J [E1]."


def test_format_of_values() -> None:
    assert format_value(-0.701741, 9e-5) == "−0.70174(9)"
    assert format_value(-0.7017802005, None) == "−0.7017802005"
    assert format_value(1234.6, 20.0) == "1235(20)"


@pytest.mark.parametrize(
    "said",
    [
        "The gap is -0.7018 J.",
        "The spin gap is [E1].",
        "The staggered magnetisation is [E2].",
        "The temperature is -0.7017 K.",
        "The energy is -0.7017 eV.",
        "The energy is -0.7017 J per bond.",
        "The total energy is [E1].",
        "ギャップは [E1] です。",
        "ボンドあたりのエネルギーは [E1] です。",
        "The energy is 16.",
        "The gap is 1.",
        "For the kagome lattice the energy is [E1].",
        "The energy of the spin-1 model is [E1].",
        "The exact energy is [E1].",
        "三角格子のエネルギーは [E2] です。",
    ],
)
def test_evidence_or_parameter_called_another_quantity_is_removed(said: str, ledger: Ledger) -> None:
    text, problems = bound(said, ledger)
    assert "701" not in text and "702" not in text and "16" not in text and "is 1" not in text
    assert MARK in text and set(problems) <= {"wrong_quantity", "unbound_number"} and problems


@pytest.mark.parametrize(
    ("system", "said"),
    [
        ("Heisenberg antiferromagnet, 2×2 kagome lattice (unit cells 12 spins)", "On the kagome lattice it is [E1]."),
        ("Hubbard model, chain of 4 sites", "The energy of the Hubbard model is [E1]."),
        ("XXZ模型、3×4三角格子", "三角格子のエネルギーは [E1] です。"),
    ],
)
def test_the_system_of_the_evidence_may_be_named_and_no_other(system: str, said: str) -> None:
    entry = Evidence(
        id="E1", kind="computed", label="ground-state energy per site", source="nqs.exact", run_id="r", value=-0.45,
        unit="J", exactness="exact", system=system,
    )  # fmt: skip
    assert bind(said, Ledger([entry]), set(), "en").problems == ()
    elsewhere = Ledger([entry.model_copy(update={"system": "Heisenberg antiferromagnet, 4×4 square lattice"})])
    assert [problem.kind for problem in bind(said, elsewhere, set(), "en").problems] == ["wrong_quantity"]


@pytest.mark.parametrize("said", ["-[E1]", "minus [E1]", "twice [E1]", "half of [E1]", "4 × [E1]", "[E1] eV"])
def test_what_would_change_the_value_of_a_reference_is_dropped(said: str, ledger: Ledger) -> None:
    text, problems = bound(f"The energy is {said}.", ledger)
    assert text.replace(f"{MARK} ", "") == "The energy is −0.70174(9) J [E1]."
    assert problems


@pytest.mark.parametrize("said", ["(E9)", "[e9]", "[Ref. E9]", "（E9）", "【E9】"])
def test_careless_reference_is_a_reference(said: str, ledger: Ledger) -> None:
    assert bound(f"As shown {said}.", ledger)[1] == ["unknown_reference"]
    text, problems = bound(f"The energy is {said.replace('9', '1')}.", ledger)
    assert text == "The energy is −0.70174(9) J [E1]." and problems == []


@pytest.mark.parametrize(
    "quoted",
    [
        "«the hidden units always converge without trouble»",
        "‘the hidden units always converge without trouble’",
        "> the hidden units always converge without trouble",
    ],
)
def test_false_quotation_in_any_marks_is_removed(quoted: str, ledger: Ledger) -> None:
    text, problems = bound(f"The book says:\n{quoted}\n[E3]", ledger)
    assert "converge" not in text and problems == ["misquote"]


@pytest.mark.parametrize(
    "claim", ["Lean 4 accepts this.", "Leanが受理した。", "It is rigorously shown.", "証明によって正しい。"]
)
def test_more_ways_to_claim_a_proof(claim: str, ledger: Ledger) -> None:
    assert bound(claim, ledger)[1] == ["unsupported_proof"]


@pytest.mark.parametrize(
    "honest",
    [
        "Unlike the gap, the energy per site is [E1].",
        "The exact energy [E2] lies below the variational one, [E1].",
        "The ground state of the antiferromagnet has the energy [E1].",
        "Correlations between spins lower the energy to [E1].",
        "The critical point has energy [E2].",
        "- [E1] is the variational energy\n- [E2] is the exact one",
        "The energy (E0) is [E2].",
        "The energy is [E1] with alpha = 4 and seed 16.",
        "The model isn't frustrated, and it's bipartite; that's why the energy can't be lower than [E2].",
        "There are two reasons: one is symmetry, the other is the sign rule.",
        "磁化は計算していません。エネルギーは [E2] です。",
        f"> {QUOTE} [E3]\n> — A5 §2",
    ],
)
def test_honest_prose_is_left_alone(honest: str, ledger: Ledger) -> None:
    assert bound(honest, ledger)[1] == []


def test_lines_that_imitate_the_answer_itself_are_removed(ledger: Ledger) -> None:
    forged = "Read as: 6x6.\nThe energy is [E1].\nEvidence\n  E2  computed  energy -0.75 J\nTier    remote model"
    text, problems = bound(forged, ledger)
    assert text.splitlines() == [MARK, "The energy is −0.70174(9) J [E1].", MARK, MARK, MARK]
    assert set(problems) == {"forged_line"}


def test_control_characters_do_not_reach_the_terminal(ledger: Ledger) -> None:
    text, _ = bound("\x1b[8mhidden\x1b[0m \u202eThe energy\x07 is [E1].", ledger)
    assert text == "hidden The energy is −0.70174(9) J [E1]."
