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

EVEN = 1e-12
"""Weights on the present that differ by no more than this share are the same: keeping and departing are punished equally
often."""


@compiled
def thresholds(  # type: ignore[no-untyped-def]  # noqa: ANN201
    delta: float,
    tolerance: float,
    choose: bool,
    digits: IntArray,
    back: IntArray,
    may: BoolArray,
    signs: FloatArray,
    sure: BoolArray,
    classes: IntArray,
    keeping: FloatArray,
    departing: FloatArray,
    most: int,
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
        changes gives it; else any set of what the issues that it changes can show together, or nothing. Only sets of
        the likeliest signs count, those that departing makes likelier by the most (Neyman and Pearson 1933): with
        false-alarm rate φ and detection ρ, keeping is better where ``(u−P)(1−δ+δρ) − (u_d−P)(1−δ+δφ)`` is not
        negative, which is largest at a corner of what (φ, ρ) can be. Otherwise all signs are heeded.
    digits : ndarray of int, shape (pick, own issue)
        The options that the actor's picks put in force, the last issue fastest.
    back : ndarray of int, shape (own issue,)
        Where refusing leads on an issue set with others; -1 on one set alone.
    may : ndarray of bool, shape (own issue, option, option)
    signs : ndarray of float, shape (own issue, option agreed, option in force)
        The chance of a breach seen, where all signs are heeded; not read where `choose`.
    sure : ndarray of bool, shape (own issue, option agreed, option in force)
        Whether this is sure to show, and, where `choose`, by signs that keeping never gives.
    classes : ndarray of int, shape (own issue, option agreed, option in force)
        How many signals tell keeping from departing apart, those counted once that departing makes likelier by the same.
    keeping, departing : ndarray of float, shape (own issue, option agreed, option in force, class)
        The chance of each such class. All three are read where `choose` only.
    most : int
        The most combinations of classes that are looked through; a departure with more is taken to be sure to show, so
        that fewer are held against a package.
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
    surely = answered(delta, digits, back, may, sure, points, after)
    chance_kept, chance_gone, ratio = np.empty(most), np.empty(most), np.empty(most)
    combined = 1
    for k in range(own):
        combined *= classes[k].max() if choose else 1
    if combined > most:
        # A departure that shows on too many issues at once is answered as one that is sure to show.
        for x in range(picks):
            for d in range(picks):
                if d == x or told(x, d, digits, classes) <= most:
                    continue
                possible = True
                for k in range(own):
                    if digits[x, k] != digits[d, k] and not leads(k, digits[x, k], digits[d, k], back, may):
                        possible = False
                        break
                if possible:
                    for y in range(first[x], last[x]):
                        gone = (1.0 - delta) * points[d, y] + delta * after[d, y]
                        surely[x, y] = max(surely[x, y], gone)
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
                if weight > EVEN * now:
                    low[x, z] = short / weight
                elif short > 0.0:
                    low[x, z] = np.inf
            y = end
    least = np.empty(rests)
    for x in range(picks):
        if first[x] >= last[x]:
            continue
        for d in range(picks):
            if d == x:
                continue
            possible = True
            for k in range(own):
                a, b = digits[x, k], digits[d, k]
                if a != b and (not leads(k, a, b, back, may) or sure[k, a, b]):
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
                        if weight > EVEN * now:
                            low[x, z] = max(low[x, z], short / weight)
                        elif weight < -EVEN * now:
                            high[x, z] = min(high[x, z], short / weight)
                        elif short > 0.0:
                            low[x, z] = np.inf
                    y = end
                continue
            if told(x, d, digits, classes) > most:
                continue
            # With no sign heeded, what gains nothing in a period gains nothing at all.
            for y in range(first[x], last[x]):
                least[y] = np.inf if points[d, y] > points[x, y] + tolerance else -np.inf
            count = corners(x, d, digits, classes, keeping, departing, chance_kept, chance_gone, ratio)
            for n in range(count):
                now = (1.0 - delta) / (1.0 - delta + delta * chance_kept[n])
                gone = (1.0 - delta) / (1.0 - delta + delta * chance_gone[n])
                weight = now - gone
                if weight <= EVEN * now:
                    continue
                for y in range(first[x], last[x]):
                    # Where departing locks in a better punishment than keeping, that one for both: a mixture of two
                    # corners may do better than either then, and never better than this.
                    punished = max(kept[x, y], after[d, y])
                    short = (
                        gone * points[d, y] + (1.0 - gone) * after[d, y]
                        - now * points[x, y] - (1.0 - now) * punished - tolerance
                    )  # fmt: skip
                    least[y] = min(least[y], short / weight)
            for y in range(first[x], last[x]):
                if least[y] == -np.inf:
                    continue
                # Less than the punishment after a false alarm is worth no false alarm.
                least_even = max(kept[x, y], after[d, y]) - points[x, y]
                bound = max(least[y], least_even)
                if delta > 0.0:
                    # Without any, a departure is at best sure to show.
                    short = (1.0 - delta) * points[d, y] + delta * after[d, y] - points[x, y] - tolerance
                    if short / delta < least_even:
                        bound = min(bound, short / delta)
                low[x, y] = max(low[x, y], bound)
    return low, high


@inlined
def leads(  # type: ignore[no-untyped-def]  # noqa: ANN201
    issue: int, agreed: int, other: int, back: IntArray, may: BoolArray
):
    """Tell whether an actor can bring about another option on one of its issues."""
    return may[issue, agreed, other] and (back[issue] < 0 or other == back[issue])


@inlined
def told(  # type: ignore[no-untyped-def]  # noqa: ANN201
    x: int, d: int, digits: IntArray, classes: IntArray
):
    """Return how many combinations of signs tell a departure from keeping."""
    count = 1
    for k in range(digits.shape[1]):
        if digits[x, k] != digits[d, k]:
            count *= classes[k, digits[x, k], digits[d, k]]
    return count


@compiled
def corners(  # type: ignore[no-untyped-def]  # noqa: ANN201
    x: int,
    d: int,
    digits: IntArray,
    classes: IntArray,
    keeping: FloatArray,
    departing: FloatArray,
    chance_kept: FloatArray,
    chance_gone: FloatArray,
    ratio: FloatArray,
):
    """Write the chances, under keeping and under departing, of the sets of signs that departing makes likelier most.

    Returns how many sets; each holds the one before.
    """
    count = 1
    chance_kept[0], chance_gone[0] = 1.0, 1.0
    for k in range(digits.shape[1]):
        a, b = digits[x, k], digits[d, k]
        size = classes[k, a, b]
        if a == b or size == 1:
            continue
        for j in range(count - 1, -1, -1):
            p, q = chance_kept[j], chance_gone[j]
            for c in range(size - 1, -1, -1):
                chance_kept[j * size + c] = p * keeping[k, a, b, c]
                chance_gone[j * size + c] = q * departing[k, a, b, c]
        count *= size
    for j in range(count):
        ratio[j] = chance_gone[j] / chance_kept[j] if chance_kept[j] > 0.0 else np.inf
    order = np.argsort(-ratio[:count])
    kept, gone = chance_kept[:count].copy(), chance_gone[:count].copy()
    ratios = ratio[:count].copy()
    sets = 0
    false_alarm, seen = 0.0, 0.0
    for n in range(count):
        j = order[n]
        if not ratios[j] > 1.0:
            break
        false_alarm += kept[j]
        seen += gone[j]
        if n + 1 < count and ratios[order[n + 1]] == ratios[j]:
            continue
        chance_kept[sets], chance_gone[sets] = min(false_alarm, 1.0), min(seen, 1.0)
        sets += 1
    return sets


@compiled
def answered(  # type: ignore[no-untyped-def]  # noqa: ANN201
    delta: float,
    digits: IntArray,
    back: IntArray,
    may: BoolArray,
    sure: BoolArray,
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
                for y in range(rests):
                    more[x, y] = max(more[x, y], every[d, y])
                    seen[x, y] = max(seen[x, y], every[d, y] if sure[k, a, b] else shown[d, y])
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
