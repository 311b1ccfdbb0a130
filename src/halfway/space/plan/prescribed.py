"""What each phase of a plan prescribes and pays, as numbers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.plans import Plan
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.utilities.space import Space

Number: TypeAlias = Callable[[Estimate, Path], float]
"""Reads an estimate, named by its path in the case, as one number."""


def centre(estimate: Estimate, path: Path) -> float:
    """Read an estimate by its centre."""
    return float(estimate)


def resolve_packages(space: Space, plan: Plan) -> IntArray:
    """Return the package that each phase prescribes, inherited options filled in, shape ``(phase, issue)``.

    Two routes into a phase that would inherit differently are an error of the file, so any route serves.
    """
    from halfway.case.coherence_plans import successors

    names = list(plan.phases)
    base = space.status_quo if space.status_quo is not None else None
    packages: dict[str, IntArray] = {plan.first: space.package(plan.phases[plan.first].package, base)}
    queue = deque([plan.first])
    while queue:
        name = queue.popleft()
        for following in successors(plan.phases[name]):
            if following not in packages:
                packages[following] = space.package(plan.phases[following].package, packages[name])
                queue.append(following)
    return np.array([packages[name] for name in names], dtype=np.int64)


def transfers_by_phase(space: Space, plan: Plan, number: Number = centre) -> FloatArray:
    """Return what each actor receives less what it pays in each phase, in points a period, shape ``(phase, actor)``.

    Parameters
    ----------
    space : Space
    plan : Plan
    number : callable
        Reads estimates: their centres, or one draw of them.
    """
    out = np.zeros((len(plan.phases), len(space.actors)))
    name = next((n for n, p in space.case.plans.items() if p is plan), "")
    for k, transfer in enumerate(plan.transfers):
        at: Path = ("plans", name, "transfers", k)
        amount = number(transfer.amount, (*at, "amount"))
        cost = amount if transfer.cost is None else number(transfer.cost, (*at, "cost"))
        for p, phase in enumerate(plan.phases):
            if not transfer.phases or phase in transfer.phases:
                out[p, space.actor(transfer.to)] += amount
                out[p, space.actor(transfer.from_)] -= cost
    return out
