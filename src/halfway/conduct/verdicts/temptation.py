"""Temptation: what an actor gains by its best course over the best course that keeps the plan."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heappop, heappush
from typing import Any, TypeAlias

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.bound import bound_issues, breakers, limits
from halfway.conduct.game.charges import Charges, Cost, central_points, charges, costs_of, judged_with_costs
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.game.discounting import Discounting
from halfway.conduct.game.keeping import OwnMoves, points_of
from halfway.conduct.game.solver import discounted
from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, Bounds, FloatArray, IntArray, Mask, Utilities
from halfway.space.compiled import CompiledCase
from halfway.space.packages.optima import lexicographic_best
from halfway.tolerances import GAIN, ROUNDING, SCALE, one_shot

SELDOM = 1e-3
"""States that keeping comes to with a smaller probability within the horizon do not count."""

MOST_TOGETHER = 20_000
"""The most states in which issues that nothing ties to the rest are judged together with it."""

_ROUNDS = 500


@dataclass(frozen=True)
class Moment:
    """Where a temptation is largest, and what would be done there.

    Attributes
    ----------
    points : float
        Points of the discounted average from that state on.
    phase : str or None
        None where there is no temptation.
    periods_left : int
        Of the phase, this one included; 0 where it lasts for good.
    period : int or None
        The first period (from 1) in which keeping can come to the state.
    acts, instead_of : mapping
        The picks on bound issues, and what keeping picks there, issue to option.
    """

    points: float = 0.0
    phase: str | None = None
    periods_left: int = 0
    period: int | None = None
    acts: Mapping[str, str] = field(default_factory=dict)
    instead_of: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tempted:
    """One actor's temptation, as one of its types.

    Attributes
    ----------
    temptation, material : Moment
        Over all breaches, and over those that do material harm.
    stake : float
        The best less the worst that bound issues can bring the actor, in points.
    free_gain : float
        What the issues that the plan leaves open bring it from the start.
    apart : bool
        Whether issues were judged one by one because together they have too many states: the temptation is then at
        most this.
    """

    temptation: Moment
    material: Moment
    stake: float
    free_gain: float
    apart: bool = False

    @property
    def percent(self) -> float | None:
        """The temptation in percent of the stake; None where nothing is at stake."""
        return 100.0 * self.temptation.points / self.stake if self.stake > GAIN else None


Courses: TypeAlias = tuple[tuple[float, frozenset[str | None]], ...]
"""Sets of types that may come to act for an actor, with probabilities."""


def averaged(courses: Courses, of_types: Mapping[str | None, Any]) -> Any:
    """Average over who comes to act for an actor: of several types that do, the one with the most counts."""
    total: Any = 0.0
    for chance, kinds in courses:
        found = [of_types[k] for k in kinds if k in of_types]
        if found:
            total = total + chance * np.maximum.reduce(found)
    return total


@dataclass
class Kernel:
    """A plan compiled for verdicts: who can break it by which moves. Utilities and patience are swapped in.

    Attributes
    ----------
    whole : Study
        With every number at its centre: which moves keep and which do material harm is judged here, once.
    bound : frozenset of int
        Bound issues.
    material : float
        The least harm, in points of a period, at which a breach is material.
    trifling : float
        The largest gain, in points of the discounted average, that tempts nobody.
    """

    whole: Study
    bound: frozenset[int]
    material: float
    trifling: float
    _moves: dict[tuple[int, tuple[Cost, ...]], tuple[OwnMoves, ...]] = field(default_factory=dict)
    _charges: dict[tuple[int, tuple[Cost, ...]], tuple[OwnMoves, Charges]] = field(default_factory=dict)
    _tempted: dict[tuple[str, str | None], Tempted] = field(default_factory=dict)
    _moments: dict[tuple[str, str | None], tuple[Moment, Moment, float]] = field(default_factory=dict)
    _parts: dict[int, tuple[frozenset[int] | None, ...]] = field(default_factory=dict)
    changed: dict[tuple[Hashable, ...], tuple[OwnMoves, ...]] = field(default_factory=dict)
    _courses: dict[str, Courses] = field(default_factory=dict)

    @cached_property
    def breakers(self) -> tuple[str, ...]:
        """Those who can break the plan and set something that it binds."""
        names = breakers(self.whole.case, self.whole.plan)
        return tuple(n for n in names if self.sets(self.whole.space.actor(n)))

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Others who set something that the plan binds: they can only go along or not."""
        return tuple(n for a, n in enumerate(self.whole.space.actors) if n not in self.breakers and self.sets(a))

    def sets(self, actor: int) -> frozenset[int]:
        """Return the bound issues that an actor sets."""
        return frozenset(self.whole.rules.sets(actor)) & self.bound

    def parts(self, actor: int) -> tuple[frozenset[int] | None, ...]:
        """Return the sets of issues on which an actor's conduct is judged together, as `Study.parts` has them.

        Free issues that can be solved apart are left out: they change no temptation.
        """
        if actor not in self._parts:
            self._parts[actor] = self._in_parts(actor)
        return self._parts[actor]

    def _in_parts(self, actor: int) -> tuple[frozenset[int] | None, ...]:
        own = frozenset(self.whole.rules.sets(actor))
        aside = frozenset(self.whole.rules.side_issues(actor))
        held = own - (aside - self.bound)
        if not aside & self.bound:
            return (held if held != own else None,)
        # Compiling together what is too large takes long, so that its size is bounded first.
        if self.whole.at_least(actor, held - aside, tuple(sorted(aside & self.bound))) > MOST_TOGETHER:
            name = self.whole.space.actors[actor]
            if any(self.costs(name, kind) for kind in self.whole.kinds(name)):
                raise Refusal([self._tied(name)])
            return (held - aside, *(frozenset({i}) for i in sorted(aside & self.bound)))
        return (held if held != own else None,)

    def _tied(self, name: str) -> Problem:
        return Problem(
            "R033",
            "the plan's automaton is too large",
            f"what breaking costs '{name}' depends on all issues that it sets, which take more than "
            f"{MOST_TOGETHER:,} states together",
            "drop a lock or lag of one of them, or the actor's 'breach_costs'",
            self.whole.case.place("actors", name),
        )

    def costs(self, name: str, kind: str | None) -> tuple[Cost, ...]:
        """Return what breaking costs an actor, as one of its types."""
        return costs_of(self.whole, name, kind, self.bound)

    def moves(self, actor: int, kind: str | None = None) -> tuple[OwnMoves, ...]:
        """Return an actor's moves, for each of its `parts`; where costs are charged once, those of one of its types."""
        once = tuple(c for c in self.costs(self.whole.space.actors[actor], kind) if c.once)
        if (actor, once) not in self._moves:
            self._moves[actor, once] = tuple(
                judged_with_costs(
                    self.whole, actor, self.whole.automaton((actor,), free), self.bound, self.material, once
                )
                for free in self.parts(actor)
            )
        return self._moves[actor, once]

    def charges(self, own: OwnMoves, kind: str | None) -> Charges | None:
        """Return which of an actor's moves are charged, as one of its types; None where breaking costs it nothing."""
        costs = self.costs(self.whole.space.actors[own.actor], kind)
        if not costs:
            return None
        key = (id(own), costs)
        if key not in self._charges:
            # The moves are kept, so that their identity is never given to others.
            self._charges[key] = (own, charges(own, costs))
        return self._charges[key][1]

    def at_material(self, material: float) -> Kernel:
        """Return the same plan with another least harm; which moves keep is not judged again."""
        other = replace(self, material=material, _moves={}, _charges={}, _tempted={}, _moments={}, changed={})
        for key, parts in self._moves.items():
            other._moves[key] = tuple(replace(own, harms=own.keeps | (own.harm >= material - GAIN)) for own in parts)
        return other

    def kinds(self, name: str) -> dict[str | None, float]:
        """Return the types of an actor that can be tempted, with priors: all but those that always keep.

        A type that an event puts in the actor's place is one of them even where it cannot be there from the start.
        """
        kinds, heirs = self.whole.kinds(name).items(), self.whole.successors(name)
        return {k: p for k, p in kinds if (p > 0 or k in heirs) and self.whole.fixed_strategy(name, k) != "always_keep"}

    def courses(self, name: str) -> Courses:
        """Return which types of an actor come to act for it, as `Study.courses` does, once."""
        if name not in self._courses:
            self._courses[name] = self.whole.courses(name)
        return self._courses[name]

    def acts(self, own: OwnMoves, kind: str | None) -> BoolArray | None:
        """Tell in which cells a type acts for the actor, shape ``(cell,)``; None where no event puts another there."""
        acting = self.whole.acting(self.whole.space.actors[own.actor], kind)
        if acting is None:
            return None
        rules = own.automaton.rules
        there = [acting.acts(rules, s.shape.position[4]) for s in own.automaton.situations]
        return np.array(there, dtype=np.bool_)[own.situation_of]

    def tempted(self, name: str, kind: str | None) -> Tempted:
        """Return the temptation of one actor, as one of its types, at the centre."""
        if (name, kind) not in self._tempted:
            self._tempted[name, kind] = self._judged(name, kind)
        return self._tempted[name, kind]

    def moments(self, name: str, kind: str | None) -> tuple[Moment, Moment, float]:
        """Return where one actor, as one of its types, is tempted most: by any breach, by one that matters, and `bare_gain`."""
        if (name, kind) not in self._moments:
            self._moments[name, kind] = self._most_tempting(name, kind)
        return self._moments[name, kind]

    def _most_tempting(self, name: str, kind: str | None) -> tuple[Moment, Moment, float]:
        whole, actor = self.whole, self.whole.space.actor(name)
        parts = self.moves(actor, kind)
        found = []
        bare_gain = 0.0
        for n, part in enumerate(parts):
            utilities = self.utilities_of(name, kind, n, len(parts) > 1)
            answer = answered(
                part,
                utilities,
                whole.discounting(part.automaton, name, kind),
                whole.case.horizon,
                cost=self.cost(part, name, kind),
                acts=self.acts(part, kind),
            )
            found.append((self.moment(part, answer, 1), self.moment(part, answer, 2)))
            bare_gain += answer.bare_gain
        return _together([f[0] for f in found]), _together([f[1] for f in found]), bare_gain

    def _judged(self, name: str, kind: str | None) -> Tempted:
        whole, actor = self.whole, self.whole.space.actor(name)
        temptation, material, bare_gain = self.moments(name, kind)
        extra = whole.gap(name, kind) - bare_gain
        return Tempted(
            temptation,
            material,
            stake(whole, name, kind, self.bound),
            extra if extra > GAIN else 0.0,
            len(self.moves(actor, kind)) > 1,
        )

    def cost(self, own: OwnMoves, name: str, kind: str | None) -> FloatArray | None:
        """Return what each row of an actor's moves costs it at the centre, shape ``(row,)``."""
        found = self.charges(own, kind)
        return None if found is None else found.of(central_points(self.whole, found.costs))[0]

    def utilities_of(self, name: str, kind: str | None, part: int, apart: bool) -> Utilities:
        """Return the utilities that count in one of an actor's parts: in the first, side issues judged apart do not."""
        utilities = self.whole.utilities(name, kind)
        if not apart or part:
            return utilities
        aside = frozenset(self.whole.rules.side_issues(self.whole.space.actor(name)))
        tables = tuple(np.zeros_like(t) if i in aside else t for i, t in enumerate(utilities.tables))
        return replace(utilities, tables=tables)  # type: ignore[arg-type]

    def moment(self, own: OwnMoves, answer: Answer, which: int) -> Moment:
        """Say where a temptation is largest and what would be done there."""
        points, state, period = answer.found[which - 1]
        if state < 0:
            return Moment()
        whole = self.whole
        acts: dict[int, tuple[int, int]] = {}
        chain, ahead, seen = own.flat.chain, [(-1.0, state)], set[int]()
        while ahead and not acts:
            # Where nothing is done yet that could not as well wait, look ahead, along the likeliest courses first.
            chance, at = heappop(ahead)
            if at in seen:
                continue
            seen.add(at)
            acts = self._acts(own, answer, at, which)
            row = own.flat.first[at] + answer.policies[which, at]
            entries = slice(chain.indptr[row], chain.indptr[row + 1])
            for following, share in zip(chain.indices[entries].tolist(), chain.data[entries].tolist(), strict=True):
                if share > 0 and following not in seen:
                    heappush(ahead, (chance * share, following))
        names = whole.space
        position = own.automaton.clocks[:, state]
        return Moment(
            float(points),
            whole.rules.phase_names[int(own.automaton.phase_of[state])],
            int(position[1]),
            int(period),
            {names.issues[i]: names.options[i][new] for i, (new, _) in acts.items()},
            {names.issues[i]: names.options[i][old] for i, (_, old) in acts.items()},
        )

    def _acts(self, own: OwnMoves, answer: Answer, state: int, which: int) -> dict[int, tuple[int, int]]:
        cell = int(own.cell_of[state])
        if answer.acts is not None and not answer.acts[cell]:
            return {}
        laid = own.laid[int(own.situation_of[cell])]
        chosen = []
        for k in (which, 0):
            s = int(own.slot_of_cell[cell] + answer.policies[k, state])
            rows = slice(own.first_row[s], own.first_row[s + 1])
            is_open = (own.keeps, np.ones_like(own.keeps), own.harms)[k][rows]
            worth = answer.points[own.package[rows]]
            if answer.cost is not None:
                worth = worth - answer.cost[rows]
            worth = np.where(is_open, worth, -np.inf)
            if k and worth.max() <= np.where(own.keeps[rows], worth, -np.inf).max() + GAIN:
                worth = np.where(own.keeps[rows], worth, -np.inf)
            # Rows come with the fewest departures first.
            row = int(own.rows[rows][int((worth >= worth.max() - GAIN).argmax())])
            chosen.append((row, bool(own.keeps[rows][own.rows[rows] == row][0])))
        (new, keeps), (old, _) = chosen
        if keeps:
            return {}
        return {
            i: (int(laid.picks[new, c]), int(laid.picks[old, c]))
            for c, i in enumerate(laid.issues)
            if i in self.bound and laid.picks[new, c] != laid.picks[old, c]
        }


