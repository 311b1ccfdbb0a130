"""Play of a chain, compiled: one random number a period, drawn from a stream keyed by the run.

The stream is a counter run through a mixer, so that any run can be played anywhere, in any order, with the same
numbers: SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014).
`halfway.conduct.player` is the same in plain Python.
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
_NONE, _ONE = np.uint64(0), np.uint64(1)
_STEP = 1.0 / 9007199254740992.0

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
    first: NDArray[np.uint64],
    upto: FloatArray,
    follow: NDArray[np.uint64],
    row: NDArray[np.uint64],
    departs: IntArray,
    resets: IntArray,
    points: FloatArray,
    discounts: FloatArray,
):
    """Play some runs of a chain.

    Parameters
    ----------
    runs : ndarray of int, shape (run,)
        Their numbers, which key their streams.
    key : uint64
        The seed.
    periods : int
    first, upto, follow, row, departs, resets : ndarray
        As in `Chain`, with `first`, `follow` and `row` unsigned.
    points : ndarray of float, shape (row, actor)
    discounts : ndarray of float, shape (period, actor)
        Weights of the periods in each actor's average, summing to 1.

    Returns
    -------
    visits : ndarray of int, shape (period, row)
    sums, squares : ndarray of float, shape (actor,)
        Of the runs' averages.
    breach : ndarray of int, shape (actor + 1, period + 1)
        When each actor (last: anyone) first departed; the last column counts runs in which it never did.
    restarts : ndarray of int, shape (MOST_RESETS,)
    by_restarts : ndarray of float, shape (MOST_RESETS, actor)
        Sums of the runs' averages by the number of resets.
    """
    actors = points.shape[1]
    visits = np.zeros((periods, points.shape[0]), dtype=np.int64)
    sums = np.zeros(actors)
    squares = np.zeros(actors)
    breach = np.zeros((actors + 1, periods + 1), dtype=np.int64)
    restarts = np.zeros(MOST_RESETS, dtype=np.int64)
    by_restarts = np.zeros((MOST_RESETS, actors))
    average = np.zeros(actors)
    # Unsigned counters spare the compiler the question whether an index is negative.
    length, width = np.uint64(periods), np.uint64(actors)
    for run in runs:
        counter = mix(key ^ mix(np.uint64(run) * _GOLDEN + _GOLDEN))
        node = _NONE
        done = 0
        again = 0
        average[:] = 0.0
        for t in range(length):
            counter += _GOLDEN
            branch = first[node]
            # A node's last branch ends at 1: where the first does, there is nothing to draw.
            if upto[branch] < 1.0:
                u = np.float64(mix(counter) >> _S11) * _STEP
                while upto[branch] <= u:
                    branch += _ONE
            at = row[branch]
            visits[t, at] += 1
            for a in range(width):
                average[a] += discounts[t, a] * points[at, a]
            new = departs[branch] & ~done
            if new:
                if done == 0:
                    breach[actors, t] += 1
                for a in range(actors):
                    if new >> a & 1:
                        breach[a, t] += 1
                done |= new
            again += resets[branch]
            node = follow[branch]
        if done == 0:
            breach[actors, periods] += 1
        for a in range(actors):
            if not done >> a & 1:
                breach[a, periods] += 1
            sums[a] += average[a]
            squares[a] += average[a] * average[a]
        again = min(again, MOST_RESETS - 1)
        restarts[again] += 1
        for a in range(actors):
            by_restarts[again, a] += average[a]
    return visits, sums, squares, breach, restarts, by_restarts


def streams(runs: IntArray, key: int) -> FloatArray:
    """Return the first uniform number of each run's stream (counter 0), shape ``(run,)``: it chooses the types."""
    with np.errstate(over="ignore"):
        inner = _mixed(runs.astype(np.uint64) * _GOLDEN + _GOLDEN)
        stream = _mixed(np.uint64(key) ^ inner)
        return np.asarray((_mixed(stream) >> _S11).astype(np.float64) * _STEP)


def _mixed(x: Any) -> Any:
    x = (x ^ (x >> _S30)) * _A
    x = (x ^ (x >> _S27)) * _B
    return x ^ (x >> _S31)
