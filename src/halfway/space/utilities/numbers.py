"""Arithmetic for exact fractions and arrays of draws alike, so that central and drawn answers cannot drift apart.

Fractions among themselves stay exact; beside an array they turn into floats, so that arrays stay arrays of floats.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from typing import Any, TypeAlias

import numpy as np

Number: TypeAlias = Any
"""A Fraction, or an array of floats with one entry a draw."""


def plain(number: Number) -> Number:
    """Turn a fraction into a float, so that arrays of draws stay arrays of floats."""
    return float(number) if isinstance(number, Fraction) else number


def times(a: Number, b: Number) -> Number:
    """Multiply."""
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else plain(a) * plain(b)


def plus(a: Number, b: Number) -> Number:
    """Add."""
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else plain(a) + plain(b)


def over(a: Number, b: Number) -> Number:
    """Divide; the caller sees to it that `b` is not zero."""
    return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else plain(a) / plain(b)


def total_of(numbers: Iterable[Number]) -> Number:
    """Add up, from an exact zero."""
    return reduce(plus, numbers, Fraction(0))


def share_of(own: Number, others: Number) -> Number:
    """Return one part's share of a whole, or a half where the whole is nothing."""
    total = plus(own, others)
    if isinstance(total, Fraction):
        return own / total if total else Fraction(1, 2)
    whole = np.asarray(total) > 0
    return np.where(whole, plain(own) / np.where(whole, total, 1.0), 0.5)
