"""What breaking costs the breaker: which of an actor's moves are charged, and how much.

A cost is charged in each period in which the actor's picks together break the plan and its pick on one of the cost's
issues differs from what is prescribed. It counts in nobody's harm or welfare, so that which moves keep does not depend
on it. A cost charged once adds a bit to every state: whether it has been charged. (J. D. Fearon, Domestic political
audiences and the escalation of international disputes, 1994.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.game.bound import bound_issues
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.keeping import OwnMoves, own_moves
from halfway.conduct.game.payoffs import Acting, Due, Priced, price, unreacted
from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, IntArray, Utilities
from halfway.space.plan.automaton import Automaton, MoveSet, Shape, Situation
from halfway.space.plan.machines import World
from halfway.space.plan.rules import Rules

MOST_STATES = 200_000
"""The most states compiled where costs that are charged once multiply them."""


@dataclass(frozen=True)
class Cost:
    """One cost of breaking, of one actor.

    Attributes
    ----------
    points : Estimate
    path : Path
        Where it stands.
    once, public : bool
        Whether it is charged the first time only, and whether it counts with the probability that a breach is seen.
    issues : frozenset of int
        Bound issues on which any departure is charged.
    promised : frozenset of (int, int)
        Issues with options: a departure is charged where that option is prescribed.
    """

    points: Estimate
    path: Path
    once: bool
    public: bool
    issues: frozenset[int]
    promised: frozenset[tuple[int, int]]

    def covers(self, issue: int, prescribed: int) -> bool:
        """Tell whether a departure on an issue is charged."""
        return issue in self.issues or (issue, prescribed) in self.promised


def costs_of(whole: Study, name: str, kind: str | None, bound: frozenset[int] | None = None) -> tuple[Cost, ...]:
    """Return what breaking costs an actor, as one of its types: those that can ever be charged under the plan.

    Parameters
    ----------
    whole : Study
    name, kind : str, str or None
        A type's list replaces the actor's.
    bound : frozenset of int, optional
        Bound issues; free ones are never charged. Default: those that the plan binds.
    """
    case, space = whole.case, whole.space
    declared = case.actors[name]
    own = None if kind is None else declared.types[kind].breach_costs
    path: Path = ("actors", name, "breach_costs")
    if own is not None:
        path = ("actors", name, "types", str(kind), "breach_costs")
    listed = declared.breach_costs if own is None else own
    if not listed:
        return ()
    bound = bound_issues(space, whole.plan) if bound is None else bound
    sets = bound & frozenset(whole.rules.sets(space.actor(name)))
    out = []
    for i, cost in enumerate(listed):
        issues = {space.issues.index(n) for n in cost.of if n in space.issues} if cost.of else sets
        promised = {
            (at, space.options[at].index(option))
            for o in whole.plan.obligations
            if o.kind in cost.of
            for issue, option in o.does.items()
            for at in (space.issues.index(issue),)
            if at in sets
        }
        if issues & sets or promised:
            out.append(
                Cost(
                    cost.points,
                    (*path, i, "points"),
                    cost.per == "once",
                    cost.when == "public",
                    frozenset(issues & sets),
                    frozenset(promised),
                )
            )
    return tuple(out)


@dataclass(frozen=True)
class Charges:
    """Which rows of an actor's moves are charged, cost by cost.

    Attributes
    ----------
    costs : tuple of Cost
    charged : ndarray of bool, shape (cost, row)
    looks : tuple of (int, int, int, int)
        What may be seen of a departure: issue, phase, the row of `Rules.observed` that holds for what is in force, and
        the one for what is prescribed.
    seen : tuple of ndarray of int, shape (row, departure), or None
        For each public cost, the looks of a row's departures on its issues; -1 where there are fewer.
    rules : Rules
        As the moves were compiled.
    """

    costs: tuple[Cost, ...]
    charged: BoolArray
    looks: tuple[tuple[int, int, int, int], ...]
    seen: tuple[IntArray | None, ...]
    rules: Rules

    def chances(self, rules: Rules | None = None) -> FloatArray:
        """Return the probability with which each cost is charged in each row, shape ``(cost, row)``."""
        rules = rules or self.rules
        shown = [shown_breach(rules, *look) for look in self.looks]
        unseen = np.array([1.0 - p for p in shown] + [1.0])
        out = self.charged.astype(np.float64)
        for k, looks in enumerate(self.seen):
            if looks is not None:
                out[k] *= 1.0 - unseen[looks].prod(axis=1)
        return out

    def watched(self, cost: int, row: int) -> tuple[int, ...]:
        """Return the issues of which a breach must be seen for a public cost to be charged in a row."""
        looks = self.seen[cost]
        return () if looks is None else tuple(self.looks[n][0] for n in looks[row].tolist() if n >= 0)

    def of(self, points: FloatArray, rules: tuple[Rules, ...] | None = None) -> FloatArray:
        """Return what each row costs.

        Parameters
        ----------
        points : ndarray of float, shape (draw, cost)
        rules : tuple of Rules, optional
            Of each draw. Default: as compiled.

        Returns
        -------
        ndarray of float, shape (draw, row)
        """
        if rules is None or not self.looks:
            return np.asarray(points @ self.chances())
        points = np.broadcast_to(points, (len(rules), points.shape[1]))
        return np.array([p @ self.chances(own) for p, own in zip(points, rules, strict=True)])


def shown_breach(rules: Rules, issue: int, phase: int, number: int, prescribed: int) -> float:
    """Return the probability that a signal shown on an issue is one of a breach."""
    table = rules.observed[issue]
    row = table[number]
    if rules.detection != 1.0:
        row = rules.detection * row + (1 - rules.detection) * table[prescribed]
    return float(row @ rules.breach[issue][phase])


def charged_in(rules: Rules, phase: int, package: tuple[int, ...], world: World, due: Due) -> float:
    """Return what costs come to in a period, given everything that is in force."""
    shown, total = dict(enumerate(package)), 0.0
    for points, issues in due:
        unseen = 1.0 if issues is not None else 0.0
        for i in issues or ():
            prescribed = rules.row(i, rules.phases[phase].package[i], shown, world)
            unseen *= 1.0 - shown_breach(rules, i, phase, rules.row(i, package[i], shown, world), prescribed)
        total += points * (1.0 - unseen)
    return total


def central_points(whole: Study, costs: tuple[Cost, ...]) -> FloatArray:
    """Return the points of costs as the study reads numbers, shape ``(1, cost)``."""
    return np.array([[whole.number(c.points, c.path) for c in costs]], dtype=np.float64).reshape(1, len(costs))


def charges(own: OwnMoves, costs: tuple[Cost, ...]) -> Charges:
    """Find out which rows of an actor's moves are charged."""
    rules, count = own.automaton.rules, len(own.rows)
    charged: BoolArray = np.zeros((len(costs), count), dtype=np.bool_)
    looks: dict[tuple[int, int, int, int], int] = {}
    public: list[list[tuple[IntArray, IntArray]] | None] = [[] if c.public else None for c in costs]
    begin = own.first_row[own.slot_of_cell]
    for cell, n in enumerate(own.situation_of.tolist()):
        span = np.arange(begin[cell], begin[cell + 1])
        span = span[~own.keeps[span]]
        if not len(span):
            continue
        laid, shape = own.laid[n], own.automaton.situations[n].shape
        package = rules.phases[shape.position[0]].package
        quiet = unreacted(rules, shape, own.actor)
        rows = own.rows[span]
        departs = {
            i: (laid.picks[rows, c] != laid.picks[0, c]) & (laid.picks[rows, c] != quiet.get(i, laid.picks[0, c]))
            for c, i in enumerate(laid.issues)
        }
        spent = 0 if own.spent is None else int(own.spent[n])
        bit = 0
        for k, cost in enumerate(costs):
            if cost.once:
                bit += 1
                if spent >> (bit - 1) & 1:
                    continue
            for i, does in departs.items():
                if not cost.covers(i, package[i]) or not does.any():
                    continue
                charged[k, span] |= does
                found = public[k]
                if found is not None:
                    seen = _looks(rules, shape, i, laid.packages[rows[does]], looks)
                    found.append((span[does], seen))
    seen_of = tuple(None if found is None else _beside(found, count) for found in public)
    return Charges(costs, charged, tuple(looks), seen_of, rules)


