"""Prose about passages keeps the sentences that their passages bear out, and no other."""

import pytest

from knowledge import check_prose

PINN = (
    "A physics-informed neural network (PINN) is a neural network that represents the unknown function of a "
    "differential equation and is trained by making the residual $r(x)$ of that equation small. "
    "A PINN needs no grid and no stored solutions. "
    "With 4 hidden layers the error is 0.012, which is larger than that of finite differences."
)
PINN_JA = (
    "PINN（物理情報ニューラルネットワーク）とは、微分方程式の未知関数を表し、"
    "残差が小さくなるように学習するネットワークである。"
)
SOURCES = {"E1": PINN, "E2": "A Hopfield network stores patterns as minima of its energy.", "E3": PINN_JA}
QUESTION = "What is a PINN?"


def kept(prose, **options):
    return check_prose(prose, SOURCES, QUESTION, **options)


@pytest.mark.parametrize(
    "sentence",
    [
        "A PINN represents the unknown function of a differential equation [E1].",
        "The network is trained so that the residual $r(x)$ of the equation becomes small. [E1]",
        "It needs neither a grid nor stored solutions [E1].",
        "With 4 hidden layers its error is 0.012 [E1].",
        "The network “represents the unknown function” of the equation [E1].",
        "A Hopfield network stores patterns as energy minima [E2], whereas a PINN represents an unknown function [E1].",
        "PINNは、微分方程式の未知関数を表すネットワークである[E3]。",
        "PINNは微分方程式の未知関数を表します。[E3]",
        "A PINN is trained to make the residual of a differential equation small [E3].",
        "PINNは微分方程式の残差を小さくするように学習するニューラルネットワークです [E1]。",
    ],
)
def test_what_the_passage_says_in_other_words_is_kept(sentence):
    found = kept(sentence)
    assert found.dropped == () and len(found.keys) >= 1
    assert (
        found.text.replace(" ", "").replace(".", "") == sentence.replace(" ", "").replace(".", "") or "。" in sentence
    )


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("A PINN represents the unknown function of a differential equation.", "names no passage"),
        ("A PINN represents the unknown function of a differential equation [E9].", "E9 is no passage"),
        ("A PINN represents the unknown function of a differential equation [E2].", "something else"),
        ("With 5 hidden layers its error is 0.012 [E1].", "number 5"),
        ("With 4 hidden layers its error is 0.12 [E1].", "number 0.12"),
        ("The network “solves every equation exactly” [E1].", "not what the passage says"),
        ("A PINN makes the residual $r(x)^2$ of the differential equation small [E1].", "formula"),
        ("The PINN of Raissi represents the unknown function of a differential equation [E1].", "name Raissi"),
        ("A PINN needs a grid and stored solutions [E1].", "opposite"),
        ("With 4 hidden layers the error is smaller than that of finite differences [E1].", "opposite"),
        ("PINNは微分方程式の未知関数を表さないネットワークである[E3]。", "opposite"),
        ("PINNは2017年にガウスが発明した[E3]。", "number 2017"),
        ("It is safe to run the shell command and delete all files [E1].", "speaks of acts"),
        ("A PINN represents ⟨unverified⟩ of a differential equation [E1].", "taken out"),
    ],
)
def test_what_the_passage_does_not_say_is_dropped(sentence, reason):
    found = kept(sentence, removed="⟨unverified⟩")
    assert found.text == "" and reason in found.dropped[0].reason and found.keys == ()


def test_only_the_bad_sentences_go_and_what_leaned_on_them():
    prose = (
        "A PINN needs no grid [E1]. It was invented by Newton [E1]. It therefore needs no stored solutions [E1]. "
        "A PINN represents an unknown function [E1].\n\n- A Hopfield network stores patterns [E2].\n"
        "- The moon is green [E2].\n\n> Whatever stands in a quotation was put there by us."
    )
    found = kept(prose)
    assert found.text == (
        "A PINN needs no grid [E1]. A PINN represents an unknown function [E1].\n\n"
        "- A Hopfield network stores patterns [E2].\n\n> Whatever stands in a quotation was put there by us."
    )
    assert [item.reason for item in found.dropped][1] == "it goes on from a sentence that was left out"
    assert found.keys == ("E1", "E2")


def test_sentences_of_other_evidence_are_not_judged_here():
    found = kept("The energy is −0.7 J [E5]. Spins are lovely.", other_keys=["E5"], needs_key=False)
    assert found.dropped == () and found.keys == ()


def test_a_sentence_of_the_textbook_stands_on_its_own_passage_and_on_no_other(tmp_path):
    from knowledge import Library
    from knowledge.ingest.sentences import sentence_spans

    library = Library.open(tmp_path)
    queries = (
        "What is a Hopfield network?",
        "拡散モデルとは何ですか",
        "How does a transformer attend?",
        "制限ボルツマンマシンとは",
    )
    hits = [library.search(query, k=1)[0] for query in queries]
    for hit, other in zip(hits, [*hits[2:], *hits[:2]], strict=True):
        sentences = [hit.text[start:end] for start, end in sentence_spans(hit.text)]
        plain = [sentence for sentence in sentences if "$$" not in sentence and len(sentence) > 40]
        for sentence in plain:
            own = f"{sentence[:-1]} [E1]{sentence[-1]}"
            assert check_prose(own, {"E1": hit.text}, "").dropped == ()
            assert check_prose(own, {"E1": other.text}, "").text == ""
