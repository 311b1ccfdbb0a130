"""Which packages hold: what every actor's keeping hangs on as small tables, and all packages judged by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.conduct.punishment import Punishment, fallback, hardest
from halfway.conduct.stage import Stage, Term, merged
from halfway.space.arrays import BoolArray, FloatArray, IntArray, Mask

TOLERANCE = 1e-9
"""Points by which departing must beat keeping."""

MOST_PACKAGES = 20_000_000
"""Up to so many packages all are judged; beyond, a sample."""

MOST_COMPARED = 3_000_000_000
"""Most comparisons of a departure with keeping that the tables of one bound may take, all actors together."""

MOST_NOISY = 6
"""Up to so many issues that can raise false alarms, every set of them to heed is tried; beyond, all and none."""

_MOST_CELLS = 6_000_000
_TOGETHER = 4096


@dataclass(frozen=True)
class Tables:
    """Between which bounds the rest of an actor's points must lie for it to keep.

    Attributes
    ----------
    issues : tuple of int
        The issues that the bounds are looked up by: those that the actor sets, and those tied to them.
    low, high : ndarray of float, one axis an issue
    rest : tuple of Term
        What adds up to the rest: points less punishment on all other issues.
    """

    issues: tuple[int, ...]
    low: FloatArray
    high: FloatArray
    rest: tuple[Term, ...]


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


def noisy_issues(stage: Stage) -> tuple[int, ...]:
    """Return the issues on which keeping can look like a breach."""
    return tuple(i for i, table in enumerate(stage.breach) if (np.diag(table) > 0).any())


def heeded_sets(stage: Stage) -> list[frozenset[int]]:
    """Return the sets of issues whose signs a plan may heed: all that raise no false alarm, and any of the others."""
    noisy = noisy_issues(stage)
    sure = frozenset(range(len(stage.breach))) - set(noisy)
    if len(noisy) > MOST_NOISY:
        return [sure, sure | set(noisy)]
    return [sure | {i for k, i in enumerate(noisy) if chosen >> k & 1} for chosen in range(2 ** len(noisy))]


def hardest_tables(stage: Stage, actor: int, delta: float, asked: IntArray | None = None) -> Tables | None:
    """Return an actor's bounds where departures are punished as hard as can be; None where they take too long.

    Each departure is held against what the issues show that it changes: a plan may heed any of them.

    Parameters
    ----------
    stage : Stage
    actor : int
    delta : float
        Discount factor of a period.
    asked : ndarray of int, shape (package, issue), optional
        For these packages only; the bounds then have the one axis ``(package,)``, and nothing is left to the rest.
    """
    return _tables(stage, actor, delta, hardest(stage, actor), None, asked)


def fallback_tables(
    stage: Stage,
    actor: int,
    delta: float,
    punishments: Sequence[Punishment],
    heeded: frozenset[int],
    asked: IntArray | None = None,
) -> Tables | None:
    """Return an actor's bounds where a sign of breach on an issue that is heeded, by anyone, ends the agreement.

    Parameters
    ----------
    stage, actor, delta, asked
        As in `hardest_tables`.
    punishments : sequence of Punishment
        What falling back brings each actor.
    heeded : frozenset of int
    """
    return _tables(stage, actor, delta, punishments[actor], heeded, asked)


def _tables(
    stage: Stage,
    actor: int,
    delta: float,
    punishment: Punishment,
    heeded: frozenset[int] | None,
    asked: IntArray | None,
) -> Tables | None:
    from halfway.conduct.holding_kernel import thresholds

    sizes = stage.utilities.sizes
    own = [i for i, who in enumerate(stage.setters) if actor in who]
    points = stage.terms(actor)
    noisy = noisy_issues(stage)
    near = {i for term in points if set(term.issues) & set(own) for i in term.issues}
    near |= {i for mask in stage.bounds.allowed if set(mask.issues) & set(own) for i in mask.issues}
    near |= {i for term in punishment.terms if set(term.issues) & set(own) for i in term.issues}
    if heeded is not None:
        near |= {i for i in noisy if i in heeded}
    rest_issues = sorted(near - set(own), key=lambda i: (i not in noisy, i)) if asked is None else []
    picks = prod(sizes[i] for i in own)
    rests = prod(sizes[i] for i in rest_issues) if asked is None else len(asked)
    unsure = prod(sizes[i] for i in own if not np.isin(stage.breach[i], (0.0, 1.0)).all())
    if picks * rests > _MOST_CELLS or picks * (picks + rests * unsure) > MOST_COMPARED:
        return None
    digits = _grid([sizes[i] for i in own])
    first, last = np.zeros(picks, dtype=np.int64), np.full(picks, rests, dtype=np.int64)
    if asked is None:
        others = np.zeros((rests, len(sizes)), dtype=np.int64)
        others[:, rest_issues] = _grid([sizes[i] for i in rest_issues])
        order = np.arange(rests)
        within = set(own) | set(rest_issues)
    else:
        picked = _numbers(asked[:, own], [sizes[i] for i in own])
        order = np.argsort(picked, kind="stable")
        others = asked[order]
        first = np.searchsorted(picked[order], np.arange(picks), side="left").astype(np.int64)
        last = np.searchsorted(picked[order], np.arange(picks), side="right").astype(np.int64)
        within = set(range(len(sizes)))

    def table(terms: Sequence[Term]) -> FloatArray:
        total = np.zeros((picks, rests))
        for term in terms:
            if set(term.issues) <= within:
                index = tuple(
                    digits[:, own.index(i)][:, None] if i in own else others[:, i][None, :] for i in term.issues
                )
                total += term.table[index]
        return total

    feasible = np.ones((picks, rests), dtype=np.bool_)
    for mask in stage.bounds.allowed:
        if set(mask.issues) <= within and set(mask.issues) & set(own):
            index = tuple(digits[:, own.index(i)][:, None] if i in own else others[:, i][None, :] for i in mask.issues)
            feasible &= mask.table[index]
    alarm = np.zeros(rests)
    if heeded is not None:
        quiet = np.ones(rests)
        for i in noisy:
            if i in heeded and i not in own:
                quiet *= 1.0 - np.diag(stage.breach[i])[others[:, i]]
        alarm = 1.0 - quiet
    widest = max((sizes[i] for i in own), default=1)
    may = np.zeros((len(own), widest, widest), dtype=np.bool_)
    signs = np.zeros((len(own), widest, widest))
    for k, i in enumerate(own):
        may[k, : sizes[i], : sizes[i]] = stage.reach[i]
        if heeded is None or i in heeded:
            signs[k, : sizes[i], : sizes[i]] = stage.breach[i]
    back = np.array([stage.status_quo[i] if len(stage.setters[i]) > 1 else -1 for i in own], dtype=np.int64)
    kept = table(punishment.terms)
    after = kept if punishment.after is None else table(punishment.after)
    low, high = thresholds(
        delta, TOLERANCE, heeded is None, digits, back, may, signs, np.where(feasible, table(points), -np.inf), kept, after,
        alarm, first, last,
    )  # fmt: skip
    if asked is not None:
        # What falling back brings is unknown where it is not a number: such a package cannot be said to hold.
        low = np.where(np.isnan(kept), np.inf, low)
        place = picked[order], np.arange(rests)
        out_low, out_high = np.empty(rests), np.empty(rests)
        out_low[order], out_high[order] = low[place], high[place]
        return Tables((), out_low, out_high, ())
    low = np.where(np.isnan(kept), np.inf, low)
    issues = (*own, *rest_issues)
    shape = tuple(sizes[i] for i in issues)
    outside = [t for t in points if not set(t.issues) <= within]
    outside += [Term(t.issues, -t.table) for t in punishment.terms if not set(t.issues) <= within]
    return Tables(
        issues,
        low.reshape(shape, order="C") if shape else low.reshape(()),
        high.reshape(shape) if shape else high.reshape(()),
        merged(outside, sizes, _TOGETHER),
    )


def _grid(sizes: Sequence[int]) -> IntArray:
    """List a product of options in C order, shape ``(combination, issue)``."""
    if not sizes:
        return np.zeros((1, 0), dtype=np.int64)
    return np.stack(np.unravel_index(np.arange(prod(sizes)), sizes), axis=1).astype(np.int64)


def _numbers(digits: IntArray, sizes: Sequence[int]) -> IntArray:
    out = np.zeros(len(digits), dtype=np.int64)
    for k, size in enumerate(sizes):
        out = out * size + digits[:, k]
    return out


def departures(stage: Stage, actor: int) -> int:
    """Return how many ways one actor has to pick, keeping included, where nothing is locked or forbidden."""
    return prod(
        n if who == (actor,) else 2 for n, who in zip(stage.utilities.sizes, stage.setters, strict=True) if actor in who
    )


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
    from halfway.conduct.holding_kernel import judge

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