def _beside(found: list[tuple[IntArray, IntArray]], count: int) -> IntArray:
    """Write what is seen of each row's departures side by side, shape ``(row, departure)``."""
    used = np.zeros(count, dtype=np.int64)
    places = []
    for rows, _ in found:
        places.append(used[rows].copy())
        used[rows] += 1
    out = np.full((count, int(used.max(initial=0))), -1, dtype=np.int64)
    for (rows, looks), place in zip(found, places, strict=True):
        out[rows, place] = looks
    return out


def _looks(
    rules: Rules, shape: Shape, issue: int, packages: IntArray, looks: dict[tuple[int, int, int, int], int]
) -> IntArray:
    """Number what may be seen of an issue under each package, shape ``(package,)``."""
    phase, world = shape.position[0], shape.position[4]
    asked = [issue, *sorted(rules.rows_ask(issue) - {issue})]
    ways, which = np.unique(packages[:, asked], axis=0, return_inverse=True)
    numbers = []
    for way in ways.tolist():
        shown = dict(zip(asked, way, strict=True))
        row = rules.row(issue, way[0], shown, world)
        prescribed = rules.row(issue, rules.phases[phase].package[issue], shown, world)
        numbers.append(looks.setdefault((issue, phase, row, prescribed), len(looks)))
    return np.array(numbers, dtype=np.int64)[np.asarray(which).ravel()]


