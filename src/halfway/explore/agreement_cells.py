"""What is acceptable and what could hold, in the utilities of two actors: counted in the cells of a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfway.explore.agreements import Agreements, Sets
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.utilities.space import Space

KINDS = ("other", "holdable", "acceptable", "both", "held")
"""What a cell may hold, from the plainest on: any package; not ruled out, but not acceptable; acceptable, but ruled out;
acceptable and not ruled out; acceptable and such that it can be held."""


@dataclass(frozen=True)
class Cells:
    """Packages counted in the cells of a grid over the utilities of two actors.

    Attributes
    ----------
    x, y : ndarray of float, shape (cell + 1,)
        The edges.
    counts : mapping from kind to ndarray of int, shape (cell of x, cell of y)
        By `KINDS`; each package is counted once, under the last kind that it is of.
    """

    x: FloatArray
    y: FloatArray
    counts: Mapping[str, IntArray]


def cells_of(space: Space, found: Agreements, pair: tuple[int, int], cells: int) -> Cells:
    """Count the packages of each kind in the cells of a grid over the utilities of two actors.

    Parameters
    ----------
    space : Space
    found : Agreements
    pair : (int, int)
    cells : int
        On each side, and one more: the grid is laid so that an edge runs along each walk-away.
    """
    sets = found.sets
    kind = np.zeros(len(sets.feasible), dtype=np.int8)
    kind[sets.not_ruled_out] = 1
    kind[sets.acceptable] = 2
    kind[sets.acceptable & sets.not_ruled_out] = 3
    kind[sets.acceptable & sets.can_be_held] = 4
    worth = np.stack([_worth(space, actor, sets)[sets.feasible] for actor in pair], axis=1)
    return _counted(worth, kind[sets.feasible], cells, [float(space.walk_away[a]) for a in pair])


def cells_of_points(points: FloatArray, cells: int) -> Cells:
    """Count points of which nothing more is known, shape ``(point, 2)``, in the cells of a grid."""
    return _counted(points, np.zeros(len(points), dtype=np.int8), cells)


def _counted(worth: FloatArray, kind: NDArray[np.int8], cells: int, through: Sequence[float] = ()) -> Cells:
    place = np.zeros(len(kind), dtype=np.int64)
    edges = []
    lines = cells + 1 if through else cells
    for k in range(2):
        column = worth[:, k]
        low, high = (float(column.min()), float(column.max())) if len(column) else (0.0, 1.0)
        width = (high - low if high > low else 1.0) / cells
        if through:
            low += (through[k] - low) % width - width
        edges.append(np.asarray(low + width * np.arange(lines + 1), dtype=np.float64))
        # What lies on an edge belongs above it, in spite of rounding.
        place = place * lines + np.clip(np.floor((column - low) / width + 1e-9).astype(np.int64), 0, lines - 1)
    counted = np.bincount(kind.astype(np.int64) * lines**2 + place, minlength=len(KINDS) * lines**2)
    counted = counted.reshape(len(KINDS), lines, lines)
    return Cells(edges[0], edges[1], dict(zip(KINDS, counted, strict=True)))


def _worth(space: Space, actor: int, sets: Sets) -> FloatArray:
    """Return one actor's points, shape ``(package,)``, without spreading the packages out."""
    if sets.packages is not None:
        return np.asarray(space.values(sets.packages)[actor], dtype=np.float64)
    # The first issue is fastest in the order of packages, so it is the last axis.
    count = len(space.sizes)
    total: FloatArray = np.zeros((1,) * count)
    for i, table in enumerate(space.points.tables):
        shape = [1] * count
        shape[count - 1 - i] = -1
        total = total + np.asarray(table[actor], dtype=np.float64).reshape(shape)
    for link in space.points.linkages:
        points = np.asarray(link.points[actor], dtype=np.float64)
        if points.any():
            total += points.T.reshape([space.sizes[k] if k in link.issues else 1 for k in reversed(range(count))])
    out: FloatArray = total.ravel()
    return out
