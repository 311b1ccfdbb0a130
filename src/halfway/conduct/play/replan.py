"""What an actor's conduct means in any state that comes up, worked out when it does.

A best response is to the others' keeping the plan from here on. Where several actors break it together, play comes to
states that none of them could reach alone; there each plans anew. Every state is solved once: what is known already
ends the search.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.bare_game import Game
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Due, Priced
from halfway.conduct.game.solver import TOLERANCE, best_response
from halfway.conduct.play.strategies import BEST, BREAK, KEEP, SLICE
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, Utilities
from halfway.space.plan.automaton import Picks, State
from halfway.space.plan.automaton_build import build
from halfway.space.plan.rules import Steps
from halfway.tolerances import one_shot

HARDLY = 0.05
"""A slice raises the chance that a trigger matches by no more than this."""

MOST_KNOWN = 250_000
"""The most states that one actor plans for."""


@dataclass(frozen=True)
class Side:
    """An issue that an actor sets alone, that no trigger reads and nothing ties: the same problem in every phase.

    Attributes
    ----------
    now : ndarray of float, shape (status, pick)
        Points of the period.
    worth : ndarray of float, shape (status, pick)
        What each pick is worth when the best follows.
    """

    now: FloatArray
    worth: FloatArray

    @classmethod
    def solve(cls, steps: Steps, points: FloatArray, discount: float) -> Side:
        """Find the best picks for an issue by itself, by policy iteration."""
        now = points[steps.in_force].astype(np.float64)
        rows = np.arange(len(now))
        policy = now.argmax(axis=1)
        while True:
            chain = np.zeros((len(now), len(now)))
            chain[rows, steps.after[rows, policy]] = 1.0
            values = np.linalg.solve(np.eye(len(now)) - discount * chain, (1 - discount) * now[rows, policy])
            worth = (1 - discount) * now + discount * values[steps.after]
            best = worth.argmax(axis=1)
            better = worth[rows, best] > worth[rows, policy] + one_shot(discount)
            if not better.any():
                return cls(now, worth)
            policy = np.where(better, best, policy)

    def pick(self, status: int, prescribed: int, farsighted: bool) -> int | None:
        """Return the pick that departs from the prescription, or None where keeping is as good."""
        worth = (self.worth if farsighted else self.now)[status]
        best = int(worth.argmax())
        return best if worth[best] > worth[prescribed] + TOLERANCE else None


@dataclass
class Planner:
    """One actor, as one of its types, and what its acts mean in each state.

    Attributes
    ----------
    study : Study
    actor : str
    kind : str or None
    """

    study: Study
    actor: str
    kind: str | None = None
    _acts: dict[State, tuple[Picks, Picks, Picks]] = field(default_factory=dict)
    _values: dict[State, float] = field(default_factory=dict)
    _due: dict[State, tuple[Due, Due, Due]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = self.study.rules
        self.number = self.study.space.actor(self.actor)
        # A constraint on an issue alone leaves it to the search, which respects it.
        barred = {i for mask in rules.allowed for i in mask.issues}
        self.aside = tuple(i for i in self.study.side_issues(self.number) if i not in barred)
        utilities = self.study.utilities(self.actor, self.kind)
        self.main = rules.without_past(self.aside) if self.aside else rules
        tables = tuple(np.zeros_like(t) if i in self.aside else t for i, t in enumerate(utilities.tables))
        rest = tuple(x for x in utilities.linkages if not set(x.issues) & set(self.aside))
        self.utilities = Utilities(tables, rest, utilities.unit, utilities.exact)  # type: ignore[arg-type]
        self.kept_places = [k for k, i in enumerate(rules.sticky) if i not in self.aside]
        self.sides = [
            (rules.sticky.index(i), i, Side.solve(rules.steps[i], self._worth(utilities, i), self._patience))
            for i in self.aside
        ]

    def _worth(self, utilities: Utilities, issue: int) -> FloatArray:
        """Return the points of each option of an issue that nothing ties to others, shape ``(option,)``."""
        worth = utilities.tables[issue][self.number].astype(np.float64)
        for link in utilities.linkages:
            if link.issues == (issue,):
                worth += link.points[self.number]
        return np.asarray(worth)

    @cached_property
    def idle(self) -> bool:
        """Whether no trigger reads what the actor sets, and none of it has a past."""
        own = set(self.main.sets(self.number))
        read = {i for phase in self.main.phases for i in phase.read}
        return not own & (read | set(self.main.sticky))

    @property
    def _patience(self) -> float:
        return self.study.patience(self.actor, self.kind)

    def picks(self, state: State, act: int) -> Picks:
        """Return the picks that depart from the prescription in a state.

        Raises
        ------
        Refusal
            Where the actor would have to plan for too many states.
        """
        if act == KEEP:
            return ()
        found = self._acts[self._planned(state)][{BEST: 0, BREAK: 1, SLICE: 2}[act]]
        if not self.sides:
            return found
        package = self.study.rules.phases[state.phase].package
        laid = dict(found)
        for place, issue, side in self.sides:
            pick = side.pick(state.statuses[place], package[issue], act == BEST)
            if pick is not None:
                laid[issue] = pick
        return tuple(sorted(laid.items()))

    def due(self, state: State, act: int) -> Due:
        """Return what breaking costs the actor in a state."""
        return () if act == KEEP else self._due[self._planned(state)][{BEST: 0, BREAK: 1, SLICE: 2}[act]]

    def _planned(self, state: State) -> State:
        """Plan for a state, and return what the actor sees of it."""
        seen = state._replace(statuses=tuple(state.statuses[k] for k in self.kept_places)) if self.aside else state
        if self.idle:
            # Nothing that it does moves the plan: only what is in force counts, not the clocks.
            seen = seen._replace(left=0, used=())
        if seen not in self._acts:
            self._plan(seen)
        return seen

    def _plan(self, state: State) -> None:
        if self.idle:
            state = state._replace(used=(0,) * len(self.main.counted))
        ends: Callable[[State], bool] | None = (lambda _: True) if self.idle else self._values.__contains__
        if self.study.costs(self.actor, self.kind) and not self.idle:
            # What a departure costs others later, and so whether it breaks, hangs on all that follows.
            ends = None
        automaton = build(self.main, (self.number,), start=state, ends=ends)
        priced = self.study.laid_out(automaton, self.actor, self.kind, self.utilities)
        if self.idle:
            # All its moves lead alike: the best is the one that brings most now, however it is meant.
            moves = priced.game.situations[0].moves.get(self.number)
            top = 0 if moves is None else _top(moves.points[:, self.number])
            laid = tuple(sorted(priced.move(self.number, 0, top)[0].items())) if top else ()
            seen = state._replace(used=())
            self._acts[seen], self._due[seen] = (laid, laid, laid), (priced.due(self.number, 0, top),) * 3
            return
        self._acts.update(self._solve(priced, self.number))
        if len(self._acts) > MOST_KNOWN:
            raise Refusal(
                [
                    Problem(
                        "R038",
                        f"'{self.actor}' would have to plan for too many states",
                        f"they are more than {MOST_KNOWN:,}",
                        "drop a lock or lag, or let the others follow fixed strategies",
                    )
                ]
            )

    def _solve(self, priced: Priced, actor: int) -> dict[State, tuple[Picks, Picks, Picks]]:
        states = priced.automaton.states
        game = self._ended(priced)
        answer = best_response(game, actor, self._patience)
        breaks, slices = np.zeros_like(answer.policy), np.zeros_like(answer.policy)
        for shape, situation in zip(priced.automaton.situations, game.situations, strict=True):
            moves = situation.moves.get(actor)
            if moves is not None and len(moves.points) > 1:
                own = moves.points[:, actor]
                triggers = len(priced.automaton.rules.phases[shape.phase].go)
                noticed = moves.chances[:, [0 <= event < triggers for event, *_ in shape.outcomes]].sum(axis=1)
                breaks[situation.states] = _top(own)
                slices[situation.states] = _top(np.where(noticed > noticed[0] + HARDLY, -np.inf, own))
        out = {}
        for s, state in enumerate(states):
            if state in self._values:
                continue
            policies = (answer.policy, breaks, slices)
            out[state] = tuple(
                tuple(sorted(priced.move(actor, s, int(policy[s]))[0].items())) if policy[s] else ()
                for policy in policies
            )
            best, most, least = (priced.due(actor, s, int(policy[s])) for policy in policies)
            self._due[state] = (best, most, least)
        for s, state in enumerate(states):
            self._values.setdefault(state, float(answer.values[s]))
        return out  # type: ignore[return-value]

    def _ended(self, priced: Priced) -> Game:
        """Return the game with the known values laid on the states at which the search stopped."""
        if not self._values:
            return priced.game
        situations = []
        for shape, situation in zip(priced.automaton.situations, priced.game.situations, strict=True):
            if not shape.moves and shape.outcomes[0][0] < 0:
                value = self._values[priced.automaton.states[shape.states[0]]]
                situation = replace(situation, points=np.full_like(situation.points, value))
            situations.append(situation)
        return Game(priced.game.states, priced.game.actors, priced.game.start, tuple(situations))


def _top(worth: FloatArray) -> int:
    best = int(worth.argmax())
    return best if worth[best] > worth[0] + TOLERANCE else 0


def with_outsiders(study: Study, actor: str, kind: str | None, utilities: Utilities) -> Priced | None:
    """Return the automaton of one actor's conduct while every other actor outside the room plays its best response.

    None where nobody else outside the room sets anything.

    Raises
    ------
    Refusal
        Where it is too large.
    """
    number = study.space.actor(actor)
    others = [a for a in study.outside if a != number]
    if not others:
        return None
    ask(study.case, "play", study.plan)
    planners = [Planner(study, study.space.actors[a]) for a in others]

    def base(state: State) -> Picks:
        found: dict[int, int] = {}
        for planner in planners:
            found.update(planner.picks(state, BEST))
        return tuple(sorted(found.items()))

    return study.laid_out(build(study.rules, (number,), base), actor, kind, utilities)
