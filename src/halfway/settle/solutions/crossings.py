"""Where packages change places as one weight changes: from arrays, exactly, without a scan.

The actor's gain is a straight line in the weight for every package, and the gains of the others do not move. A criterion
can therefore turn from one package to another only where certain straight lines cross; between neighbouring crossings
one comparison decides. For Kalai–Smorodinsky the gains are divided by ideal gains, which move too: the actor's own ideal is
the upper envelope of the lines, and another's changes only where a package becomes acceptable to the actor or ceases to be.
Between those points the actor's ideal is one straight line and the others' are fixed, so that ratios, too, change
places only where straight lines cross. A range is told without regard to single points inside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray

SAME = 1e-9
"""Gains closer than this, in points, count as equal."""

NARROWEST = 1e-12
"""Crossings closer than this, in weight, count as one."""


@dataclass(frozen=True)
class Rivals:
    """Packages that may be chosen, and their gains as lines in the weight of one actor.

    Attributes
    ----------
    start, slope : ndarray of float, shape (package,)
        The actor's gain at weight w is ``start + slope · w``.
    others : ndarray of float, shape (package, party)
        Gains of the other parties, zero or more.
    """

    start: FloatArray
    slope: FloatArray
    others: FloatArray


def stays_between(
    name: str, rivals: Rivals, own: int, mine: int, weight: float, top: float, powers: Sequence[float]
) -> tuple[float, float]:
    """Return the range of the weight within which no rival is better than a package.

    Parameters
    ----------
    name : str
        The solution.
    rivals : Rivals
    own : int
        The package's row among the rivals.
    mine : int
        Where the actor stands among the parties.
    weight : float
        Its weight as stated; the range holds it.
    top : float
        The largest weight there is: 1, or infinite where weights are not normalised.
    powers : sequence of float, shape (party,)
        For Nash.

    Returns
    -------
    low, high : float
    """
    criterion = _Ratios(rivals, own) if name == "kalai_smorodinsky" else _Gains(name, rivals, own, mine, powers)
    low, high = 0.0, float(top)
    pieces = list(criterion.pieces(top))
    for a, b in reversed([(a, min(b, weight)) for a, b in pieces if a < weight]):
        lost = _lost(criterion, a, b)
        if lost.size:
            low = float(lost[:, 1].max())
            break
    for a, b in [(max(a, weight), b) for a, b in pieces if b > weight]:
        lost = _lost(criterion, a, b)
        if lost.size:
            high = float(lost[:, 0].min())
            break
    return low, high


def _lost(criterion: _Gains | _Ratios, low: float, high: float) -> FloatArray:
    """Return the stretches of a piece in which some rival is better, shape ``(stretch, 2)``, unordered."""
    within = (low + min(high, low + 1.0)) / 2
    roots = criterion.roots(within)
    inside = np.isfinite(roots) & (roots > low) & (roots < high)
    end = high if np.isfinite(high) else float(np.max(roots, where=inside, initial=low)) + 1.0
    roots = np.where(inside, roots, low)
    count = roots.shape[0]
    edges = np.sort(np.concatenate([roots, np.tile([low, end], (count, 1))], axis=1), axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    lost = (edges[:, 1:] - edges[:, :-1] > NARROWEST) & criterion.rival_is_better(middle, within)
    return np.stack([edges[:, :-1][lost], edges[:, 1:][lost]], axis=1)


def _root(p: FloatArray, q: FloatArray | float) -> FloatArray:
    """Return where ``p + q · w`` is zero; not finite where it never is, or always."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(-p / q)


