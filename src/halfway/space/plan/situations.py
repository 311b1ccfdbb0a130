"""One situation of a plan laid out: what the setters of each issue can do about it, and what that may bring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray, holds
from halfway.space.plan.automaton import MoveSet, Outcome, Picks, Shape, State, following
from halfway.space.plan.rules import Rules

MOST_MOVES = 300_000
"""The most combinations of one actor's picks in one situation."""


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
        self.running: list[tuple[int, int, int]] = []
        on = rules.on(state.world) if state.world else ()
        for one in reversed(rules.events_alter):
            if one.machine in on:
                for i, o in one.status_quo:
                    self.fallback[i] = o
        # What each issue's setters are asked for, and what follows from it where some are asked for something else.
        self.picks = list(self.phase.package)
        for machine in on:
            if machine < len(rules.reactions):
                reacts = rules.reactions[machine]
                for i, o in reacts.does:
                    self.running.append((i, reacts.by, o))
        for i, _, o in reversed(self.running):
            self.picks[i] = o
        for i in {i for i, _, _ in self.running}:
            if len(rules.setters[i]) > 1:
                self.picks[i] = self.agreed(i, self.asked(i))
        for i, o in base:
            self.picks[i] = o
        self.base = dict(base)

    def asked(self, issue: int, without: Iterable[int] = ()) -> set[int]:
        """Return what the setters of a joint issue, but some, are asked to pick: as prescribed, or a reaction."""
        out = set(without)
        picks = dict.fromkeys(self.rules.setters[issue], self.phase.package[issue])
        picks.update({by: o for i, by, o in reversed(self.running) if i == issue})
        return {o for a, o in picks.items() if a not in out}

    def agreed(self, issue: int, picks: Iterable[int]) -> int:
        """Return what the picks of a joint issue's setters bring about."""
        made = set(picks)
        if made == {self.phase.package[issue]}:
            return self.phase.package[issue]
        return next((o for o in self.own_way(issue) if o in made), self.fallback[issue])

    def act(self, issue: int, pick: int) -> Alternative:
        """Return what a pick puts in force."""
        steps, status = self.rules.steps[issue], self.status[issue]
        return Alternative(pick, int(steps.in_force[status, pick]), int(steps.after[status, pick]))

    def alternatives(self, issue: int, movers: Iterable[int]) -> tuple[Alternative, ...]:
        """Return the different things that the movers can make of an issue, the base first."""
        who = self.rules.setters[issue]
        base, fallback = self.picks[issue], self.fallback[issue]
        moving = [a for a in movers if a in who]
        if not moving or (self.free is not None and issue not in self.free):
            return (self.act(issue, base),)
        others: frozenset[int] = frozenset()
        if len(who) > 1:
            others = frozenset(self.asked(issue, moving))
            if issue in self.base and others:
                # Someone else departs here: whoever it is, what it picks is among the picks.
                others = others | {base} if len(who) - len(moving) > 1 else frozenset({base})
        key = (
            "alternatives",
            issue,
            self.status[issue],
            base,
            fallback,
            others,
            self.phase.package[issue],
            len(moving),
        )
        known: tuple[Alternative, ...] | None = self.rules.memo.get(key)
        if known is None:
            count = self.rules.steps[issue].in_force.shape[1]
            if len(who) == 1:
                options = [base, *(o for o in range(count) if o != base)]
            elif others:
                options = [base, *(self.agreed(issue, {o, *others}) for o in range(count))]
            else:
                # All setters move together.
                options = [base, self.phase.package[issue], *self.own_way(issue), fallback]
            found: dict[tuple[int, int], Alternative] = {}
            for option in options:
                one = self.act(issue, option)
                found.setdefault((one.in_force, one.after), one)
            known = self.rules.memo[key] = tuple(found.values())
        return known

    def own_way(self, issue: int) -> tuple[int, ...]:
        """Return the options of a joint issue that any one of its setters can bring about."""
        return self.rules.any_can[issue] if self.rules.any_can else ()

    def together(self, picks: Mapping[int, Picks]) -> Picks:
        """Return what the departures of several actors come to, each stated as if it departed alone."""
        made: dict[int, list[tuple[int, int]]] = {}
        for actor, own in picks.items():
            for i, o in own:
                made.setdefault(i, []).append((actor, o))
        laid = []
        for i, ways in made.items():
            who = self.rules.setters[i]
            if len(who) == 1 or len(ways) == 1:
                laid.append((i, ways[0][1]))
                continue
            wanted = dict.fromkeys(who, self.phase.package[i])
            wanted.update({by: o for issue, by, o in reversed(self.running) if issue == i})
            wanted.update(dict(ways))
            laid.append((i, self.agreed(i, wanted.values())))
        return tuple(sorted(laid))

    def results(self, acts: Sequence[Alternative]) -> list[tuple[float, Outcome, int]]:
        """Return what may follow these acts (one an issue): probability, outcome, actors seen in breach, as bits."""
        rules, state = self.rules, self.state
        statuses = tuple([acts[i].after for i in rules.sticky])
        read = tuple([acts[i].in_force for i in self.phase.read])
        return [
            (chance, (event, statuses, levels, world), watched)
            for chance, event, levels, watched, world in rules.events(state.phase, state.gravities, read, state.world)
        ]


