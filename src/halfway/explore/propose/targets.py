"""Packages worth aiming at: acceptable to the parties and to the bodies at home, within the parties' own power."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from halfway.settle.bodies import bodies_of, named, with_bodies
from halfway.settle.packages.counting import Count, count_acceptable
from halfway.settle.packages.frontier import pareto_frontier
from halfway.settle.parties import group_of
from halfway.settle.solutions.from_frontier import NAMES
from halfway.space.arrays import Bounds, FloatArray, IntArray, Mask
from halfway.space.compiled import CompiledCase
from halfway.space.utilities.draws import draw
from halfway.space.utilities.space import compile_space
from halfway.tolerances import GAIN

DRAWS = 1_000
"""Draws behind a chance of acceptance."""


@dataclass(frozen=True)
class Target:
    """A package to aim at.

    Attributes
    ----------
    package : ndarray of int, shape (issue,)
    place : int
        Where it stands by the solution asked for, from 1.
    value : tuple of float
        What the solution weighs; larger is better, the first entries before the later.
    chance : float
        Share of draws in which all parties and bodies accept it.
    error : float
        Standard error of that.
    """

    package: IntArray
    place: int
    value: tuple[float, ...]
    chance: float
    error: float


@dataclass(frozen=True)
class Targets:
    """What could be aimed at.

    Attributes
    ----------
    acceptable : Count
        Packages that the parties accept.
    ratified : Count
        Of these, packages that the bodies at home accept too.
    own : Count
        Of these, packages that change only what the parties set.
    ranked : tuple of Target
        The frontier among these, best first by the solution.
    exact : bool
        Whether that frontier is exact.
    """

    acceptable: Count
    ratified: Count
    own: Count
    ranked: tuple[Target, ...]
    exact: bool


def targets(compiled: CompiledCase, parties: Sequence[str], solution: str, seed: int) -> Targets:
    """Rank what the parties could sign.

    Parameters
    ----------
    compiled : CompiledCase
    parties : sequence of str
    solution : str
        One of `halfway.settle.solutions.from_frontier.NAMES`.
    seed : int
    """
    case = compiled.case
    beside = with_bodies(case, parties)
    space = compile_space(beside)
    assert space.status_quo is not None
    rows = [space.actor(a) for a in parties]
    bodies = [space.actor(named(a, b)) for a, b in bodies_of(case, parties)]
    everyone = [*rows, *bodies]
    held = Bounds((*space.bounds.allowed, *_beyond(compiled, parties)), space.bounds.red_lines)
    counted = count_acceptable(space.utilities, space.bounds, rows, space.threshold[rows])
    ratified = count_acceptable(space.utilities, space.bounds, everyone, space.threshold[everyone])
    own = count_acceptable(space.utilities, held, everyone, space.threshold[everyone])
    frontier = pareto_frontier(space.utilities, held, everyone, space.threshold[everyone])
    if not frontier.size:
        return Targets(counted, ratified, own, (), frontier.exact)
    gains = (space.values(frontier.packages)[rows] - space.walk_away[rows, None]).T
    values = _CRITERIA[solution](gains)
    order = sorted(range(len(values)), key=lambda k: (tuple(-x for x in values[k]), k))
    drawn = draw(beside, DRAWS, seed)
    worth, away = drawn.values(frontier.packages), drawn.walk_away
    met = np.all(worth[:, everyone, :] >= away[:, everyone, None] - GAIN, axis=1).mean(axis=0)
    ranked = tuple(
        Target(frontier.packages[k], place, values[k], float(met[k]), math.sqrt(float(met[k] * (1 - met[k])) / DRAWS))
        for place, k in enumerate(order, start=1)
    )
    return Targets(counted, ratified, own, ranked, frontier.exact)


def _beyond(compiled: CompiledCase, parties: Sequence[str]) -> list[Mask]:
    """Return the conditions that leave as it is today what somebody outside has to help to set."""
    case, space = compiled.case, compiled.space()
    assert space.status_quo is not None
    masks = []
    for i, issue in enumerate(space.issues):
        if not {group_of(case, a) for a in case.issues[issue].set_by} <= set(parties):
            table = np.zeros(space.sizes[i], dtype=np.bool_)
            table[int(space.status_quo[i])] = True
            masks.append(Mask((i,), table))
    return masks


def _nash(gains: FloatArray) -> list[tuple[float, ...]]:
    positive = gains > GAIN
    logs = np.where(positive, np.log(np.where(positive, gains, 1.0)), 0.0).sum(axis=1)
    return [(float(n), float(x)) for n, x in zip(positive.sum(axis=1), logs, strict=True)]


def _utilitarian(gains: FloatArray) -> list[tuple[float, ...]]:
    return [(float(x),) for x in gains.sum(axis=1)]


def _egalitarian(gains: FloatArray) -> list[tuple[float, ...]]:
    return [tuple(round(float(x), 9) for x in np.sort(row)) for row in gains]


def _kalai_smorodinsky(gains: FloatArray) -> list[tuple[float, ...]]:
    ideal = gains.max(axis=0)
    counts = ideal > GAIN
    return _egalitarian(gains[:, counts] / ideal[counts])


_CRITERIA: Mapping[str, Callable[[FloatArray], list[tuple[float, ...]]]] = {
    "nash": _nash,
    "kalai_smorodinsky": _kalai_smorodinsky,
    "egalitarian": _egalitarian,
    "utilitarian": _utilitarian,
}

SOLUTIONS = tuple(name for name in NAMES if name in _CRITERIA)
