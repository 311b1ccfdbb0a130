"""Compiling a plan's automaton: from each situation, laid out once, to every state that the clocks make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.plan.automaton import Automaton, Picks, Position, Shape, Situation, State, first_state, following
from halfway.space.plan.machines import Machine, World
from halfway.space.plan.rules import Rules
from halfway.space.plan.situations import lay_out

MOST_STATES = 200_000
"""The most states compiled; a plan with more is refused, saying which lock or lag to drop."""

MOST_WORLDS = 4_000
"""The most combinations of what reactions and events stand at: each takes situations of its own."""

_MANY = 1 << 20
"""More than the ways in which resets can be used up."""


def build(
    rules: Rules,
    movers: Iterable[int],
    base: Callable[[State], Picks] | None = None,
    most_states: int = MOST_STATES,
    free: frozenset[int] | None = None,
    start: State | None = None,
    ends: Callable[[State], bool] | None = None,
    others: Sequence[State] = (),
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
    others : sequence of State, optional
        Further states from which to look, numbered right after the start.

    Raises
    ------
    Refusal
        With the size reached, and which lock, lag or clock to drop.
    """
    return _Builder(rules, tuple(movers), base, most_states, free).run((start or first_state(rules), *others), ends)


class _Builder:
    """Numbers states as conduct comes to them; a state is known by its position, periods left and resets used."""

    def __init__(
        self,
        rules: Rules,
        movers: tuple[int, ...],
        base: Callable[[State], Picks] | None,
        most_states: int,
        free: frozenset[int] | None,
    ) -> None:
        self.rules, self.movers, self.base, self.most_states, self.free = rules, movers, base, most_states, free
        self.positions: list[Position] = []
        self.worlds: set[World] = set()
        self.position_number: dict[Position, int] = {}
        self.resets: list[tuple[int, ...]] = []
        self.reset_number: dict[tuple[int, ...], int] = {}
        self.clocks: list[tuple[int, int, int]] = []
        self.number: dict[int, int] = {}
        self.lengths = 0
        self.shapes: list[Shape] = []
        self.leads: list[list[tuple[int, bool]]] = []
        self.members: list[list[int]] = []
        self.follow: list[list[int]] = []

    def run(self, starts: Sequence[State], ends: Callable[[State], bool] | None) -> Automaton:
        self.lengths = 1 + max(*(s.left for s in starts), *(p.lasts for p in self.rules.phases))
        for code in dict.fromkeys(self.code(s) for s in starts):
            self.add(code)
        situation_of: list[int] = []
        known: dict[tuple[int, Picks], int] = {}
        number = self.number
        at = 0
        while at < len(self.clocks):
            position, left, used = self.clocks[at]
            if ends is not None and at and ends(self.state(at)):
                situation_of.append(self.stop(at))
                at += 1
                continue
            picks = self.base(self.state(at)) if self.base else ()
            n = known.get((position, picks))
            if n is None:
                n = known[(position, picks)] = self.situation(at, picks)
            situation_of.append(n)
            self.members[n].append(at)
            row, leads, clock = self.follow[n], self.leads[n], max(left - 1, 0) * _MANY + used
            if left == 1:
                leads, clock = self.at_the_end(n, at), 0
            for code, fired in leads:
                code += used if fired else clock
                target = number.get(code)
                row.append(self.add(code) if target is None else target)
            at += 1
        situations = []
        for n, (shape, members, follow) in enumerate(zip(self.shapes, self.members, self.follow, strict=True)):
            shaped = np.array(follow, dtype=np.int64).reshape(len(members), len(shape.outcomes))
            situations.append(Situation(shape, n, np.array(members, dtype=np.int64), shaped))
        return Automaton(
            self.rules,
            self.movers,
            tuple(situations),
            np.array(situation_of, dtype=np.int64),
            np.array([shape.package for shape in self.shapes], dtype=np.int64),
            tuple(self.positions),
            tuple(self.resets),
            np.array(self.clocks, dtype=np.int64).T,
        )

    def state(self, number: int) -> State:
        at, left, used = self.clocks[number]
        phase, statuses, status_quo, gravities, world = self.positions[at]
        return State(phase, left, statuses, self.resets[used], status_quo, gravities, world)

    def position(self, position: Position) -> int:
        found = self.position_number.get(position)
        if found is None:
            found = self.position_number[position] = len(self.positions)
            self.positions.append(position)
            self.worlds.add(position[4])
            if len(self.worlds) > MOST_WORLDS:
                raise Refusal([too_many_worlds(self.rules, self.worlds)])
        return found

    def code(self, state: State) -> int:
        position = self.position(state.position)
        used = self.reset_number.get(state.used)
        if used is None:
            used = self.reset_number[state.used] = len(self.resets)
            self.resets.append(state.used)
        return (position * self.lengths + state.left) * _MANY + used

    def add(self, code: int) -> int:
        number = self.number[code] = len(self.clocks)
        place, used = divmod(code, _MANY)
        self.clocks.append((*divmod(place, self.lengths), used))
        if number >= self.most_states:
            raise self.refuse()
        return number

    def refuse(self) -> Refusal:
        return Refusal([too_large(self.rules, [self.state(n) for n in range(len(self.clocks))], self.most_states)])

    def situation(self, at: int, picks: Picks) -> int:
        shape = lay_out(self.rules, self.state(at), picks, self.movers, self.free, self.refuse, self.most_states)
        leads = []
        for position, started in shape.leads:
            place = self.position(position) * self.lengths
            if started >= 0:
                place += self.rules.phases[started].lasts
            leads.append((place * _MANY, started >= 0))
        self.shapes.append(shape)
        self.leads.append(leads)
        self.members.append([])
        self.follow.append([])
        return len(self.shapes) - 1

    def at_the_end(self, n: int, at: int) -> list[tuple[int, bool]]:
        """Return where outcomes lead in the last period of a phase."""
        state = self.state(at)
        return [
            (code, True) if fired else (self.code(following(self.rules, state, outcome)), False)
            for outcome, (code, fired) in zip(self.shapes[n].outcomes, self.leads[n], strict=True)
        ]

    def stop(self, at: int) -> int:
        """Make a state one that leads to itself, because what follows it is known."""
        position = self.positions[self.clocks[at][0]]
        package = np.array(self.rules.phases[position[0]].package, dtype=np.int64)
        self.shapes.append(Shape(position, (), package, ((-1, (), (), ()),), np.ones(1), (), {}, ((position, -1),)))
        self.leads.append([])
        self.members.append([at])
        self.follow.append([at])
        return len(self.shapes) - 1