@dataclass(frozen=True, eq=False)
class _Choices:
    """The combinations of picks that one actor has, before any constraint: the same whatever the others' locks."""

    issues: tuple[int, ...]
    ways: tuple[tuple[Alternative, ...], ...]
    index: IntArray
    picks: IntArray
    in_force: IntArray
    code: IntArray
    first: IntArray
    group: IntArray
    free: tuple[tuple[int, IntArray], ...]


def lay_out(
    rules: Rules,
    state: State,
    base: Picks,
    movers: tuple[int, ...],
    free: frozenset[int] | None,
    refuse: Callable[[], Refusal],
    most: int,
) -> Shape:
    """Return what a situation is, from what is known already or afresh.

    Parameters
    ----------
    rules : Rules
    state : State
        Any state of the situation.
    base : Picks
        How others than the movers depart from the prescription.
    movers : tuple of int
    free : frozenset of int or None
        The only issues on which the movers may depart; None for all that they set.
    refuse : callable
        Says what is too large.
    most : int
        The most sets of facts that movers together may bring.

    Raises
    ------
    Refusal
        Where there are too many picks, or too many sets of facts.
    """
    key = ("situation", movers, free, state.position, base)
    found: Shape | None = rules.memo.get(key)
    if found is None:
        board = Board(rules, state, base, free)
        found = rules.memo[key] = _Layout(board, base, movers, refuse, most).shape()
    return found


