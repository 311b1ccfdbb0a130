"""Stability where one number a state is not enough: coalitions, strength, unknown preference, and SIM.

Each state is compared with the states that others can lead to, one pair at a time, over the graph written out. Searches
stop at the first sanction; a search that finds none settles the state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfway.errors import Problem, Refusal
from halfway.jit import compiled
from halfway.space.arrays import BoolArray, IntArray
from halfway.space.graph.arrays import MILD, Moves
from halfway.stability.concepts.individual import in_threads
from halfway.stability.graph.moves import Graph

BUDGET = 20_000_000_000
"""Steps (one look at a state or a move) after which an analysis is given up as too long: some minutes."""

# How one state compares with another in an actor's eyes, as an index into tables of bools.
MUCH_WORSE, WORSE, EQUAL, BETTER, MUCH_BETTER, UNKNOWN_WAY = range(6)
GOOD = np.asarray([False, False, False, True, True, False])
GOOD_OR_UNKNOWN = np.asarray([False, False, False, True, True, True])
BAD = np.asarray([True, True, True, False, False, False])
BAD_OR_UNKNOWN = np.asarray([True, True, True, False, False, True])
MUCH_WORSE_ONLY = np.asarray([True, False, False, False, False, False])

GMR, SMR, SEQ, SIM, NASH = range(5)
CODES = {"nash": NASH, "gmr": GMR, "smr": SMR, "seq": SEQ, "sim": SIM}


@dataclass(frozen=True)
class Preferences:
    """Every actor's comparison of states, level by level.

    Attributes
    ----------
    kinds : ndarray of int64, shape (actor, level)
        Zero after an actor's last level.
    classes : ndarray of int32, shape (actor, level, state)
    """

    kinds: IntArray
    classes: NDArray[np.int32]


def preferences_of(graph: Graph, ranks: NDArray[np.int32] | None = None) -> Preferences:
    """Collect the comparisons over the states that count; plain ranks make one level.

    Parameters
    ----------
    graph : Graph
    ranks : ndarray of int32, shape (actor, state), optional
        Plain ranks to use instead of the model's preferences.
    """
    model = graph.model
    levels = () if ranks is not None else model.levels
    plain = graph.ranks if ranks is None else ranks
    depth = max((len(x) for x in levels), default=1) or 1
    kinds = np.zeros((model.actors, depth), dtype=np.int64)
    classes = np.zeros((model.actors, depth, graph.states.size), dtype=np.int32)
    for a in range(model.actors):
        own = levels[a] if levels else ()
        if not own:
            kinds[a, 0] = MILD
            classes[a, 0] = plain[a]
        for k, level in enumerate(own):
            kinds[a, k] = level.kind
            classes[a, k] = level.classes[graph.states]
    return Preferences(kinds, classes)


@compiled
def compare(kinds: NDArray[np.int64], classes: NDArray[np.int32], actor: int, one: int, other: int) -> int:
    """Return how state ``one`` compares with state ``other`` for an actor (`MUCH_WORSE` … `UNKNOWN_WAY`)."""
    for k in range(kinds.shape[1]):
        difference = np.int64(classes[actor, k, one]) - np.int64(classes[actor, k, other])
        if difference == 0:
            continue
        if kinds[actor, k] == 3:
            return 5
        step = 1 if kinds[actor, k] == 1 else 2
        return 2 + step if difference > 0 else 2 - step
    return 2


@compiled
def _all_in(
    kinds: NDArray[np.int64],
    classes: NDArray[np.int32],
    actors: BoolArray,
    one: int,
    other: int,
    wanted: BoolArray,
) -> bool:
    fits = True
    for a in range(actors.size):
        if actors[a] and not wanted[compare(kinds, classes, a, one, other)]:
            fits = False
            break
    return fits


@compiled
def _any_in(
    kinds: NDArray[np.int64],
    classes: NDArray[np.int32],
    actors: BoolArray,
    one: int,
    other: int,
    wanted: BoolArray,
) -> bool:
    fits = False
    for a in range(actors.size):
        if actors[a] and wanted[compare(kinds, classes, a, one, other)]:
            fits = True
            break
    return fits


@compiled
def _explore(
    source: int,
    allowed: BoolArray,
    single: bool,
    start: NDArray[np.int64],
    target: NDArray[np.int32],
    apart: BoolArray,
    seen: NDArray[np.int64],
    stamp: int,
    queue: NDArray[np.int64],
) -> int:
    # All (mover, state) that legal sequences of the allowed movers lead to, one move long if single; how many.
    movers, n = seen.shape
    filled = 0
    for m in range(movers):
        if allowed[m]:
            for e in range(start[m, source], start[m, source + 1]):
                t = target[e]
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
                for e in range(start[m, s], start[m, s + 1]):
                    t = target[e]
                    if seen[m, t] != stamp:
                        seen[m, t] = stamp
                        queue[filled] = m * n + t
                        filled += 1
    return filled


@compiled
def judge(
    first: int,
    last: int,
    concept: int,
    focal: BoolArray,
    own: BoolArray,
    others: BoolArray,
    leave: BoolArray,
    sanction: BoolArray,
    answer: BoolArray,
    kinds: NDArray[np.int64],
    classes: NDArray[np.int32],
    moves: Moves,
    states: NDArray[np.int64],
    number: NDArray[np.int32],
    start: NDArray[np.int64],
    target: NDArray[np.int32],
    budget: int,
) -> tuple[BoolArray, int]:
    """Judge the states ``first`` … ``last - 1`` for a set of actors acting together.

    Parameters
    ----------
    concept : int
        `GMR`, `SMR`, `SEQ`, `SIM` or `NASH`.
    focal : ndarray of bool, shape (actor,)
    own, others : ndarray of bool, shape (mover,)
        Movers within the focal set, and those without anyone of it.
    leave, sanction, answer : ndarray of bool, shape (comparison,)
        Comparisons (new state with old) that tempt all of the focal set, that deter at least one of it, and for which
        others answer.
    budget : int
        Steps after which to give up.

    Returns
    -------
    (ndarray of bool, int)
        Verdicts, and steps taken (above the budget when given up).
    """
    movers = own.size
    n = states.size
    single = focal.sum() == 1
    out = np.zeros(last - first, dtype=np.bool_)
    seen = np.full((movers, n), -1, dtype=np.int64)
    queue = np.empty(movers * n, dtype=np.int64)
    met = np.full((movers, n), -1, dtype=np.int64)
    trail = np.empty(movers * n, dtype=np.int64)
    wanted = np.full(n, -1, dtype=np.int64)
    tempting = np.empty(n, dtype=np.int64)
    keeps = np.full(n, -1, dtype=np.int64)
    follow = np.full((movers, n), -1, dtype=np.int64)
    follow_queue = np.empty(movers * n, dtype=np.int64)
    choice = np.zeros(movers + 1, dtype=np.int64)
    current = np.zeros(movers + 1, dtype=np.int64)
    stamp = 0
    mark = 0
    steps = 0
    for s in range(first, last):
        reached = _explore(s, own, single, start, target, moves.apart, seen, s, queue)
        steps += reached + 1
        count = 0
        for r in range(reached):
            t = queue[r] % n
            if wanted[t] != s and t != s:
                wanted[t] = s
                if _all_in(kinds, classes, focal, t, s, leave):
                    tempting[count] = t
                    count += 1
        stable = True
        for c in range(count):
            if concept == 4:
                stable = False
                break
            s1 = tempting[c]
            hit = False
            if concept == 3:
                # Others' own improvements from s, one at most for each actor, laid over s1.
                choice[0] = -1
                current[0] = states[s1]
                m = 0
                # Depth-first over movers: choice[m] = -1 means that mover m does not answer.
                while True:
                    if m == movers:
                        steps += 1
                        if steps > budget:
                            return out, steps
                        t = number[current[m]]
                        if t >= 0 and t != s1 and _any_in(kinds, classes, focal, t, s, sanction):
                            hit = True
                            break
                        m -= 1
                    else:
                        current[m + 1] = current[m]
                        m += 1
                        if m < movers:
                            choice[m] = -1
                        continue
                    # Step back to the deepest mover that has a further answer.
                    moved = False
                    while m >= 0 and not moved:
                        free = others[m]
                        if free:
                            for k in range(m):
                                if choice[k] >= 0 and not moves.apart[k, m]:
                                    free = False
                                    break
                        if free:
                            e = choice[m] + 1 if choice[m] >= 0 else start[m, s]
                            while e < start[m, s + 1]:
                                steps += 1
                                if _all_in(kinds, classes, moves.members[m], target[e], s, answer):
                                    break
                                e += 1
                            if e < start[m, s + 1]:
                                choice[m] = e
                                laid = current[m]
                                new = states[target[e]]
                                old = states[s]
                                for k in range(moves.width[m]):
                                    issue = moves.issues[m, k]
                                    stride, size = moves.strides[issue], moves.sizes[issue]
                                    option = new // stride % size
                                    if option != old // stride % size:
                                        laid += (option - laid // stride % size) * stride
                                current[m + 1] = laid
                                moved = True
                                break
                        m -= 1
                    if not moved:
                        break
                    m += 1
                    if m < movers:
                        choice[m] = -1
            else:
                stamp += 1
                filled = 0
                at = -1
                # Legal sequences of answers from s1, breadth first, until one leads where the focal set minds.
                while not hit:
                    if at < 0:
                        before = -1
                        here = s1
                    elif at < filled:
                        before = trail[at] // n
                        here = trail[at] % n
                    else:
                        break
                    at += 1
                    for m in range(movers):
                        if not others[m] or (before >= 0 and not moves.apart[before, m]):
                            continue
                        for e in range(start[m, here], start[m, here + 1]):
                            t = target[e]
                            steps += 1
                            if met[m, t] == stamp:
                                continue
                            if concept == 2 and not _all_in(kinds, classes, moves.members[m], t, here, answer):
                                continue
                            met[m, t] = stamp
                            trail[filled] = m * n + t
                            filled += 1
                            if not _any_in(kinds, classes, focal, t, s, sanction):
                                continue
                            if concept == 1:
                                if keeps[t] // 2 != s + 1:
                                    mark += 1
                                    escape = False
                                    onward = _explore(
                                        t, own, single, start, target, moves.apart, follow, mark, follow_queue
                                    )
                                    steps += onward
                                    for f in range(onward):
                                        if not _any_in(kinds, classes, focal, follow_queue[f] % n, s, sanction):
                                            escape = True
                                            break
                                    keeps[t] = 2 * (s + 1) + (0 if escape else 1)
                                if keeps[t] % 2 == 0:
                                    continue
                            hit = True
                            break
                        if hit:
                            break
                    if steps > budget:
                        return out, steps
            if not hit:
                stable = False
                break
        if steps > budget:
            return out, steps
        out[s - first] = stable
    return out, steps


def stable_states(
    graph: Graph,
    concept: str,
    focal: tuple[int, ...],
    preferences: Preferences,
    leave: BoolArray = GOOD,
    sanction: BoolArray = BAD,
    answer: BoolArray = GOOD,
    budget: int = BUDGET,
) -> BoolArray:
    """Return which states are stable for a set of actors acting together, shape ``(state,)``.

    A single actor gives the individual verdict: it leaves in one move. A coalition leaves by any legal sequence of its
    members' moves that ends where all of them gain; one member that minds the answer is enough to deter it.

    Source: Kilgour, Hipel, Fang and Peng (2001), *Group Decision and Negotiation* 10, 159-175, and Inohara and Hipel
    (2008), *Systems Engineering* 11, 343-359, with answers by those outside acting each for itself.

    Raises
    ------
    Refusal
        After ``budget`` steps.
    """
    model, moves = graph.model, graph.model.moves
    inside = np.zeros(model.actors, dtype=np.bool_)
    inside[list(focal)] = True
    own = np.asarray(~(moves.members & ~inside).any(axis=1), dtype=np.bool_)
    others = np.asarray(~(moves.members & inside).any(axis=1), dtype=np.bool_)
    n = graph.states.size
    pieces = 1 if n < 512 else 16
    bounds = np.linspace(0, n, pieces + 1).astype(int)

    def piece(k: int) -> tuple[BoolArray, int]:
        return judge(
            int(bounds[k]),
            int(bounds[k + 1]),
            CODES[concept],
            inside,
            own,
            others,
            leave,
            sanction,
            answer,
            preferences.kinds,
            preferences.classes,
            moves,
            graph.states,
            graph.number,
            graph.start,
            graph.target,
            budget // pieces,
        )

    answers = in_threads(piece, range(pieces))
    if any(steps > budget // pieces for _, steps in answers):
        who = "a coalition" if len(focal) > 1 else "an actor"
        raise Refusal(
            [
                Problem(
                    "N403",
                    f"{concept.upper()} for {who} over {n:,} states takes more than {budget:,} steps",
                    "it compares states pair by pair",
                    "fix some issues at one option, coalesce states, or leave this concept out",
                )
            ]
        )
    return np.concatenate([stable for stable, _ in answers])
