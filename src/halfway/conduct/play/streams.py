"""Streams of random numbers keyed by seed and run, and the sizes that play works in: what needs no compiled code.

The stream is a counter run through a mixer, so that any run can be played anywhere, in any order, with the same
numbers: SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, Fast splittable pseudorandom number generators, OOPSLA 2014).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from halfway.space.arrays import FloatArray, IntArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
A = np.uint64(0xBF58476D1CE4E5B9)
B = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
STEP = 1.0 / 9007199254740992.0

BLOCK = 256
"""Runs played in step: few enough that all that is known of them stays in the nearest cache."""

SLOTS = 4
"""Where no node has more branches than this, every node is given so many: the branch is then found without a jump."""

MOST_RESETS = 64
"""Resets are counted up to one less than this; the last bin holds all more."""


def streams(runs: IntArray, key: int, counter: int = 0) -> FloatArray:
    """Return one uniform number of each run's stream, shape ``(run,)``; that of counter 0 chooses the types."""
    with np.errstate(over="ignore"):
        inner = _mixed(runs.astype(np.uint64) * GOLDEN + GOLDEN)
        stream = _mixed(np.uint64(key) ^ inner) + np.uint64(counter) * GOLDEN
        return np.asarray((_mixed(stream) >> S11).astype(np.float64) * STEP)


def _mixed(x: Any) -> Any:
    x = (x ^ (x >> S30)) * A
    x = (x ^ (x >> S27)) * B
    return x ^ (x >> S31)
