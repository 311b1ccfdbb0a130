"""Out-of-fold forecasts: whoever forecasts an issue has learned from other proposals only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halfway.forecast.models.answers import Answer
from halfway.forecast.models.by_name import Model
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.own.features import landscape
from halfway.forecast.own.learn import fit_grounds
from halfway.forecast.own.predictive import Parameters, distribution
from halfway.forecast.scoring.deu3 import Issues
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray

FOLDS = 10


def fold_of_each(groups: IntArray, seed: int, folds: int = FOLDS) -> IntArray:
    """Deal whole proposals out to folds at random, as evenly as their number allows; shape ``(issue,)``."""
    count = int(groups.max()) + 1
    order = generator(seed, "forecast", "folds").permutation(count)
    return np.asarray((order % min(folds, count))[groups], dtype=np.int64)


def answers(model: Model, issues: Issues) -> list[Answer]:
    """Ask a model about every issue, those of one proposal together."""
    out: list[Answer | None] = [None] * len(issues.disputes)
    for group in range(int(issues.groups.max()) + 1):
        members = np.flatnonzero(issues.groups == group)
        for i, given in zip(members, model.answer([issues.disputes[i] for i in members]), strict=True):
            out[i] = given
    return [a for a in out if a is not None]


def implied(points: FloatArray, outcomes: FloatArray, folds: IntArray) -> list[Distribution | None]:
    """Give each point forecast the distribution of its model's own errors on the other folds, kept within 0–100.

    Parameters
    ----------
    points : ndarray, shape (issue,)
        NaN where there is no forecast.
    """
    out: list[Distribution | None] = []
    known = np.isfinite(points)
    errors = {int(k): (outcomes - points)[known & (folds != k)] for k in np.unique(folds)}
    for i in range(points.shape[0]):
        pool = errors[int(folds[i])]
        if not known[i] or not pool.size:
            out.append(None)
        else:
            out.append(Distribution.of_samples(np.clip(points[i] + pool, 0.0, 100.0)))
    return out


def around(points: FloatArray, errors: FloatArray) -> list[Distribution | None]:
    """Give each point forecast the distribution of errors made elsewhere, kept within 0–100.

    Parameters
    ----------
    points : ndarray, shape (issue,)
        NaN where there is no forecast.
    errors : ndarray, shape (error,)
        Outcome less forecast.
    """
    return [
        Distribution.of_samples(np.clip(point + errors, 0.0, 100.0)) if np.isfinite(point) and errors.size else None
        for point in points
    ]


def ours(issues: Issues, folds: IntArray) -> list[Distribution]:
    """Return Halfway's own distributions, each from parameters learned on the other folds."""
    grounds = [landscape(d) for d in issues.disputes]
    out: list[Distribution] = [Distribution(np.zeros(0), np.zeros(0))] * len(grounds)
    for k in np.unique(folds):
        rest = np.flatnonzero(folds != k)
        learned = Parameters(fit_grounds([grounds[i] for i in rest], issues.outcomes[rest]), {})
        for i in np.flatnonzero(folds == k):
            out[i] = distribution(issues.disputes[i], learned)
    return out


def points_of(given: Sequence[Answer]) -> FloatArray:
    """Return the point forecasts, shape ``(issue,)``."""
    return np.array([a.point for a in given])