class _Gains:
    """Criteria that look at gains: utilitarian, Nash, egalitarian."""

    def __init__(self, name: str, rivals: Rivals, own: int, mine: int, powers: Sequence[float]) -> None:
        self.name, self.rivals, self.own, self.mine = name, rivals, own, mine
        self.power = np.asarray(powers, dtype=np.float64)

    def pieces(self, top: float) -> Iterator[tuple[float, float]]:
        """Nothing but crossings ends a piece here: all weights are one."""
        yield 0.0, float(top)

    def roots(self, _: float) -> FloatArray:
        """Return where a comparison with the package may turn, shape ``(package, crossing)``."""
        start, slope, others = self.rivals.start, self.rivals.slope, self.rivals.others
        a0, b0, c0 = start[self.own], slope[self.own], others[self.own]
        flat = np.full(start.shape, b0)
        lines = [_root(start, slope), _root(np.full(start.shape, a0), flat), _root(start - a0, slope - b0)]
        if self.name == "utilitarian":
            lines.append(_root(start - a0 + others.sum(axis=1) - c0.sum(), slope - b0))
        elif self.name == "nash":
            weights = np.delete(self.power, self.mine)
            logs = [
                np.where(g > SAME, weights * np.log(np.where(g > SAME, g, 1.0)), 0.0).sum(axis=-1) for g in (c0, others)
            ]
            ratio = np.exp((logs[0] - logs[1]) / self.power[self.mine])
            lines.append(_root(start - ratio * a0, slope - ratio * b0))
        else:
            for b in range(others.shape[1]):
                lines += [_root(start - others[:, b], slope), _root(start - c0[b], slope)]
                lines += [_root(a0 - others[:, b], flat), _root(np.full(start.shape, a0 - c0[b]), flat)]
        return np.stack(lines, axis=1)

    def rival_is_better(self, at: FloatArray, _: float) -> BoolArray:
        """Say, for weights of shape ``(package, weight)``, where a rival is better, or the package not acceptable."""
        start, slope, others = self.rivals.start, self.rivals.slope, self.rivals.others
        own_now = start[self.own] + slope[self.own] * at
        rival_now = start[:, None] + slope[:, None] * at
        rival = np.insert(np.repeat(others[:, None, :], at.shape[1], axis=1), self.mine, rival_now, axis=2)
        own = np.insert(np.broadcast_to(others[self.own], (*at.shape, others.shape[1])), self.mine, own_now, axis=2)
        return np.asarray(_better(self.name, rival, own, self.power) | (own_now < -SAME))


