"""The weights that agree with what was answered: a polytope on the simplex, its centre, its corners, draws from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np

from halfway.space.arrays import FloatArray

FLAT = 1e-9
"""Radius of the largest ball inside, at or below which there is nothing inside."""
EXACT_UP_TO = 7
"""Issues up to which corners, centre and volume are exact; above, draws by hit and run stand in for them."""
STEPS = 40
"""Steps of hit and run between two draws, times the issues."""
DRAWS = 4_000
"""Draws from which the centre comes above `EXACT_UP_TO` issues."""


@dataclass(frozen=True)
class Polytope:
    """The weights ``w ≥ 0`` with sum 1 and ``rows @ w ≤ 0``.

    Attributes
    ----------
    count : int
        Issues.
    rows : ndarray, shape (answer, issue)
        What answers say, homogeneous: a bound ``a·w ≤ b`` is the row ``a − b``, as the weights sum to 1.
    """

    count: int
    rows: FloatArray

    @cached_property
    def inside(self) -> FloatArray | None:
        """The centre of the largest ball within; None where the answers leave nothing."""
        from scipy.optimize import linprog

        if self.count == 1:
            return None if (self.rows > 0).any() else np.ones(1)
        walls = np.vstack([self.rows, -np.eye(self.count)])
        # Distances are measured along the plane of weights that sum to 1.
        reach = np.linalg.norm(walls - walls.mean(axis=1, keepdims=True), axis=1)
        found = linprog(
            np.r_[np.zeros(self.count), -1.0],
            A_ub=np.hstack([walls, reach[:, None]]),
            b_ub=np.zeros(len(walls)),
            A_eq=np.r_[np.ones(self.count), 0.0][None, :],
            b_eq=[1.0],
            bounds=[(None, None)] * self.count + [(0, None)],
            method="highs",
        )
        if found.status != 0 or found.x is None or found.x[-1] <= FLAT:
            return None
        return np.asarray(found.x[:-1], dtype=float)

    def bounds(self, of: FloatArray) -> tuple[float, float]:
        """Return the least and the greatest value of ``of · w``, exact.

        Parameters
        ----------
        of : ndarray, shape (issue,)

        Raises
        ------
        ValueError
            Where the polytope is empty.
        """
        from scipy.optimize import linprog

        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * of,
                A_ub=self.rows if len(self.rows) else None,
                b_ub=np.zeros(len(self.rows)) if len(self.rows) else None,
                A_eq=np.ones((1, self.count)),
                b_eq=[1.0],
                bounds=(0, 1),
                method="highs",
            )
            if found.status != 0 or found.fun is None:
                raise ValueError("no weights agree with the answers")
            ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    @cached_property
    def exact(self) -> bool:
        """Whether centre and draws come from the corners; else from hit and run."""
        from scipy.spatial import QhullError

        if self.count > EXACT_UP_TO:
            return False
        try:
            return bool(np.isfinite(self.simplices[1]).all())
        except QhullError:
            # Its corners coincide to rounding in some direction.
            return False

    @cached_property
    def corners(self) -> FloatArray:
        """The corners; only up to `EXACT_UP_TO` issues. Shape (corner, issue)."""
        from scipy.spatial import HalfspaceIntersection

        centre = self._inside()
        if self.count == 1:
            return np.ones((1, 1))
        # The last weight follows from the others.
        walls = np.vstack([self.rows, -np.eye(self.count)])
        halves = np.hstack([walls[:, :-1] - walls[:, -1:], walls[:, -1:]])
        halves = halves[np.abs(halves[:, :-1]).max(axis=1) > 0]
        if self.count == 2:
            ends = [(-b / a, a) for a, b in halves]
            flat = np.array([[max(e for e, a in ends if a < 0)], [min(e for e, a in ends if a > 0)]])
        else:
            flat = np.unique(HalfspaceIntersection(halves, centre[:-1]).intersections.round(12), axis=0)
        return np.hstack([flat, 1.0 - flat.sum(axis=1, keepdims=True)])

    @cached_property
    def simplices(self) -> tuple[FloatArray, FloatArray]:
        """The polytope in simplices, and the share of its volume that each has: shapes (simplex, corner, issue), (simplex,)."""
        from scipy.spatial import ConvexHull

        corners = self.corners
        if self.count <= 2:
            return corners[None, :, :], np.ones(1)
        flat = corners[:, :-1]
        # Joggled by rounding errors, where merging facets that nearly coincide could fail.
        faces = ConvexHull(flat, qhull_options="QJ").simplices
        middle = flat.mean(axis=0)
        sizes = np.abs(np.linalg.det(flat[faces] - middle))
        centre = np.broadcast_to(corners.mean(axis=0), (len(faces), 1, self.count))
        return np.concatenate([corners[faces], centre], axis=1), sizes / sizes.sum()

    @cached_property
    def share(self) -> float:
        """The share of the simplex of weights that the answers leave, up to `EXACT_UP_TO` issues."""
        from scipy.spatial import ConvexHull

        if self.count == 1:
            return 1.0
        flat = self.corners[:, :-1]
        if self.count == 2:
            return float(flat[1, 0] - flat[0, 0])
        return float(ConvexHull(flat, qhull_options="QJ").volume * factorial(self.count - 1))

    def draws(self, count: int, random: np.random.Generator) -> FloatArray:
        """Draw weights, uniform over the polytope: exact up to `EXACT_UP_TO` issues, by hit and run above.

        Returns
        -------
        ndarray, shape (draw, issue)
        """
        if not self.exact:
            return self._walked(count, random)
        simplices, shares = self.simplices
        which = random.choice(len(shares), size=count, p=shares)
        mix = random.dirichlet(np.ones(simplices.shape[1]), size=count)
        return np.asarray(np.einsum("dc,dci->di", mix, simplices[which]))

    def centre(self, random: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Return the centroid and its standard error: none up to `EXACT_UP_TO` issues, above that of the draws."""
        if self.exact:
            simplices, shares = self.simplices
            return shares @ simplices.mean(axis=1), np.zeros(self.count)
        drawn = self._walked(DRAWS, random)
        # Draws that follow one another are alike: the error is that of means of batches.
        batches = drawn.reshape(40, -1, self.count).mean(axis=1)
        return drawn.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(len(batches))

    def _inside(self) -> FloatArray:
        if self.inside is None:
            raise ValueError("no weights agree with the answers")
        return self.inside

    def _walked(self, count: int, random: np.random.Generator) -> FloatArray:
        """Draw by hit and run (Smith 1984): from a point inside, along a random line, to a random point on it."""
        here = self._inside().copy()
        walls = np.vstack([self.rows, -np.eye(self.count)])
        out = np.empty((count, self.count))
        left = walls @ here
        steps = STEPS * self.count
        for k in range(count if count else 0):
            directions = random.standard_normal((steps if k == 0 else self.count, self.count))
            directions -= directions.mean(axis=1, keepdims=True)
            along = directions @ walls.T
            places = random.random(len(directions))
            for direction, slopes, place in zip(directions, along, places, strict=True):
                with np.errstate(divide="ignore", invalid="ignore"):
                    reach = -left / slopes
                low = reach[slopes < 0].max()
                high = reach[slopes > 0].min()
                step = low + place * (high - low)
                here = here + step * direction
                left = left + step * slopes
            out[k] = here
        return out


def clash(count: int, said: Sequence[FloatArray]) -> tuple[int, ...]:
    """Return a smallest set of answers that no weights agree with, by taking out every answer without which they still clash.

    Parameters
    ----------
    count : int
        Issues.
    said : sequence of ndarray, shape (row, issue)
        What each answer says.

    Returns
    -------
    tuple of int
        Empty where there are weights that agree with all of them.
    """
    left = [k for k in range(len(said)) if len(said[k])]

    def possible(kept: Sequence[int]) -> bool:
        rows = np.vstack([said[k] for k in kept]) if kept else np.zeros((0, count))
        return Polytope(count, rows).inside is not None

    if possible(left):
        return ()
    for k in tuple(left):
        without = [j for j in left if j != k]
        if not possible(without):
            left = without
    return tuple(left)
