"""Logistic regression with a normal prior on the slopes, by Newton's method."""

from __future__ import annotations

import numpy as np

from halfway.evidence.scoring import FloatArray

STEPS = 100
CLOSE = 1e-10


def logistic(x: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(−x)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)), dtype=np.float64)


def fit(predictors: FloatArray, hits: FloatArray, penalty: float = 1.0) -> FloatArray:
    """Return intercept and slopes that maximise the likelihood less half the penalty times the sum of squared slopes.

    The intercept is free, so that predictions add up to the hits. The prior keeps slopes finite where a predictor
    separates the outcomes.

    Parameters
    ----------
    predictors : ndarray, shape (case, predictor)
    hits : ndarray of 0 and 1, shape (case,)
        Of both kinds; where all agree, half a case of the other kind is added to the intercept's likelihood.
    penalty : float
        The prior's precision; 1 is a standard normal prior for every slope.

    Returns
    -------
    ndarray, shape (1 + predictor,)
    """
    rows, width = predictors.shape
    x = np.column_stack([np.ones(rows), predictors])
    weights, y = np.ones(rows), hits.astype(np.float64)
    if y.min() == y.max():
        # Half a case of each kind at the mean of the predictors: without it the intercept runs away.
        x = np.vstack([x, x.mean(axis=0), x.mean(axis=0)])
        weights, y = np.append(weights, [0.5, 0.5]), np.append(y, [0.0, 1.0])
    prior = np.diag([0.0, *[penalty] * width])
    found = np.zeros(1 + width)
    value = _objective(x, y, weights, prior, found)
    for _ in range(STEPS):
        p = logistic(x @ found)
        slope = x.T @ (weights * (y - p)) - prior @ found
        curve = (x * (weights * p * (1 - p))[:, None]).T @ x + prior
        step = np.linalg.solve(curve, slope)
        # The objective is concave: halving the step until it rises makes Newton's method safe from any start.
        for _ in range(50):
            better = _objective(x, y, weights, prior, found + step)
            if better >= value - 1e-12:
                break
            step = step / 2
        found, value = found + step, better
        if float(np.abs(step).max()) < CLOSE:
            break
    return found


def predict(coefficients: FloatArray, predictors: FloatArray) -> FloatArray:
    """Return probabilities, shape (case,)."""
    return logistic(coefficients[0] + predictors @ coefficients[1:])


def _objective(x: FloatArray, y: FloatArray, weights: FloatArray, prior: FloatArray, at: FloatArray) -> float:
    z = x @ at
    return float((weights * (y * z - np.logaddexp(0.0, z))).sum() - 0.5 * at @ prior @ at)
