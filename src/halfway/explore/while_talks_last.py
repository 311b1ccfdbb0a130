"""While talks last: what everyone has without a deal before and after each phase that changes facts, and what stays open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from halfway.explore.shifted_walk_aways import shifted_walk_aways
from halfway.record import shown_as
from halfway.settle.packages.counting import count_acceptable
from halfway.settle.result import Number
from halfway.space.compiled import CompiledCase
from halfway.space.packages.blocks import TooWideError

_ROUNDING = 1e-6


def _bounds(number: Number | None) -> tuple[int, int] | None:
    return None if number is None else (number.low, number.high)


@dataclass(frozen=True)
class Shifted:
    """What one phase changes for those who could walk away.

    Attributes
    ----------
    phase : str
    before, after : mapping from actor to float
        Walk-aways in points, of the actors for whom they change.
    acceptable_before, acceptable_after : Number or None
        Packages that all the parties asked about accept; None where conditions tie too many issues to count them.
    """

    phase: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    acceptable_before: Number | None = field(metadata=shown_as(by=_bounds))
    acceptable_after: Number | None = field(metadata=shown_as(by=_bounds))

    @property
    def gainers(self) -> tuple[str, ...]:
        """Those whom delay serves, most first."""
        change = {a: self.after[a] - x for a, x in self.before.items()}
        return tuple(sorted((a for a in change if change[a] > 0), key=lambda a: -change[a]))


def while_talks_last(compiled: CompiledCase, plan: str, parties: Sequence[str]) -> tuple[Shifted, ...]:
    """Return what each phase of a plan that shifts facts does to walk-aways and to what the parties could sign.

    Parameters
    ----------
    compiled : CompiledCase
    plan : str
    parties : sequence of str
        Whose acceptance is counted.
    """
    space = compiled.space()
    rows = [space.actor(a) for a in parties]
    out = []
    for phase in compiled.case.plans[plan].phases:
        after = shifted_walk_aways(compiled, plan, phase)
        if not after:
            continue
        threshold = space.threshold.copy()
        for actor, points in after.items():
            a = space.actor(actor)
            # Counts, rounded up as the case's own walk-aways are.
            threshold[a] = ceil(points / float(space.utilities.unit[a]) - _ROUNDING)
        counts: list[Number | None] = []
        for floor in (space.threshold, threshold):
            try:
                number = count_acceptable(space.utilities, space.bounds, rows, floor[rows])
                counts.append(Number(number.low, number.high))
            except TooWideError:
                counts.append(None)
        before = {a: float(space.walk_away[space.actor(a)]) for a in after}
        out.append(Shifted(phase, before, after, *counts))
    return tuple(out)