def too_large(rules: Rules, states: list[State], cap: int) -> Problem:
    """Say how large the automaton grew, and which part of its states multiplies them most."""
    parts: list[tuple[int, str, int]] = [
        (len({s.statuses[k] for s in states}), "issue", i) for k, i in enumerate(rules.sticky)
    ]
    parts += [(len({s.gravities[k] for s in states}), "compared", i) for k, i in enumerate(rules.compared)]
    parts += [(len({s.used[k] for s in states}), "resets", p) for k, p in enumerate(rules.counted)]
    parts += [(p.lasts, "length", k) for k, p in enumerate(rules.phases)]
    parts += [(len({s.world[k] for s in states}), "machine", k) for k in range(len(rules.machines))]
    worst = max(parts, key=lambda part: part[0], default=(0, "issue", 0))
    _, kind, number = worst
    said = {
        "issue": lambda: f"drop the lock or lag of issue '{rules.issue_names[number]}'",
        "compared": lambda: f"drop 'falls_by' on issue '{rules.issue_names[number]}'",
        "resets": lambda: f"lower the limit on resets of phase '{rules.phase_names[number]}'",
        "length": lambda: f"count phase '{rules.phase_names[number]}' in longer periods",
        "machine": lambda: _shorter(rules.machines[number]),
    }[kind]()
    return Problem(
        "R033",
        "the plan's automaton is too large",
        f"it has more than {cap:,} states; what multiplies them most takes {worst[0]:,} values",
        said,
    )


def too_many_worlds(rules: Rules, worlds: set[World]) -> Problem:
    """Say which reaction or event multiplies the states of a plan most."""
    counts = [len({world[k] for world in worlds}) for k in range(len(rules.machines))]
    worst = counts.index(max(counts))
    return Problem(
        "R033",
        "the plan's automaton is too large",
        f"reactions and events alone can stand in more than {MOST_WORLDS:,} ways together; "
        f"what multiplies them most takes {counts[worst]:,} values",
        _shorter(rules.machines[worst]),
    )


def _shorter(machine: Machine) -> str:
    """Say how a reaction or an event takes fewer statuses."""
    if not machine.timed:
        return f"drop the {machine.kind} '{machine.name}'"
    return (
        f"let the {machine.kind} '{machine.name}' last a mean time, as in {{mean: 6 months}}, and begin without delay"
    )
