"""Logistic regression whose weights have the signs they should have."""

import numpy as np

_RIDGE = 3.0


def signed_regression(x: np.ndarray, y: np.ndarray, sample: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Fit; the worst weight of the wrong sign is set to zero until there is none.

    The active set need not end at the constrained optimum, but always ends at an admissible point.

    Args:
        x: (n, n_features).
        y: (n,) 0 or 1.
        sample: (n,) how much each row counts.
        sign: (n_features,) 1 or -1 for the sign that a weight may have, 0 for either.

    Returns:
        (n_features + 1,) intercept and weights.
    """
    active = np.arange(x.shape[1])
    weights = _logistic_regression(x[:, active], y, sample)
    while len(active):
        wrong = np.where(weights[1:] * sign[active] < 0, np.abs(weights[1:]) * x[:, active].std(axis=0), -1.0)
        if wrong.max() < 0:
            break
        active = np.delete(active, int(wrong.argmax()))
        weights = _logistic_regression(x[:, active], y, sample)
    result = np.zeros(x.shape[1] + 1)
    result[0] = weights[0]
    result[active + 1] = weights[1:]
    return result


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0))))


def _logistic_regression(x: np.ndarray, y: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Newton's method on the ridge-penalised log likelihood of standardised features; (n_features + 1,)."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    penalty = np.diag([0.0] + [_RIDGE] * x.shape[1])
    weights = np.zeros(z.shape[1])
    for _ in range(50):
        p = sigmoid(z @ weights)
        gradient = z.T @ (sample * (p - y)) + penalty @ weights
        hessian = (z.T * (sample * p * (1 - p))) @ z + penalty + 1e-9 * np.eye(z.shape[1])
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if float(np.abs(step).max()) < 1e-9:
            break
    raw = weights[1:] / scale
    return np.concatenate([[weights[0] - float(raw @ mean)], raw])
