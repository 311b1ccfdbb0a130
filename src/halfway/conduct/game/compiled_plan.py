"""One plan under study: its rules, the automaton of each actor's conduct, and the same for each type of actor."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from halfway.case.actors import Patience
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.plans import Plan
from halfway.case.support import ask
from halfway.conduct.game.bare_game import Game
from halfway.conduct.game.bound import bound_issues, protected
from halfway.conduct.game.discounting import Discounting, discounting
from halfway.conduct.game.payoffs import Acting, Priced, price
from halfway.conduct.game.solver import TOLERANCE, Response, best_response
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, Utilities
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.plan.automaton import Automaton
from halfway.space.plan.automaton_build import build
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.long_run import long_run_shares
from halfway.space.plan.prescribed import Number, centre
from halfway.space.plan.rules import Rules
from halfway.space.utilities.space import Space

if TYPE_CHECKING:
    from halfway.conduct.game.charges import Cost
    from halfway.conduct.game.keeping import OwnMoves

MOST_OWN = 60_000
"""The most states compiled for the conduct of one actor, or of all together."""

_PLAIN = 4_000
"""Beyond so many states, issues that can be solved apart are."""


@dataclass(frozen=True, eq=False)
class Study:
    """A plan compiled: frozen, with answers kept once they are computed.

    Attributes
    ----------
    case : Case
    name : str
        The plan.
    plan : Plan
    space : Space
    rules : Rules
    compiled : CompiledCase
        Holds what the packages are worth to each type; in a repair, of the case before it was changed.
    number : callable
        Reads estimates: centres, or one draw.
    pricer : callable or None
        For draws: the utilities, one actor taken as one of its types.
    priors : mapping from actor to mapping from type to float
        Priors over types that stand in for the stated ones.
    """

    case: Case
    name: str
    plan: Plan
    space: Space
    rules: Rules
    compiled: CompiledCase
    number: Number = centre
    pricer: Callable[[str | None, str | None], Utilities] | None = None
    _automata: dict[tuple[tuple[int, ...], frozenset[int] | None], Automaton] = field(default_factory=dict)
    _typed: dict[tuple[str, str], Utilities] = field(default_factory=dict)
    _priced: dict[tuple[tuple[int, ...], str | None, str | None, frozenset[int] | None], Priced] = field(
        default_factory=dict
    )
    _responses: dict[tuple[str, str | None], tuple[Response, ...]] = field(default_factory=dict)
    _values: dict[tuple[str, str, str | None, int], tuple[Priced, FloatArray]] = field(default_factory=dict)
    _parts: dict[int, tuple[frozenset[int] | None, ...]] = field(default_factory=dict)
    _rules: dict[object, Rules] = field(default_factory=dict)
    _changed: dict[object, Automaton] = field(default_factory=dict)
    _main: dict[tuple[str, str | None], Utilities] = field(default_factory=dict)
    _own: dict[tuple[int, int, tuple[Cost, ...]], tuple[Automaton, OwnMoves]] = field(default_factory=dict)
    _discounting: dict[tuple[int, str, float], tuple[Automaton, Discounting]] = field(default_factory=dict)
    _costs: dict[tuple[str, str | None], tuple[Cost, ...]] = field(default_factory=dict)
    priors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @cached_property
    def outside(self) -> tuple[int, ...]:
        """Actors that are no party to the plan and yet set something."""
        seats = self.case.seats(self.plan)
        return tuple(a for a, n in enumerate(self.space.actors) if seats[n].seat != "party" and self.rules.sets(a))

    def patience(self, actor: str, kind: str | None = None) -> float:
        """Return the discount factor of an actor, or of one of its types, for one period."""
        declared = self.case.actors[actor]
        own = declared.types[kind].patience if kind is not None else None
        path: Path = ("actors", actor, "patience", "value")
        if own is not None:
            path = ("actors", actor, "types", str(kind), "patience", "value")
        patience = own or declared.discounting
        return self._discounts(actor, patience, path, ("actors", actor, "patience"))

    def _discounts(self, actor: str, patience: Patience, path: Path, place: Path) -> float:
        factor = patience.factor(self.case.period, self.number(patience.value, path))
        if factor >= 1:
            raise Refusal(
                [
                    Problem(
                        "R034",
                        f"'{actor}' does not discount the future at all",
                        "values are discounted averages, which a discount factor of 1 does not have",
                        "give a patience below 1, such as '0.99 per year'",
                        self.case.place(*place),
                    )
                ]
            )
        return factor

    def changes_of_patience(self, actor: str) -> tuple[tuple[int, Patience, Path], ...]:
        """Return the events that change an actor's patience: the machine, the patience, and where that stands."""
        first = len(self.rules.reactions)
        return tuple(
            (first + k, event.changes.patience[actor], ("events", name, "changes", "patience", actor))
            for k, (name, event) in enumerate(self.case.events.items())
            if actor in event.changes.patience
        )

    def discounting(self, automaton: Automaton, actor: str, kind: str | None = None) -> Discounting:
        """Return how an actor, as one of its types, values later periods in the states of an automaton."""
        base, changes = self.patience(actor, kind), self.changes_of_patience(actor)
        if not changes:
            return Discounting(base)
        key = (id(automaton), actor, base)
        if key not in self._discounting:
            factors = [(m, self._discounts(actor, p, (*at, "value"), at)) for m, p, at in changes]
            # The automaton is kept, so that its identity is never given to another.
            self._discounting[key] = (automaton, discounting(automaton, base, factors))
        return self._discounting[key][1]

    def valued(self, priced: Priced, actor: str, kind: str | None = None) -> tuple[Game, float]:
        """Return a game as one actor values it, for questions about that actor, and its discount factor there."""
        found = self.discounting(priced.automaton, actor, kind)
        return found.game(priced.game, self.space.actor(actor)), found.discount

    def kept_value(self, priced: Priced, actor: str, kind: str | None = None) -> FloatArray:
        """Return what it is worth to an actor, from each state, that everyone keeps; shape ``(state,)``."""
        chain, points = priced.game.kept
        return self.discounting(priced.automaton, actor, kind).values(chain, points[self.space.actor(actor)])

    @cached_property
    def patiences(self) -> FloatArray:
        """Discount factors a period, shape ``(actor,)``."""
        return np.array([self.patience(a) for a in self.space.actors])

    def kinds(self, actor: str) -> dict[str | None, float]:
        """Return the types of an actor with their priors; the actor itself, under None, where it has none."""
        types = self.case.actors[actor].types
        priors = self.priors.get(actor, {})
        return {k: priors.get(k, float(t.prior)) for k, t in types.items()} or {None: 1.0}

    def utilities(self, actor: str | None = None, kind: str | None = None) -> Utilities:
        """Return utilities in points, one actor taken as one of its types; what one issue adds stands in its table."""
        if self.pricer is not None:
            return self.pricer(actor if kind is not None else None, kind).folded()
        if actor is None or kind is None:
            return self._points
        if (actor, kind) not in self._typed:
            self._typed[(actor, kind)] = self.compiled.space({actor: kind}).points.folded()
        return self._typed[(actor, kind)]

    @cached_property
    def _points(self) -> Utilities:
        return self.space.points.folded()

    def acting(self, actor: str | None, kind: str | None) -> Acting | None:
        """Return one type of an actor as a mover of its own; None where no event puts another type in its place."""
        if actor is None or kind is None:
            return None
        number = self.space.actor(actor)
        if not self.successors(actor):
            return None
        return Acting(number, kind, self.kinds(actor).get(kind, 0.0) > 0)

    def successors(self, actor: str) -> frozenset[str]:
        """Return the types that events put in an actor's place."""
        number = self.space.actor(actor)
        return frozenset(kind for one in self.rules.events_alter for a, kind in one.kinds if a == number)

    def automaton(self, movers: Iterable[int], free: frozenset[int] | None = None) -> Automaton:
        """Return the automaton that some actors' conduct can reach."""
        key = (tuple(sorted(movers)), free)
        if key not in self._automata:
            rules = self.rules_of(key[0][0], self.rules) if len(key[0]) == 1 else self.rules
            self._automata[key] = build(rules, key[0], most_states=MOST_OWN, free=free)
        return self._automata[key]

    def rules_of(self, actor: int, rules: Rules) -> Rules:
        """Return rules without the events that cannot matter to one actor's conduct while all others keep.

        An event matters where a rule or reaction asks for it, where it changes what is seen or what joint issues fall
        back to, where it changes the actor's type, or the patience of the actor or of someone whom its breach must spare.
        """
        name = self.space.actors[actor]
        closest = {name, *protected(self.case, self.plan, name)}
        read = {machine for phase in rules.phases for _, machine, _ in phase.told}
        read |= {row.machine for issue in rules.rows for rows in issue for row in rows}
        idle = set()
        for one, event in zip(rules.events_alter, self.case.events.values(), strict=True):
            changes = event.changes
            matters = one.machine in read or bool(changes.status_quo) or name in changes.type
            if not matters and not closest & set(changes.patience):
                idle.add(one.machine)
        # The first status of an event is that it is over for good.
        machines = tuple(replace(m, start=0) if k in idle else m for k, m in enumerate(rules.machines))
        return replace(rules, machines=machines) if idle else rules

    def priced(
        self,
        movers: Iterable[int],
        actor: str | None = None,
        kind: str | None = None,
        free: frozenset[int] | None = None,
    ) -> Priced:
        """Return an automaton with points, one actor taken as one of its types."""
        who = tuple(sorted(movers))
        charged = actor is not None and self.space.actor(actor) in who and bool(self.costs(actor, kind))
        key = (who, actor if kind is not None or charged else None, kind, free)
        if key not in self._priced:
            self._priced[key] = self.laid_out(self.automaton(who, free), actor, kind, self.utilities(actor, kind))
        return self._priced[key]

    def laid_out(self, automaton: Automaton, actor: str | None, kind: str | None, utilities: Utilities) -> Priced:
        """Lay points on an automaton, one actor taken as one of its types, what breaking costs it included."""
        acting = self.acting(actor, kind)
        costs = () if actor is None else self.costs(actor, kind)
        if actor is None or not costs or self.space.actor(actor) not in automaton.movers:
            return price(automaton, utilities, acting)
        from halfway.conduct.game.charges import price_with_costs

        return price_with_costs(self, automaton, actor, kind, utilities, acting, costs)

    def costs(self, actor: str, kind: str | None = None) -> tuple[Cost, ...]:
        """Return what breaking the plan costs an actor, as one of its types."""
        if (actor, kind) not in self._costs:
            from halfway.conduct.game.charges import costs_of

            self._costs[(actor, kind)] = costs_of(self, actor, kind)
        return self._costs[(actor, kind)]

    @cached_property
    def judging(self) -> Study:
        """The plan with every number at its centre, where it is judged which moves keep."""
        return self if self.number is centre else study(self.compiled, self.name).with_priors(self.priors)

    def own(self, actor: int, automaton: Automaton, costs: tuple[Cost, ...], make: Callable[[], OwnMoves]) -> OwnMoves:
        """Return an actor's moves judged in an automaton, once for all types with such costs."""
        key = (actor, id(automaton), costs)
        if key not in self._own:
            # The automaton is kept, so that its identity is never given to another.
            self._own[key] = (automaton, make())
        return self._own[key][1]

    def parts(self, actor: int) -> tuple[frozenset[int] | None, ...]:
        """Return the sets of issues on which an actor's conduct is studied together; None for all at once.

        Where all at once is too large, each of its side issues (`Rules.side_issues`) is studied apart: gains add up.

        Raises
        ------
        Refusal
            Where that does not help.
        """
        if actor not in self._parts:
            aside = self.side_issues(actor)
            main = frozenset(self.rules.sets(actor)) - set(aside)
            apart = (main, *(frozenset({i}) for i in aside))
            try:
                if aside and self.at_least(actor, main, aside) > _PLAIN:
                    self._parts[actor] = apart
                else:
                    key = ((actor,), None)
                    if key not in self._automata:
                        rules = self.rules_of(actor, self.rules)
                        self._automata[key] = build(rules, key[0], most_states=_PLAIN if aside else MOST_OWN)
                    self._parts[actor] = (None,)
            except Refusal:
                if not aside:
                    raise
                self._parts[actor] = apart
        return self._parts[actor]

    def side_issues(self, actor: int) -> tuple[int, ...]:
        """Return the issues that can be solved apart: those of the rules but what breaking costs something on.

        Whether a cost is charged depends on all that an actor breaks together.
        """
        aside, name = self.rules.side_issues(actor), self.space.actors[actor]
        if not any(self.costs(name, kind) for kind in (None, *self.case.actors[name].types)):
            return aside
        return tuple(i for i in aside if i not in bound_issues(self.space, self.plan))

    def at_least(self, actor: int, main: frozenset[int], aside: tuple[int, ...]) -> int:
        """Return how many states an actor's conduct reaches at least, from those that it reaches without side issues.

        Side issues go their own way: a state first reached in period n combines with every status that each of them can
        have in period n.
        """
        return at_least(self.automaton((actor,), main), aside)

    def part_utilities(self, actor: str, kind: str | None, free: frozenset[int] | None) -> Utilities:
        """Return the utilities that count in one of an actor's `parts`.

        In the first of several, side issues are worth nothing: a best response treats them apart, whatever the phase.
        """
        utilities = self.utilities(actor, kind)
        number = self.space.actor(actor)
        parts = self.parts(number)
        if len(parts) == 1 or free != parts[0]:
            return utilities
        if (actor, kind) not in self._main:
            aside = frozenset().union(*(p for p in parts[1:] if p))
            tables = tuple(np.zeros_like(t) if i in aside else t for i, t in enumerate(utilities.tables))
            self._main[(actor, kind)] = Utilities(tables, utilities.linkages, utilities.unit, utilities.exact)  # type: ignore[arg-type]
        return self._main[(actor, kind)]

    def games(self, actor: str, kind: str | None = None) -> list[Priced]:
        """Return the automata of one actor's conduct, all others keeping: one for each of `parts`.

        Gains over keeping add up over them; values do not.
        """
        number = self.space.actor(actor)
        out = []
        for free in self.parts(number):
            if len(self.parts(number)) == 1 or free != self.parts(number)[0]:
                out.append(self.priced((number,), actor, kind, free))
                continue
            key = ((-1, number), actor, kind, free)
            if key not in self._priced:
                utilities = self.part_utilities(actor, kind, free)
                self._priced[key] = self.laid_out(self.automaton((number,), free), actor, kind, utilities)
            out.append(self._priced[key])
        return out

    def reached(self, actor: str, kind: str | None = None) -> list[Priced]:
        """Return automata of states that an actor's conduct can reach, each with everything that counts."""
        number = self.space.actor(actor)
        return [self.priced((number,), actor, kind, free) for free in self.parts(number)]

    def rules_with(self, *, detection: float | None = None, lasts: Mapping[int, int] | None = None) -> Rules:
        """Return the rules with another share of the stated detection or other lengths of phases, in periods."""
        key = (detection, tuple(sorted((lasts or {}).items())))
        if key not in self._rules:
            rules = self.rules if detection is None else self.rules.with_detection(detection)
            self._rules[key] = rules.with_lengths(lasts) if lasts else rules
        return self._rules[key]

    def changed(
        self,
        actor: str,
        kind: str | None,
        free: frozenset[int] | None,
        *,
        detection: float | None = None,
        lasts: Mapping[int, int] | None = None,
    ) -> Priced:
        """Return the automaton of one of the `parts` of an actor's conduct when something about the plan is changed."""
        number = self.space.actor(actor)
        key = (detection, tuple(sorted((lasts or {}).items())), number, free)
        if key not in self._changed:
            rules = self.rules_of(number, self.rules_with(detection=detection, lasts=lasts))
            self._changed[key] = build(rules, (number,), free=free)
        return self.laid_out(self._changed[key], actor, kind, self.part_utilities(actor, kind, free))

    def keep(self, actor: str, kind: str | None = None) -> float:
        """Return what it is worth to an actor from the start that everyone keeps."""
        return float(self.kept_value(self.priced((), actor, kind), actor, kind)[0])

    def courses(self, actor: str) -> tuple[tuple[float, frozenset[str | None]], ...]:
        """Return which types of an actor come to act for it within the horizon while everyone keeps, with probabilities.

        Where no event puts another type in its place, that is one type at a time, by its prior.
        """
        first = [(p, k) for k, p in self.kinds(actor).items() if p > 0]
        if not self.successors(actor):
            return tuple((p, frozenset((k,))) for p, k in first)
        number, automaton = self.space.actor(actor), self.kept.automaton
        there = [self.rules.acting(position[4]).get(number) for position in automaton.positions]
        acts = [there[at] for at in automaton.clocks[0].tolist()]
        chain, _ = self.kept.game.kept
        back = chain.T.tocsr()
        start = np.zeros(self.kept.game.states)
        start[0] = 1.0
        # Who has acted so far, but whoever the actor is at first: with None for it.
        now: dict[frozenset[str | None], FloatArray] = {frozenset(): start}
        for period in range(self.case.horizon):
            seen: dict[frozenset[str | None], FloatArray] = {}
            for so_far, weight in now.items():
                for who in dict.fromkeys(acts):
                    part = np.where([a == who for a in acts], weight, 0.0)
                    if part.any():
                        both = so_far | {who}
                        seen[both] = seen.get(both, 0.0) + part
            now = seen if period + 1 == self.case.horizon else {k: back @ w for k, w in seen.items()}
        return tuple(
            (p * float(weight.sum()), frozenset(first_kind if k is None else k for k in who))
            for p, first_kind in first
            for who, weight in now.items()
        )

    @cached_property
    def kept(self) -> Priced:
        """The automaton of a kept plan: only false alarms move it off its course."""
        return self.priced(())

    @cached_property
    def long_run(self) -> FloatArray:
        """Long-run share of time in each state of `kept`, shape ``(state,)``."""
        chain = self.kept.game.kept[0].tocoo()
        return long_run_shares(self.kept.game.states, chain.row, chain.col, chain.data)

    def values_once(
        self, question: str, actor: str, kind: str | None, priced: Priced, make: Callable[[], FloatArray]
    ) -> FloatArray:
        """Return values in the states of an automaton, computed once for each question, actor and type."""
        key = (question, actor, kind, id(priced))
        if key not in self._values:
            # The automaton is kept beside its values, so that its identity is never given to another.
            self._values[key] = (priced, make())
        return self._values[key][1]

    def told_of(self, automaton: Automaton, actor: str) -> bool:
        """Tell whether an automaton has the events that change an actor's patience; see `rules_of`."""
        there, all_of = automaton.rules.machines, self.rules.machines
        return all(there[m].start == all_of[m].start for m, _, _ in self.changes_of_patience(actor))

    def kept_values(self, actor: str, kind: str | None, priced: Priced) -> FloatArray:
        """Return what keeping is worth to everyone in each state of an automaton, shape ``(actor, state)``.

        Not a number for actors of whose patience the automaton is not told.
        """

        def make() -> FloatArray:
            nothing = np.full(priced.game.states, np.nan)
            return np.array(
                [
                    self.kept_value(priced, a, kind if a == actor else None)
                    if self.told_of(priced.automaton, a)
                    else nothing
                    for a in self.space.actors
                ]
            )

        return self.values_once("kept", actor, kind, priced, make)

    def after(self, actor: str, kind: str | None, priced: Priced) -> FloatArray:
        """Return what an actor's best course is worth from each state of an automaton, shape ``(state,)``."""

        def make() -> FloatArray:
            game, discount = self.valued(priced, actor, kind)
            return best_response(game, self.space.actor(actor), discount).values

        return self.values_once("best", actor, kind, priced, make)

    def fixed_strategy(self, actor: str, kind: str | None) -> str | None:
        """Return the strategy that a type of actor always plays; None where it does what pays."""
        return None if kind is None else self.case.actors[actor].types[kind].strategy

    def responses(self, actor: str, kind: str | None = None) -> tuple[Response, ...]:
        """Return an actor's best response to the others' keeping, in each of its `games`."""
        if (actor, kind) not in self._responses:
            number = self.space.actor(actor)
            valued = [self.valued(priced, actor, kind) for priced in self.games(actor, kind)]
            self._responses[(actor, kind)] = tuple(best_response(game, number, discount) for game, discount in valued)
        return self._responses[(actor, kind)]

    def gap(self, actor: str, kind: str | None = None) -> float:
        """Return the exploitability of the plan by an actor: best response less keeping, 0 where that is rounding."""
        gap = sum(float(r.values[0] - r.kept[0]) for r in self.responses(actor, kind))
        return gap if gap > TOLERANCE else 0.0

    def with_priors(self, priors: Mapping[str, Mapping[str, float]]) -> Study:
        """Return the same plan with other priors over types; what is computed for each type is shared."""
        if any(self.costs(a, k) for a in self.space.actors for k in (None, *self.case.actors[a].types)):
            # Which moves keep, and so what is charged, depends on what others are taken to want.
            return replace(self, priors=priors, _priced={}, _responses={}, _own={}, _values={})
        return replace(self, priors=priors)

    @cached_property
    def _full(self) -> Priced | Problem:
        try:
            return self.priced(self.everyone)
        except Refusal as refusal:
            return refusal.problems[0]

    @property
    def full(self) -> Priced | None:
        """The automaton that arbitrary conduct of everyone can reach; None where it is too large."""
        return self._full if isinstance(self._full, Priced) else None

    @property
    def too_large(self) -> Problem | None:
        """Why `full` is None."""
        return self._full if isinstance(self._full, Problem) else None

    @property
    def everyone(self) -> tuple[int, ...]:
        """All actors that set something."""
        return tuple(a for a in range(self.rules.actors) if self.rules.sets(a))

    def losses(self, actor: str, kind: str | None = None) -> dict[str, float]:
        """Return what an actor's best response changes for every actor, in points of their discounted averages.

        Those are left out whose patience is changed by an event that does not matter to this actor's conduct.
        """
        number = self.space.actor(actor)
        change = np.zeros(self.rules.actors)
        for priced, found in zip(self.games(actor, kind), self.responses(actor, kind), strict=True):
            chain, points = priced.game.played(number, found.policy)
            kept = self.kept_values(actor, kind, priced)
            for a, name in enumerate(self.space.actors):
                if not self.told_of(priced.automaton, name):
                    change[a] = np.nan
                    continue
                own = self.discounting(priced.automaton, name, kind if a == number else None)
                change[a] += own.values(chain, points[a])[0] - kept[a, 0]
        return {name: float(change[a]) for a, name in enumerate(self.space.actors) if not np.isnan(change[a])}


