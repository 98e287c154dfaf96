"""Does the best section answer the question? A logistic model on the evidence of ``coverage`` and ``known``.

The model is fitted to labelled questions on the textbook, with weights of its own for each language of the question: a
word that is missing means another thing among characters than among words. Other books, of which nothing is known
beforehand, have common weights. A weight may only have the sign that its
evidence has: more missing words never make an answer likelier. The curve and the threshold come from held-out folds:
each question is judged by a model that has seen neither it nor another question of its topic. The threshold is the
largest that still answers the wanted share of the answerable questions; all is fitted anew when the text changes.

Other books are judged by a second model without the likeness to the labelled questions, which are not about them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import get_args

import numpy as np

from knowledge.retrieve.across import OWN, SHARED
from knowledge.retrieve.coverage import FEATURES
from knowledge.retrieve.known import LIKENESS
from knowledge.retrieve.regression import sigmoid, signed_regression
from knowledge.text import Language

ANSWERED = 0.95
"""Share of the answerable calibration questions that must pass the threshold of the textbook."""
ANSWERED_ELSEWHERE = 0.965
"""The same for other books, which say each thing once and so share fewer words with a question about it."""

REFUSAL_VERSION = 8
"""Part of the stamp of a calibration; to be raised whenever the ranking or a feature changes."""

REFUSED_ACROSS = 0.75
"""Share of the near-domain questions that must be refused across languages. A whole book has something near to each;
a document of a few pages, which is what is judged this way, seldom has, so that more of them are refused there."""

N_FOLDS = 10
_ENOUGH = 50
"""Questions of each kind, answerable or not, that a language needs for weights of its own."""
ACROSS = {**{name: FEATURES[name] for name in SHARED}, **OWN}
"""Evidence across languages, with the sign that its weight may have."""
_MODELS = ("textbook", "elsewhere", "across")
_SHARES = {"answerable": 0.5, "near": 0.4, "far": 0.4}
"""How much each kind of question counts in the fit."""
_CAUTIOUS_WEIGHTS = {"intercept": -2.0, "share": 2.0, "unknown": -3.0, "in_passage": 3.0}
_CAUTIOUS: Mapping[Language, Mapping[str, float]] = {"en": _CAUTIOUS_WEIGHTS, "ja": _CAUTIOUS_WEIGHTS}
"""Weights where there is nothing to fit to."""


@dataclass(frozen=True)
class LabelledQuestion:
    """A question whose answer is known to be in the book, or known not to be.

    Attributes:
        text: The question.
        kind: "answerable", "near" (of the field, not in the book) or "far".
        topic: Unanswerable questions about one thing share it, in both languages; they are held out together.
    """

    text: str
    kind: str
    topic: str = ""


@dataclass(frozen=True)
class CurvePoint:
    """What one threshold would do to the calibration questions, each held out."""

    threshold: float
    answered: float
    """Share of the answerable questions that are answered."""
    refused_near: float
    refused_far: float


@dataclass(frozen=True)
class RefusalModel:
    """A fitted model and its curve.

    Attributes:
        weights: Weight of each piece of evidence by name, and the "intercept", by the language of the question.
        threshold: Least answerability that is answered.
        curve: From lenient to strict.
    """

    weights: Mapping[Language, Mapping[str, float]]
    threshold: float
    curve: tuple[CurvePoint, ...]

    def answerability(self, evidence: Mapping[str, float]) -> float:
        """Estimated probability that the best section answers the question."""
        weights = self.weights["ja" if evidence.get("japanese", 0.0) else "en"]
        value = sum(weight * evidence.get(name, 0.0) for name, weight in weights.items())
        value += weights.get("intercept", 0.0)
        return 1.0 / (1.0 + math.exp(-min(max(value, -50.0), 50.0)))


@dataclass(frozen=True)
class Calibration:
    """How the refusal was fitted.

    Attributes:
        stamp: Hash of the text, the glossary, the questions and the code it was fitted to.
        textbook: For the built-in book.
        elsewhere: For every other book.
        across: For other books where the best passage is not in the language of the question, so that only the
            glossary and formulas connect the two; fitted to the textbook as if it had the other language only.
    """

    stamp: str
    n_answerable: int
    n_near: int
    n_far: int
    textbook: RefusalModel
    elsewhere: RefusalModel
    across: RefusalModel

    def to_json(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, object]) -> "Calibration":
        """Inverse of ``to_json``.

        Raises:
            ValueError: It is not the data of a calibration.
        """
        try:
            fields = dict(data)
            models = {name: _model_from_json(fields.pop(name)) for name in _MODELS}
            return cls(**fields, **models)  # type: ignore[arg-type]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a calibration: {error}") from error


def _model_from_json(data: object) -> RefusalModel:
    fields = dict(data)  # type: ignore[call-overload]
    return RefusalModel(
        {
            language: {str(name): float(weight) for name, weight in fields["weights"][language].items()}
            for language in get_args(Language)
        },
        float(fields["threshold"]),
        tuple(CurvePoint(**point) for point in fields["curve"]),
    )


def table(calibration: Calibration) -> str:
    """The curves of a calibration for a terminal."""
    counts = (calibration.n_answerable, calibration.n_near, calibration.n_far)
    lines = ["fitted to {} answerable, {} near-domain and {} far-domain questions, each held out".format(*counts)]
    for title, model in _titled(calibration):
        lines += ["", f"{title}", "threshold  answered  near refused  far refused"]
        for point in model.curve:
            shares = f"{point.answered:8.3f}  {point.refused_near:12.3f}  {point.refused_far:11.3f}"
            mark = "  <- in use" if point.threshold == model.threshold else ""
            lines.append(f"{point.threshold:9.4f}  {shares}{mark}")
        lines.append(f"in use: {model.threshold:.4f}")
    return "\n".join(lines)


def _titled(calibration: Calibration) -> tuple[tuple[str, RefusalModel], ...]:
    return (
        ("the textbook", calibration.textbook),
        ("other books", calibration.elsewhere),
        ("other books in the other language", calibration.across),
    )


def folds(questions: Sequence[LabelledQuestion]) -> list[int]:
    """The fold of each question: topics of unanswerable ones stay together, answerable ones go round in turn."""
    answerable = 0
    result = []
    for question in questions:
        if question.kind == "answerable":
            result.append(answerable % N_FOLDS)
            answerable += 1
        else:
            result.append(sha256((question.topic or question.text).encode()).digest()[0] % N_FOLDS)
    return result


def fit(
    stamp: str,
    questions: Sequence[LabelledQuestion],
    evidence: Sequence[Sequence[float]],
    across: Sequence[Sequence[float]],
    fold: Sequence[int],
) -> Calibration:
    """Fit the models and choose their thresholds.

    Args:
        stamp: See ``Calibration``.
        questions: The calibration questions. Without both answerable and unanswerable ones a fixed cautious model
            is returned.
        evidence: For each the numbers of ``FEATURES`` and ``LIKENESS``, the latter without the questions of its fold.
        across: For each the numbers of ``ACROSS`` with the text of the other language only.
        fold: See ``folds``.
    """
    kinds = np.array([question.kind for question in questions])
    counts = {f"n_{kind}": int((kinds == kind).sum()) for kind in ("answerable", "near", "far")}
    answerable = kinds == "answerable"
    if answerable.sum() < 5 or (~answerable).sum() < 5:
        cautious = RefusalModel(_CAUTIOUS, 0.5, ())
        return Calibration(stamp, **counts, textbook=cautious, elsewhere=cautious, across=cautious)
    x, parts = np.array(evidence), np.array(fold)
    return Calibration(
        stamp,
        **counts,
        textbook=_fit_model(x, {**FEATURES, **LIKENESS}, kinds, parts, ANSWERED, by_language=True),
        elsewhere=_fit_model(x[:, : len(FEATURES)], FEATURES, kinds, parts, ANSWERED_ELSEWHERE),
        across=_fit_model(np.array(across), ACROSS, kinds, parts, None),
    )


def _fit_model(
    x: np.ndarray,
    signs: Mapping[str, int],
    kinds: np.ndarray,
    fold: np.ndarray,
    answered: float | None,
    by_language: bool = False,
) -> RefusalModel:
    weigh = _by_language if by_language else _in_common
    sign = np.array(list(signs.values()))
    y = (kinds == "answerable").astype(float)
    sample = _sample_weights(kinds)
    held_out = np.zeros(len(kinds))
    for number in np.unique(fold):
        inside = fold == number
        held_out[inside] = _probability(x[inside], weigh(x[~inside], y[~inside], sample[~inside], sign))
    if answered is None:
        threshold = float(np.quantile(held_out[kinds == "near"], REFUSED_ACROSS))
    else:
        threshold = _threshold(held_out, kinds == "answerable", answered)
    curve = []
    for value in sorted({*np.round(np.arange(0.05, 1.0, 0.05), 2).tolist(), round(threshold, 4)}):
        passed = held_out >= value
        curve.append(
            CurvePoint(
                threshold=float(value),
                answered=_share(passed[kinds == "answerable"]),
                refused_near=_share(~passed[kinds == "near"]),
                refused_far=_share(~passed[kinds == "far"]),
            )
        )
    names = ("intercept", *signs)
    return RefusalModel(
        {
            language: {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)}
            for language, weights in weigh(x, y, sample, sign).items()
        },
        round(threshold, 4),
        tuple(curve),
    )


def _by_language(x: np.ndarray, y: np.ndarray, sample: np.ndarray, sign: np.ndarray) -> dict[Language, np.ndarray]:
    """Intercept and weights for each language of the questions; the first column of ``x`` is 1 for Japanese.

    Where one of the languages has too few questions, both have the weights of all.
    """
    japanese = x[:, 0] == 1
    rows: dict[Language, np.ndarray] = {"en": ~japanese, "ja": japanese}
    few = any(min((y[own] == 1).sum(), (y[own] == 0).sum()) < _ENOUGH for own in rows.values())
    if few:
        return _in_common(x, y, sample, sign)
    return {language: signed_regression(x[own], y[own], sample[own], sign) for language, own in rows.items()}


def _in_common(x: np.ndarray, y: np.ndarray, sample: np.ndarray, sign: np.ndarray) -> dict[Language, np.ndarray]:
    """The same intercept and weights for both languages."""
    return dict.fromkeys(get_args(Language), signed_regression(x, y, sample, sign))


def _probability(x: np.ndarray, weights: Mapping[Language, np.ndarray]) -> np.ndarray:
    en, ja = (sigmoid(weights[language][0] + x @ weights[language][1:]) for language in ("en", "ja"))
    return np.where(x[:, 0] == 1, ja, en)


def _sample_weights(kinds: np.ndarray) -> np.ndarray:
    """(n,) such that each kind of question counts with its share of ``_SHARES``, however many there are of it."""
    sample = np.zeros(len(kinds))
    for kind, share in _SHARES.items():
        if (kinds == kind).any():
            sample[kinds == kind] = share / (kinds == kind).sum()
    return np.asarray(sample * len(kinds) / sample.sum())


def _threshold(probability: np.ndarray, answerable: np.ndarray, answered: float) -> float:
    """As strict as ``answered`` allows; half way where the two kinds of question are further apart than that."""
    accepted = np.sort(probability[answerable])
    strictest = float(accepted[int((1 - answered) * len(accepted))]) - 1e-4
    highest_refused = float(probability[~answerable].max())
    return (strictest + highest_refused) / 2 if highest_refused < strictest else strictest


def _share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
