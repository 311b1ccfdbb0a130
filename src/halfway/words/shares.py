"""Shares and probabilities in words: never 100% or 0% of what is not certain."""

from __future__ import annotations

import math


def percent(share: float, places: int = 0) -> str:
    """Write a share of one in percent, rounded, without making it certain.

    Parameters
    ----------
    share : float
        From 0 to 1.
    places : int
        Digits after the point.

    Returns
    -------
    str
        ``62%``; ``over 99%`` and ``under 1%`` (with one place: ``over 99.9%``, ``under 0.1%``) where rounding would say
        100% or 0% of what is neither; ``100%`` and ``0%`` only of what is exactly that; ``–`` of what is no number.
    """
    if math.isnan(share):
        return "–"
    step = 10.0**-places
    rounded = round(100 * share, places)
    if 0 < share < 1 and rounded >= 100:
        return f"over {100 - step:.{places}f}%"
    if 0 < share < 1 and rounded <= 0:
        return f"under {step:.{places}f}%"
    return f"{rounded:.{places}f}%"
