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
from halfway.stability.graph.moves import successors

STAMP, MARK, STEPS, GAINS_OF, ENDING = range(5)
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
    gains : ndarray of int64, shape (mover, combination)
        Combinations that each mover's own improvements of one combination lead to.
    gained : ndarray of int64, shape (mover,)
        How many of these there are.
    buffer : ndarray of int64, shape (combination,)
    counters : ndarray of int64, shape (5,)
        `STAMP` and `MARK` number the searches; `STEPS` counts looks at a state or a move; `GAINS_OF` is the combination
        whose improvements are laid out, and `ENDING` tells whether one of these changes an issue that may end the matter.
    """

    met: IntArray
    follow: IntArray
    trail: IntArray
    follow_queue: IntArray
    keeps: IntArray
    choice: IntArray
    current: IntArray
    gains: IntArray
    gained: IntArray
    buffer: IntArray
    counters: IntArray


def room_for(movers: int, states: int, widest: int = 1) -> Scratch:
    """Lay out the room that searches need; ``widest`` is the most combinations that a mover makes of one."""

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
        gains=np.empty((movers, widest), dtype=np.int64),
        gained=np.zeros(movers, dtype=np.int64),
        buffer=np.empty(widest, dtype=np.int64),
        counters=np.array([0, 0, 0, -1, 0], dtype=np.int64),
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
def members(state: int, moves: Moves) -> int:
    """Return how many combinations a state stands for: one, or all that were coalesced."""
    g = moves.group[state]
    return 1 if g < 0 else moves.group_start[g + 1] - moves.group_start[g]


@compiled
def member(state: int, k: int, moves: Moves) -> int:
    """Return the k-th combination that a state stands for."""
    g = moves.group[state]
    return state if g < 0 else moves.group_members[moves.group_start[g] + k]


@compiled
def lay_out_gains(x: int, s: int, sides: Sides, views: Views, moves: Moves, lists: Lists, scratch: Scratch) -> None:
    """Lay out what the others' own improvements make of a combination that stands for state ``s``."""
    if scratch.counters[3] == x:
        return
    scratch.counters[3] = x
    scratch.counters[4] = 0
    for m in range(sides.own.size):
        scratch.gained[m] = 0
        if not sides.others[m]:
            continue
        filled = successors(x, m, moves, scratch.buffer)
        scratch.counters[2] += filled
        kept = 0
        for e in range(1, filled):
            y = scratch.buffer[e]
            own = moves.stands_for[y]
            if own < 0:
                continue
            t = lists.number[own]
            if t == s or not all_in(views, moves.members[m], t, s, views.answer):
                continue
            scratch.gains[m, kept] = y
            kept += 1
            for k in range(moves.width[m]):
                issue = moves.issues[m, k]
                stride, size = moves.strides[issue], moves.sizes[issue]
                if moves.ends[issue] and x // stride % size != y // stride % size:
                    scratch.counters[4] = 1
        scratch.gained[m] = kept


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
    """Return whether some combination of the others' own improvements from ``s``, laid over ``s1``, deters.

    A coalesced state is any of the combinations that it stands for: what tells these apart no longer matters there. So
    answers start from any of them, reach any, and are laid over any.
    """
    hit = False
    for a in range(members(lists.states[s], moves)):
        x = member(lists.states[s], a, moves)
        lay_out_gains(x, s, sides, views, moves, lists, scratch)
        if moves.group[lists.states[s1]] >= 0 and scratch.counters[4] == 0:
            # The departure ended the matter, and no answer changes anything that could end it otherwise.
            continue
        for b in range(members(lists.states[s1], moves)):
            x1 = member(lists.states[s1], b, moves)
            if laid_together(x, x1, s, s1, sides, views, moves, lists, scratch, budget):
                hit = True
                break
        if hit or scratch.counters[2] > budget:
            break
    return hit


@compiled
def laid_together(
    x: int,
    x1: int,
    s: int,
    s1: int,
    sides: Sides,
    views: Views,
    moves: Moves,
    lists: Lists,
    scratch: Scratch,
    budget: int,
) -> bool:
    """Return whether some of the improvements that are laid out for ``x``, made together on ``x1``, deter."""
    movers = sides.own.size
    choice, current = scratch.choice, scratch.current
    choice[0] = -1
    current[0] = x1
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
        own = moves.stands_for[current[m]]
        if own >= 0:
            t = lists.number[own]
            if t != s1 and any_in(views, sides.focal, t, s, views.sanction):
                return True
        # Step back to the deepest mover that has a further answer.
        m -= 1
        moved = False
        while m >= 0 and not moved:
            e = choice[m] + 1
            if e < scratch.gained[m] and free_to_answer(m, sides, moves, choice):
                choice[m] = e
                current[m + 1] = laid_over(current[m], x, scratch.gains[m, e], m, moves)
                moved = True
            else:
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
