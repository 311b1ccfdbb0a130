"""Limited-move stability: what each actor expects when it looks a given number of moves ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled
from halfway.space.arrays import BoolArray
from halfway.stability.graph.moves import Graph


@compiled
def _look_further(
    expected: NDArray[np.int32],
    ranks: NDArray[np.int32],
    members: BoolArray,
    apart: BoolArray,
    start: NDArray[np.int64],
    target: NDArray[np.int32],
) -> NDArray[np.int32]:
    movers, n = expected.shape
    out = np.empty_like(expected)
    for m in range(movers):
        leader = np.argmax(members[m])
        for s in range(n):
            best = -1
            for e in range(start[m, s], start[m, s + 1]):
                q = target[e]
                final = -1
                for k in range(movers):
                    if not apart[m, k] or expected[k, q] == q:
                        continue
                    # Who answers is not known; the mover fears the answer that is worst for it.
                    if final < 0 or ranks[leader, expected[k, q]] < ranks[leader, final]:
                        final = expected[k, q]
                if final < 0:
                    final = q
                gains = True
                for a in range(ranks.shape[0]):
                    if members[m, a] and ranks[a, final] <= ranks[a, s]:
                        gains = False
                if gains and (best < 0 or ranks[leader, final] > ranks[leader, best]):
                    best = final
            out[m, s] = s if best < 0 else best
    return out


def limited_move(graph: Graph, horizon: int) -> tuple[BoolArray, NDArray[np.int32]]:
    """Return who stays put when everyone looks ``horizon`` moves ahead, and where each expects to end up.

    An actor moves where it gains most in the end, and only if it gains. After a move, whoever then gains by moving
    does, and where several would, the mover reckons with the one whose answer is worst for it; where nobody would, the
    conflict rests. Among equal gains the move to the lowest state number is taken. Setters of a joint issue
    move together when all of them gain in the end, to where the first-named gains most.

    Source: Kilgour (1985), "Anticipation and stability in two-person non-cooperative games", for two actors.
    For more the literature knows several versions; this one is the cautious.

    Parameters
    ----------
    graph : Graph
    horizon : int
        1 is Nash stability.

    Returns
    -------
    (ndarray of bool, shape (actor, state); ndarray of int32, shape (mover, state))
    """
    if horizon < 1:
        raise ValueError("the horizon is one move or more")
    moves = graph.model.moves
    movers, n = len(graph.model.movers), graph.states.size
    expected = np.tile(np.arange(n, dtype=np.int32), (movers, 1))
    for _ in range(horizon):
        expected = _look_further(expected, graph.ranks, moves.members, moves.apart, graph.start, graph.target)
    return expected[: graph.model.actors] == np.arange(n, dtype=np.int32), expected
