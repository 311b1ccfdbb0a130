"""The least that opponents can bring about, for every state at once.

A sanction need not be listed: it is enough to know the lowest value that legal sequences of the opponents' moves reach
(no actor twice in a row). Values are spread backwards from the lowest state up, so every number is settled once, and
predecessors that differ only in issues a mover changes freely are settled as a block.

Source: the recursion for legal sequences of Fang, Hipel and Kilgour (1993), *Interactive Decision Making*, ch. 3-4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled
from halfway.space.arrays import BoolArray, IntArray
from halfway.space.graph.arrays import GraphModel, Moves, RankArray
from halfway.stability.graph.moves import successors

NOTHING = np.iinfo(np.int32).max
"""The value where opponents cannot move at all."""


@dataclass(frozen=True)
class Lines:
    """States grouped, for each mover, into those that differ only in issues it changes freely.

    Attributes
    ----------
    line : ndarray of int32, shape (mover, state)
        Number of the state's line.
    start : ndarray of int64, shape (mover, line + 1), padded
        Where each line's states begin in ``order``.
    """

    line: NDArray[np.int32]
    start: IntArray


def lines_of(model: GraphModel) -> Lines:
    """Lay out the lines of every mover."""
    moves = model.moves
    movers = len(model.movers)
    line = np.zeros((movers, model.product), dtype=np.int32)
    counts: list[NDArray[np.int64]] = []
    for m in range(movers):
        fixed = np.ones(len(model.sizes), dtype=np.bool_)
        for k in range(int(moves.width[m])):
            if moves.free[m, k]:
                fixed[moves.issues[m, k]] = False
        shape = tuple(reversed(model.sizes))
        number = np.zeros(shape, dtype=np.int32)
        stride = 1
        for issue, size in enumerate(model.sizes):
            if fixed[issue]:
                axis = [1] * len(model.sizes)
                axis[len(model.sizes) - 1 - issue] = size
                number += (np.arange(size, dtype=np.int32) * stride).reshape(axis)
                stride *= size
        line[m] = number.reshape(-1)
        counts.append(np.bincount(line[m][moves.feasible], minlength=stride))
    longest = max(c.size for c in counts)
    start = np.zeros((movers, longest + 1), dtype=np.int64)
    for m, count in enumerate(counts):
        start[m, 1 : count.size + 1] = np.cumsum(count)
    return Lines(line, start)


@compiled
def deal_into_lines(
    ascending: NDArray[np.int64], feasible: BoolArray, line: NDArray[np.int32], start: NDArray[np.int64]
) -> NDArray[np.int32]:
    """List the feasible states line by line, each line in the given ascending order."""
    place = start.copy()
    out = np.empty(start[-1] if start.size else 0, dtype=np.int32)
    for s in ascending:
        if feasible[s]:
            out[place[line[s]]] = s
            place[line[s]] += 1
    return out


@compiled
def least(
    value: NDArray[np.int32],
    ascending: NDArray[np.int64],
    opponents: BoolArray,
    improving: bool,
    ranks: NDArray[np.int32],
    moves: Moves,
    line: NDArray[np.int32],
    start: NDArray[np.int64],
    dealt: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return the lowest value that the opponents can reach from each state, by at least one move.

    Parameters
    ----------
    value : ndarray of int32, shape (state,)
        What the focal actor minds at the end state.
    ascending : ndarray of int64, shape (state,)
        All states by ascending value.
    opponents : ndarray of bool, shape (mover,)
        Movers that may answer.
    improving : bool
        Whether each step must be an improvement for all who make it.
    ranks : ndarray of int32, shape (actor, state)
    moves : Moves
    line, start : ndarray
        See `Lines`.
    dealt : ndarray of int32, shape (mover, feasible state)
        Feasible states line by line; for a single actor in ascending order of its own ranks.

    Returns
    -------
    ndarray of int32, shape (state,)
        `NOTHING` where no opponent can move.
    """
    movers, states = line.shape
    out = np.full(states, np.int32(2147483647), dtype=np.int32)
    settled = np.zeros((movers, states), dtype=np.bool_)
    raised = np.zeros((movers, states), dtype=np.bool_)
    lines = start.shape[1] - 1
    # Improving: the first state of each line not yet settled, and (for those who move together) its end.
    first = start[:, :lines].copy()
    end = start[:, 1:].copy()
    # Not improving: the one state (or coalesced group) of a line left over; -1 before anything is settled, -2 after.
    left = np.full((movers, lines), -1, dtype=np.int32)
    deal = dealt.copy() if improving else dealt
    stack = np.empty(movers * states, dtype=np.int64)
    widest = 1
    for m in range(movers):
        width = 1
        for k in range(moves.width[m]):
            if not moves.free[m, k]:
                width *= moves.sizes[moves.issues[m, k]]
        widest = max(widest, width)
    buffer = np.empty(widest, dtype=np.int64)
    lone = np.empty(1, dtype=np.int32)
    found = np.empty(states, dtype=np.int32)
    joint = np.zeros(movers, dtype=np.bool_)
    actor = np.zeros(movers, dtype=np.int64)
    for m in range(movers):
        joint[m] = moves.members[m].sum() > 1
        actor[m] = np.argmax(moves.members[m])

    for q in ascending:
        if moves.stands_for[q] != q:
            continue
        top = 0
        for m in range(movers):
            if opponents[m] and not raised[m, q]:
                raised[m, q] = True
                stack[top] = m * states + q
                top += 1
        while top > 0:
            top -= 1
            m = stack[top] // states
            s = stack[top] % states
            if moves.group[s] >= 0:
                g = moves.group[s]
                alike = moves.group_members[moves.group_start[g] : moves.group_start[g + 1]]
            else:
                lone[0] = s
                alike = lone
            for member in alike:
                for b in range(successors(member, m, moves, buffer, True)):
                    row = line[m, buffer[b]]
                    count = 0
                    if improving:
                        if joint[m]:
                            at = first[m, row]
                            while at < end[m, row]:
                                p = moves.stands_for[deal[m, at]]
                                better = True
                                for a in range(ranks.shape[0]):
                                    if moves.members[m, a] and ranks[a, p] >= ranks[a, s]:
                                        better = False
                                if better:
                                    found[count] = p
                                    count += 1
                                    end[m, row] -= 1
                                    deal[m, at] = deal[m, end[m, row]]
                                else:
                                    at += 1
                        else:
                            a = actor[m]
                            while first[m, row] < end[m, row]:
                                p = moves.stands_for[deal[m, first[m, row]]]
                                if ranks[a, p] >= ranks[a, s]:
                                    break
                                found[count] = p
                                count += 1
                                first[m, row] += 1
                    elif left[m, row] == -1:
                        for at in range(start[m, row], start[m, row + 1]):
                            p = moves.stands_for[deal[m, at]]
                            if p != s:
                                found[count] = p
                                count += 1
                        left[m, row] = s
                    elif left[m, row] != -2 and left[m, row] != s:
                        found[0] = left[m, row]
                        # The one left over need not lie in this line at all; if not, nothing is to be settled.
                        for at in range(start[m, row], start[m, row + 1]):
                            if moves.stands_for[deal[m, at]] == left[m, row]:
                                count = 1
                                break
                        left[m, row] = -2
                    for f in range(count):
                        p = found[f]
                        if settled[m, p]:
                            continue
                        settled[m, p] = True
                        if out[p] == 2147483647:
                            out[p] = value[q]
                        for k in range(movers):
                            if opponents[k] and moves.apart[m, k] and not raised[k, p]:
                                raised[k, p] = True
                                stack[top] = k * states + p
                                top += 1
    return out


