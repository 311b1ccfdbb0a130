"""A plan as a finite automaton: every state that conduct can reach, and what each actor's picks lead to from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import NamedTuple, TypeAlias

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray, holds
from halfway.space.automaton_rules import Rules

MOST_STATES = 200_000
"""The most states compiled; a plan with more is refused, saying which lock or lag to drop."""

MOST_MOVES = 300_000
"""The most combinations of one actor's picks in one situation."""


class State(NamedTuple):
    """Where a plan stands at the start of a period.

    Attributes
    ----------
    phase : int
    left : int
        Periods left in it, this one included; 0 where it lasts for good.
    statuses, used, status_quo, gravities : tuple
        As `Rules` lists them: of sticky issues, resets used, shifted status quo options, gravities last shown.
    """

    phase: int
    left: int
    statuses: tuple[int, ...]
    used: tuple[int, ...]
    status_quo: tuple[int, ...]
    gravities: tuple[float, ...]


Outcome: TypeAlias = tuple[int, tuple[int, ...], tuple[float, ...]]
"""What a period brings: the trigger that matched (or their count), statuses, gravities shown."""

Picks: TypeAlias = tuple[tuple[int, int], ...]
"""Picks that differ from the prescription, as (issue, option)."""


@dataclass(frozen=True)
class MoveSet:
    """What one actor can do in a situation; move 0 keeps the plan.

    Attributes
    ----------
    issues : tuple of int
        The issues on which the moves differ.
    picks : ndarray of int, shape (move, issue of `issues`)
    rows : ndarray of int, shape (move,)
        Row of `Automaton.packages` in force under each move.
    group : ndarray of int, shape (move,)
        Moves of one group look and lead alike; row of `chances`.
    chances : ndarray of float, shape (group, outcome)
    free : tuple of (int, ndarray)
        Issues that nothing reads and nothing ties, with the options open: one can be chosen apart from the rest.
    """

    issues: tuple[int, ...]
    picks: IntArray
    rows: IntArray
    group: IntArray
    chances: FloatArray
    free: tuple[tuple[int, IntArray], ...]


@dataclass
class Situation:
    """What states that differ only in their clocks share.

    Attributes
    ----------
    phase : int
    base : Picks
        How others than the mover depart from the prescription here.
    row : int
        Row of `Automaton.packages` when the plan is kept.
    outcomes : list of Outcome
    chances : ndarray of float, shape (outcome,)
        When the plan is kept.
    moves : mapping from actor to MoveSet
    states : list of int
    follow : list of ndarray of int, shape (outcome,)
        For each state, the state that follows each outcome.
    """

    phase: int
    base: Picks
    row: int
    outcomes: list[Outcome]
    chances: FloatArray
    moves: dict[int, MoveSet]
    states: list[int] = field(default_factory=list)
    follow: list[IntArray] = field(default_factory=list)


@dataclass(frozen=True)
class Automaton:
    """A compiled plan: the states that the movers' conduct can reach while all others keep to their base.

    Attributes
    ----------
    rules : Rules
    movers : tuple of int
    states : list of State
        The plan starts in state 0.
    situations : list of Situation
    situation_of : ndarray of int, shape (state,)
    packages : ndarray of int, shape (row, issue)
        Every package that can be in force.
    """

    rules: Rules
    movers: tuple[int, ...]
    states: list[State]
    number: dict[State, int]
    situations: list[Situation]
    situation_of: IntArray
    packages: IntArray


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
    )


def following(rules: Rules, state: State, outcome: Outcome) -> State:
    """Return the state that follows an outcome: the first trigger that matched decides, then the clock."""
    event, statuses, gravities = outcome
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
                return State(state.phase, 0, statuses, used, state.status_quo, gravities)
            used = (*used[:at], used[at] + 1, *used[at + 1 :])
    if target < 0:
        return State(state.phase, max(state.left - 1, 0), statuses, used, state.status_quo, gravities)
    shifted = state.status_quo
    if here.shifts and target != state.phase:
        new = dict(here.shifts)
        shifted = tuple(new.get(i, o) for i, o in zip(rules.shifting, shifted, strict=True))
    return State(target, rules.phases[target].lasts, statuses, used, shifted, gravities)


