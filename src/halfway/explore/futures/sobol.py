"""Scrambled Sobol points whose dimensions have names, so that a further one leaves all others as they were.

Each dimension is scrambled by a random matrix and a random shift of its own, drawn from a stream keyed by its name
(J. Matoušek, On the L2-discrepancy for anchored boxes, Journal of Complexity 14, 1998; the scrambling after A. B. Owen,
Randomly permuted (t,m,s)-nets and (t,s)-sequences, 1995). Any block of points can be had without those before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from halfway.seeds import generator
from halfway.space.arrays import FloatArray

BITS = 30
"""Digits of a point: scipy's sequence has as many, and no futures beyond two to this power."""


def sobol_points(names: Sequence[str], seed: int, first: int, count: int) -> FloatArray:
    """Return points of the scrambled sequence, shape ``(point, dimension)``, each coordinate within (0, 1).

    Parameters
    ----------
    names : sequence of str
        One a dimension; the order decides which dimension of the sequence each takes.
    seed : int
    first, count : int
        Which points, from 0.

    Raises
    ------
    ValueError
        Beyond the last point of the sequence.
    """
    from scipy.stats import qmc

    if first < 0 or count < 0 or first + count > 2**BITS:
        raise ValueError(f"the sequence has 2^{BITS} points")
    if not names or not count:
        return np.zeros((count, len(names)))
    engine = qmc.Sobol(len(names), scramble=False, bits=BITS)
    if first:
        engine.fast_forward(first)
        raw = engine.random(count)
    else:
        # A first block that is no power of two is asked for in two: scipy warns of what is meant here.
        raw = np.vstack([engine.random(1), engine.random(count - 1)]) if count > 1 else engine.random(1)
    digits = np.rint(raw * 2**BITS).astype(np.uint64)
    out = np.empty_like(raw)
    for d, name in enumerate(names):
        out[:, d] = (_scrambled(digits[:, d], seed, name).astype(np.float64) + 0.5) / 2**BITS
    return out


def _scrambled(digits: NDArray[np.uint64], seed: int, name: str) -> NDArray[np.uint64]:
    rng = generator(seed, "futures", name)
    below = rng.integers(0, 2**BITS, size=BITS, dtype=np.uint64)
    shift = np.uint64(rng.integers(0, 2**BITS))
    out = np.zeros_like(digits)
    for k in range(BITS):
        # The k-th digit from the left follows from itself and those to its left.
        own = np.uint64(1 << (BITS - 1 - k))
        left = np.uint64(((1 << BITS) - 1) ^ ((1 << (BITS - k)) - 1))
        row = own | (below[k] & left)
        parity = (np.bitwise_count(digits & row) & np.uint8(1)).astype(np.uint64)
        out |= parity * own
    return out ^ shift
