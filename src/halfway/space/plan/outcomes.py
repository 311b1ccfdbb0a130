"""What plans are worth: utilities, concession levels and movements, at the central numbers and under draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Is, atoms
from halfway.case.plans import Plan
from halfway.space.arrays import Bounds, FloatArray, IntArray, Mask
from halfway.space.packages.levels import SAME, drawn_ideals, ideals, level
from halfway.space.packages.optima import lexicographic_best
from halfway.space.plan.kept_path import PlanPath, follow
from halfway.space.plan.prescribed import transfers_by_phase
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.space import Space


@dataclass(frozen=True)
class PlanValues:
    """What one plan brings when everyone keeps it, in utility points.

    Attributes
    ----------
    path : PlanPath
    packages : ndarray of int, shape (package, issue)
        In force in the long run.
    shares : ndarray of float, shape (package,)
        Their shares of time.
    long_run : ndarray of float, shape (actor,)
        Average utility in the long run, transfers included.
    discounted : ndarray of float, shape (actor,)
        Discounted average from the start, each actor with its own patience.
    """

    path: PlanPath
    packages: IntArray
    shares: FloatArray
    long_run: FloatArray
    discounted: FloatArray


def discount_factors(case: Case) -> FloatArray:
    """Return each actor's discount factor for one period, at the centre of its patience, shape ``(actor,)``."""
    return np.array([actor.discounting.factor(case.period) for actor in case.actors.values()])


def plan_values(space: Space, name: str, plan: Plan, path: PlanPath | None = None) -> PlanValues:
    """Value a plan at the central numbers.

    Parameters
    ----------
    space : Space
    name : str
    plan : Plan
    path : PlanPath, optional
        Its course, where it has been followed already.
    """
    path = follow(space, name, plan) if path is None else path
    packages, shares = path.long_run_packages()
    received = transfers_by_phase(space, plan)[path.phase_of]
    by_state = space.values(path.in_force) + received.T
    factors = discount_factors(space.case)
    occupancy = {d: path.occupancy(d) for d in set(factors.tolist())}
    discounted = np.array([by_state[a] @ occupancy[d] for a, d in enumerate(factors.tolist())])
    return PlanValues(path, packages, shares, by_state @ path.long_run, discounted)


def drawn_values(space: Space, plan: Plan, values: PlanValues, draws: Draws) -> FloatArray:
    """Return a plan's long-run utilities under every draw, shape ``(draw, actor)``.

    Interests, linkages and transfers are drawn; the probabilities of signals stay at their centre, so that the path
    is the same in every draw.
    """
    total = draws.values(values.packages) @ values.shares
    phase_share = np.bincount(values.path.phase_of, weights=values.path.long_run, minlength=len(values.path.phases))
    for i, transfer in enumerate(plan.transfers):
        share = sum(
            phase_share[k] for k, p in enumerate(values.path.phases) if not transfer.phases or p in transfer.phases
        )
        at = ("plans", values.path.name, "transfers", i)
        amount = draws.read(transfer.amount, (*at, "amount"))
        cost = draws.read(transfer.cost, (*at, "cost")) if transfer.cost is not None else amount
        total[:, space.actor(transfer.to)] += share * np.asarray(amount, dtype=float)
        total[:, space.actor(transfer.from_)] -= share * np.asarray(cost, dtype=float)
    return total


@dataclass(frozen=True)
class Levels:
    """Concession levels and movements of an outcome in percent, shape ``(..., actor a, actor b)``; nan if undefined."""

    level: FloatArray
    movement: FloatArray


def levels_of(space: Space, utility: FloatArray, ideal: FloatArray | None = None) -> Levels:
    """Return levels and movements at the central numbers.

    Parameters
    ----------
    space : Space
    utility : ndarray, shape (actor,)
        What each actor gets, in points.
    ideal : ndarray, shape (actor, actor), optional
        ``u_a(x_b*)``, where it is known already.
    """
    own = ideals(space) if ideal is None else ideal
    reached = level(own, utility)
    if space.status_quo is None:
        return Levels(reached, np.full_like(reached, np.nan))
    return Levels(reached, reached - level(own, space.values(space.status_quo)[:, 0]))


