"""The patient rule induction method: peel a box down to where what is looked for is dense, then paste back.

J. H. Friedman and N. I. Fisher, Bump hunting in high-dimensional data, Statistics and Computing 9 (1999), 123-143; for
scenario discovery B. P. Bryant and R. J. Lempert, Thinking inside the box, Technological Forecasting and Social Change
77 (2010), 34-49. Boxes are peeled on one half of the futures and judged on the other, so that a limit that only fits
chance does not look like one that matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from halfway.explore.scenarios.limits import Inputs, Limit, Limits, inside
from halfway.seeds import generator
from halfway.space.arrays import BoolArray, FloatArray

PEEL = 0.05
"""Share of the futures left that one peel takes off."""
PASTE = 0.05
"""Share of the futures in a box that one paste adds."""
SMALLEST = 0.02
"""Peeling ends when fewer than this share of all futures, or twenty of them, would be left."""
RESAMPLES = 10
"""Halves drawn afresh to see which inputs are limited again."""


@dataclass(frozen=True)
class Box:
    """A box and how well it tells the futures apart, judged on futures that it was not peeled on.

    Attributes
    ----------
    limits : mapping from input to Limit
    coverage : float
        Share of the futures looked for that lie inside.
    density : float
        Share of the futures inside that are looked for.
    density_error : float
        Standard error of the density.
    mass : float
        Share of all futures that lie inside.
    quasi_p : mapping from input to float
        For each limit: the probability that the box without it would be at least as dense by chance (binomial).
    reproduced : mapping from input to float
        In what share of resampled halves the input is limited again; empty where that was not asked for.
    """

    limits: Limits
    coverage: float
    density: float
    density_error: float
    mass: float
    quasi_p: Mapping[str, float]
    reproduced: Mapping[str, float]


@dataclass(frozen=True)
class Discovery:
    """All boxes of a search, and the one that is shown unless another is picked.

    Attributes
    ----------
    trajectory : tuple of Box
        From the widest to the densest, each with as few limits as its density needs.
    chosen : int or None
        Position of the default; None where no box reaches the coverage that was asked for.
    futures, wanted : int
        How many there are, and how many are looked for.
    base : float
        Share looked for among all.
    """

    trajectory: tuple[Box, ...]
    chosen: int | None
    futures: int
    wanted: int
    base: float


def discover(
    inputs: Inputs,
    wanted: BoolArray,
    *,
    most_inputs: int = 4,
    least_coverage: float = 0.5,
    seed: int,
    resamples: int = RESAMPLES,
) -> Discovery:
    """Look for boxes in which the wanted futures are dense.

    Parameters
    ----------
    inputs : Inputs
    wanted : ndarray of bool, shape (future,)
        The futures to describe, such as those in which a plan fails.
    most_inputs : int
        Most inputs that a box may limit.
    least_coverage : float
        Least share of the wanted futures that the default box holds.
    seed : int
        Root of the random streams (which half is peeled on).
    resamples : int
        Further halves on which to see which inputs are limited again; 0 for none.
    """
    futures, found = len(wanted), int(wanted.sum())
    base = found / futures if futures else 0.0
    if found in (0, futures):
        return Discovery((), None, futures, found, base)
    first = _half(futures, seed, 0)
    boxes = _boxes(inputs, wanted, first, most_inputs)
    chosen = _choose(boxes, least_coverage)
    if chosen is not None and resamples:
        again: dict[str, int] = dict.fromkeys(boxes[chosen].limits, 0)
        for k in range(1, resamples + 1):
            others = _boxes(inputs, wanted, _half(futures, seed, k), most_inputs)
            pick = _choose(others, least_coverage)
            for name in again:
                again[name] += pick is not None and name in others[pick].limits
        shares = {name: count / resamples for name, count in again.items()}
        boxes = [Box(**{**b.__dict__, "reproduced": shares}) if i == chosen else b for i, b in enumerate(boxes)]
    return Discovery(tuple(boxes), chosen, futures, found, base)


def _half(futures: int, seed: int, k: int) -> BoolArray:
    order = generator(seed, "boxes", str(k)).permutation(futures)
    half = np.zeros(futures, dtype=np.bool_)
    half[order[: futures // 2]] = True
    return half


def _choose(boxes: list[Box], least_coverage: float) -> int | None:
    """Take the fewest limits among boxes about as dense as the densest that holds enough of what is looked for."""
    able = [i for i, b in enumerate(boxes) if b.coverage >= least_coverage and b.limits]
    if not able:
        return None
    best = max(able, key=lambda i: boxes[i].density)
    floor = boxes[best].density - 2 * boxes[best].density_error
    near = [i for i in able if boxes[i].density >= floor]
    fewest = min(len(boxes[i].limits) for i in near)
    return max((i for i in near if len(boxes[i].limits) == fewest), key=lambda i: (boxes[i].density, boxes[i].coverage))


def _boxes(inputs: Inputs, wanted: BoolArray, first: BoolArray, most_inputs: int) -> list[Box]:
    train, judge = inputs.only(first), inputs.only(~first)
    goal, test = wanted[first], wanted[~first]
    out: list[Box] = []
    for limits in _peels(train, goal):
        for fewer in _simpler(limits, judge, test):
            if len(fewer) <= most_inputs:
                pasted = _pasted(fewer, train, goal)
                box = _judged(pasted, judge, test)
                if box is not None and not any(b.limits == box.limits for b in out):
                    out.append(box)
                break
    return out


def _peels(train: Inputs, goal: BoolArray) -> Iterator[dict[str, Limit]]:
    """Yield the boxes of the peeling trajectory, the first without limits."""
    columns, count = train.columns, len(goal)
    left = np.ones(count, dtype=np.bool_)
    limits: dict[str, Limit] = {}
    smallest = max(20, int(np.ceil(SMALLEST * count)))
    yield dict(limits)
    while True:
        best: tuple[float, str, Limit, BoolArray] | None = None
        own, size = goal[left], int(left.sum())
        total = int(own.sum())
        for j, name in enumerate(train.names):
            column = columns[left, j]
            for limit in _candidate_peels(column, limits.get(name), train.categories.get(name)):
                kept = limit.holds(column)
                many = int(kept.sum())
                if many < smallest or many == size:
                    continue
                hits = int(own[kept].sum())
                # Friedman and Fisher's criterion for discrete inputs: gain in density for each future given up.
                gain = (hits / many - total / size) / (size - many)
                if best is None or gain > best[0]:
                    best = (gain, name, limit, kept)
        if best is None or best[0] <= 0:
            return
        _, name, limit, kept = best
        limits[name] = limit
        left[np.flatnonzero(left)[~kept]] = False
        yield dict(limits)


def _candidate_peels(column: FloatArray, now: Limit | None, categories: tuple[str, ...] | None) -> Iterator[Limit]:
    if categories is not None:
        present = now.among if now is not None and now.among is not None else frozenset(range(len(categories)))
        there = frozenset(int(x) for x in np.unique(column))
        for one in sorted(there):
            if len(there) > 1:
                yield Limit(among=(present & there) - {one})
        return
    low, high = (now.low, now.high) if now is not None else (None, None)
    ordered = np.sort(column)
    size = ordered.size
    take = max(1, int(PEEL * size))
    if ordered[0] == ordered[-1]:
        return
    # Values tied with the cut go with it, as many as there are.
    up = ordered[min(int(np.searchsorted(ordered, ordered[take - 1], side="right")), size - 1)]
    down = ordered[max(int(np.searchsorted(ordered, ordered[size - take], side="left")) - 1, 0)]
    yield Limit(float(up), high)
    yield Limit(low, float(down))


def _simpler(limits: Limits, judge: Inputs, test: BoolArray) -> Iterator[dict[str, Limit]]:
    """Yield a box with ever fewer limits: each time the one whose loss lowers the density on the other half least."""
    now = dict(limits)
    while True:
        needless = [name for name, p in _quasi_p(now, judge, test).items() if p > 0.01]
        if not needless:
            yield dict(now)
            if len(now) <= 1:
                return
        if len(now) <= 1:
            yield dict(now)
            return
        drop = max(now, key=lambda name: _density({k: v for k, v in now.items() if k != name}, judge, test))
        del now[drop]


def _density(limits: Limits, judge: Inputs, test: BoolArray) -> float:
    held = inside(judge, limits)
    return float(test[held].mean()) if held.any() else 0.0


def _quasi_p(limits: Limits, judge: Inputs, test: BoolArray) -> dict[str, float]:
    from scipy.stats import binom

    held = inside(judge, limits)
    size, hits = int(held.sum()), int(test[held].sum())
    out = {}
    for name in limits:
        without = _density({k: v for k, v in limits.items() if k != name}, judge, test)
        out[name] = float(binom.sf(hits - 1, size, without)) if size else 1.0
    return out


def _pasted(limits: Limits, train: Inputs, goal: BoolArray) -> dict[str, Limit]:
    """Widen a box again wherever that does not lower its density on the half that it was peeled on."""
    now = dict(limits)
    held = inside(train, now)
    if not held.any():
        return now
    density = float(goal[held].mean())
    changed = True
    while changed:
        changed = False
        for name in list(now):
            others = {k: v for k, v in now.items() if k != name}
            room = inside(train, others)
            for wider in _candidate_pastes(train, name, now[name], room, int(held.sum())):
                trial = {**others, name: wider}
                more = inside(train, trial)
                if more.sum() > held.sum() and float(goal[more].mean()) >= density:
                    now, held, changed = trial, more, True
                    density = float(goal[more].mean())
                    break
    return now


def _candidate_pastes(train: Inputs, name: str, limit: Limit, room: BoolArray, size: int) -> Iterator[Limit]:
    column = train.columns[room, train.names.index(name)]
    if limit.among is not None:
        for one in range(len(train.categories[name])):
            if one not in limit.among:
                yield Limit(among=limit.among | {one})
        return
    take = max(1, int(PASTE * size))
    if limit.low is not None:
        below = np.sort(column[column < limit.low])
        if below.size:
            yield Limit(float(below[max(0, below.size - take)]), limit.high)
    if limit.high is not None:
        beyond = np.sort(column[column > limit.high])
        if beyond.size:
            yield Limit(limit.low, float(beyond[min(take, beyond.size) - 1]))


def _judged(limits: Limits, judge: Inputs, test: BoolArray) -> Box | None:
    held = inside(judge, limits)
    size, hits = int(held.sum()), int(test[held].sum())
    if not size or not test.any():
        return None
    density = hits / size
    return Box(
        limits=limits,
        coverage=hits / int(test.sum()),
        density=density,
        density_error=float(np.sqrt(max(density * (1 - density), 1 / size) / size)),
        mass=size / len(test),
        quasi_p=_quasi_p(limits, judge, test),
        reproduced={},
    )
