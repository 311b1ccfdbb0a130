"""A distribution over 0–100 made of atoms and of stretches of even density, with exact scores."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from halfway.space.arrays import FloatArray


@dataclass(frozen=True)
class Distribution:
    """Mass on points and mass spread evenly over stretches.

    Attributes
    ----------
    points : ndarray, shape (atom,)
        Ascending, within 0–100.
    masses : ndarray, shape (atom,)
        Probability of each point.
    edges : ndarray, shape (stretch + 1,)
        Ascending borders of the stretches; empty where all mass is on points.
    spread : ndarray, shape (stretch,)
        Probability of each stretch. All masses together are 1.
    """

    points: FloatArray
    masses: FloatArray
    edges: FloatArray = field(default_factory=lambda: np.zeros(0))
    spread: FloatArray = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of_samples(cls, values: FloatArray) -> Distribution:
        """Return the empirical distribution of samples, shape ``(sample,)``."""
        points, counts = np.unique(values, return_counts=True)
        return cls(points, counts / values.shape[0])

    @classmethod
    def mixture(cls, parts: list[Distribution]) -> Distribution:
        """Return the even mixture of distributions.

        A point that is an atom in fewer than one part of twenty is where a number that was drawn happened to fall: its
        mass is spread over the cell between whole numbers in which it lies.
        """
        everywhere, at, times = np.unique(
            np.concatenate([p.points for p in parts]), return_inverse=True, return_counts=True
        )
        weight = np.bincount(at, np.concatenate([p.masses for p in parts]), everywhere.shape[0])
        often = 20 * times >= len(parts)
        points, masses = everywhere[often], weight[often] / len(parts)
        spreads = [p for p in parts if p.spread.size]
        if not often.all():
            cells = np.clip(everywhere[~often].astype(np.int64), 0, 99)
            heap = np.bincount(cells, weight[~often], 100).astype(np.float64)
            drawn = cls(np.zeros(0), np.zeros(0), np.arange(101.0), heap)
            spreads.append(drawn)
        if not spreads:
            return cls(points, masses)
        edges = np.unique(np.concatenate([p.edges for p in spreads]))
        total = sum((np.interp(edges, p.edges, np.concatenate([[0.0], np.cumsum(p.spread)])) for p in spreads),
                    start=np.zeros_like(edges))  # fmt: skip
        return cls(points, masses, edges, np.diff(np.asarray(total)) / len(parts))

    @cached_property
    def _breaks(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Breakpoints with the cumulative probability just below and at each."""
        breaks = np.unique(np.concatenate([self.points, self.edges]))
        at = np.concatenate([[0.0], np.cumsum(self.masses)])[np.searchsorted(self.points, breaks, side="right")]
        below = np.concatenate([[0.0], np.cumsum(self.masses)])[np.searchsorted(self.points, breaks, side="left")]
        if self.spread.size:
            even = np.interp(breaks, self.edges, np.concatenate([[0.0], np.cumsum(self.spread)]))
            at, below = at + even, below + even
        return breaks, below, at

    @property
    def mean(self) -> float:
        """The mean."""
        even = float((self.spread * 0.5 * (self.edges[1:] + self.edges[:-1])).sum()) if self.spread.size else 0.0
        return float(self.points @ self.masses) + even

    @property
    def median(self) -> float:
        """The median, the least where there are several."""
        return self.quantile(0.5)

    def cdf(self, value: float) -> tuple[float, float]:
        """Return the probability of less than a value, and of at most that value."""
        breaks, below, at = self._breaks
        i = int(np.searchsorted(breaks, value, side="left"))
        if i < breaks.shape[0] and breaks[i] == value:
            return float(below[i]), float(at[i])
        if i == 0:
            return 0.0, 0.0
        if i == breaks.shape[0]:
            return 1.0, 1.0
        share = (value - breaks[i - 1]) / (breaks[i] - breaks[i - 1])
        inside = float(at[i - 1] + share * (below[i] - at[i - 1]))
        return inside, inside

    def quantile(self, level: float) -> float:
        """Return the least value at which the cumulative probability reaches a level."""
        breaks, below, at = self._breaks
        # The last bit of a cumulative sum must not push a quantile to the next atom.
        aim = min(level, float(at[-1]))
        i = int(np.searchsorted(at, aim - 1e-12, side="left"))
        if i == 0 or aim >= below[i]:
            return float(breaks[i])
        share = max(aim - at[i - 1], 0.0) / (below[i] - at[i - 1])
        return float(breaks[i - 1] + share * (breaks[i] - breaks[i - 1]))

    def interval(self, coverage: float) -> tuple[float, float]:
        """Return the central interval that holds at least so much probability."""
        return self.quantile(0.5 - 0.5 * coverage), self.quantile(0.5 + 0.5 * coverage)

    def crps(self, outcome: float) -> float:
        """Return the continuous ranked probability score, ``∫ (F(x) − [x ≥ outcome])² dx``, exactly; 0 is best."""
        breaks, below, at = self._breaks
        cuts = np.unique(np.concatenate([breaks, [outcome]]))
        after = np.interp(cuts, breaks, at, left=0.0, right=1.0)
        before = after.copy()
        place = np.searchsorted(breaks, cuts)
        place = np.clip(place, 0, breaks.shape[0] - 1)
        known = breaks[place] == cuts
        before[known], after[known] = below[place[known]], at[place[known]]
        new = ~known
        for k in np.flatnonzero(new):
            before[k] = after[k] = self.cdf(float(cuts[k]))[0]
        start, end, width = after[:-1], before[1:], np.diff(cuts)
        passed = cuts[:-1] >= outcome
        start, end = start - passed, end - passed
        return float((width * (start * start + start * end + end * end) / 3.0).sum())

    def cell(self, outcome: float, half: float = 0.5) -> float:
        """Return the probability of the stretch of one point around an outcome, open above."""
        return max(self.cdf(outcome + half)[0] - self.cdf(outcome - half)[0], 0.0)

    def probability(self, value: float) -> float:
        """Return the probability of exactly this value."""
        i = int(np.searchsorted(self.points, value))
        return float(self.masses[i]) if i < self.points.shape[0] and self.points[i] == value else 0.0
