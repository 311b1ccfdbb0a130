"""Estimates by their quantiles: one even number between 0 and 1 makes one draw."""

from __future__ import annotations

import numpy as np

from halfway.case.estimates import Estimate
from halfway.space.arrays import FloatArray


def quantile(estimate: Estimate, at: FloatArray) -> FloatArray:
    """Return the quantiles of an estimate, shape as `at`; a panel of experts has none of its own.

    Parameters
    ----------
    estimate : Estimate
    at : ndarray of float
        Within (0, 1).

    Raises
    ------
    ValueError
        For a panel: which expert speaks is drawn once for all panels.
    """
    p = [float(x) for x in estimate.parameters]
    if estimate.kind == "experts":
        raise ValueError("a panel has no quantiles")
    if estimate.certain:
        return np.full(at.shape, p[0])
    if estimate.kind == "uniform":
        return p[0] + (p[1] - p[0]) * at
    if estimate.kind == "triangular":
        return _triangular(p[0], p[1], p[2], at)
    if estimate.kind == "beta":
        from scipy.special import betaincinv

        return np.asarray(estimate.low + (estimate.high - estimate.low) * betaincinv(p[0], p[1], at))
    from scipy.special import ndtr, ndtri

    low, high = ndtr((estimate.low - p[0]) / p[1]), ndtr((estimate.high - p[0]) / p[1])
    return np.asarray(np.clip(p[0] + p[1] * ndtri(low + at * (high - low)), estimate.low, estimate.high))


def _triangular(low: float, mode: float, high: float, at: FloatArray) -> FloatArray:
    if high <= low:
        return np.full(at.shape, low)
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(np.maximum(at * (high - low) * (mode - low), 0.0))
    falling = high - np.sqrt(np.maximum((1 - at) * (high - low) * (high - mode), 0.0))
    return np.where(at < turn, rising, falling)