def kernel(
    whole: Study,
    material: float | None = None,
    trifling: float | None = None,
    bound: frozenset[int] | None = None,
) -> Kernel:
    """Compile a plan for verdicts.

    Parameters
    ----------
    whole : Study
    material, trifling : float, optional
        The least harm at which a breach is material, and the largest gain that tempts nobody. Default: as the case
        says.
    bound : frozenset of int, optional
        Bound issues. Default: those that the plan binds.
    """
    ask(whole.case, "temptation", whole.plan)
    least, most = limits(whole.case)
    return Kernel(
        whole,
        bound_issues(whole.space, whole.plan) if bound is None else bound,
        least if material is None else material,
        most if trifling is None else trifling,
    )


def compiled_kernel(
    compiled: CompiledCase, plan: str | None, material: float | None = None, trifling: float | None = None
) -> Kernel:
    """Return a plan of a compiled case compiled for verdicts, once for all analyses."""
    whole = study(compiled, plan)
    return compiled.once(("kernel", whole.name, material, trifling), lambda: kernel(whole, material, trifling))


def _together(moments: list[Moment]) -> Moment:
    """Add up what is gained on issues that were judged apart; the largest says where."""
    top = max(moments, key=lambda m: m.points)
    return replace(top, points=float(sum(m.points for m in moments)))


