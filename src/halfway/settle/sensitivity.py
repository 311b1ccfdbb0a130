"""Between which values of one weight a solution's package stays chosen, all else as stated in the case.

Changing one declared weight changes its share ``w`` and scales the other shares by ``(1 − w) / (1 − w₀)``; where
weights are not normalised the others stay as they are. Either way an actor's gain is a straight line in ``w`` for every
package, and the gains of the others do not move. Two packages therefore change places only where certain straight
lines cross; between neighbouring crossings one comparison decides. Rivals are the frontier for each option of the
issue, which holds the best package for every value of the weight. For Kalai–Smorodinsky the largest gains themselves
move with the weight: there the range is found by a scan in steps of 1/256 and bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.settle.frontier import pareto_frontier
from halfway.settle.measure import in_counts
from halfway.settle.result import WeightRange
from halfway.settle.solutions import Solution
from halfway.space.arrays import Bounds, FloatArray, IntArray, Linkage, Mask, Utilities
from halfway.space.compile import Space, preferences_of
from halfway.space.preferences import Wants, mean_of, option_values, raw_weight, read_wants, walk_away_value

SAME = 1e-9
"""Gains closer than this, in points, count as equal."""

STEPS = 256


@dataclass(frozen=True)
class _Rivals:
    """Packages that may be chosen, and their gains as lines in the weight of one actor.

    Attributes
    ----------
    start, slope : ndarray of float, shape (package,)
        The actor's gain at weight w is ``start + slope · w``.
    others : ndarray of float, shape (package, party)
        Gains of the other parties.
    """

    start: FloatArray
    slope: FloatArray
    others: FloatArray

    def gains(self, at: float, mine: int) -> FloatArray:
        """Return gains, shape ``(package, party)``, with the actor's own at position `mine`."""
        return np.insert(self.others, mine, self.start + self.slope * at, axis=1)


def weight_ranges(
    space: Space, parties: Sequence[int], solutions: Mapping[str, Solution], powers: Sequence[float]
) -> tuple[WeightRange, ...]:
    """Return for each solution and each weight of a signatory the range within which its package stays chosen.

    Parameters
    ----------
    space : Space
    parties : sequence of int
    solutions : mapping
    powers : sequence of float
        For Nash.

    Raises
    ------
    Refusal
        Where the frontier is too large to be exact.
    """
    utilities, walk_away = in_counts(space)
    unit = utilities.unit
    packages = {
        (i, o): _packages(space, utilities, list(parties), i, o)
        for i in range(len(space.issues))
        for o in range(space.sizes[i])
    }
    out = []
    for mine, a in enumerate(parties):
        details = preferences_of(space.case, space.actors[a])
        weighted = [k for k in details.interests if _share(space, a, k) > 0]
        if details.lexicographic or len(weighted) < 2:
            continue
        linked = any(bool(np.any(x.points[a] != 0)) for x in utilities.linkages)
        others = [p for p in parties if p != a]
        for key in weighted:
            i = space.issues.index(key)
            line = _lines(space, a, key)
            pool = [
                _linked_packages(space, utilities, list(parties), a, i, o) if linked else packages[i, o]
                for o in range(space.sizes[i])
            ]
            rows = np.concatenate([*pool, *(s.package[None, :] for s in solutions.values())])
            values = np.asarray(utilities.of(rows), dtype=np.int64)
            good = np.all(values[others] >= walk_away[others][:, None], axis=0)
            rows, values = rows[good], values[:, good]
            start, slope = line(rows)
            gains = ((values[others] - walk_away[others][:, None]) * unit[others][:, None]).T
            rivals = _Rivals(start, slope, gains)
            weight = float(_share(space, a, key))
            top = 1.0 if details.normalise else np.inf
            for name, solution in solutions.items():
                own = int(np.flatnonzero(np.all(rows == solution.package, axis=1))[0])
                if name == "kalai_smorodinsky":
                    low, high = _scan(rivals, own, mine, weight, top)
                else:
                    low, high = _crossings(name, rivals, own, mine, weight, top, powers)
                out.append(WeightRange(name, space.actors[a], key, weight, low, high))
    return tuple(out)


