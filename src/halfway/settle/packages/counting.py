"""How many packages are feasible, and how many acceptable: counted, not listed.

Counting is #P-hard in general. Dynamic programming over scaled sums is exact wherever the distinct sums stay few
enough: a sum that already secures a party's walk-away whatever follows is lowered to the walk-away's own, one that can
no longer reach it is dropped, and equal sums are counted together. Where even so too many are left, utilities rounded
up and down to a coarser grid give an upper and a lower bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from halfway.settle.packages.dominance import merge_equal
from halfway.space.arrays import Bounds, IntArray, Linkage, Utilities
from halfway.space.packages.blocks import (
    Counts,
    Pool,
    Reduction,
    Step,
    TooWideError,
    count_type,
    empty_pool,
    form_blocks,
    loose_bounds,
    merge,
    required,
    sweep,
)

STATES = 1_000_000
"""Most distinct partial sums carried before the count gives way to bounds."""

PAIRS = 4_000_000_000
"""Most comparisons spent on joining two halves."""

SUMS = 60_000_000
"""Most sums weighed for one count, all steps together; a coarser grid gets a sixth of it."""


@dataclass(frozen=True)
class Count:
    """A number of packages.

    Attributes
    ----------
    low, high : int
        Equal when the count is exact; else it lies between them.
    """

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether the number is known exactly."""
        return self.low == self.high


class _TooManyError(Exception):
    """The distinct sums outgrew the cap."""


@dataclass
class _Limits:
    """What one count may spend: distinct sums at one time, comparisons of two halves, and sums weighed in all."""

    states: int
    pairs: int
    sums: int

    def weigh(self, count: int) -> None:
        """Note that some sums are weighed."""
        self.sums -= count
        if self.sums < 0:
            raise _TooManyError


def count_feasible(utilities: Utilities, bounds: Bounds, red_lines_of: Sequence[int] = ()) -> int:
    """Count exactly the packages that meet the constraints and, where asked, cross no red line of these actors."""
    parts = form_blocks(utilities, required(bounds, red_lines_of), ())
    if not parts.possible:
        return 0
    total = 1
    exact = np.dtype(object) if prod(utilities.sizes) >= 2**62 else np.dtype(np.int64)

    def always(step: Step) -> Reduction:
        return merge_equal

    for block in parts.blocks:
        pool = sweep(block, utilities, (), always, exact, with_packages=False)
        total *= sum(int(c) for c in pool.counts)
        if not total:
            return 0
    return total


