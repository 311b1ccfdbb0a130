"""What breaking a plan pays an actor, added up over parts of its conduct that can be solved apart.

Two facts take most of the work out of an actor's best response to the others' keeping:

- An issue that the actor sets alone, that no trigger reads and that nothing it values ties to what others set, is its
  own to play whatever the plan prescribes: the best course is that of the issue on its own, the same for every plan.
- An actor that sets nothing that is read cannot alter the course of the phases; issues that nothing it values ties
  together then have best courses of their own.

Gains over keeping add up over such parts, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from halfway.conduct.game.compiled_plan import MOST_OWN, Study
from halfway.conduct.game.payoffs import price
from halfway.conduct.game.solver import TOLERANCE, best_response
from halfway.space.arrays import FloatArray, Utilities
from halfway.space.plan.automaton_build import build
from halfway.tolerances import one_shot

_MOST_TOGETHER = 64
"""Issues without a past are solved together while their combinations are no more than so many."""


@dataclass(frozen=True)
class Parts:
    """How an actor's conduct falls apart.

    Attributes
    ----------
    alone : tuple of frozenset of int
        Issues that are the actor's own to play whatever the plan prescribes.
    light, heavy : tuple of frozenset of int
        Issues whose conduct is studied together, the others kept; those without a past are light.
    """

    alone: tuple[frozenset[int], ...]
    light: tuple[frozenset[int], ...]
    heavy: tuple[frozenset[int], ...]


class Apart:
    """Gains from breaking plans of one case that differ in their plan only.

    Attributes
    ----------
    best_alone : dict
        What issues of their own are worth at best, for all plans.
    ties : dict
        For each actor and type, the sets of issues that constraints, or what it values, tie together.
    """

    def __init__(self) -> None:
        self.best_alone: dict[Any, float] = {}
        self.ties: dict[tuple[str, str | None], list[frozenset[int]]] = {}

    def gap(self, whole: Study, name: str) -> float:
        """Return how far an actor can exploit a plan, averaged over the types that do what pays."""
        return averaged(whole, name, {k: self.light(whole, name, k) + self.heavy(whole, name, k)
                                      for k in deciding_kinds(whole, name)})  # fmt: skip

    def light(self, whole: Study, name: str, kind: str | None) -> float:
        """Return what the parts bring that are soon solved; no more than what all bring."""
        parts = self.parts(whole, name, kind)
        gain = sum(self._alone(whole, name, kind, part) for part in parts.alone)
        return gain + sum(self._together(whole, name, kind, part, ()) for part in parts.light)

    def heavy(self, whole: Study, name: str, kind: str | None) -> float:
        """Return what the other parts bring."""
        parts = self.parts(whole, name, kind)
        return sum(self._together(whole, name, kind, part, parts.alone) for part in parts.heavy)

    def parts(self, whole: Study, name: str, kind: str | None) -> Parts:
        """Return how an actor's conduct falls apart under a plan."""
        rules, number = whole.rules, whole.space.actor(name)
        if (name, kind) not in self.ties:
            self.ties[(name, kind)] = _ties(whole, name, kind)
        ties = self.ties[(name, kind)]
        own = set(rules.sets(number))
        read = {i for phase in rules.phases for i in phase.read}
        bound = {i for mask in rules.allowed for i in mask.issues}
        # A component depends on what others set where any of its issues does.
        entangled = {i for tie in ties for i in tie & own if tie - own} | (bound & own)
        alone: list[frozenset[int]] = []
        rest: list[frozenset[int]] = []
        for part in _components(own, ties):
            solo = not part & (read | entangled) and all(rules.setters[i] == (number,) for i in part)
            (alone if solo else rest).append(part)
        if own & read:
            together = frozenset().union(*rest)
            return Parts(tuple(alone), (), (together,) if together else ())
        light: list[frozenset[int]] = []
        sizes = [len(o) for o in whole.space.options]
        for part in (p for p in rest if not p & set(rules.sticky)):
            if light and prod(sizes[i] for i in light[-1] | part) <= _MOST_TOGETHER:
                light[-1] |= part
            else:
                light.append(part)
        return Parts(tuple(alone), tuple(light), tuple(p for p in rest if p & set(rules.sticky)))

    def _alone(self, whole: Study, name: str, kind: str | None, part: frozenset[int]) -> float:
        number, discount, rules = whole.space.actor(name), whole.patience(name, kind), whole.rules
        utilities = only(whole.utilities(name, kind), number, part)
        key = (name, kind, part, tuple(rules.status_quo[i] for i in sorted(part)))
        if key not in self.best_alone:
            nothing = replace(rules.phases[0], package=rules.status_quo, lasts=0, then=-1, resets=-1, is_reset=False,
                              go=(), tests=(), falls=(), read=(), seen={}, transfers=(0.0,) * rules.actors,
                              shifts=())  # fmt: skip
            bare = replace(rules, phases=(nothing,), start=0, compared=(), counted=(), shifting=(), memo={})
            game = price(build(bare, (number,), most_states=MOST_OWN, free=part), utilities).game
            self.best_alone[key] = float(best_response(game, number, discount).values[0])
        kept = whole.priced(())
        packages = kept.automaton.packages[[s.row for s in kept.automaton.situations]]
        worth = np.asarray(utilities.of(packages), dtype=np.float64)[number] * utilities.unit[number]
        bare_points = worth[kept.automaton.situation_of]
        return self.best_alone[key] - float(_occupancy(whole, discount) @ bare_points)

    def _together(
        self, whole: Study, name: str, kind: str | None, part: frozenset[int], aside: Iterable[frozenset[int]]
    ) -> float:
        number, discount = whole.space.actor(name), whole.patience(name, kind)
        utilities = whole.utilities(name, kind)
        if _along_the_course(whole, number, part):
            return _along(whole, utilities, number, discount, min(part))
        left_out = frozenset().union(*aside)
        if left_out:
            utilities = without(utilities, left_out)
        key = ((number,), part)
        if key not in whole._automata:
            whole._automata[key] = build(whole.rules, (number,), most_states=MOST_OWN, free=part)
        game = price(whole._automata[key], utilities).game
        found = best_response(game, number, discount)
        return float(found.values[0] - found.kept[0])