def _share(space: Space, actor: int, key: str) -> Fraction:
    details = preferences_of(space.case, space.actors[actor])
    raw = {k: Fraction(raw_weight(x, mean_of, ())) for k, x in details.interests.items()}
    if not details.normalise:
        return raw[key]
    total = sum(raw.values(), Fraction(0))
    return raw[key] / total if total else Fraction(0)


def _lines(space: Space, actor: int, key: str) -> Callable[[IntArray], tuple[FloatArray, FloatArray]]:
    """Return a function from packages to the start and slope of the actor's gain as a line in the weight."""
    case, name = space.case, space.actors[actor]
    details = preferences_of(case, name)
    wants = read_wants(case, details, mean_of, ("actors", name))
    issue = space.issues.index(key)
    weight = _share(space, actor, key)
    values = option_values(case.issues[key], details.interests[key], mean_of, ())

    def at(new: Fraction) -> Wants:
        scale = (1 - new) / (1 - weight) if details.normalise else Fraction(1)
        tables = tuple(
            tuple(new * v for v in values) if i == issue else tuple(x * scale for x in table)
            for i, table in enumerate(wants.tables)
        )
        return replace(wants, tables=tables)

    anchor = None if space.status_quo is None else tuple(int(x) for x in space.status_quo)
    ends = [at(Fraction(0)), at(Fraction(1))]
    floor = [
        float(walk_away_value(case, name, w, details.walk_away, anchor, mean_of, ("actors", name, "walk_away")))
        for w in ends
    ]

    def line(packages: IntArray) -> tuple[FloatArray, FloatArray]:
        gains = []
        for w, d in zip(ends, floor, strict=True):
            total = np.full(packages.shape[0], -d)
            for i, table in enumerate(w.tables):
                total += np.array([float(x) for x in table])[packages[:, i]]
            for mask, points in w.linkages:
                total += float(points) * mask.table[tuple(packages[:, i] for i in mask.issues)]
            gains.append(total)
        return gains[0], gains[1] - gains[0]

    return line


def _only(space: Space, issue: int, option: int) -> Bounds:
    table = np.zeros(space.sizes[issue], dtype=np.bool_)
    table[option] = True
    return Bounds((*space.bounds.allowed, Mask((issue,), table)), space.bounds.red_lines)


def _packages(space: Space, utilities: Utilities, parties: list[int], issue: int, option: int) -> IntArray:
    found = pareto_frontier(utilities, _only(space, issue, option), parties)
    if not found.exact:
        raise Refusal(
            [
                Problem(
                    "R049",
                    "the sensitivity to weights cannot be computed",
                    "the frontier is too large to be found exactly",
                    "ask without sensitivity, or seat fewer signatories",
                    space.case.place("issues"),
                )
            ]
        )
    return found.packages


def _linked_packages(
    space: Space, utilities: Utilities, parties: list[int], actor: int, issue: int, option: int
) -> IntArray:
    """As `_packages`, with the actor's linkages as a coordinate of their own: the weights do not scale them."""
    tables = []
    for i, table in enumerate(utilities.tables):
        weighted = np.asarray(table[actor], dtype=np.int64) * (i != issue)
        tables.append(np.concatenate([table, weighted[None, :], np.zeros_like(weighted)[None, :]]))
    linkages = tuple(
        Linkage(x.issues, np.concatenate([x.points, np.zeros_like(x.points[:1]), x.points[actor : actor + 1]]))
        for x in utilities.linkages
    )
    count = utilities.actors
    split = Utilities(tuple(tables), linkages, np.append(utilities.unit, [1.0, 1.0]), utilities.exact)
    bounds = _only(space, issue, option)
    # The actor's own red lines count as before; its utility is read in two parts instead.
    lines = tuple(Mask(m.issues, ~m.table) for m in bounds.red_lines[actor])
    bounds = Bounds((*bounds.allowed, *lines), (*bounds.red_lines, (), ()))
    rows = [p for p in parties if p != actor] + [count, count + 1]
    return _packages(replace(space, bounds=bounds), split, rows, issue, option)


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


