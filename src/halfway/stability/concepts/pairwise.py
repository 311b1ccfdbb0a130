"""Stability where one number a state is not enough: coalitions, strength, unknown preference, and SIM.

Each state is compared with the states that others can lead to, one pair at a time, over the graph written out.
"""

from __future__ import annotations

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.jit import compiled
from halfway.space.arrays import BoolArray
from halfway.space.graph.arrays import Moves
from halfway.stability.concepts.answers import (
    Lists,
    Scratch,
    Sides,
    deterred_at_once,
    deterred_in_turn,
    reachable,
    room_for,
)
from halfway.stability.concepts.comparisons import BAD, GOOD, Preferences, Views, all_in
from halfway.stability.concepts.definitions import Concept
from halfway.stability.concepts.individual import in_threads
from halfway.stability.graph.moves import Graph, width_of

BUDGET = 20_000_000_000
"""Steps (one look at a state or a move) after which an analysis is given up as too long: some minutes."""

AT_ONCE = 3
"""The kind of answers, for compiled code, that are made at the same time as the departure."""
KINDS = {"none": 0, "any": 1, "improving": 2, "at_once": AT_ONCE}


@compiled
def judge(
    first: int,
    last: int,
    answers: int,
    lasting: bool,
    sides: Sides,
    views: Views,
    moves: Moves,
    lists: Lists,
    scratch: Scratch,
    budget: int,
) -> BoolArray:
    """Judge the states ``first`` … ``last - 1`` for a set of actors acting together.

    Parameters
    ----------
    answers : int
        As in `KINDS`.
    lasting : bool
        Whether an answer deters only if those who left have no way out.
    budget : int
        Steps after which to give up; `Scratch.counters` then counts more.
    """
    n = lists.states.size
    single = sides.focal.sum() == 1
    out = np.zeros(last - first, dtype=np.bool_)
    seen = np.full((sides.own.size, n), -1, dtype=np.int64)
    queue = np.empty(sides.own.size * n, dtype=np.int64)
    wanted = np.full(n, -1, dtype=np.int64)
    for s in range(first, last):
        reached = reachable(s, sides.own, single, lists, moves.apart, seen, s, queue)
        scratch.counters[2] += reached + 1
        stable = True
        for r in range(reached):
            s1 = queue[r] % n
            if wanted[s1] == s or s1 == s:
                continue
            wanted[s1] = s
            if not all_in(views, sides.focal, s1, s, views.leave):
                continue
            hit = False
            if answers == 3:
                hit = deterred_at_once(s, s1, sides, views, moves, lists, scratch, budget)
            elif answers != 0:
                hit = deterred_in_turn(
                    s, s1, answers == 2, lasting, single, sides, views, moves, lists, scratch, budget
                )
            if not hit:
                stable = False
                break
        if scratch.counters[2] > budget:
            return out
        out[s - first] = stable
    return out


def stable_states(
    graph: Graph,
    concept: Concept,
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
    sides = Sides(
        focal=inside,
        own=np.asarray(~(moves.members & ~inside).any(axis=1), dtype=np.bool_),
        others=np.asarray(~(moves.members & inside).any(axis=1), dtype=np.bool_),
    )
    views = Views(preferences.kinds, preferences.classes, leave, sanction, answer)
    lists = Lists(graph.states, graph.number, graph.start, graph.target)
    n = graph.states.size
    pieces = 1 if n < 512 else 16
    at_once = concept.answers == "at_once"
    widest = max((width_of(model, m) for m in range(sides.own.size)), default=1) if at_once else 1
    bounds = np.linspace(0, n, pieces + 1).astype(int)

    def piece(k: int) -> tuple[BoolArray, int]:
        scratch = room_for(sides.own.size, n, widest)
        stable = judge(
            int(bounds[k]),
            int(bounds[k + 1]),
            KINDS[concept.answers],
            concept.lasting,
            sides,
            views,
            moves,
            lists,
            scratch,
            budget // pieces,
        )
        return stable, int(scratch.counters[2])

    answers = in_threads(piece, range(pieces))
    if any(steps > budget // pieces for _, steps in answers):
        who = "a coalition" if len(focal) > 1 else "an actor"
        raise Refusal(
            [
                Problem(
                    "N403",
                    f"{concept.title} for {who} over {n:,} states takes more than {budget:,} steps",
                    "it compares states pair by pair",
                    "fix some issues at one option, coalesce states, or leave this concept out",
                )
            ]
        )
    return np.concatenate([stable for stable, _ in answers])
