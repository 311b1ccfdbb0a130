"""Play of a chain, compiled: one random number a period, drawn from a stream keyed by the run.

The stream is a counter run through a mixer, so that any run can be played anywhere, in any order, with the same
numbers: SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014).
`halfway.conduct.player` is the same in plain Python.

A block of runs is played in step, period by period: the processor then draws several numbers with one instruction and
need not wait for one run's branch before it looks up the next run's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, uint64
from numpy.typing import NDArray

from halfway.space.arrays import FloatArray, IntArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_A = np.uint64(0xBF58476D1CE4E5B9)
_B = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_NONE, _ONE, _TWO = np.uint64(0), np.uint64(1), np.uint64(2)
_STEP = 1.0 / 9007199254740992.0

BLOCK = 256
"""Runs played in step: few enough that all that is known of them stays in the nearest cache."""

SLOTS = 4
"""Where no node has more branches than this, every node is given so many: the branch is then found without a jump."""

MOST_RESETS = 64
"""Resets are counted up to one less than this; the last bin holds all more."""


@njit(uint64(uint64), cache=True, inline="always")
def mix(x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Scramble 64 bits."""
    x = (x ^ (x >> _S30)) * _A
    x = (x ^ (x >> _S27)) * _B
    return x ^ (x >> _S31)


@njit(cache=True, nogil=True)
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
            stream[r] = mix(key ^ mix(np.uint64(runs[start + r]) * _GOLDEN + _GOLDEN))
        at[:], done[:], again[:], average[:] = _NONE, 0, 0, 0.0
        for t in range(periods):
            if anything_changes:
                for change in range(when[block * periods + t], when[block * periods + t + 1]):
                    r = who[change] - start
                    at[r] = turns[node[at[r]], what[change]]
            if draws:
                step = np.uint64(t + 1) * _GOLDEN
                for r in range(count):
                    # Through a signed number: the processor turns several of these into floats at once.
                    luck[r] = np.float64(np.int64(mix(stream[r] + step) >> _S11)) * _STEP
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


def streams(runs: IntArray, key: int, counter: int = 0) -> FloatArray:
    """Return one uniform number of each run's stream, shape ``(run,)``; that of counter 0 chooses the types."""
    with np.errstate(over="ignore"):
        inner = _mixed(runs.astype(np.uint64) * _GOLDEN + _GOLDEN)
        stream = _mixed(np.uint64(key) ^ inner) + np.uint64(counter) * _GOLDEN
        return np.asarray((_mixed(stream) >> _S11).astype(np.float64) * _STEP)


def _mixed(x: Any) -> Any:
    x = (x ^ (x >> _S30)) * _A
    x = (x ^ (x >> _S27)) * _B
    return x ^ (x >> _S31)
