"""Which single number moves the answer: shares of variance, break-even values, and changes that turn a grade."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.verdicts.draw_shares import drawn_rules, numbers_of
from halfway.conduct.verdicts.grades import graded_points
from halfway.explore.futures.design import GROUPS, FutureDraws, dimensions, estimates, name_of
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compiled import CompiledCase
from halfway.space.plan.outcomes import drawn_values
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.sobol import quantile

SAMPLES = 512
"""Base samples of the variance shares; there are as many again for every input."""
RESAMPLES = 100
LOW, HIGH = 0.05, 0.95
_EVEN = 1e-6


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
class VarianceShare:
    """How much of an outcome's spread one input accounts for.

    Attributes
    ----------
    input : str
        Path of the estimate.
    first, total : float
        First-order and total Sobol indices: alone, and together with others.
    first_low, first_high, total_low, total_high : float
        90 percent intervals, resampled.
    """

    input: str
    first: float
    first_low: float
    first_high: float
    total: float
    total_low: float
    total_high: float


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


@dataclass(frozen=True)
class Turn:
    """A single change that turns the grade at a point: one number at the end of its stated spread.

    Attributes
    ----------
    input : str
    value : float
    grade : int
        2, 3 or 5.
    centre_grade : int
        With every number at its centre.
    """

    input: str
    value: float
    grade: int
    centre_grade: int


def margins(compiled: CompiledCase, plan: str, drawn: Draws) -> FloatArray:
    """Return what a kept plan brings over every actor's walk-away, shape ``(draw, actor)``, in points."""
    values = compiled.values(plan)
    return drawn_values(compiled.space(), compiled.case.plans[plan], values, drawn) - drawn.walk_away


def variance_shares(
    compiled: CompiledCase,
    plan: str,
    actor: str,
    *,
    on: Collection[str] = GROUPS,
    samples: int = SAMPLES,
    seed: int,
) -> tuple[VarianceShare, ...]:
    """Share the spread of an actor's margin over its walk-away among the uncertain inputs, largest total first.

    Parameters
    ----------
    compiled : CompiledCase
    plan, actor : str
    on : collection of str
    samples : int
        A power of two.
    seed : int

    Notes
    -----
    I. M. Sobol', Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates,
    Mathematics and Computers in Simulation 55 (2001); estimators of A. Saltelli and others, Computer Physics
    Communications 181 (2010), as scipy has them.
    """
    from scipy import stats

    names = tuple(d.name for d in dimensions(compiled, on))
    a = compiled.space().actor(actor)

    def margin(points: FloatArray) -> FloatArray:
        columns = {n: np.clip(points[i], 1e-12, 1 - 1e-12) for i, n in enumerate(names)}
        drawn = FutureDraws(compiled.case, points.shape[1], seed, {}, columns)
        return margins(compiled, plan, drawn)[:, a][None, :]

    if not names:
        return ()
    spread = margin(generator(seed, "levers", "spread").random((len(names), 64)))
    if np.ptp(spread) < _EVEN:
        return ()
    found = stats.sobol_indices(
        func=margin,
        n=samples,
        dists=[stats.uniform()] * len(names),  # type: ignore[list-item]
        rng=generator(seed, "levers", plan, actor),
    )
    # An input that moves nothing has no interval; its row is left out below.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        again = found.bootstrap(confidence_level=0.9, n_resamples=RESAMPLES)
    first, total = found.first_order.ravel(), found.total_order.ravel()
    first_ends = (again.first_order.confidence_interval.low.ravel(), again.first_order.confidence_interval.high.ravel())
    total_ends = (again.total_order.confidence_interval.low.ravel(), again.total_order.confidence_interval.high.ravel())
    rows = [
        VarianceShare(
            n,
            float(first[i]),
            float(first_ends[0][i]),
            float(first_ends[1][i]),
            float(total[i]),
            float(total_ends[0][i]),
            float(total_ends[1][i]),
        )
        for i, n in enumerate(names)
    ]
    return tuple(sorted((r for r in rows if r.total > 1e-4), key=lambda r: (-r.total, r.input)))


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
        if abs(float(margin)) > _EVEN * 100:
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


def turns(compiled: CompiledCase, plan: str, on: Collection[str] = GROUPS) -> tuple[Turn, ...]:
    """Return the uncertain numbers that turn the grade when one of them alone lies at an end of its spread.

    Raises
    ------
    Refusal
        Where the plan cannot be judged.
    """
    judge = plan_in_futures(compiled, plan).kernel
    known = estimates(compiled)
    names = [d.name for d in dimensions(compiled, on) if d.name in known]
    count = 1 + 2 * len(names)
    ends = {n: quantile(known[n], np.array([LOW, HIGH])) for n in names if not known[n].certain}
    changed: dict[str, FloatArray] = {}
    for k, (n, (low, high)) in enumerate(ends.items()):
        column = np.full(count, np.nan)
        column[1 + 2 * k], column[2 + 2 * k] = low, high
        changed[n] = column
    drawn = ChangedDraws(compiled.case, count, 0, {}, changed)
    rules = drawn_rules(judge, drawn)
    numbers = {(b, k): numbers_of(judge, b, k, drawn, rules) for b in judge.breakers for k in judge.kinds(b)}
    grade: IntArray = np.broadcast_to(graded_points(judge, numbers).grade, (count,))
    centre = int(grade[0])
    return tuple(
        Turn(n, float(ends[n][side]), int(grade[1 + 2 * k + side]), centre)
        for k, n in enumerate(ends)
        for side in (0, 1)
        if int(grade[1 + 2 * k + side]) != centre
    )
