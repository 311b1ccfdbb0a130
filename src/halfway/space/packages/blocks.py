"""Issues tied by a condition form a block; blocks are swept issue by issue and merged, never listed as a whole.

A *block* is a set of issues joined by linkages, constraints or red lines. Inside a block the sweep takes one issue at a
time and carries, for each assignment of the issues that some later condition still reads, the partial packages worth
keeping. What is worth keeping is the caller's *reduction*: the non-dominated ones, the best one, or one of each value
with its count. This is variable elimination (Dechter 1999, "Bucket elimination"), so that a long chain of linkages
costs no more than its widest link. Partial packages are stored beside their values rather than as back-pointers: what
is pruned then frees its memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from halfway.space.arrays import Bounds, IntArray, Linkage, Mask, Utilities

Counts: TypeAlias = NDArray[Any]
"""Numbers of packages: 64-bit integers where the total fits, Python integers in an object array else."""

CHUNK = 100_000
"""Candidates weighed at once: bounds the memory of a merge, whatever the size of its parts."""

WIDEST = 200_000
"""Most combinations of options that a sweep tells apart at one time."""


class TooWideError(Exception):
    """Conditions tie issues so tightly that a sweep would have to tell apart more combinations than it may.

    Attributes
    ----------
    issues : tuple of int
        The issues of the block.
    combinations : int
        How many had to be told apart when the sweep gave up.
    """

    def __init__(self, issues: tuple[int, ...], combinations: int) -> None:
        self.issues, self.combinations = issues, combinations
        super().__init__(f"{combinations:,} combinations of {len(issues)} issues")


@dataclass(frozen=True)
class Step:
    """One issue taken into a block.

    Attributes
    ----------
    issue : int
        The issue.
    before, after : tuple of int
        The issues whose options must be known before and after the step because a later condition reads them.
    masks : tuple of Mask
        Conditions that must hold and are first complete here.
    linkages : tuple of int
        Positions of the linkages that are first complete here.
    """

    issue: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    masks: tuple[Mask, ...]
    linkages: tuple[int, ...]


@dataclass(frozen=True)
class Block:
    """Issues that conditions tie together, in the order of the sweep."""

    steps: tuple[Step, ...]

    @property
    def issues(self) -> tuple[int, ...]:
        """The block's issues in the order of the sweep."""
        return tuple(step.issue for step in self.steps)

    @property
    def linkages(self) -> tuple[int, ...]:
        """Positions of the linkages inside the block."""
        return tuple(x for step in self.steps for x in step.linkages)


@dataclass(frozen=True)
class Blocks:
    """How a case falls apart.

    Attributes
    ----------
    blocks : tuple of Block
    possible : bool
        False when a condition that reads no issue forbids everything.
    constant : ndarray of int, shape (row,)
        Points of linkages that read no issue.
    """

    blocks: tuple[Block, ...]
    possible: bool
    constant: IntArray


@dataclass(frozen=True)
class Pool:
    """Partial packages with what they are worth.

    Attributes
    ----------
    issues : tuple of int
        The issues decided.
    vectors : ndarray of int, shape (element, row)
    counts : ndarray, shape (element,)
        Number of partial packages that each element stands for.
    packages : ndarray of uint16, shape (element, issue of `issues`)
        One of them; no columns when packages are not asked for.
    """

    issues: tuple[int, ...]
    vectors: IntArray
    counts: Counts
    packages: NDArray[np.uint16]

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.vectors.shape[0])


Reduction: TypeAlias = Callable[[IntArray, IntArray, Counts], tuple[IntArray, IntArray, Counts]]
"""(key, vectors, counts) → (kept positions, their vectors, their counts); elements meet only within the same key."""


def required(bounds: Bounds, actors: Iterable[int] = ()) -> tuple[Mask, ...]:
    """Return all conditions a package must meet: constraints, and that no red line of these actors is crossed."""
    lines = (Mask(m.issues, ~m.table) for a in actors for m in bounds.red_lines[a])
    return (*bounds.allowed, *lines)


