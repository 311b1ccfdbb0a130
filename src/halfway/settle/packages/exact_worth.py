"""Packages compared in exact fractions, where whole numbers had to be rounded."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from halfway.space.arrays import IntArray
from halfway.space.utilities.groups import wants_of
from halfway.space.utilities.preferences import mean_of
from halfway.space.utilities.space import Space, preferences_of


def exact_worth(space: Space, parties: Sequence[int], packages: IntArray) -> list[tuple[Fraction, ...]]:
    """Return what packages are worth to some actors, in points and without any rounding, one tuple a package."""
    case = space.case
    wants = [wants_of(case, space.actors[a], preferences_of(case, space.actors[a]), mean_of) for a in parties]
    out = []
    for package in packages:
        row = []
        for w in wants:
            total = sum((Fraction(w.tables[i][int(o)]) for i, o in enumerate(package)), Fraction(0))
            for mask, points in w.linkages:
                if bool(mask.table[tuple(int(package[i]) for i in mask.issues)]):
                    total += Fraction(points)
            row.append(total)
        out.append(tuple(row))
    return out


def undominated(worth: Sequence[tuple[Fraction, ...]]) -> list[int]:
    """Return the positions of the vectors that no other dominates, the first of those that are equal."""
    order = sorted(range(len(worth)), key=lambda k: (tuple(-x for x in worth[k]), k))
    kept: list[int] = []
    for k in order:
        # Sorted from the best for the first party down: only those before can dominate, or equal.
        if not any(all(a >= b for a, b in zip(worth[j], worth[k], strict=True)) for j in kept):
            kept.append(k)
    return sorted(kept)


def rounding(space: Space, party: int, unit: float) -> float:
    """Return by how many points two packages may compare wrongly for a party, its terms being rounded to counts."""
    terms = len(space.issues) + sum(bool(np.any(link.points[party])) for link in space.utilities.linkages)
    return terms * unit
