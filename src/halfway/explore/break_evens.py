"""Break-evens: at which value of one number a plan is worth exactly an actor's walk-away, in closed form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.explore.futures.design import estimates, name_of
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase
from halfway.space.plan.outcomes import drawn_values
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.sobol import quantile

LOW, HIGH = 0.05, 0.95
"""Between these shares of its distribution lies the stated spread of a number."""
EVEN = 1e-6


@dataclass(frozen=True)
class ChangedDraws(Draws):
    """A case with single numbers changed: each draw changes what it says, and leaves the rest at its centre.

    Parameters
    ----------
    changed : mapping from path to ndarray of float, shape (draw,)
        NaN where a draw leaves the number alone.
    """

    changed: Mapping[str, FloatArray]

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Return one estimate in every draw."""
        values = self.changed.get(name_of(path))
        if values is None:
            return estimate.mean
        return np.where(np.isnan(values), float(estimate.mean), values)


@dataclass(frozen=True)
class BreakEven:
    """The value of one number at which a margin is nothing, all others at their centre.

    Attributes
    ----------
    input : str
    centre, at : float
        What the case says, and where the margin vanishes.
    low, high : float
        The bounds of the quantity.
    within : bool or None
        Whether it lies within the stated spread (5 to 95 percent); None for a number without one.
    """

    input: str
    centre: float
    at: float
    low: float
    high: float
    within: bool | None


def margins(compiled: CompiledCase, plan: str, drawn: Draws) -> FloatArray:
    """Return what a kept plan brings over every actor's walk-away, shape ``(draw, actor)``, in points."""
    values = compiled.values(plan)
    return drawn_values(compiled.space(), compiled.case.plans[plan], values, drawn) - drawn.walk_away


def break_evens(
    compiled: CompiledCase, plan: str, actor: str, *, only: Callable[[str, Estimate], bool] | None = None
) -> tuple[BreakEven, ...]:
    """Return for every number the value at which the plan is worth exactly the actor's walk-away to it.

    A margin is a ratio of linear functions in each single number (weights are divided by their sum), so three points
    give it in closed form; each root is then put in and checked, and left out where the margin is no such ratio.
    Roots beyond what the quantity can be are left out too. The nearest to the centre come first, in the share of the
    quantity's bounds where it has any. `only` says which numbers to ask about, by path and estimate; by default all.
    """
    space = compiled.space()
    a = space.actor(actor)
    known = {n: e for n, e in estimates(compiled).items() if only is None or only(n, e)}
    names = list(known)
    if not names:
        return ()
    probes = np.array([_probes(known[n]) for n in names])
    values = _margins_at(compiled, plan, a, names, probes)
    roots: dict[str, float] = {}
    for n, at, f in zip(names, probes, values, strict=True):
        if np.ptp(f) < 1e-9:
            continue
        rows = np.stack([np.ones(3), at, -f * at], axis=1)
        # Where the margin is linear the third coefficient is free; the least of all solutions sets it to nothing.
        (constant, slope, _), *_ = np.linalg.lstsq(rows, f, rcond=1e-10)
        if abs(slope) > 1e-12:
            roots[n] = float(-constant / slope)
    inside = {n: r for n, r in roots.items() if known[n].low - 1e-9 <= r <= known[n].high + 1e-9}
    order = list(inside)
    checked = _margins_at(compiled, plan, a, order, np.array([[inside[n]] for n in order]).reshape(-1, 1))
    out = []
    for n, margin in zip(order, checked[:, 0] if order else (), strict=True):
        if abs(float(margin)) > EVEN * 100:
            continue
        estimate, at = known[n], inside[n]
        within = None
        if not estimate.certain:
            low, high = quantile(estimate, np.array([LOW, HIGH]))
            within = bool(low - 1e-9 <= at <= high + 1e-9)
        out.append(BreakEven(n, float(estimate), at, estimate.low, estimate.high, within))
    return tuple(sorted(out, key=lambda b: (abs(b.at - b.centre) / _span(known[b.input]), b.input)))


def _span(estimate: Estimate) -> float:
    span = estimate.high - estimate.low
    return span if np.isfinite(span) and span > 0 else max(abs(float(estimate)), 1.0)


def _probes(estimate: Estimate) -> list[float]:
    centre = float(estimate)
    low = estimate.low if np.isfinite(estimate.low) else centre - max(abs(centre), 1.0)
    high = estimate.high if np.isfinite(estimate.high) else centre + max(abs(centre), 1.0)
    # Away from the ends, where a weight of nothing or a probability of one could make a corner.
    return [low + share * (high - low) for share in (0.2, 0.45, 0.8)]


def _margins_at(compiled: CompiledCase, plan: str, a: int, names: Sequence[str], at: FloatArray) -> FloatArray:
    """Return the margin with each of some numbers changed alone, shape ``(name, value)``."""
    out = np.zeros(at.shape)
    for k, name in enumerate(names):
        drawn = ChangedDraws(compiled.case, at.shape[1], 0, {}, {name: at[k]})
        out[k] = margins(compiled, plan, drawn)[:, a]
    return out