def is_reset(rules: Rules, state: State, outcome: Outcome) -> bool:
    """Tell whether an outcome starts the plan again from a phase with resets."""
    here = rules.phases[state.phase]
    if not here.is_reset or outcome[0] < len(here.go) or state.left != 1:
        return False
    return here.resets < 0 or state.used[rules.counted.index(state.phase)] < here.resets


class Alternative(NamedTuple):
    """One way to act on one issue: the pick, the option in force, the status that follows."""

    pick: int
    in_force: int
    after: int


class Board:
    """One situation laid out: what is prescribed, what each issue's setters can do about it."""

    def __init__(self, rules: Rules, state: State, base: Picks = (), free: frozenset[int] | None = None) -> None:
        self.rules, self.state, self.free = rules, state, free
        self.phase = rules.phases[state.phase]
        self.status = [0] * rules.issues
        for i, s in zip(rules.sticky, state.statuses, strict=True):
            self.status[i] = s
        self.fallback = list(rules.status_quo)
        for i, o in zip(rules.shifting, state.status_quo, strict=True):
            self.fallback[i] = o
        self.picks = list(self.phase.package)
        for i, o in base:
            self.picks[i] = o

    def act(self, issue: int, pick: int) -> Alternative:
        """Return what a pick puts in force."""
        steps, status = self.rules.steps[issue], self.status[issue]
        return Alternative(pick, int(steps.in_force[status, pick]), int(steps.after[status, pick]))

    def alternatives(self, issue: int, movers: Iterable[int]) -> list[Alternative]:
        """Return the different things that the movers can make of an issue, the base first."""
        who = self.rules.setters[issue]
        base = self.picks[issue]
        if not any(a in who for a in movers) or (self.free is not None and issue not in self.free):
            return [self.act(issue, base)]
        if len(who) == 1:
            options = [base, *(o for o in range(self.rules.steps[issue].in_force.shape[1]) if o != base)]
        else:
            options = [base, self.fallback[issue]]
        found: dict[tuple[int, int], Alternative] = {}
        for option in options:
            one = self.act(issue, option)
            found.setdefault((one.in_force, one.after), one)
        return list(found.values())

    def outcome_chances(self, acts: list[Alternative]) -> dict[Outcome, float]:
        """Return the chance of each outcome when these acts (one an issue) are taken."""
        statuses = tuple(acts[i].after for i in self.rules.sticky)
        read = tuple(acts[i].in_force for i in self.phase.read)
        found: dict[Outcome, float] = {}
        for chance, event, levels, _ in self.rules.events(self.state.phase, self.state.gravities, read):
            outcome = (event, statuses, levels)
            found[outcome] = found.get(outcome, 0.0) + chance
        return found


def build(
    rules: Rules,
    movers: Iterable[int],
    base: Callable[[State], Picks] | None = None,
    most_states: int = MOST_STATES,
    free: frozenset[int] | None = None,
    start: State | None = None,
    ends: Callable[[State], bool] | None = None,
) -> Automaton:
    """Compile the automaton that the conduct of some actors can reach.

    Parameters
    ----------
    rules : Rules
    movers : iterable of int
        The actors whose picks are free. Several movers may depart together; combinations of picks are then taken to
        be possible when each is possible beside what is prescribed to the others.
    base : callable, optional
        For a state, how the other actors depart from the prescription. Default: they keep the plan.
    most_states : int
        Refuse beyond this size.
    free : frozenset of int, optional
        The only issues on which the movers may depart. Default: all that they set.
    start : State, optional
        Default: where the plan starts.
    ends : callable, optional
        States at which to stop, because what follows them is known; each becomes a situation without moves that leads
        to itself.

    Raises
    ------
    Refusal
        With the size reached, and which lock, lag or clock to drop.
    """
    return _Builder(rules, tuple(movers), base, most_states, free).run(start or first_state(rules), ends)


