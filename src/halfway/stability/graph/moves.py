"""The graph written out: every mover's one-step moves between the states that count, as compact lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from halfway.errors import Problem, Refusal
from halfway.jit import compiled
from halfway.space.arrays import IntArray
from halfway.space.graph.arrays import GraphModel, Moves

MAX_MOVES = 150_000_000
"""Most one-step moves that are written out (600 MB)."""


@compiled
def successors(state: int, mover: int, moves: Moves, buffer: NDArray[np.int64], back: bool = False) -> int:
    """Write the combinations that a mover can turn one combination into, feasible or not, after the state itself.

    With `back`, those that it can turn into this one, by changes of issues that it does not change freely. Returns the
    number of entries; ``buffer[0]`` is the state. Coalescing is left to the caller.
    """
    buffer[0] = state
    filled = 1
    for k in range(moves.width[mover]):
        if back and moves.free[mover, k]:
            continue
        issue = moves.issues[mover, k]
        stride, size = moves.strides[issue], moves.sizes[issue]
        option = state // stride % size
        held = filled
        for other in range(size):
            before, after = (other, option) if back else (option, other)
            if moves.allowed[mover, k, before, after]:
                for e in range(held):
                    buffer[filled] = buffer[e] + (other - option) * stride
                    filled += 1
    return filled


@compiled
def _write_moves(
    states: NDArray[np.int64], number: NDArray[np.int32], mover: int, moves: Moves, width: int, room: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    # Targets by state in ascending order; room = 0 only counts.
    n = states.size
    start = np.zeros(n + 1, dtype=np.int64)
    targets = np.empty(room, dtype=np.int32)
    seen = np.full(n, -1, dtype=np.int32)
    buffer = np.empty(width, dtype=np.int64)
    lone = np.empty(1, dtype=np.int32)
    at = 0
    for s in range(n):
        begin = at
        raw = states[s]
        if moves.group[raw] >= 0:
            g = moves.group[raw]
            alike = moves.group_members[moves.group_start[g] : moves.group_start[g + 1]]
        else:
            lone[0] = raw
            alike = lone
        for member in alike:
            filled = successors(member, mover, moves, buffer)
            for e in range(1, filled):
                own = moves.stands_for[buffer[e]]
                if own < 0:
                    continue
                t = number[own]
                if t == s or seen[t] == s:
                    continue
                seen[t] = s
                if room > 0:
                    targets[at] = t
                at += 1
        if room > 0:
            targets[begin:at].sort()
        start[s + 1] = at
    return start, targets


@dataclass(frozen=True)
class Graph:
    """States that count, numbered from 0, with every mover's moves.

    Attributes
    ----------
    model : GraphModel
    states : ndarray of int64, shape (state,)
        Their indices in the product.
    number : ndarray of int32, shape (combination,)
        The reverse: number of the state that a combination counts as, -1 if infeasible.
    start : ndarray of int64, shape (mover, state + 1)
        Offsets into ``target``.
    target : ndarray of int32
        States reached, ascending within each mover and state.
    """

    model: GraphModel
    states: IntArray
    number: NDArray[np.int32]
    start: IntArray
    target: NDArray[np.int32]

    @cached_property
    def ranks(self) -> NDArray[np.int32]:
        """Ordinal preferences over the states that count, shape (actor, state)."""
        return np.ascontiguousarray(self.model.settled_ranks[:, self.states])

    def reach(self, mover: int, state: int) -> NDArray[np.int32]:
        """Return the states that a mover reaches from a state in one move, ascending."""
        return self.target[self.start[mover, state] : self.start[mover, state + 1]]

    def improves(self, mover: int, before: int, after: int) -> bool:
        """Return whether a move is an improvement for everyone who makes it."""
        return all(self.ranks[a, after] > self.ranks[a, before] for a in self.model.movers[mover])

    def edges(self) -> list[tuple[int, int, int]]:
        """Return every move as (mover, from, to)."""
        return [
            (m, s, int(t))
            for m in range(len(self.model.movers))
            for s in range(self.states.size)
            for t in self.reach(m, s)
        ]


def write_out(model: GraphModel) -> Graph:
    """Write the graph out.

    Raises
    ------
    Refusal
        When the moves are more than memory should hold.
    """
    moves, states = model.moves, model.states
    number = np.full(model.product, -1, dtype=np.int32)
    number[states] = np.arange(states.size, dtype=np.int32)
    counted = []
    for m in range(len(model.movers)):
        # Before anything is counted: no mover's list can be longer than the product of its options.
        if states.size * width_of(model, m) > 8 * MAX_MOVES:
            _refuse(states.size, states.size * width_of(model, m))
        counted.append(_write_moves(states, number, m, moves, width_of(model, m), 0)[0])
    total = sum(int(c[-1]) for c in counted)
    if total > MAX_MOVES:
        _refuse(states.size, total)
    start = np.zeros((len(model.movers), states.size + 1), dtype=np.int64)
    parts: list[NDArray[np.int32]] = []
    offset = 0
    for m, count in enumerate(counted):
        start[m] = count + offset
        if count[-1]:
            parts.append(_write_moves(states, number, m, moves, width_of(model, m), int(count[-1]))[1])
        offset += int(count[-1])
    target = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
    every = np.where(moves.stands_for >= 0, number[moves.stands_for], np.int32(-1)).astype(np.int32)
    return Graph(model, states, every, start, target)


def width_of(model: GraphModel, mover: int) -> int:
    """Return the most combinations that a mover can turn one combination into, itself included."""
    return int(np.prod([model.sizes[i] for i in model.moves.issues[mover] if i >= 0], dtype=object) or 1)


def _refuse(states: int, total: int) -> None:
    raise Refusal(
        [
            Problem(
                "N402",
                f"{states:,} states have up to {total:,} one-step moves",
                f"this analysis writes every move out, and {MAX_MOVES:,} are the most that it holds",
                "fix some issues at one option, coalesce states, or ask for nash, gmr, smr and seq verdicts only, "
                "which need no list of moves",
            )
        ]
    )
