"""Temptation over the uncertain numbers: in which share of draws somebody is tempted, and by how much.

Which moves keep and which do material harm is judged once, at the centre; what they are worth, how patient an actor is,
what is paid and what signals show is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.game.bare_game import Flat
from halfway.conduct.game.charges import central_points
from halfway.conduct.game.discounting import discounting
from halfway.conduct.game.keeping import OwnMoves
from halfway.conduct.verdicts.temptation import SELDOM, Kernel, Rewards, averaged, rewards, scaled, solved_directly
from halfway.record import HIDDEN
from halfway.space.arrays import FloatArray, Mask, Utilities
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules
from halfway.space.utilities.draws import Drawn
from halfway.space.utilities.groups import wants_of
from halfway.space.utilities.sobol import SobolDraws
from halfway.space.utilities.space import preferences_of
from halfway.tolerances import GAIN, ROUNDING, SCALE, one_shot

Shifts: TypeAlias = tuple[tuple[int, FloatArray], ...]
"""Machines of events that change an actor's patience, with the discount factor in each draw."""

DRAWS = 64
"""How many draws a grade rests on."""


@dataclass(frozen=True)
class OwnPoints:
    """What packages are worth to one actor in each of several draws.

    Attributes
    ----------
    tables : tuple of ndarray of float, shape (draw, option)
        For each issue, in points.
    linkages : tuple of (Mask, ndarray of float of shape (draw,))
        Points added where a condition holds.
    """

    tables: tuple[FloatArray, ...]
    linkages: tuple[tuple[Mask, FloatArray], ...]

    def of(self, packages: Any) -> FloatArray:
        """Return the points of packages, shape ``(draw, package)``."""
        total = np.zeros((len(self.tables[0]), len(packages)))
        for i, table in enumerate(self.tables):
            total += table[:, packages[:, i]]
        for mask, points in self.linkages:
            holds = mask.table[tuple(packages[:, i] for i in mask.issues)]
            total += points[:, None] * holds
        return total

    @classmethod
    def at(cls, utilities: Utilities, actor: int) -> OwnPoints:
        """Take one actor's utilities at one point of the numbers as a single draw."""
        unit = utilities.unit[actor]
        tables = tuple(np.asarray(t[actor][None, :] * unit, dtype=np.float64) for t in utilities.tables)
        linkages = tuple(
            (Mask(link.issues, link.points[actor] == value), np.array([float(value * unit)]))
            for link in utilities.linkages
            for value in np.unique(link.points[actor])
            if value
        )
        return cls(tables, linkages)


@dataclass(frozen=True)
class Numbers:
    """One actor's numbers in each of several draws, as one of its types.

    Attributes
    ----------
    points : OwnPoints
    discounts : ndarray of float, shape (draw,)
        Discount factors of one period.
    transfers : ndarray of float, shape (draw or 1, phase)
        Points received less paid in a period.
    chances : tuple of Rules, or None
        Rules of each draw, where signals are uncertain.
    costs : ndarray of float, shape (draw or 1, cost), or None
        Points of each of `Kernel.costs`; None where breaking costs nothing.
    kind : str or None
        The type of the actor.
    shifts : tuple of (int, ndarray of float of shape (draw or 1,))
        Machines of events, with the discount factor while each is in force.
    """

    points: OwnPoints
    discounts: FloatArray
    transfers: FloatArray
    rules: tuple[Rules, ...] | None = None
    costs: FloatArray | None = None
    kind: str | None = None
    shifts: Shifts = ()


def verdicts(kernel: Kernel, name: str, kind: str | None, numbers: Numbers) -> FloatArray:
    """Return one actor's temptation and material temptation at many points of the numbers.

    Parameters
    ----------
    kernel : Kernel
        The plan, compiled once.
    name, kind : str, str or None
        The actor, as one of its types.
    numbers : Numbers

    Returns
    -------
    ndarray of float, shape (draw, 2)
        In points. Where issues are judged apart, at most this.
    """
    actor, draws = kernel.whole.space.actor(name), len(numbers.discounts)
    total = np.zeros((draws, 2))
    for n, own in enumerate(kernel.moves(actor, kind)):
        given, scale = given_rewards(kernel, own, n, numbers)
        chances = None if numbers.rules is None else np.array([chances_under(own, rules) for rules in numbers.rules])
        total += tempted_at(own, given, numbers.discounts, kernel.whole.case.horizon, scale, chances, numbers.shifts)
    return total