class _Ratios:
    """Kalai–Smorodinsky: leximin of gains over ideal gains, those without an ideal gain left out."""

    def __init__(self, rivals: Rivals, own: int) -> None:
        self.rivals, self.own = rivals, own

    def pieces(self, top: float) -> Iterator[tuple[float, float]]:
        """Yield the stretches of weight in which every ideal gain is one straight line."""
        ends = np.concatenate([self._envelope(top), self._steps()])
        ends = np.unique(ends[np.isfinite(ends) & (ends > 0) & (ends < top)])
        edges = [0.0, *ends.tolist(), float(top)]
        yield from ((a, b) for a, b in pairwise(edges) if b - a > NARROWEST)

    def _envelope(self, top: float) -> FloatArray:
        """Return the corners of the largest gain as it changes with the weight, and where it is zero."""
        start, slope = self.rivals.start, self.rivals.slope
        best = start.max()
        here, line = 0.0, int(np.argmax(np.where(start >= best, slope, -np.inf)))
        corners = [float(_root(start[line], slope[line]))]
        while True:
            steeper = slope > slope[line]
            meets = np.where(steeper, _root(start - start[line], np.where(steeper, slope - slope[line], 1.0)), np.inf)
            following = max(float(meets.min(initial=np.inf)), here)
            if following >= top:
                return np.array(corners)
            line = int(np.argmax(np.where(meets <= following, slope, -np.inf)))
            here = following
            corners += [here, float(_root(start[line], slope[line]))]

    def _steps(self) -> FloatArray:
        """Return where another's ideal gain may change: a package that it likes becomes acceptable to the actor."""
        start, slope, others = self.rivals.start, self.rivals.slope, self.rivals.others
        turns, found = _root(start, slope), [np.zeros(0)]
        for gains in others.T:
            order = np.argsort(-gains, kind="stable")
            rising, falling = order[slope[order] > 0], order[slope[order] < 0]
            # Of packages acceptable from some weight on, only one that is so earlier than all that are liked more counts.
            found.append(turns[rising][_records(-turns[rising])])
            found.append(turns[falling][_records(turns[falling])])
        return np.concatenate(found)

    def _ideals(self, at: float) -> tuple[int, FloatArray]:
        """Return the package whose line is the actor's ideal gain at a weight, and the others' ideal gains."""
        gains = self.rivals.start + self.rivals.slope * at
        acceptable = gains >= -SAME
        ideal = np.max(self.rivals.others, axis=0, where=acceptable[:, None], initial=0.0)
        return int(np.argmax(gains)), ideal

    def roots(self, within: float) -> FloatArray:
        """Return where a comparison may turn in the piece around a weight, shape ``(package, crossing)``."""
        start, slope, others = self.rivals.start, self.rivals.slope, self.rivals.others
        a0, b0, c0 = start[self.own], slope[self.own], others[self.own]
        best, ideal = self._ideals(within)
        p, q = start[best], slope[best]
        flat = np.ones(start.shape)
        lines = [_root(start, slope), _root(a0 * flat, b0 * flat), _root(start - a0, slope - b0)]
        for b in np.flatnonzero(ideal > SAME):
            for level in (others[:, b] / ideal[b], c0[b] / ideal[b] * flat):
                lines += [_root(start - level * p, slope - level * q), _root(a0 - level * p, b0 - level * q)]
        return np.stack(lines, axis=1)

    def rival_is_better(self, at: FloatArray, within: float) -> BoolArray:
        """As of gains, in the piece around a weight."""
        start, slope, others = self.rivals.start, self.rivals.slope, self.rivals.others
        best, ideal = self._ideals(within)
        counted = ideal > SAME
        own_now = start[self.own] + slope[self.own] * at
        rival_now = start[:, None] + slope[:, None] * at
        largest = start[best] + slope[best] * at
        gaining = largest > SAME
        divisor = np.where(gaining, largest, 1.0)
        shares = others[:, counted] / ideal[counted]
        shape = (*at.shape, shares.shape[1])
        # Where the actor has nothing to gain it is left out: the same ratio on both sides decides nothing.
        rival = np.broadcast_to(shares[:, None, :], shape)
        rival = np.concatenate([rival, np.where(gaining, rival_now / divisor, 0.0)[..., None]], axis=-1)
        own = np.broadcast_to(shares[self.own], shape)
        own = np.concatenate([own, np.where(gaining, own_now / divisor, 0.0)[..., None]], axis=-1)
        return np.asarray(((rival_now >= -SAME) & _leximin_better(rival, own)) | (own_now < -SAME))


def _records(values: FloatArray) -> BoolArray:
    """Say which values are larger than all before them."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(values)[:-1]]) if values.size else values
    return np.asarray(values > before)


def _better(name: str, rival: FloatArray, own: FloatArray, powers: FloatArray) -> np.ndarray:
    """Say where a rival's gains, shape ``(…, party)``, are strictly better than one's own by a solution's criterion."""
    acceptable = np.all(rival >= -SAME, axis=-1)
    if name == "utilitarian":
        return np.asarray(acceptable & (rival.sum(axis=-1) > own.sum(axis=-1) + SAME))
    if name == "nash":
        rival_gainers, own_gainers = (rival > SAME).sum(axis=-1), (own > SAME).sum(axis=-1)
        logs = [np.where(g > SAME, powers * np.log(np.where(g > SAME, g, 1.0)), 0.0).sum(axis=-1) for g in (rival, own)]
        more = (rival_gainers == own_gainers) & (logs[0] > logs[1] + SAME)
        return np.asarray(acceptable & ((rival_gainers > own_gainers) | more))
    return np.asarray(acceptable & _leximin_better(rival, own))


def _leximin_better(rival: FloatArray, own: FloatArray) -> np.ndarray:
    if not rival.shape[-1]:
        return np.zeros(rival.shape[:-1], dtype=np.bool_)
    difference = np.sort(rival, axis=-1) - np.sort(own, axis=-1)
    differs = np.abs(difference) > SAME
    first = np.argmax(differs, axis=-1)
    at_first = np.take_along_axis(difference, first[..., None], axis=-1)[..., 0]
    return np.asarray(differs.any(axis=-1) & (at_first > 0))