def _along_the_course(whole: Study, number: int, part: frozenset[int]) -> bool:
    """Tell whether a part is one issue with a past, the actor's alone, that alters nothing but what it is itself."""
    rules = whole.rules
    bound = {i for mask in rules.allowed for i in mask.issues}
    read = {i for phase in rules.phases for i in phase.read}
    own = set(rules.sets(number))
    return len(part) == 1 and not own & read and not part & bound and rules.setters[min(part)] == (number,)


def _along(whole: Study, utilities: Utilities, number: int, discount: float, issue: int) -> float:
    """Return what playing one issue at will along the course of a kept plan brings over keeping it.

    A state is a state of the kept plan and a status of the issue: their product, laid out at once.
    """
    from scipy import sparse
    from scipy.sparse.linalg import splu

    kept, steps = whole.priced(()), whole.rules.steps[issue]
    course, statuses = kept.game.states, len(steps.in_force)
    packages = kept.automaton.packages[[s.row for s in kept.automaton.situations]]
    options = len(whole.space.options[issue])
    varied = np.repeat(packages, options, axis=0)
    varied[:, issue] = np.tile(np.arange(options), len(packages))
    worth = np.asarray(utilities.of(varied), dtype=np.float64)[number] * utilities.unit[number]
    worth = worth.reshape(len(packages), options)
    points = worth[kept.automaton.situation_of]
    plan = points[np.arange(course), packages[kept.automaton.situation_of, issue]]
    chain, _ = kept.game.kept
    links = chain.tocoo()
    # What each pick brings in the period, shape (status, pick, state).
    now = (1 - discount) * points.T[steps.in_force]
    policy = now.argmax(axis=1)
    status, state = np.arange(statuses)[:, None], np.arange(course)[None, :]
    for _ in range(10_000):
        after = steps.after[status, policy]
        rows = (np.arange(statuses)[:, None] * course + links.row[None, :]).ravel()
        columns = (after[:, links.row] * course + links.col[None, :]).ravel()
        moves = sparse.csc_array((np.tile(links.data, statuses), (rows, columns)), shape=(statuses * course,) * 2)
        system = sparse.csc_array(sparse.eye_array(statuses * course) - discount * moves)
        values = splu(system).solve(now[status, policy, state].ravel()).reshape(statuses, course)
        worth_of = now + discount * (chain @ values.T).T[steps.after]
        better = worth_of.max(axis=1) > worth_of[status, policy, state] + one_shot(discount)
        if not better.any():
            start = int(steps.first[whole.rules.status_quo[issue]])
            return float(values[start, 0] - _occupancy(whole, discount) @ plan)
        policy = np.where(better, worth_of.argmax(axis=1), policy)
    raise ArithmeticError("policy iteration did not settle")