def given_rewards(kernel: Kernel, own: OwnMoves, part: int, numbers: Numbers) -> tuple[Rewards, float]:
    """Return the best rewards of a period in one of an actor's parts, and the size of the largest utility."""
    drawn = numbers.points
    if part == 0 and len(kernel.parts(own.actor)) > 1:
        aside = frozenset(kernel.whole.rules.side_issues(own.actor))
        tables = tuple(np.zeros_like(t) if i in aside else t for i, t in enumerate(drawn.tables))
        drawn = replace(drawn, tables=tables)
    points = drawn.of(own.packages)
    cost = None
    if numbers.costs is not None and (found := kernel.charges(own, numbers.kind)) is not None:
        cost = found.of(numbers.costs, numbers.rules)
    given = rewards(own, points, _bonus(own, drawn), numbers.transfers, cost, kernel.acts(own, numbers.kind))
    return given, max(SCALE, float(np.abs(points).max()))


def tempted_at(
    own: OwnMoves,
    given: Rewards,
    discounts: FloatArray,
    horizon: int,
    scale: float,
    chances: FloatArray | None = None,
    shifts: Shifts = (),
) -> FloatArray:
    """Return temptation and material temptation under many rewards and discount factors, shape ``(draw, 2)``.

    Parameters
    ----------
    own : OwnMoves
    given : Rewards
        With one row a draw, or one for all.
    discounts : ndarray of float, shape (draw,)
    horizon : int
        Periods within which states must be come to.
    scale : float
        Size of the largest utility.
    chances : ndarray of float, shape (draw, entry), optional
        Of what follows each move, as the data of `OwnMoves.flat.chain`. Default: as compiled.
    shifts : tuple of (int, ndarray of float of shape (draw or 1,)), optional
        Machines of events, with the discount factor while each is in force.
    """
    if shifts:
        return _changing(own, given, discounts, horizon, scale, chances, shifts)
    from halfway.conduct.verdicts.own_kernel import solve_draws

    chain, draws = own.flat.chain, len(discounts)
    least = np.array([one_shot(float(d), scale) for d in discounts])

    def all_draws(table: FloatArray) -> FloatArray:
        return np.ascontiguousarray(np.broadcast_to(table, (draws, table.shape[1])))

    three = all_draws(given.keeping), all_draws(given.freely), all_draws(given.gravely)
    data = np.ascontiguousarray(chain.data[None, :] if chances is None else chances)
    found: FloatArray = solve_draws(
        own.flat.first,
        chain.indptr.astype(np.int64),
        chain.indices.astype(np.int64),
        data,
        data,
        own.slot,
        own.rank,
        three[0],
        three[1],
        three[2],
        np.ascontiguousarray(discounts),
        horizon,
        SELDOM,
        least,
        ROUNDING * scale,
        GAIN,
        np.zeros((3, own.states), np.int64),
        np.zeros((3, own.states)),
    )
    for d in np.flatnonzero(np.isnan(found).any(axis=1)).tolist():
        # Where sweeps settle too slowly, each policy is solved outright.
        there = own if chances is None else replace(own, flat=with_data(own.flat, chances[d]))
        rewarded = tuple(t[d] for t in three)
        _, _, gaps = solved_directly(there, there.flat.chain, rewarded, float(discounts[d]), least[d], horizon)
        found[d] = [gaps[0][0], gaps[1][0]]
    return found