@dataclass(frozen=True)
class Answer:
    """One actor's problem solved.

    Attributes
    ----------
    points : ndarray of float, shape (package,)
        Its own, for each of `OwnMoves.packages`.
    policies : ndarray of int, shape (3, state)
        The best keeping policy, the best policy, and the best that keeps or does material harm.
    values : ndarray of float, shape (3, state)
    found : tuple of (float, int, int)
        Temptation and material temptation, each with its state and first period.
    bare_gain : float
        Gain over the letter from the start by bound issues alone.
    cost : ndarray of float, shape (row,), or None
        What breaking costs.
    acts : ndarray of bool, shape (cell,), or None
        Where the type acts for the actor.
    """

    points: FloatArray
    policies: IntArray
    values: FloatArray
    found: tuple[tuple[float, int, int], tuple[float, int, int]]
    bare_gain: float
    cost: FloatArray | None = None
    acts: BoolArray | None = None


@dataclass(frozen=True)
class Rewards:
    """The best reward of a period in each slot, shape ``(draw, slot)``: keeping, of all moves, keeping or grave, bare."""

    keeping: FloatArray
    freely: FloatArray
    gravely: FloatArray
    bare: FloatArray


def rewards(
    own: OwnMoves,
    points: FloatArray,
    bonus: FloatArray,
    transfers: FloatArray,
    cost: FloatArray | None = None,
    acts: BoolArray | None = None,
) -> Rewards:
    """Return the best rewards of a period.

    Parameters
    ----------
    own : OwnMoves
    points : ndarray of float, shape (draw, package)
        The actor's utility of each of `OwnMoves.packages`.
    bonus : ndarray of float, shape (draw, cell)
        What free issues chosen apart add.
    transfers : ndarray of float, shape (draw or 1, phase)
        What the actor receives less what it pays.
    cost : ndarray of float, shape (draw or 1, row), optional
        What breaking costs.
    acts : ndarray of bool, shape (cell,), optional
        Where the actor is what it is taken to be; elsewhere it follows the letter.
    """
    rows = points[:, own.package]
    if cost is not None:
        rows = rows - cost
    begin = own.first_row[:-1]
    if acts is not None:
        bonus = np.where(acts, bonus, 0.0)
        shut = np.repeat(~acts, np.diff(own.first_row[own.slot_of_cell]))
        # The first row of a cell follows the letter.
        shut[own.first_row[own.slot_of_cell[:-1]]] = False
        rows = np.where(shut, -np.inf, rows)

    def best(is_open: Any) -> FloatArray:
        return np.asarray(np.maximum.reduceat(np.where(is_open, rows, -np.inf), begin, axis=1))

    keeping, freely = best(own.keeps), np.maximum.reduceat(rows, begin, axis=1)
    gravely = best(own.harms) if not own.harms.all() else freely
    cells = np.repeat(np.arange(len(own.situation_of)), np.diff(own.slot_of_cell))
    paid = transfers[:, own.phase]
    extra = paid + bonus[:, cells]
    # What pays no more than rounding is no breach.
    freely = np.where(freely <= keeping + GAIN, keeping, freely)
    gravely = np.where(gravely <= keeping + GAIN, keeping, gravely)
    return Rewards(keeping + extra, freely + extra, gravely + extra, best(own.bare) + paid)


