"""When nothing is acceptable: what stands in the way, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb

from halfway.settle.packages.counting import count_feasible
from halfway.settle.packages.frontier import pareto_frontier
from halfway.space.arrays import Bounds
from halfway.space.packages.blocks import TooWideError
from halfway.space.packages.optima import lexicographic_best
from halfway.space.utilities.space import Space
from halfway.words.conditions import listed

LARGEST_GROUP = 4
"""Conflicts are looked for among at most so many parties at once."""

MOST_GROUPS = 800
"""Groups of one size that are looked through; where there are more, all parties together are named."""


def find_obstacles(space: Space, parties: Sequence[int]) -> tuple[str, ...]:
    """Say why no package is acceptable to these parties.

    Parameters
    ----------
    space : Space
    parties : sequence of int

    Returns
    -------
    tuple of str
        Sentences without a full stop, from the plainest obstacle on; all smallest groups of parties who cannot agree
        among themselves. Empty when something is acceptable.
    """
    utilities, bounds = space.utilities, space.bounds
    names = {a: space.case.title_of("actors", space.actors[a]) for a in parties}
    if not count_feasible(utilities, bounds):
        return ("the constraints forbid every package",)
    alone = []
    for a in parties:
        if not count_feasible(utilities, bounds, (a,)):
            alone.append(f"every package crosses a red line of {names[a]}")
            continue
        best = lexicographic_best(utilities, bounds, (a,), (a,))
        if best is not None and best.values[0] < space.threshold[a]:
            worth = best.values[0] * float(utilities.unit[a])
            alone.append(
                f"{names[a]} gets at most {worth:.1f} points, less than its walk-away of {space.walk_away[a]:.1f}"
            )
    if alone:
        return tuple(alone)
    if len(parties) > 1 and not count_feasible(utilities, bounds, parties):
        group = _smallest(parties, lambda g: not count_feasible(utilities, bounds, g))
        return tuple(f"the red lines of {listed([names[a] for a in g])} leave no package" for g in group)
    groups = _smallest(parties, lambda g: not _possible(space, bounds, g))
    return tuple(
        f"no package gives {listed([names[a] for a in g])} their walk-aways at once "
        f"({', '.join(f'{space.walk_away[a]:.1f}' for a in g)} points)"
        for g in groups
    )


def _possible(space: Space, bounds: Bounds, group: Sequence[int]) -> bool:
    try:
        return pareto_frontier(space.utilities, bounds, group, space.threshold[list(group)]).size > 0
    except TooWideError:
        return True  # it is not known to be impossible


def _smallest(parties: Sequence[int], impossible: Callable[[tuple[int, ...]], bool]) -> list[tuple[int, ...]]:
    for size in range(2, min(LARGEST_GROUP, len(parties)) + 1):
        if comb(len(parties), size) > MOST_GROUPS:
            break
        found = [g for g in combinations(parties, size) if impossible(g)]
        if found:
            return found
    return [tuple(parties)]
