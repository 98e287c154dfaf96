"""One spelling for what can be typed in many, and the language of an answer."""

import pytest

from agent.planning.language import detect_language
from agent.planning.normalise import normalise
from agent.planning.values import groups


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("10⁹ sites", "10^9 sites"),
        ("10**9", "10^9"),
        ("α = 2", "α = 2"),
        ("１６サイト", "16サイト"),
        ("４ｘ４", "4x4"),
        ("4 × 4", "4x4"),
        ("4-by-4", "4x4"),
        ("6×6格子", "6x6格子"),
        ("四×四", "4x4"),
        ("二十四サイト", "24サイト"),
        ("百二十サイト", "120サイト"),
        ("一般の十分条件", "一般の十分条件"),
        ("10億サイト", "1000000000サイト"),
        ("twenty-four sites", "24 sites"),
        ("a million sites", "1000000 sites"),
        ("2.5 million samples", "2500000 samples"),
        ("1,000,000 sites", "1000000 sites"),
        ("N=8,12,16", "N=8,12,16"),
        ("N=100,200", "N=100,200"),
        ("3×10^5 samples", "3e5 samples"),
        ("J₂ = 0.5 J₁", "J_2 = 0.5 J_1"),
        ("h = −0.5", "h = -0.5"),
        ("h = ー0.5", "h =-0.5"),
        ("T＝2.1…2.5", "T=2.1...2.5"),
        ("this one is good", "this one is good"),
        (r"$J\sum_{\langle ij\rangle} \mathbf{S}_i\cdot\mathbf{S}_j$", "JΣ_<ij> S_i·S_j"),
        (r"\frac{J}{2} \sum_{i \neq j}", "J/2 Σ_i≠j"),
        (r"\sigma^z_i \sigma^z_{i+1}", "σ^z_i σ^z_i+1"),
    ],
)
def test_normalise(written, read):
    assert normalise(written) == read
    assert normalise(read) == read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the 基底エネルギー of the 4x4 Heisenberg model?", "en"),
        ("4x4 Heisenberg modelのground-state energyは？", "ja"),
        ("What does 基底状態のエネルギー mean?", "en"),
        ("Please 4x4の基底エネルギーを計算して", "ja"),
        ("Explain 「基底状態とは何ですか」 please", "en"),
        ("対称性とは？ answer in English", "en"),
        ("What is a PINN? 日本語で答えて", "ja"),
        ("heisenberg 4x4 基底", "ja"),
        ("heisenberg 4x4", "en"),
        ("基底状態", "ja"),
        ("", "en"),
    ],
)
def test_language_is_that_of_the_sentence_frame(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2.1..2.5 step 0.1", (2.1, 2.2, 2.3, 2.4, 2.5)),
        ("2.1から2.5まで0.1刻み", (2.1, 2.2, 2.3, 2.4, 2.5)),
        ("from 0.5 to 1.5 in steps of 0.25", (0.5, 0.75, 1.0, 1.25, 1.5)),
        ("between 0 and 1 with step 0.5", (0.0, 0.5, 1.0)),
        ("1.5 to 0.5 by -0.5", (1.5, 1.0, 0.5)),
        ("0から1まで5点", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("linspace(0, 1, 3)", (0.0, 0.5, 1.0)),
        ("0:0.5:1", (0.0, 0.5, 1.0)),
        ("8, 12 and 16", (8.0, 12.0, 16.0)),
        ("8と12", (8.0, 12.0)),
        ("1/2", (0.5,)),
        ("10^3", (1000.0,)),
        (".5", (0.5,)),
        ("-3", (-3.0,)),
    ],
)
def test_values(text, numbers):
    assert [group.numbers for group in groups(text)] == [numbers]


def test_ranges_that_cannot_be_written_out():
    assert [group.problem for group in groups("0..1 step 1e-9")] == ["too_many"]
    assert [group.problem for group in groups("0..1 step 0")] == ["bad_step"]
    assert [group.problem for group in groups("0..1 step -1")] == ["bad_step"]
    assert [group.problem for group in groups("0..1")] == ["no_step"]
