"""Which packages hold: all of them judged by what every actor's keeping hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.conduct.holdable.bounds import Tables, fallback_tables, hardest_tables, heeded_sets
from halfway.conduct.holdable.punishment import fallback
from halfway.conduct.holdable.stage_game import Stage
from halfway.space.arrays import BoolArray, FloatArray, IntArray, Mask

MOST_PACKAGES = 20_000_000
"""Up to so many packages all are judged; beyond, a sample."""


@dataclass(frozen=True)
class Judged:
    """A verdict on every package of the space.

    Attributes
    ----------
    verdicts : ndarray of uint8, shape (package,)
        As in `holding_kernel`, in the order of `all_packages`.
    failing : ndarray of int, shape (actor,)
        Packages that each actor would not keep; complete where that was asked for.
    distance : int or None
        On how many issues the nearest package that holds differs from the one asked about.
    nearest : int or None
        Its number.
    """

    verdicts: NDArray[np.uint8]
    failing: IntArray
    distance: int | None
    nearest: int | None

    @property
    def feasible(self) -> int:
        """Number of packages that the constraints allow."""
        return int((self.verdicts != 255).sum())

    @property
    def alone(self) -> IntArray:
        """How many packages each actor alone would not keep, shape ``(actor,)``."""
        return np.bincount(self.verdicts, minlength=256)[1 : 1 + len(self.failing)]

    @property
    def holds(self) -> BoolArray:
        """Which packages hold, shape ``(package,)``."""
        return np.asarray(self.verdicts == 0)


def digits_of(numbers: IntArray, sizes: tuple[int, ...]) -> IntArray:
    """Return packages by their numbers, shape ``(package, issue)``."""
    out = np.empty((len(numbers), len(sizes)), dtype=np.int64)
    left = numbers.copy()
    for i, size in enumerate(sizes):
        out[:, i] = left % size
        left //= size
    return out


def number_of(package: IntArray, sizes: tuple[int, ...]) -> int:
    """Return the number of a package, shape ``(issue,)``."""
    number = 0
    for digit, size in zip(package[::-1], sizes[::-1], strict=True):
        number = number * size + int(digit)
    return number


def judge_all(
    stage: Stage,
    tables: Sequence[Tables],
    near: IntArray,
    among: BoolArray | None = None,
    *,
    thorough: bool = False,
) -> Judged:
    """Judge every package, or some of them.

    Parameters
    ----------
    stage : Stage
    tables : sequence of Tables
        One for each actor.
    near : ndarray of int, shape (issue,)
        The package to which the nearest one that holds is sought.
    among : ndarray of bool, shape (package,), optional
        Judge only these.
    thorough : bool
        Whether to count for every actor all packages that it would not keep.
    """
    return judge_by(stage.utilities.sizes, stage.bounds.allowed, tables, near, among, thorough=thorough)


def judge_by(
    sizes: tuple[int, ...],
    allowed: Sequence[Mask],
    tables: Sequence[Tables],
    near: IntArray,
    among: BoolArray | None = None,
    *,
    thorough: bool = False,
) -> Judged:
    """Judge packages by any tables; a package that breaks one of the masks is left out.

    Parameters
    ----------
    sizes : tuple of int
        Number of options of each issue.
    allowed : sequence of Mask
    tables, near, among, thorough
        As for `judge_all`.
    """
    from halfway.conduct.holdable.kernel import judge

    verdicts = np.zeros(prod(sizes), dtype=np.uint8)
    if among is not None:
        verdicts[~among] = 255
    strides, offsets = [], []

    def place(issues: tuple[int, ...], shape: tuple[int, ...], offset: int) -> None:
        row = np.zeros(len(sizes), dtype=np.int64)
        step = 1
        for i, size in zip(issues[::-1], shape[::-1], strict=True):
            row[i] = step
            step *= size
        strides.append(row)
        offsets.append(offset)

    at = 0
    for mask in allowed:
        place(mask.issues, mask.table.shape, at)
        at += mask.table.size
    at = 0
    for t in tables:
        place(t.issues, t.low.shape, at)
        at += t.low.size
    at = 0
    first = [0]
    for t in tables:
        for term in t.rest:
            place(term.issues, term.table.shape, at)
            at += term.table.size
        first.append(first[-1] + len(t.rest))
    failing = np.zeros(len(tables), dtype=np.int64)
    places = np.array(offsets, dtype=np.int64)
    # The kernel counts the sums of an actor from the first table of sums.
    distance, nearest = judge(
        np.array(sizes, dtype=np.int64),
        np.array(strides, dtype=np.int64).reshape(len(places), len(sizes)),
        places,
        len(allowed),
        _chain([m.table for m in allowed], np.bool_),
        _chain([t.low for t in tables], np.float64),
        _chain([t.high for t in tables], np.float64),
        np.array(first, dtype=np.int64) + len(allowed) + len(tables),
        _chain([term.table for t in tables for term in t.rest], np.float64),
        near,
        verdicts,
        failing,
        thorough,
    )
    found = distance >= 0
    return Judged(verdicts, failing, int(distance) if found else None, int(nearest) if found else None)


def _chain(arrays: Sequence[NDArray[Any]], kind: type[np.generic]) -> Any:
    return np.concatenate([np.zeros(0, kind), *(np.ascontiguousarray(a, dtype=kind).ravel() for a in arrays)])


@dataclass(frozen=True)
class Holding:
    """Which packages could hold if they were agreed.

    Attributes
    ----------
    not_ruled_out : Judged
        For each departure, keeping is no worse when it is punished as hard as any punishment could.
    can_be_held : Judged
        The same, for all at once, when every breach is answered by falling back to an equilibrium of the stage game.
    tables : tuple of Tables
        What every actor's keeping hangs on where punishment is hardest.
    """

    not_ruled_out: Judged
    can_be_held: Judged
    tables: tuple[Tables, ...]


def holding(stage: Stage, patience: FloatArray, near: IntArray) -> Holding | None:
    """Judge all packages of a stage game.

    With false-alarm rate φ, detection ρ and punishment P, keeping is worth ``V = [(1−δ)u + δφP] / (1−δ+δφ)`` and
    departing for ever ``D = [(1−δ)u(d) + δρP_d] / (1−δ+δρ)``; P counts what the package, and the departure, lock in.

    Parameters
    ----------
    stage : Stage
    patience : ndarray of float, shape (actor,)
    near : ndarray of int, shape (issue,)
        The package to which the nearest one that holds is sought.

    Returns
    -------
    Holding or None
        None where there are too many packages, or so many ties that all would take too long.
    """
    if prod(stage.utilities.sizes) > MOST_PACKAGES:
        return None
    actors = range(stage.utilities.actors)
    hard = [hardest_tables(stage, a, float(patience[a])) for a in actors]
    if any(t is None for t in hard):
        return None
    tables = tuple(t for t in hard if t is not None)
    upper = judge_all(stage, tables, near, thorough=True)
    lower: Judged | None = None
    punishments = fallback(stage, patience)
    if punishments is not None:
        for heeded in heeded_sets(stage):
            soft = [fallback_tables(stage, a, float(patience[a]), punishments, heeded) for a in actors]
            if any(t is None for t in soft):
                return None
            lower = _either(lower, judge_all(stage, [t for t in soft if t is not None], near))
    if lower is None:
        none = np.where(upper.verdicts == 255, 255, 254).astype(np.uint8)
        lower = Judged(none, np.zeros(len(actors), dtype=np.int64), None, None)
    # What can be held is not ruled out, whatever else the upper bound has against it.
    return Holding(_either(upper, lower), lower, tables)


def _either(one: Judged | None, other: Judged) -> Judged:
    """Unite what holds by one of two judgements; counts are those of the first."""
    if one is None:
        return other
    verdicts = np.where(other.verdicts == 0, np.uint8(0), one.verdicts)
    found = [j for j in (one, other) if j.distance is not None]
    best = min(found, key=lambda j: (j.distance, j.nearest), default=one)
    return Judged(verdicts, one.failing, best.distance, best.nearest)


def holding_of(stage: Stage, patience: FloatArray, packages: IntArray) -> tuple[BoolArray, BoolArray] | None:
    """Judge some packages, each by itself.

    Returns
    -------
    (ndarray of bool, ndarray of bool) or None
        Not ruled out and can be held, shape ``(package,)``; None where even that takes too long.
    """
    actors = range(stage.utilities.actors)
    feasible = stage.feasible(packages)

    def passes(tables: Iterator[Tables | None]) -> BoolArray | None:
        ok = feasible.copy()
        for t in tables:
            if t is None:
                return None
            ok &= (t.low <= 0.0) & (t.high >= 0.0)
        return ok

    upper = passes(hardest_tables(stage, a, float(patience[a]), packages) for a in actors)
    if upper is None:
        return None
    lower = np.zeros(len(packages), dtype=np.bool_)
    punishments = fallback(stage, patience)
    if punishments is not None:
        for heeded in heeded_sets(stage):
            one = passes(fallback_tables(stage, a, float(patience[a]), punishments, heeded, packages) for a in actors)
            if one is None:
                return None
            lower |= one
    return upper | lower, lower
