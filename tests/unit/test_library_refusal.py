"""Refusal: the fitted model, its curve, and what it does to books of a user's own."""

import json

import numpy as np
import pytest

from evals.lanes import load_document_items
from knowledge import Extract, Library
from knowledge.index.glossary import Entry, Glossary
from knowledge.index.tokens import words_of
from knowledge.retrieve.coverage import FEATURES
from knowledge.retrieve.known import LIKENESS, KnownQuestions
from knowledge.retrieve.question import read_question
from knowledge.retrieve.refusal import ACROSS, N_FOLDS, REFUSED_ACROSS, Calibration, LabelledQuestion, fit, folds
from knowledge.retrieve.regression import sigmoid, signed_regression
from tests.unit.test_library_textbook import BUILT_IN

DOCUMENTS = BUILT_IN.parents[1] / "evals" / "items" / "documents"
ITEMS = load_document_items()
GLOSSARY = Glossary([Entry(("拡散模型", "拡散モデル"), ("diffusion model",))], words_of)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """The home of a library in which every document is a book of its own."""
    folder = tmp_path_factory.mktemp("home")
    library = Library.open(folder)
    for path in sorted(DOCUMENTS.iterdir()):
        if path.suffix in (".md", ".tex"):
            library.add([path], book=path.stem)
    return folder


@pytest.fixture(scope="module")
def library(home):
    return Library.open(home)


def answered(library, items):
    return [isinstance(library.answer(item.question, book=item.document), Extract) for item in items]


def in_own_language(library, item):
    return library.documents(item.document)[0].language == item.language


def test_one_small_document_neither_answers_nor_refuses_everything(library):
    own = [item for item in ITEMS if in_own_language(library, item)]
    found = answered(library, [item for item in own if item.answerable])
    lost = answered(library, [item for item in own if not item.answerable])
    assert len(found) > 40 and len(lost) > 30
    assert np.mean(found) >= 0.8 and np.mean(lost) <= 0.15


def test_a_document_in_the_other_language_answers_what_glossary_and_lexicon_connect(library):
    other = [item for item in ITEMS if not in_own_language(library, item)]
    found = answered(library, [item for item in other if item.answerable])
    lost = answered(library, [item for item in other if not item.answerable])
    assert np.mean(found) >= 0.3 and np.mean(lost) <= 0.15


def test_quotations_of_documents_are_what_stands_there(library):
    for item in ITEMS:
        answer = library.answer(item.question, book=item.document)
        for quote in answer.citations if isinstance(answer, Extract) else ():
            assert library.source_text(quote.span.document)[quote.span.start : quote.span.end] == quote.text


def test_a_document_does_not_change_what_the_textbook_answers(library):
    for question in ("What is a Hopfield network?", "拡散モデルとは何ですか", "Why is the sea salty?"):
        alone, together = library.answer(question, book="textbook"), library.answer(question)
        assert type(alone) is type(together)
        if isinstance(alone, Extract):
            assert together.citations[0].span == alone.citations[0].span


def _json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_no_weight_has_the_wrong_sign():
    calibration = Calibration.from_json(_json(BUILT_IN.parent / "calibration.json"))
    own = {**FEATURES, **LIKENESS}
    for model, signs in (
        (calibration.textbook, own),
        (calibration.elsewhere, own),
        (calibration.across, ACROSS),
    ):
        assert set(model.weights) == {"en", "ja"}
        for weights in model.weights.values():
            assert set(weights) <= {"intercept", *signs}
            assert [name for name, weight in weights.items() if signs.get(name, 0) * weight < 0] == []


def test_more_evidence_of_absence_never_makes_an_answer_likelier():
    model = Calibration.from_json(_json(BUILT_IN.parent / "calibration.json")).textbook
    for japanese in (0.0, 1.0):
        evidence = {**dict.fromkeys([*FEATURES, *LIKENESS], 0.5), "japanese": japanese}
        for name, sign in {**FEATURES, **LIKENESS}.items():
            more = model.answerability({**evidence, name: 1.0})
            assert sign * (more - model.answerability(evidence)) >= 0 or sign == 0, name


def test_signed_regression_recovers_weights_and_drops_those_of_the_wrong_sign():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4000, 3))
    y = (rng.random(4000) < sigmoid(0.5 + x @ [2.0, -1.0, 1.5])).astype(float)
    ones = np.ones(4000)
    assert signed_regression(x, y, ones, np.array([1, -1, 1])) == pytest.approx([0.5, 2.0, -1.0, 1.5], abs=0.25)
    forbidden = signed_regression(x, y, ones, np.array([1, -1, -1]))
    assert forbidden[3] == 0 and forbidden[1] > 1 and forbidden[2] < -0.5


def test_a_question_is_like_another_in_the_other_language_and_not_like_itself_when_held_out():
    questions = [read_question(text, GLOSSARY) for text in ("What is a diffusion model?", "How do I bake bread?")]
    known = KnownQuestions.build(questions, [True, False], [0, 1])
    asked = read_question("拡散モデルとは何ですか", GLOSSARY)
    like, unlike = known.likeness(asked)
    assert like > 0.2 and unlike == 0
    assert known.likeness(questions[0])[0] == pytest.approx(0.5, abs=1e-5)  # the mean of itself and of nothing
    assert known.likeness(questions[0], without_fold=0) == (0, 0)


def test_known_questions_are_read_back_unless_stale_or_damaged(tmp_path):
    questions = [read_question(text, GLOSSARY) for text in ("What is a diffusion model?", "How do I bake bread?")]
    known = KnownQuestions.build(questions, [True, False], [0, 1])
    path = tmp_path / "questions.npz"
    known.save(path, "now")
    again = KnownQuestions.load(path, "now")
    assert again is not None and again.likeness(questions[1]) == known.likeness(questions[1])
    assert KnownQuestions.load(path, "later") is None
    path.write_bytes(path.read_bytes()[:100])
    assert KnownQuestions.load(path, "now") is None


def test_topics_are_held_out_together_and_every_fold_has_answerable_questions():
    questions = [LabelledQuestion(f"q{i}", "answerable") for i in range(50)]
    questions += [LabelledQuestion(f"n{i}", "near", f"topic {i // 2}") for i in range(60)]
    fold = folds(questions)
    assert sorted(set(fold[:50])) == list(range(N_FOLDS))
    assert all(one == other for one, other in zip(fold[50::2], fold[51::2], strict=True))


def test_threshold_answers_the_share_it_should_and_is_on_the_curve():
    rng = np.random.default_rng(5)
    kinds = ["answerable"] * 300 + ["near"] * 200 + ["far"] * 100
    questions = [LabelledQuestion(f"{kind} {i}", kind) for i, kind in enumerate(kinds)]
    evidence = rng.normal(size=(600, len(FEATURES) + len(LIKENESS)))
    names = [*FEATURES, *LIKENESS]
    evidence[:300, names.index("in_section")] += 2.0
    calibration = fit("stamp", questions, evidence, rng.normal(size=(600, len(ACROSS))), folds(questions))
    chosen = next(p for p in calibration.textbook.curve if p.threshold == calibration.textbook.threshold)
    assert chosen.answered == pytest.approx(0.955, abs=0.01)
    across = next(p for p in calibration.across.curve if p.threshold == calibration.across.threshold)
    assert across.refused_near == pytest.approx(REFUSED_ACROSS, abs=0.02)
    assert Calibration.from_json(calibration.to_json()) == calibration
    with pytest.raises(ValueError, match="not a calibration"):
        Calibration.from_json({"stamp": "x"})
