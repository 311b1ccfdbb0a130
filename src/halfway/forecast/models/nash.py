"""The Nash bargaining solution on one ordered question, strict or with costly failure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer
from halfway.space.arrays import FloatArray

COSTLY_FAILURE = 50.0
"""How much worse than the worst agreement failure is, in units of the loss over the whole scale."""


def strict(dispute: Dispute) -> Answer:
    """Maximise ``Σ w ln(u(x) − u(d))`` with linear losses, d the reference point.

    Where the reference point lies between two positions no point is better for all; it is then itself the answer, as
    it is for disagreement. Where it lies outside, the points better for all run from it to its mirror image in the
    nearest position.
    """
    if not dispute.x.size:
        return NOBODY
    if not dispute.has_reference:
        return Answer(float("nan"), "needs a reference point")
    x, reference = dispute.x, dispute.reference
    if x.min() <= reference <= x.max():
        return Answer(reference, "no point is better for all than the reference point")
    nearest = x.min() if reference < x.min() else x.max()
    low, high = sorted((reference, float(np.clip(2 * nearest - reference, 0.0, 100.0))))

    def welfare(point: FloatArray) -> FloatArray:
        gains = np.abs(x - reference)[:, None] - np.abs(x[:, None] - point[None])
        return np.asarray((dispute.w[:, None] * np.log(np.maximum(gains, 1e-12))).sum(axis=0))

    def slope(point: float) -> float:
        gains = np.maximum(np.abs(x - reference) - np.abs(x - point), 1e-12)
        return float((dispute.w * np.sign(x - point) / gains).sum())

    return Answer(_best(welfare, slope, low, high))


def with_costly_failure(dispute: Dispute, cost: float = COSTLY_FAILURE) -> Answer:
    """Maximise ``Σ w ln(u(x) − u(d) + cost)`` with quadratic losses (Achen 2006): tends to the compromise mean.

    Parameters
    ----------
    dispute : Dispute
        Without a reference point, failure is worth 0 less the cost to all, on a scale where the ideal is worth 1.
    cost : float
        How costly failure is beyond the reference point.
    """
    if not dispute.x.size:
        return NOBODY
    x = dispute.x
    width = float(x.max() - x.min())
    if width == 0:
        return Answer(float(x[0]))
    failure = 1.0 - ((x - dispute.reference) / width) ** 2 if dispute.has_reference else np.zeros_like(x)

    def welfare(point: FloatArray) -> FloatArray:
        value = 1.0 - ((x[:, None] - point[None]) / width) ** 2
        # Without enough cost somebody may still lose by any agreement: such points are barred by a steep wall.
        gain = value - failure[:, None] + cost
        return np.asarray((dispute.w[:, None] * np.log(np.maximum(gain, 1e-12))).sum(axis=0))

    def slope(point: float) -> float:
        gain = np.maximum(1.0 - ((x - point) / width) ** 2 - failure + cost, 1e-12)
        return float((dispute.w * (x - point) / gain).sum())

    return Answer(_best(welfare, slope, float(x.min()), float(x.max())))


def _best(
    welfare: Callable[[FloatArray], FloatArray], slope: Callable[[float], float], low: float, high: float
) -> float:
    """Maximise a function that is concave where it is finite: a grid, refined, and then where its slope turns.

    Near its top a function is too flat for comparisons of its values to tell points closer than some 1e-5 apart.
    """
    for _ in range(3):
        grid = np.linspace(low, high, 101)
        at = int(np.argmax(welfare(grid)))
        low, high = float(grid[max(at - 1, 0)]), float(grid[min(at + 1, 100)])
    for _ in range(60):
        middle = 0.5 * (low + high)
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