def form_blocks(utilities: Utilities, masks: Sequence[Mask], rows: Sequence[int]) -> Blocks:
    """Group the issues into blocks and order each block so that its sweep stays narrow.

    Parameters
    ----------
    utilities : Utilities
    masks : sequence of Mask
        Conditions that must hold.
    rows : sequence of int
        The actors whose utilities matter: a linkage that gives none of them points ties nothing.
    """
    sizes = utilities.sizes
    chosen = list(rows)
    links = [
        (n, link) for n, link in enumerate(utilities.linkages) if link.issues and bool(np.any(link.points[chosen] != 0))
    ]
    constant = np.zeros(len(chosen), dtype=np.int64)
    for link in utilities.linkages:
        if not link.issues:
            constant += np.asarray(link.points[chosen], dtype=np.int64).reshape(len(chosen))
    possible = all(bool(m.table) for m in masks if not m.issues)
    binding = [m for m in masks if m.issues and not bool(m.table.all())]
    scopes = [frozenset(m.issues) for m in binding] + [frozenset(link.issues) for _, link in links]

    group = list(range(len(sizes)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for scope in scopes:
        first, *others = sorted(scope)
        for other in others:
            a, b = root(first), root(other)
            group[max(a, b)] = min(a, b)
    members: dict[int, list[int]] = {}
    for i in range(len(sizes)):
        members.setdefault(root(i), []).append(i)
    blocks = tuple(_order(issues, sizes, binding, links) for issues in members.values())
    return Blocks(blocks, possible, constant)


def _order(issues: list[int], sizes: Sequence[int], masks: list[Mask], links: list[tuple[int, Linkage]]) -> Block:
    """Order a block's issues greedily by the number of assignments that must stay told apart after each step."""
    inside = set(issues)
    open_masks = [m for m in masks if set(m.issues) <= inside]
    open_links = [(n, link) for n, link in links if set(link.issues) <= inside]
    done: set[int] = set()
    live: tuple[int, ...] = ()
    steps: list[Step] = []

    def live_after(issue: int) -> tuple[int, ...]:
        known = done | {issue}
        scopes = [set(m.issues) for m in open_masks] + [set(link.issues) for _, link in open_links]
        return tuple(sorted(known & set().union(*(s for s in scopes if not s <= known))))

    remaining = list(issues)
    while remaining:
        issue = min(remaining, key=lambda i: (prod(sizes[j] for j in live_after(i)), i))
        after = live_after(issue)
        known = done | {issue}
        complete_masks = tuple(m for m in open_masks if set(m.issues) <= known)
        complete_links = tuple(n for n, link in open_links if set(link.issues) <= known)
        steps.append(Step(issue, live, after, complete_masks, complete_links))
        open_masks = [m for m in open_masks if not set(m.issues) <= known]
        open_links = [(n, link) for n, link in open_links if not set(link.issues) <= known]
        done, live = known, after
        remaining.remove(issue)
    return Block(tuple(steps))


def count_type(sizes: Sequence[int]) -> np.dtype[Any]:
    """Return the number type that can count all packages: int64, or Python integers beyond it."""
    return np.dtype(np.int64) if prod(sizes) < 2**62 else np.dtype(object)


def empty_pool(rows: int, counts: np.dtype[Any], vector: IntArray | None = None) -> Pool:
    """Return the pool of the package that decides nothing yet."""
    start = np.zeros((1, rows), dtype=np.int64) if vector is None else vector.reshape(1, rows).astype(np.int64)
    return Pool((), start, np.array([1], dtype=counts), np.zeros((1, 0), dtype=np.uint16))


def sweep(
    block: Block,
    utilities: Utilities,
    rows: Sequence[int],
    reduction: Callable[[Step], Reduction],
    counts: np.dtype[Any],
    with_packages: bool = True,
) -> Pool:
    """Take a block's issues one at a time, keeping what the reduction keeps.

    Parameters
    ----------
    block : Block
    utilities : Utilities
        In scaled integers.
    rows : sequence of int
        Actors whose utilities make the vectors.
    reduction : callable
        Given the step, the reduction to apply after it.
    counts : dtype
        See `count_type`.
    with_packages : bool
        Whether the packages themselves are kept.

    Raises
    ------
    TooWideError
        Where later conditions read so many issues that more than `WIDEST` combinations must be told apart.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    pool = empty_pool(len(chosen), counts)
    live = np.zeros((1, 0), dtype=np.int64)
    for step in block.steps:
        table = np.asarray(utilities.tables[step.issue][chosen], dtype=np.int64).T
        options = table.shape[0]
        columns = {issue: n for n, issue in enumerate((*step.before, step.issue))}
        keep = [columns[i] for i in step.after]
        reduce = reduction(step)
        kept: tuple[NDArray[np.int64], IntArray, Counts, NDArray[np.uint16], IntArray] | None = None
        width = max(1, CHUNK // max(options, 1))
        for start in range(0, pool.size, width):
            part = slice(start, start + width)
            n = pool.vectors[part].shape[0]
            element = np.repeat(np.arange(n), options)
            option = np.tile(np.arange(options, dtype=np.int64), n)
            state = np.concatenate([live[part][element], option[:, None]], axis=1)
            allowed = np.ones(element.shape[0], dtype=np.bool_)
            for mask in step.masks:
                allowed &= mask.table[tuple(state[:, columns[i]] for i in mask.issues)]
            element, option, state = element[allowed], option[allowed], state[allowed]
            vectors = pool.vectors[part][element] + table[option]
            for number in step.linkages:
                link = utilities.linkages[number]
                index: tuple[Any, ...] = (slice(None), *(state[:, columns[i]] for i in link.issues))
                vectors = vectors + np.asarray(link.points[chosen][index], dtype=np.int64).T
            packages = pool.packages[part][element]
            if with_packages:
                packages = np.concatenate([packages, option[:, None].astype(np.uint16)], axis=1)
            new_live = np.ascontiguousarray(state[:, keep])
            number_of = pool.counts[part][element]
            if kept is not None:
                new_live = np.concatenate([kept[0], new_live])
                vectors = np.concatenate([kept[1], vectors])
                number_of = np.concatenate([kept[2], number_of])
                packages = np.concatenate([kept[3], packages])
            key = _key(new_live, [utilities.tables[i].shape[1] for i in step.after])
            index_kept, vectors, number_of = reduce(key, np.ascontiguousarray(vectors), number_of)
            kept = (new_live[index_kept], vectors, number_of, packages[index_kept], key[index_kept])
            if vectors.shape[0] > WIDEST and (apart := np.unique(kept[4]).size) > WIDEST:
                raise TooWideError(block.issues, apart)
        if kept is None:
            empty = pool.packages[:0]
            if with_packages:
                empty = np.zeros((0, pool.packages.shape[1] + 1), dtype=np.uint16)
            pool = Pool((*pool.issues, step.issue), pool.vectors[:0], pool.counts[:0], empty)
            live = np.zeros((0, len(step.after)), dtype=np.int64)
        else:
            live = kept[0]
            pool = Pool((*pool.issues, step.issue), kept[1], kept[2], kept[3])
    return pool


def _key(state: IntArray, sizes: Sequence[int]) -> IntArray:
    key = np.zeros(state.shape[0], dtype=np.int64)
    for column, size in enumerate(sizes):
        key = key * size + state[:, column]
    return key


def merge(left: Pool, right: Pool, reduce: Reduction) -> Pool:
    """Combine every element of one pool with every element of another, in chunks, keeping what the reduction keeps."""
    if right.size > left.size:
        left, right = right, left
    issues = (*left.issues, *right.issues)
    with_packages = left.packages.shape[1] + right.packages.shape[1] > 0
    width = max(1, CHUNK // max(right.size, 1))
    kept: Pool | None = None
    for start in range(0, left.size, width):
        n = left.vectors[start : start + width].shape[0]
        i = np.repeat(np.arange(start, start + n), right.size)
        j = np.tile(np.arange(right.size), n)
        vectors = left.vectors[i] + right.vectors[j]
        counts = left.counts[i] * right.counts[j]
        old = 0
        if kept is not None:
            old = kept.size
            vectors = np.concatenate([kept.vectors, vectors])
            counts = np.concatenate([kept.counts, counts])
        index, vectors, counts = reduce(np.zeros(vectors.shape[0], dtype=np.int64), vectors, counts)
        packages = np.zeros((index.shape[0], len(issues) if with_packages else 0), dtype=np.uint16)
        if with_packages:
            fresh = index >= old
            new = index[fresh] - old
            packages[fresh] = np.concatenate([left.packages[i[new]], right.packages[j[new]]], axis=1)
            if kept is not None:
                packages[~fresh] = kept.packages[index[~fresh]]
        kept = Pool(issues, vectors, counts, packages)
    if kept is None:
        return Pool(
            issues,
            np.zeros((0, left.vectors.shape[1]), dtype=np.int64),
            left.counts[:0],
            np.zeros((0, len(issues) if with_packages else 0), dtype=np.uint16),
        )
    return kept


def in_case_order(pool: Pool) -> IntArray:
    """Return a pool's packages with the issues back in the case's order, shape ``(package, issue)``."""
    out = np.zeros((pool.size, len(pool.issues)), dtype=np.int64)
    if pool.issues:
        out[:, list(pool.issues)] = pool.packages
    return out


def loose_bounds(
    utilities: Utilities, rows: Sequence[int], issues: Iterable[int], linkages: Iterable[int]
) -> tuple[IntArray, IntArray]:
    """Return lower and upper bounds, shape ``(row,)``, on what these issues and linkages together can add."""
    chosen = list(rows)
    low = np.zeros(len(chosen), dtype=np.int64)
    high = np.zeros(len(chosen), dtype=np.int64)
    for i in issues:
        table = np.asarray(utilities.tables[i][chosen], dtype=np.int64)
        low += table.min(axis=1)
        high += table.max(axis=1)
    for n in linkages:
        points = np.asarray(utilities.linkages[n].points[chosen], dtype=np.int64).reshape(len(chosen), -1)
        low += points.min(axis=1)
        high += points.max(axis=1)
    return low, high
