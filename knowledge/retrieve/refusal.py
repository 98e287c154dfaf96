"""Does the best passage answer the question? A logistic model on the raw BM25 score, with care for question length.

The raw score grows with the number and rarity of the question's words, so it is judged together with the score a
perfect passage could reach and with the words the book never uses. The model is fitted to labelled questions on the
book it judges (``fit``), its threshold is the largest that still answers ``ANSWERED`` of the answerable ones, and both
are fitted anew when the text changes.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from knowledge.index.book import BookIndex
from knowledge.index.lexical import K1
from knowledge.index.tokens import coarse
from knowledge.retrieve.question import Question
from knowledge.retrieve.search import SECTION_WEIGHT, Ranked, weighted_terms
from knowledge.text import Language

ANSWERED = 0.94
"""Share of the answerable calibration questions that must pass the threshold."""

REFUSAL_VERSION = 3
"""Part of the stamp of a calibration; to be raised whenever the ranking or a feature changes."""

_SAYS_LITTLE = re.compile(r".|[\u3041-\u3096]+|.*\*")
"""Single characters, hiragana and coarse stems: too common to show that a subject is missing."""


@dataclass(frozen=True)
class LabelledQuestion:
    """A question whose answer is known to be in the book, or known not to be."""

    text: str
    language: Language
    kind: str
    """"answerable", "near" (of the field, not in the book) or "far"."""


@dataclass(frozen=True)
class CurvePoint:
    """What one threshold would do to the calibration questions."""

    threshold: float
    answered: float
    """Share of the answerable questions that are answered."""
    refused_near: float
    refused_far: float


@dataclass(frozen=True)
class Calibration:
    """The fitted model and its curve.

    Attributes:
        stamp: Hash of the text, the glossary and the code it was fitted to.
        weights: Intercept, then one weight for each feature.
        threshold: Least answerability that is answered.
        curve: From lenient to strict.
    """

    stamp: str
    weights: tuple[float, ...]
    threshold: float
    n_answerable: int
    n_near: int
    n_far: int
    curve: tuple[CurvePoint, ...]

    def answerability(self, features: Sequence[float]) -> float:
        """Estimated probability that the question is answered by its best passage."""
        value = self.weights[0] + sum(w * x for w, x in zip(self.weights[1:], features, strict=True))
        return 1.0 / (1.0 + math.exp(-min(max(value, -50.0), 50.0)))

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
            curve = tuple(CurvePoint(**point) for point in fields.pop("curve"))  # type: ignore[attr-defined]
            weights = tuple(float(weight) for weight in fields.pop("weights"))  # type: ignore[attr-defined]
            return cls(curve=curve, weights=weights, **fields)  # type: ignore[arg-type]
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a calibration: {error}") from error


def features(question: Question, ranked: Sequence[Ranked], index: BookIndex) -> tuple[float, ...]:
    """What the decision rests on.

    Returns:
        The score of the best passage; its share of the score a perfect passage would reach; how telling the
        question is (logarithm of that reachable score); the share of its weight in words that the book never uses;
        1 for Japanese, whose terms are more and shorter.
    """
    weights = weighted_terms(question)
    passages = index.passages
    # A synonym the text never uses is no gap: its concept stands for it.
    words = [word for word in question.words if word not in question.named or word in passages]
    own = [*words, *(f"@{number}" for number in question.concepts)]
    reachable = sum(weights[word] * passages.idf(word) for word in own) * (K1 + 1) * (1 + SECTION_WEIGHT)
    best = ranked[0].score if ranked else 0.0
    telling = {word: weights[word] * passages.idf(word) for word in words if not _SAYS_LITTLE.fullmatch(word)}
    unknown = sum(weight for word, weight in telling.items() if word not in passages and coarse(word) not in passages)
    return (
        best / 20.0,
        best / max(reachable, 1e-9),
        math.log1p(reachable) / 4.0,
        unknown / max(sum(telling.values()), 1e-9),
        float(question.language == "ja"),
    )


def fit(stamp: str, samples: Sequence[tuple[LabelledQuestion, Sequence[float]]]) -> Calibration:
    """Fit the model and choose the threshold.

    Args:
        stamp: See ``Calibration``.
        samples: Each calibration question with its features. Without both answerable and unanswerable questions
            a fixed cautious model is returned.
    """
    kinds = np.array([question.kind for question, _ in samples])
    answerable = kinds == "answerable"
    if answerable.sum() < 5 or (~answerable).sum() < 5:
        return Calibration(stamp, (-2.0, 2.0, 4.0, 0.0, -3.0, 0.0), 0.5, int(answerable.sum()), 0, 0, ())
    x = np.column_stack([np.ones(len(samples)), np.array([values for _, values in samples])])
    weights = _logistic_regression(x, answerable.astype(float))
    probability = 1.0 / (1.0 + np.exp(-(x @ weights)))
    threshold = _threshold(probability, answerable)
    curve = []
    for value in sorted({*np.round(np.arange(0.05, 1.0, 0.05), 2).tolist(), round(threshold, 4)}):
        passed = probability >= value
        curve.append(
            CurvePoint(
                threshold=float(value),
                answered=_share(passed[answerable]),
                refused_near=_share(~passed[kinds == "near"]),
                refused_far=_share(~passed[kinds == "far"]),
            )
        )
    return Calibration(
        stamp=stamp,
        weights=tuple(round(float(weight), 6) for weight in weights),
        threshold=round(threshold, 4),
        n_answerable=int(answerable.sum()),
        n_near=int((kinds == "near").sum()),
        n_far=int((kinds == "far").sum()),
        curve=tuple(curve),
    )


def _threshold(probability: np.ndarray, answerable: np.ndarray) -> float:
    """As strict as ``ANSWERED`` allows; half way where the two kinds of question are further apart than that."""
    accepted = np.sort(probability[answerable])
    strictest = float(accepted[int((1 - ANSWERED) * len(accepted))]) - 1e-4
    highest_refused = float(probability[~answerable].max())
    return (strictest + highest_refused) / 2 if highest_refused < strictest else strictest


def _logistic_regression(x: np.ndarray, y: np.ndarray, ridge: float = 0.05) -> np.ndarray:
    """Newton's method on the ridge-penalised log likelihood, both classes given equal weight; (n_features + 1,)."""
    sample = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean())) / len(y)
    penalty = np.diag([0.0] + [ridge / len(y)] * (x.shape[1] - 1))
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ weights, -50, 50)))
        gradient = x.T @ (sample * (p - y)) + penalty @ weights
        hessian = (x.T * (sample * p * (1 - p))) @ x + penalty + 1e-12 * np.eye(x.shape[1])
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def _share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
