"""A plan as a finite automaton: every state that conduct can reach, and what each actor's picks lead to from there.

`halfway.space.plan.automaton_build` compiles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.machines import World
from halfway.space.plan.rules import Rules


class State(NamedTuple):
    """Where a plan stands at the start of a period.

    Attributes
    ----------
    phase : int
    left : int
        Periods left in it, this one included; 0 where it lasts for good.
    statuses, used, status_quo, gravities, world : tuple
        As `Rules` lists them: of sticky issues, resets used, shifted status quo options, gravities last shown,
        statuses of the machines.
    """

    phase: int
    left: int
    statuses: tuple[int, ...]
    used: tuple[int, ...]
    status_quo: tuple[int, ...]
    gravities: tuple[float, ...]
    world: World = ()

    @property
    def position(self) -> Position:
        """The state without its clocks."""
        return (self.phase, self.statuses, self.status_quo, self.gravities, self.world)


Outcome: TypeAlias = tuple[int, tuple[int, ...], tuple[float, ...], World]
"""What a period brings: the trigger that matched (or their count), statuses, gravities shown, the machines' statuses."""

Picks: TypeAlias = tuple[tuple[int, int], ...]
"""Picks that differ from the prescription, as (issue, option)."""

Position: TypeAlias = tuple[int, tuple[int, ...], tuple[int, ...], tuple[float, ...], World]
"""A state without its clocks: phase, statuses, status quo, gravities, world."""


@dataclass(frozen=True, eq=False)
class MoveSet:
    """What one actor can do in a situation; move 0 keeps the plan.

    Attributes
    ----------
    issues : tuple of int
        The issues on which the moves differ.
    picks : ndarray of int, shape (move, issue of `issues`)
    packages : ndarray of int, shape (move, issue)
        In force under each move.
    group : ndarray of int, shape (move,)
        Moves of one group look and lead alike; row of `chances`.
    chances : ndarray of float, shape (group, outcome)
    shown : tuple of tuple of int
        For each group, the options in force on the issues that the phase reads.
    free : tuple of (int, ndarray)
        Issues that nothing reads and nothing ties, with the options open: one can be chosen apart from the rest.
    """

    issues: tuple[int, ...]
    picks: IntArray
    packages: IntArray
    group: IntArray
    chances: FloatArray
    shown: tuple[tuple[int, ...], ...]
    free: tuple[tuple[int, IntArray], ...]


@dataclass(frozen=True, eq=False)
class Shape:
    """What a situation is, whatever the clocks: the same in every automaton of the same rules and movers.

    Attributes
    ----------
    position : Position
    base : Picks
        How others than the mover depart from the prescription here.
    package : ndarray of int, shape (issue,)
        In force when the plan is kept.
    outcomes : tuple of Outcome
    chances : ndarray of float, shape (outcome,)
        When the plan is kept.
    shown : tuple of int
        The options in force on the issues that the phase reads when the plan is kept.
    moves : mapping from actor to MoveSet
    leads : tuple of (Position, int)
        For each outcome: where it leads while the clock runs, and the phase that a trigger starts, or -1.
    """

    position: Position
    base: Picks
    package: IntArray
    outcomes: tuple[Outcome, ...]
    chances: FloatArray
    shown: tuple[int, ...]
    moves: dict[int, MoveSet]
    leads: tuple[tuple[Position, int], ...]


