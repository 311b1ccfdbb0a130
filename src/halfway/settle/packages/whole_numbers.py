"""Utilities and walk-aways in whole numbers fine enough that gains over the walk-away are whole numbers too."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import numpy as np

from halfway.space.arrays import IntArray, Linkage, Utilities
from halfway.space.utilities.space import Space

ROOM = 2**52
"""Scaled utilities stay below this, so that their sums over issues and parties fit in 64 bits."""

FINEST = 10**6
"""A walk-away that no small fraction expresses is met to this part of a count."""


def in_counts(space: Space) -> tuple[Utilities, IntArray]:
    """Return utilities and walk-aways in counts.

    Parameters
    ----------
    space : Space

    Returns
    -------
    utilities : Utilities
        As the space's, refined by a common factor where a walk-away lies between two counts.
    walk_away : ndarray of int, shape (actor,)
        The least count no less than the walk-away. A package reaches the walk-away exactly when it reaches this.
    """
    scale = np.array([round(1 / u) for u in space.utilities.unit.tolist()], dtype=object)
    short = [
        float(int(t) - d * s) for t, d, s in zip(space.threshold, space.walk_away.tolist(), scale.tolist(), strict=True)
    ]
    between = [min(max(x, 0.0), 1.0) for x in short]
    parts = [Fraction(x).limit_denominator(1000) for x in between]
    factor = 1
    for part, x in zip(parts, between, strict=True):
        if 1e-9 < x < 1 - 1e-9:
            factor = lcm(factor, part.denominator if abs(float(part) - x) < 1e-9 else FINEST)
    largest = max((int(np.abs(t).max(initial=0)) for t in space.utilities.tables), default=0) * len(space.sizes)
    largest = max(largest, *(int(np.abs(x.points).max(initial=0)) for x in space.utilities.linkages), 1)
    factor = max(1, min(factor, ROOM // largest))
    if factor == 1:
        return space.utilities, space.threshold
    utilities = Utilities(
        tuple(np.asarray(t, dtype=np.int64) * factor for t in space.utilities.tables),
        tuple(Linkage(x.issues, np.asarray(x.points, dtype=np.int64) * factor) for x in space.utilities.linkages),
        np.array([1 / float(int(s) * factor) for s in scale]),
        space.utilities.exact,
    )
    lower = np.array([int(factor * x + 1e-6) if x < 1 - 1e-9 else 0 for x in between], dtype=np.int64)
    return utilities, space.threshold * factor - lower
