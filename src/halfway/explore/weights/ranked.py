"""Ranked weights: what follows from knowing only which issue matters more than which.

Weights in rank order, summing to 1, form a simplex whose corners are (1, 0, …), (½, ½, 0, …), …, (1/k, …, 1/k). A
figure that is linear in the weights is least and greatest at a corner, and how often it is positive over evenly spread
weights is the share of a simplex cut off by a plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

from halfway.space.arrays import FloatArray

Number = TypeVar("Number", Fraction, float)


def ranked_corners(count: int) -> FloatArray:
    """Return the corners of the set of ranked weights, shape ``(corner, rank)``, the most one-sided first."""
    return np.tril(np.ones((count, count))) / np.arange(1, count + 1)[:, None]


def share_at_most_zero(corner_values: Sequence[Number]) -> Number:
    """Return the share of a simplex in which a linear figure is zero or less, from its values at the corners.

    Exact where the values are fractions. Where every corner gives zero the share is 1.

    Parameters
    ----------
    corner_values : sequence of number
        One for each corner of the simplex.

    Notes
    -----
    G. Varsi, The multidimensional content of the frustum of the simplex, Pacific Journal of Mathematics 46 (1973),
    303-314; the recursion as in M. M. Ali, Content of the frustum of a simplex, Pacific Journal of Mathematics 48
    (1973), 313-322.
    """
    above: list[Number] = [x for x in corner_values if x > 0]
    below: list[Number] = [x for x in corner_values if x <= 0]
    zero = corner_values[0] * 0
    one: Number = zero + 1
    if not above:
        return one
    if not below:
        return zero
    known: list[Number] = [one] + [zero] * len(above)
    for low in below:
        for k, high in enumerate(above, start=1):
            known[k] = (high * known[k] - low * known[k - 1]) / (high - low)
    return known[-1]


@dataclass(frozen=True)
class RankedComparison:
    """How two outcomes compare for one actor when only the order of its weights is known.

    Attributes
    ----------
    low, high : float
        Least and greatest advantage of the first, in utility points.
    at_low, at_high : tuple of float
        Weights in rank order at which they are reached.
    better : float
        Probability that the first is better when all ranked weights are equally likely; exact. That weighting of
        weights is a convention, not a finding.
    """

    low: float
    high: float
    at_low: tuple[float, ...]
    at_high: tuple[float, ...]
    better: float


def compare_ranked(first: Sequence[Fraction], second: Sequence[Fraction]) -> RankedComparison:
    """Compare two outcomes by their values on each issue, issues in the actor's order of importance.

    Parameters
    ----------
    first, second : sequence of Fraction
        Values from 0 to 100, the most important issue first.

    Raises
    ------
    ValueError
        Where there is no issue, or the two differ in length.
    """
    if not first or len(first) != len(second):
        raise ValueError("both outcomes need a value on each of one or more issues")
    running, at_corners = Fraction(0), []
    for k, (a, b) in enumerate(zip(first, second, strict=True), start=1):
        running += Fraction(a) - Fraction(b)
        at_corners.append(running / k)
    corners = ranked_corners(len(first))
    low, high = min(at_corners), max(at_corners)
    return RankedComparison(
        low=float(low),
        high=float(high),
        at_low=tuple(corners[at_corners.index(low)].tolist()),
        at_high=tuple(corners[at_corners.index(high)].tolist()),
        # Where the two are alike at every corner they never differ, and neither is better.
        better=float(1 - share_at_most_zero(at_corners)),
    )