@dataclass(frozen=True, eq=False)
class Situation:
    """States of one automaton that differ only in their clocks.

    Attributes
    ----------
    shape : Shape
    row : int
        Row of `Automaton.packages` when the plan is kept.
    states : ndarray of int, shape (state,)
    follow : ndarray of int, shape (state, outcome)
        The state that follows each outcome.
    """

    shape: Shape
    row: int
    states: IntArray
    follow: IntArray

    @property
    def phase(self) -> int:
        """The phase."""
        return self.shape.position[0]

    @property
    def base(self) -> Picks:
        """How others than the mover depart from the prescription here."""
        return self.shape.base

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What a period may bring."""
        return self.shape.outcomes

    @property
    def chances(self) -> FloatArray:
        """Chances of the outcomes when the plan is kept, shape ``(outcome,)``."""
        return self.shape.chances

    @property
    def moves(self) -> dict[int, MoveSet]:
        """What each mover can do."""
        return self.shape.moves


@dataclass(frozen=True, eq=False)
class Automaton:
    """A compiled plan: the states that the movers' conduct can reach while all others keep to their base.

    Attributes
    ----------
    rules : Rules
    movers : tuple of int
    situations : tuple of Situation
    situation_of : ndarray of int, shape (state,)
        The plan starts in state 0.
    packages : ndarray of int, shape (situation, issue)
        In force in each situation when the plan is kept.
    positions : tuple of Position
    resets : tuple of tuple of int
        Resets used, as `State.used` has them.
    clocks : ndarray of int, shape (3, state)
        For each state: its position, the periods left, its resets used.
    """

    rules: Rules
    movers: tuple[int, ...]
    situations: tuple[Situation, ...]
    situation_of: IntArray
    packages: IntArray
    positions: tuple[Position, ...]
    resets: tuple[tuple[int, ...], ...]
    clocks: IntArray

    @cached_property
    def states(self) -> list[State]:
        """Every state."""
        return [
            State(phase, left, statuses, self.resets[used], status_quo, gravities, world)
            for at, left, used in self.clocks.T.tolist()
            for phase, statuses, status_quo, gravities, world in [self.positions[at]]
        ]

    @cached_property
    def number(self) -> dict[State, int]:
        """The number of each state."""
        return {state: n for n, state in enumerate(self.states)}

    @cached_property
    def phase_of(self) -> IntArray:
        """The phase of each state, shape ``(state,)``."""
        return np.array([s.phase for s in self.situations], dtype=np.int64)[self.situation_of]

    def kept_moves(self) -> tuple[IntArray, IntArray, FloatArray]:
        """Return the chain of the kept plan as sources, targets and probabilities, shape ``(transition,)`` each."""
        count = len(self.situation_of)
        sources = np.concatenate([np.repeat(s.states, len(s.chances)) for s in self.situations])
        targets = np.concatenate([s.follow.ravel() for s in self.situations])
        chances = np.concatenate([np.tile(s.chances, len(s.states)) for s in self.situations])
        possible = chances > 0
        pairs, at = np.unique(sources[possible] * count + targets[possible], return_inverse=True)
        together = np.bincount(np.asarray(at).ravel(), weights=chances[possible]).astype(np.float64)
        return pairs // count, pairs % count, together


def first_state(rules: Rules) -> State:
    """Return the state in which the plan starts."""
    statuses = tuple(int(rules.steps[i].first[rules.status_quo[i]]) for i in rules.sticky)
    return State(
        rules.start,
        rules.phases[rules.start].lasts,
        statuses,
        (0,) * len(rules.counted),
        tuple(rules.status_quo[i] for i in rules.shifting),
        (0.0,) * len(rules.compared),
        rules.world,
    )


def following(rules: Rules, state: State, outcome: Outcome) -> State:
    """Return the state that follows an outcome: the first trigger that matched decides, then the clock."""
    event, statuses, gravities, world = outcome
    here = rules.phases[state.phase]
    target, used = -1, state.used
    if event < len(here.go):
        target = here.go[event]
    elif state.left == 1:
        target = here.then
        if here.resets >= 0:
            at = rules.counted.index(state.phase)
            if used[at] >= here.resets:
                # No reset is left: the phase lasts for good.
                return State(state.phase, 0, statuses, used, state.status_quo, gravities, world)
            used = (*used[:at], used[at] + 1, *used[at + 1 :])
    if target < 0:
        return State(state.phase, max(state.left - 1, 0), statuses, used, state.status_quo, gravities, world)
    shifted = state.status_quo
    if here.shifts and target != state.phase:
        new = dict(here.shifts)
        shifted = tuple(new.get(i, o) for i, o in zip(rules.shifting, shifted, strict=True))
    return State(target, rules.phases[target].lasts, statuses, used, shifted, gravities, world)


def is_reset(rules: Rules, state: State, outcome: Outcome) -> bool:
    """Tell whether an outcome starts the plan again from a phase with resets."""
    here = rules.phases[state.phase]
    if not here.is_reset or outcome[0] < len(here.go) or state.left != 1:
        return False
    return here.resets < 0 or state.used[rules.counted.index(state.phase)] < here.resets