def _changing(
    own: OwnMoves,
    given: Rewards,
    discounts: FloatArray,
    horizon: int,
    scale: float,
    chances: FloatArray | None,
    shifts: Shifts,
) -> FloatArray:
    """Do the same where events change the actor's patience: each draw is scaled to its own."""
    from halfway.conduct.verdicts.own_kernel import solve

    draws, chain = len(discounts), own.flat.chain
    begin, target = chain.indptr.astype(np.int64), chain.indices.astype(np.int64)
    out = np.zeros((draws, 2))
    policies, values = np.zeros((3, own.states), np.int64), np.zeros((3, own.states))
    for d in range(draws):
        factors = [(machine, float(np.broadcast_to(x, (draws,))[d])) for machine, x in shifts]
        valued = discounting(own.automaton, float(discounts[d]), factors)
        one = Rewards(
            *(x[d if len(x) > 1 else 0][None, :] for x in (given.keeping, given.freely, given.gravely, given.bare))
        )
        one = scaled(own, valued, one)
        three = (one.keeping[0], one.freely[0], one.gravely[0])
        there = (
            own if chances is None else replace(own, flat=with_data(own.flat, chances[d if len(chances) > 1 else 0]))
        )
        weights = valued.weights(there.flat.chain, own.flat.state)
        least, found, where = one_shot(valued.discount, scale), np.zeros(2), np.zeros((2, 2), np.int64)
        settled = solve(
            own.flat.first, begin, target, weights, there.flat.chain.data, own.slot, own.rank, *three, valued.discount,
            horizon, SELDOM, least, ROUNDING * scale, GAIN, policies, values, found, where,
        )  # fmt: skip
        if not settled:
            weighed = valued.chain(there.flat.chain, own.flat.state)
            _, _, gaps = solved_directly(there, weighed, three, valued.discount, least, horizon)
            found[:] = [gaps[0][0], gaps[1][0]]
            policies, values = np.zeros_like(policies), np.zeros_like(values)
        out[d] = found
    return out


def with_data(flat: Flat, data: FloatArray) -> Flat:
    """Return the same moves with other chances, given as the data of the chain."""
    from scipy import sparse

    chain = sparse.csr_array((data, flat.chain.indices, flat.chain.indptr), shape=flat.chain.shape)
    return replace(flat, chain=chain)


def _bonus(own: OwnMoves, points: OwnPoints) -> FloatArray:
    """Return what free issues that can be chosen apart add at best, shape ``(draw, cell)``."""
    out = np.zeros((len(points.tables[0]), len(own.situation_of)))
    known: dict[int, FloatArray] = {}
    for c, n in enumerate(own.situation_of.tolist()):
        if n not in known:
            known[n] = np.zeros(len(out))
            for issue, options in own.laid[n].loose:
                worth = points.tables[issue][:, options]
                known[n] = known[n] + worth.max(axis=1) - worth[:, 0]
        out[:, c] = known[n]
    return out


def chances_under(own: OwnMoves, rules: Rules) -> FloatArray:
    """Return the chances of what follows each move under other rules that differ in what signals show."""
    looks, place, source, size = own.looks
    seen = np.zeros(sum(map(len, looks.values())))
    for (phase, gravities, world, shown), numbers in looks.items():
        found = [
            (numbers[event, levels, after], chance)
            for chance, event, levels, _, after in rules.events(phase, gravities, shown, world)
            if (event, levels, after) in numbers
        ]
        # What could not be seen at the centre cannot be seen in a draw.
        total = sum(chance for _, chance in found)
        for number, chance in found:
            seen[number] += chance / total
    chances: FloatArray = np.zeros(size)
    chances[place] = seen[source]
    return np.asarray(own.flat.with_chances(chances).chain.data)


@dataclass(frozen=True)
class Share:
    """How often, and how much, one actor is tempted over the draws.

    Attributes
    ----------
    tempted, materially : float
        Share of (type, draw), weighted by priors, in which the temptation, and the material one, exceeds what is trifling.
    low, median, high : float
        5, 50 and 95 percent points of the temptation, averaged over types in each draw.
    by_type : mapping from type to float
        The share of draws with material temptation of each type.
    """

    tempted: float
    materially: float
    low: float
    median: float
    high: float
    by_type: Mapping[str | None, float] = field(metadata=HIDDEN)


def numbers_of(kernel: Kernel, name: str, kind: str | None, drawn: Drawn, rules: tuple[Rules, ...] | None) -> Numbers:
    """Draw the numbers of one actor, as one of its types."""
    case = kernel.whole.case
    wants = wants_of(case, name, preferences_of(case, name, kind), drawn.read)
    count = drawn.count

    def full(number: Any) -> FloatArray:
        return np.broadcast_to(np.asarray(number, dtype=np.float64), (count,))

    tables = tuple(np.stack([full(x) for x in row], axis=1) for row in wants.tables)
    linkages = tuple((mask, full(points)) for mask, points in wants.linkages)
    declared = case.actors[name]
    own = declared.types[kind].patience if kind is not None else None
    at: Path = (
        ("actors", name, "types", str(kind), "patience", "value") if own else ("actors", name, "patience", "value")
    )
    patience = own or declared.discounting
    value = full(drawn.read(patience.value, at))
    discounts = np.array([patience.factor(case.period, float(v)) for v in value])
    costs = kernel.costs(name, kind)
    taken = np.stack([full(drawn.read(c.points, c.path)) for c in costs], axis=1) if costs else None
    return Numbers(
        OwnPoints(tables, linkages),
        np.minimum(discounts, 1 - 1e-12),
        _transfers(kernel, name, drawn),
        rules,
        taken,
        kind,
        tuple(
            (
                m,
                np.minimum(
                    [p.factor(case.period, float(v)) for v in full(drawn.read(p.value, (*at, "value")))], 1 - 1e-12
                ),
            )
            for m, p, at in kernel.whole.changes_of_patience(name)
        ),
    )


