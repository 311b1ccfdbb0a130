"""Where keeping stops being best: thresholds of patience, penalty, detection and trial length, each with its bracket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game import solver as solve
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.solver import TOLERANCE, iterated
from halfway.conduct.thresholds.boundary import Course, Family, OverPatience, OverPenalty, boundary, gains
from halfway.conduct.thresholds.detection import Noticed
from halfway.space.arrays import FloatArray, IntArray

_HARSHEST = 100.0
_LENGTHS = (1, 3, 6, 12, 24, 60)
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Threshold:
    """Where the answer to "does it keep?" changes.

    Attributes
    ----------
    keeps : tuple of (float, float)
        Ranges in which it keeps.
    at : float or None
        The threshold that was asked for; None where it keeps nowhere in the range.
    bracket : (float, float) or None
        The answer changes between the two. None where it keeps throughout.
    exact : bool
        Whether the bracket is as narrow as numbers of the machine allow: its ends were found by the courses of conduct
        that break the plan there and a best response on the other side, not by halving.
    """

    keeps: tuple[tuple[float, float], ...]
    at: float | None
    bracket: tuple[float, float] | None
    exact: bool = False


def find(
    keeps: Callable[[float], bool],
    grid: Sequence[float],
    precision: float,
    *,
    last: bool = False,
    whole: bool = False,
    between: Callable[[float, float], tuple[float, float]] | None = None,
) -> Threshold:
    """Find every range of a grid's span in which something holds.

    Parameters
    ----------
    keeps : callable
    grid : sequence of float
        Ascending; changes that come and go between two neighbours are not seen.
    precision : float
        Width of the brackets.
    last : bool
        Ask for the last point at which it holds, not the first.
    whole : bool
        Only whole numbers count.
    between : callable, optional
        Narrows the bracket between two points at which the answers differ. Default: bisection.
    """
    narrowed = between or (lambda low, high: _bisect(keeps, low, high, precision, whole))
    held = [keeps(x) for x in grid]
    ranges: list[tuple[float, float]] = []
    brackets: list[tuple[tuple[float, float] | None, tuple[float, float] | None]] = []
    for k, x in enumerate(grid):
        if held[k] and (k == 0 or not held[k - 1]):
            bracket = None if k == 0 else narrowed(grid[k - 1], x)
            ranges.append((x if bracket is None else bracket[1], x))
            brackets.append((bracket, None))
        if held[k] and (k + 1 == len(grid) or not held[k + 1]):
            bracket = None if k + 1 == len(grid) else narrowed(x, grid[k + 1])
            ranges[-1] = (ranges[-1][0], x if bracket is None else bracket[0])
            brackets[-1] = (brackets[-1][0], bracket)
    if not ranges:
        return Threshold((), None, (grid[0], grid[-1]))
    at = ranges[-1][1] if last else ranges[0][0]
    sought = brackets[-1][1] if last else brackets[0][0]
    exact = sought is None or whole or sought[1] - sought[0] <= 2 * _ROUNDING
    return Threshold(tuple(ranges), at, sought, exact)


def _sought(families: list[Family], grid: Sequence[float], precision: float) -> Threshold:
    """Find every range in which keeping is best in all of some games, its ends by the courses that break it there."""
    known: list[IntArray | None] = [None] * len(families)
    breaking: dict[float, list[IntArray | None]] = {}

    def keeps(x: float) -> bool:
        for k, family in enumerate(families):
            known[k], gain = gains(family, x, known[k])
            if gain > TOLERANCE:
                breaking[x] = list(known)
                return False
        return True

    def between(low: float, high: float) -> tuple[float, float]:
        ends = (high, low) if low in breaking else (low, high)
        found = boundary(families, *ends, breaking[ends[1]], _ROUNDING)
        return _bisect(keeps, low, high, precision, False) if found is None else (min(found), max(found))

    return find(keeps, grid, precision, between=between)


def _bisect(
    keeps: Callable[[float], bool], low: float, high: float, precision: float, whole: bool
) -> tuple[float, float]:
    at_low = keeps(low)
    while high - low > (1 if whole else precision):
        middle = float((low + high) // 2) if whole else (low + high) / 2
        if keeps(middle) == at_low:
            low = middle
        else:
            high = middle
    return low, high


def patience(whole: Study, actor: str, kind: str | None = None, precision: float = 1e-5) -> Threshold:
    """Return the least discount factor (a period) at which an actor keeps, with all ranges in which it does."""
    ask(whole.case, "thresholds", whole.plan)
    number = whole.space.actor(actor)
    families: list[Family] = [OverPatience(p.game, number) for p in whole.games(actor, kind)]
    return _sought(families, [0.0, *(1 - np.exp(-np.linspace(0.1, 7.0, 16))), 0.9999], precision)


def sticks(whole: Study) -> frozenset[int]:
    """Return the phases that only a trigger leads to: the penalties."""
    reached, queue = set[int](), [whole.rules.start]
    while queue:
        phase = queue.pop()
        if phase >= 0 and phase not in reached:
            reached.add(phase)
            queue.append(whole.rules.phases[phase].then)
    return frozenset(range(len(whole.rules.phases))) - reached


def penalty(whole: Study, actor: str, kind: str | None = None) -> Threshold | None:
    """Return the least further penalty, in points for each period of a penal phase, that makes an actor keep.

    Negative: so much could be taken off the penalty. None where the plan has no phase that only a trigger leads to.
    """
    ask(whole.case, "thresholds", whole.plan)
    penal = sticks(whole)
    if not penal:
        return None
    number, discount = whole.space.actor(actor), whole.patience(actor, kind)
    low: tuple[float, float | None] = (-_HARSHEST, None)
    high: tuple[float, float | None] = (_HARSHEST, None)
    for priced in whole.games(actor, kind):
        inside = np.isin(priced.automaton.phase_of, sorted(penal)).astype(np.float64)
        family = OverPenalty(priced.game, number, discount, inside)
        least = family.edge(-_HARSHEST, _HARSHEST)
        most = family.edge(_HARSHEST, -_HARSHEST)
        if least is None or most is None:
            return Threshold((), None, (-_HARSHEST, _HARSHEST), exact=True)
        low, high = max(low, least, key=lambda x: x[0]), min(high, most, key=lambda x: x[0])
    if low[0] > high[0]:
        return Threshold((), None, (-_HARSHEST, _HARSHEST), exact=True)
    bracket = None if low[1] is None else (low[1], low[0])
    return Threshold(((low[0], high[0]),), low[0], bracket, exact=True)


def detection(whole: Study, actor: str, kind: str | None = None, precision: float = 0.01) -> Threshold:
    """Return the least share of the stated detection at which an actor keeps.

    Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected.
    """
    ask(whole.case, "thresholds", whole.plan)
    number = whole.space.actor(actor)
    families: list[Family] = [Noticed(whole, actor, kind, free) for free in whole.parts(number)]
    return _sought(families, [0.0, 1.0], precision)


def trial(whole: Study, actor: str, kind: str | None = None, longest: int = 60) -> tuple[int, Threshold] | None:
    """Return the first phase with a length when the plan is kept, and the longest length at which an actor keeps.

    None where no phase on the kept path has one.
    """
    ask(whole.case, "thresholds", whole.plan)
    phase = first_trial(whole)
    if phase is None:
        return None

    def keeps(length: float) -> bool:
        return keeps_with(whole, actor, kind, lasts={phase: int(length)})

    lengths = sorted({*(x for x in _LENGTHS if x <= longest), whole.rules.phases[phase].lasts})
    return phase, find(keeps, [float(x) for x in lengths], 1.0, last=True, whole=True)


def first_trial(whole: Study) -> int | None:
    """Return the first phase with a length that a kept plan passes through."""
    phase, seen = whole.rules.start, set[int]()
    while phase >= 0 and phase not in seen:
        if whole.rules.phases[phase].lasts:
            return phase
        seen.add(phase)
        phase = whole.rules.phases[phase].then
    return None


def keeps_with(
    whole: Study,
    actor: str,
    kind: str | None = None,
    *,
    detection: float | None = None,
    lasts: dict[int, int] | None = None,
) -> bool:
    """Tell whether an actor keeps a plan when something about it is changed.

    Parameters
    ----------
    whole : Study
    actor, kind : str, str or None
    detection : float, optional
        Share of the stated detection.
    lasts : dict, optional
        Lengths of phases, in periods.
    """
    number, factor = whole.space.actor(actor), whole.patience(actor, kind)
    return all(
        solve.keeps(whole.changed(actor, kind, free, detection=detection, lasts=lasts).game, number, factor)
        for free in whole.parts(number)
    )


def region(
    whole: Study, actor: str, patiences: FloatArray, detections: FloatArray, kind: str | None = None
) -> FloatArray:
    """Return the exploitability by one actor over patience and detection, shape ``(detection, patience)``."""
    ask(whole.case, "thresholds", whole.plan)
    number = whole.space.actor(actor)
    out = np.zeros((len(detections), len(patiences)))
    for free in whole.parts(number):
        noticed = Noticed(whole, actor, kind, free)
        nothing = np.zeros(noticed.plain.states, dtype=np.int64)
        above: list[IntArray] = [nothing] * len(patiences)
        for row, share in enumerate(detections):
            game = noticed.game(float(share))
            keeping, policy = Course.of(game, number, nothing), nothing
            for column, discount in enumerate(float(x) for x in patiences):
                # Start from the better of the answers next to this one.
                near = max((policy, above[column]), key=lambda p: Course.of(game, number, p).worth(discount))
                policy, values = iterated(game, number, discount, near)
                above[column] = policy
                out[row, column] += values[game.start] - keeping.worth(discount)
    return np.where(out > TOLERANCE, out, 0.0)
