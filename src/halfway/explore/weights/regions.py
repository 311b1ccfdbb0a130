"""Where in an actor's weights each plan is best: regions of the simplex of weights, their shares and ranges.

What a plan is worth is linear in the weights, so each region is a polytope: the weights, zero or more and summing to 1,
at which the plan is worth at least as much as every other. Its range in each weight comes from linear programs, its
share of all weights from its corners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

from halfway.space.arrays import FloatArray

MOST_FOR_SHARES = 8
"""Up to so many issues the share of a region is worked out from its corners."""

FLAT = 1e-9
"""A region that holds no ball of this radius has no share: plans tie there at most."""


@dataclass(frozen=True)
class Region:
    """The weights under which one plan is best for an actor.

    Attributes
    ----------
    plans : tuple of str
        The plan; several where they are worth the same to the actor whatever the weights.
    share : float or None
        Share of all weights, from 0 to 1; None with more than `MOST_FOR_SHARES` issues.
    ranges : mapping from issue to (float, float)
        Least and greatest weight of each issue within the region; empty where the plan is best nowhere.
    centre : mapping from issue to float
        Weights well inside the region (the centre of the largest ball in it); empty where it has no inside.
    """

    plans: tuple[str, ...]
    share: float | None
    ranges: Mapping[str, tuple[float, float]]
    centre: Mapping[str, float]

    @property
    def nowhere(self) -> bool:
        """Whether the plan is best under no weights at all."""
        return not self.ranges


def best_regions(
    values: Mapping[str, Sequence[float]], issues: Sequence[str], constants: Mapping[str, float] | None = None
) -> tuple[Region, ...]:
    """Return for each plan the region of weights in which it is best.

    Parameters
    ----------
    values : mapping from plan to sequence of float
        Value of the plan's outcome on each issue, 0 to 100, in the order of `issues`.
    issues : sequence of str
    constants : mapping from plan to float, optional
        Points that do not depend on the weights (linkages, transfers).

    Returns
    -------
    tuple of Region
        In the order of the plans; shares sum to 1 within rounding.
    """
    alike: dict[tuple[float, ...], list[str]] = {}
    for plan, row in values.items():
        # A constant counts whatever the weights, and they sum to 1: it is the same as that much more on every issue.
        extra = float((constants or {}).get(plan, 0.0))
        alike.setdefault(tuple(float(x) + extra for x in row), []).append(plan)
    table = np.array(list(alike), dtype=np.float64)
    return tuple(_region(tuple(plans), table, k, tuple(issues)) for k, plans in enumerate(alike.values()))


def _region(plans: tuple[str, ...], table: FloatArray, own: int, issues: tuple[str, ...]) -> Region:
    count = len(issues)
    rivals = np.delete(table, own, axis=0) - table[own]
    scale = np.abs(rivals).max(axis=1, initial=0.0)
    # All rows A w <= 0 over the simplex; rows of no weight (a rival alike) were merged before.
    rows = rivals / np.where(scale > 0, scale, 1.0)[:, None]
    ranges = _ranges(rows, count)
    if ranges is None:
        return Region(plans, 0.0 if count <= MOST_FOR_SHARES else None, {}, {})
    centre = _ball(rows, count)
    share = None
    if count <= MOST_FOR_SHARES:
        share = 0.0 if centre is None else _share(rows, count, centre)
    return Region(
        plans,
        share,
        {issue: ranges[i] for i, issue in enumerate(issues)},
        {} if centre is None else dict(zip(issues, centre.tolist(), strict=True)),
    )


def _ranges(rows: FloatArray, count: int) -> list[tuple[float, float]] | None:
    from scipy.optimize import linprog

    out = []
    for i in range(count):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(count)
            goal[i] = sign
            found = linprog(
                goal,
                A_ub=rows if len(rows) else None,
                b_ub=np.zeros(len(rows)) if len(rows) else None,
                A_eq=np.ones((1, count)),
                b_eq=[1.0],
                bounds=(0, 1),
                method="highs",
            )
            if found.status != 0 or found.x is None:
                return None
            ends.append(float(np.clip(found.x[i], 0.0, 1.0)))
        out.append((ends[0], ends[1]))
    return out


def _ball(rows: FloatArray, count: int) -> FloatArray | None:
    """Return the centre of the largest ball within a region, on the plane of weights that sum to 1; None if flat."""
    from scipy.optimize import linprog

    if count == 1:
        return np.ones(1) if not (rows > 0).any() else None
    walls = np.vstack([rows, -np.eye(count)])
    # Distances are measured along the plane of weights that sum to 1.
    reach = np.linalg.norm(walls - walls.mean(axis=1, keepdims=True), axis=1)
    goal = np.zeros(count + 1)
    goal[-1] = -1.0
    found = linprog(
        goal,
        A_ub=np.hstack([walls, reach[:, None]]),
        b_ub=np.zeros(len(walls)),
        A_eq=np.hstack([np.ones((1, count)), np.zeros((1, 1))]),
        b_eq=[1.0],
        bounds=[(None, None)] * count + [(0, None)],
        method="highs",
    )
    if found.status != 0 or found.x is None or found.x[-1] <= FLAT:
        return None
    return np.asarray(found.x[:-1])


def _share(rows: FloatArray, count: int, centre: FloatArray) -> float:
    from scipy.spatial import ConvexHull, HalfspaceIntersection

    if count == 1:
        return 1.0
    # The last weight follows from the others: the simplex then has content 1 / (count - 1)!.
    walls = np.vstack([rows, -np.eye(count)])
    flat = walls[:, :-1] - walls[:, -1:]
    halves = np.hstack([flat, walls[:, -1:]])
    halves = halves[np.abs(halves[:, :-1]).max(axis=1) > 0]
    if count == 2:
        ends = [-b / a for a, b in halves]
        low = max(e for e, (a, _) in zip(ends, halves, strict=True) if a < 0)
        high = min(e for e, (a, _) in zip(ends, halves, strict=True) if a > 0)
        return float(max(high - low, 0.0))
    corners = HalfspaceIntersection(halves, centre[:-1]).intersections
    return float(ConvexHull(corners).volume * factorial(count - 1))
