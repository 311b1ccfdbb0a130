"""Status-quo analysis: the shortest ways from one state to another, by any moves or by improvements only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled
from halfway.space.arrays import BoolArray
from halfway.stability.graph.moves import Graph

Step = tuple[int, int, int]
"""Mover, state before, state after."""


@dataclass(frozen=True)
class Route:
    """The shortest way to a state.

    Attributes
    ----------
    to : int
    steps : tuple of (mover, from, to)
        One shortest way, the first in the order of movers and states.
    ways : int
        How many shortest ways there are.
    """

    to: int
    steps: tuple[Step, ...]
    ways: int


@compiled
def _spread(
    source: int,
    improving: bool,
    ranks: NDArray[np.int32],
    members: BoolArray,
    apart: BoolArray,
    start: NDArray[np.int64],
    target: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    movers, n = start.shape[0], start.shape[1] - 1
    length = np.full((movers, n), -1, dtype=np.int32)
    parent = np.full((movers, n), -1, dtype=np.int64)
    ways = np.zeros((movers, n), dtype=np.float64)
    queue = np.empty(movers * n, dtype=np.int64)
    filled = 0
    at = -1
    while at < filled:
        if at < 0:
            before, here, steps, many = -1, source, 0, 1.0
        else:
            before, here = queue[at] // n, queue[at] % n
            steps, many = length[before, here], ways[before, here]
        for m in range(movers):
            if before >= 0 and not apart[before, m]:
                continue
            for e in range(start[m, here], start[m, here + 1]):
                t = target[e]
                if improving:
                    gains = True
                    for a in range(ranks.shape[0]):
                        if members[m, a] and ranks[a, t] <= ranks[a, here]:
                            gains = False
                    if not gains:
                        continue
                if length[m, t] < 0:
                    length[m, t] = steps + 1
                    parent[m, t] = before * n + here if before >= 0 else -1
                    queue[filled] = m * n + t
                    filled += 1
                if length[m, t] == steps + 1:
                    ways[m, t] += many
        at += 1
    return length, parent, ways


def routes(graph: Graph, source: int, targets: Iterable[int], improving: bool) -> list[Route]:
    """Return the shortest legal sequences of moves from one state to others; those out of reach are left out.

    Source: Li, Kilgour and Hipel (2005), *Journal of the Operational Research Society* 56, 699-707.

    Parameters
    ----------
    graph : Graph
    source : int
        Number of the state among those that count.
    targets : iterable of int
    improving : bool
        Whether every step must be an improvement for its mover.
    """
    moves = graph.model.moves
    length, parent, ways = _spread(
        source, improving, graph.ranks, moves.members, moves.apart, graph.start, graph.target
    )
    n = graph.states.size
    found = []
    for t in targets:
        if t == source:
            found.append(Route(t, (), 1))
            continue
        ends = [m for m in range(length.shape[0]) if length[m, t] > 0]
        if not ends:
            continue
        shortest = min(int(length[m, t]) for m in ends)
        mover = next(m for m in ends if length[m, t] == shortest)
        many = sum(float(ways[m, t]) for m in ends if length[m, t] == shortest)
        steps: list[Step] = []
        state = t
        while True:
            code = int(parent[mover, state])
            previous = source if code < 0 else code % n
            steps.append((mover, previous, state))
            if code < 0:
                break
            mover, state = code // n, previous
        found.append(Route(t, tuple(reversed(steps)), int(many)))
    return found