def averaged(whole: Study, name: str, gains: dict[str | None, float]) -> float:
    """Return an actor's gains averaged over its types, gains that are rounding left out."""
    kinds = whole.kinds(name)
    return sum(kinds[kind] * gain for kind, gain in gains.items() if gain > TOLERANCE)


def deciding_kinds(whole: Study, name: str) -> list[str | None]:
    """Return the types of an actor that do what pays."""
    return [k for k, prior in whole.kinds(name).items() if prior > 0 and not whole.fixed_strategy(name, k)]


def _occupancy(whole: Study, discount: float) -> Any:
    """Return the discounted share of time in each state of the kept plan, shape ``(state,)``."""

    def make() -> FloatArray:
        from scipy import sparse
        from scipy.sparse.linalg import splu

        chain, _ = whole.kept.game.kept
        n = whole.kept.game.states
        start = np.zeros(n)
        start[0] = 1 - discount
        return np.asarray(splu(sparse.csc_array(sparse.eye_array(n) - discount * chain.T)).solve(start))

    return whole.values_once("share", "", str(discount), whole.kept, make)


def _ties(whole: Study, name: str, kind: str | None) -> list[frozenset[int]]:
    number = whole.space.actor(name)
    valued = [frozenset(x.issues) for x in whole.utilities(name, kind).linkages if np.any(x.points[number])]
    return list(dict.fromkeys([*(frozenset(mask.issues) for mask in whole.rules.allowed), *valued]))


def _components(own: set[int], ties: list[frozenset[int]]) -> list[frozenset[int]]:
    left, out = set(own), []
    while left:
        part = {min(left)}
        while grown := {i for tie in ties if tie & part for i in tie & own} - part:
            part |= grown
        left -= part
        out.append(frozenset(part))
    return out


def only(utilities: Utilities, actor: int, issues: frozenset[int]) -> Utilities:
    """Return utilities in which nothing counts to an actor but some issues and what ties them to one another."""
    tables = tuple(t if i in issues else np.zeros_like(t) for i, t in enumerate(utilities.tables))
    links = tuple(x for x in utilities.linkages if set(x.issues) <= issues and x.issues)
    return Utilities(tables, links, utilities.unit, utilities.exact)  # type: ignore[arg-type]


def without(utilities: Utilities, issues: frozenset[int]) -> Utilities:
    """Return utilities in which some issues, and what ties them to others, do not count."""
    tables = tuple(np.zeros_like(t) if i in issues else t for i, t in enumerate(utilities.tables))
    links = tuple(x for x in utilities.linkages if not set(x.issues) & issues)
    return Utilities(tables, links, utilities.unit, utilities.exact)  # type: ignore[arg-type]
