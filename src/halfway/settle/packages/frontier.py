"""The exact Pareto frontier by merging blocks, never by listing the packages.

The frontier here is that of the *acceptable* packages: constraints hold, no party's red line is crossed, and every
party gets at least its walk-away. Because a package that dominates an acceptable one in utility is worth the walk-away
too, this is the frontier of all packages within constraints and red lines, cut at the walk-aways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.settle.packages.dominance import merge_equal, nondominated
from halfway.space.arrays import Bounds, FloatArray, IntArray, Utilities
from halfway.space.packages.blocks import (
    Block,
    Counts,
    Reduction,
    Step,
    TooWideError,
    count_type,
    empty_pool,
    form_blocks,
    in_case_order,
    loose_bounds,
    merge,
    required,
    sweep,
)

CAPS = {1: 200_000, 2: 200_000, 3: 60_000, 4: 12_000, 5: 12_000}
CAP_OF_MANY = 1_500
"""Points carried at most, by number of parties, unless the caller says otherwise: keeps time and memory bounded."""

CANDIDATES = 4_000_000
"""Candidates weighed at most while issues are merged one after the other: where there are many issues, fewer points are
carried. Up to 20 options in all, and for many parties up to 2,600, the caps above decide."""

APART = 20_000
"""Combinations of tied issues that are told apart even where fewer points are carried."""


@dataclass(frozen=True)
class Frontier:
    """Acceptable packages that no acceptable package dominates for the parties.

    Attributes
    ----------
    parties : tuple of int
        Actors whose utilities count, in the order of the columns.
    vectors : ndarray of int, shape (point, party)
        Scaled utilities, descending in lexicographic order, each once.
    packages : ndarray of int, shape (point, issue)
        One package for each point.
    ties : ndarray, shape (point,)
        Number of packages with exactly these utilities; at least so many where `exact` is False.
    exact : bool
        Whether every point is on the frontier and none is missing.
    epsilon : ndarray of int, shape (party,)
        Zero when exact. Else the guarantee: for every acceptable package worth at least its walk-away plus `epsilon`
        to each party, some point here is worth no less than it minus `epsilon`, to every party at once.
    """

    parties: tuple[int, ...]
    vectors: IntArray
    packages: IntArray
    ties: Counts
    exact: bool
    epsilon: IntArray

    @property
    def size(self) -> int:
        """Number of distinct utility vectors on the frontier."""
        return int(self.vectors.shape[0])


class _Pruning:
    """Dominance pruning with a cap: when too many points are left, a grid makes them fewer and the loss is added up."""

    def __init__(self, parties: int, walk_away: IntArray | None, cap: int) -> None:
        self.walk_away = walk_away
        self.cap = cap
        self.epsilon = np.zeros(parties, dtype=np.int64)

    def reduction(self, most_to_come: IntArray) -> Reduction:
        """Return the reduction for a step after which each party can still gain at most so much."""

        def reduce(key: IntArray, vectors: IntArray, counts: Counts) -> tuple[IntArray, IntArray, Counts]:
            position = np.arange(vectors.shape[0])
            if self.walk_away is not None and vectors.shape[0]:
                # What cannot reach a walk-away any more need not be carried.
                reachable = np.all(vectors + most_to_come >= self.walk_away, axis=1)
                if not reachable.all():
                    position = position[reachable]
                    key, vectors, counts = key[reachable], vectors[reachable], counts[reachable]
            index, vectors, counts = merge_equal(key, vectors, counts)
            keep = nondominated(key[index], vectors)
            index, vectors, counts = index[keep], vectors[keep], counts[keep]
            if vectors.shape[0] > self.cap:
                index, vectors, counts = self._coarsen(key, index, vectors, counts)
            return position[index], vectors, counts

        return reduce

    def _coarsen(
        self, key: IntArray, index: IntArray, vectors: IntArray, counts: Counts
    ) -> tuple[IntArray, IntArray, Counts]:
        """Keep one point of each non-dominated cell of a grid wide enough to respect the cap."""
        if (apart := np.unique(key[index]).size) > max(self.cap, APART):
            # Even one point for each combination that must be told apart would be too many.
            raise TooWideError((), apart)
        span = vectors.max(axis=0) - vectors.min(axis=0) + 1
        total = vectors.astype(np.float64).sum(axis=1)
        # The finest grid within the cap, by bisection; on the coarsest, the whole set is one cell.
        fine, coarse = 14, 0
        while coarse < fine:
            halvings = (fine + coarse + 1) // 2
            if self._cells(key[index], vectors, total, span, halvings)[0].shape[0] <= self.cap:
                coarse = halvings
            else:
                fine = halvings - 1
        final, width = self._cells(key[index], vectors, total, span, coarse)
        # A point may pass several grids; adding up the losses of all bounds what any one can have lost.
        self.epsilon += width - 1
        return index[final], vectors[final], counts[final]

    @staticmethod
    def _cells(
        key: IntArray, vectors: IntArray, total: FloatArray, span: IntArray, halvings: int
    ) -> tuple[IntArray, IntArray]:
        """Return the position of the best point of each non-dominated cell, and the cells' width."""
        width = np.maximum(1, -(-span // 2**halvings))
        # The best of a cell first, so that merging equal cells keeps it.
        order = np.lexsort((-total, key))
        cells = (vectors[order] - vectors.min(axis=0)) // width
        chosen, distinct, _ = merge_equal(key[order], cells, np.ones(len(order), dtype=np.int64))
        keep = nondominated(key[order][chosen], distinct)
        return order[chosen[keep]], width


def pareto_frontier(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    walk_away: Sequence[int] | IntArray | None = None,
    *,
    red_lines: bool = True,
    cap: int | None = None,
) -> Frontier:
    """Return the Pareto frontier of the acceptable packages.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers, so that dominance and ties are exact.
    bounds : Bounds
    parties : sequence of int
        Actors at the table; their red lines count too.
    walk_away : sequence of int, optional
        Least scaled utility, one for each party; none by default.
    red_lines : bool
        Whether the parties' red lines limit the packages.
    cap : int, optional
        Most points carried at any stage. Above it the frontier is approximated, and the result says by how much.

    Returns
    -------
    Frontier
        Without points when nothing is acceptable.

    Raises
    ------
    TooWideError
        Where conditions tie issues so tightly that no number of points within the cap could stand for them.

    Notes
    -----
    Dominance within partial packages is Bellman's principle for several criteria: see Ehrgott (2005), *Multicriteria
    Optimization*, chapter 9, on dynamic programming.
    """
    rows = list(parties)
    issues = len(utilities.tables)
    floor = None if walk_away is None else np.asarray(walk_away, dtype=np.int64)
    parts = form_blocks(utilities, required(bounds, rows if red_lines else ()), rows)
    counts = count_type(utilities.sizes)
    limit = cap
    if limit is None:
        limit = min(
            CAPS.get(max(1, len(rows)), CAP_OF_MANY), max(CAP_OF_MANY, CANDIDATES // max(1, sum(utilities.sizes)))
        )
    pruning = _Pruning(len(rows), floor, limit)
    if not parts.possible:
        return _nothing(rows, issues, counts)

    highs = [loose_bounds(utilities, rows, block.issues, block.linkages)[1] for block in parts.blocks]
    everything = parts.constant + sum(highs, np.zeros(len(rows), dtype=np.int64))
    pools = []
    for block, high in zip(parts.blocks, highs, strict=True):
        pools.append(
            sweep(block, utilities, rows, _StepReductions(pruning, block, utilities, rows, everything - high), counts)
        )
        if not pools[-1].size:
            return _nothing(rows, issues, counts, pruning.epsilon)
    # Small parts first keeps the early merges cheap; the tightened bounds let walk-aways cut sooner.
    pools.sort(key=lambda p: p.size)
    to_come = parts.constant + sum((p.vectors.max(axis=0) for p in pools), np.zeros(len(rows), dtype=np.int64))
    pool = empty_pool(len(rows), counts, parts.constant)
    to_come -= parts.constant
    if not pools:
        reduced = pruning.reduction(to_come)(np.zeros(1, dtype=np.int64), pool.vectors, pool.counts)
        if not reduced[0].size:
            return _nothing(rows, issues, counts)
    for part in pools:
        to_come = to_come - part.vectors.max(axis=0)
        pool = merge(pool, part, pruning.reduction(to_come))
        if not pool.size:
            return _nothing(rows, issues, counts, pruning.epsilon)
    exact = not pruning.epsilon.any()
    return Frontier(tuple(rows), pool.vectors, in_case_order(pool), pool.counts, exact, pruning.epsilon.copy())


def no_frontier(utilities: Utilities, parties: Sequence[int]) -> Frontier:
    """Return the frontier that has no point and may have missed all: what stands where none can be found."""
    rows = list(parties)
    low, high = loose_bounds(utilities, rows, range(len(utilities.tables)), range(len(utilities.linkages)))
    return _nothing(rows, len(utilities.tables), count_type(utilities.sizes), high - low + 1)


class _StepReductions:
    """Gives each step of a block its reduction, with what the rest of the block and the other blocks can add."""

    def __init__(
        self, pruning: _Pruning, block: Block, utilities: Utilities, rows: Sequence[int], elsewhere: IntArray
    ) -> None:
        self.pruning = pruning
        self.most: dict[int, IntArray] = {}
        for n, step in enumerate(block.steps):
            rest = block.steps[n + 1 :]
            links = [x for s in rest for x in s.linkages]
            self.most[step.issue] = elsewhere + loose_bounds(utilities, rows, [s.issue for s in rest], links)[1]

    def __call__(self, step: Step) -> Reduction:
        return self.pruning.reduction(self.most[step.issue])


def _nothing(
    rows: Sequence[int], issues: int, counts: np.dtype[np.generic], epsilon: IntArray | None = None
) -> Frontier:
    lost = np.zeros(len(rows), dtype=np.int64) if epsilon is None else epsilon.copy()
    return Frontier(
        tuple(rows),
        np.zeros((0, len(rows)), dtype=np.int64),
        np.zeros((0, issues), dtype=np.int64),
        np.zeros(0, dtype=counts),
        not lost.any(),
        lost,
    )
