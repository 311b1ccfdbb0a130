"""Compiled kernels of the frontier and of counting; loaded only where the work is large enough to repay it."""

from __future__ import annotations

import numpy as np

from halfway.jit import compiled
from halfway.space.arrays import BoolArray, IntArray


@compiled
def running_maximum(vectors: IntArray, starts: IntArray, ends: IntArray) -> BoolArray:
    """Two coordinates, several keys: keep what exceeds every earlier second coordinate of its key."""
    keep = np.zeros(vectors.shape[0], dtype=np.bool_)
    for g in range(starts.shape[0]):
        best = vectors[starts[g], 1]
        keep[starts[g]] = True
        for i in range(starts[g] + 1, ends[g]):
            if vectors[i, 1] > best:
                best = vectors[i, 1]
                keep[i] = True
    return keep


@compiled
def staircase(vectors: IntArray, starts: IntArray, ends: IntArray) -> BoolArray:
    """Three coordinates, sorted descending: test each against the staircase of the second and third."""
    n = vectors.shape[0]
    keep = np.zeros(n, dtype=np.bool_)
    ys = np.empty(n, dtype=np.int64)
    zs = np.empty(n, dtype=np.int64)
    for g in range(starts.shape[0]):
        m = 0  # the staircase: ys ascending, zs descending
        for i in range(starts[g], ends[g]):
            y = vectors[i, 1]
            z = vectors[i, 2]
            low, high = 0, m
            while low < high:
                middle = (low + high) // 2
                if ys[middle] < y:
                    low = middle + 1
                else:
                    high = middle
            if low < m and zs[low] >= z:
                continue
            keep[i] = True
            # Steps at or below the new one in both coordinates no longer decide anything.
            end = low
            if end < m and ys[end] == y:
                end += 1
            first = low
            while first > 0 and zs[first - 1] <= z:
                first -= 1
            shift = 1 - (end - first)
            if shift > 0:
                for j in range(m - 1, end - 1, -1):
                    ys[j + 1] = ys[j]
                    zs[j + 1] = zs[j]
            elif shift < 0:
                for j in range(end, m):
                    ys[j + shift] = ys[j]
                    zs[j + shift] = zs[j]
            ys[first] = y
            zs[first] = z
            m += shift
    return keep


@compiled
def against_kept(vectors: IntArray, starts: IntArray, ends: IntArray) -> BoolArray:
    """Four and more coordinates, sorted descending: test each against the kept ones, the best excluders first."""
    n, parties = vectors.shape
    keep = np.zeros(n, dtype=np.bool_)
    kept = np.empty((n, parties), dtype=np.int64)
    for g in range(starts.shape[0]):
        m = 0
        for i in range(starts[g], ends[g]):
            dominated = False
            for j in range(m):
                above = True
                for c in range(1, parties):  # the first coordinate is at least as large by the order
                    if kept[j, c] < vectors[i, c]:
                        above = False
                        break
                if above:
                    dominated = True
                    # One that excluded much will exclude more: bring it half way to the front.
                    if j > 0:
                        k = j // 2
                        for c in range(parties):
                            kept[j, c], kept[k, c] = kept[k, c], kept[j, c]
                    break
            if not dominated:
                keep[i] = True
                for c in range(parties):
                    kept[m, c] = vectors[i, c]
                m += 1
    return keep


@compiled
def count_pairs_of_two(have: IntArray, number: IntArray, need: IntArray, other: IntArray) -> int:
    """Sum products of counts over pairs with have ≥ need in both coordinates, by a Fenwick tree.

    ``have`` and ``need`` are sorted by their first coordinate, descending.
    """
    values = np.unique(have[:, 1])
    size = values.shape[0]
    tree = np.zeros(size + 1, dtype=np.int64)
    total = 0
    everything = 0
    i = 0
    # Needs from hardest to easiest in the first coordinate: the haves that meet it only grow in number.
    for j in range(need.shape[0]):
        while i < have.shape[0] and have[i, 0] >= need[j, 0]:
            k = np.searchsorted(values, have[i, 1]) + 1
            everything += number[i]
            while k <= size:
                tree[k] += number[i]
                k += k & -k
            i += 1
        k = np.searchsorted(values, need[j, 1])
        below = 0
        while k > 0:
            below += tree[k]
            k -= k & -k
        total += other[j] * (everything - below)
    return total


@compiled
def count_pairs(have: IntArray, number: IntArray, need: IntArray, other: IntArray) -> int:
    """Sum products of counts over pairs with have ≥ need in every coordinate; both sorted as for two."""
    parties = have.shape[1]
    total = 0
    end = 0
    for j in range(need.shape[0]):
        while end < have.shape[0] and have[end, 0] >= need[j, 0]:
            end += 1
        subtotal = 0
        for i in range(end):
            met = True
            for c in range(1, parties):
                if have[i, c] < need[j, c]:
                    met = False
                    break
            if met:
                subtotal += number[i]
        total += other[j] * subtotal
    return total
