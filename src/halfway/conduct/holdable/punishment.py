"""What an actor is left with when an agreement ends: held down by all others, or fallen back to an equilibrium."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.conduct.holdable.stage_game import Stage, Term, components
from halfway.space.arrays import BoolArray, FloatArray, IntArray

_MOST_CELLS = 2_000_000
_MOST_SITUATIONS = 4096
_MOST_REPLIES = 200_000
_MOST_ROUNDS = 200


@dataclass(frozen=True)
class Punishment:
    """Points a period that an actor is left with, as a sum of tables over what was in force when it began.

    Attributes
    ----------
    terms : tuple of Term
        Not a number where it cannot be told.
    after : tuple of Term or None
        What it may be at most, once the actor itself has departed; None where that is the same.
    exact : bool
        Whether these are the true values; else they are no more than these (`terms`).
    """

    terms: tuple[Term, ...]
    after: tuple[Term, ...] | None
    exact: bool


def hardest(stage: Stage, actor: int) -> Punishment:
    """Return an actor's minmax value in pure strategies, given what is locked in.

    The others choose first, among what can ever follow what is in force, so as to leave it the least; then it chooses
    on the issues that it sets alone. What it sets with others goes back to the status quo where it can. Issues that no
    linkage of the actor and no constraint ties together are held down apart: the least of the sum is the sum of the
    least.
    """
    ties = [t.issues for t in stage.terms(actor) if len(t.issues) > 1]
    ties += [m.issues for m in stage.bounds.allowed]
    terms: list[Term] = []
    exact = True
    for block in components(len(stage.setters), ties):
        found = _held_down(stage, actor, block)
        if found is None:
            exact = False
            terms += _loosely(stage, actor, block)
        else:
            terms.append(found)
    return Punishment(tuple(terms), None, exact)


def _payoffs(stage: Stage, actor: int, block: tuple[int, ...]) -> FloatArray:
    """Return an actor's points on some issues, one axis an issue."""
    sizes = stage.utilities.sizes
    total = np.zeros([sizes[i] for i in block])
    for term in stage.terms(actor):
        if set(term.issues) <= set(block):
            total = total + _spread(term.table, term.issues, block)
    return total


def _allowed(stage: Stage, block: tuple[int, ...]) -> BoolArray:
    sizes = stage.utilities.sizes
    total = np.ones([sizes[i] for i in block], dtype=np.bool_)
    for mask in stage.bounds.allowed:
        if set(mask.issues) <= set(block):
            total = total & _spread(mask.table, mask.issues, block).astype(np.bool_)
    return total


def _spread(table: NDArray[Any], issues: tuple[int, ...], block: tuple[int, ...]) -> NDArray[Any]:
    shape = [1] * len(block)
    for axis, i in enumerate(issues):
        shape[block.index(i)] = table.shape[axis]
    return table.reshape(shape)


