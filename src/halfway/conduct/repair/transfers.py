"""Transfers that would make a plan self-enforcing for all at once: the least sum of points, as a linear program.

Gains from departing are linear in what an actor receives and pays phase by phase (`halfway.conduct.repair.shortfall`).
Asked for is the least sum of payments a period over the phases such that

- no departure of one period pays anyone in any state that its own conduct can reach;
- every party is left with no less than its walk-away (or than it has, where that is less already), from the start;
- every owner that is no party is left with no less than the status quo is worth to it.

A point paid is a point received, as in a plan's own transfers. What is found is made part of the plan and judged like
any other plan before it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.solver import keep_values
from halfway.conduct.repair.shortfall import Moves, moves_of, shares
from halfway.conduct.verdicts.enforcement import deciding
from halfway.space.arrays import FloatArray, IntArray
from halfway.tolerances import one_shot

MOST_POINTS = 100.0
"""The most that an actor pays, or receives, in a phase, in points a period: the whole scale."""

_MARGIN = 1e-4
_DIGITS = 5
_MOST_ROUNDS = 200
_A_ROUND = 400


@dataclass(frozen=True)
class Compensation:
    """Transfers that would be enough, or why none are.

    Attributes
    ----------
    transfers : tuple of dict
        As a plan has them: `from`, `to`, `amount` (points a period) and `phases`.
    total : float or None
        The sum of the amounts.
    verified : bool
        Whether the plan with them was judged self-enforcing.
    reason : str or None
        Why there are none.
    blocked_by : tuple of str
        The actors whose temptations no transfers end.
    """

    transfers: tuple[dict[str, Any], ...]
    total: float | None
    verified: bool
    reason: str | None = None
    blocked_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Bounds:
    """Rows of ``matrix · net ≤ limit``, with net receipts of shape ``(actor, phase)``, laid out actor by actor."""

    actor: IntArray
    matrix: FloatArray
    limit: FloatArray


def compensation(whole: Study) -> Compensation:
    """Find the transfers of the least sum that leave no actor a departure that pays; they are not yet verified."""
    space, phases = whole.space, len(whole.rules.phases)
    departures: list[tuple[int, Moves]] = []
    blocked: list[str] = []
    for name, kind in deciding(whole):
        tolerance = one_shot(whole.patience(name, kind))
        for priced in whole.reached(name, kind):
            moves = moves_of(whole, priced, name, kind)
            departures.append((space.actor(name), moves))
            if ((np.abs(moves.response).max(axis=1, initial=0.0) == 0) & (moves.gains > tolerance)).any():
                blocked.append(name)
    if blocked:
        return _none("departures that leave the chances of what follows as they are pay whatever is paid", blocked)
    standing = _standing(whole)
    net = _solve(len(space.actors), phases, _payers(whole), departures, standing)
    if net is None:
        for a in sorted({a for a, _ in departures}):
            own = [(b, m) for b, m in departures if b == a]
            everyone = tuple(range(len(space.actors)))
            if _solve(len(space.actors), phases, everyone, own, None) is None:
                blocked.append(space.actors[a])
        if blocked:
            return _none("no payments by phase, from whomever, end all their temptations", blocked)
        return _none("each could be paid to keep, but not all at once out of what the parties can pay", [])
    transfers = _paired(whole, net)
    return Compensation(transfers, float(sum(t["amount"] for t in transfers)), False)


def _none(reason: str, blocked: list[str]) -> Compensation:
    return Compensation((), None, False, reason, tuple(dict.fromkeys(blocked)))


def _payers(whole: Study) -> tuple[int, ...]:
    return tuple(whole.space.actor(name) for name in whole.case.signatories(whole.plan))


def _standing(whole: Study) -> _Bounds:
    """Return the bounds that leave parties at their walk-aways and absent owners at the status quo."""
    space, case = whole.space, whole.case
    values = keep_values(whole.kept.game, whole.patiences)[:, 0]
    parties = set(case.signatories(whole.plan))
    actor, rows, limit = [], [], []
    owners = {o for issue in case.issues.values() for o in issue.owner}
    before = None if space.status_quo is None else space.values(space.status_quo)[:, 0]
    for a, name in enumerate(space.actors):
        least = None
        if name in parties:
            least = min(float(values[a]), float(space.walk_away[a]))
        elif name in owners and before is not None:
            least = float(before[a])
        if least is not None:
            actor.append(a)
            rows.append(-shares(whole, a))
            limit.append(float(values[a]) - least)
    return _Bounds(np.array(actor, dtype=np.int64), np.array(rows), np.array(limit))


def _solve(
    actors: int,
    phases: int,
    payers: tuple[int, ...],
    departures: list[tuple[int, Moves]],
    standing: _Bounds | None,
) -> FloatArray | None:
    """Return net receipts, shape ``(actor, phase)``, or None where there are none that do.

    Moves come in by the hundred, those that are violated most first, until none is: most of the many never matter.
    """
    from scipy.optimize import linprog

    rows, limits = [], []

    def add(actor: int, coefficients: FloatArray, limit: float) -> None:
        # Scaled, so that the solver's tolerance means the same for every row.
        size = float(np.abs(coefficients).max())
        row = np.zeros((2, actors, phases))
        row[0, actor], row[1, actor] = coefficients / size, -coefficients / size
        rows.append(row.ravel())
        limits.append(limit / size)

    if standing is not None:
        for a, coefficients, limit in zip(standing.actor, standing.matrix, standing.limit, strict=True):
            add(int(a), coefficients, float(limit))
    most = np.zeros((2, actors, phases))
    most[0] = MOST_POINTS
    most[1, list(payers)] = MOST_POINTS
    balanced = np.zeros((phases, 2, actors, phases))
    for p in range(phases):
        balanced[p, 0, :, p], balanced[p, 1, :, p] = 1.0, -1.0
    margins = [_MARGIN * np.abs(m.response).sum(axis=1) for _, m in departures]
    net = np.zeros((actors, phases))
    for round_number in range(_MOST_ROUNDS):
        fresh = False
        for (a, m), margin in zip(departures, margins, strict=True):
            over = m.gains + margin + m.response @ net[a]
            worst = np.argsort(-over, kind="stable")[:_A_ROUND]
            # A tenth of the margin is left to the solver. What nothing alters was judged before.
            for r in worst[(over[worst] > margin[worst] / 10) & (margin[worst] > 0)]:
                add(a, m.response[r], -float(m.gains[r] + margin[r]))
                fresh = True
        if round_number and not fresh:
            return net
        found = linprog(
            np.ones(2 * actors * phases),
            A_ub=np.array(rows) if rows else None,
            b_ub=np.array(limits) if rows else None,
            A_eq=balanced.reshape(phases, -1),
            b_eq=np.zeros(phases),
            bounds=[(0.0, float(x)) for x in most.ravel()],
            method="highs",
        )
        if found.status != 0 or found.x is None:
            return None
        received, paid = found.x.reshape(2, actors, phases)
        net = received - paid
    return None


def _paired(whole: Study, net: FloatArray) -> tuple[dict[str, Any], ...]:
    """Say who pays whom: within a phase, the largest payer pays the largest receiver first."""
    out = []
    names = whole.space.actors
    for p, phase in enumerate(whole.rules.phase_names):
        left = net[:, p].copy()
        while left.max() > 10.0**-_DIGITS and left.min() < -(10.0**-_DIGITS):
            to, payer = int(left.argmax()), int(left.argmin())
            amount = min(left[to], -left[payer])
            left[to] -= amount
            left[payer] += amount
            paid = round(float(amount), _DIGITS)
            out.append({"from": names[payer], "to": names[to], "amount": paid, "phases": [phase]})
    return tuple(out)