class _Builder:
    def __init__(
        self,
        rules: Rules,
        movers: tuple[int, ...],
        base: Callable[[State], Picks] | None,
        most_states: int,
        free: frozenset[int] | None,
    ) -> None:
        self.rules, self.movers, self.base, self.most_states, self.free = rules, movers, base, most_states, free
        self.states: list[State] = []
        self.number: dict[State, int] = {}
        self.situations: list[Situation] = []
        self.known: dict[object, int] = {}
        self.situation_of: list[int] = []
        self.packages: list[IntArray] = []
        self.count = 0

    def run(self, start: State, ends: Callable[[State], bool] | None) -> Automaton:
        self.add(start)
        at = 0
        while at < len(self.states):
            state = self.states[at]
            if at and ends is not None and ends(state):
                self.situation_of.append(len(self.situations))
                self.situations.append(self.end(state, at))
                at += 1
                continue
            picks = self.base(state) if self.base else ()
            key = (state.phase, state.statuses, state.status_quo, state.gravities, picks)
            if key not in self.known:
                self.known[key] = len(self.situations)
                self.situations.append(self.situation(state, picks))
            number = self.known[key]
            self.situation_of.append(number)
            situation = self.situations[number]
            situation.states.append(at)
            situation.follow.append(
                np.array([self.add(following(self.rules, state, o)) for o in situation.outcomes], dtype=np.int64)
            )
            at += 1
        return Automaton(
            self.rules,
            self.movers,
            self.states,
            self.number,
            self.situations,
            np.array(self.situation_of, dtype=np.int64),
            np.concatenate(self.packages),
        )

    def end(self, state: State, number: int) -> Situation:
        row = self.keep_package(np.array([self.rules.phases[state.phase].package], dtype=np.int64))
        found = Situation(state.phase, (), row, [(-1, (), ())], np.ones(1), {})
        found.states.append(number)
        found.follow.append(np.array([number], dtype=np.int64))
        return found

    def add(self, state: State) -> int:
        number = self.number.get(state)
        if number is None:
            number = self.number[state] = len(self.states)
            self.states.append(state)
            if number >= self.most_states:
                raise Refusal([too_large(self.rules, self.states, self.most_states)])
        return number

    def keep_package(self, package: IntArray) -> int:
        self.packages.append(package)
        first = self.count
        self.count += len(package)
        return first

    def situation(self, state: State, picks: Picks) -> Situation:
        board = Board(self.rules, state, picks, self.free)
        kept = [board.act(i, board.picks[i]) for i in range(self.rules.issues)]
        row = self.keep_package(np.array([[a.in_force for a in kept]], dtype=np.int64))
        chances = board.outcome_chances(kept)
        outcomes: dict[Outcome, int] = {o: k for k, o in enumerate(chances)}
        found = {a: self.move_set(board, a, kept, outcomes) for a in self.movers}
        if len(self.movers) > 1:
            for outcome in self.joint_outcomes(board):
                outcomes.setdefault(outcome, len(outcomes))
        moves = {}
        for a, (issues, own, rows, group, tables, free) in found.items():
            table = np.zeros((len(tables), len(outcomes)))
            for g, chance in enumerate(tables):
                for outcome, p in chance.items():
                    table[g, outcomes[outcome]] = p
            moves[a] = MoveSet(issues, own, rows, group, table, free)
        kept_chances = np.zeros(len(outcomes))
        for outcome, p in chances.items():
            kept_chances[outcomes[outcome]] = p
        return Situation(state.phase, picks, row, list(outcomes), kept_chances, moves)

    def move_set(
        self, board: Board, actor: int, kept: list[Alternative], outcomes: dict[Outcome, int]
    ) -> tuple[
        tuple[int, ...], IntArray, IntArray, IntArray, list[dict[Outcome, float]], tuple[tuple[int, IntArray], ...]
    ]:
        rules = self.rules
        tied = {i for group in rules.coupled for i in group}
        choices: list[tuple[int, list[Alternative]]] = []
        free: list[tuple[int, IntArray]] = []
        for i in rules.sets(actor):
            ways = board.alternatives(i, (actor,))
            if len(ways) == 1:
                continue
            if i in board.phase.read or rules.steps[i].sticky or i in tied:
                choices.append((i, ways))
            else:
                free.append((i, np.array([w.in_force for w in ways], dtype=np.int64)))
        sizes = [len(ways) for _, ways in choices]
        if prod(sizes) > MOST_MOVES:
            raise Refusal(
                [
                    Problem(
                        "R032",
                        "an actor has too many combinations of picks",
                        f"{prod(sizes):,} in one period, of which {MOST_MOVES:,} are compared at most",
                        "let triggers name the issues that they watch, or split the actor",
                    )
                ]
            )
        index = np.array(list(product(*map(range, sizes))), dtype=np.int64).reshape(prod(sizes), len(sizes))
        # Fewest departures first, so that among equals the plainest is reported.
        index = index[np.argsort((index > 0).sum(axis=1), kind="stable")]
        packages = np.repeat(np.array([[a.in_force for a in kept]], dtype=np.int64), len(index), axis=0)
        picks = np.zeros_like(index)
        code = np.zeros(len(index), dtype=np.int64)
        for k, (i, ways) in enumerate(choices):
            packages[:, i] = np.array([w.in_force for w in ways])[index[:, k]]
            picks[:, k] = np.array([w.pick for w in ways])[index[:, k]]
            looks: dict[tuple[int, int], int] = {}
            classes = [
                looks.setdefault(
                    (w.in_force if i in board.phase.read else -1, w.after if rules.steps[i].sticky else -1), len(looks)
                )
                for w in ways
            ]
            code = code * len(ways) + np.array(classes)[index[:, k]]
        possible = np.ones(len(index), dtype=np.bool_)
        for mask in rules.allowed:
            possible &= holds(mask, packages)
        possible[0] = True
        index, packages, picks, code = index[possible], packages[possible], picks[possible], code[possible]
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        tables = []
        for g in first:
            acts = list(kept)
            for k, (i, ways) in enumerate(choices):
                acts[i] = ways[index[g, k]]
            chance = board.outcome_chances(acts)
            for outcome in chance:
                outcomes.setdefault(outcome, len(outcomes))
            tables.append(chance)
        start = self.keep_package(packages)
        return (
            tuple(i for i, _ in choices),
            picks,
            np.arange(start, start + len(packages)),
            np.asarray(group).ravel(),
            tables,
            tuple(free),
        )

    def joint_outcomes(self, board: Board) -> set[Outcome]:
        """Return every outcome that some combination of the movers' picks can bring."""
        rules, phase = self.rules, board.phase
        relevant = sorted({*phase.read, *rules.sticky})
        position = {issue: k for k, issue in enumerate(rules.compared)}
        before = board.state.gravities
        facts: set[tuple[int, tuple[float, ...], tuple[int, ...]]] = {(0, (0.0,) * len(rules.compared), ())}
        for i in relevant:
            looks: set[tuple[int, float, int]] = set()
            for way in board.alternatives(i, self.movers):
                if i in phase.seen:
                    seen = phase.seen[i][way.in_force]
                    looks |= {(b, g, way.after) for b, g in zip(seen.bits, seen.level, strict=True)}
                else:
                    looks.add((0, 0.0, way.after))
            new = set()
            for bits, levels, statuses in facts:
                for more, level, after in looks:
                    now, shown = bits | more, levels
                    if i in position:
                        at = position[i]
                        shown = (*levels[:at], level, *levels[at + 1 :])
                        for issue, points, bit in phase.falls:
                            if issue == i and before[at] - level >= points:
                                now |= 1 << bit
                    new.add((now, shown, (*statuses, after) if i in rules.sticky else statuses))
            facts = new
            if len(facts) > self.most_states:
                raise Refusal([too_large(rules, self.states, self.most_states)])
        return {(rules.event(board.state.phase, bits), statuses, levels) for bits, levels, statuses in facts}


