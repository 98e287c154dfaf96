"""Logistic regression whose weights have the signs they should have."""

import numpy as np

_RIDGE = 3.0


def signed_regression(x: np.ndarray, y: np.ndarray, sample: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """Maximise the ridge-penalised log likelihood of standardised features, with the signs as bounds.

    The problem is convex, so the minimum that L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) finds is the only one.

    Args:
        x: (n, n_features).
        y: (n,) 0 or 1.
        sample: (n,) how much each row counts.
        sign: (n_features,) 1 or -1 for the sign that a weight may have, 0 for either.

    Returns:
        (n_features + 1,) intercept and weights.
    """
    from scipy.optimize import minimize

    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    penalty = np.concatenate([[0.0], np.full(x.shape[1], _RIDGE)])

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logit = z @ weights
        value = sample @ (np.logaddexp(0.0, logit) - y * logit) + penalty @ weights**2 / 2
        return float(value), z.T @ (sample * (sigmoid(logit) - y)) + penalty * weights

    bounds = [(None, None), *((0.0 if s > 0 else None, 0.0 if s < 0 else None) for s in sign)]
    options = {"maxiter": 2000, "ftol": 1e-12, "gtol": 1e-8}
    found = minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    raw = found.x[1:] / scale
    return np.concatenate([[found.x[0] - float(raw @ mean)], raw])


def sigmoid(values: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-x)) without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0))))
