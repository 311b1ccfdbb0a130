"""How good a forecast was: proper scores, coverage, and the comparison of two forecasters on the same issues."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.forecast.own.distribution import Distribution
from halfway.space.arrays import FloatArray, IntArray

COVERAGES = (0.5, 0.8, 0.95)
DOUBT = 0.01
"""For the log score every forecast, ours and others, is mixed with so much of an even spread over the 101 cells."""


@dataclass(frozen=True)
class Scores:
    """Scores of one forecaster, one number an issue; NaN where it gave no forecast.

    Attributes
    ----------
    absolute : ndarray, shape (issue,)
        Absolute error of the point forecast, scale points.
    crps : ndarray, shape (issue,)
        Continuous ranked probability score, scale points; less is better.
    log : ndarray, shape (issue,)
        Minus the log of the probability of the whole number decided on, in nats; less is better.
    pit : ndarray, shape (issue,)
        Probability integral transform, drawn evenly within the jump where the outcome is an atom.
    widths : ndarray, shape (issue, coverage)
        Lengths of the central 50, 80 and 95 percent intervals.
    """

    absolute: FloatArray
    crps: FloatArray
    log: FloatArray
    pit: FloatArray
    widths: FloatArray

    @property
    def given(self) -> np.ndarray:
        """Which issues were forecast, shape ``(issue,)``."""
        return np.isfinite(self.crps)


def score(
    points: FloatArray, forecasts: Sequence[Distribution | None], outcomes: FloatArray, draws: FloatArray
) -> Scores:
    """Score forecasts against what was decided.

    Parameters
    ----------
    points : ndarray, shape (issue,)
        Point forecasts.
    forecasts : sequence of Distribution or None
        None where there is no forecast.
    outcomes : ndarray, shape (issue,)
    draws : ndarray, shape (issue,)
        Uniform numbers that decide within the jumps of the transform.
    """
    n = len(forecasts)
    crps, log, pit = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
    widths = np.full((n, len(COVERAGES)), np.nan)
    for i, forecast in enumerate(forecasts):
        if forecast is None:
            continue
        outcome = float(outcomes[i])
        crps[i] = forecast.crps(outcome)
        log[i] = -math.log((1.0 - DOUBT) * forecast.cell(outcome) + DOUBT / 101.0)
        below, at = forecast.cdf(outcome)
        pit[i] = below + draws[i] * (at - below)
        for k, level in enumerate(COVERAGES):
            low, high = forecast.interval(level)
            widths[i, k] = high - low
    absolute = np.where(np.isfinite(crps), np.abs(points - outcomes), np.nan)
    return Scores(absolute, crps, log, pit, widths)


@dataclass(frozen=True)
class Difference:
    """Mean difference of two scores on the same issues, with a 95 percent interval from resampled proposals."""

    mean: float
    low: float
    high: float
    issues: int


def resampled_means(values: FloatArray, groups: IntArray, times: int, rng: np.random.Generator) -> FloatArray:
    """Return means of values when whole groups are drawn with replacement.

    Parameters
    ----------
    values : ndarray, shape (issue,) or (issue, column)
    groups : ndarray of int, shape (issue,)

    Returns
    -------
    ndarray, shape (times,) or (times, column)
    """
    _, at = np.unique(groups, return_inverse=True)
    columns = values.reshape(values.shape[0], -1)
    count = int(at.max()) + 1
    sums = np.stack([np.bincount(at, columns[:, k], count) for k in range(columns.shape[1])], axis=1)
    sizes = np.bincount(at, minlength=count).astype(np.float64)
    drawn = rng.integers(0, count, (times, count))
    out = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    return np.asarray(out.reshape((times, *values.shape[1:])))


def difference(
    ours: FloatArray, theirs: FloatArray, groups: IntArray, rng: np.random.Generator, times: int = 4000
) -> Difference:
    """Compare two scores, ours less theirs, on the issues that both have."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    gap = (ours - theirs)[both]
    if not gap.size:
        return Difference(math.nan, math.nan, math.nan, 0)
    means = resampled_means(gap, groups[both], times, rng)
    low, high = np.percentile(means, [2.5, 97.5])
    return Difference(float(gap.mean()), float(low), float(high), int(gap.size))


@dataclass(frozen=True)
class Calibration:
    """How well the stated probabilities agree with what happened.

    Attributes
    ----------
    shares : ndarray, shape (bin,)
        Share of the transforms in each of ten equal bins; a tenth each if calibrated.
    low, high : ndarray, shape (bin,)
        95 percent band around a tenth, for sampling by proposal.
    p_value : float
        Probability of a largest departure at least so large in a calibrated forecaster, by resampled proposals.
    coverage : ndarray, shape (coverage,)
        Share of outcomes inside the central intervals, drawn at random where an end is an atom.
    coverage_low, coverage_high : ndarray, shape (coverage,)
        95 percent interval of that share, by resampled proposals.
    """

    shares: FloatArray
    low: FloatArray
    high: FloatArray
    p_value: float
    coverage: FloatArray
    coverage_low: FloatArray
    coverage_high: FloatArray


def calibration(pit: FloatArray, groups: IntArray, rng: np.random.Generator, times: int = 4000) -> Calibration:
    """Work out the calibration of a forecaster from its transforms, shape ``(issue,)``; NaN are left out."""
    known = np.isfinite(pit)
    pit, groups = pit[known], groups[known]
    bins = np.clip((pit * 10).astype(np.int64), 0, 9)
    inside = np.abs(pit[:, None] - 0.5) <= 0.5 * np.array(COVERAGES)
    indicators = np.concatenate([np.eye(10)[bins], inside.astype(np.float64)], axis=1)
    means = resampled_means(indicators, groups, times, rng)
    shares, coverage = indicators[:, :10].mean(axis=0), indicators[:, 10:].mean(axis=0)
    wander = means[:, :10] - shares
    error = wander.std(axis=0)
    largest = np.abs(shares - 0.1).max()
    p_value = float((1 + (np.abs(wander).max(axis=1) >= largest).sum()) / (times + 1))
    low, high = np.percentile(means[:, 10:], [2.5, 97.5], axis=0)
    return Calibration(shares, 0.1 - 1.96 * error, 0.1 + 1.96 * error, p_value, coverage, low, high)
