"""Everyone's conduct laid together: a Markov chain over (state of the plan, memories of the strategies)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from halfway.conduct.strategies import BREAK, KEEP, Strategy
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.automaton import Outcome, State, first_state, following, is_reset
from halfway.space.rules import Rules
from halfway.space.situations import Board

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
    packages : ndarray of int, shape (row, issue)
    phases : ndarray of int, shape (row,)
    states : list of State
        Of each node.
    """

    first: IntArray
    upto: FloatArray
    follow: IntArray
    row: IntArray
    departs: IntArray
    resets: IntArray
    packages: IntArray
    phases: IntArray
    states: list[State]

    @property
    def walked(self) -> tuple[Any, ...]:
        """The chain as `halfway.conduct.kernel.play` takes it."""
        unsigned = (self.first.astype(np.uint64), self.follow.astype(np.uint64), self.row.astype(np.uint64))
        return unsigned[0], self.upto, unsigned[1], unsigned[2], self.departs, self.resets

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
    """

    strategy: Strategy
    picks: Act


def lay(rules: Rules, players: Mapping[int, Player], tremble: float = 0.0) -> Chain:
    """Lay everyone's conduct together.

    Parameters
    ----------
    rules : Rules
        Compiled with ``watch`` where a strategy watches.
    players : mapping from actor to Player
        Actors that are not named keep.
    tremble : float
        The chance, for each player and period, that it breaks where it would keep, and the reverse.

    Raises
    ------
    Refusal
        Where the chain is too large.
    """
    return _Layer(rules, players, tremble).run()


class _Layer:
    def __init__(self, rules: Rules, players: Mapping[int, Player], tremble: float) -> None:
        self.rules, self.players, self.tremble = rules, players, tremble
        self.order = sorted(players)
        self.nodes: list[tuple[State, tuple[int, ...]]] = []
        self.number: dict[tuple[State, tuple[int, ...]], int] = {}
        self.rows: dict[tuple[tuple[int, ...], int], int] = {}
        self.known: dict[object, tuple[int, list[tuple[float, Outcome, int]]]] = {}

    def run(self) -> Chain:
        self.add(first_state(self.rules), (0,) * len(self.order))
        first, upto, follow, row, departs, resets = [0], [], [], [], [], []
        at = 0
        while at < len(self.nodes):
            total = 0.0
            branches = self.branches(*self.nodes[at])
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
            at += 1
        keys = list(self.rows)
        return Chain(
            np.array(first, dtype=np.int64),
            np.array(upto, dtype=np.float64),
            np.array(follow, dtype=np.int64),
            np.array(row, dtype=np.int64),
            np.array(departs, dtype=np.int64),
            np.array(resets, dtype=np.int64),
            np.array([k[0] for k in keys], dtype=np.int64),
            np.array([k[1] for k in keys], dtype=np.int64),
            [state for state, _ in self.nodes],
        )

    def add(self, state: State, memories: tuple[int, ...]) -> int:
        key = (state, memories)
        number = self.number.get(key)
        if number is None:
            number = self.number[key] = len(self.nodes)
            self.nodes.append(key)
            if number >= MOST_NODES:
                raise Refusal(
                    [
                        Problem(
                            "R037",
                            "the players' joint conduct is too large to lay out",
                            f"it has more than {MOST_NODES:,} states",
                            "let fewer actors follow strategies with a memory, or drop a lock or lag",
                        )
                    ]
                )
        return number

    def branches(self, state: State, memories: tuple[int, ...]) -> dict[tuple[int, int, int, int], float]:
        mixes = [self.mix(a, m, state) for a, m in zip(self.order, memories, strict=True)]
        found: dict[tuple[int, int, int, int], float] = {}
        for combination in product(*mixes):
            chance = 1.0
            picks: dict[int, int] = {}
            who = 0
            for a, (p, own) in zip(self.order, combination, strict=True):
                chance *= p
                if own:
                    who |= 1 << a
                    picks.update(own)
            row, results = self.period(state, tuple(sorted(picks.items())))
            for p, outcome, watched in results:
                new = tuple(
                    self.players[a].strategy.learns(m, bool(watched & ~(1 << a)), bool(watched >> a & 1))
                    for a, m in zip(self.order, memories, strict=True)
                )
                node = self.add(following(self.rules, state, outcome), new)
                key = (node, row, who, int(is_reset(self.rules, state, outcome)))
                found[key] = found.get(key, 0.0) + chance * p
        return found

    def mix(self, actor: int, memory: int, state: State) -> Sequence[tuple[float, tuple[tuple[int, int], ...]]]:
        player = self.players[actor]
        out: dict[tuple[tuple[int, int], ...], float] = {}
        for chance, act in player.strategy.acts(memory, state.left == 0):
            picks = player.picks(state, act)
            if self.tremble:
                other = player.picks(state, BREAK if act == KEEP else KEEP)
                out[other] = out.get(other, 0.0) + chance * self.tremble
            out[picks] = out.get(picks, 0.0) + chance * (1 - self.tremble)
        return [(chance, picks) for picks, chance in out.items() if chance > 0]

    def period(self, state: State, picks: tuple[tuple[int, int], ...]) -> tuple[int, list[tuple[float, Outcome, int]]]:
        key = (state.phase, state.statuses, state.status_quo, state.gravities, picks)
        found = self.known.get(key)
        if found is None:
            rules = self.rules
            board = Board(rules, state, picks)
            acts = [board.act(i, board.picks[i]) for i in range(rules.issues)]
            package = (tuple(a.in_force for a in acts), state.phase)
            statuses = tuple(acts[i].after for i in rules.sticky)
            read = tuple(acts[i].in_force for i in board.phase.read)
            results = [
                (chance, (event, statuses, levels), watched)
                for chance, event, levels, watched in rules.events(state.phase, state.gravities, read)
            ]
            found = self.known[key] = (self.rows.setdefault(package, len(self.rows)), results)
        return found
