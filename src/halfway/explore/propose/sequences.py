"""The order of steps from today to a package: exact over every way of changing its issues in so many steps."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray, IntArray, holds
from halfway.space.plan.outcomes import reachable
from halfway.space.utilities.space import Space

MOST_CHANGES = 10
"""Issues that change at most: with more, the orders are not searched."""

_SAME = 1e-9


@dataclass(frozen=True)
class Order:
    """An order of steps.

    Attributes
    ----------
    steps : tuple of tuple of int
        The issues that change at each step, by their numbers.
    packages : ndarray of int, shape (step, issue)
        In force after each step; the last is the package aimed at.
    exposure : float
        The most that a party is worse off than today after any step but the last, in points.
    total : float
        The sum over these steps of what the party that is worst off then is worse off by.
    """

    steps: tuple[tuple[int, ...], ...]
    packages: IntArray
    exposure: float
    total: float


def changing(start: IntArray, target: IntArray) -> tuple[int, ...]:
    """Return the issues that differ."""
    return tuple(int(i) for i in np.flatnonzero(start != target))


def for_good(space: Space, issue: int, option: int, today: int) -> bool:
    """Tell whether no allowed moves lead from an option back to today's."""
    names = space.options[issue]
    return names[today] not in reachable(space, issue, names[option])


def orders(
    space: Space,
    start: IntArray,
    target: IntArray,
    parties: Sequence[int],
    most_steps: int,
    together: int = MOST_CHANGES,
) -> dict[int, Order]:
    """Return the best order of exactly 1, 2, … steps, by number of steps; those that are not possible are left out.

    Best is what exposes a party least at its worst moment; among those, what exposes the one that is worst off least in
    sum over the steps. Every issue changes once, from today's option to the one aimed at. After each step the constraints
    hold, and what cannot be taken back is changed no earlier than the last step, unless it is paid for: no party is then
    worse off than today.

    Parameters
    ----------
    space : Space
    start, target : ndarray of int, shape (issue,)
    parties : sequence of int
        Whose exposure counts.
    most_steps : int
    together : int
        The most issues that change at one step.

    Notes
    -----
    Two passes over the subsets of what has changed so far: the first finds the least worst exposure, the second the least
    sum among the orders that never exceed it. Each looks at every pair of a subset and a larger one, 3ⁿ in all for n
    issues, where there are more orders than n! ways.
    """
    issues = changing(start, target)
    count = len(issues)
    if not count or count > MOST_CHANGES:
        return {}
    declared = [space.case.issues[space.issues[i]] for i in issues]
    for i, issue in zip(issues, declared, strict=True):
        names = space.options[i]
        if not issue.may_follow(names[int(start[i])], names[int(target[i])]):
            return {}
    packages = np.repeat(start[None, :], 2**count, axis=0)
    for bit, i in enumerate(issues):
        packages[(np.arange(2**count) >> bit) & 1 == 1, i] = target[i]
    worth = space.values(packages)[list(parties)]
    # What a party is worse off than today; nothing is counted once all is done.
    short = np.maximum(0.0, worth[:, :1] - worth).max(axis=0, initial=0.0)
    allowed = np.ones(2**count, dtype=np.bool_)
    for mask in space.bounds.allowed:
        allowed &= holds(mask, packages)
    final = sum(1 << bit for bit, i in enumerate(issues) if for_good(space, i, int(target[i]), int(start[i])))
    everything = 2**count - 1
    for subset in range(1, everything):
        if subset & final and short[subset] > _SAME:
            allowed[subset] = False
    if not allowed[everything]:
        return {}
    out = {}
    for steps in range(1, min(most_steps, count) + 1):
        worst = _least(short, allowed, steps, everything, together, None)
        if worst is None:
            continue
        exposure = worst[0]
        found = _least(short, allowed, steps, everything, together, exposure)
        assert found is not None
        total, path = found
        groups = tuple(
            tuple(i for bit, i in enumerate(issues) if (b & ~a) >> bit & 1) for a, b in itertools.pairwise(path)
        )
        out[steps] = Order(groups, packages[list(path[1:])], exposure, total)
    return out


def _least(
    short: FloatArray, allowed: BoolArray, steps: int, everything: int, together: int, limit: float | None
) -> tuple[float, tuple[int, ...]] | None:
    """Return the least worst exposure, or, within a limit to that, the least sum; with the subsets passed through."""
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    for step in range(1, steps + 1):
        following: dict[int, tuple[float, tuple[int, ...]]] = {}
        for subset, (value, path) in best.items():
            rest = everything & ~subset
            more = rest
            while more:
                reached = subset | more
                last = reached == everything
                if allowed[reached] and last == (step == steps) and more.bit_count() <= together:
                    here = 0.0 if last else float(short[reached])
                    if limit is None or here <= limit + _SAME:
                        now = max(value, here) if limit is None else value + here
                        if reached not in following or now < following[reached][0] - _SAME:
                            following[reached] = (now, (*path, reached))
                more = (more - 1) & rest
        best = following
    return best.get(everything)