def judged_with_costs(
    whole: Study,
    actor: int,
    automaton: Automaton,
    bound: frozenset[int],
    material: float | None,
    costs: tuple[Cost, ...],
) -> OwnMoves:
    """Lay out one actor's moves, every state split by what has been charged once already."""
    own = own_moves(whole, actor, automaton, bound, material)
    if not any(c.once for c in costs):
        return own
    apart, spent = split(own, charges(own, costs))
    return replace(own_moves(whole, actor, apart, bound, material), spent=spent)


def price_with_costs(
    whole: Study,
    automaton: Automaton,
    name: str,
    kind: str | None,
    utilities: Utilities,
    acting: Acting | None,
    costs: tuple[Cost, ...],
) -> Priced:
    """Lay points on an automaton, what breaking costs one actor taken off its own; the others only keep."""
    actor, judge = whole.space.actor(name), whole.judging
    own = judge.own(
        actor,
        automaton,
        costs,
        lambda: judged_with_costs(judge, actor, automaton, bound_issues(judge.space, judge.plan), None, costs),
    )
    apart, _ = split(own, charges(own, ()))
    found, of_costs = charges(own, costs), central_points(whole, costs)[0].tolist()
    cost = found.of(central_points(whole, costs))[0]
    paid: dict[Shape, FloatArray] = {}
    begin = own.first_row[own.slot_of_cell]
    for cell, situation in enumerate(apart.situations):
        span = slice(int(begin[cell]), int(begin[cell + 1]))
        by_row = np.zeros(span.stop - span.start)
        by_row[own.rows[span]] = cost[span]
        paid[situation.shape] = by_row

    def charged(situation: int, row: int) -> Due:
        span = slice(int(begin[situation]), int(begin[situation + 1]))
        at = span.start + int(np.flatnonzero(own.rows[span] == row)[0])
        return tuple(
            (float(points), found.watched(k, at) if costs[k].public else None)
            for k, points in enumerate(of_costs)
            if found.charged[k, at]
        )

    return replace(price(apart, utilities, acting, (actor, paid)), charged=charged)


def split(own: OwnMoves, found: Charges) -> tuple[Automaton, IntArray]:
    """Split the situations of an automaton by which moves keep and by what has been charged once.

    Returns
    -------
    automaton : Automaton
        One situation for each cell and each set of costs charged; all picks written out, and the actor alone moves.
    spent : ndarray of int, shape (situation,)
        The costs charged, as bits: one for each cost that is charged once.
    """
    automaton, actor = own.automaton, own.actor
    once = [k for k, c in enumerate(found.costs) if c.once]
    cells = [_Cell(own, found, cell, once) for cell in range(len(own.situation_of))]
    if once:
        return _walked(own, cells)
    row_of = _rows(automaton)
    situations, situation_of = [], own.cell_of.copy()
    for number, cell in enumerate(cells):
        states = np.flatnonzero(own.cell_of == number)
        follow = automaton.situations[cell.number].follow[row_of[states]]
        situations.append(Situation(cell.shape(0)[0], number, states, follow))
    return _made(automaton, actor, situations, situation_of, automaton.clocks), np.zeros(len(cells), dtype=np.int64)


def _rows(automaton: Automaton) -> IntArray:
    """Return the place of each state in its situation, shape ``(state,)``."""
    out = np.zeros(len(automaton.situation_of), dtype=np.int64)
    for s in automaton.situations:
        out[s.states] = np.arange(len(s.states))
    return out


def _made(
    automaton: Automaton, actor: int, situations: list[Situation], situation_of: IntArray, clocks: IntArray
) -> Automaton:
    return Automaton(
        automaton.rules,
        (actor,),
        tuple(situations),
        situation_of,
        np.array([s.shape.package for s in situations], dtype=np.int64),
        automaton.positions,
        automaton.resets,
        clocks,
    )


