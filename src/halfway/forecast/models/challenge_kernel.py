"""The inner loops of the expected utility model, compiled."""

from __future__ import annotations

import numpy as np

from halfway.jit import compiled
from halfway.space.arrays import FloatArray, IntArray

ALIKE = 1e-12
"""Expectations closer than this are equal: what ties by the model's definition must not be decided by the last bit."""

HERE = 1e-9
"""Points closer than this, on the scale from 0 to 100, are the same."""


@compiled
def success(
    x: FloatArray, w: FloatArray, r: FloatArray, width: float, everybody: bool, in_votes: bool
) -> FloatArray:  # pragma: no cover - compiled
    """Return the probability that i prevails over j when all others vote.

    Parameters
    ----------
    x, w, r : ndarray, shape (actor,)
        Positions, weights, risk exponents.
    width : float
        Length of the range of positions.
    everybody : bool
        Divide by the votes over all pairs, not over this pair.
    in_votes : bool
        Whether risk exponents bend the votes.
    """
    n = x.shape[0]
    near = np.empty((n, n))
    for i in range(n):
        for k in range(n):
            d = abs(x[k] - x[i]) / width
            near[i, k] = w[k] * (d ** r[k] if in_votes and r[k] != 1.0 else d)
    p = np.zeros((n, n))
    total = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            if x[i] == x[j]:
                continue
            plus, minus = 0.0, 0.0
            for k in range(n):
                vote = near[j, k] - near[i, k]
                plus += max(vote, 0.0)
                minus += max(-vote, 0.0)
            p[i, j], p[j, i] = plus, minus
            total += 2.0 * (plus + minus)
    for i in range(n):
        for j in range(i + 1, n):
            both = total if everybody else p[i, j] + p[j, i]
            if x[i] == x[j] or both == 0.0:
                p[i, j] = p[j, i] = 0.0 if everybody else 0.5
            else:
                p[i, j], p[j, i] = p[i, j] / both, p[j, i] / both
    return p


@compiled
def expected_utility(
    d: float, p: float, salience: float, r: float, q: float, improves: bool, from_mean: float
) -> float:  # pragma: no cover - compiled
    """Return what an actor with exponent r expects from challenging one at distance d, less leaving it be."""
    won = 2.0 - 4.0 * max(0.5 - 0.5 * d, 0.0) ** r
    lost = 2.0 - 4.0 * min(0.5 + 0.5 * d, 1.0) ** r
    same = 2.0 - 4.0 * 0.5**r
    value = salience * (p * won + (1.0 - p) * lost) + (1.0 - salience) * won - q * same
    if q < 1.0:
        reach = 0.25 * (from_mean + d)
        better = 2.0 - 4.0 * max(0.5 - reach, 0.0) ** r
        poorer = 2.0 - 4.0 * min(0.5 + reach, 1.0) ** r
        value -= (1.0 - q) * (better if improves else poorer)
    return float(value)


@compiled
def play(
    start: FloatArray,
    w: FloatArray,
    s: FloatArray,
    rounds: int,
    q: float,
    everybody: bool,
    in_votes: bool,
    viewer: bool,
    smallest: bool,
    average: bool,
) -> tuple[FloatArray, IntArray, IntArray]:  # pragma: no cover - compiled
    """Play the rounds of offers.

    Returns
    -------
    positions : ndarray, shape (round + 1, actor)
    kind : ndarray of int, shape (round, actor)
        0 stays, 1 gives way in a confrontation, 2 compromises, 3 is compelled.
    toward : ndarray of int, shape (round, actor)
        Whose offer was taken, -1 for none.
    """
    n = start.shape[0]
    positions = np.empty((rounds + 1, n))
    kind = np.zeros((rounds, n), dtype=np.int64)
    toward = np.full((rounds, n), -1, dtype=np.int64)
    positions[0] = start
    width = start.max() - start.min()
    for t in range(rounds):
        x = positions[t]
        positions[t + 1] = x
        if width == 0.0:
            continue
        mean = (w * x).sum() / w.sum()
        ones = np.ones(n)
        p = success(x, w, ones, width, everybody, in_votes)
        security = np.zeros(n)
        for i in range(n):
            from_mean = abs(x[i] - mean) / width
            for j in range(n):
                if i != j:
                    d = abs(x[i] - x[j]) / width
                    security[j] += expected_utility(d, p[i, j], s[j], 1.0, q, from_mean < d, from_mean)
        most, least = security.max(), security.min()
        r = np.ones(n)
        if most - least > 1e-12:
            for i in range(n):
                risk = (2.0 * security[i] - most - least) / (most - least)
                r[i] = (1.0 - risk / 3.0) / (1.0 + risk / 3.0)
        if in_votes:
            p = success(x, w, r, width, everybody, in_votes)
        for i in range(n):
            best_class, best_key, best_move, best_j = 4, 0.0, x[i], -1
            mine = abs(x[i] - mean) / width
            for j in range(n):
                if x[j] == x[i]:
                    continue
                d = abs(x[i] - x[j]) / width
                theirs = abs(x[j] - mean) / width
                a = expected_utility(d, p[i, j], s[j], r[i], q, mine < d, mine)
                b = expected_utility(d, p[j, i], s[i], r[i] if viewer else r[j], q, theirs < d, theirs)
                if b > a + ALIKE and a > ALIKE:
                    group, landing = 1, x[j]
                elif b > ALIKE and a < -ALIKE and b > ALIKE - a:
                    group = 2
                    landing = (-a * x[i] + b * x[j]) / (b - a) if average else x[i] + (x[j] - x[i]) * (-a / b)
                elif b > ALIKE and a < -ALIKE and b < -a - ALIKE and not smallest:
                    group, landing = 3, x[j]
                else:
                    continue
                key = landing if smallest and group == 2 else abs(landing - x[i])
                if group < best_class or (group == best_class and key < best_key - HERE):
                    best_class, best_key, best_move, best_j = group, key, landing, j
            if best_j >= 0:
                positions[t + 1, i] = best_move
                kind[t, i], toward[t, i] = best_class, best_j
    return positions, kind, toward
