"""Kernels of the answers to a departure, over the graph written out: in turn, or at the same time.

Searches stop at the first sanction; a search that finds none settles the departure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled
from halfway.space.arrays import BoolArray, IntArray
from halfway.space.graph.arrays import Moves
from halfway.stability.concepts.comparisons import Views, all_in, any_in

STAMP, MARK, STEPS = range(3)
"""Places in `Scratch.counters`."""


class Lists(NamedTuple):
    """The graph written out, as arrays; see `halfway.stability.graph.moves.Graph`."""

    states: IntArray
    number: NDArray[np.int32]
    start: IntArray
    target: NDArray[np.int32]


class Sides(NamedTuple):
    """Who might leave, and who might answer.

    Attributes
    ----------
    focal : ndarray of bool, shape (actor,)
    own, others : ndarray of bool, shape (mover,)
        Movers within the focal set, and those without anyone of it.
    """

    focal: BoolArray
    own: BoolArray
    others: BoolArray


class Scratch(NamedTuple):
    """Room for searches, laid out once for all states of a run.

    Attributes
    ----------
    met, follow : ndarray of int64, shape (mover, state)
        In which search a position was last met.
    trail, follow_queue : ndarray of int64, shape (mover * state,)
        Positions of a search in the order in which they were met.
    keeps : ndarray of int64, shape (state,)
        For the state judged, whether an end state has a way out: known answers.
    choice, current : ndarray of int64, shape (mover + 1,)
    counters : ndarray of int64, shape (3,)
        `STAMP` and `MARK` number the searches; `STEPS` counts looks at a state or a move.
    """

    met: IntArray
    follow: IntArray
    trail: IntArray
    follow_queue: IntArray
    keeps: IntArray
    choice: IntArray
    current: IntArray
    counters: IntArray


def room_for(movers: int, states: int) -> Scratch:
    """Lay out the room that searches need."""

    def fresh(*shape: int) -> IntArray:
        return np.full(shape, -1, dtype=np.int64)

    positions = movers * states
    return Scratch(
        met=fresh(movers, states),
        follow=fresh(movers, states),
        trail=fresh(positions),
        follow_queue=fresh(positions),
        keeps=fresh(states),
        choice=fresh(movers + 1),
        current=fresh(movers + 1),
        counters=np.zeros(3, dtype=np.int64),
    )


@compiled
def reachable(
    source: int,
    allowed: BoolArray,
    single: bool,
    lists: Lists,
    apart: BoolArray,
    seen: NDArray[np.int64],
    stamp: int,
    queue: NDArray[np.int64],
) -> int:
    """Fill a queue with all (mover, state) that legal sequences of some movers lead to, one move long if single."""
    movers, n = seen.shape
    filled = 0
    for m in range(movers):
        if allowed[m]:
            for e in range(lists.start[m, source], lists.start[m, source + 1]):
                t = lists.target[e]
                if seen[m, t] != stamp:
                    seen[m, t] = stamp
                    queue[filled] = m * n + t
                    filled += 1
    if single:
        return filled
    at = 0
    while at < filled:
        last = queue[at] // n
        s = queue[at] % n
        at += 1
        for m in range(movers):
            if allowed[m] and apart[last, m]:
                for e in range(lists.start[m, s], lists.start[m, s + 1]):
                    t = lists.target[e]
                    if seen[m, t] != stamp:
                        seen[m, t] = stamp
                        queue[filled] = m * n + t
                        filled += 1
    return filled


@compiled
def next_improvement(s: int, m: int, begin: int, views: Views, moves: Moves, lists: Lists, scratch: Scratch) -> int:
    """Return the first of a mover's moves from a state, from a place in its list on, that gains for all who make it."""
    e = begin
    while e < lists.start[m, s + 1]:
        scratch.counters[2] += 1
        if all_in(views, moves.members[m], lists.target[e], s, views.answer):
            break
        e += 1
    return e


