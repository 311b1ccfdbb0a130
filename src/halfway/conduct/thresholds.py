"""Where keeping stops being best: thresholds by bisection, each with the bracket it was left in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from halfway.conduct import solve
from halfway.conduct.pricing import price
from halfway.conduct.solve import TOLERANCE, Response, best_response
from halfway.conduct.study import Study
from halfway.space.arrays import FloatArray
from halfway.space.automaton_build import build
from halfway.space.compile_rules import compile_rules

_HARSHEST = 100.0
_LENGTHS = (1, 3, 6, 12, 24, 60)


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
        Where bisection stopped: the answer changes between the two. None where it keeps throughout.
    """

    keeps: tuple[tuple[float, float], ...]
    at: float | None
    bracket: tuple[float, float] | None

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {
            "at": self.at,
            "bracket": None if self.bracket is None else list(self.bracket),
            "keeps": [list(r) for r in self.keeps],
        }


def find(
    keeps: Callable[[float], bool], grid: Sequence[float], precision: float, *, last: bool = False, whole: bool = False
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
    """
    held = [keeps(x) for x in grid]
    ranges: list[tuple[float, float]] = []
    brackets: list[tuple[tuple[float, float] | None, tuple[float, float] | None]] = []
    for k, x in enumerate(grid):
        if held[k] and (k == 0 or not held[k - 1]):
            bracket = None if k == 0 else _bisect(keeps, grid[k - 1], x, precision, whole)
            ranges.append((x if bracket is None else bracket[1], x))
            brackets.append((bracket, None))
        if held[k] and (k + 1 == len(grid) or not held[k + 1]):
            bracket = None if k + 1 == len(grid) else _bisect(keeps, x, grid[k + 1], precision, whole)
            ranges[-1] = (ranges[-1][0], x if bracket is None else bracket[0])
            brackets[-1] = (brackets[-1][0], bracket)
    if not ranges:
        return Threshold((), None, (grid[0], grid[-1]))
    at = ranges[-1][1] if last else ranges[0][0]
    return Threshold(tuple(ranges), at, brackets[-1][1] if last else brackets[0][0])


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
    games, number = [p.game for p in whole.games(actor, kind)], whole.space.actor(actor)

    def keeps(discount: float) -> bool:
        return all(solve.keeps(game, number, discount) for game in games)

    grid = [0.0, *(1 - np.exp(-np.linspace(0.1, 7.0, 16))), 0.9999]
    return find(keeps, grid, precision)


def sticks(whole: Study) -> frozenset[int]:
    """Return the phases that only a trigger leads to: the penalties."""
    reached, queue = set[int](), [whole.rules.start]
    while queue:
        phase = queue.pop()
        if phase >= 0 and phase not in reached:
            reached.add(phase)
            queue.append(whole.rules.phases[phase].then)
    return frozenset(range(len(whole.rules.phases))) - reached


def penalty(whole: Study, actor: str, kind: str | None = None, precision: float = 1e-3) -> Threshold | None:
    """Return the least further penalty, in points for each period of a penal phase, that makes an actor keep.

    Negative: so much could be taken off the penalty. None where the plan has no phase that only a trigger leads to.
    """
    penal = sticks(whole)
    if not penal:
        return None
    number, discount = whole.space.actor(actor), whole.patience(actor, kind)
    games = [
        (p.game, np.array([state.phase in penal for state in p.automaton.states], dtype=np.float64))
        for p in whole.games(actor, kind)
    ]

    def keeps(points: float) -> bool:
        return all(solve.keeps(game, number, discount, points * inside) for game, inside in games)

    return find(keeps, [-_HARSHEST, 0.0, _HARSHEST], precision)


def detection(whole: Study, actor: str, kind: str | None = None, precision: float = 0.01) -> Threshold:
    """Return the least share of the stated detection at which an actor keeps.

    Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected.
    """

    def keeps(share: float) -> bool:
        return keeps_with(whole, actor, kind, detection=share)

    return find(keeps, [0.0, 1.0], precision)


def trial(whole: Study, actor: str, kind: str | None = None, longest: int = 60) -> tuple[int, Threshold] | None:
    """Return the first phase with a length when the plan is kept, and the longest length at which an actor keeps.

    None where no phase on the kept path has one.
    """
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
    rules = whole.rules
    if detection is not None:
        rules = compile_rules(whole.space, whole.plan, whole.number, detection=detection)
    if lasts:
        phases = tuple(replace(p, lasts=lasts.get(k, p.lasts)) for k, p in enumerate(rules.phases))
        rules = replace(rules, phases=phases, memo={})
    return all(
        solve.keeps(
            price(build(rules, (number,), free=free), whole.part_utilities(actor, kind, free)).game, number, factor
        )
        for free in whole.parts(number)
    )


def _gap(found: Response) -> float:
    return float(found.values[0] - found.kept[0])


def region(
    whole: Study, actor: str, patiences: FloatArray, detections: FloatArray, kind: str | None = None
) -> FloatArray:
    """Return the exploitability by one actor over patience and detection, shape ``(detection, patience)``."""
    number = whole.space.actor(actor)
    out = np.zeros((len(detections), len(patiences)))
    for row, share in enumerate(detections):
        rules = compile_rules(whole.space, whole.plan, whole.number, detection=float(share))
        games = [price(build(rules, (number,), free=free), whole.part_utilities(actor, kind, free)).game
                 for free in whole.parts(number)]  # fmt: skip
        for column, discount in enumerate(patiences):
            out[row, column] = sum(_gap(best_response(game, number, float(discount))) for game in games)
    return np.where(out > TOLERANCE, out, 0.0)
