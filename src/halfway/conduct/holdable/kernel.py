"""Compiled kernels: from when on each actor keeps, which packages all actors keep, and the best of these.

Packages are numbered in mixed radix, the first issue fastest, as in `halfway.space.arrays.all_packages`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled, inlined
from halfway.space.arrays import BoolArray, FloatArray, IntArray

FORBIDDEN, SEVERAL, HOLDS = 255, 254, 0
"""Verdicts on a package; n from 1 to 253 says that actor n − 1 alone would not keep it."""

EVEN = 1e-15
"""Weights no further apart are the same: keeping and departing are punished equally often."""


@compiled
def thresholds(  # type: ignore[no-untyped-def]  # noqa: ANN201
    delta: float,
    tolerance: float,
    choose: bool,
    digits: IntArray,
    back: IntArray,
    may: BoolArray,
    signs: FloatArray,
    points: FloatArray,
    kept: FloatArray,
    after: FloatArray,
    alarm: FloatArray,
    first: IntArray,
    last: IntArray,
):
    """Return between which bounds the rest of an actor's points must lie for it to keep.

    Whatever no departure touches adds some A to the points of a period and some B to the punishment, before a departure
    and after. As V and D are averages with weights that sum to 1, V − D is ``V₀ − D₀ + w (A − B)``, with w the weight on
    the period's points in V less that in D. So each departure bounds A − B, and only the tightest bounds count.

    Parameters
    ----------
    delta, tolerance : float
    choose : bool
        Whether each departure is met by what deters it best: a sign that is certain, where one of the issues that it
        changes gives it; else any set of those issues that show it more often than keeping, or none. Otherwise all signs
        are heeded.
    digits : ndarray of int, shape (pick, own issue)
        The options that the actor's picks put in force, the last issue fastest.
    back : ndarray of int, shape (own issue,)
        Where refusing leads on an issue set with others; -1 on one set alone.
    may : ndarray of bool, shape (own issue, option, option)
    signs : ndarray of float, shape (own issue, option agreed, option in force)
    points, kept, after : ndarray of float, shape (pick, rest)
        Points, minus infinity where a constraint forbids this; the punishment once a false alarm has met this, and once
        this departure was seen.
    alarm : ndarray of float, shape (rest,)
        The chance of a false alarm on issues that the actor does not set; not read where `choose`.
    first, last : ndarray of int, shape (pick,)
        Which rests are asked for while this pick is agreed.

    Returns
    -------
    low, high : ndarray of float, shape (pick, rest)
    """
    picks, own = digits.shape
    rests = points.shape[1]
    low = np.full((picks, rests), -np.inf)
    high = np.full((picks, rests), np.inf)
    # Rests with the same chance of a false alarm stand together as far as possible and are compared in one go.
    until = np.empty(rests, dtype=np.int64)
    for y in range(rests - 1, -1, -1):
        until[y] = until[y + 1] if y + 1 < rests and alarm[y + 1] == alarm[y] else y + 1
    surely = answered(delta, choose, digits, back, may, signs, points, after)
    for x in range(picks):
        quiet = 1.0
        for k in range(own):
            quiet *= 1.0 if choose else 1.0 - signs[k, digits[x, k], digits[x, k]]
        y = first[x]
        while y < last[x]:
            end = min(until[y], last[x])
            now = (1.0 - delta) / (1.0 - delta * (1.0 - alarm[y]) * quiet)
            weight = now - (1.0 - delta)
            for z in range(y, end):
                short = surely[x, z] - now * points[x, z] - (1.0 - now) * kept[x, z] - tolerance
                if weight > EVEN:
                    low[x, z] = short / weight
                elif short > 0.0:
                    low[x, z] = np.inf
            y = end
    least = np.empty(rests)
    telling = np.empty(own, dtype=np.int64)
    for x in range(picks):
        if first[x] >= last[x]:
            continue
        for d in range(picks):
            if d == x:
                continue
            possible = True
            for k in range(own):
                a, b = digits[x, k], digits[d, k]
                if a != b and (not leads(k, a, b, back, may) or certain(k, a, b, choose, signs)):
                    possible = False
                    break
            if not possible:
                continue
            if not choose:
                quiet_kept, quiet_gone = 1.0, 1.0
                for k in range(own):
                    a, b = digits[x, k], digits[d, k]
                    quiet_kept *= 1.0 - signs[k, a, a]
                    quiet_gone *= 1.0 - signs[k, a, b]
                y = first[x]
                while y < last[x]:
                    end = min(until[y], last[x])
                    now = (1.0 - delta) / (1.0 - delta * (1.0 - alarm[y]) * quiet_kept)
                    gone = (1.0 - delta) / (1.0 - delta * (1.0 - alarm[y]) * quiet_gone)
                    weight = now - gone
                    for z in range(y, end):
                        short = (
                            gone * points[d, z] + (1.0 - gone) * after[d, z]
                            - now * points[x, z] - (1.0 - now) * kept[x, z] - tolerance
                        )  # fmt: skip
                        if weight > EVEN:
                            low[x, z] = max(low[x, z], short / weight)
                        elif weight < -EVEN:
                            high[x, z] = min(high[x, z], short / weight)
                        elif short > 0.0:
                            low[x, z] = np.inf
                    y = end
                continue
            count = 0
            for k in range(own):
                a, b = digits[x, k], digits[d, k]
                if a != b and signs[k, a, b] > signs[k, a, a]:
                    telling[count] = k
                    count += 1
            # With no sign heeded, what gains nothing in a period gains nothing at all.
            for y in range(first[x], last[x]):
                least[y] = np.inf if points[d, y] > points[x, y] + tolerance else -np.inf
            for chosen in range(1, 1 << count):
                quiet_kept, quiet_gone = 1.0, 1.0
                for n in range(count):
                    if (chosen >> n) & 1:
                        a, b = digits[x, telling[n]], digits[d, telling[n]]
                        quiet_kept *= 1.0 - signs[telling[n], a, a]
                        quiet_gone *= 1.0 - signs[telling[n], a, b]
                now = (1.0 - delta) / (1.0 - delta * quiet_kept)
                gone = (1.0 - delta) / (1.0 - delta * quiet_gone)
                weight = now - gone
                if weight <= EVEN:
                    continue
                for y in range(first[x], last[x]):
                    short = (
                        gone * points[d, y] + (1.0 - gone) * after[d, y]
                        - now * points[x, y] - (1.0 - now) * kept[x, y] - tolerance
                    )  # fmt: skip
                    least[y] = min(least[y], short / weight)
            for y in range(first[x], last[x]):
                low[x, y] = max(low[x, y], least[y])
    return low, high


@inlined
def leads(  # type: ignore[no-untyped-def]  # noqa: ANN201
    issue: int, agreed: int, other: int, back: IntArray, may: BoolArray
):
    """Tell whether an actor can bring about another option on one of its issues."""
    return may[issue, agreed, other] and (back[issue] < 0 or other == back[issue])


@inlined
def certain(  # type: ignore[no-untyped-def]  # noqa: ANN201
    issue: int, agreed: int, other: int, choose: bool, signs: FloatArray
):
    """Tell whether a departure is sure to show on one issue, and, where signs are chosen, this sign never errs."""
    return signs[issue, agreed, other] == 1.0 and not (choose and signs[issue, agreed, agreed] > 0.0)


@compiled
def answered(  # type: ignore[no-untyped-def]  # noqa: ANN201
    delta: float,
    choose: bool,
    digits: IntArray,
    back: IntArray,
    may: BoolArray,
    signs: FloatArray,
    points: FloatArray,
    after: FloatArray,
):
    """Return what the best departure that is sure to show is worth, shape ``(pick, rest)``; parameters as above.

    All of these are worth ``(1−δ)u(d) + δP_d`` and are told apart from keeping with the same weights, so only the best
    counts and no other need be compared. What is open on one issue does not hang on the others, so the best is found
    issue by issue: over any change so far, and over those with a sure sign among them.
    """
    picks, own = digits.shape
    rests = points.shape[1]
    every = np.empty((picks, rests))
    for x in range(picks):
        for y in range(rests):
            every[x, y] = (1.0 - delta) * points[x, y] + delta * after[x, y]
    shown = np.full((picks, rests), -np.inf)
    step = 1
    for k in range(own - 1, -1, -1):
        size = 0
        for x in range(picks):
            size = max(size, digits[x, k] + 1)
        more, seen = every.copy(), shown.copy()
        for x in range(picks):
            a = digits[x, k]
            for b in range(size):
                if b == a or not leads(k, a, b, back, may):
                    continue
                d = x + (b - a) * step
                sure = certain(k, a, b, choose, signs)
                for y in range(rests):
                    more[x, y] = max(more[x, y], every[d, y])
                    seen[x, y] = max(seen[x, y], every[d, y] if sure else shown[d, y])
        every, shown = more, seen
        step *= size
    return shown


@compiled
def judge(  # type: ignore[no-untyped-def]  # noqa: ANN201
    sizes: IntArray,
    strides: IntArray,
    offsets: IntArray,
    masks: int,
    allowed: BoolArray,
    low: FloatArray,
    high: FloatArray,
    first: IntArray,
    values: FloatArray,
    near: IntArray,
    verdicts: NDArray[np.uint8],
    failing: IntArray,
    thorough: bool,
):
    """Judge every package, or those that are not yet forbidden.

    Parameters
    ----------
    sizes : ndarray of int, shape (issue,)
    strides : ndarray of int, shape (table, issue)
        What a step of each issue's option adds to the place in each table: masks, then one key an actor, then sums.
    offsets : ndarray of int, shape (table,)
        Where each begins in `allowed`, in `low` and `high`, or in `values`.
    masks : int
        How many of them are masks.
    allowed, low, high, values : ndarray
        All tables of a kind, one after another.
    first : ndarray of int, shape (actor + 1,)
        Which sums are an actor's.
    near : ndarray of int, shape (issue,)
        A package, to which the nearest one that holds is sought.
    verdicts : ndarray of uint8, shape (package,)
        Written; those that are `FORBIDDEN` beforehand are left out.
    failing : ndarray of int, shape (actor,)
        Added to: packages that each actor would not keep. Complete only where `thorough`; else the search on a package
        ends with the second actor.
    thorough : bool

    Returns
    -------
    distance : int
        On how many issues the nearest package that holds differs from `near`; -1 where none holds.
    nearest : int
        Its number.
    """
    issues, actors = sizes.shape[0], first.shape[0] - 1
    at = offsets.copy()
    digit = np.zeros(issues, dtype=np.int64)
    apart = 0
    for i in range(issues):
        if near[i] != 0:
            apart += 1
    distance, nearest = -1, -1
    for number in range(verdicts.shape[0]):
        if number:
            for i in range(issues):
                if digit[i] == near[i]:
                    apart += 1
                digit[i] += 1
                if digit[i] < sizes[i]:
                    if digit[i] == near[i]:
                        apart -= 1
                    for t in range(at.shape[0]):
                        at[t] += strides[t, i]
                    break
                digit[i] = 0
                if near[i] == 0:
                    apart -= 1
                for t in range(at.shape[0]):
                    at[t] -= strides[t, i] * (sizes[i] - 1)
        if verdicts[number] == FORBIDDEN:
            continue
        forbidden = False
        for t in range(masks):
            if not allowed[at[t]]:
                forbidden = True
                break
        if forbidden:
            verdicts[number] = FORBIDDEN
            continue
        failures, who = 0, 0
        for a in range(actors):
            rest = 0.0
            for t in range(first[a], first[a + 1]):
                rest += values[at[t]]
            key = at[masks + a]
            if not (low[key] <= rest <= high[key]):
                failures += 1
                who = a
                failing[a] += 1
                if failures == 2 and not thorough:
                    break
        if failures == 0:
            verdicts[number] = HOLDS
            if distance < 0 or apart < distance:
                distance, nearest = apart, number
        elif failures == 1:
            verdicts[number] = who + 1
        else:
            verdicts[number] = SEVERAL
    return distance, nearest


@compiled
def undominated(vectors: IntArray) -> BoolArray:
    """Tell which rows no other row improves on in any column without losing in another.

    Parameters
    ----------
    vectors : ndarray of int, shape (row, column)
        Distinct rows, sorted by the first column, descending, ties by the second, and so on.
    """
    n, columns = vectors.shape
    keep = np.zeros(n, dtype=np.bool_)
    best = np.empty((n, columns), dtype=np.int64)
    m = 0
    for i in range(n):
        beaten = False
        for j in range(m):
            above = True
            for c in range(1, columns):  # the first column is no smaller by the order
                if best[j, c] < vectors[i, c]:
                    above = False
                    break
            if above:
                beaten = True
                # One that excluded much will exclude more: bring it half way to the front.
                k = j // 2
                for c in range(columns):
                    best[j, c], best[k, c] = best[k, c], best[j, c]
                break
        if not beaten:
            keep[i] = True
            for c in range(columns):
                best[m, c] = vectors[i, c]
            m += 1
    return keep
