"""What to take out of a plan first: issues left as they are today, one after another, each with what that buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import IntArray, holds
from halfway.space.compiled import CompiledCase

MOST = 3


@dataclass(frozen=True)
class Step:
    """One change on the way, together with those before it.

    Attributes
    ----------
    issue : str
        Left as it is today.
    worst : str
        The signatory, or the one named as served, that falls shortest before the step.
    before, after : float
        How far it falls short before and after: a signatory of its walk-away, one named as served of today, in points.
    total : float
        What all of them together fall short after the step.
    """

    issue: str
    worst: str
    before: float
    after: float
    total: float


def first_changes(compiled: CompiledCase, plan: str, most: int = MOST) -> tuple[Step, ...]:
    """Return the issues to leave as they are today, in the order that buys most.

    Each step takes back, of all issues that the plan changes in its long run, the one whose return to today's option
    lowers the sum of what signatories fall short of their walk-aways, and those named as served of today, most;
    constraints hold. Exact over single steps, not over sets of them. None where nobody falls short.

    Parameters
    ----------
    compiled : CompiledCase
    plan : str
    most : int
        Most steps.
    """
    case, space = compiled.case, compiled.space()
    if space.status_quo is None:
        return ()
    chosen = case.plans[plan]
    package = compiled.values(plan).packages[0].copy()
    paid = compiled.values(plan).long_run - _mixed(compiled, plan)
    today = space.values(space.status_quo)[:, 0]
    floor: dict[str, float] = {a: float(space.walk_away[space.actor(a)]) for a in case.signatories(chosen)}
    for aim in chosen.aims:
        for name in aim.for_:
            if name in space.actors:
                floor[name] = max(floor.get(name, -np.inf), float(today[space.actor(name)]))

    def short(of: IntArray) -> dict[str, float]:
        worth = space.values(of)[:, 0] + paid
        return {a: max(0.0, least - float(worth[space.actor(a)])) for a, least in floor.items()}

    out: list[Step] = []
    now = short(package)
    while sum(now.values()) > 1e-6 and len(out) < most:
        best: tuple[float, int, dict[str, float]] | None = None
        for i in np.flatnonzero(package != space.status_quo).tolist():
            other = package.copy()
            other[i] = space.status_quo[i]
            if not all(bool(holds(mask, other[None, :])[0]) for mask in space.bounds.allowed):
                continue
            found = short(other)
            total = sum(found.values())
            if total < sum(now.values()) - 1e-9 and (best is None or total < best[0] - 1e-9):
                best = (total, i, found)
        if best is None:
            break
        total, i, found = best
        worst = max(now, key=lambda a: now[a])
        out.append(Step(space.issues[i], worst, now[worst], found[worst], total))
        package[i] = space.status_quo[i]
        now = found
    return tuple(out)


def _mixed(compiled: CompiledCase, plan: str) -> IntArray:
    values = compiled.values(plan)
    return np.asarray(compiled.space().values(values.packages) @ values.shares)