def at_least(automaton: Automaton, aside: Collection[int]) -> int:
    """Return how many states conduct reaches at least, from those that it reaches without departing on some issues.

    The issues are ones that no rule reads and nothing bars, each with one setter, so that they go their own way: a state
    first reached in period n combines with every status that each of them can have in period n.
    """
    rules = automaton.rules
    before = np.zeros(len(automaton.situation_of), dtype=np.int64)
    before[:] = len(before)
    for s in automaton.situations:
        np.minimum.at(before, s.follow.ravel(), np.repeat(s.states, s.follow.shape[1]))
    depth = [0]
    # States are numbered as conduct comes to them.
    for parent in before[1:].tolist():
        depth.append(depth[parent] + 1)
    ways = np.ones(max(depth) + 1)
    for i in aside:
        steps = rules.steps[i]
        now = {int(steps.first[rules.status_quo[i]])}
        for t in range(len(ways)):
            ways[t] *= len(now)
            now = set(steps.after[sorted(now)].ravel().tolist())
    # A kept plan may itself move those issues: states that differ in nothing else are one.
    others = [k for k, i in enumerate(rules.sticky) if i not in set(aside)]
    latest: dict[tuple[object, ...], int] = {}
    for state, periods in zip(automaton.states, depth, strict=True):
        key = (state.phase, state.left, tuple(state.statuses[k] for k in others), *state[3:])
        latest[key] = max(latest.get(key, 0), periods)
    return int(ways[list(latest.values())].sum())


def study(
    case: Case | CompiledCase,
    plan: str | None = None,
    number: Number = centre,
    detection: float = 1.0,
    types: Mapping[str, str] | None = None,
) -> Study:
    """Compile a plan of a case; of a compiled case each plan is compiled once.

    Raises
    ------
    Refusal
        Where there is no such plan, or an actor has no utilities.
    """
    compiled = compile_case(case)
    name, chosen = compiled.case.plan(plan)
    ask(compiled.case, "automaton", chosen)
    space = compiled.space(types)
    space.require_cardinal("whether a plan holds")

    def make() -> Study:
        plain = number is centre and detection == 1.0
        rules = compiled.rules(name, types) if plain else compile_rules(space, chosen, number, detection=detection)
        return Study(compiled.case, name, chosen, space, rules, compiled, number)

    if number is not centre:
        return make()
    return compiled.once(("study", name, detection, tuple(sorted((types or {}).items()))), make)
