"""Shares and probabilities as percent: never 100% or 0% for what is not certain."""

from __future__ import annotations

EXACT = 1e-12
"""Nearer to nothing or to all than this is rounding."""


def percent(share: float, digits: int = 0) -> str:
    """Write a share from 0 to 1 as percent; what rounds to all or nothing and is neither says "over" or "under".

    Parameters
    ----------
    share : float
    digits : int
        Decimals.

    Returns
    -------
    str
        Such as ``37%``, ``over 99%``, ``under 0.1%``.
    """
    least = 10.0**-digits
    value = 100.0 * share
    if value <= 100 * EXACT:
        return f"{0:.{digits}f}%"
    if value >= 100 * (1 - EXACT):
        return f"{100:.{digits}f}%"
    shown = round(value, digits)
    if shown >= 100:
        return f"over {100 - least:.{digits}f}%"
    return f"under {least:.{digits}f}%" if shown <= 0 else f"{shown:.{digits}f}%"