def _transfers(kernel: Kernel, name: str, drawn: Drawn) -> FloatArray:
    """Return what an actor receives less what it pays, shape ``(draw, phase)``."""
    plan = kernel.whole.plan
    out = np.zeros((drawn.count, len(plan.phases)))
    for k, transfer in enumerate(plan.transfers):
        at: Path = ("plans", kernel.whole.name, "transfers", k)
        amount = np.asarray(drawn.read(transfer.amount, (*at, "amount")), dtype=float)
        cost = amount if transfer.cost is None else np.asarray(drawn.read(transfer.cost, (*at, "cost")), dtype=float)
        for p, phase in enumerate(plan.phases):
            if not transfer.phases or phase in transfer.phases:
                if transfer.to == name:
                    out[:, p] += amount
                if transfer.from_ == name:
                    out[:, p] -= cost
    return out


def central(kernel: Kernel, name: str, kind: str | None) -> Numbers:
    """Return one actor's numbers at the centre, as a single draw."""
    whole, actor = kernel.whole, kernel.whole.space.actor(name)
    paid = np.array([[p.transfers[actor] for p in whole.rules.phases]])
    points = OwnPoints.at(whole.utilities(name, kind), actor)
    costs = kernel.costs(name, kind)
    taken = central_points(whole, costs) if costs else None
    shifts = tuple(
        (m, np.array([p.factor(whole.case.period, whole.number(p.value, (*at, "value")))]))
        for m, p, at in whole.changes_of_patience(name)
    )
    return Numbers(points, np.array([whole.patience(name, kind)]), paid, costs=taken, kind=kind, shifts=shifts)


def drawn_rules(kernel: Kernel, drawn: Drawn, always: bool = False) -> tuple[Rules, ...] | None:
    """Return the rules of each draw where signals are uncertain (or always, if so asked); None where they are not."""
    shown = (
        e
        for issue in kernel.whole.case.issues.values()
        for option in issue.observed
        for row in issue.rows_of(option)
        for e in row.signals.values()
    )
    if not always and all(e.certain for e in shown):
        return None

    def of(d: int) -> Rules:
        def number(estimate: Estimate, path: Path) -> float:
            value = drawn.read(estimate, path)
            return float(value[d]) if isinstance(value, np.ndarray) else float(value)

        return compile_rules(kernel.whole.space, kernel.whole.plan, number)

    return tuple(of(d) for d in range(drawn.count))


def shares(kernel: Kernel, seed: int, draws: int = DRAWS) -> dict[str, Share]:
    """Return how often each of those who can break a plan is tempted over draws of the uncertain numbers."""
    drawn = SobolDraws(kernel.whole.case, draws, seed)
    rules = drawn_rules(kernel, drawn)
    return {name: share(kernel, name, drawn, rules) for name in kernel.breakers}


def share(kernel: Kernel, name: str, drawn: Drawn, rules: tuple[Rules, ...] | None) -> Share:
    """Return how often one actor is tempted."""
    courses, most, grave, by_type = kernel.courses(name), {}, {}, {}
    for kind in kernel.kinds(name):
        found = verdicts(kernel, name, kind, numbers_of(kernel, name, kind, drawn, rules))
        most[kind], grave[kind] = found[:, 0], found[:, 1]
        by_type[kind] = float((grave[kind] > kernel.trifling).mean())
    mean = averaged(courses, most) + np.zeros(drawn.count)
    often = float(np.mean(averaged(courses, {k: x > kernel.trifling for k, x in most.items()})))
    gravely = float(np.mean(averaged(courses, {k: x > kernel.trifling for k, x in grave.items()})))
    low, median, high = (float(q) for q in np.quantile(mean, (0.05, 0.5, 0.95)))
    return Share(often, gravely, low, median, high, by_type)