def scaled(own: OwnMoves, valued: Discounting, given: Rewards) -> Rewards:
    """Scale rewards to how the actor values the period."""
    if valued.steady is None:
        return given
    _, some = np.unique(own.cell_of, return_index=True)
    state = np.repeat(some, np.diff(own.slot_of_cell))
    return Rewards(*(valued.points(x, state) for x in (given.keeping, given.freely, given.gravely, given.bare)))


def bonus_of(own: OwnMoves, utilities: Utilities) -> FloatArray:
    """Return what free issues that can be chosen apart add at best over the prescription, shape ``(cell,)``."""
    known: dict[int, float] = {}
    out = np.zeros(len(own.situation_of))
    for c, n in enumerate(own.situation_of.tolist()):
        if n not in known:
            known[n] = 0.0
            for issue, options in own.laid[n].loose:
                worth = utilities.tables[issue][own.actor, options] * utilities.unit[own.actor]
                known[n] += float(worth.max() - worth[0])
        out[c] = known[n]
    return out


def answered(
    own: OwnMoves,
    utilities: Utilities,
    valued: Discounting,
    horizon: int,
    paid: FloatArray | None = None,
    cost: FloatArray | None = None,
    acts: BoolArray | None = None,
) -> Answer:
    """Solve one actor's problem at one point of the numbers.

    Parameters
    ----------
    own : OwnMoves
    utilities : Utilities
    valued : Discounting
        How the actor values later periods.
    horizon : int
        Periods within which states must be come to.
    paid : ndarray of float, shape (phase,), optional
        What the actor receives less what it pays in a period. Default: as compiled.
    cost : ndarray of float, shape (row,), optional
        What breaking costs.
    acts : ndarray of bool, shape (cell,), optional
        Where the actor is what it is taken to be.
    """
    from halfway.conduct.verdicts.own_kernel import solve

    points = points_of(utilities, own.actor, own.packages)
    if paid is None:
        paid = np.array([p.transfers[own.actor] for p in own.automaton.rules.phases])
    taken = None if cost is None else cost[None, :]
    given = rewards(own, points[None, :], bonus_of(own, utilities)[None, :], paid[None, :], taken, acts)
    flat, discount = own.flat, valued.discount
    begin, target = flat.chain.indptr.astype(np.int64), flat.chain.indices.astype(np.int64)
    weights = valued.weights(flat.chain, flat.state)
    scale = float(np.abs(points).max(initial=SCALE))
    least, rounding = one_shot(discount, scale), ROUNDING * scale
    weighed = valued.chain(flat.chain, flat.state)
    policies, values = np.zeros((3, own.states), np.int64), np.zeros((3, own.states))
    found, where = np.zeros(2), np.zeros((2, 2), np.int64)
    given = scaled(own, valued, given)
    three = (given.keeping[0], given.freely[0], given.gravely[0])
    settled = solve(
        flat.first, begin, target, weights, flat.chain.data, own.slot, own.rank, *three, discount, horizon, SELDOM, least,
        rounding, GAIN, policies, values, found, where,
    )  # fmt: skip
    if not settled:
        policies, values, gaps = solved_directly(own, weighed, three, discount, least, horizon)
        for k, gap in enumerate(gaps):
            found[k], where[k, 0], where[k, 1] = gap
    _, bare = _directly(own, weighed, given.bare[0][own.slot], discount, np.zeros(own.states, np.int64), least)
    letter = valued.values(flat.chain[flat.first[:-1]], _letter_points(own, points, paid))
    return Answer(
        points,
        policies,
        values,
        ((float(found[0]), int(where[0, 0]), int(where[0, 1])), (float(found[1]), int(where[1, 0]), int(where[1, 1]))),
        float(bare[0] - letter[0]),
        cost,
        acts,
    )