def _sticky(stage: Stage, block: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(i for i in block if not stage.reach[i].all())


def _held_down(stage: Stage, actor: int, block: tuple[int, ...]) -> Term | None:
    sizes = stage.utilities.sizes
    sticky = _sticky(stage, block)
    if prod(sizes[i] for i in block) * prod(sizes[i] for i in sticky) > _MOST_CELLS:
        return None
    points = _payoffs(stage, actor, block)
    worth = np.where(_allowed(stage, block), points, -np.inf)
    mine = [k for k, i in enumerate(block) if stage.setters[i] == (actor,)]
    rest = [k for k in range(len(block)) if k not in mine]
    table = np.empty([sizes[i] for i in sticky])
    for situation in product(*(range(sizes[i]) for i in sticky)):
        locked = dict(zip(sticky, situation, strict=True))
        open_to = []
        for i in block:
            within = stage.reach[i][locked[i]] if i in locked else np.ones(sizes[i], dtype=np.bool_)
            if stage.setters[i] != (actor,) and actor in stage.setters[i]:
                back = int(stage.status_quo[i])
                within = np.arange(sizes[i]) == (back if within[back] else locked[i])
            open_to.append(np.flatnonzero(within))
        part = worth[np.ix_(*open_to)].transpose([*rest, *mine])
        best = part.reshape(prod(part.shape[: len(rest)]), -1).max(axis=1)
        possible = best > -np.inf
        # Where locks leave nothing feasible there is nothing to choose; the least of all keeps the bound a bound.
        table[situation] = best[possible].min() if possible.any() else points.min()
    return Term(sticky, table)


def _loosely(stage: Stage, actor: int, block: tuple[int, ...]) -> list[Term]:
    """Return less than the minmax of a block too large to search: each issue by itself, and the least of each tie."""
    out = []
    for i in block:
        who, own = stage.setters[i], _payoffs(stage, actor, (i,))
        within = stage.reach[i]
        if who == (actor,):
            out.append(Term((i,), np.where(within, own[None, :], -np.inf).max(axis=1)))
        elif actor in who:
            back = int(stage.status_quo[i])
            out.append(Term((i,), np.where(within[:, back], own[back], own)))
        else:
            out.append(Term((i,), np.where(within, own[None, :], np.inf).min(axis=1)))
    if any(set(m.issues) <= set(block) for m in stage.bounds.allowed):
        # A constraint may keep the actor from what is best for it.
        out = [Term((i,), np.full(stage.utilities.sizes[i], _payoffs(stage, actor, (i,)).min())) for i in block]
    ties = [t for t in stage.terms(actor) if len(t.issues) > 1 and set(t.issues) <= set(block)]
    return [*out, Term((), np.array(sum(float(t.table.min()) for t in ties)))]


def fallback(stage: Stage, patience: FloatArray) -> tuple[Punishment, ...] | None:
    """Return what each actor has once play has fallen back to an equilibrium of the stage game.

    Where nothing ties an issue to others, whoever sets it alone takes what is best for it of what can still follow; an
    issue with several setters goes back to the status quo where it can, as any of them can bring about. Issues that are
    tied come to rest at mutual best replies, found for each situation that locks can make; such a rest counts only if
    no actor gains by locking something else first.

    Parameters
    ----------
    stage : Stage
    patience : ndarray of float, shape (actor,)

    Returns
    -------
    tuple of Punishment or None
        One for each actor; None where best replies come to no rest anywhere.
    """
    actors = range(stage.utilities.actors)
    sizes = stage.utilities.sizes
    ties = [t.issues for a in actors for t in stage.terms(a) if len(t.issues) > 1]
    ties += [m.issues for m in stage.bounds.allowed]
    terms: list[list[Term]] = [[] for _ in actors]
    after: list[list[Term]] = [[] for _ in actors]
    for block in components(len(sizes), ties):
        sticky = _sticky(stage, block)
        if prod(sizes[i] for i in sticky) > _MOST_SITUATIONS or prod(sizes[i] for i in block) > _MOST_CELLS:
            return None
        values = _rests(stage, block, sticky, patience)
        if np.isnan(values).all():
            return None
        for a in actors:
            terms[a].append(Term(sticky, values[a]))
            after[a].append(Term(sticky, np.where(np.isnan(values[a]), _payoffs(stage, a, block).max(), values[a])))
    return tuple(Punishment(tuple(terms[a]), tuple(after[a]), False) for a in actors)


def _rests(stage: Stage, block: tuple[int, ...], sticky: tuple[int, ...], patience: FloatArray) -> FloatArray:
    """Return what each actor has at rest in each situation, shape ``(actor, option of sticky[0], …)``."""
    sizes = stage.utilities.sizes
    actors = range(stage.utilities.actors)
    points = np.stack([_payoffs(stage, a, block) for a in actors])
    nothing = [stage.tolerance(a) for a in actors]
    feasible = _allowed(stage, block)
    mine = [[k for k, i in enumerate(block) if stage.setters[i] == (a,)] for a in actors]
    shape = tuple(sizes[i] for i in sticky)
    rest: dict[tuple[int, ...], tuple[int, ...]] = {}
    values = np.full((len(actors), *shape), np.nan)
    places = [block.index(i) for i in sticky]

    def choices(situation: tuple[int, ...], k: int) -> IntArray:
        i = block[k]
        return np.flatnonzero(stage.reach[i][situation[places.index(k)]]) if k in places else np.arange(sizes[i])

    def replies(situation: tuple[int, ...], package: tuple[int, ...], a: int) -> list[tuple[int, ...]]:
        options = [choices(situation, k) if k in mine[a] else np.array([package[k]]) for k in range(len(block))]
        if prod(len(o) for o in options) > _MOST_REPLIES:
            return []
        return [tuple(int(x) for x in p) for p in product(*options) if feasible[p]]

    for situation in product(*(range(n) for n in shape)):
        start = []
        for k, i in enumerate(block):
            back = int(stage.status_quo[i])
            start.append(back if back in choices(situation, k) else situation[places.index(k)])
        package: tuple[int, ...] | None = tuple(start)
        for _ in range(_MOST_ROUNDS):
            assert package is not None
            moved = False
            for a in actors:
                options = replies(situation, package, a) if mine[a] else []
                if options:
                    best = max(options, key=lambda p, a=a: points[(a, *p)])  # type: ignore[misc]
                    if not feasible[package] or points[(a, *best)] > points[(a, *package)] + nothing[a]:
                        package, moved = best, True
            if not moved:
                break
        else:
            package = None
        if package is not None and feasible[package]:
            rest[situation] = package
            for a in actors:
                values[(a, *situation)] = points[(a, *package)]
    # Play that has come to rest must stay there, and nobody may gain by locking itself in somewhere else instead.
    unsettled = True
    while unsettled:
        unsettled = False
        for situation, package in list(rest.items()):
            if not _stays(situation, package, rest, points, values, mine, places, patience, nothing, replies):
                del rest[situation]
                for a in actors:
                    values[(a, *situation)] = np.nan
                unsettled = True
    return values


def _stays(
    situation: tuple[int, ...],
    package: tuple[int, ...],
    rest: dict[tuple[int, ...], tuple[int, ...]],
    points: FloatArray,
    values: FloatArray,
    mine: Sequence[Sequence[int]],
    places: Sequence[int],
    patience: FloatArray,
    nothing: Sequence[float],
    replies: Callable[[tuple[int, ...], tuple[int, ...], int], list[tuple[int, ...]]],
) -> bool:
    if rest.get(tuple(package[k] for k in places)) != package:
        return False
    for a, own in enumerate(mine):
        here = points[(a, *package)]
        for other in replies(situation, package, a) if own else []:
            following = values[(a, *(other[k] for k in places))]
            later = points[a].max() if np.isnan(following) else following
            if (1 - patience[a]) * points[(a, *other)] + patience[a] * later > here + nothing[a]:
                return False
    return True