def best_within_reach(values: RankArray, model: GraphModel, actor: int) -> RankArray:
    """Return, for each state, the highest value among it and what one actor reaches from it in one move.

    Parameters
    ----------
    values : ndarray of int32, shape (state,)
    model : GraphModel
    actor : int

    Returns
    -------
    ndarray of int32, shape (state,)
        Meaningful for states that count (see `GraphModel.states`) and for their coalesced members.
    """
    moves = model.moves
    lowest = np.iinfo(np.int32).min
    own = moves.stands_for
    now = np.where(own >= 0, values[own], lowest).astype(np.int32)
    for k in range(int(moves.width[actor])):
        issue = int(moves.issues[actor, k])
        size, stride = model.sizes[issue], int(moves.strides[issue])
        cube = now.reshape(-1, size, stride)
        if moves.free[actor, k]:
            now = np.broadcast_to(cube.max(axis=1, keepdims=True), cube.shape).reshape(-1)
            continue
        after = cube.copy()
        for before in range(size):
            for option in range(size):
                if moves.allowed[actor, k, before, option]:
                    np.maximum(after[:, before], cube[:, option], out=after[:, before])
        now = after.reshape(-1)
    now = np.array(now, dtype=np.int32)
    for g in range(moves.group_start.size - 1):
        member = moves.group_members[moves.group_start[g] : moves.group_start[g + 1]]
        now[member] = now[member].max()
    return now