def too_large(rules: Rules, states: list[State], cap: int) -> Problem:
    """Say how large the automaton grew, and which part of its states multiplies them most."""
    parts: list[tuple[int, str, int]] = [
        (len({s.statuses[k] for s in states}), "issue", i) for k, i in enumerate(rules.sticky)
    ]
    parts += [(len({s.gravities[k] for s in states}), "compared", i) for k, i in enumerate(rules.compared)]
    parts += [(len({s.used[k] for s in states}), "resets", p) for k, p in enumerate(rules.counted)]
    parts += [(p.lasts, "length", k) for k, p in enumerate(rules.phases)]
    worst = max(parts, key=lambda part: part[0], default=(0, "issue", 0))
    _, kind, number = worst
    said = {
        "issue": lambda: f"drop the lock or lag of issue '{rules.issue_names[number]}'",
        "compared": lambda: f"drop 'falls_by' on issue '{rules.issue_names[number]}'",
        "resets": lambda: f"lower the limit on resets of phase '{rules.phase_names[number]}'",
        "length": lambda: f"count phase '{rules.phase_names[number]}' in longer periods",
    }[kind]()
    return Problem(
        "R033",
        "the plan's automaton is too large",
        f"it has more than {cap:,} states; what multiplies them most takes {worst[0]:,} values",
        said,
    )
