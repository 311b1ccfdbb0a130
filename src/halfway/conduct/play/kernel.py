"""Play of a chain, compiled: one random number a period, drawn from a stream keyed by the run.

The streams are those of `halfway.conduct.play.streams`; `halfway.conduct.play.plain_player` is the same in plain Python.

A block of runs is played in step, period by period: the processor then draws several numbers with one instruction and
need not wait for one run's branch before it looks up the next run's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halfway.conduct.play.streams import BLOCK, GOLDEN, MOST_RESETS, S11, S27, S30, S31, STEP, A, B
from halfway.jit import compiled, inlined
from halfway.space.arrays import FloatArray, IntArray

_NONE, _ONE, _TWO = np.uint64(0), np.uint64(1), np.uint64(2)


@inlined
def mix(x: np.uint64) -> np.uint64:
    """Scramble 64 bits."""
    x = (x ^ (x >> S30)) * A
    x = (x ^ (x >> S27)) * B
    return x ^ (x >> S31)


@compiled
def play(  # type: ignore[no-untyped-def]  # noqa: ANN201
    runs: IntArray,
    key: np.uint64,
    periods: int,
    slotted: bool,
    upto: FloatArray,
    follow: NDArray[np.uint64],
    row: NDArray[np.uint64],
    departs: IntArray,
    resets: IntArray,
    node: NDArray[np.uint64],
    turns: NDArray[np.uint64],
    points: FloatArray,
    discounts: FloatArray,
    actors: int,
    when: IntArray,
    who: IntArray,
    what: IntArray,
):
    """Play some runs of a chain.

    Parameters
    ----------
    runs : ndarray of int, shape (run,)
        Their numbers, which key their streams.
    key : uint64
        The seed.
    periods : int
    slotted, upto, follow, row, departs, resets, node, turns : bool and ndarray
        As `Chain.walked` gives them: `follow` and `turns` lead to a node's first branch.
    points : ndarray of float, shape (row, measure)
    discounts : ndarray of float, shape (period, measure)
        Weights of the periods in each measure's average over a run, summing to 1.
    actors : int
    when : ndarray of int, shape (block * period + 1,)
        Where the changes before each period of each block of `BLOCK` runs begin; empty where nothing changes.
    who, what : ndarray of int, shape (change,)
        The run's place in `runs`, and the column of `turns` by which it goes on.

    Returns
    -------
    visits : ndarray of int, shape (period, row)
    sums, squares : ndarray of float, shape (measure,)
        Of the runs' averages.
    breach : ndarray of int, shape (actor + 1, period + 1)
        When each actor (last: anyone) first departed; the last column counts runs in which it never did.
    restarts : ndarray of int, shape (MOST_RESETS,)
    by_restarts, by_restarts_squared : ndarray of float, shape (MOST_RESETS, measure)
        Sums of the runs' averages, and of their squares, by the number of resets.
    """
    measures = points.shape[1]
    worth = np.ascontiguousarray(points.T)
    visits = np.zeros((periods, points.shape[0]), dtype=np.int64)
    sums = np.zeros(measures)
    squares = np.zeros(measures)
    breach = np.zeros((actors + 1, periods + 1), dtype=np.int64)
    restarts = np.zeros(MOST_RESETS, dtype=np.int64)
    by_restarts = np.zeros((MOST_RESETS, measures))
    by_restarts_squared = np.zeros((MOST_RESETS, measures))
    stream = np.zeros(BLOCK, dtype=np.uint64)
    luck = np.zeros(BLOCK)
    at = np.zeros(BLOCK, dtype=np.uint64)
    branch = np.zeros(BLOCK, dtype=np.uint64)
    shown = np.zeros(BLOCK, dtype=np.uint64)
    done = np.zeros(BLOCK, dtype=np.int64)
    again = np.zeros(BLOCK, dtype=np.int64)
    average = np.zeros((measures, BLOCK))
    draws = upto.min() < 1.0
    anyone_departs, anything_resets, anything_changes = departs.any(), resets.any(), len(who) > 0
    for block in range((len(runs) + BLOCK - 1) // BLOCK):
        start = block * BLOCK
        # Unsigned counters spare the compiler the question whether an index is negative.
        count = np.uint64(min(BLOCK, len(runs) - start))
        for r in range(count):
            stream[r] = mix(key ^ mix(np.uint64(runs[start + r]) * GOLDEN + GOLDEN))
        at[:], done[:], again[:], average[:] = _NONE, 0, 0, 0.0
        for t in range(periods):
            if anything_changes:
                for change in range(when[block * periods + t], when[block * periods + t + 1]):
                    r = who[change] - start
                    at[r] = turns[node[at[r]], what[change]]
            if draws:
                step = np.uint64(t + 1) * GOLDEN
                for r in range(count):
                    # Through a signed number: the processor turns several of these into floats at once.
                    luck[r] = np.float64(np.int64(mix(stream[r] + step) >> S11)) * STEP
            # A node's last branch ends at 1, above any luck.
            if slotted:
                for r in range(count):
                    b, u = at[r], luck[r]
                    more = np.uint64(upto[b] <= u) + np.uint64(upto[b + _ONE] <= u) + np.uint64(upto[b + _TWO] <= u)
                    branch[r], at[r], shown[r] = b + more, follow[b + more], row[b + more]
            else:
                for r in range(count):
                    b, u = at[r], luck[r]
                    while upto[b] <= u:
                        b += _ONE
                    branch[r], at[r], shown[r] = b, follow[b], row[b]
            seen = visits[t]
            for r in range(count):
                seen[shown[r]] += 1
            for m in range(measures):
                weight = discounts[t, m]
                for r in range(count):
                    average[m, r] += weight * worth[m, shown[r]]
            if anyone_departs:
                for r in range(count):
                    new = departs[branch[r]] & ~done[r]
                    if new:
                        if done[r] == 0:
                            breach[actors, t] += 1
                        for a in range(actors):
                            if new >> a & 1:
                                breach[a, t] += 1
                        done[r] |= new
            if anything_resets:
                for r in range(count):
                    again[r] += resets[branch[r]]
        for r in range(count):
            if done[r] == 0:
                breach[actors, periods] += 1
            times = min(again[r], MOST_RESETS - 1)
            restarts[times] += 1
            for a in range(actors):
                if not done[r] >> a & 1:
                    breach[a, periods] += 1
            for m in range(measures):
                mean = average[m, r]
                sums[m] += mean
                squares[m] += mean * mean
                by_restarts[times, m] += mean
                by_restarts_squared[times, m] += mean * mean
    return visits, sums, squares, breach, restarts, by_restarts, by_restarts_squared
