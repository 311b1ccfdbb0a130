"""Which single number moves the answer: shares of variance, break-even values, and changes that turn a grade."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from halfway.conduct.verdicts.draw_shares import drawn_rules, numbers_of
from halfway.conduct.verdicts.grades import graded_points
from halfway.explore.break_evens import EVEN, HIGH, LOW, BreakEven, ChangedDraws, break_evens, margins
from halfway.explore.futures.design import GROUPS, FutureDraws, dimensions, estimates
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compiled import CompiledCase
from halfway.space.utilities.sobol import quantile

SAMPLES = 512
"""Base samples of the variance shares; there are as many again for every input."""
RESAMPLES = 100


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


@dataclass(frozen=True)
class Levers:
    """What moves the answer on a plan.

    Attributes
    ----------
    shares : mapping from actor to tuple of VarianceShare
        For every signatory: how the spread of its margin over its walk-away divides among the inputs.
    break_evens : mapping from actor to tuple of BreakEven
        For every signatory: the numbers that alone bring it to its walk-away.
    turns : tuple of Turn
        The single numbers that turn the grade.
    """

    shares: Mapping[str, tuple[VarianceShare, ...]]
    break_evens: Mapping[str, tuple[BreakEven, ...]]
    turns: tuple[Turn, ...]


def levers(compiled: CompiledCase, plan: str, on: Collection[str] = GROUPS, *, seed: int) -> Levers:
    """Return what moves the answer on a plan: for each signatory's margin, and for the grade.

    Raises
    ------
    Refusal
        Where the plan cannot be judged.
    """
    signatories = compiled.case.signatories(compiled.case.plans[plan])
    return Levers(
        {a: variance_shares(compiled, plan, a, on=on, seed=seed) for a in signatories},
        {a: break_evens(compiled, plan, a) for a in signatories},
        turns(compiled, plan, on),
    )


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
    if np.ptp(spread) < EVEN:
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