def gains_by_breaking(
    own: OwnMoves,
    utilities: Utilities,
    valued: Discounting,
    cost: FloatArray | None = None,
    acts: BoolArray | None = None,
) -> bool:
    """Tell whether some breach of one period gains over the best keeping pick in any state, the best keeping course following."""
    points = points_of(utilities, own.actor, own.packages)
    paid = np.array([[p.transfers[own.actor] for p in own.automaton.rules.phases]])
    taken = None if cost is None else cost[None, :]
    given = rewards(own, points[None, :], bonus_of(own, utilities)[None, :], paid, taken, acts)
    given, discount = scaled(own, valued, given), valued.discount
    scale = float(np.abs(points).max(initial=SCALE))
    least = one_shot(discount, scale)
    start = np.zeros(own.states, np.int64)
    weighed = valued.chain(own.flat.chain, own.flat.state)
    _, values = _directly(own, weighed, given.keeping[0][own.slot], discount, start, least)
    worth = (1 - discount) * given.freely[0][own.slot] + discount * (weighed @ values) - values[own.flat.state]
    return bool((worth > least).any())


def _letter_points(own: OwnMoves, points: FloatArray, paid: FloatArray) -> FloatArray:
    """Return the actor's points of a period in each state when all follow the letter, shape ``(state,)``."""
    firsts = own.first_row[own.slot_of_cell[:-1]]
    # The first row of a cell's first slot follows the letter.
    by_cell = points[own.package[firsts]] + paid[own.phase[own.slot_of_cell[:-1]]]
    return np.asarray(by_cell[own.cell_of])


