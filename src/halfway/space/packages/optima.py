"""The best package for one actor, ties broken for another: what concession levels are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import Bounds, IntArray, Utilities
from halfway.space.packages.blocks import (
    Block,
    Counts,
    Pool,
    Reduction,
    Step,
    count_type,
    empty_pool,
    form_blocks,
    in_case_order,
    merge,
    required,
    sweep,
)


@dataclass(frozen=True)
class Best:
    """A package that is lexicographically best for some actors.

    Attributes
    ----------
    package : ndarray of int, shape (issue,)
    values : tuple of int
        Scaled utilities of the actors asked for, in the order asked.
    ties : int
        Number of packages with these same values, this one included.
    """

    package: IntArray
    values: tuple[int, ...]
    ties: int


def lexicographic_best(
    utilities: Utilities, bounds: Bounds, actors: Sequence[int], red_lines_of: Sequence[int] = ()
) -> Best | None:
    """Return the feasible package best for the first actor, among those best for the second, and so on.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers.
    bounds : Bounds
    actors : sequence of int
        Whose utility counts first, second and so on.
    red_lines_of : sequence of int
        Actors whose red lines the package must not cross; by default only constraints count.

    Returns
    -------
    Best or None
        ``None`` when no package is feasible.
    """
    rows = list(actors)
    parts = form_blocks(utilities, required(bounds, red_lines_of), rows)
    if not parts.possible:
        return None
    counts = count_type(utilities.sizes)
    pool = empty_pool(len(rows), counts, parts.constant)
    for block in parts.blocks:
        pool = merge(pool, _swept(block, utilities, rows, counts), keep_best)
        if not pool.size:
            return None
    package = in_case_order(pool)[0]
    return Best(package, tuple(int(v) for v in pool.vectors[0]), int(pool.counts[0]))


def _swept(block: Block, utilities: Utilities, rows: Sequence[int], counts: np.dtype[np.generic]) -> Pool:
    def always(step: Step) -> Reduction:
        return keep_best

    return sweep(block, utilities, rows, always, counts)


def keep_best(key: IntArray, vectors: IntArray, counts: Counts) -> tuple[IntArray, IntArray, Counts]:
    """Keep in each key one element that is lexicographically best, with the number of all that equal it."""
    if not vectors.shape[0]:
        return np.zeros(0, dtype=np.int64), vectors, counts
    order = np.lexsort((*(-vectors[:, c] for c in reversed(range(vectors.shape[1]))), key))
    sorted_key, sorted_vectors = key[order], vectors[order]
    first = np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]])
    starts = np.flatnonzero(first)
    group = np.cumsum(first) - 1
    same = np.all(sorted_vectors == sorted_vectors[starts][group], axis=1)
    totals = np.add.reduceat(np.where(same, counts[order], 0), starts)
    kept = order[starts]
    return kept, vectors[kept], totals.astype(counts.dtype)


def ideal_matrix(utilities: Utilities, bounds: Bounds, actors: Sequence[int] | None = None) -> IntArray:
    """Return what each actor's best package is worth to every other, ties broken for the one who is asked.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers.
    bounds : Bounds
        Only the constraints count: red lines do not limit what an actor would like best.
    actors : sequence of int, optional
        The actors to compare; all by default.

    Returns
    -------
    ndarray of int, shape (actor, actor)
        ``out[a, b] = u_a(x_b*)`` in a's scaled unit, ``x_b*`` being the best package for b and, among those, for a; so
        ``out[a, a]`` is a's own ideal. With it ``L(a → b, x) = (out[a, a] − u_a(x)) / (out[a, a] − out[a, b])``.

    Raises
    ------
    ValueError
        When no package is feasible.
    """
    who = list(range(utilities.actors)) if actors is None else list(actors)
    masks = required(bounds)
    parts = form_blocks(utilities, masks, who)
    if not parts.possible:
        raise ValueError("no package is feasible")
    # What stands alone for all of them is decided for all pairs at once.
    alone = {block.steps[0].issue: block.steps[0] for block in parts.blocks if len(block.steps) == 1}
    out = sum((_alone(utilities, step, who) for step in alone.values()), np.zeros((len(who), len(who)), dtype=np.int64))
    for j, b in enumerate(who):
        for i, a in enumerate(who):
            rows = [a] if a == b else [b, a]
            pair = form_blocks(utilities, masks, rows)
            out[i, j] += pair.constant[-1]
            for block in pair.blocks:
                if block.steps[0].issue in alone:
                    continue
                pool = _swept(block, utilities, rows, count_type(utilities.sizes))
                if not pool.size:
                    raise ValueError("no package is feasible")
                out[i, j] += pool.vectors[0, -1]
    return out


def _alone(utilities: Utilities, step: Step, who: Sequence[int]) -> IntArray:
    """Return what each actor's best option of one issue is worth to every other, shape ``(actor, actor)``."""
    table = np.asarray(utilities.tables[step.issue][list(who)], dtype=np.int64)
    for number in step.linkages:
        table = table + np.asarray(utilities.linkages[number].points[list(who)], dtype=np.int64)
    allowed = np.logical_and.reduce([np.ones(table.shape[1], dtype=np.bool_), *(m.table for m in step.masks)])
    if not allowed.any():
        raise ValueError("no package is feasible")
    table = table[:, allowed]
    best = table == table.max(axis=1, keepdims=True)
    # Axes: who is asked, whose best it is, option.
    return np.asarray(np.where(best[None], table[:, None], np.iinfo(np.int64).min).max(axis=2))
