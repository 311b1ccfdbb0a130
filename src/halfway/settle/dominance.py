"""Which vectors are not dominated: exact on integers, by sorting, with compiled kernels for three and more parties.

``y`` dominates ``x`` when it is at least as good in every coordinate and better in one. Two coordinates: one sorted
pass. Three: a sorted pass against a staircase (Kung, Luccio, Preparata 1975). More: a sorted pass against the kept.
"""

from __future__ import annotations

import importlib
from typing import cast

import numpy as np

from halfway.space.arrays import BoolArray, IntArray
from halfway.space.blocks import Counts

SMALL = 300
"""Up to so many vectors a plain table of comparisons is faster than loading compiled code."""


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
    if n <= SMALL:
        keep = np.ones(n, dtype=np.bool_)
        for start, end in zip(starts, ends, strict=True):
            part = vectors[start:end]
            # Distinct and in descending order, so only an earlier one can dominate.
            above = np.all(part[:, None, :] >= part[None, :, :], axis=2)
            np.fill_diagonal(above, False)
            keep[start:end] = ~above.any(axis=0)
        return keep
    kernels = importlib.import_module("halfway.settle.compiled")
    if parties == 3:
        return cast(BoolArray, kernels.staircase(np.ascontiguousarray(vectors), starts, ends))
    if parties == 2:
        return cast(BoolArray, kernels.running_maximum(np.ascontiguousarray(vectors), starts, ends))
    return cast(BoolArray, kernels.against_kept(np.ascontiguousarray(vectors), starts, ends))