def solved_directly(
    own: OwnMoves, weighed: Any, three: tuple[FloatArray, ...], discount: float, least: float, horizon: int
) -> tuple[IntArray, FloatArray, list[tuple[float, int, int]]]:
    """Do what the kernel does with each policy solved outright: policies, values, and the two gaps with their states.

    Parameters
    ----------
    own : OwnMoves
        With the probabilities of what follows each move.
    weighed : sparse array, shape (move, state)
        What later states weigh: the same unless patience changes.
    three : tuple of ndarray of float, shape (slot,)
        Rewards, as the kernel takes them.
    discount, least : float
    horizon : int
    """
    from halfway.conduct.verdicts.own_kernel import largest

    flat = own.flat
    begin, target, chance = flat.chain.indptr.astype(np.int64), flat.chain.indices.astype(np.int64), flat.chain.data
    policies, values, gaps = np.zeros((3, own.states), np.int64), np.zeros((3, own.states)), []
    for k in range(3):
        policies[k], values[k] = _directly(own, weighed, three[k][own.slot], discount, policies[0], least, plain=k == 0)
        if k:
            gaps.append(
                largest(values[k] - values[0], flat.first, begin, target, chance, policies[0], horizon, SELDOM, GAIN)
            )
    return policies, values, gaps


def _directly(
    own: OwnMoves,
    weighed: Any,
    reward: FloatArray,
    discount: float,
    policy: IntArray,
    least: float,
    plain: bool = False,
) -> tuple[IntArray, FloatArray]:
    """Improve a policy until it is best, solving each outright."""
    from halfway.conduct.verdicts.own_kernel import improve, plainest

    flat = own.flat
    begin, target, chance = weighed.indptr.astype(np.int64), weighed.indices.astype(np.int64), weighed.data
    policy = policy.copy()
    for _ in range(_ROUNDS):
        rows = flat.first[:-1] + policy
        values = np.ascontiguousarray(discounted(weighed[rows], reward[rows], discount))
        if not improve(flat.first, begin, target, chance, reward, discount, policy, values, least):
            break
    else:
        raise ArithmeticError("policy iteration did not settle")
    if plain:
        plainest(flat.first, begin, target, chance, reward, own.rank, discount, policy, values, least)
    return policy, values


def stake(whole: Study, name: str, kind: str | None, bound: frozenset[int]) -> float:
    """Return an actor's best less its worst utility over packages that differ from today in bound issues only.

    Exact, over the packages that the constraints allow; 0 where they allow none.
    """
    space = whole.space if kind is None else whole.compiled.space({name: kind})
    actor = space.actor(name)
    today = whole.rules.status_quo
    fixed = tuple(Mask((i,), np.arange(n) == today[i]) for i, n in enumerate(space.sizes) if i not in bound)
    bounds = Bounds((*space.bounds.allowed, *fixed), space.bounds.red_lines)
    best = lexicographic_best(space.utilities, bounds, (actor,))
    turned = replace(
        space.utilities,
        tables=tuple(-t for t in space.utilities.tables),  # type: ignore[arg-type]
        linkages=tuple(replace(x, points=-x.points) for x in space.utilities.linkages),
    )
    worst = lexicographic_best(turned, bounds, (actor,))
    if best is None or worst is None:
        return 0.0
    return float((best.values[0] + worst.values[0]) * space.utilities.unit[actor])
