"""Where an actor stops being tempted: thresholds of patience, penalty, cost, detection and trial length, with brackets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.thresholds.curves import (
    Asked,
    Curve,
    over_both,
    over_cost,
    over_detection,
    over_length,
    over_patience,
    over_penalty,
    over_reactions,
)
from halfway.conduct.verdicts.temptation import Kernel
from halfway.space.arrays import FloatArray
from halfway.tolerances import GAIN

HARSHEST = 100.0
"""The largest further penalty or cost looked at, in points of a period."""

_LENGTHS = (1, 3, 6, 12, 24, 60)
_NARROW = 1e-9
_PATIENCES = (0.0, *(1 - np.exp(-np.linspace(0.1, 7.0, 16))), 0.9999, 0.99999, 0.999999)
_SHARES = tuple(np.linspace(0.0, 1.0, 11))
_MOST_STEPS = 200
_DIP_STEPS = 12

_Value: TypeAlias = Callable[[float], float]


@dataclass(frozen=True)
class Threshold:
    """Where the answer to "is it tempted?" changes.

    Attributes
    ----------
    keeps : tuple of (float, float)
        Ranges in which it is not.
    at : float or None
        The threshold that was asked for; None where it is tempted in the whole range.
    bracket : (float, float) or None
        The answer changes between the two. None where it is nowhere tempted.
    exact : bool
        Whether the bracket is as narrow as rounding allows.
    """

    at: float | None
    bracket: tuple[float, float] | None
    exact: bool
    keeps: tuple[tuple[float, float], ...]


def find(
    curve: Curve,
    grid: Sequence[float],
    above: float,
    *,
    width: float = _NARROW,
    last: bool = False,
    whole: bool = False,
) -> Threshold:
    """Find every range of a grid's span in which a curve is no more than a limit.

    Between two neighbours of the grid the curve is searched where it dips; what rises and falls back between two
    neighbours below the limit is not seen.

    Parameters
    ----------
    curve : callable
    grid : sequence of float
    above : float
        The limit.
    width : float
        Width of the brackets.
    last : bool
        Ask for the last point at which it holds, not the first.
    whole : bool
        Only whole numbers count.
    """
    known = dict(zip(map(float, grid), curve(np.array(grid, dtype=np.float64)).tolist(), strict=True))

    def at(x: float) -> float:
        if x not in known:
            known[x] = float(curve(np.array([x]))[0])
        return float(known[x])

    def holds(x: float) -> bool:
        return at(x) <= above + GAIN

    if not whole:
        _look_into_dips(at, sorted(known), above)
    points = sorted(known)
    held = [holds(x) for x in points]
    ranges: list[tuple[float, float]] = []
    brackets: list[tuple[tuple[float, float] | None, tuple[float, float] | None]] = []
    for k, x in enumerate(points):
        if held[k] and (k == 0 or not held[k - 1]):
            bracket = None if k == 0 else _narrowed(at, points[k - 1], x, above, width, whole)
            ranges.append((x if bracket is None else bracket[1], x))
            brackets.append((bracket, None))
        if held[k] and (k + 1 == len(points) or not held[k + 1]):
            bracket = None if k + 1 == len(points) else _narrowed(at, x, points[k + 1], above, width, whole)
            ranges[-1] = (ranges[-1][0], x if bracket is None else bracket[0])
            brackets[-1] = (brackets[-1][0], bracket)
    if not ranges:
        return Threshold(None, (points[0], points[-1]), False, ())
    sought = brackets[-1][1] if last else brackets[0][0]
    exact = sought is None or whole or sought[1] - sought[0] <= 2 * _NARROW
    return Threshold(ranges[-1][1] if last else ranges[0][0], sought, exact, tuple(ranges))


def _look_into_dips(at: _Value, points: Sequence[float], above: float) -> None:
    """Look for points below the limit between those that are not, around each point lower than its neighbours."""
    from scipy.optimize import minimize_scalar

    values = [at(x) for x in points]
    for k in range(1, len(points) - 1):
        low, high = points[k - 1], points[k + 1]
        if min(values[k - 1 : k + 2]) <= above + GAIN or values[k] >= min(values[k - 1], values[k + 1]) - GAIN:
            continue

        class Found(Exception):
            pass

        def below(y: float) -> float:
            value = at(float(y))
            if value <= above + GAIN:
                raise Found
            return value

        try:
            minimize_scalar(
                below,
                bounds=(low, high),
                method="bounded",
                options={"xatol": (high - low) * 1e-3, "maxiter": _DIP_STEPS},
            )
        except Found:
            continue


def _narrowed(at: _Value, low: float, high: float, above: float, width: float, whole: bool) -> tuple[float, float]:
    """Narrow a bracket between a point at which the curve is no more than the limit and one at which it is more."""
    first = at(low) <= above + GAIN
    a, b = low, high
    for step in range(_MOST_STEPS):
        if b - a <= (1 if whole else width) or (not whole and np.nextafter(a, b) >= b):
            break
        middle = (a + b) / 2
        left, right = at(a) - above - GAIN, at(b) - above - GAIN
        if not whole and step % 3 and abs(left - right) > GAIN and abs(left) > GAIN and abs(right) > GAIN:
            # Where the line between the two would be nought, a little towards the farther end.
            line = a + (b - a) * left / (left - right)
            nudge = min(width / 2, (b - a) / 4)
            line += nudge if line - a < b - line else -nudge
            middle = min(max(line, a + (b - a) * 1e-6), b - (b - a) * 1e-6)
        if whole:
            middle = float(int(middle))
        if not a < middle < b:
            break
        if (at(middle) <= above + GAIN) == first:
            a = middle
        else:
            b = middle
    return a, b


def _asked(kernel: Kernel, actor: str, kind: str | None, material: bool) -> Asked:
    ask(kernel.whole.case, "thresholds", kernel.whole.plan)
    return Asked(kernel, actor, kind, material)


def _limit(kernel: Kernel, above: float | None) -> float:
    return kernel.trifling if above is None else above


def patience(
    kernel: Kernel, actor: str, kind: str | None = None, *, above: float | None = None, material: bool = False
) -> Threshold:
    """Return the least discount factor (a period) at which an actor is not tempted, with all ranges in which it is not.

    Parameters
    ----------
    kernel : Kernel
    actor, kind : str, str or None
    above : float, optional
        The temptation, in points, up to which it counts as none. Default: what is trifling.
    material : bool
        Whether breaches count only if they do material harm.
    """
    asked = _asked(kernel, actor, kind, material)
    return find(over_patience(asked), sorted({*_PATIENCES, asked.discount}), _limit(kernel, above))


def sticks(whole: Study) -> frozenset[int]:
    """Return the phases that only a trigger leads to: the penalties."""
    reached, queue = set[int](), [whole.rules.start]
    while queue:
        phase = queue.pop()
        if phase >= 0 and phase not in reached:
            reached.add(phase)
            queue.append(whole.rules.phases[phase].then)
    return frozenset(range(len(whole.rules.phases))) - reached


def penalty(
    kernel: Kernel, actor: str, kind: str | None = None, *, above: float | None = None, material: bool = False
) -> Threshold | None:
    """Return the least further penalty, in points for each period of a penal phase, at which an actor is not tempted.

    Negative: so much could be taken off the penalty. None where the plan has no phase that only a trigger leads to.
    The other parameters are those of `patience`.
    """
    penal = sticks(kernel.whole)
    if not penal:
        return None
    asked = _asked(kernel, actor, kind, material)
    grid = np.array([-1.0, -0.5, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.5, 1.0]) * HARSHEST
    return find(over_penalty(asked, penal), grid.tolist(), _limit(kernel, above), width=1e-6)


def breach_cost(
    kernel: Kernel, actor: str, kind: str | None = None, *, above: float | None = None, material: bool = False
) -> Threshold:
    """Return the least further cost of breaking, in points for each period of a breach, at which an actor is not tempted.

    The parameters are those of `patience`.
    """
    asked = _asked(kernel, actor, kind, material)
    grid = np.array([0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]) * HARSHEST
    return find(over_cost(asked), grid.tolist(), _limit(kernel, above), width=1e-6)


def detection(
    kernel: Kernel, actor: str, kind: str | None = None, *, above: float | None = None, material: bool = False
) -> Threshold:
    """Return the least share of the stated detection at which an actor is not tempted.

    Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected. The
    parameters are those of `patience`.
    """
    asked = _asked(kernel, actor, kind, material)
    return find(over_detection(asked), _SHARES, _limit(kernel, above), width=1e-4)


def reactions(
    kernel: Kernel, actor: str, kind: str | None = None, *, above: float | None = None, material: bool = False
) -> Threshold | None:
    """Return the least probability with which others must react at which an actor is not tempted.

    All reactions of others are given the same probability, drawn whenever their signals come up. None where nobody else
    reacts to anything. The parameters are those of `patience`.
    """
    if all(one.by == kernel.whole.space.actor(actor) for one in kernel.whole.rules.reactions):
        return None
    return find(over_reactions(_asked(kernel, actor, kind, material)), _SHARES, _limit(kernel, above), width=1e-4)


def trial(
    kernel: Kernel,
    actor: str,
    kind: str | None = None,
    longest: int = 60,
    *,
    above: float | None = None,
    material: bool = False,
) -> tuple[int, Threshold] | None:
    """Return the first phase with a length when the plan is kept, and the longest length at which an actor is not tempted.

    None where no phase on the kept path has one. The other parameters are those of `patience`.
    """
    phase = first_trial(kernel.whole)
    if phase is None:
        return None
    asked = _asked(kernel, actor, kind, material)
    lengths = sorted({*(x for x in _LENGTHS if x <= longest), kernel.whole.rules.phases[phase].lasts})
    curve = over_length(asked, phase)
    return phase, find(curve, [float(x) for x in lengths], _limit(kernel, above), last=True, whole=True)


def first_trial(whole: Study) -> int | None:
    """Return the first phase with a length that a kept plan passes through."""
    phase, seen = whole.rules.start, set[int]()
    while phase >= 0 and phase not in seen:
        if whole.rules.phases[phase].lasts:
            return phase
        seen.add(phase)
        phase = whole.rules.phases[phase].then
    return None


def region(
    kernel: Kernel, actor: str, patiences: FloatArray, detections: FloatArray, kind: str | None = None
) -> FloatArray:
    """Return the temptation over patience and detection, shape ``(detection, patience)``; 0 where it is trifling."""
    found = over_both(_asked(kernel, actor, kind, False), detections)(patiences)
    return np.where(found > kernel.trifling + GAIN, found, 0.0)
