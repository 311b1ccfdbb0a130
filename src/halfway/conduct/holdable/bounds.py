"""What an actor's keeping hangs on, as a small table: how much the rest of its points must be worth, by what it sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from halfway.conduct.holdable.punishment import Punishment, hardest
from halfway.conduct.holdable.stage_game import Stage, Term, merged
from halfway.space.arrays import BoolArray, FloatArray, IntArray

MOST_COMPARED = 3_000_000_000
"""Most comparisons of a departure with keeping that one actor's table may take."""

MOST_NOISY = 6
"""Up to so many issues that can raise false alarms, every set of them to heed is tried; beyond, all and none."""

MOST_SIGNS = 1024
"""The most combinations of signals of an actor's own issues that a departure is held against."""

_DIGITS = 12
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
class Telling:
    """What an actor's issues show of a departure on one of them.

    Attributes
    ----------
    sure : ndarray of bool, shape (own issue, option agreed, option in force)
        Whether keeping and departing have no signal in common.
    classes : ndarray of int, shape (own issue, option agreed, option in force)
        How many signals there are, those counted once that departing makes likelier by the same.
    keeping, departing : ndarray of float, shape (own issue, option agreed, option in force, class)
        How likely each of them is.
    """

    sure: BoolArray
    classes: IntArray
    keeping: FloatArray
    departing: FloatArray


_NOTHING_TOLD = Telling(
    np.zeros((1, 1, 1), np.bool_), np.ones((1, 1, 1), np.int64), np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1))
)


def _telling(stage: Stage, own: Sequence[int], widest: int) -> Telling:
    most = max((stage.observed[i].shape[1] for i in own), default=1)
    shape = (len(own), widest, widest)
    sure, classes = np.zeros(shape, dtype=np.bool_), np.ones(shape, dtype=np.int64)
    keeping, departing = np.zeros((*shape, most)), np.zeros((*shape, most))
    for k, i in enumerate(own):
        for a, kept in enumerate(stage.observed[i]):
            for b, gone in enumerate(stage.observed[i]):
                sure[k, a, b] = not ((kept > 0) & (gone > 0)).any()
                possible = (kept > 0) | (gone > 0)
                # The share that departing has in both: it orders signals as the ratio does, and is never infinite.
                share = np.round(gone[possible] / (kept[possible] + gone[possible]), _DIGITS)
                levels, which = np.unique(share, return_inverse=True)
                classes[k, a, b] = len(levels)
                keeping[k, a, b, : len(levels)] = np.bincount(which, kept[possible], len(levels))
                departing[k, a, b, : len(levels)] = np.bincount(which, gone[possible], len(levels))
    return Telling(sure, classes, keeping, departing)


def too_many_signs(stage: Stage, actor: int) -> bool:
    """Tell whether what an actor's issues show together is too much to look through."""
    own = [i for i, who in enumerate(stage.setters) if actor in who]
    classes = _telling(stage, own, max((stage.utilities.sizes[i] for i in own), default=1)).classes
    return prod(int(c.max()) for c in classes) > MOST_SIGNS


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

    Each departure is held against what the issues show that it changes: a plan may heed any combination of their signals.

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
    from halfway.conduct.holdable.kernel import thresholds

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
    widest = max((sizes[i] for i in own), default=1)
    if heeded is None:
        telling = _telling(stage, own, widest)
        blurred = [
            k
            for k, i in enumerate(own)
            if not telling.sure[k, : sizes[i], : sizes[i]].all(where=~np.eye(sizes[i], dtype=np.bool_))
        ]
        # How many sets of signs a departure that is not sure to show is held against.
        tries = min(MOST_SIGNS, prod(int(telling.classes[k].max()) for k in blurred))
    else:
        telling = _NOTHING_TOLD
        blurred = [k for k, i in enumerate(own) if not np.isin(stage.breach[i], (0.0, 1.0)).all()]
        tries = 1
    unsure = prod(sizes[own[k]] for k in blurred)
    if picks * rests > _MOST_CELLS or picks * (picks + (rests + tries) * unsure) > MOST_COMPARED:
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

    def places(issues: tuple[int, ...]) -> tuple[IntArray, ...]:
        return tuple(digits[:, own.index(i)][:, None] if i in own else others[:, i][None, :] for i in issues)

    def table(terms: Sequence[Term]) -> FloatArray:
        total = np.zeros((picks, rests))
        for term in terms:
            if set(term.issues) <= within:
                total += term.table[places(term.issues)]
        return total

    feasible = np.ones((picks, rests), dtype=np.bool_)
    for mask in stage.bounds.allowed:
        if set(mask.issues) <= within and set(mask.issues) & set(own):
            feasible &= mask.table[places(mask.issues)]
    alarm = np.zeros(rests)
    if heeded is not None:
        quiet = np.ones(rests)
        for i in noisy:
            if i in heeded and i not in own:
                quiet *= 1.0 - np.diag(stage.breach[i])[others[:, i]]
        alarm = 1.0 - quiet
    may = np.zeros((len(own), widest, widest), dtype=np.bool_)
    signs = np.zeros((len(own), widest, widest))
    for k, i in enumerate(own):
        may[k, : sizes[i], : sizes[i]] = stage.direct[i] if heeded is None else stage.reach[i]
        if heeded is not None and i in heeded:
            signs[k, : sizes[i], : sizes[i]] = stage.breach[i]
    sure = telling.sure if heeded is None else signs == 1.0
    back = np.array([stage.status_quo[i] if len(stage.setters[i]) > 1 else -1 for i in own], dtype=np.int64)
    kept = table(punishment.terms)
    after = kept if punishment.after is None else table(punishment.after)
    low, high = thresholds(
        delta, stage.tolerance(actor), heeded is None, digits, back, may, signs, sure, telling.classes, telling.keeping,
        telling.departing, MOST_SIGNS, np.where(feasible, table(points), -np.inf), kept, after, alarm, first, last,
    )  # fmt: skip
    # What falling back brings is unknown where it is not a number: such a package cannot be said to hold.
    low = np.where(np.isnan(kept), np.inf, low)
    if asked is not None:
        place = picked[order], np.arange(rests)
        out_low, out_high = np.empty(rests), np.empty(rests)
        out_low[order], out_high[order] = low[place], high[place]
        return Tables((), out_low, out_high, ())
    issues = (*own, *rest_issues)
    shape = tuple(sizes[i] for i in issues)
    outside = [t for t in points if not set(t.issues) <= within]
    outside += [Term(t.issues, -t.table) for t in punishment.terms if not set(t.issues) <= within]
    return Tables(
        issues,
        low.reshape(shape),
        high.reshape(shape),
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
