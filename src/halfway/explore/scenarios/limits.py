"""Boxes: limits on a few inputs, numbers between two values and names among a few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class Inputs:
    """The inputs of many futures as columns.

    Attributes
    ----------
    names : tuple of str
    columns : ndarray of float, shape (future, input)
        Categories as numbers from 0.
    categories : mapping from input to tuple of str
        For the inputs that take one of a few names.
    """

    names: tuple[str, ...]
    columns: FloatArray
    categories: Mapping[str, tuple[str, ...]]

    def only(self, rows: BoolArray) -> Inputs:
        """Return some of the futures."""
        return Inputs(self.names, self.columns[rows], self.categories)


@dataclass(frozen=True)
class Limit:
    """What one input may be inside a box.

    Attributes
    ----------
    low, high : float or None
        For numbers, both ends included; None where that side is open.
    among : frozenset of int or None
        For categories.
    """

    low: float | None = None
    high: float | None = None
    among: frozenset[int] | None = None

    def holds(self, column: FloatArray) -> BoolArray:
        """Return for which values of a column the limit holds."""
        if self.among is not None:
            return np.isin(column, list(self.among))
        inside = np.ones(column.shape, dtype=np.bool_)
        if self.low is not None:
            inside &= column >= self.low
        if self.high is not None:
            inside &= column <= self.high
        return inside


Limits = Mapping[str, Limit]


def inside(inputs: Inputs, limits: Limits) -> BoolArray:
    """Return which futures lie in a box, shape ``(future,)``."""
    out = np.ones(len(inputs.columns), dtype=np.bool_)
    for name, limit in limits.items():
        out &= limit.holds(inputs.columns[:, inputs.names.index(name)])
    return out