def _crossings(
    name: str, rivals: _Rivals, own: int, mine: int, weight: float, top: float, powers: Sequence[float]
) -> tuple[float, float]:
    """Return the range by comparing with every rival between neighbouring crossings."""
    power = np.asarray(powers, dtype=np.float64)
    a0, b0, c0 = rivals.start[own], rivals.slope[own], rivals.others[own]
    start, slope, others = rivals.start, rivals.slope, rivals.others
    count = start.shape[0]

    def root(p: FloatArray, q: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(-p / q)

    flat = np.full(count, b0)
    lines = [root(start, slope), root(np.full(count, a0), flat), root(start - a0, slope - b0)]
    if name == "utilitarian":
        lines.append(root(start - a0 + others.sum(axis=1) - c0.sum(), slope - b0))
    elif name == "nash":
        weights = np.delete(power, mine)
        logs = [
            np.where(g > SAME, weights * np.log(np.where(g > SAME, g, 1.0)), 0.0).sum(axis=-1) for g in (c0, others)
        ]
        ratio = np.exp((logs[0] - logs[1]) / power[mine])
        lines.append(root(start - ratio * a0, slope - ratio * b0))
    else:
        for b in range(others.shape[1]):
            lines += [root(start - others[:, b], slope), root(start - c0[b], slope)]
            lines += [root(a0 - others[:, b], flat), root(np.full(count, a0 - c0[b]), flat)]
    roots = np.stack(lines, axis=1)
    roots = np.where(np.isfinite(roots) & (roots > 0) & (roots < top), roots, weight)
    end = top if np.isfinite(top) else float(roots.max()) + 1.0
    edges = np.sort(np.concatenate([roots, np.tile([0.0, weight, end], (count, 1))], axis=1), axis=1)
    middle = (edges[:, 1:] + edges[:, :-1]) / 2
    wide = edges[:, 1:] - edges[:, :-1] > 1e-12
    mine_now = start[:, None] + slope[:, None] * middle
    own_now = a0 + b0 * middle
    rival_gains = np.insert(np.repeat(others[:, None, :], middle.shape[1], axis=1), mine, mine_now, axis=2)
    shape = (count, middle.shape[1], others.shape[1])
    own_gains = np.insert(np.broadcast_to(c0, shape), mine, own_now, axis=2)
    lost = wide & (_better(name, rival_gains, own_gains, power) | (own_now < -SAME))
    above = np.where(lost & (middle > weight), edges[:, :-1], np.inf)
    below = np.where(lost & (middle < weight), edges[:, 1:], -np.inf)
    high, low = float(above.min()), float(below.max())
    return (max(low, 0.0), high if high < np.inf else float(top))


def _scan(rivals: _Rivals, own: int, mine: int, weight: float, top: float) -> tuple[float, float]:
    """Return the range for Kalai–Smorodinsky by a scan and bisection."""

    def stays(at: float) -> bool:
        gains = rivals.gains(at, mine)
        acceptable = np.all(gains >= -SAME, axis=1)
        if not acceptable[own]:
            return False
        ideal = gains[acceptable].max(axis=0)
        counted = ideal > SAME
        ratios = gains[:, counted] / ideal[counted]
        return not bool(np.any(acceptable & _leximin_better(ratios, ratios[own])))

    def edge(far: float) -> float:
        inside = weight
        for n in range(1, STEPS + 1):
            at = weight + (far - weight) * n / STEPS
            if not stays(at):
                outside = at
                while abs(outside - inside) > 1e-9 * max(1.0, abs(weight)):
                    halfway = (inside + outside) / 2
                    inside, outside = (halfway, outside) if stays(halfway) else (inside, halfway)
                return inside
            inside = at
        return far

    return edge(0.0), edge(top if np.isfinite(top) else 10 * max(weight, 1.0))
