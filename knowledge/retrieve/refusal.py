"""Does the best section answer the question? A logistic model on the evidence of ``coverage``.

The model is fitted to labelled questions on the book it judges (``fit``). Its curve and threshold come from held-out
folds: each question is judged by a model that has not seen it. The threshold is the largest that still answers
``ANSWERED`` of the answerable questions; all is fitted anew when the text changes.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from knowledge.retrieve.coverage import FEATURES
from knowledge.text import Language

ANSWERED = 0.94
"""Share of the answerable calibration questions that must pass the threshold."""

REFUSAL_VERSION = 4
"""Part of the stamp of a calibration; to be raised whenever the ranking or a feature changes."""

_FOLDS = 10
_RIDGE = 2.0
_SHARES = {"answerable": 0.5, "near": 0.4, "far": 0.2}
"""How much each kind of question counts in the fit."""
_CAUTIOUS = (-2.0, *({"share": 2.0, "unknown": -3.0, "in_passage": 3.0}.get(name, 0.0) for name in FEATURES))
"""Weights where there is nothing to fit to."""


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
        """Estimated probability that the best section answers the question."""
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
        return Calibration(stamp, _CAUTIOUS, 0.5, int(answerable.sum()), 0, 0, ())
    x = np.array([values for _, values in samples])
    held_out = _held_out(x, kinds)
    threshold = _threshold(held_out, answerable)
    curve = []
    for value in sorted({*np.round(np.arange(0.05, 1.0, 0.05), 2).tolist(), round(threshold, 4)}):
        passed = held_out >= value
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
        weights=tuple(round(float(weight), 6) for weight in _logistic_regression(x, kinds)),
        threshold=round(threshold, 4),
        n_answerable=int(answerable.sum()),
        n_near=int((kinds == "near").sum()),
        n_far=int((kinds == "far").sum()),
        curve=tuple(curve),
    )


def _held_out(x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """(n,) probability of each question under a model fitted to the folds it is not in."""
    fold = np.zeros(len(kinds), dtype=int)
    for kind in np.unique(kinds):  # each fold gets its share of every kind, in the order of the file
        fold[kinds == kind] = np.arange((kinds == kind).sum()) % _FOLDS
    result = np.zeros(len(kinds))
    for number in np.unique(fold):
        weights = _logistic_regression(x[fold != number], kinds[fold != number])
        result[fold == number] = _sigmoid(weights[0] + x[fold == number] @ weights[1:])
    return result


def _threshold(probability: np.ndarray, answerable: np.ndarray) -> float:
    """As strict as ``ANSWERED`` allows; half way where the two kinds of question are further apart than that."""
    accepted = np.sort(probability[answerable])
    strictest = float(accepted[int((1 - ANSWERED) * len(accepted))]) - 1e-4
    highest_refused = float(probability[~answerable].max())
    return (strictest + highest_refused) / 2 if highest_refused < strictest else strictest


def _logistic_regression(x: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Newton's method on the ridge-penalised log likelihood of standardised features; (n_features + 1,).

    Each kind of question counts with its share of ``_SHARES``, however many there are of it.
    """
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    y = (kinds == "answerable").astype(float)
    sample = np.zeros(len(kinds))
    for kind, share in _SHARES.items():
        if (kinds == kind).any():
            sample[kinds == kind] = share / (kinds == kind).sum()
    sample *= len(kinds) / sample.sum()
    penalty = np.diag([0.0] + [_RIDGE] * x.shape[1])
    weights = np.zeros(z.shape[1])
    for _ in range(50):
        p = _sigmoid(z @ weights)
        gradient = z.T @ (sample * (p - y)) + penalty @ weights
        hessian = (z.T * (sample * p * (1 - p))) @ z + penalty + 1e-9 * np.eye(z.shape[1])
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    raw = weights[1:] / scale
    return np.concatenate([[weights[0] - float(raw @ mean)], raw])


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0))))


def _share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