def drawn_levels(space: Space, utility: FloatArray, draws: Draws, ideal: FloatArray | None = None) -> Levels:
    """Return levels and movements under every draw.

    Parameters
    ----------
    space : Space
    utility : ndarray, shape (draw, actor)
    draws : Draws
    ideal : ndarray, shape (draw, actor, actor), optional
    """
    own = drawn_ideals(space, draws) if ideal is None else ideal
    reached = level(own, utility)
    if space.status_quo is None:
        return Levels(reached, np.full_like(reached, np.nan))
    today = draws.values(space.status_quo[None, :])[:, :, 0]
    return Levels(reached, reached - level(own, today))


Known: TypeAlias = dict[tuple[int, int, int, int], tuple[float, float] | None]
"""Ideals found so far without one option: actors a and b, issue and option → ``u_a(x_a*)`` and ``u_a(x_b*)``."""


def leave_one_out(
    space: Space, a: int, b: int, utility: FloatArray, keep: IntArray, known: Known | None = None
) -> tuple[float, float]:
    """Return the range of ``L(a → b)`` over leaving out one option of the case at a time.

    An extreme option that nobody wants shifts the ideals and with them the level; this shows by how much.

    Parameters
    ----------
    space : Space
    a, b : int
        The actor that concedes, and the one towards which.
    utility : ndarray, shape (actor,)
        What each gets.
    keep : ndarray of int, shape (package, issue)
        Packages whose options stay: those valued, and the status quo.
    known : dict, optional
        Carries the ideals from call to call where several outcomes of one space are measured.

    Returns
    -------
    low, high : float
        Percent; nan where the level is never defined.
    """
    found = []
    known = {} if known is None else known
    for i, size in enumerate(space.sizes):
        if size < 3:
            continue
        for option in range(size):
            if (keep[:, i] == option).any():
                continue
            if (a, b, i, option) not in known:
                known[(a, b, i, option)] = _ideals_without(space, a, b, i, option)
            top, far = known[(a, b, i, option)] or (0.0, 0.0)
            if abs(top - far) > SAME:
                found.append(100 * (top - float(utility[a])) / (top - far))
    return (min(found), max(found)) if found else (float("nan"), float("nan"))


def _ideals_without(space: Space, a: int, b: int, issue: int, option: int) -> tuple[float, float] | None:
    left = np.ones(space.sizes[issue], dtype=np.bool_)
    left[option] = False
    bounds = Bounds((*space.bounds.allowed, Mask((issue,), left)), space.bounds.red_lines)
    own = lexicographic_best(space.utilities, bounds, (a,))
    other = lexicographic_best(space.utilities, bounds, (b, a))
    if own is None or other is None:
        return None
    unit = float(space.utilities.unit[a])
    return own.values[0] * unit, other.values[-1] * unit


@dataclass(frozen=True)
class NoWayBack:
    """An option that a plan puts in force and from which today's option cannot be reached again."""

    issue: str
    option: str
    phase: str


def no_way_back(space: Space, plan: Plan, path: PlanPath) -> tuple[NoWayBack, ...]:
    """List what a plan changes for good: options from which no allowed moves lead back to the status quo."""
    if space.status_quo is None:
        return ()
    found: dict[tuple[str, str], NoWayBack] = {}
    for state, package in enumerate(path.in_force):
        for i, issue in enumerate(space.issues):
            option, today = space.options[i][int(package[i])], space.options[i][int(space.status_quo[i])]
            if option != today and today not in reachable(space, i, option):
                phase = path.phases[int(path.phase_of[state])]
                found.setdefault((issue, option), NoWayBack(issue, option, phase))
    return tuple(found.values())


def reachable(space: Space, issue: int, option: str) -> set[str]:
    """Return the options that can be reached from one by allowed moves, itself included."""
    declared, reached, queue = space.case.issues[space.issues[issue]], {option}, [option]
    while queue:
        here = queue.pop()
        for following in declared.options:
            if following not in reached and declared.may_follow(here, following):
                reached.add(following)
                queue.append(following)
    return reached


def path_depends_on_interests(plan: Plan) -> bool:
    """Tell whether a kept plan's course depends on what actors want: only through signals weighed by gravity."""
    return any(not isinstance(a, Is) for p in plan.phases.values() for t in p.on for a in atoms(t.when))


def worth(space: Space, plan: Plan, path: PlanPath, actor: str) -> float:
    """Return what a kept plan is worth to one actor in the long run, transfers included, in points.

    Parameters
    ----------
    space : Space
        The actor may be taken as one of its types there.
    plan : Plan
    path : PlanPath
        The plan's course in that space.
    actor : str
    """
    a = space.actor(actor)
    received = transfers_by_phase(space, plan)[path.phase_of]
    return float((space.values(path.in_force)[a] + received[:, a]) @ path.long_run)