def count_acceptable(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    walk_away: Sequence[int] | IntArray,
    *,
    states: int = STATES,
) -> Count:
    """Count the packages acceptable to all parties.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers.
    bounds : Bounds
    parties : sequence of int
        A package is acceptable when constraints hold, no red line of a party is crossed, and each party's scaled
        utility is at least its walk-away.
    walk_away : sequence of int
        One for each party.
    states : int
        Most distinct partial sums carried.

    Returns
    -------
    Count
        Exact where the sums allow; else bounds.
    """
    rows = list(parties)
    floor = np.asarray(walk_away, dtype=np.int64)
    try:
        number = _count(utilities, bounds, rows, floor, _Limits(states, PAIRS, SUMS))
        return Count(number, number)
    except TooWideError:
        # No grid makes fewer combinations of options.
        return Count(0, _at_most(utilities, bounds, rows))
    except _TooManyError:
        pass
    low, high = 0, _at_most(utilities, bounds, rows)
    spans = loose_bounds(utilities, rows, range(len(utilities.tables)), range(len(utilities.linkages)))
    span = np.maximum(1, spans[1] - spans[0])
    # From fine to coarse: the first grid that can be counted gives the tightest bounds.
    for halvings in range(12, 3, -1):
        width = np.maximum(1, span // 2**halvings)
        try:
            below, above = (
                _count(
                    *_rounded(utilities, rows, floor, width, bounds, up=up), _Limits(states // 4, PAIRS // 8, SUMS // 6)
                )
                for up in (False, True)
            )
        except _TooManyError:
            continue
        return Count(max(low, below), min(high, above))
    return Count(low, high)


def _at_most(utilities: Utilities, bounds: Bounds, rows: Sequence[int]) -> int:
    try:
        return count_feasible(utilities, bounds, rows)
    except TooWideError:
        return prod(utilities.sizes)


def count_equal(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    vector: Sequence[int] | IntArray,
    *,
    states: int = STATES,
) -> int | None:
    """Count the packages within the parties' limits that are worth exactly this to each; None where sums are too many.

    Parameters
    ----------
    utilities, bounds, parties, states
        As for `count_acceptable`.
    vector : sequence of int
        Scaled utilities, one for each party.
    """
    try:
        limits = _Limits(states, PAIRS, SUMS)
        return _count(utilities, bounds, list(parties), np.asarray(vector, dtype=np.int64), limits, exactly=True)
    except (_TooManyError, TooWideError):
        return None


def _rounded(
    utilities: Utilities, rows: Sequence[int], floor: IntArray, width: IntArray, bounds: Bounds, *, up: bool
) -> tuple[Utilities, Bounds, list[int], IntArray]:
    """Round what the parties get to a grid, always up or always down, so that counts become bounds."""
    per_actor = np.ones(utilities.actors, dtype=np.int64)
    per_actor[list(rows)] = width

    def grid(points: IntArray) -> IntArray:
        shape = (-1,) + (1,) * (points.ndim - 1)
        w = per_actor.reshape(shape)
        return -(-points // w) if up else points // w

    tables = tuple(grid(np.asarray(t, dtype=np.int64)) for t in utilities.tables)
    linkages = tuple(Linkage(x.issues, grid(np.asarray(x.points, dtype=np.int64))) for x in utilities.linkages)
    # Sums of rounded-up values reach the rounded-up floor whenever the true sum reaches the floor, and so on below.
    new_floor = -(-floor // width)
    return Utilities(tables, linkages, utilities.unit, False), bounds, list(rows), new_floor


def _count(
    utilities: Utilities,
    bounds: Bounds,
    rows: list[int],
    floor: IntArray,
    limits: _Limits,
    *,
    exactly: bool = False,
) -> int:
    reduction = _match if exactly else _clamp
    parts = form_blocks(utilities, required(bounds, rows), rows)
    if not parts.possible:
        return 0
    counts = count_type(utilities.sizes)
    ranges = [loose_bounds(utilities, rows, b.issues, b.linkages) for b in parts.blocks]
    zero = np.zeros(len(rows), dtype=np.int64)
    all_low = parts.constant + sum((r[0] for r in ranges), zero)
    all_high = parts.constant + sum((r[1] for r in ranges), zero)
    pools: list[Pool] = []
    for block, (low, high) in zip(parts.blocks, ranges, strict=True):
        step_reduction: dict[int, Reduction] = {}
        for n, step in enumerate(block.steps):
            rest = block.steps[n + 1 :]
            links = [x for s in rest for x in s.linkages]
            rest_low, rest_high = loose_bounds(utilities, rows, [s.issue for s in rest], links)
            step_reduction[step.issue] = reduction(floor, all_low - low + rest_low, all_high - high + rest_high, limits)
        pools.append(
            sweep(block, utilities, rows, _lookup(step_reduction), counts, with_packages=False),
        )
        if not pools[-1].size:
            return 0
    pools.sort(key=lambda p: p.size)
    lows, highs = [p.vectors.min(axis=0) for p in pools], [p.vectors.max(axis=0) for p in pools]
    whole_low, whole_high = parts.constant + sum(lows, zero), parts.constant + sum(highs, zero)
    halves = [empty_pool(len(rows), counts, parts.constant), empty_pool(len(rows), counts)]
    done_low, done_high = [parts.constant.copy(), zero.copy()], [parts.constant.copy(), zero.copy()]
    # The larger parts first, each to the smaller half: the two then stay near the square root of the whole.
    for n in reversed(range(len(pools))):
        side = 0 if halves[0].size <= halves[1].size else 1
        done_low[side] = done_low[side] + lows[n]
        done_high[side] = done_high[side] + highs[n]
        reduce = reduction(floor, whole_low - done_low[side], whole_high - done_high[side], limits)
        halves[side] = merge(halves[side], pools[n], reduce)
        if not halves[side].size:
            return 0
    left, right = halves
    return _join_equal(left, right, floor) if exactly else _join(left, right, floor, limits.pairs)


def _lookup(reductions: dict[int, Reduction]) -> Callable[[Step], Reduction]:
    def of(step: Step) -> Reduction:
        return reductions[step.issue]

    return of


def _clamp(floor: IntArray, rest_low: IntArray, rest_high: IntArray, limits: _Limits) -> Reduction:
    """Drop sums that cannot reach the floor, lower those that cannot miss it, and count equal ones together."""

    def reduce(key: IntArray, vectors: IntArray, counts: Counts) -> tuple[IntArray, IntArray, Counts]:
        limits.weigh(vectors.shape[0])
        if not vectors.shape[0]:
            return np.zeros(0, dtype=np.int64), vectors, counts
        position = np.flatnonzero(np.all(vectors + rest_high >= floor, axis=1))
        vectors, key, counts = vectors[position], key[position], counts[position]
        if not position.size:
            return position, vectors, counts
        # Not below the least of the sums themselves: the bounds of what is still to come must stay true.
        secure = np.maximum(floor - rest_low, vectors.min(axis=0))
        index, vectors, counts = merge_equal(key, np.minimum(vectors, secure), counts)
        if vectors.shape[0] > limits.states:
            raise _TooManyError
        return position[index], vectors, counts

    return reduce


def _match(floor: IntArray, rest_low: IntArray, rest_high: IntArray, limits: _Limits) -> Reduction:
    """Drop sums that cannot come to the vector exactly, and count equal ones together."""

    def reduce(key: IntArray, vectors: IntArray, counts: Counts) -> tuple[IntArray, IntArray, Counts]:
        limits.weigh(vectors.shape[0])
        within = np.all((vectors + rest_high >= floor) & (vectors + rest_low <= floor), axis=1)
        position = np.flatnonzero(within)
        index, vectors, counts = merge_equal(key[position], vectors[position], counts[position])
        if vectors.shape[0] > limits.states:
            raise _TooManyError
        return position[index], vectors, counts

    return reduce


def _join_equal(left: Pool, right: Pool, vector: IntArray) -> int:
    """Count the pairs of a left and a right sum that together are the vector."""
    number = {row.tobytes(): int(c) for row, c in zip(np.ascontiguousarray(left.vectors), left.counts, strict=True)}
    wanted = np.ascontiguousarray(vector - right.vectors)
    return sum(number.get(row.tobytes(), 0) * int(c) for row, c in zip(wanted, right.counts, strict=True))


def _join(left: Pool, right: Pool, floor: IntArray, pairs: int) -> int:
    """Count the pairs of a left and a right sum that together reach the floor, each with its number of packages."""
    if left.size < right.size:
        left, right = right, left
    needs = floor - right.vectors
    parties = floor.shape[0]
    if parties == 0:
        return sum(int(c) for c in left.counts) * sum(int(c) for c in right.counts)
    active = [c for c in range(parties) if bool(np.any(left.vectors[:, c].min() < needs[:, c]))]
    if not active:
        return sum(int(c) for c in left.counts) * sum(int(c) for c in right.counts)
    have, need = left.vectors[:, active], needs[:, active]
    if len(active) == 1:
        order = np.argsort(have[:, 0], kind="stable")
        above = np.concatenate([np.cumsum(left.counts[order][::-1])[::-1], np.zeros(1, dtype=left.counts.dtype)])
        at = np.searchsorted(have[order, 0], need[:, 0], side="left")
        return int(sum(int(a) * int(b) for a, b in zip(above[at], right.counts, strict=True)))
    if left.counts.dtype == np.dtype(object):
        # Beyond 64 bits the products are made with Python's own integers, so fewer pairs can be afforded.
        if left.size * right.size > 50_000_000:
            raise _TooManyError
        total = 0
        for vector, number in zip(need, right.counts, strict=True):
            total += int(number) * int(left.counts[np.all(have >= vector, axis=1)].sum())
        return total
    if left.size * right.size <= 2_000_000:
        total = 0
        width = max(1, 1_000_000 // left.size)
        for start in range(0, right.size, width):
            part = slice(start, start + width)
            above_all = np.all(have[None, :, :] >= need[part, None, :], axis=2)
            total += int((above_all @ left.counts) @ right.counts[part])
        return total
    from halfway.settle.packages import kernels

    order = np.lexsort((-have[:, 1], -have[:, 0]))
    have, number = np.ascontiguousarray(have[order]), np.ascontiguousarray(left.counts[order])
    order = np.argsort(-need[:, 0], kind="stable")
    need, other = np.ascontiguousarray(need[order]), np.ascontiguousarray(right.counts[order])
    if len(active) == 2:
        return int(kernels.count_pairs_of_two(have, number, need, other))
    if left.size * right.size > pairs:
        raise _TooManyError
    return int(kernels.count_pairs(have, number, need, other))
