"""What counts as nothing: the tolerances of computed gains, in one place.

A utility is at most a few hundred points and a number of the machine carries sixteen digits, so that sums of points are
right to about 1e-13 of the largest of them. A tolerance below that calls rounding a temptation; one far above it
overlooks what is real.
"""

from __future__ import annotations

GAIN = 1e-9
"""A gain of no more points of the discounted average than this is rounding."""

ROUNDING = 1e-13
"""Sums of numbers of about size one are right to this."""

SCALE = 100.0
"""The usual size of a utility, in points."""

SAME_SHARE = 1e-12
"""Probabilities and shares of time that differ by less are the same."""


def of_points(scale: float) -> float:
    """Return what counts as rounding among points of some size: as `GAIN` is to `SCALE`, whatever the unit.

    Parameters
    ----------
    scale : float
        Size of the largest utility, in points.
    """
    return GAIN / SCALE * scale


def only_rounding(low: float, high: float, scale: float = SCALE) -> bool:
    """Tell whether two ends of an interval differ by rounding alone, so that nothing behind it was uncertain.

    Parameters
    ----------
    low, high : float
    scale : float
        Size of the numbers that they were made of, where the ends themselves are smaller.
    """
    return abs(high - low) <= 10.0 * ROUNDING * max(abs(low), abs(high), scale)


def one_shot(discount: float, scale: float = SCALE) -> float:
    """Return what a departure of one period must pay, in points of the discounted average, to be more than rounding.

    A gain in a single period counts by one less the discount factor; for patient actors and short periods that comes
    close to the rounding of the values themselves, which is then the limit.

    Parameters
    ----------
    discount : float
        Discount factor of one period.
    scale : float
        Size of the largest utility, in points.
    """
    return max(GAIN * (1.0 - discount), 10.0 * ROUNDING * max(scale, SCALE))
