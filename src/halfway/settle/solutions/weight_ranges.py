"""Between which values of one weight a solution's package stays chosen, all else as stated in the case.

Changing one declared weight changes its share ``w`` and scales the other shares by ``(1 − w) / (1 − w₀)``; where
weights are not normalised the others stay as they are. Either way an actor's gain is a straight line in ``w`` for every
package, and the gains of the others do not move; `halfway.settle.solutions.crossings` finds where they change places. Rivals are
the frontier for each option of the issue, which holds the best package for every value of the weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.settle.packages.frontier import pareto_frontier
from halfway.settle.packages.whole_numbers import in_counts
from halfway.settle.result import WeightRange
from halfway.settle.solutions.crossings import Rivals, stays_between
from halfway.settle.solutions.from_frontier import Solution
from halfway.space.arrays import Bounds, FloatArray, IntArray, Linkage, Mask, Utilities
from halfway.space.utilities.preferences import Wants, mean_of, option_values, raw_weight, read_wants, walk_away_value
from halfway.space.utilities.space import Space, preferences_of


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
            rivals = Rivals(start, slope, gains)
            weight = float(_share(space, a, key))
            top = 1.0 if details.normalise else np.inf
            for name, solution in solutions.items():
                own = int(np.flatnonzero(np.all(rows == solution.package, axis=1))[0])
                low, high = stays_between(name, rivals, own, mine, weight, top, powers)
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
    values = option_values(case.issues[key], details.interests[key], mean_of, ("actors", name, "interests", key))

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