@compiled
def laid_over(onto: int, before: int, after: int, m: int, moves: Moves) -> int:
    """Return a combination with one mover's change of another combination made on it too."""
    laid = onto
    for k in range(moves.width[m]):
        issue = moves.issues[m, k]
        stride, size = moves.strides[issue], moves.sizes[issue]
        option = after // stride % size
        if option != before // stride % size:
            laid += (option - laid // stride % size) * stride
    return laid


@compiled
def free_to_answer(m: int, sides: Sides, moves: Moves, choice: NDArray[np.int64]) -> bool:
    """Return whether a mover may answer beside those of lower number that do."""
    if not sides.others[m]:
        return False
    free = True
    for k in range(m):
        if choice[k] >= 0 and not moves.apart[k, m]:
            free = False
            break
    return free


@compiled
def deterred_at_once(
    s: int, s1: int, sides: Sides, views: Views, moves: Moves, lists: Lists, scratch: Scratch, budget: int
) -> bool:
    """Return whether some combination of the others' own improvements from ``s``, laid over ``s1``, deters."""
    movers = sides.own.size
    choice, current = scratch.choice, scratch.current
    choice[0] = -1
    current[0] = lists.states[s1]
    m = 0
    # Depth-first over movers: choice[m] = -1 means that mover m does not answer.
    while scratch.counters[2] <= budget:
        if m < movers:
            current[m + 1] = current[m]
            m += 1
            if m < movers:
                choice[m] = -1
            continue
        scratch.counters[2] += 1
        t = lists.number[current[m]]
        if t >= 0 and t != s1 and any_in(views, sides.focal, t, s, views.sanction):
            return True
        # Step back to the deepest mover that has a further answer.
        m -= 1
        moved = False
        while m >= 0 and not moved:
            if free_to_answer(m, sides, moves, choice):
                begin = choice[m] + 1 if choice[m] >= 0 else lists.start[m, s]
                e = next_improvement(s, m, begin, views, moves, lists, scratch)
                if e < lists.start[m, s + 1]:
                    choice[m] = e
                    current[m + 1] = laid_over(current[m], lists.states[s], lists.states[lists.target[e]], m, moves)
                    moved = True
            if not moved:
                m -= 1
        if not moved:
            break
        m += 1
        if m < movers:
            choice[m] = -1
    return False


@compiled
def has_way_out(
    t: int, s: int, single: bool, sides: Sides, views: Views, moves: Moves, lists: Lists, scratch: Scratch
) -> bool:
    """Return whether those who left ``s`` can go from ``t`` to where nothing deters them."""
    if scratch.keeps[t] // 2 != s + 1:
        scratch.counters[1] += 1
        onward = reachable(
            t, sides.own, single, lists, moves.apart, scratch.follow, scratch.counters[1], scratch.follow_queue
        )
        scratch.counters[2] += onward
        n = lists.states.size
        escape = 0
        for f in range(onward):
            if not any_in(views, sides.focal, scratch.follow_queue[f] % n, s, views.sanction):
                escape = 1
                break
        scratch.keeps[t] = 2 * (s + 1) + escape
    return bool(scratch.keeps[t] % 2 == 1)


@compiled
def deterred_in_turn(
    s: int,
    s1: int,
    improving: bool,
    lasting: bool,
    single: bool,
    sides: Sides,
    views: Views,
    moves: Moves,
    lists: Lists,
    scratch: Scratch,
    budget: int,
) -> bool:
    """Return whether some legal sequence of the others' moves from ``s1``, breadth first, leads where the focal set minds."""
    movers, n = scratch.met.shape
    scratch.counters[0] += 1
    stamp = scratch.counters[0]
    filled = 0
    at = -1
    while scratch.counters[2] <= budget and at < filled:
        before, here = -1, s1
        if at >= 0:
            before, here = scratch.trail[at] // n, scratch.trail[at] % n
        at += 1
        for m in range(movers):
            if not sides.others[m] or (before >= 0 and not moves.apart[before, m]):
                continue
            for e in range(lists.start[m, here], lists.start[m, here + 1]):
                t = lists.target[e]
                scratch.counters[2] += 1
                if scratch.met[m, t] == stamp:
                    continue
                if improving and not all_in(views, moves.members[m], t, here, views.answer):
                    continue
                scratch.met[m, t] = stamp
                scratch.trail[filled] = m * n + t
                filled += 1
                if any_in(views, sides.focal, t, s, views.sanction) and not (
                    lasting and has_way_out(t, s, single, sides, views, moves, lists, scratch)
                ):
                    return True
    return False
