"""Everyone's conduct laid together: a Markov chain over (state of the plan, memories of the strategies).

Where actors can become another type or withdraw in the course of play, a node also says who has, and leads to the node
of the same plan in which one more has.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from halfway.conduct.game.charges import charged_in
from halfway.conduct.game.payoffs import Due
from halfway.conduct.play.strategies import BREAK, KEEP, Strategy
from halfway.conduct.play.withdrawal import withdrawal
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton import Outcome, Picks, State, first_state, following, is_reset
from halfway.space.plan.rules import Rules
from halfway.space.plan.situations import Board

MOST_NODES = 300_000
"""The most nodes of a chain; conduct with more is refused."""

Act = Callable[[State, int], "tuple[tuple[int, int], ...]"]
"""For a state and an act of `strategies`: the picks that depart from the prescription."""


@dataclass(frozen=True)
class Chain:
    """What play walks along.

    Attributes
    ----------
    first : ndarray of int, shape (node + 1,)
        Where the branches of each node begin; play starts in node 0.
    upto : ndarray of float, shape (branch,)
        Chances of a node's branches, summed up to and including each.
    follow : ndarray of int, shape (branch,)
        The node that follows.
    row : ndarray of int, shape (branch,)
        What is in force in the period, as a row of `packages`.
    departs : ndarray of int, shape (branch,)
        The actors that depart from the prescription, as bits.
    resets : ndarray of int, shape (branch,)
        1 where the plan starts again.
    turns : ndarray of int, shape (node, column)
        The node from which play goes on when an actor turns into what a column says; -1 where it cannot.
    columns : tuple of Column
    packages : ndarray of int, shape (row, issue)
    phases : ndarray of int, shape (row,)
    kinds : tuple of tuple of int
        For each row, the kind that each of the actors that can change then is.
    costs : tuple of tuple of (int, float)
        For each row, who is charged for breaking, and how many points.
    states : list of State
        Of each node.
    """

    first: IntArray
    upto: FloatArray
    follow: IntArray
    row: IntArray
    departs: IntArray
    resets: IntArray
    turns: IntArray
    columns: tuple[Column, ...]
    packages: IntArray
    phases: IntArray
    kinds: tuple[tuple[int, ...], ...]
    costs: tuple[tuple[tuple[int, float], ...], ...]
    states: list[State]

    @property
    def walked(self) -> tuple[Any, ...]:
        """The chain as `halfway.conduct.play.kernel.play` takes it, a node being named by its first branch."""
        from halfway.conduct.play.streams import SLOTS

        nodes, sizes = len(self.states), np.diff(self.first)
        slotted = bool(sizes.max() <= SLOTS)
        first = np.arange(nodes + 1) * SLOTS if slotted else self.first
        node = np.repeat(np.arange(nodes), np.diff(first))
        # Slots to spare repeat the node's last branch, which is never passed.
        branch = np.minimum(self.first[node] + np.arange(len(node)) - first[node], self.first[node + 1] - 1)
        return (
            slotted,
            self.upto[branch],
            first[self.follow[branch]].astype(np.uint64),
            self.row[branch].astype(np.uint64),
            self.departs[branch],
            self.resets[branch],
            node.astype(np.uint64),
            first[self.turns].astype(np.uint64),
        )

    def chances(self) -> FloatArray:
        """Return the chance of each branch, shape ``(branch,)``."""
        out = np.diff(self.upto, prepend=0.0)
        out[self.first[:-1]] = self.upto[self.first[:-1]]
        return out


@dataclass(frozen=True)
class Player:
    """One actor's conduct.

    Attributes
    ----------
    strategy : Strategy
    picks : callable
        What its acts mean in each state.
    due : callable or None
        What breaking costs it there, where it costs anything.
    """

    strategy: Strategy
    picks: Act
    due: Callable[[State, int], Due] | None = None


@dataclass(frozen=True)
class Column:
    """What an actor can turn into in the course of play.

    Attributes
    ----------
    actor : int
    kind : int
        Place of its type among those it can have.
    withdrawn : bool
    """

    actor: int
    kind: int
    withdrawn: bool


@dataclass(frozen=True)
class Changing:
    """An actor that can become another type, or withdraw, in the course of play.

    Attributes
    ----------
    actor : int
    kind : int
        What it is at the start: its place in `players`.
    players : tuple of Player
        Its conduct as each of its types.
    turns_until, leaves_until : int
        The last period at whose end it can become another type, or withdraw; 0 is before the first, -1 never.
    """

    actor: int
    kind: int
    players: tuple[Player, ...]
    turns_until: int
    leaves_until: int


def lay(
    rules: Rules,
    players: Mapping[int, Player],
    tremble: float = 0.0,
    changing: Sequence[Changing] = (),
    shifts: Mapping[int, Mapping[int, int]] | None = None,
) -> Chain:
    """Lay everyone's conduct together.

    Parameters
    ----------
    rules : Rules
        Compiled with ``watch`` where a strategy watches.
    players : mapping from actor to Player
        Actors that are not named keep.
    tremble : float
        The chance, for each player and period, that it breaks where it would keep, and the reverse. An actor that
        has withdrawn makes no such errors.
    changing : sequence of Changing
        Actors of `players` that may not stay what they are. A new type goes by the memory of the old one where both
        follow the same strategy; otherwise it starts afresh.
    shifts : mapping from phase to mapping from issue to option, optional
        What the status quo becomes once a phase is left, on issues with one setter, who may withdraw. (What several
        set is in `Rules` already.)

    Raises
    ------
    Refusal
        Where the chain is too large.
    """
    return _Layer(rules, players, tremble, changing, shifts or {}).run()


Mode: TypeAlias = "tuple[tuple[int, bool], ...]"
"""For each actor that can change: its kind, and whether it has withdrawn."""

Shifted: TypeAlias = "tuple[tuple[int, int], ...]"
"""Issues whose status quo has shifted, with the option that it is now."""

Node: TypeAlias = "tuple[State, tuple[int, ...], Mode, Shifted]"


class _Layer:
    def __init__(
        self,
        rules: Rules,
        players: Mapping[int, Player],
        tremble: float,
        changing: Sequence[Changing],
        shifts: Mapping[int, Mapping[int, int]],
    ) -> None:
        self.rules, self.tremble, self.changing, self.shifts = rules, tremble, changing, shifts
        self.players = players
        self.order = sorted(players)
        self.place = {c.actor: k for k, c in enumerate(changing)}
        self.columns = tuple(
            Column(c.actor, kind, gone) for c in changing for kind in range(len(c.players)) for gone in (False, True)
        )
        self.nodes: list[Node] = []
        self.number: dict[Node, int] = {}
        self.depth: list[int] = []
        self.rows: dict[tuple[tuple[int, ...], int, tuple[int, ...], tuple[tuple[int, float], ...]], int] = {}
        self.known: dict[object, tuple[tuple[tuple[int, ...], int], list[tuple[float, Outcome, int]]]] = {}
        self.left: dict[object, tuple[tuple[int, int], ...]] = {}

    def run(self) -> Chain:
        mode = tuple((c.kind, False) for c in self.changing)
        self.queue: deque[int] = deque()
        self.add((first_state(self.rules), (0,) * len(self.order), mode, ()), 0)
        laid: dict[int, dict[tuple[int, int, int, int], float]] = {}
        turns: dict[int, dict[int, int]] = {}
        while self.queue:
            at = self.queue.popleft()
            if at in laid:
                continue
            # What changes at the end of a period comes before what follows it, so that depths are least ones.
            turns[at] = {
                column: self.add(node, self.depth[at], at_once=True)
                for column, node in self.turned(self.nodes[at], self.depth[at])
            }
            laid[at] = self.branches(*self.nodes[at], self.depth[at] + 1)
        first, upto, follow, row, departs, resets = [0], [], [], [], [], []
        table = np.full((len(self.nodes), len(self.columns)), -1, dtype=np.int64)
        for at in range(len(self.nodes)):
            total = 0.0
            branches = laid[at]
            whole = sum(branches.values())
            # The likeliest first: play looks through them in order.
            for (node, package, who, again), chance in sorted(branches.items(), key=lambda b: -b[1]):
                total += chance / whole
                upto.append(total)
                follow.append(node)
                row.append(package)
                departs.append(who)
                resets.append(again)
            upto[-1] = 1.0
            first.append(len(upto))
            for column, node in turns[at].items():
                table[at, column] = node
        keys = list(self.rows)
        return Chain(
            np.array(first, dtype=np.int64),
            np.array(upto, dtype=np.float64),
            np.array(follow, dtype=np.int64),
            np.array(row, dtype=np.int64),
            np.array(departs, dtype=np.int64),
            np.array(resets, dtype=np.int64),
            table,
            self.columns,
            np.array([k[0] for k in keys], dtype=np.int64),
            np.array([k[1] for k in keys], dtype=np.int64),
            tuple(k[2] for k in keys),
            tuple(k[3] for k in keys),
            [node[0] for node in self.nodes],
        )

    def add(self, key: Node, depth: int, at_once: bool = False) -> int:
        number = self.number.get(key)
        if number is None:
            number = self.number[key] = len(self.nodes)
            self.nodes.append(key)
            self.depth.append(depth)
            if number >= MOST_NODES:
                raise Refusal([self.too_large()])
        elif depth < self.depth[number]:
            self.depth[number] = depth
        else:
            return number
        (self.queue.appendleft if at_once else self.queue.append)(number)
        return number

    def too_large(self) -> Problem:
        way = "let fewer actors follow strategies with a memory, or drop a lock or lag"
        if self.changing:
            way += ", or the turnover or the types of an actor whose bodies must approve"
        return Problem(
            "R037",
            "the players' joint conduct is too large to lay out",
            f"it has more than {MOST_NODES:,} states",
            way,
        )

    def turned(self, node: Node, depth: int) -> Iterator[tuple[int, Node]]:
        """Go through the nodes of the same plan in which one more actor has changed, with their columns."""
        state, memories, mode, shifted = node
        for column, into in enumerate(self.columns):
            c = self.place[into.actor]
            one, (kind, gone) = self.changing[c], mode[c]
            if gone or (into.kind, into.withdrawn) == (kind, False):
                continue
            if into.withdrawn and depth > one.leaves_until:
                continue
            if into.kind != kind and max(depth, 1) > one.turns_until:
                continue
            at = self.order.index(into.actor)
            keeps = not into.withdrawn and _same(one.players[kind].strategy, one.players[into.kind].strategy)
            yield (
                column,
                (
                    state,
                    memories if keeps else (*memories[:at], 0, *memories[at + 1 :]),
                    (*mode[:c], (into.kind, into.withdrawn), *mode[c + 1 :]),
                    shifted,
                ),
            )

    def player(self, actor: int, mode: Mode) -> Player | None:
        """Return how an actor plays; None where it has withdrawn."""
        c = self.place.get(actor)
        if c is None:
            return self.players[actor]
        kind, gone = mode[c]
        return None if gone else self.changing[c].players[kind]

    def branches(
        self, state: State, memories: tuple[int, ...], mode: Mode, shifted: Shifted, depth: int
    ) -> dict[tuple[int, int, int, int], float]:
        players = [self.player(a, mode) for a in self.order]
        mixes = [
            self.mix(player, m, state) if player else [(1.0, self.withdrawal(a, state, shifted), ())]
            for a, player, m in zip(self.order, players, memories, strict=True)
        ]
        kinds = tuple(kind for kind, _ in mode)
        found: dict[tuple[int, int, int, int], float] = {}
        for combination in product(*mixes):
            chance = 1.0
            picks: dict[int, tuple[tuple[int, int], ...]] = {}
            owed: dict[int, Due] = {}
            who = 0
            for a, (p, own, due) in zip(self.order, combination, strict=True):
                chance *= p
                if due:
                    owed[a] = due
                if own:
                    who |= 1 << a
                    picks[a] = own
            package, results = self.period(state, Board(self.rules, state).together(picks) if picks else ())
            paid = tuple(
                (a, charged_in(self.rules, state.phase, package[0], state.world, due)) for a, due in owed.items()
            )
            row = self.rows.setdefault((*package, kinds, paid), len(self.rows))
            for p, outcome, watched in results:
                new = tuple(
                    player.strategy.learns(m, bool(watched & ~(1 << a)), bool(watched >> a & 1)) if player else 0
                    for a, player, m in zip(self.order, players, memories, strict=True)
                )
                after = following(self.rules, state, outcome)
                quo = shifted
                if after.phase != state.phase and state.phase in self.shifts:
                    quo = tuple(sorted({**dict(shifted), **self.shifts[state.phase]}.items()))
                node = self.add((after, new, mode, quo), depth)
                key = (node, row, who, int(is_reset(self.rules, state, outcome)))
                found[key] = found.get(key, 0.0) + chance * p
        return found

    def withdrawal(self, actor: int, state: State, shifted: Shifted) -> tuple[tuple[int, int], ...]:
        key = (actor, state.phase, state.statuses, state.status_quo, state.world, shifted)
        if key not in self.left:
            self.left[key] = withdrawal(self.rules, actor, state, shifted)
        return self.left[key]

    def mix(self, player: Player, memory: int, state: State) -> Sequence[tuple[float, Picks, Due]]:
        out: dict[tuple[Picks, Due], float] = {}

        def may(act: int, chance: float) -> None:
            key = (player.picks(state, act), () if player.due is None else player.due(state, act))
            out[key] = out.get(key, 0.0) + chance

        for chance, act in player.strategy.acts(memory, state.left == 0):
            if self.tremble:
                may(BREAK if act == KEEP else KEEP, chance * self.tremble)
            may(act, chance * (1 - self.tremble))
        return [(chance, *key) for key, chance in out.items() if chance > 0]

    def period(
        self, state: State, picks: tuple[tuple[int, int], ...]
    ) -> tuple[tuple[tuple[int, ...], int], list[tuple[float, Outcome, int]]]:
        key = (state.position, picks)
        found = self.known.get(key)
        if found is None:
            rules = self.rules
            board = Board(rules, state, picks)
            acts = [board.act(i, board.picks[i]) for i in range(rules.issues)]
            package = (tuple(a.in_force for a in acts), state.phase)
            results = board.results(acts)
            found = self.known[key] = (package, results)
        return found


def _same(one: Strategy, other: Strategy) -> bool:
    return type(one) is type(other) and vars(one) == vars(other)