def _walked(own: OwnMoves, cells: list[_Cell]) -> tuple[Automaton, IntArray]:
    """Go from the start to every state with every set of costs charged that conduct may come to."""
    automaton = own.automaton
    row_of = _rows(automaton)
    order: list[tuple[int, int]] = [(0, 0)]
    number = {(0, 0): 0}
    members: dict[tuple[int, int], list[int]] = {}
    follow: dict[tuple[int, int], list[list[int]]] = {}
    for at, (state, spent) in enumerate(order):
        cell = int(own.cell_of[state])
        _, after, possible = cells[cell].shape(spent)
        targets = automaton.situations[cells[cell].number].follow[row_of[state]].tolist()
        row = []
        for value, can in zip(after, possible, strict=True):
            for target, come in zip(targets, can.tolist(), strict=True):
                # What cannot come about leads nowhere new.
                key = (target, value) if come else (state, spent)
                if key not in number:
                    number[key] = len(order)
                    order.append(key)
                    if len(order) > MOST_STATES:
                        raise Refusal([_too_many()])
                row.append(number[key])
        members.setdefault((cell, spent), []).append(at)
        follow.setdefault((cell, spent), []).append(row)
    situations, situation_of = [], np.zeros(len(order), dtype=np.int64)
    for n, (cell, spent) in enumerate(members):
        states = np.array(members[cell, spent], dtype=np.int64)
        shape = cells[cell].shape(spent)[0]
        situations.append(Situation(shape, n, states, np.array(follow[cell, spent], dtype=np.int64)))
        situation_of[states] = n
    clocks = automaton.clocks[:, [state for state, _ in order]]
    return _made(automaton, own.actor, situations, situation_of, clocks), np.array([b for _, b in members], np.int64)


def _too_many() -> Problem:
    return Problem(
        "R033",
        "the plan's automaton is too large",
        f"it has more than {MOST_STATES:,} states; what multiplies them most are costs that are charged once",
        "charge fewer of them once, or per period",
    )


class _Cell:
    """One cell as a situation of its own."""

    def __init__(self, own: OwnMoves, found: Charges, cell: int, once: list[int]) -> None:
        self.number = int(own.situation_of[cell])
        self.laid = own.laid[self.number]
        self.base = own.automaton.situations[self.number].shape
        span = slice(int(own.first_row[own.slot_of_cell[cell]]), int(own.first_row[own.slot_of_cell[cell + 1]]))
        # Rows come slot by slot; here in the order in which they are laid.
        self.charged = np.zeros(len(self.laid.packages), dtype=np.int64)
        for bit, k in enumerate(once):
            self.charged[own.rows[span]] |= found.charged[k, span].astype(np.int64) << bit
        rules = own.automaton.rules
        self.actor, self.alone = own.actor, own.automaton.movers == (own.actor,)
        self.own_places = [k for k, i in enumerate(rules.sticky) if rules.setters[i] == (own.actor,)]
        self.known: dict[int, tuple[Shape, list[int], list[BoolArray]]] = {}

    def shape(self, spent: int) -> tuple[Shape, list[int], list[BoolArray]]:
        """Return the situation in which some costs have been charged.

        Returns
        -------
        shape : Shape
            Its outcomes are those of the cell, once for each set of costs charged afterwards.
        after : list of int
            These sets, the first of them without a new charge.
        possible : list of ndarray of bool, shape (outcome,)
            For each, the outcomes that can come with it, whatever others do.
        """
        if spent not in self.known:
            self.known[spent] = self._shape(spent)
        return self.known[spent]

    def _shape(self, spent: int) -> tuple[Shape, list[int], list[BoolArray]]:
        base, laid = self.base, self.laid
        moves = base.moves.get(self.actor)
        after_of = self.charged | spent
        after = [spent, *(v for v in sorted(set(after_of.tolist())) if v != spent)]
        outcomes = base.outcomes * len(after)
        size = len(base.outcomes)
        chances = np.concatenate([base.chances, np.zeros(size * (len(after) - 1))])
        if moves is None:
            made = Shape(base.position, base.base, base.package, outcomes, chances, base.shown, {}, ())
            return made, after, [np.ones(size, dtype=np.bool_)]
        block = np.array([after.index(v) for v in after_of.tolist()], dtype=np.int64)
        # The row that follows the letter comes first, and is in the first group.
        _, first, group = np.unique(laid.group * len(after) + block, return_index=True, return_inverse=True)
        table = np.zeros((len(first), len(after) * size))
        for row, at in enumerate(first.tolist()):
            b = int(block[at])
            table[row, b * size : (b + 1) * size] = moves.chances[laid.group[at]]
        mine = MoveSet(
            laid.issues,
            laid.picks,
            laid.packages,
            np.asarray(group).ravel(),
            table,
            tuple(moves.shown[laid.group[at]] for at in first.tolist()),
            laid.loose,
        )
        statuses = [tuple(o[1][k] for k in self.own_places) if o[1] else () for o in base.outcomes]
        possible = []
        for b in range(len(after)):
            rows = {int(g) for g in laid.group[block == b]}
            come = moves.chances[sorted(rows)].sum(axis=0) > 0 if rows else np.zeros(size, dtype=np.bool_)
            if self.alone:
                possible.append(come)
                continue
            # Others may bring about more; what the actor itself has set stays as its moves leave it.
            left = {statuses[o] for o in np.flatnonzero(come).tolist()}
            possible.append(np.array([s in left for s in statuses], dtype=np.bool_))
        return (
            Shape(base.position, base.base, base.package, outcomes, chances, base.shown, {self.actor: mine}, ()),
            after,
            possible,
        )
