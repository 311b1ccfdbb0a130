"""One reader of numbers for all that others wrote: exact, bounded, and of plain digits only."""

from __future__ import annotations

import math
import re
from fractions import Fraction

LARGEST = 10**12
"""No quantity of a case is larger."""

LONGEST = 120
_MOST_PLACES = 60
_NUMBER = re.compile(r"([-+]?)(?:(\d+)/(\d+)|(\d+\.?\d*|\.\d+)(?:[eE]([-+]?\d{1,9}))?)", re.ASCII)
_INTEGER = re.compile(r"-?\d+", re.ASCII)
_MINUS = str.maketrans({"\u2212": "-"})


def exact(text: str) -> Fraction:
    """Read a number without rounding: ``-1.5``, ``1e-3``, ``1/3``; the minus may be the typographer's.

    Raises
    ------
    ValueError
        Saying why in a clause: it is no number, or one beyond any use here.
    """
    text = text.strip().translate(_MINUS)
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise ValueError("it is not written as a number" if len(text) <= LONGEST else "it is too long for a number")
    sign, above, below, digits, power = match.groups()
    # The exponent is looked at first: 1e999999999 would fill the memory as a fraction.
    if power is not None and abs(int(power)) > _MOST_PLACES:
        raise ValueError("its exponent is beyond any use here")
    if below is not None:
        if not int(below):
            raise ValueError("it divides by zero")
        value = Fraction(int(above), int(below))
    else:
        value = Fraction(digits + (f"e{power}" if power is not None else ""))
    if value > LARGEST:
        raise ValueError(f"it is greater than {LARGEST:,}")
    return -value if sign == "-" else value


def whole(text: str) -> int:
    """Read a whole number.

    Raises
    ------
    ValueError
        Saying why in a clause.
    """
    value = exact(text)
    if value.denominator != 1:
        raise ValueError("it is not a whole number")
    return int(value)


def plain(text: str) -> int | float:
    """Read a number as Python's own, where it must come out as it was written: of bounded length and finite.

    Raises
    ------
    ValueError
        Saying why in a clause.
    """
    if len(text) > LONGEST:
        raise ValueError("it is too long for a number")
    if _INTEGER.fullmatch(text):
        return int(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("it is beyond any use here")
    return value


def brief(text: object) -> str:
    """Quote what was found in place of a number, shortened and on one line."""
    shown = "".join(c if c.isprintable() else "?" for c in str(text))
    return f"'{shown[:40]}…'" if len(shown) > 40 else f"'{shown}'"
