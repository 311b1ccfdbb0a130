"""Which vectors are not dominated: exact on integers, by sorting, with compiled kernels for three and more parties.

``y`` dominates ``x`` when it is at least as good in every coordinate and better in one. Two coordinates: one sorted
pass. Three: a sorted pass against a staircase (Kung, Luccio, Preparata 1975). More: a sorted pass against the kept.
"""

from __future__ import annotations

import numpy as np

from halfway.space.arrays import BoolArray, IntArray
from halfway.space.packages.blocks import Counts

PAIRS = 400_000_000
"""Up to so many comparisons, tables are made sooner than compiled code is loaded; kernels are 3 to 4 times as fast."""

MANY = 5_000
"""Vectors of two or three coordinates from which on the compiled kernels do the work alone."""

_BLOCK = 256


def merge_equal(key: IntArray, vectors: IntArray, counts: Counts) -> tuple[IntArray, IntArray, Counts]:
    """Make one element of all with the same key and vector, adding their counts.

    Returns
    -------
    kept, vectors, counts
        Sorted by key, then in descending lexicographic order of the vectors. ``kept`` are positions in the input.
    """
    if not vectors.shape[0]:
        return np.zeros(0, dtype=np.int64), vectors, counts
    columns = [-vectors[:, c] for c in reversed(range(vectors.shape[1]))]
    order = np.lexsort((*columns, key)) if columns else np.argsort(key, kind="stable")
    sorted_vectors, sorted_key = vectors[order], key[order]
    first = np.concatenate(
        [[True], (sorted_key[1:] != sorted_key[:-1]) | np.any(sorted_vectors[1:] != sorted_vectors[:-1], axis=1)]
    )
    starts = np.flatnonzero(first)
    totals = np.add.reduceat(counts[order], starts)
    return order[starts].astype(np.int64), sorted_vectors[starts], totals


def nondominated(key: IntArray, vectors: IntArray) -> BoolArray:
    """Say which vectors no other of the same key dominates.

    Parameters
    ----------
    key : ndarray of int, shape (element,)
        Ascending.
    vectors : ndarray of int, shape (element, party)
        Distinct within a key and in descending lexicographic order, as `merge_equal` returns them.
    """
    n, parties = vectors.shape
    if n <= 1:
        return np.ones(n, dtype=np.bool_)
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    if parties <= 1:
        keep = np.zeros(n, dtype=np.bool_)
        keep[starts] = True
        return keep
    if parties == 2 and starts.shape[0] == 1:
        second = vectors[:, 1]
        keep = np.ones(n, dtype=np.bool_)
        keep[1:] = second[1:] > np.maximum.accumulate(second)[:-1]
        return keep
    ends = np.append(starts[1:], n)
    # Up to three coordinates the compiled kernels need n log n steps: where there is much to do, they are worth loading.
    parts = _by_tables(vectors, starts, ends) if parties > 3 or n <= MANY else None
    if parts is not None:
        return parts
    from halfway.settle.packages import kernels

    if parties == 3:
        return kernels.staircase(np.ascontiguousarray(vectors), starts, ends)
    if parties == 2:
        return kernels.running_maximum(np.ascontiguousarray(vectors), starts, ends)
    return kernels.against_kept(np.ascontiguousarray(vectors), starts, ends)


def _by_tables(vectors: IntArray, starts: IntArray, ends: IntArray) -> BoolArray | None:
    """Compare in blocks, each with what is kept of the earlier ones: in descending order only they can dominate.

    Returns
    -------
    ndarray of bool or None
        None as soon as the comparisons are too many to be worth it.
    """
    keep = np.zeros(vectors.shape[0], dtype=np.bool_)
    spent = 0
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        kept = vectors[:0]
        for start in range(first, last, _BLOCK):
            block = vectors[start : min(start + _BLOCK, last)]
            new = np.ones(block.shape[0], dtype=np.bool_)
            if kept.shape[0]:
                new = ~_covered(block, kept)
            within = block[new]
            alone = ~_covered(within, within, strict=True)
            keep[start + np.flatnonzero(new)[alone]] = True
            kept = np.concatenate([kept, within[alone]])
            spent += block.shape[0] * kept.shape[0]
            if spent > PAIRS:
                return None
    return keep


def _covered(rows: IntArray, by: IntArray, *, strict: bool = False) -> BoolArray:
    """Say which rows some row of another table equals or exceeds everywhere; `strict` leaves out the row itself."""
    above = np.ones((rows.shape[0], by.shape[0]), dtype=np.bool_)
    for c in range(rows.shape[1]):
        above &= by[None, :, c] >= rows[:, None, c]
    if strict:
        np.fill_diagonal(above, False)
    return np.asarray(above.any(axis=1))
