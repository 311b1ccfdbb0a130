"""Numbers as a brief writes them: whole points, a true minus sign, the interval behind."""

from __future__ import annotations

from halfway.explore.comparison import Interval
from halfway.tolerances import only_rounding

MINUS = "\u2212"


def whole(value: float, *, sign: bool = False) -> str:
    """Write a number without decimals; never a negative zero."""
    rounded = round(value)
    text = f"{rounded:+d}" if sign and rounded else f"{rounded:d}"
    return text.replace("-", MINUS)


def signed_points(value: float) -> str:
    """Write a difference with one decimal and a true minus sign; never a negative zero."""
    text = f"{value:+.1f}"
    return "0.0" if text in ("-0.0", "+0.0") else text.replace("-", MINUS)


def spread(interval: Interval, *, sign: bool = False) -> str:
    """Write an interval's ends."""
    return f"{whole(interval.low, sign=sign)} to {whole(interval.high, sign=sign)}"


def within(interval: Interval, *, sign: bool = False) -> str:
    """Say what the uncertain inputs leave of a number, or that none of them is uncertain."""
    if only_rounding(interval.low, interval.high):
        return "none of the numbers behind it is uncertain"
    return f"90 percent interval {spread(interval, sign=sign)}"


def plain(interval: Interval | None) -> str:
    """Write a number with its interval, or a dash for none."""
    if interval is None:
        return "—"
    return (
        whole(interval.centre)
        if only_rounding(interval.low, interval.high)
        else f"{whole(interval.centre)} ({spread(interval)})"
    )


def signed(interval: Interval | None) -> str:
    """Write a difference with its interval, or a dash for none."""
    if interval is None:
        return "—"
    centre = whole(interval.centre, sign=True)
    return centre if only_rounding(interval.low, interval.high) else f"{centre} ({spread(interval, sign=True)})"