class _Layout:
    def __init__(
        self, board: Board, base: Picks, movers: tuple[int, ...], refuse: Callable[[], Refusal], most: int
    ) -> None:
        self.board, self.base, self.movers, self.refuse, self.most = board, base, movers, refuse, most
        self.rules = board.rules
        self.kept = [board.act(i, board.picks[i]) for i in range(self.rules.issues)]
        self.package = np.array([a.in_force for a in self.kept], dtype=np.int64)
        self.outcomes: dict[Outcome, int] = {}

    def shape(self) -> Shape:
        board, rules, state = self.board, self.rules, self.board.state
        shown = tuple(self.kept[i].in_force for i in board.phase.read)
        chances = self.chances(shown, tuple(self.kept[i].after for i in rules.sticky))
        found = {a: self.moves(a) for a in self.movers}
        if len(self.movers) > 1:
            for outcome in self.joint_outcomes(board):
                self.outcomes.setdefault(outcome, len(self.outcomes))
        # Two periods left: the clock runs on, and no end of the phase is in the way.
        running = state._replace(left=2, used=(0,) * len(rules.counted))
        leads = []
        for outcome in self.outcomes:
            then = following(rules, running, outcome)
            fired = outcome[0] < len(board.phase.go)
            leads.append((then.position, then.phase if fired else -1))
        return Shape(
            state.position,
            self.base,
            self.package,
            tuple(self.outcomes),
            self.table([chances])[0],
            shown,
            {
                a: MoveSet(c.issues, picks, packages, group, self.table(tables), looks, c.free)
                for a, (c, picks, packages, group, tables, looks) in found.items()
            },
            tuple(leads),
        )

    def chances(self, shown: tuple[int, ...], statuses: tuple[int, ...]) -> list[tuple[int, float]]:
        """Return the outcomes that may follow, by their numbers, and their chances."""
        state = self.board.state
        found = []
        for chance, event, levels, _, world in self.rules.events(state.phase, state.gravities, shown, state.world):
            found.append((self.outcomes.setdefault((event, statuses, levels, world), len(self.outcomes)), chance))
        return found

    def table(self, chances: list[list[tuple[int, float]]]) -> FloatArray:
        """Write chances of outcomes as a table, shape ``(row, outcome)``."""
        out = np.zeros((len(chances), len(self.outcomes)))
        for row, found in enumerate(chances):
            for outcome, p in found:
                out[row, outcome] += p
        return out

    def choices(self, actor: int) -> _Choices:
        """Return the combinations of picks that an actor has here, from what is known already or afresh."""
        board, rules = self.board, self.rules
        own = rules.sets(actor)
        key = (
            "choices",
            actor,
            board.free,
            board.state.phase,
            tuple(board.status[i] for i in own),
            tuple(board.picks[i] for i in own),
            tuple(board.fallback[i] for i in own),
            tuple(board.running),
            tuple(board.base) if board.running else (),
        )
        found: _Choices | None = rules.memo.get(key)
        if found is None:
            found = rules.memo[key] = self.combined(actor)
        return found

    def combined(self, actor: int) -> _Choices:
        """Combine what an actor can do about its issues."""
        board, rules = self.board, self.rules
        tied = {i for group in rules.coupled for i in group}
        reacting = {i for i, by, _ in board.running if by == actor}
        choices: list[tuple[int, tuple[Alternative, ...]]] = []
        free: list[tuple[int, IntArray]] = []
        for i in rules.sets(actor):
            ways = board.alternatives(i, (actor,))
            if len(ways) == 1:
                continue
            # What a reaction picks stays apart from what else may be picked: not to react is a move of its own.
            if i in board.phase.read or rules.steps[i].sticky or i in tied or i in reacting:
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
        index = self.combinations(tuple(sizes))
        picks, in_force = np.zeros_like(index), np.zeros_like(index)
        code = np.zeros(len(index), dtype=np.int64)
        for k, (i, ways) in enumerate(choices):
            in_force[:, k] = np.array([w.in_force for w in ways])[index[:, k]]
            picks[:, k] = np.array([w.pick for w in ways])[index[:, k]]
            looks: dict[tuple[int, int], int] = {}
            classes = [
                looks.setdefault(
                    (w.in_force if i in board.phase.read else -1, w.after if rules.steps[i].sticky else -1), len(looks)
                )
                for w in ways
            ]
            code = code * len(ways) + np.array(classes)[index[:, k]]
        _, first, group = np.unique(code, return_index=True, return_inverse=True)
        return _Choices(
            tuple(i for i, _ in choices),
            tuple(ways for _, ways in choices),
            index,
            picks,
            in_force,
            code,
            first,
            np.asarray(group).ravel(),
            tuple(free),
        )

    def combinations(self, sizes: tuple[int, ...]) -> IntArray:
        """Return all combinations of so many ways, shape ``(combination, issue)``."""
        known: IntArray | None = self.rules.memo.get(("combinations", sizes))
        if known is None:
            index = np.array(list(product(*map(range, sizes))), dtype=np.int64).reshape(prod(sizes), len(sizes))
            # Fewest departures first, so that among equals the plainest is reported.
            known = index[np.argsort((index > 0).sum(axis=1), kind="stable")]
            self.rules.memo[("combinations", sizes)] = known
        return known

    def moves(
        self, actor: int
    ) -> tuple[_Choices, IntArray, IntArray, IntArray, list[list[tuple[int, float]]], tuple[tuple[int, ...], ...]]:
        """Return what an actor can do: choices, picks, packages, groups, and each group's chances and looks."""
        board, rules = self.board, self.rules
        choices = self.choices(actor)
        index, picks, first, group = choices.index, choices.picks, choices.first, choices.group
        packages = np.repeat(self.package[None, :], len(index), axis=0)
        packages[:, choices.issues] = choices.in_force
        possible = np.ones(len(index), dtype=np.bool_)
        for mask in rules.allowed:
            allowed = holds(mask, packages)
            # Where locks make even keeping violate a constraint, it bars no one.
            if allowed[0]:
                possible &= allowed
        if not possible.all():
            index, packages, picks = index[possible], packages[possible], picks[possible]
            _, first, group = np.unique(choices.code[possible], return_index=True, return_inverse=True)
            group = np.asarray(group).ravel()
        tables, looks = [], []
        acts = list(self.kept)
        for row in index[first].tolist():
            for i, ways, way in zip(choices.issues, choices.ways, row, strict=True):
                acts[i] = ways[way]
            look = tuple([acts[i].in_force for i in board.phase.read])
            tables.append(self.chances(look, tuple([acts[i].after for i in rules.sticky])))
            looks.append(look)
        return choices, picks, packages, group, tables, tuple(looks)

    def joint_outcomes(self, board: Board) -> set[Outcome]:
        """Return every outcome that some combination of the movers' picks can bring."""
        rules, phase = self.rules, board.phase
        # What is seen of some issues depends on what is in force on others: each way of these is gone through.
        asked = sorted({i for issue in phase.read for i in rules.rows_ask(issue)})
        found: set[Outcome] = set()
        for ways in product(*(board.alternatives(i, self.movers) for i in asked)):
            found |= self.joint_facts(board, dict(zip(asked, ways, strict=True)))
            if len(found) > self.most:
                raise self.refuse()
        return found

    def joint_facts(self, board: Board, fixed: Mapping[int, Alternative]) -> set[Outcome]:
        """Return the outcomes that can come where what is done about some issues is given."""
        rules, state, phase = self.rules, board.state, board.phase
        reader = rules.reader(state.phase)
        named = (1 << rules.watch_bit) - 1
        shown = {i: way.in_force for i, way in fixed.items()}
        order = (*reader.order, *(i for i in rules.sticky if i not in phase.seen))
        position = {issue: k for k, issue in enumerate(rules.compared)}
        before = state.gravities
        start = rules.opened(state.phase, state.world)
        facts: set[tuple[int, tuple[float, ...], tuple[int, ...]]] = {(start, (0.0,) * len(rules.compared), ())}
        for k, i in enumerate(order):
            looks: set[tuple[int, float, int]] = set()
            for way in (fixed[i],) if i in fixed else board.alternatives(i, self.movers):
                if i not in phase.seen:
                    looks.add((0, 0.0, way.after))
                    continue
                seen = rules.seen(state.phase, i, way.in_force, shown, state.world)
                for bits, level in zip(seen.bits, seen.level, strict=True):
                    now = bits & named
                    for issue, points, bit in phase.falls:
                        if issue == i and before[position[i]] - level >= points:
                            now |= 1 << bit
                    looks.add((now, level if i in position else 0.0, way.after))
            new = set()
            for node, levels, statuses in facts:
                for now, level, after in looks:
                    seen_now = levels
                    if i in position:
                        seen_now = (*levels[: position[i]], level, *levels[position[i] + 1 :])
                    open_ = reader.step(node, k, now) if k < len(reader.order) else node
                    new.add((open_, seen_now, (*statuses, after) if i in rules.sticky else statuses))
            facts = new
            if len(facts) > self.most:
                raise self.refuse()
        # Statuses were added as their issues were read.
        added = [i for i in order if i in rules.sticky]
        place = [added.index(i) for i in rules.sticky]
        out = set()
        for node, levels, statuses in facts:
            event, answers = reader.answer(node, len(phase.go))
            for _, world in rules.turned(state.world, rules.inputs(answers)):
                out.add((event, tuple([statuses[k] for k in place]), levels, world))
        return out
